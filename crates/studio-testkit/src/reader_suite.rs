//! What every [`RangeReader`] must do, one case a function.
//!
//! A test crate implements [`ReaderFixture`] for its backend and calls
//! [`reader_conformance!`](crate::reader_conformance): each case becomes a test of its own.

use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::BytesMut;
use futures_util::{StreamExt as _, TryStreamExt as _};
use studio_blob::Error;
use studio_blob::reader::{RangeReader, Reading, Wanted};
use studio_domain::AssetKey;

use crate::noise;

/// An empty place that is read from.
#[async_trait]
pub trait ReaderFixture: Sized + Send + Sync {
    /// Makes the place; `None` where the backend cannot be had, after saying why.
    async fn set_up() -> Option<Self>;

    /// A reader of the place.
    fn open(&self) -> Arc<dyn RangeReader>;

    /// A reader of a place that is not there; `None` where a place always is.
    fn open_missing(&self) -> Option<Arc<dyn RangeReader>>;

    /// Puts an object there: new, or in the place of another.
    async fn put(&self, key: &str, bytes: &[u8]);

    /// Removes an object.
    async fn remove(&self, key: &str);
}

/// Makes a test of each case for a [`ReaderFixture`].
#[macro_export]
macro_rules! reader_conformance {
    ($fixture:ty) => {
        $crate::reader_conformance!($fixture:
            ranges_bring_their_bytes,
            a_large_object_comes_whole,
            many_read_at_once,
            what_is_gone_is_not_found,
            another_size_is_another_object,
            another_state_is_another_object,
            bytes_of_two_states_never_mix,
            what_is_dropped_harms_nothing,
            keys_of_many_parts_and_scripts_are_found,
            a_missing_place_is_no_missing_object,
        );
    };
    ($fixture:ty: $($case:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                use $crate::reader_suite::ReaderFixture as _;
                if let Some(fixture) = <$fixture>::set_up().await {
                    $crate::reader_suite::$case(&fixture).await;
                }
            }
        )+
    };
}

/// A key.
const KEY: &str = "Artist/Album/01 Song.wav";

fn key(text: &str) -> AssetKey {
    text.parse().unwrap()
}

fn any_of(size: usize) -> Wanted {
    Wanted { size: size as u64, etag: None }
}

async fn all(reading: Reading) -> BytesMut {
    let joined = reading.chunks.try_fold(BytesMut::new(), |mut all, chunk| async move {
        all.extend_from_slice(&chunk);
        Ok(all)
    });
    joined.await.unwrap()
}

async fn read(reader: &dyn RangeReader, range: Range<u64>, wanted: &Wanted) -> BytesMut {
    all(reader.open(&key(KEY), range, wanted).await.unwrap()).await
}

/// Any range brings what lies there, and no more.
pub async fn ranges_bring_their_bytes(fixture: &impl ReaderFixture) {
    let bytes = noise::bytes(1, 300_000);
    fixture.put(KEY, &bytes).await;
    let reader = fixture.open();
    let ranges = [0..1, 0..300_000, 299_999..300_000, 70_000..70_001, 1..299_999, 65_536..262_144];
    for range in ranges {
        let brought = read(&*reader, range.clone(), &any_of(bytes.len())).await;
        let expected = &bytes[range.start as usize..range.end as usize];
        assert!(brought == expected, "{range:?} brought {} bytes", brought.len());
    }
}

/// So does one that is much larger than any buffer.
pub async fn a_large_object_comes_whole(fixture: &impl ReaderFixture) {
    let bytes = noise::bytes(2, 5_000_001);
    fixture.put(KEY, &bytes).await;
    let brought = read(&*fixture.open(), 0..5_000_001, &any_of(bytes.len())).await;
    assert!(brought == bytes);
}

/// Many read at the same time, each what it asked for.
pub async fn many_read_at_once(fixture: &impl ReaderFixture) {
    let bytes = Arc::new(noise::bytes(3, 400_000));
    fixture.put(KEY, &bytes).await;
    let reader = fixture.open();
    let reading = (0..100_u64).map(|n| {
        let (reader, bytes) = (Arc::clone(&reader), Arc::clone(&bytes));
        tokio::spawn(async move {
            let range = n * 1000..n * 1000 + 200_000;
            let brought = read(&*reader, range.clone(), &any_of(bytes.len())).await;
            assert!(brought == bytes[range.start as usize..range.end as usize], "{range:?}");
        })
    });
    for one in reading.collect::<Vec<_>>() {
        one.await.unwrap();
    }
}

/// What was never there, or is not any more.
pub async fn what_is_gone_is_not_found(fixture: &impl ReaderFixture) {
    fixture.put(KEY, b"sound").await;
    fixture.put("Artist/other.wav", b"sound").await;
    fixture.remove(KEY).await;
    for gone in [KEY, "Artist/never.wav", "Artist/other.wav/below.wav", "nothing"] {
        let error = fixture.open().open(&key(gone), 0..5, &any_of(5)).await.unwrap_err();
        assert!(matches!(error, Error::NotFound { .. }), "{gone}: {error:?}");
    }
}

