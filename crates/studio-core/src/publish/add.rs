//! Recordings: taken in.

use std::path::PathBuf;

use studio_blob::Error as StoreError;
use studio_domain::{
    AlbumId, AlbumPlace, ArtistName, AssetKey, GenreName, Licence, ObjectKey, Origin, Recording,
    RecordingId, RecordingTitle, ReleaseDate, ReleaseName, SongPath, SoundPlace, Timestamp,
    VersionPath,
};
use studio_repo::Error as CatalogError;

use super::manifest::{self, time_of};
use super::recording::OfAlbum;
use super::sound::Resolved;
use crate::step::step;
use crate::{Error, Job, Result, Studio, identity};

/// How many recordings can have come from one source under one name, one after the other.
const MOST_NAMESAKES: u32 = 1000;

/// What a recording is to be made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoundSource {
    /// The mix of a release, made again as FLAC.
    Release {
        /// The song.
        song: SongPath,
        /// The release's name.
        name: ReleaseName,
    },
    /// A local file, as it is. Only sound.
    File(PathBuf),
    /// The bytes of a version, which are in the store already.
    Version(VersionPath),
    /// An object that is in the store already: one of the studio's own (`objects/…`), or one
    /// that others put there, which is then played where it lies.
    Object(AssetKey),
}

/// A recording to be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecording {
    /// Whose it is.
    pub artist: ArtistName,
    /// What it is called.
    pub title: RecordingTitle,
    /// What it is made of.
    pub source: SoundSource,
    /// The album that it comes onto; a single if `None`.
    pub album: Option<OfAlbum>,
    /// The disc; no discs if `None`.
    pub disc: Option<u16>,
    /// The number on the disc; the next one that is free if `None`.
    pub number: Option<u16>,
    /// When it came out, if that is known; its album's date if `None`.
    pub released: Option<ReleaseDate>,
    /// The kind of music that it is, if that is said.
    pub genre: Option<GenreName>,
    /// What others may do with it, if that is said; its album's licence if `None`.
    pub licence: Option<Licence>,
    /// Whether everybody may hear it.
    pub published: bool,
}

impl NewRecording {
    /// A single that nobody hears yet, of which nothing else is said.
    pub fn new(artist: ArtistName, title: RecordingTitle, source: SoundSource) -> Self {
        let (album, disc, number, released) = (None, None, None, None);
        let (genre, licence, published) = (None, None, false);
        Self { artist, title, source, album, disc, number, released, genre, licence, published }
    }
}

/// What became of a recording that was to be taken in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Added {
    /// The recording as it is, or would be; `None` where a dry run would have to make its
    /// bytes first.
    pub recording: Option<Recording>,
    /// Whether it is new.
    pub changed: bool,
    /// Bytes that were sent to the store.
    pub sent: u64,
}

/// The identity that a recording gets.
struct Place {
    id: RecordingId,
    /// It, if the catalogue has it.
    there: Option<Recording>,
    /// When the store was last told of it.
    last: Option<Timestamp>,
}

