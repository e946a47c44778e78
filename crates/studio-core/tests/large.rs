//! Large files whose bytes are mostly not there: sparse ones.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex};

use common::{Place, upload, version_path};
use studio_blob::{
    Error as StoreError, MockBlobStore, MultipartUpload, ObjectInfo, PartReceipt, crc64nvme,
};
use studio_core::{Crc64Nvme, StoreUrl, Studio, TransferOptions, Upload, UploadOutcome};

/// Bytes in the file, of which three places are not holes.
const SIZE: u64 = (300 << 20) + 12_345;
const PART: u64 = 5 << 20;

/// What came to a store that keeps no byte.
#[derive(Debug, Default)]
struct Seen {
    parts: Vec<(u32, u64)>,
    whole: Option<Crc64Nvme>,
}

/// A store that swallows what it gets, and then says that it is there.
fn swallower(seen: &Arc<Mutex<Seen>>) -> MockBlobStore {
    let mut store = MockBlobStore::new();
    let url: StoreUrl = "s3://music".parse().unwrap();
    store.expect_url().return_const(url);
    let there = Arc::clone(seen);
    store.expect_head().returning(move |key| match there.lock().unwrap().whole {
        None => Err(StoreError::NotFound { object: key.to_string() }),
        Some(crc) => Ok(ObjectInfo {
            key: key.clone(),
            size: SIZE,
            etag: None,
            modified: None,
            crc64nvme: Some(crc),
        }),
    });
    store.expect_open_uploads().returning(|_| Ok(Vec::new()));
    store.expect_begin().returning(|key, size, part_size, _| {
        assert_eq!(size, SIZE);
        Ok(MultipartUpload { key: key.clone(), id: "1".into(), part_size, checks_whole: true })
    });
    let came = Arc::clone(seen);
    store.expect_put_part().returning(move |_, number, bytes, crc| {
        assert_eq!(crc, crc64nvme(&bytes), "part {number}");
        let size = bytes.len() as u64;
        came.lock().unwrap().parts.push((number, size));
        Ok(PartReceipt { number, size, crc64nvme: crc, etag: None })
    });
    let completed = Arc::clone(seen);
    store.expect_complete().returning(move |_, _, whole, _| {
        completed.lock().unwrap().whole = Some(whole);
        Ok(())
    });
    store.expect_put().returning(|_, _, _, _, _| Ok(()));
    store
}

/// That parts of the largest files are few enough is a matter of arithmetic, tested beside
/// it; this sends as many as a test has time for.
#[tokio::test]
async fn a_sparse_file_goes_in_parts_of_one_size_with_its_holes() {
    let place = Place::new();
    let file = place.path("sparse.wav");
    let sparse = File::create(&file).unwrap();
    sparse.set_len(SIZE).unwrap();
    for at in [0, SIZE / 2, SIZE - 4] {
        sparse.write_all_at(b"boom", at).unwrap();
    }
    let seen = Arc::default();
    let options = TransferOptions { part_size: PART, ..TransferOptions::default() };
    let studio = Studio::new(place.catalog(), Arc::new(swallower(&seen)));
    let studio = studio.with_transfer_options(options);
    let done = upload(&studio, &Upload { path: version_path("v"), file }).await.unwrap();
    assert_eq!((done.outcome, done.sent_bytes), (UploadOutcome::Stored, SIZE));
    let mut seen = seen.lock().unwrap();
    seen.parts.sort_unstable();
    let count = SIZE.div_ceil(PART) as u32;
    let size = |n| if n == count { SIZE % PART } else { PART };
    let expected: Vec<_> = (1..=count).map(|n| (n, size(n))).collect();
    assert_eq!(seen.parts, expected);
    assert_eq!(seen.whole, Some(done.version.crc64nvme));
}
