//! A bucket in memory that does what S3 does: ETags, conditional deletes, an event for each
//! change. Requests take their time, and fail when they are told to.
#![allow(dead_code, reason = "each target has a use for a part of it")]

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use md5::{Digest as _, Md5};
use studio_core::blob::intake::{FoundObject, Intake, Piece, Relocation, Removal};
use studio_core::blob::{Attributes, Error, Result};
use studio_domain::{
    AssetEvent, AssetKey, AssetPlace, BucketName, EventKind, Moment, ObjectKey, ObjectState,
    StoreUrl, Timestamp,
};
use tokio::time::Instant;

use crate::dice::Dice;

/// What is removed, or moved, of an object: whoever did it.
#[derive(Debug, Clone)]
pub(crate) struct Loss {
    pub(crate) key: AssetKey,
    pub(crate) etag: String,
    /// When it had been put there.
    pub(crate) put_at: Timestamp,
    /// Whether that was between the look at an earlier object with the same bytes and the
    /// removal of that: a bucket without versions cannot tell one from the other.
    pub(crate) raced: bool,
}

/// How long it takes at most from a look to the removal that it leads to.
const RACE: Duration = Duration::from_millis(100);

#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) bytes: Bytes,
    pub(crate) etag: String,
    pub(crate) put_at: Timestamp,
    /// What is said of its size, if not the truth.
    claimed: Option<u64>,
}

pub(crate) struct Bucket {
    name: BucketName,
    state: Mutex<State>,
}

struct State {
    objects: BTreeMap<AssetKey, Object>,
    events: VecDeque<AssetEvent>,
    losses: Vec<Loss>,
    /// Which object was looked at last under each key, and when.
    looks: BTreeMap<AssetKey, Vec<(Object, Instant)>>,
    now: i64,
    sequence: u64,
    /// Whether events have sequencers.
    sequencers: bool,
    dice: Dice,
    /// How many requests in a hundred fail.
    failing: usize,
    /// How long requests take at most, in milliseconds.
    slow: usize,
    requests: usize,
    bytes_read: u64,
}

impl State {
    fn at(&self) -> Timestamp {
        Timestamp::from_micros(self.now)
    }

    fn tell(&mut self, place: AssetPlace, kind: EventKind, object: Option<&Object>) {
        self.now += 1000;
        self.sequence += 1;
        let sequencer = format!("{:018X}", 0x0068_0000_0000_0000_u64 + self.sequence);
        let sequencer = self.sequencers.then(|| sequencer.parse().unwrap());
        self.events.push_back(AssetEvent {
            place,
            kind,
            state: ObjectState { etag: object.map(|object| object.etag.clone()), version_id: None },
            size: object.map(|object| object.bytes.len() as u64),
            moment: Moment { sequencer, at: Some(self.at()) },
        });
    }
}

