//! What a search finds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What sort of thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HitKind {
    /// An artist.
    Artist,
    /// An album.
    Album,
    /// A recording.
    Recording,
    /// A song that is worked on.
    Song,
}

/// Something that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "kind": "album", "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a12",
    "title": "Con Todo El Mundo", "slug": "con-todo-el-mundo", "artist": "Khruangbin",
    "artist_slug": "khruangbin", "album": null,
    "url": "/api/v1/albums/019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a12"
}))]
pub struct Hit {
    /// What it is.
    pub kind: HitKind,
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// Its name or title.
    pub title: String,
    /// What stands for it in addresses; below its artist's, but for artists.
    pub slug: String,
    /// Whose it is; null for artists.
    pub artist: Option<String>,
    /// What stands for that artist in addresses.
    pub artist_slug: Option<String>,
    /// The title of the album that it is on.
    pub album: Option<String>,
    /// Its address.
    pub url: String,
}

/// A part of what a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HitPage {
    /// What was found, the best first.
    pub items: Vec<Hit>,
    /// What to give as `after` for the part that follows; null at the end.
    pub next: Option<String>,
}
