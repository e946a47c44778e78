//! Looking: which versions there are.

use studio_domain::{NameKind, Version, VersionPath};
use studio_repo::{Page, PageRequest, VersionFilter};

use crate::{Result, Studio};

/// What is there instead of a name that is not, for "did you mean".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neighbours {
    /// What sort of name is missing.
    pub missing: NameKind,
    /// Names of that sort that are there, in the order of listings.
    pub names: Vec<String>,
    /// Whether there are more than these.
    pub more: bool,
}

/// How many neighbours are looked up.
const NEIGHBOURS: u32 = 100;

impl Studio {
    /// The version at a place.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog) with `NotFound`, which says what is missing.
    pub async fn version(&self, path: &VersionPath) -> Result<Version> {
        Ok(self.catalog.version(path).await?)
    }

    /// One page of the versions that fit `filter`: by artist, song and track, then by
    /// upload time, oldest first.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog) with `UnknownCursor` when there is no version
    /// to begin after.
    pub async fn versions(
        &self,
        filter: &VersionFilter,
        page: PageRequest,
    ) -> Result<Page<Version>> {
        Ok(self.catalog.versions(filter, page).await?)
    }

    /// What is there beside a name of `path` that was not found.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog).
    pub async fn neighbours(&self, path: &VersionPath, missing: NameKind) -> Result<Neighbours> {
        let VersionPath { artist, song, track, .. } = path;
        let limit = NEIGHBOURS + 1;
        let mut names: Vec<String> = match missing {
            NameKind::Artist => {
                let artists = self.catalog.artists(None, limit).await?;
                artists.iter().map(|artist| artist.name.to_string()).collect()
            }
            NameKind::Song => {
                let songs = self.catalog.songs(artist, None, limit).await?;
                songs.iter().map(|song| song.title.to_string()).collect()
            }
            NameKind::Track => {
                let tracks = self.catalog.tracks(artist, song, None, limit).await?;
                tracks.iter().map(|track| track.name.to_string()).collect()
            }
            NameKind::Version => {
                let filter = VersionFilter::Track(artist.clone(), song.clone(), track.clone());
                let page = self.versions(&filter, PageRequest { after: None, limit }).await?;
                page.items.iter().map(|version| version.path.tag.to_string()).collect()
            }
        };
        let more = names.len() > NEIGHBOURS as usize;
        names.truncate(NEIGHBOURS as usize);
        Ok(Neighbours { missing, names, more })
    }
}
