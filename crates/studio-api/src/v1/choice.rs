//! Picks and marks: in the answers of commands, and in the store.

use serde::{Deserialize, Serialize};
use studio_domain::{Note, PickedVersion, Said, Status, TrackPath, VersionPath, VersionTag};
use utoipa::ToSchema;

use super::{InvalidField, ManifestError, check_format};
use crate::{ParseTimeError, format_time, parse_time};

/// The choice of a version for a track. In the store it stands under `picks/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pick {
    /// Always [`Pick::FORMAT`].
    pub format: String,
    /// UUID.
    pub id: String,
    /// The artist's name.
    pub artist: String,
    /// The song's title.
    pub song: String,
    /// The track's name.
    pub track: String,
    /// The tag of the version that was picked; null when the pick before was taken back.
    pub version: Option<String>,
    /// The UUID of that version.
    pub version_id: Option<String>,
    /// Who said it.
    pub by: String,
    /// When, in RFC 3339.
    pub at: String,
    /// In their words.
    pub note: Option<String>,
}

/// What somebody found of a version. In the store it stands under `marks/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Always [`Mark::FORMAT`].
    pub format: String,
    /// UUID.
    pub id: String,
    /// The UUID of the version.
    pub version_id: String,
    /// How good; null when the mark before was taken back.
    pub status: Option<VersionStatus>,
    /// Who said it.
    pub by: String,
    /// When, in RFC 3339.
    pub at: String,
    /// In their words.
    pub note: Option<String>,
}

/// How good somebody finds a version: named as on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum VersionStatus {
    /// Worth another listening.
    Circled,
    /// Good for the release.
    Approved,
    /// Not to be used.
    NoGood,
}

impl VersionStatus {
    /// The status, if it is known here.
    pub(super) fn of(status: Status) -> Option<Self> {
        match status {
            Status::Circled => Some(Self::Circled),
            Status::Approved => Some(Self::Approved),
            Status::NoGood => Some(Self::NoGood),
            _ => None,
        }
    }
}

impl From<VersionStatus> for Status {
    fn from(status: VersionStatus) -> Self {
        match status {
            VersionStatus::Circled => Self::Circled,
            VersionStatus::Approved => Self::Approved,
            VersionStatus::NoGood => Self::NoGood,
        }
    }
}

impl From<&studio_domain::Pick> for Pick {
    fn from(pick: &studio_domain::Pick) -> Self {
        let TrackPath { artist, song, track } = &pick.track;
        Self {
            format: Self::FORMAT.to_owned(),
            id: pick.id.to_string(),
            artist: artist.to_string(),
            song: song.to_string(),
            track: track.to_string(),
            version: pick.version.as_ref().map(|version| version.tag.to_string()),
            version_id: pick.version.as_ref().map(|version| version.id.to_string()),
            by: pick.said.by.to_string(),
            at: format_time(pick.said.at),
            note: pick.said.note.as_ref().map(Note::to_string),
        }
    }
}

impl From<&studio_domain::Mark> for Mark {
    fn from(mark: &studio_domain::Mark) -> Self {
        Self {
            format: Self::FORMAT.to_owned(),
            id: mark.id.to_string(),
            version_id: mark.version.to_string(),
            status: mark.status.and_then(VersionStatus::of),
            by: mark.said.by.to_string(),
            at: format_time(mark.said.at),
            note: mark.said.note.as_ref().map(Note::to_string),
        }
    }
}

/// Who said something, when and why, from its three fields.
pub(super) fn said(by: &str, at: &str, note: Option<&str>) -> Result<Said, InvalidField> {
    Ok(Said {
        by: by.parse().map_err(InvalidField::of("by"))?,
        at: parse_time(at).map_err(InvalidField::of::<ParseTimeError>("at"))?,
        note: note.map(Note::new).transpose().map_err(InvalidField::of("note"))?,
    })
}

impl Pick {
    /// Names this format and its version.
    pub const FORMAT: &'static str = "studio.pick/1";

    /// A pick as JSON.
    pub fn encode(pick: &studio_domain::Pick) -> String {
        super::pretty(&Self::from(pick))
    }

    /// Reads a pick. Whatever the bytes are, this returns.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn decode(json: &[u8]) -> Result<studio_domain::Pick, ManifestError> {
        check_format(json, Self::FORMAT)?;
        let wire: Self = serde_json::from_slice(json).map_err(ManifestError::Json)?;
        Ok(studio_domain::Pick::try_from(&wire)?)
    }
}

impl TryFrom<&Pick> for studio_domain::Pick {
    type Error = InvalidField;

