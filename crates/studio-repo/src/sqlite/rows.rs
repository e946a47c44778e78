//! Rows, and their way from and to the values of the domain.

use diesel::prelude::*;
use studio_domain::{
    Artist, ArtistId, ArtistName, Check, Damage, Digest, NewVersion, Slug, Song, SongId, SongTitle,
    Timestamp, Track, TrackId, TrackName, Version, VersionId, VersionPath, VersionTag,
};
use uuid::Uuid;

use super::error::{Failure, Outcome};
use super::schema::{artists, songs, tracks, versions};

/// A version with the names that lead to it.
#[derive(Queryable, Selectable)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct VersionRow {
    #[diesel(select_expression = artists::name)]
    artist: String,
    #[diesel(select_expression = songs::title)]
    song: String,
    #[diesel(select_expression = tracks::name)]
    track: String,
    #[diesel(embed)]
    own: OwnVersionRow,
}

/// The columns that stand in the versions table itself.
#[derive(Queryable, Selectable)]
#[diesel(table_name = versions, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct OwnVersionRow {
    id: Vec<u8>,
    tag: String,
    slug: String,
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
}

impl VersionRow {
    pub(super) fn into_version(self) -> Outcome<Version> {
        let own = self.own;
        let path = path([&self.artist, &self.song, &self.track, &own.tag])?;
        let record = NewVersion {
            id: VersionId::from_uuid(uuid(&own.id)?),
            path,
            original_path: own.original_path,
            uploaded_at: Timestamp::from_micros(own.uploaded_at),
            size: u64::try_from(own.size).map_err(Failure::bad_row)?,
            digest: digest(&own.digest)?,
            crc64nvme: own.crc64nvme.parse().map_err(Failure::bad_row)?,
            content_type: own.content_type,
            store: own.store.parse().map_err(Failure::bad_row)?,
            object_key: own.object_key.parse().map_err(Failure::bad_row)?,
        };
        let check = check(own.checked_at, own.damage.as_deref())?;
        Ok(Version { record, slug: slug(&own.slug)?, check })
    }
}

/// The place that four names lead to: artist, song, track, tag.
pub(super) fn path(names: [&str; 4]) -> Outcome<VersionPath> {
    let [artist, song, track, tag] = names;
    Ok(VersionPath {
        artist: ArtistName::new(artist).map_err(Failure::bad_row)?,
        song: SongTitle::new(song).map_err(Failure::bad_row)?,
        track: TrackName::new(track).map_err(Failure::bad_row)?,
        tag: VersionTag::new(tag).map_err(Failure::bad_row)?,
    })
}

/// The check in two columns.
pub(super) fn check(at: Option<i64>, damage: Option<&str>) -> Outcome<Option<Check>> {
    let Some(at) = at else { return Ok(None) };
    let damage = match damage {
        None => None,
        Some(MISSING) => Some(Damage::Missing),
        Some(WRONG_SIZE) => Some(Damage::WrongSize),
        Some(WRONG_DIGEST) => Some(Damage::WrongDigest),
        Some(UNREADABLE) => Some(Damage::Unreadable),
        Some(other) => {
            return Err(Failure::BadRow(format!("`{other}` is no damage that is known").into()));
        }
    };
    Ok(Some(Check { at: Timestamp::from_micros(at), damage }))
}

const MISSING: &str = "missing";
const WRONG_SIZE: &str = "wrong-size";
const WRONG_DIGEST: &str = "wrong-digest";
const UNREADABLE: &str = "unreadable";

/// The two columns of a check.
pub(super) fn check_columns(check: Option<Check>) -> (Option<i64>, Option<&'static str>) {
    let damage = check.and_then(|check| check.damage).map(|damage| match damage {
        Damage::Missing => MISSING,
        Damage::WrongSize => WRONG_SIZE,
        Damage::WrongDigest => WRONG_DIGEST,
        Damage::Unreadable => UNREADABLE,
    });
    (check.map(|check| check.at.as_micros()), damage)
}

/// An artist.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = artists, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct ArtistRow {
    id: Vec<u8>,
    name: String,
    slug: String,
}

impl ArtistRow {
    pub(super) fn new(id: Vec<u8>, name: String, slug: String) -> Self {
        Self { id, name, slug }
    }

    pub(super) fn into_artist(self) -> Outcome<Artist> {
        Ok(Artist {
            id: ArtistId::from_uuid(uuid(&self.id)?),
            name: ArtistName::new(&self.name).map_err(Failure::bad_row)?,
            slug: slug(&self.slug)?,
        })
    }
}

/// A song.
#[derive(Queryable, Selectable)]
#[diesel(table_name = songs, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct SongRow {
    id: Vec<u8>,
    artist_id: Vec<u8>,
    title: String,
    slug: String,
}

impl SongRow {
    pub(super) fn into_song(self) -> Outcome<Song> {
        Ok(Song {
            id: SongId::from_uuid(uuid(&self.id)?),
            artist: ArtistId::from_uuid(uuid(&self.artist_id)?),
            title: SongTitle::new(&self.title).map_err(Failure::bad_row)?,
            slug: slug(&self.slug)?,
        })
    }
}

/// A track.
#[derive(Queryable, Selectable)]
#[diesel(table_name = tracks, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct TrackRow {
    id: Vec<u8>,
    song_id: Vec<u8>,
    name: String,
    slug: String,
}

impl TrackRow {
    pub(super) fn into_track(self) -> Outcome<Track> {
        Ok(Track {
            id: TrackId::from_uuid(uuid(&self.id)?),
            song: SongId::from_uuid(uuid(&self.song_id)?),
            name: TrackName::new(&self.name).map_err(Failure::bad_row)?,
            slug: slug(&self.slug)?,
        })
    }
}

/// A version to be inserted.
#[derive(Insertable)]
#[diesel(table_name = versions)]
pub(super) struct NewVersionRow<'a> {
    id: &'a [u8],
    track_id: &'a [u8],
    artist_key: &'a str,
    song_key: &'a str,
    track_key: &'a str,
    tag: &'a str,
    tag_key: &'a str,
    slug: &'a str,
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
}

impl<'a> NewVersionRow<'a> {
    pub(super) fn new(
        version: &'a NewVersion,
        check: Option<Check>,
        track_id: &'a [u8],
        slug: &'a Slug,
    ) -> Outcome<Self> {
        let VersionPath { artist, song, track, tag } = &version.path;
        let (checked_at, damage) = check_columns(check);
        Ok(Self {
            id: version.id.as_uuid().as_bytes(),
            track_id,
            artist_key: artist.key(),
            song_key: song.key(),
            track_key: track.key(),
            tag: tag.as_str(),
            tag_key: tag.key(),
            slug: slug.as_str(),
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
        })
    }
}

/// The UUID in a column.
pub(super) fn uuid(bytes: &[u8]) -> Outcome<Uuid> {
    Uuid::from_slice(bytes).map_err(Failure::bad_row)
}

/// The SHA-256 in a column.
pub(super) fn digest(bytes: &[u8]) -> Outcome<Digest> {
    bytes.try_into().map(Digest::from_bytes).map_err(Failure::bad_row)
}

/// The slug in a column.
pub(super) fn slug(text: &str) -> Outcome<Slug> {
    text.parse().map_err(Failure::bad_row)
}
