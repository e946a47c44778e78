//! What is judged good and bad, and how little is read for that.

use studio_core::ingest::Outcome;
use studio_domain::{AssetStatus, EventKind};
use studio_testkit::proxy::Operation;
use studio_testkit::wav::{RawChunk, Wav};

use super::scene::{Scene, bad, good, md5, status_of};

/// A good file of about so many bytes with chunks behind its samples.
pub(crate) fn long_with_trailing_chunks(size: usize) -> Vec<u8> {
    let samples = vec![0_u8; size / 6 * 6];
    Wav::pcm(48_000, 2, 24)
        .raw_data(&samples)
        .chunk_after(RawChunk::new(
            *b"LIST",
            [&b"INFO"[..], &b"INAM\x05\0\0\0take\0\0"[..]].concat(),
        ))
        .chunk_after(RawChunk::new(*b"iXML", "<BWFXML><SCENE>1</SCENE></BWFXML>"))
        .build()
}

/// Two reads and 256 KiB, however long it is.
#[tokio::test(flavor = "multi_thread")]
async fn little_is_read_of_a_long_file() {
    let scene = Scene::new();
    for size in [100_000, 1 << 20, 17 << 20] {
        let name = format!("{size}.wav");
        let event = scene.put(&name, &long_with_trailing_chunks(size));
        scene.proxy.take_traffic();
        let taken = scene.ingest().take(&event).await.unwrap();
        assert_eq!(taken.outcome, Outcome::Valid, "{taken:?}");
        let gets = scene.proxy.traffic(Operation::GetObject);
        assert!(gets.requests <= 2 && gets.down <= 256 << 10, "{size}: {gets:?}");
        assert_eq!(scene.proxy.all_traffic().requests, gets.requests, "{size}");
        assert_eq!(taken.asset.unwrap().facts.unwrap().frame_count as usize, size / 6);
    }
}

async fn outcome_of(scene: &Scene, key: &str, bytes: &[u8]) -> (AssetStatus, Vec<String>) {
    let event = scene.put(key, bytes);
    let taken = scene.ingest().take(&event).await.unwrap();
    let asset = taken.asset.unwrap();
    (asset.status, asset.reasons.iter().map(|reason| reason.code.clone()).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_sound_is_bad() {
    let scene = Scene::new();
    let html = b"<!DOCTYPE html><html><body>404 Not Found</body></html>";
    let cut = good(1);
    let files: [(&str, &[u8], &str); 5] = [
        ("empty.wav", b"", "empty-file"),
        ("page.wav", html, "not-audio"),
        ("byte.wav", b"R", "not-audio"),
        ("cut.wav", &cut[..cut.len() / 2], "truncated-data"),
        ("header.wav", &cut[..20], ""),
    ];
    for (key, bytes, code) in files {
        let (status, reasons) = outcome_of(&scene, key, bytes).await;
        assert_eq!(status, AssetStatus::Quarantined, "{key} {reasons:?}");
        assert!(code.is_empty() || reasons.iter().any(|found| found == code), "{key} {reasons:?}");
    }
    assert_eq!(scene.quarantined().await.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn rf64_is_sound() {
    let scene = Scene::new();
    let file = Wav::good(2).rf64().build();
    let (status, reasons) = outcome_of(&scene, "long.wav", &file).await;
    assert_eq!((status, reasons), (AssetStatus::Valid, vec![]));
}

/// What the event claims is not believed.
#[tokio::test(flavor = "multi_thread")]
async fn the_size_is_that_of_the_object() {
    let scene = Scene::new();
    for (key, bytes) in [("good.wav", good(1)), ("empty.wav", vec![])] {
        let mut event = scene.put(key, &bytes);
        event.size = Some(5 << 40);
        let taken = scene.ingest().take(&event).await.unwrap();
        assert_eq!(taken.asset.unwrap().size, Some(bytes.len() as u64));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_whatever_others_think_of() {
    let scene = Scene::new();
    let longest = "é".repeat(512);
    let deep = format!("{}.wav", "日/".repeat(255));
    let keys = [
        longest.as_str(),
        &deep,
        "a//b.wav",
        "/x.wav",
        "sp ace/DJ's Björk+1%.wav",
        "line\nbreak\u{7}.wav",
        "../../etc/passwd",
        "quarantine",
        "%2e%2e/x?versionId=1",
    ];
    for key in keys {
        let event = scene.put(key, &good(1));
        let taken = scene.ingest().take(&event).await.unwrap();
        assert_eq!(taken.outcome, Outcome::Valid, "{key:?}");
        let event = scene.put(key, &bad(1));
        let taken = scene.ingest().take(&event).await.unwrap();
        let Outcome::Quarantined(aside) = &taken.outcome else { panic!("{key:?} {taken:?}") };
        assert_eq!(status_of(&taken), AssetStatus::Quarantined);
        assert_eq!(scene.get(aside.as_str()).unwrap(), bad(1), "{key:?}");
        assert_eq!(scene.get(key), None, "{key:?}");
    }
    for quarantined in scene.quarantined().await {
        let released = scene.ingest().release(quarantined.id).await.unwrap();
        assert_eq!(released.asset.status, AssetStatus::Valid);
    }
    let mut left = scene.keys();
    left.sort();
    let mut expected = keys.map(str::to_owned);
    expected.sort();
    assert_eq!(left, expected);
}

/// A trial says what would be done, and does nothing.
#[tokio::test(flavor = "multi_thread")]
async fn examining_changes_nothing() {
    let scene = Scene::new();
    let event = scene.put("take.wav", &bad(1));
    let examined = scene.ingest().examine(&event).await.unwrap();
    let studio_core::ingest::Examined::Judged(judged) = examined else { panic!("{examined:?}") };
    assert_eq!(judged.state.etag, Some(md5(&bad(1))));
    assert_eq!((scene.asset("take.wav").await, scene.keys()), (None, vec!["take.wav".to_owned()]));
    let event = scene.event("take.wav", EventKind::Removed);
    scene.ingest().examine(&event).await.unwrap();
    assert_eq!(scene.asset("take.wav").await, None);
}
