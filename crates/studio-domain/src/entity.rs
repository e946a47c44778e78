//! Artists, songs, tracks and versions.

use std::fmt;

use crate::{
    ArtistId, ArtistName, Crc64Nvme, Digest, ObjectKey, Slug, SongId, SongTitle, StoreUrl,
    Timestamp, TrackId, TrackName, VersionId, VersionTag,
};

/// Somebody who records songs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artist {
    /// Identity.
    pub id: ArtistId,
    /// Unique in the studio.
    pub name: ArtistName,
    /// Unique in the studio.
    pub slug: Slug,
}

/// A work by one artist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Song {
    /// Identity.
    pub id: SongId,
    /// Who records it.
    pub artist: ArtistId,
    /// Unique for the artist.
    pub title: SongTitle,
    /// Unique for the artist.
    pub slug: Slug,
}

/// One instrument or voice of a song; never a released song.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// Identity.
    pub id: TrackId,
    /// The song it belongs to.
    pub song: SongId,
    /// Unique in the song.
    pub name: TrackName,
    /// Unique in the song.
    pub slug: Slug,
}

/// The four names that lead to one version.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VersionPath {
    /// Who recorded it.
    pub artist: ArtistName,
    /// The song it is for.
    pub song: SongTitle,
    /// The instrument or voice.
    pub track: TrackName,
    /// Which take of it.
    pub tag: VersionTag,
}

impl VersionPath {
    /// Whether both lead to the same version: names are compared by their case-folded form.
    pub fn is_same_place(&self, other: &Self) -> bool {
        self.artist.key() == other.artist.key()
            && self.song.key() == other.song.key()
            && self.track.key() == other.track.key()
            && self.tag.key() == other.tag.key()
    }
}

impl fmt::Display for VersionPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { artist, song, track, tag } = self;
        write!(f, "`{tag}` of {track} in \"{song}\" by {artist}")
    }
}

/// Everything about a version but its slug, which the catalogue gives when it takes it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVersion {
    /// Identity.
    pub id: VersionId,
    /// Where it stands: artist, song, track, tag.
    pub path: VersionPath,
    /// The local path it was uploaded from, as it was given.
    pub original_path: String,
    /// When its upload was complete.
    pub uploaded_at: Timestamp,
    /// How many bytes it has.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// CRC-64/NVME of its bytes.
    pub crc64nvme: Crc64Nvme,
    /// Its media type (RFC 6838), told from its first bytes.
    pub content_type: String,
    /// The store that took its bytes.
    pub store: StoreUrl,
    /// The object that holds its bytes in that store.
    pub object_key: ObjectKey,
}

/// What is wrong with stored bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Damage {
    /// The store has no such object.
    Missing,
    /// There are more or fewer bytes than were stored.
    WrongSize,
    /// There are as many bytes as were stored, but others.
    WrongDigest,
    /// The store has the object, and tried again and again does not give all its bytes: a
    /// bad sector, for example.
    Unreadable,
}

impl Damage {
    /// Whether it shows only when the bytes are read: what a store says of them from
    /// outside, their size and a checksum that it once made, does not disprove it.
    pub fn shows_by_reading(self) -> bool {
        matches!(self, Self::WrongDigest | Self::Unreadable)
    }
}

impl fmt::Display for Damage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Missing => "missing",
            Self::WrongSize => "of the wrong size",
            Self::WrongDigest => "not those that were stored",
            Self::Unreadable => "not all to be read",
        })
    }
}

/// The last time that stored bytes were read back in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Check {
    /// When.
    pub at: Timestamp,
    /// What was wrong with them; `None` when they were those that had been stored.
    pub damage: Option<Damage>,
}

/// One immutable take of a track.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// What was recorded about it when it was stored.
    pub record: NewVersion,
    /// Unique on its track.
    pub slug: Slug,
    /// The last time that its bytes were read back in full, if they were since it was stored.
    pub check: Option<Check>,
}

impl std::ops::Deref for Version {
    type Target = NewVersion;

    fn deref(&self) -> &NewVersion {
        &self.record
    }
}

/// A version that was thrown away and can be taken back until it is purged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrashedVersion {
    /// What was recorded about it when it was stored.
    pub record: NewVersion,
    /// The last time that its bytes were read back in full, if they were since it was stored.
    pub check: Option<Check>,
    /// When it was thrown away.
    pub trashed_at: Timestamp,
}

impl std::ops::Deref for TrashedVersion {
    type Target = NewVersion;

    fn deref(&self) -> &NewVersion {
        &self.record
    }
}
