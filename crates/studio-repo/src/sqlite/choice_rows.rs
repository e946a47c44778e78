//! Rows of picks and marks, and their way from and to the values of the domain.

use diesel::prelude::*;
use studio_domain::{
    ArtistName, Mark, MarkId, Note, PersonName, Pick, PickId, PickedVersion, Said, SongTitle,
    Timestamp, TrackName, TrackPath, VersionId, VersionTag,
};

use super::error::{Failure, Outcome};
use super::rows::uuid;
use super::schema::{marks, picks};

/// A pick.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = picks, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct PickRow {
    id: Vec<u8>,
    artist: String,
    artist_key: String,
    song: String,
    song_key: String,
    track: String,
    track_key: String,
    version_id: Option<Vec<u8>>,
    tag: Option<String>,
    said_by: String,
    said_at: i64,
    note: Option<String>,
    pub(super) is_last: bool,
}

impl PickRow {
    pub(super) fn new(pick: &Pick) -> Self {
        let TrackPath { artist, song, track } = &pick.track;
        let version = pick.version.as_ref();
        Self {
            id: pick.id.as_uuid().as_bytes().to_vec(),
            artist: artist.to_string(),
            artist_key: artist.key().to_owned(),
            song: song.to_string(),
            song_key: song.key().to_owned(),
            track: track.to_string(),
            track_key: track.key().to_owned(),
            version_id: version.map(|version| version.id.as_uuid().as_bytes().to_vec()),
            tag: version.map(|version| version.tag.to_string()),
            said_by: pick.said.by.to_string(),
            said_at: pick.said.at.as_micros(),
            note: pick.said.note.as_ref().map(Note::to_string),
            is_last: false,
        }
    }

    pub(super) fn into_pick(self) -> Outcome<Pick> {
        let version = match (self.version_id, self.tag) {
            (Some(id), Some(tag)) => Some(PickedVersion {
                id: VersionId::from_uuid(uuid(&id)?),
                tag: VersionTag::new(&tag).map_err(Failure::bad_row)?,
            }),
            _ => None,
        };
        Ok(Pick {
            id: PickId::from_uuid(uuid(&self.id)?),
            track: TrackPath {
                artist: ArtistName::new(&self.artist).map_err(Failure::bad_row)?,
                song: SongTitle::new(&self.song).map_err(Failure::bad_row)?,
                track: TrackName::new(&self.track).map_err(Failure::bad_row)?,
            },
            version,
            said: said(&self.said_by, self.said_at, self.note.as_deref())?,
        })
    }
}

/// A mark.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = marks, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct MarkRow {
    id: Vec<u8>,
    version_id: Vec<u8>,
    status: Option<String>,
    said_by: String,
    said_at: i64,
    note: Option<String>,
    pub(super) is_last: bool,
}

impl MarkRow {
    pub(super) fn new(mark: &Mark) -> Self {
        Self {
            id: mark.id.as_uuid().as_bytes().to_vec(),
            version_id: mark.version.as_uuid().as_bytes().to_vec(),
            status: mark.status.map(|status| status.as_str().to_owned()),
            said_by: mark.said.by.to_string(),
            said_at: mark.said.at.as_micros(),
            note: mark.said.note.as_ref().map(Note::to_string),
            is_last: false,
        }
    }

    pub(super) fn into_mark(self) -> Outcome<Mark> {
        let status = self.status.map(|status| status.parse());
        Ok(Mark {
            id: MarkId::from_uuid(uuid(&self.id)?),
            version: VersionId::from_uuid(uuid(&self.version_id)?),
            status: status.transpose().map_err(Failure::bad_row)?,
            said: said(&self.said_by, self.said_at, self.note.as_deref())?,
        })
    }
}

/// The three columns of who said something, when and why.
pub(super) fn said(by: &str, at: i64, note: Option<&str>) -> Outcome<Said> {
    Ok(Said {
        by: PersonName::new(by).map_err(Failure::bad_row)?,
        at: Timestamp::from_micros(at),
        note: note.map(Note::new).transpose().map_err(Failure::bad_row)?,
    })
}
