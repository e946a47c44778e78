//! The manifests of what is published. They change, so that each write replaces what stands
//! there; which of two states is the later one, `updated_at` tells.

use studio_api::v1::{AlbumManifest, ManifestError, PlaylistManifest, RecordingManifest, Told};
use studio_blob::{BlobStore, Error as StoreError, WriteMode};
use studio_domain::{Album, ObjectKey, Playlist, Recording, Timestamp};

use crate::{Error, Result, manifest};

/// Something that has such a manifest.
pub(crate) trait Manifested: Sized + Clone {
    /// Where it stands.
    fn key(&self) -> ObjectKey;
    fn updated_at(&self) -> Timestamp;
    fn encode(told: &Told<Self>) -> String;
    fn decode(json: &[u8]) -> Result<Told<Self>, ManifestError>;
}

macro_rules! manifested {
    ($type:ty, $manifest:ty, $key:path) => {
        impl Manifested for $type {
            fn key(&self) -> ObjectKey {
                $key(self.id)
            }

            fn updated_at(&self) -> Timestamp {
                self.updated_at
            }

            fn encode(told: &Told<Self>) -> String {
                <$manifest>::encode(told)
            }

            fn decode(json: &[u8]) -> Result<Told<Self>, ManifestError> {
                <$manifest>::decode(json)
            }
        }
    };
}

manifested!(Album, AlbumManifest, ObjectKey::of_album);
manifested!(Recording, RecordingManifest, ObjectKey::of_recording);
manifested!(Playlist, PlaylistManifest, ObjectKey::of_playlist);

/// When a manifest was last written.
pub(crate) fn time_of<T: Manifested>(told: &Told<T>) -> Timestamp {
    told.removed_at.map_or(told.value.updated_at(), |at| at.max(told.value.updated_at()))
}

/// Writes the manifest of something that is there.
pub(crate) async fn write<T: Manifested>(store: &dyn BlobStore, value: &T) -> Result<()> {
    write_told(store, &Told::there(value.clone())).await
}

/// Writes that something was taken out: the manifest stays, so that no older copy of the
/// catalogue brings it back.
pub(crate) async fn write_removed<T: Manifested>(
    store: &dyn BlobStore,
    value: &T,
    at: Timestamp,
) -> Result<()> {
    write_told(store, &Told { value: value.clone(), removed_at: Some(at) }).await
}

async fn write_told<T: Manifested>(store: &dyn BlobStore, told: &Told<T>) -> Result<()> {
    manifest::put(store, &told.value.key(), T::encode(told), WriteMode::Replace).await
}

/// Reads a manifest.
pub(crate) async fn read<T: Manifested>(store: &dyn BlobStore, key: &ObjectKey) -> Result<Told<T>> {
    let told = manifest::decode(store, key, T::decode(&manifest::read_json(store, key).await?))?;
    manifest::expect_name(store, key, &told.value.key())?;
    Ok(told)
}

/// Reads a manifest, if one stands there.
pub(crate) async fn find<T: Manifested>(
    store: &dyn BlobStore,
    key: &ObjectKey,
) -> Result<Option<Told<T>>> {
    match read(store, key).await {
        Ok(told) => Ok(Some(told)),
        // Some buckets permit to write but not to ask.
        Err(Error::Store(
            StoreError::NotFound { .. }
            | StoreError::NoSuchStore { .. }
            | StoreError::Denied { .. },
        )) => Ok(None),
        Err(error) => Err(error),
    }
}
