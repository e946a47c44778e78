//! Objects written in parts.

use bytes::Bytes;
use studio_blob::{
    BlobStore, Error, MultipartUpload, OpenUpload, PartReceipt, WriteMode, combine, crc64nvme,
};
use studio_domain::Crc64Nvme;

use super::{BlobFixture, PART, begin, can_create_once, key, keys, put, put_part, read};
use crate::noise;

/// Three parts of `bytes`, sent last one first.
async fn three_parts(
    store: &dyn BlobStore,
    upload: &MultipartUpload,
    bytes: &[u8],
) -> Vec<PartReceipt> {
    let mut receipts = Vec::new();
    for (part, number) in bytes.chunks(PART).zip(1..).collect::<Vec<_>>().into_iter().rev() {
        receipts.push(put_part(store, upload, number, part).await);
    }
    receipts.reverse();
    receipts
}

/// Parts in any order become the object, at once.
pub async fn parts_make_an_object(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let bytes = noise::bytes(3, 2 * PART + 12_345);
    let upload = begin(&*store, "a", bytes.len()).await;
    let receipts = three_parts(&*store, &upload, &bytes).await;
    let whole =
        receipts.iter().fold(crc64nvme(b""), |crc, part| combine(crc, part.crc64nvme, part.size));
    assert_eq!(whole, crc64nvme(&bytes));
    store.complete(&upload, &receipts, whole, WriteMode::CreateNew).await.unwrap();
    assert!(read(&*store, "a").await.unwrap() == bytes);
    let head = store.head(&key("a")).await.unwrap();
    assert_eq!(head.size, bytes.len() as u64);
    if let Some(crc) = head.crc64nvme {
        assert_eq!(crc, whole, "the checksum a store tells is that of the whole object");
    }
}

/// One part is enough, however small.
pub async fn a_single_part_makes_an_object(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let upload = begin(&*store, "a", 5).await;
    let receipt = put_part(&*store, &upload, 1, b"small").await;
    let crc = crc64nvme(b"small");
    store.complete(&upload, &[receipt], crc, WriteMode::CreateNew).await.unwrap();
    assert_eq!(read(&*store, "a").await.unwrap(), b"small");
}

/// A part that is sent again, as after a lost answer, counts once.
pub async fn a_part_written_again_is_replaced(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let bytes = noise::bytes(4, PART + 10);
    let upload = begin(&*store, "a", bytes.len()).await;
    put_part(&*store, &upload, 1, &noise::bytes(99, PART)).await;
    let receipts = three_parts(&*store, &upload, &bytes).await;
    let crc = crc64nvme(&bytes);
    store.complete(&upload, &receipts, crc, WriteMode::CreateNew).await.unwrap();
    assert!(read(&*store, "a").await.unwrap() == bytes);
}

/// Until it is completed, an upload shows nowhere.
pub async fn an_unfinished_upload_is_invisible(fixture: &impl BlobFixture) {
    let store = fixture.open();
    put(&*store, "kept", b"old").await.unwrap();
    for at in ["new", "kept"] {
        let upload = begin(&*store, at, PART + 1).await;
        put_part(&*store, &upload, 1, &noise::bytes(5, PART)).await;
    }
    let head = store.head(&key("new")).await;
    assert!(matches!(head, Err(Error::NotFound { .. })), "{head:?}");
    assert_eq!(read(&*store, "kept").await.unwrap(), b"old");
    assert_eq!(keys(&*store, "", None).await, ["kept"]);
}

/// An upload that was given up is gone; giving it up again is no error.
pub async fn aborting_twice_is_fine(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let upload = begin(&*store, "a", 3).await;
    let receipt = put_part(&*store, &upload, 1, b"abc").await;
    store.abort(&OpenUpload::from(&upload)).await.unwrap();
    store.abort(&OpenUpload::from(&upload)).await.unwrap();
    let crc = crc64nvme(b"abc");
    let completed = store.complete(&upload, &[receipt], crc, WriteMode::CreateNew).await;
    assert!(matches!(completed, Err(Error::NotFound { .. })), "{completed:?}");
    let head = store.head(&key("a")).await;
    assert!(matches!(head, Err(Error::NotFound { .. })), "{head:?}");
}

