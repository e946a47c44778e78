//! The test of a store: passed by good ones, told apart from those that lie, and gone
//! without a trace.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod liar;

use std::collections::BTreeSet;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt as _};
use studio_core::store_test::{Outcome, Severity, StoreReport, Verdict, store_checks};
use studio_core::{
    BlobStore, CancellationToken, Error, Event, FileStore, Job, MemoryStore, Progress, S3Store,
    test_store,
};
use studio_testkit::s3::{TestS3, Weakness};

use self::liar::{LIES, Liar};

async fn report(store: &dyn BlobStore) -> StoreReport {
    test_store(store, &Job::default()).await.unwrap()
}

fn failed(report: &StoreReport) -> Vec<&'static str> {
    report.failures().map(|result| result.check.name).collect()
}

fn missing(report: &StoreReport) -> Vec<&'static str> {
    report.missing().iter().map(|capability| capability.name).collect()
}

fn skipped(report: &StoreReport) -> Vec<(&'static str, &str)> {
    let skipped = report.checks.iter().filter_map(|result| match &result.outcome {
        Outcome::Skipped { why } => Some((result.check.name, why.as_str())),
        _ => None,
    });
    skipped.collect()
}

#[test]
fn checks_are_many_and_have_names_of_their_own() {
    let names: Vec<&str> = store_checks().map(|(_, check)| check.name).collect();
    assert!(names.len() >= 100, "{}", names.len());
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{names:?}");
    for (group, check) in store_checks() {
        let name = check.name;
        let kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(name.chars().all(kebab) && !name.starts_with('-'), "{name}");
        assert!(!check.about.is_empty() && !check.about.ends_with('.'), "{name}");
        assert!(!group.is_empty(), "{name}");
        if let Severity::Degrades(capability) = check.severity {
            assert!(!capability.instead.is_empty(), "{name}");
        }
    }
}

#[test]
fn the_manual_names_all_that_a_store_may_be_without() {
    let manual = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/storage.md");
    let manual = std::fs::read_to_string(manual).unwrap();
    for (_, check) in store_checks() {
        if let Severity::Degrades(capability) = check.severity {
            let row = format!("| `{}`: ", capability.name);
            assert!(manual.contains(&row), "{row} is not in docs/storage.md");
        }
    }
    let count = format!("by {} checks", store_checks().count());
    assert!(manual.contains(&count), "{count}");
}

