//! Playlists.

use serde::{Deserialize, Serialize};
use studio_domain::{PlaylistName, RecordingId};
use utoipa::ToSchema;

use super::Recording;
use crate::format_time;
use crate::v1::InvalidField;

/// The most recordings that a playlist can be given.
pub const MOST_IN_PLAYLIST: usize = 10_000;

/// Recordings in the order in which somebody wants to hear them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a14", "name": "Sunday",
    "recordings": ["019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a13"], "revision": 1_795_385_360_123_456_u64,
    "updated_at": "2026-11-21T22:09:20.123456Z"
}))]
pub struct Playlist {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// The name, unique in the studio.
    pub name: String,
    /// UUIDs of the recordings, in their order; one can be there twice.
    pub recordings: Vec<String>,
    /// The number of this state; the entity tag is made of it.
    pub revision: u64,
    /// When anything of it was last changed (RFC 3339).
    pub updated_at: String,
}

/// What a playlist is to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "Sunday", "recordings": ["019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a13"]
}))]
pub struct PlaylistBody {
    /// The name: 1 to 200 characters, none of them a control character.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// UUIDs of the recordings, in their order; one can be there twice.
    #[serde(default)]
    #[schema(max_items = 10_000)]
    pub recordings: Vec<String>,
}

/// A playlist in a listing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a14", "name": "Sunday", "recording_count": 1
}))]
pub struct PlaylistLine {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// The name.
    pub name: String,
    /// How many recordings it has.
    pub recording_count: u32,
}

/// A part of a listing of playlists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlaylistPage {
    /// The playlists, by name.
    pub items: Vec<PlaylistLine>,
    /// What to give as `after` for the part that follows; null at the end.
    pub next: Option<String>,
}

/// A recording at its place in a playlist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlaylistPlace {
    /// The place, from 0.
    pub place: u32,
    /// The recording.
    pub recording: Recording,
}

/// A part of what is in a playlist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PlaylistPlacePage {
    /// The recordings in the order of the playlist.
    pub items: Vec<PlaylistPlace>,
    /// What to give as `after` for the part that follows; null at the end.
    pub next: Option<String>,
}

impl Playlist {
    /// A playlist in the state with a number.
    pub fn new(playlist: &studio_domain::Playlist, revision: u64) -> Self {
        Self {
            id: playlist.id.to_string(),
            name: playlist.name.to_string(),
            recordings: playlist.recordings.iter().map(ToString::to_string).collect(),
            revision,
            updated_at: format_time(playlist.updated_at),
        }
    }
}

impl PlaylistBody {
    /// The name and the recordings that it asks for.
    ///
    /// # Errors
    /// [`InvalidField`].
    pub fn decode(&self) -> Result<(PlaylistName, Vec<RecordingId>), InvalidField> {
        if self.recordings.len() > MOST_IN_PLAYLIST {
            let said = format!("at most {MOST_IN_PLAYLIST} fit");
            return Err(InvalidField::of("recordings")(said));
        }
        let recordings: Result<_, _> = self.recordings.iter().map(|id| id.parse()).collect();
        Ok((
            self.name.parse().map_err(InvalidField::of("name"))?,
            recordings.map_err(InvalidField::of("recordings"))?,
        ))
    }
}
