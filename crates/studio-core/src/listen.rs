//! The sound and the pictures of what is released, ready to be sent.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::{FutureExt as _, TryStreamExt as _};
use studio_blob::{BlobStore, Error as StoreError};
use studio_domain::{AlbumId, AssetKey, ObjectKey, Picture, Sketch, StoreUrl};
use studio_repo::{AlbumSheet, RecordingEntry};

use crate::playback::{Facts, Playable, Playback};
use crate::rendition::{CoverSize, Original, Ranges, Rendered, Rendition, Renditions, Sleeve};
use crate::{Error, Job, Result};

/// Plays recordings and shows covers. Cheap to clone; clones share what is being made.
#[derive(Clone)]
pub struct Listening {
    playback: Playback,
    renditions: Renditions,
    store: Arc<dyn BlobStore>,
}

impl std::fmt::Debug for Listening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listening").field("playback", &self.playback).finish_non_exhaustive()
    }
}

impl Listening {
    /// What lies in the studio's own store, and in the libraries that `playback` knows. Where
    /// `playback` has no reader of the store, the store's own methods are used.
    pub fn new(store: Arc<dyn BlobStore>, playback: Playback, renditions: Renditions) -> Self {
        if playback.reader(store.url()).is_err() {
            playback.add_store(Arc::clone(&store));
        }
        Self { playback, renditions, store }
    }

    /// The bytes of a recording as they lie somewhere.
    ///
    /// # Errors
    /// [`Store`](Error::Store) with `NoSuchStore` when nothing is known of that place.
    pub fn sound(&self, entry: &RecordingEntry) -> Result<Playable> {
        let sound = &entry.recording.sound;
        let name = file_name(entry, ending(&sound.content_type, sound.place.key()));
        self.playback.sound(sound, name)
    }

    /// A rendition of a recording, made if it is not there.
    ///
    /// # Errors
    /// Those of [`Renditions::get`] and [`sound`](Self::sound).
    pub async fn rendition(
        &self,
        entry: &RecordingEntry,
        rendition: Rendition,
    ) -> Result<Playable> {
        let rendered = self.renditions.get(&self.original(entry)?, rendition).await?;
        let ending = match rendition {
            Rendition::Flac => "flac",
            Rendition::Opus => "opus",
        };
        self.rendered(rendered, file_name(entry, ending))
    }

    /// The cover of a recording: its own, or that of its album. `None` when it has none that
    /// can be had.
    ///
    /// # Errors
    /// Those of [`Renditions::cover`].
    pub async fn cover(&self, entry: &RecordingEntry, size: CoverSize) -> Result<Option<Playable>> {
        let Some(artwork) = &entry.recording.artwork else { return Ok(None) };
        self.picture(&artwork.picture, size).await
    }

    /// The cover of an album.
    ///
    /// # Errors
    /// Those of [`Renditions::cover`].
    pub async fn album_cover(
        &self,
        sheet: &AlbumSheet,
        size: CoverSize,
    ) -> Result<Option<(AlbumId, Playable)>> {
        let Some(artwork) = &sheet.entry.album.artwork else { return Ok(None) };
        let found = self.picture(&artwork.picture, size).await?;
        Ok(found.map(|playable| (sheet.entry.album.id, playable)))
    }

    /// How a recording looks and how loud it is, measured of all its bytes. Takes as long as
    /// decoding does, and leaves the processor to others.
    ///
    /// # Errors
    /// Those of [`sound`](Self::sound) and of the store. What cannot be decoded is no error: its
    /// sketch is empty.
    pub async fn sketch(&self, entry: &RecordingEntry, job: &Job) -> Result<Sketch> {
        self.renditions.sketch(&self.original(entry)?, job).await
    }