#[tokio::test]
async fn memory_does_everything() {
    let store = MemoryStore::new();
    let report = report(&store).await;
    assert_eq!(failed(&report), [""; 0]);
    assert_eq!(skipped(&report), []);
    assert_eq!(report.counts().passed, store_checks().count());
    assert_eq!(report.verdict(), Verdict::Trusted);
    assert!(report.timing.is_some());
    assert_eq!(store.list("", None).await.unwrap(), []);
    assert_eq!(store.open_uploads("").await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_directory_keeps_no_checksums_and_cannot_nest_objects() {
    let place = tempfile::tempdir().unwrap();
    let store = FileStore::new(&place.path().join("store"));
    let report = report(&store).await;
    let expected =
        ["checksum-told", "checksum-of-empty-told", "checksum-of-parts-told", "key-below-a-key"];
    assert_eq!(failed(&report), expected);
    assert_eq!(missing(&report), ["checksum-told"]);
    assert_eq!(report.verdict(), Verdict::Usable);
    assert!(report.counts().passed >= 100, "{:?}", report.counts());
    // Nothing but the store's own directory, and it is empty.
    let left = |path| -> Vec<_> { std::fs::read_dir(path).unwrap().flatten().collect() };
    let stores = left(place.path().join("store"));
    assert_eq!(stores.len(), 1, "{stores:?}");
    assert_eq!(stores[0].file_name(), ".studio-staging");
    assert_eq!(left(stores[0].path()).len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_like_amazons_does_everything() {
    let server = TestS3::start();
    let store = S3Store::new("tested", Some("a prefix/of two"), server.settings());
    let first = report(&store).await;
    assert_eq!(failed(&first), [""; 0]);
    assert_eq!(skipped(&first), []);
    assert!(first.made_bucket);
    assert_eq!(first.verdict(), Verdict::Trusted);
    assert_eq!(server.bucket("tested").keys(), [""; 0]);
    assert_eq!(server.bucket("tested").open_uploads(), []);
    assert!(!report(&store).await.made_bucket);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_weakness_of_a_server_is_a_capability_that_it_is_without() {
    use Weakness::*;
    for (weakness, capabilities) in [
        (&[NoPartChecksums, Md5ETags][..], &["part-checksums"][..]),
        (&[NoChecksumType, Md5ETags], &[]),
        (&[ForgetsCompleted], &[]),
        (&[NoPartChecksums], &["parts-listed", "part-checksums"]),
        (&[NoUploadListing], &["uploads-listed"]),
        (&[NoConditionalWrites], &["create-once", "complete-once"]),
    ] {
        let server = TestS3::start_with(weakness);
        let store = S3Store::new("tested", None, server.settings());
        let report = report(&store).await;
        let found: BTreeSet<_> = missing(&report).into_iter().collect();
        let expected: BTreeSet<_> = capabilities.iter().copied().collect();
        assert_eq!(found, expected, "{weakness:?}: {:?}", failed(&report));
        let verdict = if expected.is_empty() { Verdict::Trusted } else { Verdict::Usable };
        assert_eq!(report.verdict(), verdict, "{weakness:?}: {:?}", failed(&report));
        assert_eq!(server.bucket("tested").keys(), [""; 0], "{weakness:?}");
        assert_eq!(server.bucket("tested").open_uploads(), [], "{weakness:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_compares_no_checksum_is_not_to_be_trusted() {
    let server = TestS3::start_with(&[Weakness::NoCrc64Nvme]);
    let store = S3Store::new("tested", None, server.settings());
    let report = report(&store).await;
    let failed = failed(&report);
    for name in ["wrong-checksum-refused", "flipped-bit-refused", "part-wrong-checksum-refused"] {
        assert!(failed.contains(&name), "{name} is not in {failed:?}");
    }
    assert_eq!(report.verdict(), Verdict::Untrusted);
    // What should have been refused, and was stored, is gone as well.
    assert_eq!(server.bucket("tested").keys(), [""; 0]);
    assert_eq!(server.bucket("tested").open_uploads(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_lie_is_found() {
    let asked = stream::iter(LIES).map(|(lie, check)| {
        tokio::spawn(async move {
            let report = report(&Liar::new(lie)).await;
            let failed = failed(&report);
            assert!(failed.contains(&check), "{lie:?}: {check} is not in {failed:?}");
            // Nothing hangs on some of them, but they are in the report all the same.
            let nice = report.failures().all(|result| result.check.severity == Severity::Nice);
            assert_eq!(report.verdict() == Verdict::Trusted, nice, "{lie:?}");
        })
    });
    let asked: Vec<_> = asked.buffer_unordered(2).collect().await;
    assert_eq!(asked.len(), LIES.len());
    for lie in asked {
        lie.unwrap();
    }
}

#[tokio::test]
async fn a_store_that_is_not_there_is_no_report() {
    let settings = {
        let server = TestS3::start();
        server.settings()
    };
    let store = S3Store::new("tested", None, settings);
    let error = test_store(&store, &Job::default()).await.unwrap_err();
    assert_eq!(error.kind(), studio_core::ErrorKind::Unavailable, "{error:?}");
}

/// Cancels a job after so many checks.
struct CancelAfter {
    token: CancellationToken,
    left: std::sync::atomic::AtomicU64,
}

impl Progress for CancelAfter {
    fn on(&self, event: Event) {
        use std::sync::atomic::Ordering::Relaxed;
        if let Event::Moved { .. } = event
            && self.left.fetch_sub(1, Relaxed) == 1
        {
            self.token.cancel();
        }
    }
}

#[tokio::test]
async fn a_test_that_is_cancelled_leaves_nothing() {
    for checks in [1, 10, 40, 90] {
        let store = MemoryStore::new();
        let token = CancellationToken::new();
        let watcher = CancelAfter { token: token.clone(), left: checks.into() };
        let job = Job::new(Arc::new(watcher), token);
        let error = test_store(&store, &job).await.unwrap_err();
        assert!(matches!(error, Error::Cancelled), "{error:?}");
        assert_eq!(store.list("", None).await.unwrap(), [], "after {checks} checks");
        assert_eq!(store.open_uploads("").await.unwrap(), [], "after {checks} checks");
    }
}

#[tokio::test]
async fn what_is_stored_already_is_left_alone() {
    use bytes::Bytes;
    let store = MemoryStore::new();
    let key = "studio-store-test/mine".parse().unwrap();
    let body = Bytes::from_static(b"mine");
    let crc = studio_core::blob::crc64nvme(&body);
    let attributes = studio_core::blob::Attributes::default();
    let mode = studio_core::blob::WriteMode::CreateNew;
    store.put(&key, body, crc, &attributes, mode).await.unwrap();
    let upload = store.begin(&key, 3, 3, &attributes).await.unwrap();
    assert_eq!(report(&store).await.verdict(), Verdict::Trusted);
    assert_eq!(store.list("", None).await.unwrap().len(), 1);
    assert_eq!(store.open_uploads("").await.unwrap()[0].id, upload.id);
}
