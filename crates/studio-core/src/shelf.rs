//! What is released and what is worked on, for those who look and listen: pages, searches,
//! playlists.

use std::fmt;
use std::sync::Arc;

use studio_domain::{
    AlbumId, Artist, ArtistId, Playlist, PlaylistId, PlaylistName, RecordingId, Slug, SongId,
    SongPath, Timestamp, TrackId, Version, VersionId,
};
use studio_repo::{
    AlbumEntry, AlbumSheet, Error as RepoError, Hits, PlaylistRepo, PublishRepo, RecordingEntry,
    ShelfRepo, Shown, SiteRepo, SongEntry, TrackEntry, WorkRepo,
};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::Result;
use crate::studio::{Clock, system_time};

/// What of a catalogue people look at. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Shelf {
    shelf: Arc<dyn ShelfRepo>,
    publish: Arc<dyn PublishRepo>,
    playlists: Arc<dyn PlaylistRepo>,
    work: Arc<dyn WorkRepo>,
    site: Arc<dyn SiteRepo>,
    /// Held by who compares a playlist with what it should be, and then changes it.
    changing: Arc<Mutex<()>>,
    clock: Clock,
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf").finish_non_exhaustive()
    }
}

/// How somebody names an artist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArtistRef {
    /// By identity.
    Id(ArtistId),
    /// By slug.
    Slug(Slug),
}

/// A part of a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part<T> {
    /// The items.
    pub items: Vec<T>,
    /// Whether others come after them.
    pub more: bool,
}

impl<T> Part<T> {
    /// Of one item more than were wanted, if there is one.
    pub(crate) fn of(mut items: Vec<T>, limit: u32) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        Self { items, more }
    }
}

/// A change of a playlist that was not made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PlaylistRefusal {
    /// There is no such playlist.
    #[error("there is no such playlist")]
    Missing,
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] crate::Error),
}

impl From<RepoError> for PlaylistRefusal {
    fn from(error: RepoError) -> Self {
        Self::Failed(error.into())
    }
}

/// The number of a state of a playlist: that of the time when it changed.
pub fn playlist_revision(playlist: &Playlist) -> u64 {
    u64::try_from(playlist.updated_at.as_micros()).unwrap_or_default()
}

impl Shelf {
    /// The shelf of a catalogue.
    pub fn new<R>(catalog: Arc<R>) -> Self
    where
        R: ShelfRepo + PublishRepo + PlaylistRepo + WorkRepo + SiteRepo + 'static,
    {
        let (shelf, publish, playlists) = (catalog.clone(), catalog.clone(), catalog.clone());
        Self::from_parts(shelf, publish, playlists, catalog.clone(), catalog)
    }

    /// The shelf of a catalogue in parts.
    pub fn from_parts(
        shelf: Arc<dyn ShelfRepo>,
        publish: Arc<dyn PublishRepo>,
        playlists: Arc<dyn PlaylistRepo>,
        work: Arc<dyn WorkRepo>,
        site: Arc<dyn SiteRepo>,
    ) -> Self {
        let (changing, clock) = (Arc::default(), Arc::new(system_time));
        Self { shelf, publish, playlists, work, site, changing, clock }
    }

    /// What the pages of the site show: only what is published.
    pub fn site(&self) -> &dyn SiteRepo {
        &*self.site
    }

    /// Goes by another clock from now on.
    pub fn with_clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Artists by their names.
    ///
    /// # Errors
    /// Those of the catalogue, as with all methods of the shelf: `UnknownShelfCursor` when
    /// there is nothing to begin after.
    pub async fn artists(
        &self,
        published_only: bool,
        after: Option<ArtistId>,
        limit: u32,
    ) -> Result<Part<Artist>> {
        let found = self.shelf.artists_page(published_only, after, limit.saturating_add(1)).await?;
        Ok(Part::of(found, limit))
    }