/// A part that is not what was announced is refused; the right one can follow.
pub async fn a_part_with_a_wrong_checksum_is_refused(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let upload = begin(&*store, "a", 4).await;
    let wrong = crc64nvme(b"else");
    let part = store.put_part(&upload, 1, Bytes::from_static(b"good"), wrong).await;
    assert!(matches!(part, Err(Error::Corrupted { .. })), "{part:?}");
    let receipt = put_part(&*store, &upload, 1, b"good").await;
    let crc = crc64nvme(b"good");
    store.complete(&upload, &[receipt], crc, WriteMode::CreateNew).await.unwrap();
    assert_eq!(read(&*store, "a").await.unwrap(), b"good");
}

/// Missing parts, or a whole with another checksum, make no object.
pub async fn parts_that_do_not_add_up_make_nothing(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let bytes = noise::bytes(6, 2 * PART + 1);
    let upload = begin(&*store, "a", bytes.len()).await;
    let receipts = three_parts(&*store, &upload, &bytes).await;
    let right = crc64nvme(&bytes);
    let with_gap = [receipts[0].clone(), receipts[2].clone()];
    let other = Crc64Nvme::from_u64(right.as_u64() ^ 1);
    for (parts, crc) in [(&with_gap[..], right), (&receipts[..2], right), (&receipts[..], other)] {
        let completed = store.complete(&upload, parts, crc, WriteMode::CreateNew).await;
        assert!(matches!(completed, Err(Error::Corrupted { .. })), "{completed:?}");
        let head = store.head(&key("a")).await;
        assert!(matches!(head, Err(Error::NotFound { .. })), "{head:?}");
    }
}

/// Parts that never came, or that others have taken the place of, make no object.
pub async fn parts_that_are_not_there_make_nothing(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let upload = begin(&*store, "a", PART + 3).await;
    let first = put_part(&*store, &upload, 1, &noise::bytes(7, PART)).await;
    let old = put_part(&*store, &upload, 2, b"old").await;
    let third = PartReceipt { number: 3, ..old.clone() };
    let with_third = [&first, &old, &third]
        .iter()
        .fold(crc64nvme(b""), |crc, p| combine(crc, p.crc64nvme, p.size));
    let parts = [first.clone(), old.clone(), third];
    let completed = store.complete(&upload, &parts, with_third, WriteMode::CreateNew).await;
    assert!(completed.is_err(), "a part that never came");
    put_part(&*store, &upload, 2, b"new").await;
    let whole = combine(first.crc64nvme, old.crc64nvme, 3);
    let completed = store.complete(&upload, &[first, old], whole, WriteMode::CreateNew).await;
    match completed {
        // A store may keep each state of a part; then the one that is named counts.
        Ok(()) => {
            let expected = [noise::bytes(7, PART), b"old".to_vec()].concat();
            assert!(read(&*store, "a").await.unwrap() == expected, "a part that was replaced");
        }
        Err(_) => {
            let head = store.head(&key("a")).await;
            assert!(matches!(head, Err(Error::NotFound { .. })), "{head:?}");
        }
    }
}

/// An object that came first is not replaced by parts that were to make it new.
pub async fn parts_do_not_replace_a_new_object(fixture: &impl BlobFixture) {
    if !can_create_once(fixture) {
        return;
    }
    let store = fixture.open();
    let upload = begin(&*store, "a", 4).await;
    let receipt = put_part(&*store, &upload, 1, b"late").await;
    put(&*store, "a", b"first").await.unwrap();
    let crc = crc64nvme(b"late");
    let completed = store.complete(&upload, &[receipt], crc, WriteMode::CreateNew).await;
    assert!(matches!(completed, Err(Error::AlreadyExists { .. })), "{completed:?}");
    assert_eq!(read(&*store, "a").await.unwrap(), b"first");
    store.abort(&OpenUpload::from(&upload)).await.unwrap();
}
