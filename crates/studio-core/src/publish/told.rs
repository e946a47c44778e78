//! Playlists that are changed by others than this facade, and told to the store all the same.

use std::sync::Arc;

use async_trait::async_trait;
use studio_domain::{Playlist, PlaylistId, PlaylistName};
use studio_repo::{Error as RepoError, PlaylistRepo, RecordingEntry, Result};

use super::manifest;
use crate::Studio;

/// The playlists of a catalogue, whose manifests are written before each change.
struct ToldPlaylists(Studio);

impl Studio {
    /// The playlists of this studio, for those who work on the catalogue itself: each change is
    /// written to the store first, as [`create_playlist`](Self::create_playlist) does.
    pub fn told_playlists(&self) -> Arc<dyn PlaylistRepo> {
        Arc::new(ToldPlaylists(self.clone()))
    }

    /// Writes the manifest of a playlist, then takes it into the catalogue. What the catalogue
    /// refuses is taken back.
    pub(super) async fn put_playlist(&self, playlist: &Playlist) -> crate::Result<()> {
        let before = self.playlists.playlist(playlist.id).await?;
        self.expect_store_to_send_to().await?;
        manifest::write(&*self.store, playlist).await?;
        let put = self.playlists.put_playlist(playlist).await;
        if let Err(RepoError::PlaylistExists { .. } | RepoError::NoRecording { .. }) = &put {
            let taken_back = match &before {
                Some(before) => manifest::write(&*self.store, before).await,
                None => {
                    let at = self.time_after(Some(playlist.updated_at));
                    manifest::write_removed(&*self.store, playlist, at).await
                }
            };
            if let Err(error) = taken_back {
                tracing::warn!(%error, "the manifest of a playlist that was refused may be left");
            }
        }
        Ok(put?)
    }
}

/// What the store said, in the words of the catalogue.
fn not_told(error: crate::Error) -> RepoError {
    match error {
        crate::Error::Catalog(error) => error,
        error => {
            RepoError::Backend { action: "write the playlist's manifest", source: Box::new(error) }
        }
    }
}

#[async_trait]
impl PlaylistRepo for ToldPlaylists {
    async fn put_playlist(&self, playlist: &Playlist) -> Result<()> {
        self.0.put_playlist(playlist).await.map_err(not_told)
    }

    async fn playlist(&self, id: PlaylistId) -> Result<Option<Playlist>> {
        self.0.playlists.playlist(id).await
    }

    async fn playlist_named(&self, name: &PlaylistName) -> Result<Option<Playlist>> {
        self.0.playlists.playlist_named(name).await
    }

    async fn playlists(
        &self,
        after: Option<&PlaylistName>,
        limit: u32,
    ) -> Result<Vec<(PlaylistId, PlaylistName, u32)>> {
        self.0.playlists.playlists(after, limit).await
    }

    async fn playlist_recordings(
        &self,
        id: PlaylistId,
        from: u32,
        limit: u32,
        published_only: bool,
    ) -> Result<Vec<(u32, RecordingEntry)>> {
        self.0.playlists.playlist_recordings(id, from, limit, published_only).await
    }

    async fn remove_playlist(&self, id: PlaylistId) -> Result<()> {
        let Self(studio) = self;
        if let Some(playlist) = studio.playlists.playlist(id).await? {
            let at = studio.time_after(Some(playlist.updated_at));
            studio.expect_store_to_send_to().await.map_err(not_told)?;
            manifest::write_removed(&*studio.store, &playlist, at).await.map_err(not_told)?;
        }
        studio.playlists.remove_playlist(id).await
    }
}
