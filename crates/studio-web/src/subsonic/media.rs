//! Sound and pictures for players.

use std::sync::Arc;

use axum::http::HeaderValue;
use axum::response::Response;
use studio_core::playback::Playable;
use studio_core::rendition::{CoverSize, Rendition};
use studio_core::repo::{AlbumOrder, RecordingEntry, Stretch};
use studio_core::{Error as CoreError, ErrorKind, Listening};
use studio_domain::{AlbumId, Subject};
use studio_subsonic::Error;

use super::Result;
use super::call::{Call, failed_of, refused};
use super::identity::{Named, parse, song_in};
use crate::stream::{StreamOptions, respond};

/// How large pictures are if nobody says.
const USUAL_PIXELS: u32 = 600;

/// Among how many albums of an artist a picture is looked for.
const LOOKED_AT: u32 = 20;

/// What Opus renditions have, in kbit/s: who wants less than the original has gets them.
const OPUS_RATE: u64 = 128;

/// Why something cannot be made.
fn unmade(error: CoreError) -> Error {
    match error.kind() {
        ErrorKind::Unavailable => {
            Error::Generic("what keeps the bytes cannot be reached now".to_owned())
        }
        ErrorKind::Failure | ErrorKind::Integrity | ErrorKind::NotFound => {
            Error::NotFound("what this is made of")
        }
        _ => super::failed(error),
    }
}

impl Call {
    fn listening(&self) -> Result<&Listening> {
        let none = || Error::Generic("this service plays nothing".to_owned());
        self.music.listening.as_ref().ok_or_else(none)
    }

    async fn played(&self) -> Result<Arc<RecordingEntry>> {
        let id = song_in(&self.parameters, "id")?;
        let found = self.music.played(id).await.map_err(super::failure)?;
        found.ok_or(Error::NotFound("song"))
    }

    /// What is made of a recording first, if anything is.
    fn rendition(&self, entry: &RecordingEntry) -> Result<Option<Rendition>> {
        let sound = &entry.recording.sound;
        let most: u64 = self.parameters.parsed("maxBitRate")?.unwrap_or(0);
        let micros = sound.format.as_ref().and_then(|format| format.duration_micros());
        let rate = micros.filter(|micros| *micros > 0).map(|micros| sound.size * 8000 / micros);
        let wanted = match self.parameters.text("format").unwrap_or_default() {
            "flac" if sound.content_type != "audio/flac" => Some(Rendition::Flac),
            "opus" | "ogg" => Some(Rendition::Opus),
            "raw" | "flac" => None,
            // For whom the original is too much.
            _ => (most > 0 && rate.is_some_and(|rate| rate > most.max(OPUS_RATE)))
                .then_some(Rendition::Opus),
        };
        // What this program cannot make is sent as it is.
        Ok(wanted.filter(|rendition| rendition.is_available()))
    }

    pub(super) async fn stream(&self) -> Result<Response> {
        let (listening, entry) = (self.listening()?, self.played().await?);
        let playable = match self.rendition(&entry)? {
            None => listening.sound(&entry).map_err(unmade)?,
            Some(rendition) => listening.rendition(&entry, rendition).await.map_err(unmade)?,
        };
        let options = StreamOptions { redirect: self.music.redirect, ..StreamOptions::default() };
        Ok(respond(&self.method, &self.headers, &playable, &options).await)
    }

    pub(super) async fn download(&self) -> Result<Response> {
        let (listening, entry) = (self.listening()?, self.played().await?);
        let playable = listening.sound(&entry).map_err(unmade)?;
        let redirect = self.music.redirect;
        let options = StreamOptions { download: true, redirect, ..StreamOptions::default() };
        Ok(respond(&self.method, &self.headers, &playable, &options).await)
    }

    pub(super) async fn cover_art(&self) -> Result<Response> {
        let listening = self.listening()?;
        let pixels = self.parameters.parsed("size")?.unwrap_or(USUAL_PIXELS);
        let size = CoverSize::at_least(pixels);
        let found = match parse(self.parameters.required("id")?) {
            Some(Named::Subject(Subject::Recording(id))) => {
                let found = self.listeners.recording(id, &self.sight).await.map_err(refused)?;
                self.cover_of(listening, &found, size).await?
            }
            Some(Named::Subject(Subject::Album(id))) => self.album_cover(id, size).await?,
            Some(Named::Subject(Subject::Artist(id))) => {
                let stretch = Stretch { offset: 0, limit: LOOKED_AT };
                let albums = self.listeners.albums(&AlbumOrder::Of(id), &self.sight, stretch).await;
                let albums = albums.map_err(refused)?;
                let with = albums.iter().find(|listed| listed.entry.album.artwork.is_some());
                match with {
                    Some(listed) => self.album_cover(listed.entry.album.id, size).await?,
                    None => None,
                }
            }
            Some(Named::Own(id)) => {
                let list = self.listeners.playlist(&self.account, id, &self.sight).await;
                match list.map_err(refused)?.recordings.first() {
                    Some(first) => self.cover_of(listening, first, size).await?,
                    None => None,
                }
            }
            Some(Named::Studio(id)) => {
                let only = self.music.lists_published();
                let part = self.music.shelf.playlist_recordings(id, 0, 1, only).await;
                match part.map_err(failed_of)?.items.first() {
                    Some((_, first)) => self.cover_of(listening, first, size).await?,
                    None => None,
                }
            }
            None => None,
        };
        let found = found.ok_or(Error::NotFound("picture"))?;
        let cache_control = HeaderValue::from_static("private, max-age=86400");
        let options = StreamOptions { cache_control, ..StreamOptions::default() };
        Ok(respond(&self.method, &self.headers, &found, &options).await)
    }

    /// The picture of a recording, or that of its album.
    async fn cover_of(
        &self,
        listening: &Listening,
        entry: &RecordingEntry,
        size: CoverSize,
    ) -> Result<Option<Playable>> {
        if let Some(found) = listening.cover(entry, size).await.map_err(unmade)? {
            return Ok(Some(found));
        }
        match &entry.album {
            Some(album) => self.album_cover(album.id, size).await,
            None => Ok(None),
        }
    }

    async fn album_cover(&self, id: AlbumId, size: CoverSize) -> Result<Option<Playable>> {
        let sheet = self.music.album(id).await.map_err(super::failure)?;
        let Some(sheet) = sheet else { return Ok(None) };
        let found = self.listening()?.album_cover(&sheet, size).await.map_err(unmade)?;
        Ok(found.map(|(_, playable)| playable))
    }
}
