//! Looking at what is published.

use studio_domain::{
    AlbumId, AlbumTitle, ArtistId, ArtistName, PlaylistId, PlaylistName, RecordingId, Slug,
};
use studio_repo::{AlbumEntry, AlbumSheet, RecordingEntry, Shown};

use crate::{Error, Result, Studio};

/// How many artists are looked up at once.
const PAGE: u32 = 1000;

impl Studio {
    /// Albums by artist and title: at most `limit` behind `after`, those of one artist if one
    /// is given.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog).
    pub async fn albums(
        &self,
        artist: Option<&ArtistName>,
        after: Option<AlbumId>,
        limit: u32,
    ) -> Result<Vec<AlbumEntry>> {
        match self.shown(artist).await? {
            Some(shown) => Ok(self.shelf.albums_page(shown, after, limit).await?),
            None => Ok(Vec::new()),
        }
    }

    /// Recordings by artist, title and identity: at most `limit` behind `after`.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog).
    pub async fn recordings(
        &self,
        artist: Option<&ArtistName>,
        after: Option<RecordingId>,
        limit: u32,
    ) -> Result<Vec<RecordingEntry>> {
        match self.shown(artist).await? {
            Some(shown) => Ok(self.shelf.recordings_page(shown, after, limit).await?),
            None => Ok(Vec::new()),
        }
    }

    /// An album of an artist, and all that is on it, in its order.
    ///
    /// # Errors
    /// [`NoAlbumTitled`](Error::NoAlbumTitled), [`Catalog`](Error::Catalog).
    pub async fn album(&self, artist: &ArtistName, title: &AlbumTitle) -> Result<AlbumSheet> {
        let missing =
            || Error::NoAlbumTitled { artist: artist.clone(), title: Box::new(title.clone()) };
        let there = self.publish.album_titled(artist, title).await?.ok_or_else(missing)?;
        self.shelf.album_sheet(there.album.id, false).await?.ok_or_else(missing)
    }

    /// The recording with an identity.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog), with `NoRecording` when there is none.
    pub async fn recording_with(&self, id: RecordingId) -> Result<RecordingEntry> {
        let there = self.publish.recording(id).await?;
        Ok(there.ok_or(studio_repo::Error::NoRecording { id })?)
    }

    /// Playlists by their names, with how many recordings each has: at most `limit` of those
    /// after `after`.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog).
    pub async fn playlists(
        &self,
        after: Option<&PlaylistName>,
        limit: u32,
    ) -> Result<Vec<(PlaylistId, PlaylistName, u32)>> {
        Ok(self.playlists.playlists(after, limit).await?)
    }

    /// What of the shelf is shown; `None` when the artist is not known.
    async fn shown(&self, artist: Option<&ArtistName>) -> Result<Option<Shown>> {
        let Some(name) = artist else { return Ok(Some(Shown::default())) };
        let id = self.artist_named(name).await?;
        Ok(id.map(|id| Shown { artist: Some(id), published_only: false }))
    }

    async fn artist_named(&self, name: &ArtistName) -> Result<Option<ArtistId>> {
        // Nearly always the first one with the slug of the name has it.
        let by_slug = self.shelf.artist_by_slug(&Slug::from_name(name.as_str())).await?;
        if let Some(artist) = by_slug.filter(|artist| artist.name.key() == name.key()) {
            return Ok(Some(artist.id));
        }
        let mut after: Option<ArtistName> = None;
        loop {
            let page = self.catalog.artists(after.as_ref(), PAGE).await?;
            if let Some(artist) = page.iter().find(|artist| artist.name.key() == name.key()) {
                return Ok(Some(artist.id));
            }
            let full = page.len() == PAGE as usize;
            match page.last() {
                Some(last) if full && last.name.key() < name.key() => {
                    after = Some(last.name.clone());
                }
                _ => return Ok(None),
            }
        }
    }
}
