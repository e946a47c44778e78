//! Renditions: made once, right to the sample, kept in the store, and gone with their source.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

#[path = "../common/mod.rs"]
mod common;
mod cover;
mod kept;

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{FutureExt as _, TryStreamExt as _};
use sha2::{Digest as _, Sha256};
use studio_core::audio::analysis::{Analysis, Measures, analyse};
use studio_core::audio::probe::probe;
use studio_core::audio::{ByteSource, decode};
use studio_core::blob::{Attributes, WriteMode, crc64nvme};
use studio_core::rendition::{Original, Ranges, Rendition, Renditions, source_of_found};
use studio_core::{BlobStore, Codec, Digest, Error, ErrorKind, MemoryStore, ObjectKey, StoreUrl};
use studio_testkit::wav::{RawChunk, Wav, aiff, signal};

use self::common::{Place, upload};

fn digest_of(bytes: &[u8]) -> Digest {
    Digest::from_bytes(Sha256::digest(bytes).into())
}

fn memory() -> (Arc<dyn BlobStore>, Renditions) {
    let store: Arc<dyn BlobStore> = Arc::new(MemoryStore::new());
    (Arc::clone(&store), Renditions::new(store))
}

fn original(bytes: &[u8]) -> Original {
    Original::of_digest(digest_of(bytes), Arc::new(bytes.to_vec()))
}

async fn stored(store: &dyn BlobStore, key: &ObjectKey) -> Vec<u8> {
    let body = store.get(key, None, None).await.unwrap();
    body.chunks
        .try_fold(Vec::new(), |mut all, chunk: Bytes| async move {
            all.extend(&chunk);
            Ok(all)
        })
        .await
        .unwrap()
}

async fn put(store: &dyn BlobStore, key: &ObjectKey, bytes: &'static [u8]) {
    let (bytes, attributes) = (Bytes::from_static(bytes), Attributes::default());
    let crc = crc64nvme(&bytes);
    store.put(key, bytes, crc, &attributes, WriteMode::Replace).await.unwrap();
}

async fn keys(store: &dyn BlobStore) -> Vec<String> {
    let listed = store.list("", None).await.unwrap();
    listed.iter().map(|info| info.key.to_string()).collect()
}

fn measured(bytes: Vec<u8>, measures: Measures) -> Analysis {
    let mut decoder = decode::open(Arc::new(bytes)).unwrap();
    analyse(&mut *decoder, measures, &mut |_| std::ops::ControlFlow::Continue(())).unwrap()
}

/// Whether it says that there is no such rendition of these bytes.
fn cannot_be(error: &Error) -> bool {
    let Error::NotRendered { source, .. } = error else { return false };
    matches!(**source, Error::Sound { .. })
}

#[tokio::test]
async fn flac_has_the_very_samples() {
    let (store, renditions) = memory();
    for (rate, channels, bits) in
        [(44_100, 1, 16), (44_100, 2, 24), (48_000, 2, 16), (48_000, 1, 24), (96_000, 2, 24)]
    {
        let samples = signal::noise(u64::from(rate), 30_011, channels, 0.9);
        for file in [
            Wav::pcm(rate, channels, bits).ints(&samples).build(),
            aiff::aiff(rate, channels, bits, &samples),
        ] {
            let made = renditions.get(&original(&file), Rendition::Flac).await.unwrap();
            let expected = format!("renditions/{}/flac-1", digest_of(&file));
            assert_eq!((made.key.as_str(), made.content_type), (&*expected, "audio/flac"));
            let flac = stored(&*store, &made.key).await;
            assert_eq!(made.size, flac.len() as u64);
            let format = probe(&flac).unwrap().format;
            assert_eq!((format.codec, format.channels), (Codec::Flac, channels));
            assert_eq!((format.sample_rate, format.frames), (rate, Some(30_011)));
            let digest = |bytes| measured(bytes, Measures::AUDIO_DIGEST).audio_digest;
            assert_eq!(digest(flac), digest(file), "{rate} Hz, {channels} x {bits} bits");
        }
    }
}

#[tokio::test]
async fn what_people_wrote_into_the_file_goes_along() {
    let (store, renditions) = memory();
    let text = |id: &[u8; 4], text: &str| RawChunk::new(*id, format!("{text}\0"));
    let texts = [text(b"INAM", "White Gloves"), text(b"IART", "Khruangbin")];
    let samples = signal::sine(480, 2, 48_000, 440.0, 0.5);
    let wav = Wav::pcm(48_000, 2, 24).ints(&samples).chunk_after(RawChunk::list(*b"INFO", &texts));
    let made = renditions.get(&original(&wav.build()), Rendition::Flac).await.unwrap();
    let tags = probe(&stored(&*store, &made.key).await).unwrap().tags;
    assert_eq!(tags.title.as_deref(), Some("White Gloves"));
    assert_eq!(tags.artist.as_deref(), Some("Khruangbin"));
}

