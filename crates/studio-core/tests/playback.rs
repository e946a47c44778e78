//! A recording is played from where it lies, and only as the catalogue knows it.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::sync::Arc;

use bytes::BytesMut;
use futures_util::TryStreamExt as _;
use studio_blob::intake::{FolderIntake, Intake as _};
use studio_blob::{Attributes, BlobStore as _, MemoryStore, WriteMode, crc64nvme};
use studio_core::playback::Playback;
use studio_core::{Error, StoreError};
use studio_domain::{Digest, SoundPlace, StoreUrl, StoredSound, Timestamp};

fn sound(place: SoundPlace) -> StoredSound {
    let (content_type, modified_at) = ("audio/wav".to_owned(), Timestamp::from_micros(0));
    StoredSound { place, size: 5, content_type, modified_at, format: None }
}

async fn played(playback: &Playback, sound: &StoredSound) -> studio_core::Result<BytesMut> {
    let playable = playback.sound(sound, "Song.wav".to_owned())?;
    let playing = playable.open([3..5, 0..2, 9..12]).await?;
    let joined = playing.try_fold(BytesMut::new(), |mut all, chunk| async move {
        all.extend_from_slice(&chunk);
        Ok(all)
    });
    joined.await
}

#[tokio::test]
async fn an_object_of_the_studio_is_played() {
    let store = Arc::new(MemoryStore::new());
    let digest = Digest::from_bytes([7; 32]);
    let key = studio_domain::ObjectKey::of_object(&digest);
    let (bytes, attributes) = ("sound".into(), Attributes::default());
    store.put(&key, bytes, crc64nvme(b"sound"), &attributes, WriteMode::CreateNew).await.unwrap();
    let playback = Playback::new();
    let own = sound(SoundPlace::Own { store: StoreUrl::Memory, key: key.clone(), digest });
    let error = played(&playback, &own).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::NoSuchStore { .. })), "{error:?}");
    playback.add_store(store.clone());
    assert_eq!(played(&playback, &own).await.unwrap(), &b"ndso"[..]);
    assert_eq!(playback.sound(&own, String::new()).unwrap().facts().etag, digest.to_string());
    store.delete(&key).await.unwrap();
    let error = played(&playback, &own).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::NotFound { .. })), "{error:?}");
}

#[tokio::test]
async fn an_object_of_a_library_is_played_as_it_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    std::fs::write(path.join("a.wav"), "sound").unwrap();
    let found = FolderIntake::new(&path).unwrap().head(&"a.wav".parse().unwrap()).await.unwrap();
    let place = StoreUrl::File(path.clone());
    let (key, etag) = (found.key, found.state.etag.unwrap());
    let found = sound(SoundPlace::Found { store: place, key, etag });
    let playback = Playback::opening(|place| match place {
        StoreUrl::File(path) => Some(Arc::new(FolderIntake::new(path).ok()?)),
        _ => None,
    });
    assert_eq!(played(&playback, &found).await.unwrap(), &b"ndso"[..]);
    let other = path.join("other");
    std::fs::write(&other, "noise").unwrap();
    std::fs::rename(other, path.join("a.wav")).unwrap();
    let error = played(&playback, &found).await.unwrap_err();
    assert!(matches!(error, Error::Store(StoreError::Changed { .. })), "{error:?}");
}
