//! Transfers that broke off go on where they stopped, without anything remembered here.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::sync::Arc;

use common::{Place, all, upload, version_path};
use studio_core::blob::{Attributes, MultipartUpload, OpenUpload, WriteMode, combine, crc64nvme};
use studio_core::{
    BlobStore, CancellationToken, Download, Error, Event, Job, ObjectKey, Phase, Progress, S3Store,
    SqliteCatalog, Studio, TransferOptions, Upload, UploadOutcome,
};
use studio_testkit::noise;
use studio_testkit::s3::TestS3;

const MIB: usize = 1 << 20;

/// Cancels when this many bytes of a phase have been moved.
struct StopAfter {
    phase: Phase,
    bytes: u64,
    cancel: CancellationToken,
    seen: std::sync::Mutex<(Option<Phase>, u64)>,
}

impl Progress for StopAfter {
    fn on(&self, event: Event) {
        let mut seen = self.seen.lock().unwrap();
        match event {
            Event::Begin { phase, .. } => *seen = (Some(phase), 0),
            Event::Moved { bytes } if seen.0 == Some(self.phase) => {
                seen.1 += bytes;
                if seen.1 >= self.bytes {
                    self.cancel.cancel();
                }
            }
            _ => {}
        }
    }
}

fn stop_after(phase: Phase, bytes: u64) -> Job {
    let cancel = CancellationToken::new();
    let seen = std::sync::Mutex::default();
    Job::new(Arc::new(StopAfter { phase, bytes, cancel: cancel.clone(), seen }), cancel)
}

/// A studio of a machine of its own: it shares nothing but the store.
fn another_machine(store: Arc<dyn BlobStore>, part_size: u64) -> Studio {
    let options = TransferOptions { part_size, parallel_parts: 1, ..Default::default() };
    let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
    Studio::new(catalog, store).with_transfer_options(options)
}

async fn open(store: &dyn BlobStore) -> Vec<OpenUpload> {
    store.open_uploads("").await.unwrap()
}

/// An upload stopped half way, on each kind of store; what came of it with other part sizes.
async fn goes_on(store: Arc<dyn BlobStore>) {
    let place = Place::new();
    let bytes = noise::bytes(1, 40 * MIB + 17);
    let request = place.take("v", &bytes);
    let first = another_machine(Arc::clone(&store), 8 << 20);
    let error = first.upload(&request, &stop_after(Phase::Sending, 16 << 20)).await.unwrap_err();
    assert!(matches!(error, Error::Cancelled), "{error:?}");
    assert_eq!(open(&*store).await.len(), 1);
    assert_eq!(all(&first).await, []);

    // From another machine, which would cut the file otherwise.
    let second = another_machine(Arc::clone(&store), 5 << 20);
    let done = upload(&second, &request).await.unwrap();
    assert_eq!(done.outcome, UploadOutcome::Stored);
    assert!(done.kept_bytes >= 16 << 20, "{} kept", done.kept_bytes);
    assert_eq!(done.kept_bytes + done.sent_bytes, bytes.len() as u64);
    assert_eq!(open(&*store).await, []);
    let request = place.target("v");
    second.download(&request, &Job::default()).await.unwrap();
    assert!(std::fs::read(&request.target).unwrap() == bytes);
}

#[tokio::test]
async fn an_upload_to_a_directory_goes_on() {
    goes_on(Place::new().store()).await;
}