    fn try_from(wire: &Pick) -> Result<Self, InvalidField> {
        let version = match (&wire.version, &wire.version_id) {
            (Some(tag), Some(id)) => Some(PickedVersion {
                id: id.parse().map_err(InvalidField::of("version_id"))?,
                tag: tag.parse().map_err(InvalidField::of("version"))?,
            }),
            (None, None) => None,
            _ => {
                let problem = "a tag and an id go together, or neither is there";
                return Err(InvalidField::of("version_id")(problem));
            }
        };
        Ok(Self {
            id: wire.id.parse().map_err(InvalidField::of("id"))?,
            track: TrackPath {
                artist: wire.artist.parse().map_err(InvalidField::of("artist"))?,
                song: wire.song.parse().map_err(InvalidField::of("song"))?,
                track: wire.track.parse().map_err(InvalidField::of("track"))?,
            },
            version,
            said: said(&wire.by, &wire.at, wire.note.as_deref())?,
        })
    }
}

impl Mark {
    /// Names this format and its version.
    pub const FORMAT: &'static str = "studio.mark/1";

    /// A mark as JSON.
    pub fn encode(mark: &studio_domain::Mark) -> String {
        super::pretty(&Self::from(mark))
    }

    /// Reads a mark. Whatever the bytes are, this returns.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn decode(json: &[u8]) -> Result<studio_domain::Mark, ManifestError> {
        check_format(json, Self::FORMAT)?;
        let wire: Self = serde_json::from_slice(json).map_err(ManifestError::Json)?;
        Ok(studio_domain::Mark::try_from(&wire)?)
    }
}

impl TryFrom<&Mark> for studio_domain::Mark {
    type Error = InvalidField;

    fn try_from(wire: &Mark) -> Result<Self, InvalidField> {
        Ok(Self {
            id: wire.id.parse().map_err(InvalidField::of("id"))?,
            version: wire.version_id.parse().map_err(InvalidField::of("version_id"))?,
            status: wire.status.map(Status::from),
            said: said(&wire.by, &wire.at, wire.note.as_deref())?,
        })
    }
}

/// The answer of `picks`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickList {
    /// The picks: of each track the last, by track; or with `history` all, newest first.
    pub picks: Vec<Pick>,
    /// Tracks of the song that have no pick.
    pub without: Vec<String>,
}

/// The answer of `pick` and `unpick`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickMove {
    /// Whether it was only told what would be done.
    pub dry_run: bool,
    /// Whether anything is, or would be, otherwise than before.
    pub changed: bool,
    /// The artist's name.
    pub artist: String,
    /// The song's title.
    pub song: String,
    /// The track's name.
    pub track: String,
    /// The tag of the version that is, or would be, the pick of the track; null for none.
    pub version: Option<String>,
    /// The pick that stands now; null when there is none, and with `dry_run`.
    pub pick: Option<Pick>,
    /// The pick that stood before.
    pub before: Option<Pick>,
}

impl PickMove {
    /// The pick of a version for its track, or that the track has none; nothing was done so
    /// far.
    pub fn new(track: &TrackPath, version: Option<&VersionTag>) -> Self {
        Self {
            dry_run: true,
            changed: true,
            artist: track.artist.to_string(),
            song: track.song.to_string(),
            track: track.track.to_string(),
            version: version.map(ToString::to_string),
            pick: None,
            before: None,
        }
    }
}

/// The answer of `status` when it changes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkMove {
    /// Whether it was only told what would be done.
    pub dry_run: bool,
    /// Whether anything is, or would be, otherwise than before.
    pub changed: bool,
    /// The artist's name.
    pub artist: String,
    /// The song's title.
    pub song: String,
    /// The track's name.
    pub track: String,
    /// The version tag.
    pub version: String,
    /// How good it is, or would be, said to be; null for nothing.
    pub status: Option<VersionStatus>,
    /// The mark that stands now; null when there is none, and with `dry_run`.
    pub mark: Option<Mark>,
}

impl MarkMove {
    /// What is to be said of a version; nothing was done so far.
    pub fn new(path: &VersionPath, status: Option<Status>) -> Self {
        Self {
            dry_run: true,
            changed: true,
            artist: path.artist.to_string(),
            song: path.song.to_string(),
            track: path.track.to_string(),
            version: path.tag.to_string(),
            status: status.and_then(VersionStatus::of),
            mark: None,
        }
    }
}

/// The answer of `status`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkList {
    /// The marks of the version, newest first.
    pub marks: Vec<Mark>,
}
