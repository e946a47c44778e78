//! How long a server that takes a request and never answers is waited for. The clock is the
//! runtime's own and goes on by itself to whatever is next, so that minutes pass at once.

use std::time::Duration;

use bytes::Bytes;
use studio_blob::{
    Attributes, BlobStore, Error, MultipartUpload, OpenUpload, Result, S3Store, WriteMode,
    crc64nvme,
};
use tokio::time::Instant;

use crate::server::{Answer, Scripted};
use crate::{MANIFEST, OBJECT, key, put};

const MINUTE: Duration = Duration::from_secs(60);

/// A store on a server that answers once, so that a connection is there, and never again.
async fn store(patience: Option<Duration>) -> S3Store {
    let server = Scripted::start(|_, before| match before {
        0 => Answer::Whole(200, "", ""),
        _ => Answer::Silence,
    });
    let store = server.store(|settings| settings.patience = patience);
    store.delete(&key(MANIFEST)).await.unwrap();
    store
}

/// How long it takes until an operation is given up.
async fn wait<T>(operation: impl Future<Output = Result<T>>) -> Duration {
    tokio::time::pause();
    let begun = Instant::now();
    let error = operation.await.map(drop).unwrap_err();
    let waited = begun.elapsed();
    tokio::time::resume();
    assert!(matches!(error, Error::Unreachable { .. }), "{error:?}");
    waited
}

fn about(minutes: u32) -> std::ops::Range<Duration> {
    let time = MINUTE * minutes;
    time..time + Duration::from_secs(1)
}

fn upload() -> MultipartUpload {
    MultipartUpload { key: key(OBJECT), id: "u".to_owned(), part_size: 5 << 20, checks_whole: true }
}

async fn put_part(store: &S3Store) -> Result<()> {
    let body = Bytes::from_static(b"part");
    let crc = crc64nvme(&body);
    store.put_part(&upload(), 1, body, crc).await.map(drop)
}

async fn put_large(store: &S3Store) -> Result<()> {
    let body = Bytes::from(vec![7; 100 << 10]);
    let crc = crc64nvme(&body);
    store.put(&key(OBJECT), body, crc, &Attributes::default(), WriteMode::CreateNew).await
}

#[tokio::test]
async fn what_is_small_is_given_up_after_a_minute() {
    for patience in [None, Some(30 * MINUTE)] {
        let (object, open) = (key(OBJECT), OpenUpload::from(&upload()));
        let manifest = key(MANIFEST);
        let attributes = Attributes::default();
        let new = || store(patience);
        for (what, waited) in [
            ("head", wait(new().await.head(&object)).await),
            ("list", wait(new().await.list("", None)).await),
            ("delete", wait(new().await.delete(&object)).await),
            ("a manifest", wait(new().await.get(&manifest, None, None)).await),
            ("put", wait(put(&new().await, MANIFEST)).await),
            ("begin", wait(new().await.begin(&object, 10, 5, &attributes)).await),
            ("open uploads", wait(new().await.open_uploads("")).await),
            ("parts", wait(new().await.parts(&open)).await),
            ("abort", wait(new().await.abort(&open)).await),
        ] {
            assert!(about(1).contains(&waited), "{what}: {waited:?}");
        }
    }
}

#[tokio::test]
async fn what_is_large_has_as_much_time_as_it_may_take() {
    for (patience, minutes) in [(None, 15), (Some(10 * MINUTE), 10), (Some(30 * MINUTE), 30)] {
        let object = key(OBJECT);
        let waited = [
            wait(put_part(&store(patience).await)).await,
            wait(put_large(&store(patience).await)).await,
            wait(store(patience).await.get(&object, Some(0..5), None)).await,
        ];
        let as_said = waited.iter().all(|waited| about(minutes).contains(waited));
        assert!(as_said, "{patience:?}: {waited:?}");
    }
}

#[tokio::test]
async fn less_patience_is_less_for_all() {
    let short = Some(Duration::from_secs(5));
    let small = wait(store(short).await.head(&key(OBJECT))).await;
    let large = wait(put_part(&store(short).await)).await;
    for waited in [small, large] {
        assert!(waited < Duration::from_secs(6), "{waited:?}");
    }
}