pub(crate) fn etag(bytes: &[u8]) -> String {
    Md5::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Bucket {
    pub(crate) fn new(name: &str, dice: Dice) -> Arc<Self> {
        let state = State {
            objects: BTreeMap::new(),
            events: VecDeque::new(),
            losses: Vec::new(),
            looks: BTreeMap::new(),
            now: 1_700_000_000_000_000,
            sequence: 0,
            sequencers: true,
            dice,
            failing: 0,
            slow: 0,
            requests: 0,
            bytes_read: 0,
        };
        Arc::new(Self { name: name.parse().unwrap(), state: Mutex::new(state) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub(crate) fn behave(&self, sequencers: bool, failing: usize, slow: usize) {
        let mut state = self.state();
        (state.sequencers, state.failing, state.slow) = (sequencers, failing, slow);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.state().at()
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.state().now += seconds * 1_000_000;
    }

    pub(crate) fn place(&self, key: &AssetKey) -> AssetPlace {
        AssetPlace { bucket: self.name.clone(), key: key.clone() }
    }

    /// Somebody uploads a file.
    pub(crate) fn put(&self, key: &AssetKey, bytes: impl Into<Bytes>) -> AssetEvent {
        let bytes = bytes.into();
        let mut state = self.state();
        let object = Object { etag: etag(&bytes), bytes, put_at: state.at(), claimed: None };
        put(&mut state, self.place(key), object);
        state.events.back().unwrap().clone()
    }

    /// Says of an object that it is larger than it is.
    pub(crate) fn claim(&self, key: &AssetKey, size: u64) {
        self.state().objects.get_mut(key).unwrap().claimed = Some(size);
    }

    /// Somebody deletes a file; whether it was there.
    pub(crate) fn delete(&self, key: &AssetKey) -> bool {
        let mut state = self.state();
        let was_there = state.objects.remove(key).is_some();
        if was_there {
            state.tell(self.place(key), EventKind::Removed, None);
        }
        was_there
    }

    /// The events that nobody has taken yet.
    pub(crate) fn take_events(&self) -> Vec<AssetEvent> {
        self.state().events.drain(..).collect()
    }

    pub(crate) fn objects(&self) -> BTreeMap<AssetKey, Object> {
        self.state().objects.clone()
    }

    /// What was removed or moved through the intake.
    pub(crate) fn losses(&self) -> Vec<Loss> {
        self.state().losses.clone()
    }

    /// How many requests there were, and how many bytes were read.
    pub(crate) fn traffic(&self) -> (usize, u64) {
        let state = self.state();
        (state.requests, state.bytes_read)
    }

    fn url(&self) -> StoreUrl {
        StoreUrl::S3 { bucket: self.name.as_str().to_owned(), prefix: None }
    }

    fn object(&self, key: &AssetKey) -> String {
        format!("s3://{}/{key}", self.name)
    }

    /// Lets a moment pass: others come in between, or the request fails.
    async fn pause(&self) -> Result<()> {
        let (slow, fails) = {
            let State { dice, slow, failing, requests, .. } = &mut *self.state();
            *requests += 1;
            (dice.below(*slow + 1), dice.percent(*failing))
        };
        tokio::time::sleep(Duration::from_millis(slow as u64)).await;
        match fails {
            false => Ok(()),
            true => Err(Error::Unreachable {
                endpoint: "here".to_owned(),
                store: self.url(),
                source: "no luck".into(),
            }),
        }
    }

    fn found(&self, key: &AssetKey) -> Result<(FoundObject, Object)> {
        let state = self.state();
        let missing = || Error::NotFound { object: self.object(key) };
        let object = state.objects.get(key).ok_or_else(missing)?.clone();
        let seconds = object.put_at.as_micros() / 1_000_000 * 1_000_000;
        let found = FoundObject {
            key: key.clone(),
            size: object.claimed.unwrap_or(object.bytes.len() as u64),
            state: ObjectState { etag: Some(object.etag.clone()), version_id: None },
            modified: Some(Timestamp::from_micros(seconds)),
        };
        Ok((found, object))
    }

    /// Deletes what has this ETag, as one request.
    fn delete_if(&self, key: &AssetKey, etag: Option<&str>) -> Removal {
        let mut state = self.state();
        let Some(object) = state.objects.get(key) else { return Removal::Gone };
        if etag != Some(&object.etag) {
            return Removal::Changed;
        }
        let (key, etag, put_at) = (key.clone(), object.etag.clone(), object.put_at);
        let raced = state.looks.get(&key).is_some_and(|looks| {
            looks.iter().any(|(earlier, at)| {
                earlier.etag == etag && earlier.put_at < put_at && at.elapsed() <= RACE
            })
        });
        state.objects.remove(&key);
        state.tell(self.place(&key), EventKind::Removed, None);
        state.losses.push(Loss { key, etag, put_at, raced });
        Removal::Removed
    }
}

fn put(state: &mut State, place: AssetPlace, object: Object) {
    let key = place.key.clone();
    state.tell(place, EventKind::Created, Some(&object));
    let put_at = state.at();
    state.objects.insert(key, Object { put_at, ..object });
}

#[async_trait]
impl Intake for Bucket {
    fn bucket(&self) -> &BucketName {
        &self.name
    }

    async fn head(&self, key: &AssetKey) -> Result<FoundObject> {
        self.pause().await?;
        let (found, object) = self.found(key)?;
        let mut state = self.state();
        let looks = state.looks.entry(key.clone()).or_default();
        looks.retain(|(_, at)| at.elapsed() <= RACE);
        looks.push((object, Instant::now()));
        Ok(found)
    }

    async fn read(&self, key: &AssetKey, range: Range<u64>, state: &ObjectState) -> Result<Piece> {
        self.pause().await?;
        let (found, object) = self.found(key)?;
        if *state != ObjectState::default() && !state.is_same(&found.state) {
            return Err(Error::Changed { object: self.object(key) });
        }
        let length = object.bytes.len() as u64;
        let (start, end) = (range.start.min(length), range.end.min(length));
        let bytes = object.bytes.slice(start as usize..end as usize);
        self.state().bytes_read += bytes.len() as u64;
        Ok(Piece { object: found, bytes })
    }

    async fn remove(&self, key: &AssetKey, state: &ObjectState) -> Result<Removal> {
        self.pause().await?;
        let removal = self.delete_if(key, state.etag.as_deref());
        // The answer may be lost.
        self.pause().await?;
        Ok(removal)
    }

    async fn relocate(
        &self,
        key: &AssetKey,
        state: &ObjectState,
        to: &AssetKey,
        only_new: bool,
    ) -> Result<Relocation> {
        self.pause().await?;
        let (found, object) = match self.found(key) {
            Ok(there) => there,
            Err(Error::NotFound { .. }) => return Ok(Relocation::Gone),
            Err(error) => return Err(error),
        };
        if !found.state.is_same(state) {
            return Ok(Relocation::Changed);
        }
        {
            let mut state = self.state();
            if only_new && state.objects.contains_key(to) {
                return Ok(Relocation::Occupied);
            }
            put(&mut state, self.place(to), object);
        }
        self.pause().await?;
        match self.delete_if(key, found.state.etag.as_deref()) {
            Removal::Removed => {}
            Removal::Gone => return Ok(Relocation::Gone),
            Removal::Changed => return Ok(Relocation::Changed),
        }
        self.pause().await?;
        Ok(Relocation::Moved(found.state))
    }

    async fn list(&self, prefix: &str, after: Option<AssetKey>) -> Result<Vec<FoundObject>> {
        self.pause().await?;
        let keys: Vec<AssetKey> = self.objects().into_keys().collect();
        let wanted = keys
            .iter()
            .filter(|key| key.as_str().starts_with(prefix) && after.as_ref() < Some(key));
        Ok(wanted.filter_map(|key| self.found(key).ok()).map(|(found, _)| found).collect())
    }

    async fn local_file(&self, _found: &FoundObject) -> Result<Option<PathBuf>> {
        Ok(None)
    }

    fn hands_over_to(&self, _store: &StoreUrl) -> bool {
        false
    }

    async fn hand_over(
        &self,
        _found: &FoundObject,
        _store: &StoreUrl,
        _object: &ObjectKey,
        _attributes: &Attributes,
    ) -> Result<()> {
        let source = "it is no store".into();
        Err(Error::Unsupported { store: self.url(), action: "copy to a store", source })
    }
}