impl Studio {
    /// Takes a recording in: its bytes come into the store if they are not there, then its
    /// manifest, then the catalogue is told. Idempotent: the same again finishes what was cut
    /// off, puts back bytes that were lost, and otherwise leaves the recording as it is. With
    /// `dry_run` nothing is made and nothing is sent.
    ///
    /// # Errors
    /// [`NoAlbumTitled`](Error::NoAlbumTitled); of a release those of
    /// [`render_release`](Self::render_release); of a file those of
    /// [`upload`](Self::upload), and [`Sound`](Error::Sound) when it is none; of a version
    /// those of [`download`](Self::download); of an object [`NoObject`](Error::NoObject);
    /// what catalogue and store say; [`Cancelled`](Error::Cancelled).
    pub async fn add_recording(
        &self,
        wanted: &NewRecording,
        dry_run: bool,
        job: &Job,
    ) -> Result<Added> {
        let album = match &wanted.album {
            Some(album) => Some(self.album(&album.artist, &album.title).await?.entry.album),
            None => None,
        };
        let resolved = self.resolve(&wanted.source, job).await?;
        let place = self.place_of(wanted, album.as_ref().map(|album| album.id), &resolved).await?;
        if let Some(there) = &place.there
            && (dry_run || self.still_has_bytes(there).await?)
        {
            return Ok(Added { recording: place.there, changed: false, sent: 0 });
        }
        let position = match &album {
            None => None,
            Some(album) => {
                let same = place.there.as_ref().and_then(|there| there.album);
                let position = self.position(album.id, same, wanted.disc, wanted.number).await?;
                Some(AlbumPlace { album: album.id, position })
            }
        };
        let inherited = album.as_ref();
        let build = |sound, origin| Recording {
            id: place.id,
            artist: wanted.artist.clone(),
            title: wanted.title.clone(),
            album: position,
            released: wanted.released.or(inherited.and_then(|album| album.released)),
            genre: wanted.genre.clone(),
            licence: wanted.licence.or(inherited.and_then(|album| album.licence)),
            artwork: None,
            published: wanted.published,
            origin,
            sound,
            updated_at: self.time_after(place.last),
        };
        let origin = resolved.origin;
        if dry_run {
            let recording = resolved.sound(self).map(|sound| build(sound, origin));
            return Ok(Added { recording, changed: true, sent: 0 });
        }
        self.expect_store_to_send_to().await?;
        let secured = self.secure(resolved, (&wanted.artist, &wanted.title), job).await?;
        let put = match &place.there {
            // Only its bytes had been lost.
            Some(there) => Ok(there.clone()),
            None => self.put_new(build(secured.sound, origin)).await,
        };
        if let Some(claim) = secured.claim {
            self.give_up(claim).await;
        }
        let changed = place.there.is_none();
        Ok(Added { recording: Some(put?), changed, sent: secured.sent })
    }

    /// Manifest, then catalogue: so that what is in the catalogue can always be rebuilt.
    async fn put_new(&self, recording: Recording) -> Result<Recording> {
        manifest::write(&*self.store, &recording).await?;
        step!("manifest_written");
        let put = self.publish.put_recordings(std::slice::from_ref(&recording)).await;
        if let Err(CatalogError::NoAlbum { .. }) = &put {
            // The album was taken out meanwhile.
            let key = ObjectKey::of_recording(recording.id);
            if let Err(error) = self.store.delete(&key).await {
                tracing::warn!(%error, "the manifest of a recording that was refused may be left");
            }
        }
        put?;
        step!("committed");
        Ok(recording)
    }

    /// The identity of a recording: made of its names, its album and its source, so that the
    /// same command after a crash comes to the same one.
    async fn place_of(
        &self,
        wanted: &NewRecording,
        album: Option<AlbumId>,
        resolved: &Resolved,
    ) -> Result<Place> {
        let on = album.map_or_else(|| "single".to_owned(), |id| id.to_string());
        let same_names = |there: &Recording| {
            there.artist.key() == wanted.artist.key()
                && there.title.key() == wanted.title.key()
                && there.album.map(|place| place.album) == album
        };
        for namesake in 0..MOST_NAMESAKES {
            let id = RecordingId::from_uuid(identity::made_of(&[
                "studio recording",
                wanted.artist.key(),
                wanted.title.key(),
                &on,
                &resolved.identity,
                &namesake.to_string(),
            ]));
            if let Some(entry) = self.publish.recording(id).await? {
                if same_names(&entry.recording) {
                    return Ok(Place { id, there: Some(entry.recording), last: None });
                }
                // It has other names by now.
                continue;
            }
            let key = ObjectKey::of_recording(id);
            match manifest::find::<Recording>(&*self.store, &key).await? {
                None => return Ok(Place { id, there: None, last: None }),
                Some(told) if told.removed_at.is_some() || same_names(&told.value) => {
                    return Ok(Place { id, there: None, last: Some(time_of(&told)) });
                }
                Some(_) => {}
            }
        }
        let ids = Vec::new();
        let (artist, title) = (wanted.artist.clone(), Box::new(wanted.title.clone()));
        Err(Error::SeveralRecordings { artist, title, ids })
    }

    /// Whether the bytes of a recording are there, as far as the store tells.
    async fn still_has_bytes(&self, recording: &Recording) -> Result<bool> {
        let SoundPlace::Own { store, key, digest } = &recording.sound.place else {
            return Ok(true);
        };
        if store != self.store.url() || recording.origin == Origin::Existing {
            return Ok(true);
        }
        if self.is_in_doubt(digest).await? {
            return Ok(false);
        }
        match self.store.head(key).await {
            Ok(info) => Ok(info.size == recording.sound.size),
            Err(StoreError::NotFound { .. }) => {
                self.expect_store().await?;
                Ok(false)
            }
            Err(StoreError::Denied { .. }) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}
