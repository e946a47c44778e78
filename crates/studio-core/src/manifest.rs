//! The manifest of a version, written beside its object before the catalogue commits.

use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use studio_api::v1::VersionManifest;
use studio_blob::{Attributes, BlobStore, Error as StoreError, WriteMode, crc64nvme};
use studio_domain::{NewVersion, ObjectKey};

use crate::{Error, Result};

/// How often the writing of one that meets another writer is tried again.
const CONTENDED_TRIES: u32 = 5;
/// How long to wait for the other one, longer each time.
const CONTENDED_PAUSE: Duration = Duration::from_millis(250);

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
    let mut put = store.put(&key, json.clone(), crc, &attributes, WriteMode::CreateNew).await;
    for n in 1..=CONTENDED_TRIES {
        if !matches!(put, Err(StoreError::Contended { .. })) {
            break;
        }
        tokio::time::sleep(CONTENDED_PAUSE * n).await;
        put = store.put(&key, json.clone(), crc, &attributes, WriteMode::CreateNew).await;
    }
    match put {
        Ok(()) => Ok(version),
        Err(StoreError::AlreadyExists { .. }) => {
            let first = read(store, &key).await?;
            if is_same_upload(&first, &version) {
                return Ok(first);
            }
            let source = "it describes another version".into();
            Err(Error::ForeignManifest { location: store.url().locate(&key), source })
        }
        Err(error) => Err(error.into()),
    }
}

/// Whether two records are of one upload begun twice: only the time of it and the name
/// of the file may differ.
fn is_same_upload(first: &NewVersion, second: &NewVersion) -> bool {
    first.path.is_same_place(&second.path)
        && first.id == second.id
        && first.size == second.size
        && first.digest == second.digest
        && first.crc64nvme == second.crc64nvme
        && first.store == second.store
        && first.object_key == second.object_key
}

async fn read(store: &dyn BlobStore, key: &ObjectKey) -> Result<NewVersion> {
    let foreign = |source| Error::ForeignManifest { location: store.url().locate(key), source };
    let mut body = store.get(key, None, None).await?;
    let mut json = Vec::new();
    while let Some(chunk) = body.chunks.try_next().await? {
        json.extend_from_slice(&chunk);
        if json.len() as u64 > MAX_MANIFEST {
            return Err(foreign("it is too large".into()));
        }
    }
    VersionManifest::decode(&json).map_err(|error| foreign(Box::new(error)))
}
