//! What people and measurements say of versions: sound, marks, picks.

use async_trait::async_trait;
use studio_domain::{
    Digest, Mark, MarkId, Pick, PickId, Selection, SongPath, SoundFacts, TrackName, Version,
    VersionDetails, VersionId,
};

use crate::{Page, PageRequest, Result, VersionFilter};

/// The part of a catalogue that choosing works with.
///
/// Picks and marks are never changed nor dropped: the last word counts, by its time and then
/// by its identity, and those before it are the history. They stay when the version that
/// they are about goes. As with [`CatalogRepo`](crate::CatalogRepo), every method is one
/// transaction, names are compared by their case-folded form, and each method can fail with
/// [`Error::Busy`](crate::Error::Busy), [`Error::Full`](crate::Error::Full) or
/// [`Error::Backend`](crate::Error::Backend) besides the errors named.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ChoiceRepo: Send + Sync {
    /// Records what is known of the sound of some bytes. What was measured is not lost to
    /// facts that have only the header.
    async fn record_sounds(&self, sounds: &[(Digest, SoundFacts)]) -> Result<()>;

    /// What is known and thought of each of these versions, in their order.
    async fn details(&self, versions: &[(VersionId, Digest)]) -> Result<Vec<VersionDetails>>;

    /// Those of the versions at a place that are wanted, in the order of
    /// [`CatalogRepo::versions`](crate::CatalogRepo::versions).
    ///
    /// # Errors
    /// [`UnknownCursor`](crate::Error::UnknownCursor), as there.
    async fn selected(
        &self,
        place: &VersionFilter,
        selection: Selection,
        page: PageRequest,
    ) -> Result<Page<Version>>;

    /// Takes in picks and returns how many were new; one that is there stays as it is.
    async fn add_picks(&self, picks: &[Pick]) -> Result<usize>;

    /// The last pick of each track of a song by the names of the tracks, those taken back
    /// left out.
    async fn picks(&self, song: &SongPath) -> Result<Vec<Pick>>;

    /// Every pick that was ever made in a song, or for one track of it, newest first: the
    /// newest `limit` of them (cut to 1 ..= [`MAX_PAGE`](crate::MAX_PAGE)).
    #[cfg_attr(feature = "mock", mockall::concretize)]
    async fn picks_ever(
        &self,
        song: &SongPath,
        track: Option<&TrackName>,
        limit: u32,
    ) -> Result<Vec<Pick>>;

    /// Those of these picks that the catalogue does not know, in their order.
    async fn unknown_picks(&self, ids: &[PickId]) -> Result<Vec<PickId>>;

    /// Takes in marks and returns how many were new; one that is there stays as it is.
    async fn add_marks(&self, marks: &[Mark]) -> Result<usize>;

    /// Those of these marks that the catalogue does not know, in their order.
    async fn unknown_marks(&self, ids: &[MarkId]) -> Result<Vec<MarkId>>;

    /// Every mark that a version was ever given, newest first.
    async fn marks_ever(&self, version: VersionId) -> Result<Vec<Mark>>;
}
