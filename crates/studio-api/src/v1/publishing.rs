//! The answers of the commands that publish.

use serde::{Deserialize, Serialize};

use super::{AlbumManifest, PlaylistManifest, RecordingManifest};

/// The answer of commands that change an album.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlbumMove {
    /// Whether it was only told what would be done.
    pub dry_run: bool,
    /// Whether anything is, or would be, otherwise than before.
    pub changed: bool,
    /// How many of its recordings are, or would be, otherwise than before.
    pub recordings_changed: u64,
    /// The album as it is, or would be.
    pub album: AlbumManifest,
}

/// The answer of commands that change a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingMove {
    /// Whether it was only told what would be done.
    pub dry_run: bool,
    /// Whether anything is, or would be, otherwise than before.
    pub changed: bool,
    /// Bytes that went to the store.
    pub sent_bytes: u64,
    /// The recording as it is, or would be; null where a dry run would have to make its
    /// bytes first.
    pub recording: Option<RecordingManifest>,
}

/// The answer of commands that change a playlist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaylistMove {
    /// Whether it was only told what would be done.
    pub dry_run: bool,
    /// Whether anything is, or would be, otherwise than before.
    pub changed: bool,
    /// The playlist as it is, or would be.
    pub playlist: PlaylistManifest,
}

/// The answer of `album list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlbumList {
    /// The albums, by artist and title.
    pub albums: Vec<AlbumManifest>,
    /// What to give as `--after` for the next page; null on the last one.
    pub next: Option<String>,
}

/// The answer of `album show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AlbumShown {
    /// The album.
    pub album: AlbumManifest,
    /// What is on it, in its order.
    pub recordings: Vec<RecordingManifest>,
}

/// The answer of `recording list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordingList {
    /// The recordings, by artist and title.
    pub recordings: Vec<RecordingManifest>,
    /// What to give as `--after` for the next page; null on the last one.
    pub next: Option<String>,
}

/// The answer of `playlist list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaylistList {
    /// The playlists, by name.
    pub playlists: Vec<PlaylistEntry>,
}

/// A playlist in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaylistEntry {
    /// UUID.
    pub id: String,
    /// Its name.
    pub name: String,
    /// How many recordings it has.
    pub recordings: u32,
}

/// The answer of `playlist show`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlaylistShown {
    /// The playlist.
    pub playlist: PlaylistManifest,
    /// Its recordings, in its order.
    pub recordings: Vec<RecordingManifest>,
}
