//! A test's hand in a store, past the program: what disks and other tools do to it.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use studio_blob::{Attributes, BlobStore, FileStore, S3Settings, S3Store};
use studio_testkit::s3::{Bucket, TestS3};

use super::Desk;

/// Longer than the grace period, and than the time in the trash.
const LONG: Duration = Duration::from_secs(100 * 24 * 60 * 60);

/// The objects of a desk's store.
pub(crate) enum Shelf<'a> {
    Directory(PathBuf),
    Bucket(Bucket<'a>, Box<S3Settings>),
}

/// Runs a test on the default store, a directory, and on a bucket.
pub(crate) fn on_each_store(test: impl Fn(&Desk, &Shelf<'_>)) {
    let desk = Desk::new();
    test(&desk, &Shelf::of_directory(&desk));
    let server = TestS3::start();
    let bucket = Shelf::Bucket(server.bucket("music"), Box::new(server.settings()));
    test(&Desk::new().on_s3(&server, "music"), &bucket);
}

impl Shelf<'_> {
    /// That of the default store.
    pub(crate) fn of_directory(desk: &Desk) -> Self {
        Self::Directory(desk.path("home/.local/share/studio/store"))
    }

    /// All keys that begin with `prefix`, in order.
    pub(crate) fn keys(&self, prefix: &str) -> Vec<String> {
        let mut keys = match self {
            Self::Directory(root) => files_in(root)
                .into_iter()
                .map(|file| file.strip_prefix(root).unwrap().to_str().unwrap().to_owned())
                .filter(|key| !key.starts_with('.'))
                .collect(),
            Self::Bucket(bucket, _) => bucket.keys(),
        };
        keys.retain(|key| key.starts_with(prefix));
        keys.sort();
        keys
    }

    pub(crate) fn get(&self, key: &str) -> Vec<u8> {
        match self {
            Self::Directory(root) => std::fs::read(root.join(key)).unwrap(),
            Self::Bucket(bucket, _) => bucket.get(key).unwrap().to_vec(),
        }
    }

    /// Writes an object as another tool would.
    pub(crate) fn put(&self, key: &str, bytes: &[u8]) {
        match self {
            Self::Directory(root) => {
                let path = root.join(key);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, bytes).unwrap();
            }
            Self::Bucket(bucket, _) => bucket.put(key, bytes.to_vec()),
        }
    }

    pub(crate) fn remove(&self, key: &str) {
        match self {
            Self::Directory(root) => std::fs::remove_file(root.join(key)).unwrap(),
            Self::Bucket(bucket, _) => assert!(bucket.remove(key), "{key}"),
        }
    }

    /// Gives an object another key, as another tool would.
    pub(crate) fn rename(&self, from: &str, to: &str) {
        self.put(to, &self.get(from));
        self.remove(from);
    }

    /// Turns over one bit of an object, as a bad disk would: the store does not know.
    pub(crate) fn rot(&self, key: &str) {
        match self {
            Self::Directory(root) => {
                let mut bytes = self.get(key);
                bytes[0] ^= 1;
                std::fs::write(root.join(key), bytes).unwrap();
            }
            Self::Bucket(bucket, _) => bucket.flip_bit(key, 0),
        }
    }

    /// Makes an object older than any grace period.
    pub(crate) fn age(&self, key: &str) {
        match self {
            Self::Directory(root) => age_file(&root.join(key)),
            Self::Bucket(bucket, _) => bucket.age(key, LONG),
        }
    }

    /// Begins to upload an object in parts, and dies.
    pub(crate) fn begin_upload(&self, key: &str) {
        let store: Box<dyn BlobStore> = match self {
            Self::Directory(root) => Box::new(FileStore::new(root)),
            Self::Bucket(_, settings) => {
                Box::new(S3Store::new("music", None, (**settings).clone()))
            }
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let (key, attributes) = (key.parse().unwrap(), Attributes::default());
        runtime.block_on(store.begin(&key, 20 << 20, 5 << 20, &attributes)).unwrap();
    }

    /// Makes open uploads, and what writes have left, older than any grace period.
    pub(crate) fn age_open_uploads(&self) {
        match self {
            Self::Directory(root) => {
                files_in(&root.join(".studio-staging")).iter().for_each(|file| age_file(file));
            }
            Self::Bucket(bucket, _) => bucket.age_open_uploads(LONG),
        }
    }
}

/// Makes a file older than any grace period.
pub(crate) fn age_file(path: &Path) {
    let file = std::fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_modified(SystemTime::now() - LONG).unwrap();
}

/// All files in a directory and those below it; none where it is not there.
pub(crate) fn files_in(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => files.extend(files_in(&path)),
            false => files.push(path),
        }
    }
    files
}
