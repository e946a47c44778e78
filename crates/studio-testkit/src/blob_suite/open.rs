//! Uploads that were begun and not completed.

use studio_blob::{BlobStore, Error, MultipartUpload, OpenUpload, WriteMode, crc64nvme};

use super::{BlobFixture, PART, begin, key, put_part, read};
use crate::noise;

async fn open(store: &dyn BlobStore, prefix: &str) -> Vec<OpenUpload> {
    store.open_uploads(prefix).await.unwrap()
}

async fn ids(store: &dyn BlobStore, prefix: &str) -> Vec<String> {
    let mut ids: Vec<_> = open(store, prefix).await.into_iter().map(|open| open.id).collect();
    ids.sort();
    ids
}

/// An upload is listed from its beginning to its end, under its key.
pub async fn open_uploads_are_listed(fixture: &impl BlobFixture) {
    let store = fixture.open();
    assert_eq!(open(&*store, "").await, []);
    let completed = begin(&*store, "a/one", 3).await;
    let aborted = begin(&*store, "a/two", 3).await;
    let other = begin(&*store, "b", 3).await;
    let same_key = begin(&*store, "b", 3).await;

    let handle = fixture.open();
    let listed = open(&*handle, "a/one").await;
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].key.as_ref(), &listed[0].id), (Some(&key("a/one")), &completed.id));
    let both = |a: &MultipartUpload, b: &MultipartUpload| {
        let mut both = vec![a.id.clone(), b.id.clone()];
        both.sort();
        both
    };
    assert_eq!(ids(&*handle, "a/").await, both(&completed, &aborted));
    assert_eq!(ids(&*handle, "b").await, both(&other, &same_key));
    assert_eq!(ids(&*handle, "").await.len(), 4);
    assert_eq!(ids(&*handle, "c").await, [""; 0]);

    let receipt = put_part(&*store, &completed, 1, b"abc").await;
    let crc = crc64nvme(b"abc");
    store.complete(&completed, &[receipt], crc, WriteMode::CreateNew).await.unwrap();
    store.abort(&OpenUpload::from(&aborted)).await.unwrap();
    assert_eq!(ids(&*handle, "a/").await, [""; 0]);
    for listed in open(&*handle, "").await {
        handle.abort(&listed).await.unwrap();
    }
    assert_eq!(open(&*store, "").await, []);
}

/// What an open upload has is told to every handle: which parts, how large, and with a
/// checksum or an MD5 that is theirs.
pub async fn parts_are_told(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let bytes = noise::bytes(7, 2 * PART + 3);
    let upload = begin(&*store, "a", bytes.len()).await;
    let handle = fixture.open();
    let open = OpenUpload::from(&upload);
    assert_eq!(handle.parts(&open).await.unwrap().parts, []);
    put_part(&*store, &upload, 3, &bytes[2 * PART..]).await;
    put_part(&*store, &upload, 1, &bytes[..PART]).await;
    let stored = handle.parts(&open).await.unwrap();
    assert_eq!(stored.checks_whole, upload.checks_whole);
    let told: Vec<_> = stored.parts.iter().map(|part| (part.number, part.size)).collect();
    assert_eq!(told, [(1, PART as u64), (3, 3)]);
    for (part, expected) in stored.parts.iter().zip([&bytes[..PART], &bytes[2 * PART..]]) {
        if let Some(crc) = part.crc64nvme {
            assert_eq!(crc, crc64nvme(expected));
        }
    }
}

/// Another handle can go on with the parts that are there, and complete the object.
pub async fn an_upload_goes_on_from_another_handle(fixture: &impl BlobFixture) {
    let bytes = noise::bytes(8, PART + 7);
    let upload = begin(&*fixture.open(), "a", bytes.len()).await;
    let first = put_part(&*fixture.open(), &upload, 1, &bytes[..PART]).await;

    let store = fixture.open();
    let open = open(&*store, "a").await.remove(0);
    let stored = store.parts(&open).await.unwrap();
    let upload = MultipartUpload {
        key: key("a"),
        id: open.id.clone(),
        part_size: PART as u64,
        checks_whole: stored.checks_whole,
    };
    let kept = studio_blob::PartReceipt { etag: stored.parts[0].etag.clone(), ..first };
    let second = put_part(&*store, &upload, 2, &bytes[PART..]).await;
    let crc = crc64nvme(&bytes);
    store.complete(&upload, &[kept, second], crc, WriteMode::CreateNew).await.unwrap();
    assert!(read(&*store, "a").await.unwrap() == bytes);
    assert_eq!(store.open_uploads("").await.unwrap(), []);
}

/// An upload that is gone has no parts to tell of.
pub async fn parts_of_nothing_are_not_found(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let upload = OpenUpload::from(&begin(&*store, "a", 3).await);
    store.abort(&upload).await.unwrap();
    let parts = store.parts(&upload).await;
    assert!(matches!(parts, Err(Error::NotFound { .. })), "{parts:?}");
}
