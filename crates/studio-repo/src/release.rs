//! The releases of a catalogue.

use async_trait::async_trait;
use studio_domain::{Release, ReleaseId, ReleaseName, SongPath, StoreUrl, VersionId};

use crate::Result;

/// The part of a catalogue that keeps releases. A release, once there, never changes.
///
/// As with [`CatalogRepo`](crate::CatalogRepo), every method is one transaction, names are
/// compared by their case-folded form, and each method can fail with
/// [`Error::Busy`](crate::Error::Busy), [`Error::Full`](crate::Error::Full) or
/// [`Error::Backend`](crate::Error::Backend) besides the errors named.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait ReleaseRepo: Send + Sync {
    /// Takes in a release that was just made. The very same again changes nothing.
    ///
    /// Its versions are in the catalogue at that moment, and from then on none of them is
    /// purged: what a release names is never on its way out.
    ///
    /// # Errors
    /// [`ReleaseExists`](crate::Error::ReleaseExists) when the song has another one of that
    /// name, or another one has its identity; [`NotFound`](crate::Error::NotFound) when one of its versions has left the
    /// catalogue; [`PickChanged`](crate::Error::PickChanged) when another version has been
    /// picked since.
    async fn add_release(&self, release: &Release) -> Result<()>;

    /// Takes in a release that was made before, whatever has become of its versions.
    /// Idempotent by its identity.
    ///
    /// # Errors
    /// [`ReleaseExists`](crate::Error::ReleaseExists) when the song has another one of that
    /// name.
    async fn restore_release(&self, release: &Release) -> Result<()>;

    /// Takes releases for such of another store from now on; those that are not there are
    /// passed over.
    async fn move_releases(&self, ids: &[ReleaseId], store: &StoreUrl) -> Result<()>;

    /// The release of a song with a name.
    ///
    /// # Errors
    /// [`NoRelease`](crate::Error::NoRelease).
    async fn release_named(&self, song: &SongPath, name: &ReleaseName) -> Result<Release>;

    /// The identities of the releases in the catalogue, or of those of one song: by artist
    /// and song, oldest first.
    #[cfg_attr(feature = "mock", mockall::concretize)]
    async fn releases(&self, song: Option<&SongPath>) -> Result<Vec<ReleaseId>>;

    /// The release with an identity, if there is one.
    async fn release_by_id(&self, id: ReleaseId) -> Result<Option<Release>>;

    /// The releases that use a version, oldest first.
    async fn releases_with(&self, version: VersionId) -> Result<Vec<ReleaseId>>;
}
