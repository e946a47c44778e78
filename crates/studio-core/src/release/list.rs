//! Looking at releases.

use studio_domain::{Release, ReleaseName, SongPath};

use crate::{Result, Studio};

impl Studio {
    /// The releases of a song, or of all of them: by artist and song, oldest first.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog).
    pub async fn releases(&self, song: Option<&SongPath>) -> Result<Vec<Release>> {
        let mut releases = Vec::new();
        for id in self.releases.releases(song).await? {
            releases.extend(self.releases.release_by_id(id).await?);
        }
        Ok(releases)
    }

    /// The release of a song with a name.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog) with `NoRelease`.
    pub async fn release(&self, song: &SongPath, name: &ReleaseName) -> Result<Release> {
        Ok(self.releases.release_named(song, name).await?)
    }

    /// The names of the releases that use a version, oldest first.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog).
    pub async fn releases_with(
        &self,
        version: studio_domain::VersionId,
    ) -> Result<Vec<ReleaseName>> {
        let mut names = Vec::new();
        for id in self.releases.releases_with(version).await? {
            names.extend(self.releases.release_by_id(id).await?.map(|release| release.name));
        }
        Ok(names)
    }
}
