//! What is worked on: songs, tracks, versions, picks, releases.

use serde::{Deserialize, Serialize};
use studio_domain::{Note, VersionPath};
use utoipa::ToSchema;

use super::super::{AudioFormat, Loudness, Mix, VersionStatus};
use super::Artist;
use crate::format_time;

/// A work by one artist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a15", "title": "Evan Finds the Third Room",
    "slug": "evan-finds-the-third-room",
    "artist": {
        "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11", "name": "Khruangbin", "slug": "khruangbin"
    }
}))]
pub struct Song {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// The title, unique for the artist.
    pub title: String,
    /// What stands for it in addresses, below its artist.
    pub slug: String,
    /// Whose it is.
    pub artist: Artist,
}

/// A part of a listing of songs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SongPage {
    /// The songs, by title.
    pub items: Vec<Song>,
    /// What to give as `after` for the part that follows; null at the end.
    pub next: Option<String>,
}

/// One instrument or voice of a song.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a16", "name": "DJ's Drums", "slug": "djs-drums",
    "song_id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a15", "song": "Evan Finds the Third Room",
    "artist": "Khruangbin"
}))]
pub struct Track {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// The name, unique in the song.
    pub name: String,
    /// What stands for it in addresses, below its song.
    pub slug: String,
    /// UUID of the song.
    #[schema(format = "uuid")]
    pub song_id: String,
    /// The title of the song.
    pub song: String,
    /// The name of its artist.
    pub artist: String,
}

/// A part of a listing of tracks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TrackPage {
    /// The tracks, by name.
    pub items: Vec<Track>,
    /// What to give as `after` for the part that follows; null at the end.
    pub next: Option<String>,
}

/// One take of a track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a17", "artist": "Khruangbin",
    "song": "Evan Finds the Third Room", "track": "DJ's Drums", "version": "take_three",
    "slug": "take-three", "uploaded_at": "2026-11-21T22:09:20.123456Z", "size": 17_280_102,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "content_type": "audio/wav", "audio": null, "status": "approved", "picked": true,
    "releases": 1
}))]
pub struct Version {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// The artist's name.
    pub artist: String,
    /// The song's title.
    pub song: String,
    /// The track's name.
    pub track: String,
    /// The tag, unique on the track.
    pub version: String,
    /// What stands for it in addresses, below its track.
    pub slug: String,
    /// When it was stored (RFC 3339).
    pub uploaded_at: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes, 64 hex digits.
    pub sha256: String,
    /// Their media type.
    pub content_type: String,
    /// What their header says, if that was looked at.
    pub audio: Option<AudioFormat>,
    /// How good somebody found it; null where nobody said.
    pub status: Option<VersionStatus>,
    /// Whether it is the pick of its track.
    pub picked: bool,
    /// How many releases use it.
    pub releases: u32,
}

/// A part of a listing of versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VersionPage {
    /// The versions: by artist, song and track, the oldest first.
    pub items: Vec<Version>,
    /// What to give as `after` for the part that follows; null at the end.
    pub next: Option<String>,
}

/// The choice of a version for a track.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a18", "track": "DJ's Drums",
    "version": "take_three", "version_id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a17",
    "by": "Laura", "at": "2026-11-21T22:09:20.123456Z", "note": "the fill in bar 12"
}))]
pub struct Pick {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// The track's name.
    pub track: String,
    /// The tag of the version.
    pub version: Option<String>,
    /// UUID of the version.
    #[schema(format = "uuid")]
    pub version_id: Option<String>,
    /// Who picked it.
    pub by: String,
    /// When (RFC 3339).
    pub at: String,
    /// In their words.
    pub note: Option<String>,
}

/// A part of the picks of a song.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PickPage {
    /// The picks, by the names of their tracks.
    pub items: Vec<Pick>,
    /// What to give as `after` for the part that follows; null at the end.
    pub next: Option<String>,
}

/// A release in a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a19", "artist": "Khruangbin",
    "song": "Evan Finds the Third Room", "name": "1.0", "by": "Laura",
    "at": "2026-11-21T22:09:20.123456Z", "note": null
}))]
pub struct ReleaseLine {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// The artist's name.
    pub artist: String,
    /// The song's title.
    pub song: String,
    /// The name, unique for the song.
    pub name: String,
    /// Who made it.
    pub by: String,
    /// When (RFC 3339).
    pub at: String,
    /// In their words.
    pub note: Option<String>,
}

/// A part of a listing of releases.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReleasePage {
    /// The releases: by artist and song, the oldest first.
    pub items: Vec<ReleaseLine>,
    /// What to give as `after` for the part that follows; null at the end.
    pub next: Option<String>,
}

