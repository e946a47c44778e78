//! Looking: which versions there are.

use studio_domain::{ArtistName, NameKind, SongTitle, TrackName, Version, VersionPath, VersionTag};
use studio_repo::{Error as CatalogError, Page, PageRequest, VersionFilter};

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

    /// Tells names that lead to no version from those that do: what is not there is to be
    /// told of, not passed over.
    pub(crate) async fn expect_versions(&self, filter: &VersionFilter) -> Result<()> {
        let page = PageRequest { after: None, limit: 1 };
        if *filter == VersionFilter::All
            || !self.catalog.versions(filter, page).await?.items.is_empty()
        {
            return Ok(());
        }
        let Some((path, named)) = some_place(filter) else { return Ok(()) };
        match self.catalog.version(&path).await {
            Ok(_) => Ok(()),
            // Which of the names is the first that is not there.
            Err(CatalogError::NotFound { path, missing }) => {
                let missing =
                    if named.contains(&missing) { missing } else { named[named.len() - 1] };
                Err(CatalogError::NotFound { path, missing }.into())
            }
            Err(error) => Err(error.into()),
        }
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
            // Not among the names that lead to a version.
            _ => Vec::new(),
        };
        let more = names.len() > NEIGHBOURS as usize;
        names.truncate(NEIGHBOURS as usize);
        Ok(Neighbours { missing, names, more })
    }
}

/// A place that a filter leads to, whatever the names are that it leaves open, and which
/// names it does not.
fn some_place(filter: &VersionFilter) -> Option<(VersionPath, &'static [NameKind])> {
    use NameKind::{Artist, Song, Track, Version};
    let open = (SongTitle::new("-").ok()?, TrackName::new("-").ok()?, VersionTag::new("-").ok()?);
    let place = |artist: &ArtistName, song: SongTitle, track: TrackName| VersionPath {
        artist: artist.clone(),
        song,
        track,
        tag: open.2.clone(),
    };
    Some(match filter {
        VersionFilter::All => return None,
        VersionFilter::Artist(artist) => (place(artist, open.0, open.1), &[Artist]),
        VersionFilter::Song(artist, song) => (place(artist, song.clone(), open.1), &[Artist, Song]),
        VersionFilter::Track(artist, song, track) => {
            (place(artist, song.clone(), track.clone()), &[Artist, Song, Track])
        }
        VersionFilter::Version(path) => (path.clone(), &[Artist, Song, Track, Version]),
    })
}
