//! What is worked on, found by its identity or the parts of its address.

use async_trait::async_trait;
use studio_domain::{Artist, Slug, Song, SongId, SongPath, Track, TrackId, Version, VersionId};

use crate::Result;

/// A song, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SongEntry {
    /// The song.
    pub song: Song,
    /// Whose it is.
    pub artist: Artist,
}

impl SongEntry {
    /// The names that lead to it.
    pub fn path(&self) -> SongPath {
        SongPath { artist: self.artist.name.clone(), song: self.song.title.clone() }
    }
}

/// A track, and what it is a part of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackEntry {
    /// The track.
    pub track: Track,
    /// Its song.
    pub song: SongEntry,
}

/// The part of a catalogue that leads from identities and addresses to songs, tracks and
/// versions: each method is one search of an index. Errors as in
/// [`CatalogRepo`](crate::CatalogRepo).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait WorkRepo: Send + Sync {
    /// The song with an identity.
    async fn find_song(&self, id: SongId) -> Result<Option<SongEntry>>;

    /// The song with a slug below that of its artist.
    async fn find_song_by_slug(&self, artist: &Slug, song: &Slug) -> Result<Option<SongEntry>>;

    /// The track with an identity.
    async fn find_track(&self, id: TrackId) -> Result<Option<TrackEntry>>;

    /// The version with an identity; what was thrown away is not found.
    async fn find_version(&self, id: VersionId) -> Result<Option<Version>>;
}
