//! The contract of a catalogue, and the values that cross it.

use async_trait::async_trait;
use studio_domain::{
    Artist, ArtistName, Digest, NewVersion, ObjectKey, ReservationId, Song, SongTitle, Timestamp,
    Track, TrackName, Version, VersionId, VersionPath,
};

use crate::Result;

/// The most items one page holds; larger limits are cut to it.
pub const MAX_PAGE: u32 = 10_000;

/// Which versions a listing shows: all, or those below one place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum VersionFilter {
    /// Every version in the studio.
    #[default]
    All,
    /// Those of one artist.
    Artist(ArtistName),
    /// Those of one song.
    Song(ArtistName, SongTitle),
    /// Those of one track.
    Track(ArtistName, SongTitle, TrackName),
    /// The one at this place.
    Version(VersionPath),
}

/// Which part of a listing is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageRequest {
    /// Begin after this version (the `next` of the page before); `None` for the first page.
    pub after: Option<VersionId>,
    /// The most items wanted, cut to 1 ..= [`MAX_PAGE`].
    pub limit: u32,
}

/// One part of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the order of the listing.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<VersionId>,
}

/// The claim of one upload on the place of a version, held until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// Identity of the claim; each upload makes its own.
    pub id: ReservationId,
    /// The identity that the version will have.
    pub version: VersionId,
    /// The place claimed.
    pub path: VersionPath,
    /// SHA-256 of the bytes to come.
    pub digest: Digest,
    /// The object that they will be.
    pub object_key: ObjectKey,
    /// When the claim ends by itself.
    pub expires_at: Timestamp,
}

/// What came of [`CatalogRepo::reserve`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reserved {
    /// The place is free and now claimed. The version's identity is that of an earlier
    /// claim on the same place for the same bytes, if there was one: such an upload is
    /// the same upload, begun again.
    Granted(Reservation),
    /// A version with these very bytes is there already.
    Stored(Version),
}

/// What came of [`CatalogRepo::commit`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed {
    /// The version as the catalogue has it.
    pub version: Version,
    /// Whether this call put it there; `false` when one with the same bytes was first.
    pub fresh: bool,
}

/// The catalogue of versions.
///
/// Every method is one transaction: it happens whole or not at all, and is seen by every
/// other handle on the same catalogue from then on. Names are compared by their
/// case-folded form everywhere. A version, once there, never changes.
///
/// Besides the errors named, each method can fail with [`Error::Busy`](crate::Error::Busy),
/// [`Error::Full`](crate::Error::Full) or [`Error::Backend`](crate::Error::Backend).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CatalogRepo: Send + Sync {
    /// Claims a place for an upload, as of the time `now`.
    ///
    /// Claims whose lease has ended count for nothing. Any number of live claims may
    /// stand on one place, as long as they are for the same bytes.
    ///
    /// # Errors
    /// [`VersionExists`](crate::Error::VersionExists) when a version with other bytes is
    /// there; [`PlaceTaken`](crate::Error::PlaceTaken) when a live claim for other bytes is;
    /// [`BeingRemoved`](crate::Error::BeingRemoved) while the object is being removed, see
    /// [`CareRepo::claim_removal`](crate::CareRepo::claim_removal).
    async fn reserve(&self, wanted: &Reservation, now: Timestamp) -> Result<Reserved>;

    /// Moves the end of a claim's lease.
    ///
    /// # Errors
    /// [`ClaimLost`](crate::Error::ClaimLost) when the claim is gone; it stays gone.
    async fn renew(&self, reservation: ReservationId, expires_at: Timestamp) -> Result<()>;

    /// Gives a claim up; one that is gone is no error.
    async fn release(&self, reservation: ReservationId) -> Result<()>;

    /// Puts a version into the catalogue, with its artist, song and track where they are
    /// new, and ends the claim it was made under.
    ///
    /// Idempotent: a version with the same bytes at the same place is returned as it is.
    /// The names of an artist, song or track that is known stay as they were first typed.
    ///
    /// # Errors
    /// [`VersionExists`](crate::Error::VersionExists) when a version with other bytes was
    /// there first; [`ClaimLost`](crate::Error::ClaimLost) when no version is there and the
    /// claim is gone, since nobody kept the object from being removed then.
    async fn commit(&self, version: &NewVersion, reservation: ReservationId) -> Result<Committed>;

    /// Puts many versions into the catalogue in one go and returns how many were new.
    /// Those that are there with the same bytes are left as they are.
    ///
    /// # Errors
    /// [`VersionExists`](crate::Error::VersionExists) when one is there with other bytes;
    /// none is put then.
    async fn restore(&self, versions: &[NewVersion]) -> Result<usize>;

    /// The version at a place.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound), which says what is missing: the artist, the
    /// song, the track or the version.
    async fn version(&self, path: &VersionPath) -> Result<Version>;

    /// Versions by artist, song and track (by their case-folded names), then by upload
    /// time, oldest first. A filter that fits nothing gives an empty page.
    ///
    /// # Errors
    /// [`UnknownCursor`](crate::Error::UnknownCursor) when there is no version `after`, not
    /// even in the trash.
    async fn versions(&self, filter: &VersionFilter, page: PageRequest) -> Result<Page<Version>>;

    /// Up to `limit` artists that come after `after`, by name.
    #[cfg_attr(feature = "mock", mockall::concretize)]
    async fn artists(&self, after: Option<&ArtistName>, limit: u32) -> Result<Vec<Artist>>;

    /// Up to `limit` songs of an artist that come after `after`, by title; none for an
    /// unknown artist.
    #[cfg_attr(feature = "mock", mockall::concretize)]
    async fn songs(
        &self,
        artist: &ArtistName,
        after: Option<&SongTitle>,
        limit: u32,
    ) -> Result<Vec<Song>>;

    /// Up to `limit` tracks of a song that come after `after`, by name; none for an
    /// unknown song.
    #[cfg_attr(feature = "mock", mockall::concretize)]
    async fn tracks(
        &self,
        artist: &ArtistName,
        song: &SongTitle,
        after: Option<&TrackName>,
        limit: u32,
    ) -> Result<Vec<Track>>;
}
