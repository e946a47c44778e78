//! What stands beside the objects, each written before the catalogue commits: manifests of
//! versions and releases, picks, marks, and tombstones of what was thrown away.

use std::time::Duration;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use studio_api::v1::{self, ManifestError, Tombstone, VersionManifest, VersionTombstone};
use studio_blob::{Attributes, BlobStore, Error as StoreError, WriteMode, crc64nvme};
use studio_domain::{Mark, NewVersion, ObjectKey, Pick, Release};

use crate::care::Choice;
use crate::{Error, Result};

/// How often the writing of one is tried again.
const TRIES: u32 = 5;
/// How long to wait for another writer of the same, longer each time.
const CONTENDED_PAUSE: Duration = Duration::from_millis(250);

/// No manifest of ours is longer: the longest is that of a release, of some 2 kB for each stem.
const MAX_MANIFEST: u64 = 16 << 20;

/// Writes the manifest of `version` and returns the version as its manifest has it.
///
/// An upload that was cut off between manifest and catalogue finds the manifest of its
/// first attempt: that one stays, and what it says goes into the catalogue.
pub(crate) async fn write(store: &dyn BlobStore, version: NewVersion) -> Result<NewVersion> {
    let key = ObjectKey::of_version_manifest(version.id);
    match put(store, &key, VersionManifest::encode(&version), WriteMode::CreateNew).await {
        Ok(()) => Ok(version),
        Err(Error::Store(StoreError::AlreadyExists { .. })) => {
            let first = read(store, &key).await?;
            if is_same_upload(&first, &version) {
                return Ok(first);
            }
            let source = "it describes another version".into();
            Err(Error::ForeignManifest { location: store.url().locate(&key), source })
        }
        Err(error) => Err(error),
    }
}

/// Writes the manifest of `version` over whatever stands in its place.
pub(crate) async fn rewrite(store: &dyn BlobStore, version: &NewVersion) -> Result<()> {
    let key = ObjectKey::of_version_manifest(version.id);
    put(store, &key, VersionManifest::encode(version), WriteMode::Replace).await
}

/// Writes that a version is in the trash, or was purged.
pub(crate) async fn write_tombstone(store: &dyn BlobStore, tombstone: &Tombstone) -> Result<()> {
    let key = ObjectKey::of_tombstone(tombstone.version.id);
    put(store, &key, VersionTombstone::encode(tombstone), WriteMode::Replace).await
}

/// Writes down that a version was picked.
pub(crate) async fn write_pick(store: &dyn BlobStore, pick: &Pick) -> Result<()> {
    put(store, &ObjectKey::of_pick(pick.id), v1::Pick::encode(pick), WriteMode::Replace).await
}

/// Writes down the mark that a version was given.
pub(crate) async fn write_mark(store: &dyn BlobStore, mark: &Mark) -> Result<()> {
    put(store, &ObjectKey::of_mark(mark.id), v1::Mark::encode(mark), WriteMode::Replace).await
}

/// Writes the manifest of a release.
pub(crate) async fn write_release(store: &dyn BlobStore, release: &Release) -> Result<()> {
    let key = ObjectKey::of_release(release.id);
    put(store, &key, v1::Release::encode(release), WriteMode::Replace).await
}

/// Writes the manifest of a release where none stands; the one that stands there otherwise
/// stays, and is returned.
pub(crate) async fn write_new_release(
    store: &dyn BlobStore,
    release: &Release,
) -> Result<Option<Release>> {
    let key = ObjectKey::of_release(release.id);
    match put(store, &key, v1::Release::encode(release), WriteMode::CreateNew).await {
        Ok(()) => Ok(None),
        // Perhaps our own, whose answer was lost: it is the same then.
        Err(Error::Store(StoreError::AlreadyExists { .. })) => {
            Ok(Some(read_release(store, &key).await?))
        }
        Err(error) => Err(error),
    }
}

pub(crate) async fn put(
    store: &dyn BlobStore,
    key: &ObjectKey,
    json: String,
    mode: WriteMode,
) -> Result<()> {
    let json = Bytes::from(json);
    let crc = crc64nvme(&json);
    let attributes =
        Attributes { content_type: Some("application/json".to_owned()), ..Attributes::default() };
    for n in 1.. {
        match store.put(key, json.clone(), crc, &attributes, mode).await {
            Err(StoreError::Contended { .. }) if n <= TRIES => {
                tokio::time::sleep(CONTENDED_PAUSE * n).await;
            }
            // Its checksum told that it did not arrive as it was sent.
            Err(StoreError::Corrupted { .. }) if n <= TRIES => {}
            done => return Ok(done?),
        }
    }
    unreachable!("the last try returns")
}

