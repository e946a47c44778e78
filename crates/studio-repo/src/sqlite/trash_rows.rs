//! Rows of the trash, and their way from and to the values of the domain.

use diesel::prelude::*;
use studio_domain::{NewVersion, Timestamp, TrashedVersion, VersionId, VersionPath};

use super::error::{Failure, Outcome};
use super::rows::{check, check_columns, digest, path, uuid};
use super::schema::trash;

/// A version in the trash.
#[derive(Queryable, Selectable)]
#[diesel(table_name = trash, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct TrashRow {
    id: Vec<u8>,
    artist: String,
    song: String,
    track: String,
    tag: String,
    original_path: String,
    uploaded_at: i64,
    size: i64,
    digest: Vec<u8>,
    crc64nvme: String,
    content_type: String,
    store: String,
    object_key: String,
    checked_at: Option<i64>,
    damage: Option<String>,
    trashed_at: i64,
}

impl TrashRow {
    pub(super) fn into_trashed(self) -> Outcome<TrashedVersion> {
        let record = NewVersion {
            id: VersionId::from_uuid(uuid(&self.id)?),
            path: path([&self.artist, &self.song, &self.track, &self.tag])?,
            original_path: self.original_path,
            uploaded_at: Timestamp::from_micros(self.uploaded_at),
            size: u64::try_from(self.size).map_err(Failure::bad_row)?,
            digest: digest(&self.digest)?,
            crc64nvme: self.crc64nvme.parse().map_err(Failure::bad_row)?,
            content_type: self.content_type,
            store: self.store.parse().map_err(Failure::bad_row)?,
            object_key: self.object_key.parse().map_err(Failure::bad_row)?,
        };
        Ok(TrashedVersion {
            record,
            check: check(self.checked_at, self.damage.as_deref())?,
            trashed_at: Timestamp::from_micros(self.trashed_at),
        })
    }
}

/// A version to be put into the trash.
#[derive(Insertable)]
#[diesel(table_name = trash)]
pub(super) struct NewTrashRow<'a> {
    id: &'a [u8],
    artist: &'a str,
    artist_key: &'a str,
    song: &'a str,
    song_key: &'a str,
    track: &'a str,
    track_key: &'a str,
    tag: &'a str,
    tag_key: &'a str,
    original_path: &'a str,
    uploaded_at: i64,
    size: i64,
    digest: &'a [u8],
    crc64nvme: String,
    content_type: &'a str,
    store: String,
    object_key: &'a str,
    checked_at: Option<i64>,
    damage: Option<&'static str>,
    trashed_at: i64,
}

impl<'a> NewTrashRow<'a> {
    pub(super) fn new(trashed: &'a TrashedVersion) -> Outcome<Self> {
        let version = &trashed.record;
        let VersionPath { artist, song, track, tag } = &version.path;
        let (checked_at, damage) = check_columns(trashed.check);
        Ok(Self {
            id: version.id.as_uuid().as_bytes(),
            artist: artist.as_str(),
            artist_key: artist.key(),
            song: song.as_str(),
            song_key: song.key(),
            track: track.as_str(),
            track_key: track.key(),
            tag: tag.as_str(),
            tag_key: tag.key(),
            original_path: &version.original_path,
            uploaded_at: version.uploaded_at.as_micros(),
            size: i64::try_from(version.size).map_err(Failure::bad_row)?,
            digest: version.digest.as_bytes(),
            crc64nvme: version.crc64nvme.to_string(),
            content_type: &version.content_type,
            store: version.store.to_string(),
            object_key: version.object_key.as_str(),
            checked_at,
            damage,
            trashed_at: trashed.trashed_at.as_micros(),
        })
    }
}