    /// An artist; with `published_only` only one who has something published.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn artist(&self, artist: &ArtistRef, published_only: bool) -> Result<Option<Artist>> {
        let found = match artist {
            ArtistRef::Id(id) => self.shelf.artist(*id).await?,
            ArtistRef::Slug(slug) => self.shelf.artist_by_slug(slug).await?,
        };
        let artist = match found {
            Some(artist) if published_only => artist,
            found => return Ok(found),
        };
        let shown = Shown { artist: Some(artist.id), published_only };
        let is_shown = !self.shelf.recordings_page(shown, None, 1).await?.is_empty()
            || !self.shelf.albums_page(shown, None, 1).await?.is_empty();
        Ok(is_shown.then_some(artist))
    }

    /// Albums by artist and title.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn albums(
        &self,
        shown: Shown,
        after: Option<AlbumId>,
        limit: u32,
    ) -> Result<Part<AlbumEntry>> {
        let found = self.shelf.albums_page(shown, after, limit.saturating_add(1)).await?;
        Ok(Part::of(found, limit))
    }

    /// An album, and what is on it.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn album(&self, id: AlbumId, published_only: bool) -> Result<Option<AlbumSheet>> {
        Ok(self.shelf.album_sheet(id, published_only).await?)
    }

    /// The album at an address, and what is on it.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn album_at(
        &self,
        artist: &Slug,
        album: &Slug,
        published_only: bool,
    ) -> Result<Option<AlbumSheet>> {
        Ok(self.shelf.album_sheet_by_slug(artist, album, published_only).await?)
    }

    /// Recordings by artist, title and identity.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn recordings(
        &self,
        shown: Shown,
        after: Option<RecordingId>,
        limit: u32,
    ) -> Result<Part<RecordingEntry>> {
        let found = self.shelf.recordings_page(shown, after, limit.saturating_add(1)).await?;
        Ok(Part::of(found, limit))
    }

    /// A recording.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn recording(
        &self,
        id: RecordingId,
        published_only: bool,
    ) -> Result<Option<RecordingEntry>> {
        let found = self.publish.recording(id).await?;
        Ok(found.filter(|entry| entry.recording.published || !published_only))
    }

    /// What has words that begin with the words of `text`, the best first, from a place on.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn search(
        &self,
        text: &str,
        published_only: bool,
        from: u32,
        limit: u32,
    ) -> Result<Hits> {
        Ok(self.shelf.search(text, published_only, from, limit).await?)
    }

    /// A song.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn song(&self, id: SongId) -> Result<Option<SongEntry>> {
        Ok(self.work.find_song(id).await?)
    }

    /// The song at an address.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn song_at(&self, artist: &Slug, song: &Slug) -> Result<Option<SongEntry>> {
        Ok(self.work.find_song_by_slug(artist, song).await?)
    }

    /// A track.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn track(&self, id: TrackId) -> Result<Option<TrackEntry>> {
        Ok(self.work.find_track(id).await?)
    }

    /// A version.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn version(&self, id: VersionId) -> Result<Option<Version>> {
        Ok(self.work.find_version(id).await?)
    }

    /// Playlists by their names, with how many recordings each has.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn playlists(
        &self,
        after: Option<&PlaylistName>,
        limit: u32,
    ) -> Result<Part<(PlaylistId, PlaylistName, u32)>> {
        let found = self.playlists.playlists(after, limit.saturating_add(1)).await?;
        Ok(Part::of(found, limit))
    }

    /// A playlist.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn playlist(&self, id: PlaylistId) -> Result<Option<Playlist>> {
        Ok(self.playlists.playlist(id).await?)
    }

    /// The recordings of a playlist from a place on, each with its place.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn playlist_recordings(
        &self,
        id: PlaylistId,
        from: u32,
        limit: u32,
        published_only: bool,
    ) -> Result<Part<(u32, RecordingEntry)>> {
        let wanted = limit.saturating_add(1);
        let found = self.playlists.playlist_recordings(id, from, wanted, published_only).await?;
        Ok(Part::of(found, limit))
    }

    /// Makes a playlist.
    ///
    /// # Errors
    /// Those of the catalogue: `PlaylistExists`, `NoRecording`.
    pub async fn create_playlist(
        &self,
        name: PlaylistName,
        recordings: Vec<RecordingId>,
    ) -> Result<Playlist> {
        let id = PlaylistId::from_uuid(Uuid::now_v7());
        let playlist = Playlist { id, name, recordings, updated_at: (self.clock)() };
        self.playlists.put_playlist(&playlist).await?;
        Ok(playlist)
    }

    /// Puts other contents into a playlist that `may` be changed in the state that it has.
    ///
    /// # Errors
    /// [`PlaylistRefusal`]; what `may` says.
    pub async fn replace_playlist<E: From<PlaylistRefusal>>(
        &self,
        id: PlaylistId,
        may: impl FnOnce(&Playlist) -> Result<(), E> + Send,
        name: PlaylistName,
        recordings: Vec<RecordingId>,
    ) -> Result<Playlist, E> {
        let _held = self.changing.lock().await;
        let before = self.existing(id).await?;
        may(&before)?;
        if before.name == name && before.recordings == recordings {
            return Ok(before);
        }
        // Each state has a time of its own, whatever the clock says.
        let least = Timestamp::from_micros(before.updated_at.as_micros().saturating_add(1));
        let updated_at = (self.clock)().max(least);
        let playlist = Playlist { id, name, recordings, updated_at };
        self.playlists.put_playlist(&playlist).await.map_err(PlaylistRefusal::from)?;
        Ok(playlist)
    }

    /// Takes a playlist out that `may` be changed in the state that it has.
    ///
    /// # Errors
    /// [`PlaylistRefusal`]; what `may` says.
    pub async fn remove_playlist<E: From<PlaylistRefusal>>(
        &self,
        id: PlaylistId,
        may: impl FnOnce(&Playlist) -> Result<(), E> + Send,
    ) -> Result<(), E> {
        let _held = self.changing.lock().await;
        may(&self.existing(id).await?)?;
        self.playlists.remove_playlist(id).await.map_err(PlaylistRefusal::from)?;
        Ok(())
    }

    async fn existing(&self, id: PlaylistId) -> Result<Playlist, PlaylistRefusal> {
        self.playlists.playlist(id).await?.ok_or(PlaylistRefusal::Missing)
    }
}