#[tokio::test]
async fn what_flac_cannot_hold_is_refused_and_leaves_nothing() {
    let (store, renditions) = memory();
    let sine: Vec<f32> = vec![0.25; 960];
    let noise = signal::noise(7, 480, 2, 0.5);
    for (what, file) in [
        ("floats", Wav::float(48_000, 2, 32).floats(&sine).build()),
        ("32 bits", Wav::pcm(48_000, 2, 32).ints(&noise).build()),
        ("no samples", Wav::pcm(48_000, 2, 24).build()),
        ("no sound", b"tchk tchk boom".to_vec()),
    ] {
        let error = renditions.get(&original(&file), Rendition::Flac).await.unwrap_err();
        assert!(cannot_be(&error), "{what}: {error:?}");
    }
    assert_eq!(keys(&*store).await, [""; 0]);
}

#[tokio::test]
async fn a_source_that_is_damaged_becomes_nothing() {
    let (store, renditions) = memory();
    let mut file = Wav::good(2).build();
    let digest = digest_of(&file);
    let at = file.len() / 2;
    file[at] ^= 1;
    let damaged = Original::of_digest(digest, Arc::new(file));
    let error = renditions.get(&damaged, Rendition::Flac).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Integrity, "{error:?}");
    assert_eq!(keys(&*store).await, [""; 0]);
}

/// Bytes that are given only once the gate is open, and tell how often they were read.
struct Gated {
    bytes: Vec<u8>,
    open: Mutex<bool>,
    opened: Condvar,
    starts: AtomicU64,
    broken: AtomicBool,
}

