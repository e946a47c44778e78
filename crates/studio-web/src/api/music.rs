//! The music of a service, as somebody sees it.

use std::sync::Arc;
use std::time::Duration;

use axum::http::StatusCode;
use studio_core::discogs::Discogs;
use studio_core::repo::{AlbumSheet, RecordingEntry, Shown};
use studio_core::{ArtistRef, Listening, Shelf, Studio};
use studio_domain::{AlbumId, Artist, ArtistName, RecordingId, Release, ReleaseId, Slug};

use super::Recent;
use crate::entry::Viewer;
use crate::failure::Failure;

/// The music of a service.
#[derive(Debug, Clone)]
pub struct Music {
    pub(crate) shelf: Shelf,
    studio: Studio,
    published_only: bool,
    pub(crate) listening: Option<Listening>,
    pub(crate) redirect: Option<Duration>,
    pub(super) discogs: Option<Discogs>,
    recent: Recent,
    /// Who looks; nobody in particular before a request is read.
    viewer: Option<Viewer>,
}

impl Music {
    /// What is released and what is worked on.
    pub fn new(shelf: Shelf, studio: Studio) -> Self {
        Self {
            shelf,
            studio,
            published_only: false,
            listening: None,
            redirect: None,
            discogs: None,
            recent: Recent::new(),
            viewer: None,
        }
    }

    /// Its sound and its pictures are sent, too.
    pub fn with_listening(self, listening: Listening) -> Self {
        Self { listening: Some(listening), ..self }
    }

    /// What its sound and its pictures are sent by.
    pub fn listening(&self) -> Option<&Listening> {
        self.listening.as_ref()
    }

    /// Who wants sound is sent to the store itself from now on, where that has links, by one
    /// that holds so long.
    pub fn redirecting(self, holds: Duration) -> Self {
        Self { redirect: Some(holds), ..self }
    }

    /// What Discogs says is told, too.
    pub fn with_discogs(self, discogs: Discogs) -> Self {
        Self { discogs: Some(discogs), ..self }
    }

    /// Whoever looks: only what is published is shown, of what is worked on nothing, and
    /// nothing can be changed.
    pub fn published_only(self) -> Self {
        Self { published_only: true, ..self }
    }

    /// As somebody sees it.
    pub(crate) fn seen_by(&self, viewer: Viewer) -> Self {
        Self { viewer: Some(viewer), ..self.clone() }
    }

    /// Whether all of it is in sight.
    fn is_all(&self) -> bool {
        !self.published_only && self.viewer.as_ref().is_some_and(Viewer::is_studio)
    }

    /// Whether what an artist makes is in sight though it is not published.
    fn owns(&self, artist: &ArtistName) -> bool {
        !self.published_only && self.viewer.as_ref().is_some_and(|viewer| viewer.owns(artist))
    }

    /// Whether something by an artist is in sight.
    pub(crate) fn sees(&self, artist: &ArtistName, is_published: bool) -> bool {
        is_published || self.owns(artist)
    }

    /// Whether a listing of everything has only what is published.
    pub(crate) fn lists_published(&self) -> bool {
        !self.is_all()
    }

    /// What of the shelf is listed: of all artists, or of one.
    pub(super) fn shown(&self, artist: Option<&Artist>) -> Shown {
        let published_only = match artist {
            Some(artist) => !self.owns(&artist.name),
            None => self.lists_published(),
        };
        Shown { artist: artist.map(|artist| artist.id), published_only }
    }

    /// An artist, if there is something of theirs in sight.
    pub(super) async fn artist(&self, artist: &ArtistRef) -> Result<Option<Artist>, Failure> {
        if !self.is_all() && !self.has_nothing_own() {
            let found = self.shelf.artist(artist, false).await?;
            if found.as_ref().is_some_and(|artist| self.owns(&artist.name)) {
                return Ok(found);
            }
        }
        Ok(self.shelf.artist(artist, self.lists_published()).await?)
    }

    /// A recording, if it is in sight.
    pub(crate) async fn recording(
        &self,
        id: RecordingId,
    ) -> Result<Option<RecordingEntry>, Failure> {
        let found = self.shelf.recording(id, false).await?;
        Ok(found.filter(|entry| self.has(entry)))
    }

    /// The same for one who plays it and asks again for each range: as it was within the last
    /// second.
    pub(crate) async fn played(
        &self,
        id: RecordingId,
    ) -> Result<Option<Arc<RecordingEntry>>, Failure> {
        let ask = || self.shelf.recording(id, false);
        let found = self.recent.recording(id, ask).await?;
        Ok(found.filter(|entry| self.has(entry)))
    }

    fn has(&self, entry: &RecordingEntry) -> bool {
        self.sees(&entry.artist.name, entry.recording.published)
    }

    /// An album with what is on it, as far as it is in sight.
    pub(crate) async fn album(&self, id: AlbumId) -> Result<Option<AlbumSheet>, Failure> {
        let found = self.shelf.album(id, self.has_nothing_own()).await?;
        Ok(found.and_then(|sheet| self.seen(sheet)))
    }

    /// The album at an address, as far as it is in sight.
    pub(crate) async fn album_at(
        &self,
        artist: &Slug,
        album: &Slug,
    ) -> Result<Option<AlbumSheet>, Failure> {
        let found = self.shelf.album_at(artist, album, self.has_nothing_own()).await?;
        Ok(found.and_then(|sheet| self.seen(sheet)))
    }

    /// Whether nothing unpublished can be in sight at all.
    fn has_nothing_own(&self) -> bool {
        let account = self.viewer.as_ref().and_then(|viewer| viewer.account.as_ref());
        !self.is_all() && account.is_none_or(|account| account.artists.is_empty())
    }

    fn seen(&self, mut sheet: AlbumSheet) -> Option<AlbumSheet> {
        if !self.sees(&sheet.entry.artist.name, sheet.entry.album.published) {
            return None;
        }
        sheet.recordings.retain(|entry| self.has(entry));
        Some(sheet)
    }

    /// All of what is worked on, which only the studio sees.
    pub(super) fn studio(&self) -> Result<&Studio, Failure> {
        match self.is_all() {
            true => Ok(&self.studio),
            false => Err(Failure::of(StatusCode::NOT_FOUND)),
        }
    }

    /// What is worked on with an artist, for the studio and for those whose artist it is; for
    /// others it is not there.
    pub(super) fn work_of(
        &self,
        artist: &ArtistName,
        missing: fn() -> Failure,
    ) -> Result<&Studio, Failure> {
        match self.owns(artist) {
            true => Ok(&self.studio),
            false => Err(missing()),
        }
    }

    /// A release, if it is in sight.
    pub(super) async fn release(&self, id: ReleaseId) -> Result<Option<Release>, Failure> {
        let found = self.studio.release_with(id).await?;
        Ok(found.filter(|release| self.owns(&release.song.artist)))
    }

    /// The shelf, for a change that only the studio makes.
    pub(super) fn writable(&self) -> Result<&Shelf, Failure> {
        match self.is_all() {
            true => Ok(&self.shelf),
            false => Err(Failure::new(
                StatusCode::FORBIDDEN,
                "read-only",
                "only the studio changes what is here",
            )),
        }
    }
}
