//! Every reader passes one suite; what is S3's own is tried through a proxy.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::StreamExt as _;
use studio_blob::intake::FolderIntake;
use studio_blob::reader::{RangeReader, StoreReader, Wanted};
use studio_blob::{
    Attributes, BlobStore as _, Error, FileStore, MemoryStore, S3Settings, S3Store, WriteMode,
    crc64nvme,
};
use studio_testkit::noise;
use studio_testkit::proxy::{Fault, FaultProxy, Operation, Rule};
use studio_testkit::reader_suite::ReaderFixture;
use studio_testkit::s3::{Refusal, TestS3};

async fn write(store: &dyn studio_blob::BlobStore, key: &str, bytes: &[u8]) {
    let (key, crc) = (key.parse().unwrap(), crc64nvme(bytes));
    let bytes = Bytes::copy_from_slice(bytes);
    let attributes = Attributes::default();
    store.put(&key, bytes, crc, &attributes, WriteMode::Replace).await.unwrap();
}

/// As the store's own reader, or by the store's methods.
struct Memory<const OWN: bool>(Arc<MemoryStore>);

#[async_trait]
impl<const OWN: bool> ReaderFixture for Memory<OWN> {
    async fn set_up() -> Option<Self> {
        Some(Self(Arc::default()))
    }

    fn open(&self) -> Arc<dyn RangeReader> {
        match OWN {
            true => self.0.clone(),
            false => Arc::new(StoreReader::new(self.0.clone())),
        }
    }

    fn open_missing(&self) -> Option<Arc<dyn RangeReader>> {
        None
    }

    async fn put(&self, key: &str, bytes: &[u8]) {
        write(&*self.0, key, bytes).await;
    }

    async fn remove(&self, key: &str) {
        self.0.delete(&key.parse().unwrap()).await.unwrap();
    }
}

struct Disk<const FOLDER: bool>(tempfile::TempDir);

impl<const FOLDER: bool> Disk<FOLDER> {
    fn at(path: &Path) -> Arc<dyn RangeReader> {
        match FOLDER {
            true => Arc::new(FolderIntake::new(path).unwrap()),
            false => Arc::new(FileStore::new(path)),
        }
    }
}

#[async_trait]
impl<const FOLDER: bool> ReaderFixture for Disk<FOLDER> {
    async fn set_up() -> Option<Self> {
        Some(Self(tempfile::tempdir().unwrap()))
    }

    fn open(&self) -> Arc<dyn RangeReader> {
        Self::at(self.0.path())
    }

    fn open_missing(&self) -> Option<Arc<dyn RangeReader>> {
        Some(Self::at(&self.0.path().join("not mounted")))
    }

    async fn put(&self, key: &str, bytes: &[u8]) {
        write(&FileStore::new(self.0.path()), key, bytes).await;
    }

    async fn remove(&self, key: &str) {
        std::fs::remove_file(self.0.path().join(key)).unwrap();
    }
}

/// By the lean client, or by the SDK; below a prefix.
struct S3<const LEAN: bool>(TestS3);

impl<const LEAN: bool> S3<LEAN> {
    fn of(&self, bucket: &str) -> Arc<dyn RangeReader> {
        let store = Arc::new(S3Store::new(bucket, Some("my music"), self.0.settings()));
        match LEAN {
            true => store,
            false => Arc::new(StoreReader::new(store)),
        }
    }
}

#[async_trait]
impl<const LEAN: bool> ReaderFixture for S3<LEAN> {
    async fn set_up() -> Option<Self> {
        Some(Self(TestS3::start()))
    }

    fn open(&self) -> Arc<dyn RangeReader> {
        self.of("library")
    }

    fn open_missing(&self) -> Option<Arc<dyn RangeReader>> {
        Some(self.of("no-such-bucket"))
    }

    async fn put(&self, key: &str, bytes: &[u8]) {
        self.0.bucket("library").put(&format!("my music/{key}"), bytes.to_vec());
    }

    async fn remove(&self, key: &str) {
        self.0.bucket("library").remove(&format!("my music/{key}"));
    }
}

mod memory {
    use super::*;
    studio_testkit::reader_conformance!(Memory<true>);
}
mod any_store {
    use super::*;
    studio_testkit::reader_conformance!(Memory<false>);
}
mod directory {
    use super::*;
    studio_testkit::reader_conformance!(Disk<false>);
}
mod folder {
    use super::*;
    studio_testkit::reader_conformance!(Disk<true>);
}
mod s3 {
    use super::*;
    studio_testkit::reader_conformance!(S3<true>);
}
mod s3_by_the_sdk {
    use super::*;
    studio_testkit::reader_conformance!(S3<false>);
}

const KEY: &str = "a.wav";

fn wanted(size: usize) -> Wanted {
    Wanted { size: size as u64, etag: None }
}