/// Whether two records are of one upload begun twice: only the time of it, the name of the
/// file and the way in which the names were typed may differ. So may the store's name: a
/// bucket may have been copied, and a manifest means the one that it stands in.
fn is_same_upload(first: &NewVersion, second: &NewVersion) -> bool {
    first.path.is_same_place(&second.path)
        && first.id == second.id
        && first.size == second.size
        && first.digest == second.digest
        && first.crc64nvme == second.crc64nvme
        && first.object_key == second.object_key
}

/// Whether a manifest says of a version what the catalogue says of it.
pub(crate) fn describes(manifest: &NewVersion, row: &NewVersion) -> bool {
    is_same_upload(manifest, row)
        && manifest.uploaded_at == row.uploaded_at
        && manifest.original_path == row.original_path
        && manifest.content_type == row.content_type
}

/// Reads a manifest.
pub(crate) async fn read(store: &dyn BlobStore, key: &ObjectKey) -> Result<NewVersion> {
    decode(store, key, VersionManifest::decode(&read_json(store, key).await?))
}

/// Reads a tombstone.
pub(crate) async fn read_tombstone(store: &dyn BlobStore, key: &ObjectKey) -> Result<Tombstone> {
    decode(store, key, VersionTombstone::decode(&read_json(store, key).await?))
}

/// Where something that was chosen stands.
pub(crate) fn key_of_choice(choice: &Choice) -> ObjectKey {
    match choice {
        Choice::Pick(pick) => ObjectKey::of_pick(pick.id),
        Choice::Mark(mark) => ObjectKey::of_mark(mark.id),
        Choice::Release(release) => ObjectKey::of_release(release.id),
    }
}

/// Reads a pick.
pub(crate) async fn read_pick(store: &dyn BlobStore, key: &ObjectKey) -> Result<Pick> {
    let pick = decode(store, key, v1::Pick::decode(&read_json(store, key).await?))?;
    expect_name(store, key, &ObjectKey::of_pick(pick.id))?;
    Ok(pick)
}

/// Reads a mark.
pub(crate) async fn read_mark(store: &dyn BlobStore, key: &ObjectKey) -> Result<Mark> {
    let mark = decode(store, key, v1::Mark::decode(&read_json(store, key).await?))?;
    expect_name(store, key, &ObjectKey::of_mark(mark.id))?;
    Ok(mark)
}

/// Reads the manifest of a release.
pub(crate) async fn read_release(store: &dyn BlobStore, key: &ObjectKey) -> Result<Release> {
    let release = read_renamed_release(store, key).await?;
    expect_name(store, key, &ObjectKey::of_release(release.id))?;
    Ok(release)
}

/// Reads the manifest of a release under whatever name it stands.
pub(crate) async fn read_renamed_release(
    store: &dyn BlobStore,
    key: &ObjectKey,
) -> Result<Release> {
    let release = decode(store, key, v1::Release::decode(&read_json(store, key).await?))?;
    // No catalogue counts further, and no file is as large.
    match release.stems.iter().any(|stem| i64::try_from(stem.size).is_err()) {
        true => Err(foreign(store, key, "a stem is larger than any file".into())),
        false => Ok(release),
    }
}

/// Refuses what stands under another name than its own.
pub(crate) fn expect_name(store: &dyn BlobStore, key: &ObjectKey, own: &ObjectKey) -> Result<()> {
    match key == own {
        true => Ok(()),
        false => Err(foreign(store, key, "it is about another one than its name says".into())),
    }
}

pub(crate) fn decode<T>(
    store: &dyn BlobStore,
    key: &ObjectKey,
    read: std::result::Result<T, ManifestError>,
) -> Result<T> {
    read.map_err(|error| foreign(store, key, Box::new(error)))
}

fn foreign(
    store: &dyn BlobStore,
    key: &ObjectKey,
    source: Box<dyn std::error::Error + Send + Sync>,
) -> Error {
    Error::ForeignManifest { location: store.url().locate(key), source }
}

pub(crate) async fn read_json(store: &dyn BlobStore, key: &ObjectKey) -> Result<Vec<u8>> {
    for n in 1.. {
        match read_once(store, key).await {
            // A connection that breaks off in so few bytes: all of them again.
            Err(Error::Store(StoreError::Interrupted { .. })) if n <= TRIES => {}
            read => return read,
        }
    }
    unreachable!("the last try returns")
}

async fn read_once(store: &dyn BlobStore, key: &ObjectKey) -> Result<Vec<u8>> {
    let mut body = store.get(key, None, None).await?;
    let mut json = Vec::new();
    while let Some(chunk) = body.chunks.try_next().await? {
        json.extend_from_slice(&chunk);
        if json.len() as u64 > MAX_MANIFEST {
            return Err(foreign(store, key, "it is too large".into()));
        }
    }
    Ok(json)
}