/// A choice of one version for each track of a song, and how they are mixed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Release {
    /// What stands in listings.
    #[serde(flatten)]
    pub line: ReleaseLine,
    /// The program that made it.
    pub made_with: String,
    /// The versions, by track.
    pub stems: Vec<Stem>,
    /// How they are mixed.
    pub mix: Mix,
}

/// One version in a release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Stem {
    /// The track's name.
    pub track: String,
    /// The version tag.
    pub version: String,
    /// UUID of the version.
    #[schema(format = "uuid")]
    pub version_id: String,
    /// Who picked it.
    pub picked_by: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// What its header says.
    pub audio: AudioFormat,
    /// How loud it is by itself.
    pub loudness: Loudness,
    /// Made louder or softer by so many dB.
    pub gain_db: f64,
    /// From -100 (left) to 100 (right).
    #[schema(minimum = -100, maximum = 100)]
    pub pan_percent: i8,
    /// Begins so many frames of the mix after the mix does.
    pub offset_frames: i64,
    /// Left out of the mix.
    pub mute: bool,
}

impl Song {
    /// A song of an artist.
    pub fn new(song: &studio_domain::Song, artist: &studio_domain::Artist) -> Self {
        Self {
            id: song.id.to_string(),
            title: song.title.to_string(),
            slug: song.slug.to_string(),
            artist: artist.into(),
        }
    }
}

impl Track {
    /// A track of a song by an artist.
    pub fn new(
        track: &studio_domain::Track,
        song: &studio_domain::Song,
        artist: &studio_domain::Artist,
    ) -> Self {
        Self {
            id: track.id.to_string(),
            name: track.name.to_string(),
            slug: track.slug.to_string(),
            song_id: song.id.to_string(),
            song: song.title.to_string(),
            artist: artist.name.to_string(),
        }
    }
}

impl Version {
    /// A version, and what is known and thought of it.
    pub fn new(version: &studio_domain::Version, details: &studio_domain::VersionDetails) -> Self {
        let VersionPath { artist, song, track, tag } = &version.path;
        let status = details.mark.as_ref().and_then(|mark| mark.status);
        Self {
            id: version.id.to_string(),
            artist: artist.to_string(),
            song: song.to_string(),
            track: track.to_string(),
            version: tag.to_string(),
            slug: version.slug.to_string(),
            uploaded_at: format_time(version.uploaded_at),
            size: version.size,
            sha256: version.digest.to_string(),
            content_type: version.content_type.clone(),
            audio: details.sound.as_ref().map(|sound| AudioFormat::from(&sound.format)),
            status: status.and_then(VersionStatus::of),
            picked: details.picked,
            releases: details.releases,
        }
    }
}

impl From<&studio_domain::Pick> for Pick {
    fn from(pick: &studio_domain::Pick) -> Self {
        let version = pick.version.as_ref();
        Self {
            id: pick.id.to_string(),
            track: pick.track.track.to_string(),
            version: version.map(|version| version.tag.to_string()),
            version_id: version.map(|version| version.id.to_string()),
            by: pick.said.by.to_string(),
            at: format_time(pick.said.at),
            note: pick.said.note.as_ref().map(Note::to_string),
        }
    }
}

impl From<&studio_domain::Release> for ReleaseLine {
    fn from(release: &studio_domain::Release) -> Self {
        Self {
            id: release.id.to_string(),
            artist: release.song.artist.to_string(),
            song: release.song.song.to_string(),
            name: release.name.to_string(),
            by: release.said.by.to_string(),
            at: format_time(release.said.at),
            note: release.said.note.as_ref().map(Note::to_string),
        }
    }
}

impl From<&studio_domain::Release> for Release {
    fn from(release: &studio_domain::Release) -> Self {
        Self {
            line: release.into(),
            made_with: release.made_with.clone(),
            stems: release.stems.iter().map(Stem::from).collect(),
            mix: Mix::from(&release.mix),
        }
    }
}

impl From<&studio_domain::Stem> for Stem {
    fn from(stem: &studio_domain::Stem) -> Self {
        Self {
            track: stem.track.to_string(),
            version: stem.tag.to_string(),
            version_id: stem.version.to_string(),
            picked_by: stem.picked_by.to_string(),
            size: stem.size,
            sha256: stem.digest.to_string(),
            audio: AudioFormat::from(&stem.format),
            loudness: Loudness::from(&stem.loudness),
            gain_db: stem.level.gain.as_f64(),
            pan_percent: stem.level.pan.percent(),
            offset_frames: stem.level.offset,
            mute: stem.level.mute,
        }
    }
}