/// A server with an object, a proxy before it, and a reader behind that.
fn behind_a_proxy(bytes: &[u8]) -> (TestS3, FaultProxy, S3Store) {
    let server = TestS3::start();
    server.bucket("library").put(KEY, bytes.to_vec());
    let proxy = FaultProxy::start(&server.endpoint());
    let patience = Some(Duration::from_millis(500));
    let settings = S3Settings { endpoint: Some(proxy.endpoint()), patience, ..server.settings() };
    let store = S3Store::new("library", None, settings);
    (server, proxy, store)
}

#[tokio::test]
async fn a_link_leads_out_of_no_folder() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), "secret").unwrap();
    let library = folder.path().join("library");
    std::fs::create_dir(&library).unwrap();
    std::os::unix::fs::symlink(folder.path().join("secret"), library.join("link")).unwrap();
    std::os::unix::fs::symlink(folder.path(), library.join("linked")).unwrap();
    let reader = FolderIntake::new(&library).unwrap();
    for key in ["link", "linked/secret", "../secret", "/etc/hostname", "a/../../secret"] {
        let Ok(key) = key.parse() else { continue };
        let opened = reader.open(&key, 0..6, &wanted(6)).await;
        assert!(matches!(opened, Err(Error::NotFound { .. })), "{key}: {opened:?}");
    }
}

#[tokio::test]
async fn a_transfer_that_breaks_off_says_so() {
    let bytes = noise::bytes(1, 1_000_000);
    let (_server, proxy, reader) = behind_a_proxy(&bytes);
    let after = 300_000;
    let faults =
        [Fault::ResetDown { after }, Fault::TruncateDown { after }, Fault::StallDown { after }];
    for fault in faults {
        proxy.add(Rule::on(Operation::GetObject, fault));
        let range = 0..1_000_000;
        let mut reading =
            reader.open(&KEY.parse().unwrap(), range, &wanted(1_000_000)).await.unwrap();
        let mut received = Vec::new();
        let error = loop {
            match reading.chunks.next().await.expect("no early end without an error") {
                Ok(chunk) => received.extend_from_slice(&chunk),
                Err(error) => break error,
            }
        };
        assert!(matches!(error, Error::Interrupted { .. }), "{error:?}");
        assert!(received.len() <= 300_000 && bytes.starts_with(&received), "{}", received.len());
    }
}

#[tokio::test]
async fn passing_trouble_is_tried_again_and_the_rest_is_told() {
    let (server, proxy, reader) = behind_a_proxy(b"sound");
    let key = KEY.parse().unwrap();
    for fault in [Fault::SLOW_DOWN, Fault::INTERNAL_ERROR, Fault::ResetDown { after: 0 }] {
        proxy.add(Rule::on(Operation::GetObject, fault));
        let mut reading = reader.open(&key, 0..5, &wanted(5)).await.unwrap();
        let first = reading.chunks.next().await.unwrap();
        if let Ok(first) = first {
            assert_eq!(first, "sound");
        }
    }
    type Is = fn(&Error) -> bool;
    let refusals: [(u16, &str, Is); 5] = [
        (503, "SlowDown", |error| matches!(error, Error::Unreachable { .. })),
        (403, "AccessDenied", |error| matches!(error, Error::Denied { .. })),
        (403, "InvalidAccessKeyId", |error| matches!(error, Error::Credentials { .. })),
        (404, "NoSuchBucket", |error| matches!(error, Error::NoSuchStore { .. })),
        (404, "NoSuchKey", |error| matches!(error, Error::NotFound { .. })),
    ];
    for (status, code, is_meant) in refusals {
        server.refuse(Some(Refusal { status, code, header: None }));
        let error = reader.open(&key, 0..5, &wanted(5)).await.unwrap_err();
        assert!(is_meant(&error), "{code}: {error:?}");
    }
    server.refuse(None);
    let gone = proxy.endpoint();
    drop(proxy);
    let error = reader.open(&key, 0..5, &wanted(5)).await.unwrap_err();
    assert!(
        matches!(&error, Error::Unreachable { endpoint, .. } if *endpoint == gone),
        "{error:?}"
    );
}

#[tokio::test]
async fn only_the_range_is_fetched_and_less_if_nobody_reads() {
    let bytes = noise::bytes(2, 30_000_000);
    let (_server, proxy, reader) = behind_a_proxy(&bytes);
    let key = KEY.parse().unwrap();
    let mut reading = reader.open(&key, 1_000_000..1_200_000, &wanted(bytes.len())).await.unwrap();
    let mut length = 0;
    while let Some(chunk) = reading.chunks.next().await {
        length += chunk.unwrap().len();
    }
    assert_eq!((length, proxy.traffic(Operation::GetObject).down), (200_000, 200_000));
    let mut reading = reader.open(&key, 0..30_000_000, &wanted(bytes.len())).await.unwrap();
    reading.chunks.next().await.unwrap().unwrap();
    drop(reading);
    tokio::time::sleep(Duration::from_millis(200)).await;
    let down = proxy.traffic(Operation::GetObject).down;
    // What the system's buffers hold was on its way.
    assert!(down < 20_000_000, "{down}");
}