    async fn picture(&self, picture: &Picture, size: CoverSize) -> Result<Option<Playable>> {
        let sleeve = match picture {
            Picture::Own(digest) => {
                let info = self.store.head(&ObjectKey::of_object(digest)).await?;
                Sleeve::Picture(Original::own(&self.store, *digest, info.size))
            }
            Picture::Found { store, key, etag } => match self.found(store, key, etag).await? {
                Some(original) => Sleeve::Picture(original),
                None => return Ok(None),
            },
            Picture::Embedded { store, key, etag } => match self.found(store, key, etag).await? {
                Some(original) => Sleeve::Sound(original),
                None => return Ok(None),
            },
        };
        match self.renditions.cover(&sleeve, size).await? {
            Some(rendered) => self.rendered(rendered, "cover.jpg".to_owned()).map(Some),
            None => Ok(None),
        }
    }

    /// An object of a library in the state that it was found in; `None` when it is gone or
    /// another one by now. The next scan notices that.
    async fn found(
        &self,
        store: &StoreUrl,
        key: &AssetKey,
        etag: &str,
    ) -> Result<Option<Original>> {
        let wanted = match self.playback.reader(store)?.look(key).await {
            Ok(wanted) if wanted.etag.as_deref() == Some(etag) => wanted,
            Ok(_) | Err(StoreError::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let size = wanted.size;
        let facts = Facts {
            size,
            etag: etag.to_owned(),
            state: wanted.etag,
            modified: None,
            content_type: String::new(),
            file_name: String::new(),
        };
        let playable = self.playback.playable(store, key.clone(), facts)?;
        let bytes = Ranges::new(size, move |range| fetch(playable.clone(), range).boxed());
        Ok(Some(Original::of_found(store, key.as_str(), etag, Arc::new(bytes))))
    }

    /// What renditions of a recording are made of.
    fn original(&self, entry: &RecordingEntry) -> Result<Original> {
        let playable = self.sound(entry)?;
        let size = playable.facts().size;
        let bytes = Ranges::new(size, move |range| fetch(playable.clone(), range).boxed());
        Ok(Original::of_place(&entry.recording.sound.place, Arc::new(bytes)))
    }

    fn rendered(&self, rendered: Rendered, file_name: String) -> Result<Playable> {
        let key = rendered.key.as_str();
        let facts = Facts {
            size: rendered.size,
            // Its key tells the source, the kind and the recipe.
            etag: key.to_owned(),
            state: None,
            modified: None,
            content_type: rendered.content_type.to_owned(),
            file_name,
        };
        let key = key.parse().map_err(|e| Error::Internal(Box::new(e)))?;
        self.playback.playable(self.store.url(), key, facts)
    }
}

/// A range of something, all of it.
async fn fetch(playable: Playable, range: Range<u64>) -> io::Result<Bytes> {
    let playing = playable.open([range]).await.map_err(told)?;
    let read = playing.try_fold(Vec::new(), |mut read, chunk| async move {
        read.extend_from_slice(&chunk);
        Ok(read)
    });
    read.await.map(Bytes::from).map_err(told)
}

fn told(error: Error) -> io::Error {
    match error {
        Error::Store(error) => io::Error::other(error),
        error => io::Error::other(error),
    }
}

fn file_name(entry: &RecordingEntry, ending: &str) -> String {
    format!("{} - {}.{ending}", entry.artist.name, entry.recording.title)
}

/// How the name of a file of this media type ends; otherwise as its key does.
fn ending<'a>(content_type: &str, key: &'a str) -> &'a str {
    match content_type {
        "audio/wav" | "audio/x-wav" | "audio/vnd.wave" => "wav",
        "audio/flac" | "audio/x-flac" => "flac",
        "audio/mpeg" => "mp3",
        "audio/ogg" => "ogg",
        "audio/aiff" | "audio/x-aiff" => "aiff",
        "audio/mp4" => "m4a",
        _ => {
            let last = key.rsplit('/').next().unwrap_or_default();
            let ending = last.rsplit_once('.').map(|(_, ending)| ending);
            ending.filter(|ending| ending.len() <= 5).unwrap_or("bin")
        }
    }
}
