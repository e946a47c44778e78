//! The trash: versions thrown away, until they are taken back or purged.

use async_trait::async_trait;
use studio_domain::{Timestamp, TrashedVersion, Version, VersionId, VersionPath};

use crate::{Page, Removal, Result};

/// The trash of a catalogue.
///
/// A version in the trash is in no listing, its place is free for another one, and its
/// bytes stay in their store for as long as it is there. As with
/// [`CatalogRepo`](crate::CatalogRepo), every method is one transaction, names are compared
/// by their case-folded form, and each method can fail with
/// [`Error::Busy`](crate::Error::Busy), [`Error::Full`](crate::Error::Full) or
/// [`Error::Backend`](crate::Error::Backend) besides the errors named.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TrashRepo: Send + Sync {
    /// Throws the version at a place away, as of the time `at`.
    ///
    /// The track, the song and the artist that it was the last version of go from the
    /// catalogue with it; the trash keeps their names. Claims for the same version, of
    /// uploads under way or dead, are lost: its identity is never given out again.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound), as of
    /// [`CatalogRepo::version`](crate::CatalogRepo::version).
    async fn trash(&self, path: &VersionPath, at: Timestamp) -> Result<TrashedVersion>;

    /// What is in the trash, by the time it was thrown away and then by identity, oldest
    /// first: up to `limit` (cut to 1 ..= [`MAX_PAGE`](crate::MAX_PAGE)) that come after
    /// `after`.
    ///
    /// # Errors
    /// [`UnknownCursor`](crate::Error::UnknownCursor) when `after` is not in the trash.
    async fn trashed(&self, after: Option<VersionId>, limit: u32) -> Result<Page<TrashedVersion>>;

    /// Everything in the trash that stood at this place, newest first; none where there is
    /// nothing.
    async fn find_trashed(&self, path: &VersionPath) -> Result<Vec<TrashedVersion>>;

    /// Takes a version back to where it stood, as of the time `now`.
    ///
    /// # Errors
    /// [`NotInTrash`](crate::Error::NotInTrash);
    /// [`VersionExists`](crate::Error::VersionExists) when its place has another version,
    /// whatever the bytes; [`PlaceTaken`](crate::Error::PlaceTaken) when a live claim for
    /// other bytes stands there.
    async fn untrash(&self, id: VersionId, now: Timestamp) -> Result<Version>;

    /// Gives a version up for good, as of the time `at`: it leaves the trash, and the
    /// removal of its object and its manifest is written down in its stead.
    ///
    /// # Errors
    /// [`NotInTrash`](crate::Error::NotInTrash); [`InRelease`](crate::Error::InRelease) when
    /// a release uses it: it stays in the trash then.
    async fn purge(&self, id: VersionId, at: Timestamp) -> Result<Removal>;

    /// Takes in what a store says is in the trash, and returns how many versions that
    /// changed something for.
    ///
    /// Each is in the trash afterwards and nowhere else: a version of the same identity
    /// leaves the catalogue; what is in the trash already is left as it is.
    async fn adopt_trashed(&self, versions: &[TrashedVersion]) -> Result<usize>;

    /// Drops versions that were purged by way of another catalogue, from this one and from
    /// its trash, and returns how many it had. Claims for them are lost, and nothing is to be
    /// removed from a store.
    async fn forget(&self, ids: &[VersionId]) -> Result<usize>;
}
