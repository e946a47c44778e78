//! What is released, as those who look and listen see it: pages and searches.

use async_trait::async_trait;
use studio_domain::{AlbumId, Artist, ArtistId, RecordingId, Slug, SongId};

use crate::{AlbumEntry, RecordingEntry, Result};

/// What of the shelf is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shown {
    /// Those of one artist only.
    pub artist: Option<ArtistId>,
    /// What everybody may see only.
    pub published_only: bool,
}

/// An album with all that is on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlbumSheet {
    /// The album.
    pub entry: AlbumEntry,
    /// The recordings on it: by disc, number, title and identity.
    pub recordings: Vec<RecordingEntry>,
}

/// Something that a search found: all that a line about it shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// What it is.
    pub subject: HitSubject,
    /// Its name or title.
    pub title: String,
    /// Its slug, below its artist's for all but artists.
    pub slug: Slug,
    /// Whose it is, for all but artists.
    pub artist: Option<(String, Slug)>,
    /// The title of the album that it is on.
    pub album: Option<String>,
}

/// What a search can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HitSubject {
    /// An artist.
    Artist(ArtistId),
    /// An album.
    Album(AlbumId),
    /// A recording.
    Recording(RecordingId),
    /// A song that is worked on.
    Song(SongId),
}

/// One page of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hits {
    /// What was found, the best first.
    pub hits: Vec<Hit>,
    /// Whether there is more behind it.
    pub has_more: bool,
}

/// The part of a catalogue that people look at: each method reads, by one or two searches of
/// an index, however much there is.
///
/// Pages begin after an item (keyset pagination), and are cut to 1 ..=
/// [`MAX_PAGE`](crate::MAX_PAGE) items.
///
/// # Errors
/// [`UnknownCursor`](crate::Error::UnknownShelfCursor) for a page after something that is not
/// there; otherwise as in [`CatalogRepo`](crate::CatalogRepo).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ShelfRepo: Send + Sync {
    /// Artists by their names; those who have something published, if only that is shown.
    async fn artists_page(
        &self,
        published_only: bool,
        after: Option<ArtistId>,
        limit: u32,
    ) -> Result<Vec<Artist>>;

    /// The artist with an identity.
    async fn artist(&self, id: ArtistId) -> Result<Option<Artist>>;

    /// The artist with a slug.
    async fn artist_by_slug(&self, slug: &Slug) -> Result<Option<Artist>>;

    /// Albums by artist and title.
    async fn albums_page(
        &self,
        shown: Shown,
        after: Option<AlbumId>,
        limit: u32,
    ) -> Result<Vec<AlbumEntry>>;

    /// The album with an identity, and what is on it.
    async fn album_sheet(&self, id: AlbumId, published_only: bool) -> Result<Option<AlbumSheet>>;

    /// The album with a slug below that of its artist, and what is on it.
    async fn album_sheet_by_slug(
        &self,
        artist: &Slug,
        album: &Slug,
        published_only: bool,
    ) -> Result<Option<AlbumSheet>>;

    /// Recordings by artist, title and identity.
    async fn recordings_page(
        &self,
        shown: Shown,
        after: Option<RecordingId>,
        limit: u32,
    ) -> Result<Vec<RecordingEntry>>;

    /// What has words that begin with the words of `text`, all of them, the best first: at
    /// most `limit` (cut to 1 ..= 100) from the place `from` on (cut to 10,000). One query.
    /// A text without a word finds nothing; no text is an error.
    async fn search(&self, text: &str, published_only: bool, from: u32, limit: u32)
    -> Result<Hits>;
}
