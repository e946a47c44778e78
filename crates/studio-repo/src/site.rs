//! What the pages of the site show, and the sketches that are drawn for them.

use async_trait::async_trait;
use studio_domain::{
    AlbumId, Artist, ArtistId, Artwork, Note, Profile, RecordingId, Sketch, Slug, Timestamp,
};

use crate::{AlbumEntry, RecordingEntry, Result};

/// An artist in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistCard {
    /// The artist.
    pub artist: Artist,
    /// Their newest album.
    pub album: Option<AlbumId>,
    /// Its cover, if it has one.
    pub artwork: Option<Artwork>,
}

/// The page of an artist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistSheet {
    /// The artist.
    pub artist: Artist,
    /// What they say.
    pub profile: Profile,
    /// What the page begins with, in its order.
    pub featured: Vec<RecordingSheet>,
    /// Their albums, the newest first.
    pub albums: Vec<AlbumEntry>,
    /// Recordings on no album, the newest first.
    pub singles: Vec<RecordingSheet>,
}

/// A recording with all that a page shows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingSheet {
    /// The recording.
    pub entry: RecordingEntry,
    /// The cover of its album.
    pub album_artwork: Option<Artwork>,
    /// How its present bytes look and sound, once that is known.
    pub sketch: Option<Sketch>,
    /// What is said of it.
    pub description: Option<Note>,
    /// Its place, from 1, among those that the page of its artist begins with.
    pub featured: Option<u8>,
}

/// The page of an album.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlbumPage {
    /// The album.
    pub entry: AlbumEntry,
    /// What is said of it.
    pub description: Option<Note>,
    /// What is on it: by disc, number, title and identity.
    pub recordings: Vec<RecordingSheet>,
}

/// A part of what is an artist's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArtistPart<T> {
    /// The artist.
    pub artist: Artist,
    /// The part.
    pub items: Vec<T>,
}

/// The address of something, for sitemaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SitePlace {
    /// Its slug, below that of its artist for all but artists.
    pub slug: Slug,
    /// When anything of it was last changed, where that is kept.
    pub updated_at: Option<Timestamp>,
}

/// The most artists, albums or recordings of one sitemap.
pub const MAX_SITE_PLACES: u32 = 20_000;

/// The part of a catalogue that everybody sees on the site: only what is published, each method
/// by one or two searches of an index, however much there is.
///
/// Pages begin after the one with a slug; they are cut to 1 ..= [`MAX_PAGE`](crate::MAX_PAGE)
/// items. One that begins after something that is not there is empty.
///
/// # Errors
/// As in [`CatalogRepo`](crate::CatalogRepo).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SiteRepo: Send + Sync {
    /// Artists by their names.
    async fn artist_cards<'a>(
        &self,
        after: Option<&'a Slug>,
        limit: u32,
    ) -> Result<Vec<ArtistCard>>;

    /// The albums that came last, the last one first.
    async fn newest_albums(&self, limit: u32) -> Result<Vec<AlbumEntry>>;

    /// The page of an artist, with at most `limit` albums and as many singles.
    async fn artist_sheet(&self, artist: &Slug, limit: u32) -> Result<Option<ArtistSheet>>;

    /// Albums of an artist, the newest first.
    async fn artist_albums<'a>(
        &self,
        artist: &Slug,
        after: Option<&'a Slug>,
        limit: u32,
    ) -> Result<Option<ArtistPart<AlbumEntry>>>;

    /// Everything of an artist that can be heard, by title.
    async fn artist_recordings<'a>(
        &self,
        artist: &Slug,
        after: Option<&'a Slug>,
        limit: u32,
    ) -> Result<Option<ArtistPart<RecordingSheet>>>;

    /// What an artist published last, by when the bytes came, the last first.
    async fn feed(&self, artist: &Slug, limit: u32) -> Result<Option<ArtistPart<RecordingSheet>>>;

    /// The album at an address, and what is on it.
    async fn album_page(&self, artist: &Slug, album: &Slug) -> Result<Option<AlbumPage>>;

    /// The recording at an address.
    async fn recording_page(
        &self,
        artist: &Slug,
        recording: &Slug,
    ) -> Result<Option<RecordingSheet>>;

    /// Where the album is now that was at this address before: its artist's slug and its own.
    async fn moved_album(&self, artist: &Slug, album: &Slug) -> Result<Option<(Slug, Slug)>>;

    /// Where the recording is now that was at this address before.
    async fn moved_recording(
        &self,
        artist: &Slug,
        recording: &Slug,
    ) -> Result<Option<(Slug, Slug)>>;

    /// The addresses of all artists by name, at most [`MAX_SITE_PLACES`].
    async fn artist_places(&self) -> Result<Vec<SitePlace>>;

    /// The addresses of an artist's albums and recordings, at most [`MAX_SITE_PLACES`] each;
    /// two empty lists for one who is not there.
    async fn places_of(&self, artist: &Slug) -> Result<(Vec<SitePlace>, Vec<SitePlace>)>;
}

/// The sketches of recordings: what is taken in, or gets other bytes, waits for one.
///
/// # Errors
/// As in [`CatalogRepo`](crate::CatalogRepo).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SketchRepo: Send + Sync {
    /// Recordings that wait for a sketch, whether they are published or not: by identity, after
    /// one, at most `limit`.
    async fn without_sketch(
        &self,
        after: Option<RecordingId>,
        limit: u32,
    ) -> Result<Vec<RecordingEntry>>;

    /// Keeps the sketch of the bytes that a recording had in the state (as
    /// [`StoredSound::etag`](studio_domain::StoredSound::etag) tells it). Nothing is kept if they
    /// are others by now, or the recording is gone.
    async fn put_sketch(&self, id: RecordingId, state: &str, sketch: &Sketch) -> Result<()>;
}

/// What is said on pages: the writing side of what [`SiteRepo`] shows.
///
/// # Errors
/// As in [`CatalogRepo`](crate::CatalogRepo).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait PageRepo: Send + Sync {
    /// Keeps what an artist says; nothing for an artist who is not there.
    async fn put_profile(&self, artist: ArtistId, profile: &Profile, now: Timestamp) -> Result<()>;

    /// Keeps what is said of an album, or lets it go.
    ///
    /// # Errors
    /// [`NoAlbum`](crate::Error::NoAlbum).
    async fn describe_album(&self, album: AlbumId, description: Option<Note>) -> Result<()>;

    /// Keeps what is said of a recording, or lets it go.
    ///
    /// # Errors
    /// [`NoRecording`](crate::Error::NoRecording).
    async fn describe_recording(
        &self,
        recording: RecordingId,
        description: Option<Note>,
    ) -> Result<()>;

    /// Lets the page of an artist begin with these recordings of theirs, the first
    /// [`MOST_FEATURED`] of them, and no others.
    ///
    /// # Errors
    /// [`NoRecording`](crate::Error::NoRecording) for one that is not there, or another artist's.
    async fn feature(&self, artist: ArtistId, recordings: &[RecordingId]) -> Result<()>;
}

/// With how many recordings the page of an artist can begin.
pub const MOST_FEATURED: usize = 3;
