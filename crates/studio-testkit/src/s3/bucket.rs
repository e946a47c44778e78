//! A test's hand in a bucket, past the API.

use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::backend::Backend;
use super::state::{Headers, Object, Objects, State, crc64nvme};
use super::weakness::Weakness;

/// A bucket as it lies on the server's disks. One that is not there is empty; it is an
/// error of the test to damage what is not there.
///
/// What damages an object leaves its checksum, ETag and times as they were, as bad disks
/// do: the server does not know of it.
#[derive(Debug)]
pub struct Bucket<'a> {
    pub(super) backend: &'a Backend,
    pub(super) name: String,
}

impl Bucket<'_> {
    fn with<T>(&self, work: impl FnOnce(&mut State, &str) -> T) -> T {
        work(&mut self.backend.state(), &self.name)
    }

    fn with_objects<T: Default>(&self, work: impl FnOnce(&mut Objects) -> T) -> T {
        self.with(|state, name| state.buckets.get_mut(name).map(work).unwrap_or_default())
    }

    /// The object, which must be there.
    fn with_object<T>(&self, key: &str, work: impl FnOnce(&mut Object) -> T) -> T {
        self.with(|state, name| work(state.buckets.get_mut(name).unwrap().get_mut(key).unwrap()))
    }

    /// Changes the bytes of an object.
    fn change(&self, key: &str, work: impl FnOnce(&mut Vec<u8>)) {
        self.with_object(key, |object| {
            let mut bytes = object.bytes.to_vec();
            work(&mut bytes);
            object.bytes = bytes.into();
        });
    }

    /// The keys of all objects, in order.
    pub fn keys(&self) -> Vec<String> {
        self.with_objects(|objects| objects.keys().cloned().collect())
    }

    /// An object's bytes.
    pub fn get(&self, key: &str) -> Option<Bytes> {
        self.with_objects(|objects| objects.get(key).map(|object| object.bytes.clone()))
    }

    /// Puts an object there, as a foreign tool would: new, or in the place of another.
    pub fn put(&self, key: &str, bytes: impl Into<Bytes>) {
        let bytes = bytes.into();
        self.with(|state, name| {
            let e_tag = state.e_tag(&bytes);
            let keeps_crc = !state.weak.has(Weakness::NoCrc64Nvme);
            let object = Object {
                crc64nvme: keeps_crc.then(|| crc64nvme(&bytes)),
                bytes,
                e_tag,
                modified: SystemTime::now(),
                headers: Headers::default(),
            };
            state.buckets.entry(name.to_owned()).or_default().insert(key.to_owned(), object);
        });
    }

    /// Turns over bit `bit` of an object: bit 0 is the lowest of its first byte.
    pub fn flip_bit(&self, key: &str, bit: u64) {
        self.change(key, |bytes| bytes[(bit / 8) as usize] ^= 1 << (bit % 8));
    }

    /// Cuts an object off after `length` bytes.
    pub fn truncate(&self, key: &str, length: u64) {
        self.change(key, |bytes| bytes.truncate(length as usize));
    }

    /// Gives each of two objects the other's bytes.
    pub fn swap(&self, one: &str, other: &str) {
        let second = self.with_object(other, |object| object.bytes.clone());
        let first = self.with_object(one, |object| std::mem::replace(&mut object.bytes, second));
        self.with_object(other, |object| object.bytes = first);
    }

    /// Removes an object; tells whether it was there.
    pub fn remove(&self, key: &str) -> bool {
        self.with_objects(|objects| objects.remove(key).is_some())
    }

    /// Makes an object older than it is.
    pub fn age(&self, key: &str, by: Duration) {
        self.with_object(key, |object| object.modified -= by);
    }

    /// Key and id of each open upload in parts, in the order in which they were begun.
    pub fn open_uploads(&self) -> Vec<(String, String)> {
        self.with(|state, name| {
            let open = state.uploads.iter().filter(|(_, upload)| upload.bucket == name);
            open.map(|(id, upload)| (upload.key.clone(), id.clone())).collect()
        })
    }

    /// Makes all open uploads older than they are.
    pub fn age_open_uploads(&self, by: Duration) {
        self.with(|state, name| {
            let open = state.uploads.values_mut().filter(|upload| upload.bucket == name);
            open.for_each(|upload| upload.begun -= by);
        });
    }
}
