//! What is released, in the orders in which listeners look through it.

use std::collections::{BTreeSet, HashMap};

use async_trait::async_trait;
use studio_domain::{
    AccountId, AlbumId, Artist, ArtistId, ArtistName, GenreName, Loudness, RecordingId, Timestamp,
};

use crate::{AlbumEntry, RecordingEntry, Result};

/// The most that one page of a [`BrowseRepo`] holds.
pub const MAX_LISTED: u32 = 500;

/// What somebody gets to see of what is released.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Sight {
    /// What everybody may see.
    #[default]
    Published,
    /// What everybody may see, and all of these artists. On an album of theirs what is by
    /// others counts only as far as it is published.
    PublishedAnd(BTreeSet<ArtistId>),
    /// Everything.
    Everything,
}

/// A stretch of a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stretch {
    /// How many come before it.
    pub offset: u32,
    /// The most that is wanted, cut to 1 ..= [`MAX_LISTED`].
    pub limit: u32,
}

/// An order of artists, and which of them are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArtistOrder {
    /// All, by name.
    Name,
    /// Those that have words that begin with the words of a text, all of them, the best first;
    /// none for a text without a word.
    Found(String),
    /// Those that an account starred, the last first.
    Starred(AccountId),
}

/// An order of albums, and which of them are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AlbumOrder {
    /// The last that came in first, see [`ListedAlbum::added_at`].
    Newest,
    /// By title.
    Title,
    /// By artist and title.
    Artist,
    /// Those of an artist, by title.
    Of(ArtistId),
    /// Those that have the words of a text, see [`ArtistOrder::Found`]: in their titles or their
    /// artists' names.
    Found(String),
    /// Those that came out from one year to another, both included, by year; backwards if the
    /// first one is the later.
    Years {
        /// The year to begin with.
        from: u16,
        /// The year to end with.
        to: u16,
    },
    /// Those with a recording of a genre, by artist and title.
    Genre(GenreName),
    /// Some, each time others. See [`BrowseRepo::recordings_by_chance`]; the offset is ignored.
    Chance,
    /// Those that an account starred, the last first.
    Starred(AccountId),
    /// Those that an account played, the last first.
    Recent(AccountId),
    /// Those that an account played, the most often played first.
    Frequent(AccountId),
    /// Those that an account rated, the best first.
    Rated(AccountId),
}

/// An order of recordings, and which of them are in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecordingOrder {
    /// By artist and title.
    Artist,
    /// Those of an artist, by title.
    Of(ArtistId),
    /// Those on an album, by their places.
    On(AlbumId),
    /// Those that have the words of a text, see [`ArtistOrder::Found`]: in their titles, or the
    /// names of their artists and albums.
    Found(String),
    /// Those that an account starred, the last first.
    Starred(AccountId),
    /// Those of a genre, by artist and title.
    Genre(GenreName),
    /// Those of an artist that an account played, the most often played first.
    Played(AccountId, ArtistId),
}

/// What chance draws recordings from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lot {
    /// Those of one genre only.
    pub genre: Option<GenreName>,
    /// Those only that came out from one year to another, both included, whichever is the later.
    pub years: Option<(u16, u16)>,
}

/// An artist with what a line about them tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedArtist {
    /// The artist.
    pub artist: Artist,
    /// How many albums of theirs are in sight.
    pub albums: u32,
}

/// An album with what a line about it tells of the recordings on it that are in sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedAlbum {
    /// The album.
    pub entry: AlbumEntry,
    /// When the catalogue first had it, as of its `updated_at` then; of one that was brought back
    /// from the store, when it was last changed.
    pub added_at: Timestamp,
    /// How many are on it: all of them, or those that are published, as the album's artist's
    /// own may be seen.
    pub songs: u32,
    /// How long these are together, in milliseconds, as far as that is known.
    pub length_ms: u64,
    /// The genre that most on it have.
    pub genre: Option<GenreName>,
}

/// A genre, and how much of it is in sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenreLine {
    /// The genre.
    pub name: GenreName,
    /// How many recordings.
    pub recordings: u64,
    /// On how many albums.
    pub albums: u64,
}

/// The part of a catalogue that listeners look through: pages by offset, as `OpenSubsonic` has
/// them, of what is in sight.
///
/// Each method is one query for the identities, which walks an index in the order of the listing
/// from its start to the end of the page, and one for the lines. So a page costs as much as what
/// stands before it, and what is out of sight there: little, since only the index is read; but
/// however much stands behind it costs nothing. Errors as in
/// [`CatalogRepo`](crate::CatalogRepo).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait BrowseRepo: Send + Sync {
    /// Albums in an order.
    async fn albums_listed(
        &self,
        order: &AlbumOrder,
        sight: &Sight,
        stretch: Stretch,
    ) -> Result<Vec<ListedAlbum>>;

    /// Recordings in an order.
    async fn recordings_listed(
        &self,
        order: &RecordingOrder,
        sight: &Sight,
        stretch: Stretch,
    ) -> Result<Vec<RecordingEntry>>;

    /// Some recordings of a lot, each time others; fewer only where there are fewer. None is
    /// there twice.
    ///
    /// Everything has a place that chance gave it once. As many points are drawn as are wanted,
    /// and each gives what stands behind it, some places on (from 0 to 15, drawn for each). So all
    /// are drawn about equally often, but not exactly: by the distance between 16 neighbours, whose
    /// standard deviation is a quarter of it. Of some years, the index is walked from the first
    /// to the last of them, and all are drawn equally often.
    async fn recordings_by_chance(
        &self,
        lot: &Lot,
        sight: &Sight,
        limit: u32,
    ) -> Result<Vec<RecordingEntry>>;

    /// Artists in an order.
    async fn artists_listed(
        &self,
        order: &ArtistOrder,
        sight: &Sight,
        stretch: Stretch,
    ) -> Result<Vec<ListedArtist>>;

    /// Those of some artists that are in sight, in the order of the identities.
    async fn artists_with(&self, ids: &[ArtistId], sight: &Sight) -> Result<Vec<ListedArtist>>;

    /// The identities of those of some artists that are there, by name.
    async fn artists_named(&self, names: &[ArtistName]) -> Result<Vec<ArtistId>>;

    /// The genres by name.
    async fn genres(&self, sight: &Sight) -> Result<Vec<GenreLine>>;

    /// Those of some albums that are in sight, in the order of the identities.
    async fn albums_with(&self, ids: &[AlbumId], sight: &Sight) -> Result<Vec<ListedAlbum>>;

    /// Those of some recordings that are in sight, in the order of the identities.
    async fn recordings_with(
        &self,
        ids: &[RecordingId],
        sight: &Sight,
    ) -> Result<Vec<RecordingEntry>>;

    /// How loud those of some recordings are that were measured; one query for each 500. What
    /// lies in a library is never measured.
    async fn loudness_of(&self, ids: &[RecordingId]) -> Result<HashMap<RecordingId, Loudness>>;
}