impl Gated {
    fn new(bytes: Vec<u8>) -> Arc<Self> {
        let (open, opened) = (Mutex::new(false), Condvar::new());
        let (starts, broken) = (AtomicU64::new(0), AtomicBool::new(false));
        Arc::new(Self { bytes, open, opened, starts, broken })
    }

    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }

    async fn read_once(&self) {
        while self.starts.load(Ordering::SeqCst) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl ByteSource for Gated {
    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if offset == 0 {
            self.starts.fetch_add(1, Ordering::SeqCst);
        }
        let open = self.open.lock().unwrap();
        drop(self.opened.wait_while(open, |open| !*open).unwrap());
        match self.broken.load(Ordering::SeqCst) {
            true => Err(io::Error::other("the line broke")),
            false => self.bytes.read_at(offset, buffer),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_who_ask_make_it_once() {
    let (store, renditions) = memory();
    let file = Wav::good(2).build();
    let gated = Gated::new(file.clone());
    let original = Original::of_digest(digest_of(&file), Arc::<Gated>::clone(&gated));
    let asking: Vec<_> = (0..500)
        .map(|_| {
            let (renditions, original) = (renditions.clone(), original.clone());
            tokio::spawn(async move { renditions.get(&original, Rendition::Flac).await })
        })
        .collect();
    gated.read_once().await;
    gated.open();
    let mut answers = Vec::new();
    for asked in asking {
        answers.push(asked.await.unwrap().unwrap());
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(gated.starts.load(Ordering::SeqCst), 1);
    // Nor is it made again for who comes later, by whatever program.
    let later = Renditions::new(Arc::clone(&store)).get(&original, Rendition::Flac).await.unwrap();
    assert_eq!((later, gated.starts.load(Ordering::SeqCst)), (answers[0].clone(), 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_waits_for_is_given_up_and_leaves_nothing() {
    let place = Place::new();
    let store = place.store();
    let spool = place.path("spool");
    let renditions = Renditions::new(Arc::clone(&store)).with_spool_directory(spool.clone());
    let file = Wav::good(2).build();
    let gated = Gated::new(file.clone());
    let original = Original::of_digest(digest_of(&file), Arc::<Gated>::clone(&gated));
    let asked = {
        let (renditions, original) = (renditions.clone(), original.clone());
        tokio::spawn(async move { renditions.get(&original, Rendition::Flac).await })
    };
    gated.read_once().await;
    asked.abort();
    assert!(asked.await.unwrap_err().is_cancelled());
    gated.open();
    // It ends by itself, and takes its files with it.
    while !Place::names_in(&spool).is_empty() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(place.objects("").await, [""; 0]);
    // Who asks then has it made.
    let made = renditions.get(&original, Rendition::Flac).await.unwrap();
    assert_eq!(place.objects("").await, [made.key.as_str()]);
}

#[tokio::test]
async fn a_failure_is_told_to_all_and_tried_again_by_the_next() {
    let (_, renditions) = memory();
    let file = Wav::good(1).build();
    let gated = Gated::new(file.clone());
    gated.open();
    gated.broken.store(true, Ordering::SeqCst);
    let original = Original::of_digest(digest_of(&file), Arc::<Gated>::clone(&gated));
    let both = tokio::join!(
        renditions.get(&original, Rendition::Flac),
        renditions.get(&original, Rendition::Flac)
    );
    assert!(both.0.is_err() && both.1.is_err());
    gated.broken.store(false, Ordering::SeqCst);
    assert!(renditions.get(&original, Rendition::Flac).await.is_ok());
}

#[tokio::test]
async fn one_that_is_missing_or_empty_is_made_again() {
    let (store, renditions) = memory();
    let file = original(&Wav::good(2).build());
    let made = renditions.get(&file, Rendition::Flac).await.unwrap();
    renditions.forget(&made.key).await.unwrap();
    assert_eq!(keys(&*store).await, [""; 0]);
    let again = renditions.get(&file, Rendition::Flac).await.unwrap();
    assert_eq!((again.key, again.size), (made.key.clone(), made.size));
    // Nothing else is forgotten here.
    let other: ObjectKey = "objects/readme".parse().unwrap();
    put(&*store, &other, b"keep me").await;
    renditions.forget(&other).await.unwrap();
    assert_eq!(stored(&*store, &other).await, b"keep me");
    put(&*store, &made.key, b"").await;
    let again = renditions.get(&file, Rendition::Flac).await.unwrap();
    assert_eq!(again.size, made.size);
}

#[tokio::test]
async fn an_object_of_the_studio_is_read_from_its_store() {
    let place = Place::new();
    let studio = place.studio();
    let take = place.take("one", &Wav::good(2).build());
    let version = upload(&studio, &take).await.unwrap().version;
    let file = Original::own(&place.store(), version.digest, version.size);
    let made = studio.renditions().get(&file, Rendition::Flac).await.unwrap();
    assert_eq!(made.key, ObjectKey::of_rendition(&version.digest, Rendition::Flac.kind()));
    let missing = Original::own(&place.store(), digest_of(b"nothing"), 1000);
    let error = studio.renditions().get(&missing, Rendition::Flac).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error:?}");
}

#[tokio::test]
async fn each_state_of_an_object_of_others_has_its_own() {
    let (store, renditions) = memory();
    let url: StoreUrl = "s3://music".parse().unwrap();
    let file = Bytes::from(Wav::good(2).build());
    let ranges = |file: Bytes| {
        Ranges::new(file.len() as u64, move |range| {
            let piece = file.slice(range.start as usize..range.end as usize);
            async move { Ok(piece) }.boxed()
        })
    };
    let mut made = Vec::new();
    for etag in ["a", "b"] {
        let bytes = Arc::new(ranges(file.clone()));
        let found = Original::of_found(&url, "A/B/01 C.wav", etag, bytes);
        assert_eq!(found.source(), source_of_found(&url, "A/B/01 C.wav", etag));
        made.push(renditions.get(&found, Rendition::Flac).await.unwrap());
    }
    assert_ne!(made[0].key, made[1].key);
    assert_eq!(keys(&*store).await.len(), 2);
    let differ = [("k", "et"), ("ke", "t"), ("", "ket"), ("ket", "")];
    let digests: std::collections::HashSet<Digest> =
        differ.iter().map(|(key, etag)| source_of_found(&url, key, etag)).collect();
    assert_eq!(digests.len(), differ.len());
}

#[cfg(not(feature = "opus"))]
#[tokio::test]
async fn without_its_feature_opus_is_refused() {
    let (store, renditions) = memory();
    assert!(!Rendition::Opus.is_available());
    let file = original(&Wav::good(2).build());
    let error = renditions.get(&file, Rendition::Opus).await.unwrap_err();
    assert!(cannot_be(&error), "{error:?}");
    assert_eq!(keys(&*store).await, [""; 0]);
}

#[cfg(feature = "opus")]
#[tokio::test]
async fn opus_is_as_long_and_as_loud() {
    let (store, renditions) = memory();
    for (rate, channels, frames) in
        [(48_000, 2, 96_000), (44_100, 2, 132_301), (96_000, 1, 96_007), (48_000, 1, 1)]
    {
        let samples = signal::sine(frames, channels, rate, 1_000.0, 0.25);
        let file = Wav::pcm(rate, channels, 24).ints(&samples).build();
        let made = renditions.get(&original(&file), Rendition::Opus).await.unwrap();
        assert_eq!(made.key.as_str(), format!("renditions/{}/opus-1", digest_of(&file)));
        let opus = stored(&*store, &made.key).await;
        let found = probe(&opus).unwrap();
        let expected = (frames as u64 * 48_000).div_ceil(u64::from(rate));
        assert_eq!((found.format.codec, found.format.channels), (Codec::Opus, channels));
        assert_eq!((found.format.frames, found.header.defects.len()), (Some(expected), 0));
        let (before, after) = (measured(file, Measures::ALL), measured(opus, Measures::ALL));
        assert_eq!(after.frames, expected, "{rate} Hz");
        let loud = |analysis: &Analysis| analysis.loudness.unwrap().integrated;
        if let (Some(before), Some(after)) = (loud(&before), loud(&after)) {
            let apart = before.thousandths() - after.thousandths();
            assert!(apart.abs() < 300, "{apart} thousandths of a LU at {rate} Hz");
        }
    }
}
