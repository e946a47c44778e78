//! Playlists.

use studio_domain::{ObjectKey, Playlist, PlaylistId, PlaylistName, RecordingId};
use studio_repo::{Error as CatalogError, RecordingEntry};

use super::manifest::{self, time_of};
use crate::{Error, Result, Studio, identity};

/// How many recordings are looked up at once.
const PAGE: u32 = 500;
/// How many playlists can have had one name, one after the other.
const MOST_NAMESAKES: u32 = 1000;

/// What became of a playlist, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaylistChange {
    /// The playlist as it is, or would be.
    pub playlist: Playlist,
    /// Whether anything of it is otherwise than before.
    pub changed: bool,
}

/// A playlist, and what is on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaylistSheet {
    /// The playlist.
    pub playlist: Playlist,
    /// Its recordings, each with its place (from 0), in its order.
    pub recordings: Vec<(u32, RecordingEntry)>,
}

impl Studio {
    /// Makes an empty playlist; one of that name that is there is left as it is. With
    /// `dry_run` nothing is done.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog); [`StoreEmpty`](Error::StoreEmpty); what the store says.
    pub async fn create_playlist(
        &self,
        name: &PlaylistName,
        dry_run: bool,
    ) -> Result<PlaylistChange> {
        if let Some(playlist) = self.playlists.playlist_named(name).await? {
            return Ok(PlaylistChange { playlist, changed: false });
        }
        let playlist = self.new_playlist(name).await?;
        if !dry_run {
            self.put_playlist(&playlist).await?;
        }
        Ok(PlaylistChange { playlist, changed: true })
    }

    /// A playlist with an identity that is free; as with albums, one of which only the store
    /// knows is the same.
    async fn new_playlist(&self, name: &PlaylistName) -> Result<Playlist> {
        let mut playlist = Playlist {
            id: PlaylistId::from_uuid(uuid::Uuid::nil()),
            name: name.clone(),
            recordings: Vec::new(),
            updated_at: self.now(),
        };
        for namesake in 0..MOST_NAMESAKES {
            let parts = ["studio playlist", name.key(), &namesake.to_string()];
            playlist.id = PlaylistId::from_uuid(identity::made_of(&parts));
            if self.playlists.playlist(playlist.id).await?.is_some() {
                continue;
            }
            let key = ObjectKey::of_playlist(playlist.id);
            let Some(told) = manifest::find::<Playlist>(&*self.store, &key).await? else {
                return Ok(playlist);
            };
            playlist.updated_at = self.time_after(Some(time_of(&told)));
            if told.removed_at.is_some() || told.value.name.key() == name.key() {
                return Ok(playlist);
            }
        }
        Err(CatalogError::PlaylistExists { name: name.clone() }.into())
    }

    /// Puts recordings onto a playlist: before the place `at` (from 1), or behind the last.
    /// With `dry_run` nothing is done.
    ///
    /// # Errors
    /// [`NoPlaylist`](Error::NoPlaylist), [`NoPlace`](Error::NoPlace);
    /// [`Catalog`](Error::Catalog) with `NoRecording`; what the store says.
    pub async fn add_to_playlist(
        &self,
        name: &PlaylistName,
        recordings: &[RecordingId],
        at: Option<u32>,
        dry_run: bool,
    ) -> Result<PlaylistChange> {
        let before = self.playlist_named(name).await?;
        for &id in recordings {
            self.recording_with(id).await?;
        }
        let mut playlist = before.clone();
        let last = playlist.recordings.len();
        let index = match at {
            None => last,
            Some(place) => match usize::try_from(place).ok().and_then(|at| at.checked_sub(1)) {
                Some(index) if index <= last => index,
                _ => return Err(Error::NoPlace { name: before.name, place }),
            },
        };
        playlist.recordings.splice(index..index, recordings.iter().copied());
        self.put_changed(before, playlist, dry_run).await
    }

    /// Takes what is at a place (from 1) from a playlist. With `dry_run` nothing is done.
    ///
    /// # Errors
    /// [`NoPlaylist`](Error::NoPlaylist), [`NoPlace`](Error::NoPlace); what catalogue and
    /// store say.
    pub async fn take_from_playlist(
        &self,
        name: &PlaylistName,
        place: u32,
        dry_run: bool,
    ) -> Result<PlaylistChange> {
        let before = self.playlist_named(name).await?;
        let index = usize::try_from(place).ok().and_then(|place| place.checked_sub(1));
        let Some(index) = index.filter(|&index| index < before.recordings.len()) else {
            return Err(Error::NoPlace { name: before.name, place });
        };
        let mut playlist = before.clone();
        playlist.recordings.remove(index);
        self.put_changed(before, playlist, dry_run).await
    }

    /// Gives a playlist another name. With `dry_run` nothing is done.
    ///
    /// # Errors
    /// [`NoPlaylist`](Error::NoPlaylist); [`Catalog`](Error::Catalog), with `PlaylistExists`
    /// when another one has that name; what the store says.
    pub async fn rename_playlist(
        &self,
        name: &PlaylistName,
        to: &PlaylistName,
        dry_run: bool,
    ) -> Result<PlaylistChange> {
        let before = self.playlist_named(name).await?;
        if let Some(other) = self.playlists.playlist_named(to).await?
            && other.id != before.id
        {
            return Err(CatalogError::PlaylistExists { name: other.name }.into());
        }
        let playlist = Playlist { name: to.clone(), ..before.clone() };
        self.put_changed(before, playlist, dry_run).await
    }

    /// Takes a playlist out; the recordings on it stay. With `dry_run` nothing is done.
    ///
    /// # Errors
    /// [`NoPlaylist`](Error::NoPlaylist); what catalogue and store say.
    pub async fn remove_playlist(
        &self,
        name: &PlaylistName,
        dry_run: bool,
    ) -> Result<PlaylistChange> {
        let playlist = self.playlist_named(name).await?;
        if !dry_run {
            let at = self.time_after(Some(playlist.updated_at));
            self.expect_store_to_send_to().await?;
            manifest::write_removed(&*self.store, &playlist, at).await?;
            self.playlists.remove_playlist(playlist.id).await?;
        }
        Ok(PlaylistChange { playlist, changed: true })
    }

    /// A playlist, and all that is on it.
    ///
    /// # Errors
    /// [`NoPlaylist`](Error::NoPlaylist), [`Catalog`](Error::Catalog).
    pub async fn playlist(&self, name: &PlaylistName) -> Result<PlaylistSheet> {
        let playlist = self.playlist_named(name).await?;
        let mut recordings: Vec<(u32, RecordingEntry)> = Vec::new();
        loop {
            let from = recordings.last().map_or(0, |(place, _)| place.saturating_add(1));
            let page = self.playlists.playlist_recordings(playlist.id, from, PAGE, false).await?;
            let full = page.len() == PAGE as usize;
            recordings.extend(page);
            if !full {
                return Ok(PlaylistSheet { playlist, recordings });
            }
        }
    }

    async fn playlist_named(&self, name: &PlaylistName) -> Result<Playlist> {
        let there = self.playlists.playlist_named(name).await?;
        there.ok_or_else(|| Error::NoPlaylist { name: name.clone() })
    }

    async fn put_changed(
        &self,
        before: Playlist,
        mut playlist: Playlist,
        dry_run: bool,
    ) -> Result<PlaylistChange> {
        let changed = playlist != before;
        if changed {
            playlist.updated_at = self.time_after(Some(before.updated_at));
        }
        if changed && !dry_run {
            self.put_playlist(&playlist).await?;
        }
        Ok(PlaylistChange { playlist, changed })
    }
}