#[tokio::test]
async fn an_upload_in_memory_goes_on() {
    goes_on(Arc::new(studio_core::MemoryStore::new())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_to_s3_goes_on() {
    let server = TestS3::start();
    goes_on(Arc::new(S3Store::new("music", None, server.settings()))).await;
}

/// What others left open under our key, be it garbage, is not built upon, and goes.
#[tokio::test]
async fn parts_that_are_not_ours_are_not_relied_on() {
    let place = Place::new();
    let bytes = noise::bytes(2, 20 * MIB);
    let request = place.take("v", &bytes);
    let store = place.store();
    let digest = {
        let elsewhere = another_machine(Arc::new(studio_core::MemoryStore::new()), 5 << 20);
        upload(&elsewhere, &request).await.unwrap().version.digest
    };
    let key = ObjectKey::of_object(&digest);
    let begin = async |part_size: usize, parts: &[(u32, &[u8])]| -> MultipartUpload {
        let attributes = Attributes::default();
        let size = bytes.len() as u64;
        let upload = store.begin(&key, size, part_size as u64, &attributes).await.unwrap();
        for (number, part) in parts {
            let body = bytes::Bytes::copy_from_slice(part);
            store.put_part(&upload, *number, body, crc64nvme(part)).await.unwrap();
        }
        upload
    };
    let mut rotten = bytes[..8 * MIB].to_vec();
    rotten[77] ^= 4;
    begin(8 * MIB, &[(1, &rotten), (2, &bytes[8 * MIB..16 * MIB])]).await;
    begin(5 * MIB, &[]).await;
    begin(3 * MIB, &[(1, &bytes[..3 * MIB])]).await;
    begin(5 * MIB + 1, &[(1, &bytes[..5 * MIB + 1])]).await;

    let done = upload(&another_machine(Arc::clone(&store), 5 << 20), &request).await.unwrap();
    assert_eq!((done.kept_bytes, done.sent_bytes), (8 << 20, 12 << 20));
    assert_eq!(open(&*store).await, []);
    let object = place.store_directory().join(key.as_str());
    assert!(std::fs::read(object).unwrap() == bytes);
}

/// Killed between the last part and the answer of the completion, or right behind it.
#[tokio::test]
async fn an_upload_goes_on_from_its_last_steps() {
    for completed in [false, true] {
        let place = Place::new();
        let bytes = noise::bytes(3, 11 * MIB);
        let request = place.take("v", &bytes);
        let store = place.store();
        let studio = another_machine(Arc::clone(&store), 8 << 20);
        studio.upload(&request, &stop_after(Phase::Sending, 1)).await.unwrap_err();
        let open_upload = open(&*store).await.remove(0);
        let upload_of = MultipartUpload {
            key: open_upload.key.clone().unwrap(),
            id: open_upload.id.clone(),
            part_size: 8 << 20,
            checks_whole: true,
        };
        let mut receipts = Vec::new();
        for (part, number) in bytes.chunks(8 * MIB).zip(1..) {
            let body = bytes::Bytes::copy_from_slice(part);
            let put = store.put_part(&upload_of, number, body, crc64nvme(part));
            receipts.push(put.await.unwrap());
        }
        if completed {
            let whole = receipts
                .iter()
                .fold(crc64nvme(b""), |crc, part| combine(crc, part.crc64nvme, part.size));
            let create = WriteMode::CreateNew;
            store.complete(&upload_of, &receipts, whole, create).await.unwrap();
        }
        let done = upload(&studio, &request).await.unwrap();
        let kept = if completed { 0 } else { bytes.len() as u64 };
        assert_eq!((done.sent_bytes, done.kept_bytes), (0, kept));
        assert_eq!((all(&studio).await.len(), open(&*store).await), (1, vec![]));
    }
}

/// A download stopped half way goes on with what it had, as far as that is still right.
#[tokio::test]
async fn a_download_goes_on() {
    for damage in [false, true] {
        let place = Place::new();
        let bytes = noise::bytes(4, 40 * MIB + 5);
        let options = TransferOptions { range_size: 4 << 20, ..Default::default() };
        let studio = place.studio().with_transfer_options(options);
        upload(&studio, &place.take("v", &bytes)).await.unwrap();
        let target = place.path("deliveries").join("take.wav");
        std::fs::create_dir(target.parent().unwrap()).unwrap();
        let request = Download { path: version_path("v"), target, overwrite: false };
        let stopped = studio.download(&request, &stop_after(Phase::Fetching, 20 << 20)).await;
        assert!(matches!(stopped, Err(Error::Cancelled)), "{stopped:?}");
        let directory = request.target.parent().unwrap();
        let left = Place::names_in(directory);
        assert_eq!(left.len(), 2, "{left:?}");
        if damage {
            let part = directory.join(&left[0]);
            let mut there = std::fs::read(&part).unwrap();
            there[9 * MIB] ^= 1;
            std::fs::write(&part, there).unwrap();
        }
        let done = studio.download(&request, &Job::default()).await.unwrap();
        match damage {
            false => assert!(done.kept_bytes >= 20 << 20, "{} kept", done.kept_bytes),
            true => assert_eq!(done.kept_bytes, 8 << 20),
        }
        assert!(std::fs::read(&request.target).unwrap() == bytes);
        assert_eq!(Place::names_in(directory), ["take.wav"]);
    }
}

/// An upload of the same bytes to another place also goes on with what was sent.
#[tokio::test]
async fn the_bytes_count_not_the_names() {
    let place = Place::new();
    let bytes = noise::bytes(5, 20 * MIB);
    let studio = another_machine(place.store(), 8 << 20);
    let request = place.take("v", &bytes);
    studio.upload(&request, &stop_after(Phase::Sending, 8 << 20)).await.unwrap_err();
    let renamed = Upload { path: version_path("w"), ..request };
    let done = upload(&studio, &renamed).await.unwrap();
    assert!(done.kept_bytes >= 8 << 20);
    assert_eq!(all(&studio).await.len(), 1);
}
