//! Libraries in buckets.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use studio_core::library::{LibrarySource, MOST_READ, ScanOptions};
use studio_core::{CancellationToken, Error, Event, Job, Progress, S3Intake, S3Settings, StoreUrl};
use studio_testkit::proxy::{FaultProxy, Operation};
use studio_testkit::s3::TestS3;

use super::sounds::plain;
use super::{Scene, counted};

const BUCKET: &str = "music";

struct Remote {
    server: TestS3,
    proxy: FaultProxy,
}

impl Remote {
    fn new() -> Self {
        let server = TestS3::start();
        let proxy = FaultProxy::start(&server.endpoint());
        Self { server, proxy }
    }

    fn put(&self, key: &str, bytes: Vec<u8>) {
        self.server.bucket(BUCKET).put(key, bytes);
    }

    fn source(&self, url: &str) -> LibrarySource {
        let url: StoreUrl = url.parse().unwrap();
        let settings =
            S3Settings { endpoint: Some(self.proxy.endpoint()), ..self.server.settings() };
        LibrarySource::new(url, Arc::new(S3Intake::new(&BUCKET.parse().unwrap(), settings)))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_bucket_is_read_once_and_little_of_it() {
    let (scene, remote) = (Scene::new(), Remote::new());
    let count = 3_000;
    for n in 0..count {
        let key =
            format!("lib/Artist {}/Album {}/{:02} Piece {n}.wav", n / 500, n / 20, n % 20 + 1);
        remote.put(&key, plain(n));
    }
    remote.put("other/x.wav", plain(1));
    let keys = remote.server.bucket(BUCKET).keys();
    let source = remote.source("s3://music/lib");
    let scanned = scene.scan(&source).await;
    assert_eq!(counted(&scanned), [3_000, 0, 0, 0, 0]);
    assert!(scanned.most_bytes <= MOST_READ, "{scanned:?}");
    assert_eq!(scene.count().await, 3_000);
    let first = scene.one("Artist 0", "Piece 7").await;
    assert_eq!(first.recording.sound.place.key(), "Artist 0/Album 0/08 Piece 7.wav");

    remote.proxy.take_traffic();
    let again = scene.scan(&source).await;
    assert_eq!((counted(&again), again.bytes), ([0, 0, 3_000, 0, 0], 0));
    let traffic = remote.proxy.take_traffic();
    assert!(!traffic.contains_key(&Operation::GetObject), "{traffic:?}");
    assert!(!traffic.contains_key(&Operation::HeadObject), "{traffic:?}");

    remote.put("lib/Artist 0/Album 0/01 Piece 0.wav", plain(9_999));
    remote.server.bucket(BUCKET).remove("lib/Artist 5/Album 149/20 Piece 2999.wav");
    assert_eq!(counted(&scene.scan(&source).await), [0, 1, 2_998, 1, 0]);
    assert_eq!(scene.count().await, 2_999);
    assert_eq!(remote.server.bucket(BUCKET).keys().len(), keys.len() - 1);
}

/// Cancels a job when so many objects were looked at.
struct Impatient(AtomicU64, CancellationToken);

impl Progress for Impatient {
    fn on(&self, event: Event) {
        if let Event::Moved { bytes } = event
            && self.0.fetch_add(bytes, Ordering::Relaxed) == 250
        {
            self.1.cancel();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_that_broke_off_goes_on_where_it_was() {
    let (scene, remote) = (Scene::new(), Remote::new());
    for n in 0..600 {
        remote.put(&format!("Artist/Album {:02}/{:02} Piece.wav", n / 20, n % 20 + 1), plain(n));
    }
    let source = remote.source("s3://music");
    let cancel = CancellationToken::new();
    let job = Job::new(Arc::new(Impatient(AtomicU64::new(0), cancel.clone())), cancel);
    let broken = scene.libraries.scan(&source, ScanOptions::default(), &job).await;
    assert!(matches!(broken, Err(Error::Cancelled)), "{broken:?}");
    let recorded = scene.count().await;
    assert!((200..600).contains(&recorded), "{recorded}");
    let (library, _) = scene.libraries.find(source.url()).await.unwrap();
    assert_eq!(library.scanned_at, None);

    let rest = scene.scan(&source).await;
    assert_eq!((rest.unchanged, rest.new), (recorded, 600 - recorded));
    assert_eq!(scene.count().await, 600);
    let (library, _) = scene.libraries.find(source.url()).await.unwrap();
    assert!(library.scanned_at.is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scan_that_was_dropped_keeps_what_was_recorded() {
    let (scene, remote) = (Scene::new(), Remote::new());
    for n in 0..600 {
        remote.put(&format!("Artist/Album {:02}/{:02} Piece.wav", n / 20, n % 20 + 1), plain(n));
    }
    let source = remote.source("s3://music");
    let is_far = CancellationToken::new();
    let job =
        Job::new(Arc::new(Impatient(AtomicU64::new(0), is_far.clone())), CancellationToken::new());
    tokio::select! {
        _ = scene.libraries.scan(&source, ScanOptions::default(), &job) => panic!("too quick"),
        () = is_far.cancelled() => {}
    }
    let recorded = scene.count().await;
    assert!((100..600).contains(&recorded), "{recorded}");
    let rest = scene.scan(&source).await;
    assert!(rest.read <= 600 - recorded, "{rest:?}");
    assert_eq!(scene.count().await, 600);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_names_become_names() {
    let (scene, remote) = (Scene::new(), Remote::new());
    let hostile = [
        "../../../etc/01 passwd.wav",
        "A/B/\u{1}\u{2}.wav",
        "A//B///04 x.wav",
        "A/B/\u{202e}gnp.wav",
        "a'); DROP TABLE recordings;--/b/01 x.wav",
        " / /01  .wav",
        "%2e%2e/%00/1.wav",
        ".wav",
    ];
    for key in hostile {
        remote.put(key, plain(key.len()));
    }
    let long = format!("{}/{}/01 {}.wav", "ä".repeat(150), "b".repeat(300), "c".repeat(300));
    remote.put(&long, plain(1));
    remote.put("A/B/", vec![]);
    let source = remote.source("s3://music");
    let scanned = scene.scan(&source).await;
    assert_eq!(scanned.unreadable, 0, "{scanned:#?}");
    assert_eq!(scene.count().await, hostile.len() as u64 + 1);
    scene.one("etc", "passwd").await;
    assert_eq!(counted(&scene.scan(&source).await), [0, 0, hostile.len() as u64 + 1, 0, 0]);
}
