//! The manifest of a version, written beside its object before the catalogue commits.

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use studio_api::v1::VersionManifest;
use studio_blob::{Attributes, BlobStore, Error as StoreError, WriteMode, crc64nvme};
use studio_domain::{NewVersion, ObjectKey};

use crate::{Error, Result};

/// No manifest of ours is longer: four names, a path and some checksums.
const MAX_MANIFEST: u64 = 1 << 20;

/// Writes the manifest of `version` and returns the version as its manifest has it.
///
/// An upload that was cut off between manifest and catalogue finds the manifest of its
/// first attempt: that one stays, and what it says goes into the catalogue.
pub(crate) async fn write(store: &dyn BlobStore, version: NewVersion) -> Result<NewVersion> {
    let key = ObjectKey::of_version_manifest(version.id);
    let json = Bytes::from(VersionManifest::encode(&version));
    let crc = crc64nvme(&json);
    let attributes =
        Attributes { content_type: Some("application/json".to_owned()), ..Attributes::default() };
    match store.put(&key, json.clone(), crc, &attributes, WriteMode::CreateNew).await {
        Ok(()) => Ok(version),
        Err(StoreError::AlreadyExists { .. }) => {
            let first = read(store, &key).await?;
            if first.digest == version.digest && first.path.is_same_place(&version.path) {
                return Ok(first);
            }
            let source = "it describes another version".into();
            Err(Error::ForeignManifest { location: store.url().locate(&key), source })
        }
        Err(error) => Err(error.into()),
    }
}

async fn read(store: &dyn BlobStore, key: &ObjectKey) -> Result<NewVersion> {
    let foreign = |source| Error::ForeignManifest { location: store.url().locate(key), source };
    let mut body = store.get(key, None, None).await?;
    if body.info.size > MAX_MANIFEST {
        return Err(foreign("it is too large".into()));
    }
    let mut json = Vec::new();
    while let Some(chunk) = body.chunks.try_next().await? {
        json.extend_from_slice(&chunk);
    }
    VersionManifest::decode(&json).map_err(|error| foreign(Box::new(error)))
}