/// What is worked on, in parts.
impl crate::Studio {
    /// Songs of an artist by title.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn songs(
        &self,
        artist: &studio_domain::ArtistName,
        after: Option<&studio_domain::SongTitle>,
        limit: u32,
    ) -> Result<Part<studio_domain::Song>> {
        let found = self.catalog.songs(artist, after, limit.saturating_add(1)).await?;
        Ok(Part::of(found, limit))
    }

    /// Tracks of a song by name.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn tracks(
        &self,
        song: &SongPath,
        after: Option<&studio_domain::TrackName>,
        limit: u32,
    ) -> Result<Part<studio_domain::Track>> {
        let SongPath { artist, song } = song;
        let found = self.catalog.tracks(artist, song, after, limit.saturating_add(1)).await?;
        Ok(Part::of(found, limit))
    }

    /// The pick of each track of a song that has one, by the names of the tracks.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn standing_picks(&self, song: &SongPath) -> Result<Vec<studio_domain::Pick>> {
        Ok(self.choices.picks(song).await?)
    }

    /// The identities of the releases of a song, or of all: by artist and song, oldest first.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn release_ids(
        &self,
        song: Option<&SongPath>,
    ) -> Result<Vec<studio_domain::ReleaseId>> {
        Ok(self.releases.releases(song).await?)
    }

    /// The release with an identity.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn release_with(
        &self,
        id: studio_domain::ReleaseId,
    ) -> Result<Option<studio_domain::Release>> {
        Ok(self.releases.release_by_id(id).await?)
    }
}