/// An object that grew or shrank, whatever its state is called.
pub async fn another_size_is_another_object(fixture: &impl ReaderFixture) {
    fixture.put(KEY, b"sound").await;
    for size in [4, 6, 5000] {
        for range in [0..4, 2..3, size - 1..size] {
            let opened = fixture.open().open(&key(KEY), range, &any_of(size as usize)).await;
            assert!(matches!(opened, Err(Error::Changed { .. })), "{opened:?}");
        }
    }
}

/// An object of the same size that is another one by the place's name for it.
pub async fn another_state_is_another_object(fixture: &impl ReaderFixture) {
    fixture.put(KEY, b"sound").await;
    let reader = fixture.open();
    let etag = reader.open(&key(KEY), 0..5, &any_of(5)).await.unwrap().etag;
    let seen = Wanted { size: 5, etag };
    assert!(seen.etag.as_ref().is_some_and(|etag| !etag.contains('"')), "{seen:?}");
    assert_eq!(read(&*reader, 1..3, &seen).await, &b"ou"[..]);
    fixture.put(KEY, b"noise").await;
    let opened = reader.open(&key(KEY), 1..3, &seen).await;
    assert!(matches!(opened, Err(Error::Changed { .. })), "{opened:?}");
    let made_up = Wanted { size: 5, etag: Some("made up".to_owned()) };
    let opened = reader.open(&key(KEY), 1..3, &made_up).await;
    assert!(matches!(opened, Err(Error::Changed { .. })), "{opened:?}");
    assert_eq!(read(&*reader, 0..5, &any_of(5)).await, &b"noise"[..]);
}

/// What is replaced or removed while it is read goes on as it was, or breaks off.
pub async fn bytes_of_two_states_never_mix(fixture: &impl ReaderFixture) {
    let (old, new) = (noise::bytes(4, 3_000_000), noise::bytes(5, 3_000_000));
    for removed in [false, true] {
        fixture.put(KEY, &old).await;
        let reader = fixture.open();
        let mut reading = reader.open(&key(KEY), 0..3_000_000, &any_of(old.len())).await.unwrap();
        let mut brought = BytesMut::new();
        while let Some(chunk) = reading.chunks.next().await {
            match chunk {
                Ok(chunk) if brought.is_empty() => {
                    brought.extend_from_slice(&chunk);
                    match removed {
                        true => fixture.remove(KEY).await,
                        false => fixture.put(KEY, &new).await,
                    }
                }
                Ok(chunk) => brought.extend_from_slice(&chunk),
                Err(Error::Interrupted { .. }) => break,
                Err(error) => panic!("{error:?}"),
            }
        }
        assert!(brought == old[..brought.len()]);
    }
}

/// Readings that nobody finishes.
pub async fn what_is_dropped_harms_nothing(fixture: &impl ReaderFixture) {
    let bytes = noise::bytes(6, 2_000_000);
    fixture.put(KEY, &bytes).await;
    let reader = fixture.open();
    for taken in 0..30 {
        let range = taken * 1000..2_000_000;
        let opened = reader.open(&key(KEY), range, &any_of(bytes.len())).await;
        let mut chunks = opened.unwrap().chunks;
        for _ in 0..taken % 3 {
            chunks.next().await.transpose().unwrap();
        }
    }
    assert!(read(&*reader, 5..1_999_995, &any_of(bytes.len())).await == bytes[5..1_999_995]);
}

/// Names as people give them.
pub async fn keys_of_many_parts_and_scripts_are_found(fixture: &impl ReaderFixture) {
    let keys = [
        "a.wav",
        "Sigur Rós/( )/01 Untitled + 100% #1?.flac",
        "久石譲/夏/あの夏へ.mp3",
        "a/b/c/d/e/f/g.ogg",
        "~tilde/a&b=c;d,e@f:g!h'i(j)*k$.wav",
    ];
    for name in keys {
        fixture.put(name, name.as_bytes()).await;
    }
    for name in keys {
        let (reader, wanted) = (fixture.open(), any_of(name.len()));
        let reading = reader.open(&key(name), 0..wanted.size, &wanted).await.unwrap();
        assert_eq!(all(reading).await, name.as_bytes(), "{name}");
    }
}

/// That a disk is not mounted does not mean that an album is deleted.
pub async fn a_missing_place_is_no_missing_object(fixture: &impl ReaderFixture) {
    let Some(missing) = fixture.open_missing() else { return };
    let error = missing.open(&key(KEY), 0..5, &any_of(5)).await.unwrap_err();
    let told = matches!(error, Error::NoSuchStore { .. } | Error::Unreachable { .. });
    assert!(told, "{error:?}");
}
