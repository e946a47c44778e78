//! Albums: made, changed, taken out.

use futures_util::{TryStreamExt as _, stream};
use studio_domain::{
    Album, AlbumId, AlbumTitle, ArtistName, Artwork, Licence, Recording, ReleaseDate,
};
use studio_repo::{AlbumSheet, Error as CatalogError, RecordingEntry};

use super::change::Wanted;
use super::manifest::{self, time_of};
use crate::{Error, Result, Studio, identity};

/// How many manifests are written at once.
const PARALLEL: usize = 8;
/// How many albums of one artist can have had one title, one after the other.
const MOST_NAMESAKES: u32 = 1000;

/// An album to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlbum {
    /// Whose it is.
    pub artist: ArtistName,
    /// Its title, unique for the artist.
    pub title: AlbumTitle,
    /// When it came out, if that is known.
    pub released: Option<ReleaseDate>,
    /// What others may do with it, if that is said.
    pub licence: Option<Licence>,
    /// Whether everybody may see it.
    pub published: bool,
}

/// What is to become of an album.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AlbumChanges {
    /// Its title.
    pub title: Option<AlbumTitle>,
    /// When it came out.
    pub released: Wanted<ReleaseDate>,
    /// What others may do with it.
    pub licence: Wanted<Licence>,
    /// Whether everybody may see it.
    pub published: Option<bool>,
    /// Whether what is said of date, licence and publication is said of the recordings on it
    /// too.
    pub with_recordings: bool,
}

/// What became of an album, or would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlbumChange {
    /// The album as it is, or would be.
    pub album: Album,
    /// Whether anything of it is otherwise than before.
    pub changed: bool,
    /// How many of its recordings are otherwise than before.
    pub recordings: u64,
}

impl AlbumChange {
    fn none(album: Album) -> Self {
        Self { album, changed: false, recordings: 0 }
    }
}

impl NewAlbum {
    /// Whether an album is this one already.
    fn is(&self, there: &Album) -> bool {
        (self.released.is_none() || self.released == there.released)
            && (self.licence.is_none() || self.licence == there.licence)
            && (!self.published || there.published)
    }
}

impl Studio {
    /// Makes an album. Idempotent: one that is there with the same title and that is not
    /// otherwise than asked for is left as it is. With `dry_run` nothing is done.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog), with `AlbumExists` when the artist has another one of that
    /// title; [`StoreEmpty`](Error::StoreEmpty); what the store says.
    pub async fn create_album(&self, wanted: &NewAlbum, dry_run: bool) -> Result<AlbumChange> {
        if let Some(there) = self.publish.album_titled(&wanted.artist, &wanted.title).await? {
            return match wanted.is(&there.album) {
                true => Ok(AlbumChange::none(there.album)),
                false => Err(exists(&there.album).into()),
            };
        }
        let album = self.new_album(wanted).await?;
        if !dry_run {
            self.put_album(&album, None).await?;
        }
        Ok(AlbumChange { album, changed: true, recordings: 0 })
    }

    /// The album to be made, with an identity that is free. One of which only the store knows
    /// is the same: it is what was made of it before the catalogue could be told.
    async fn new_album(&self, wanted: &NewAlbum) -> Result<Album> {
        let NewAlbum { artist, title, released, licence, published } = wanted.clone();
        let mut album = Album {
            id: AlbumId::from_uuid(uuid::Uuid::nil()),
            artist,
            title,
            released,
            licence,
            artwork: None,
            published,
            library: None,
            updated_at: self.now(),
        };
        for namesake in 0..MOST_NAMESAKES {
            album.id = id_of(&wanted.artist, &wanted.title, namesake);
            // One that has another title by now.
            if self.publish.album(album.id).await?.is_some() {
                continue;
            }
            let key = studio_domain::ObjectKey::of_album(album.id);
            let Some(told) = manifest::find::<Album>(&*self.store, &key).await? else {
                return Ok(album);
            };
            album.updated_at = self.time_after(Some(time_of(&told)));
            let there = told.value;
            if told.removed_at.is_some() {
                return Ok(album);
            }
            if there.artist.key() == album.artist.key() && there.title.key() == album.title.key() {
                album.released = album.released.or(there.released);
                album.licence = album.licence.or(there.licence);
                album.artwork = there.artwork;
                return Ok(album);
            }
        }
        Err(exists(&album).into())
    }

    /// Changes an album, and with it its recordings if that is asked for. With `dry_run`
    /// nothing is done.
    ///
    /// # Errors
    /// [`NoAlbumTitled`](Error::NoAlbumTitled); otherwise those of
    /// [`create_album`](Self::create_album).
    pub async fn change_album(
        &self,
        artist: &ArtistName,
        title: &AlbumTitle,
        changes: &AlbumChanges,
        dry_run: bool,
    ) -> Result<AlbumChange> {
        let AlbumSheet { entry, recordings } = self.album(artist, title).await?;
        let before = entry.album;
        let mut album = Album {
            title: changes.title.clone().unwrap_or_else(|| before.title.clone()),
            released: changes.released.applied(before.released),
            licence: changes.licence.applied(before.licence),
            published: changes.published.unwrap_or(before.published),
            ..before.clone()
        };
        if album.title.key() != before.title.key()
            && let Some(there) = self.publish.album_titled(artist, &album.title).await?
        {
            return Err(exists(&there.album).into());
        }
        let changed = album != before;
        let changed_recordings = self.recordings_likewise(recordings, changes);
        if changed {
            album.updated_at = self.time_after(Some(before.updated_at));
        }
        if !dry_run {
            // What is to be hidden is hidden first, what is to be seen is seen last.
            if changes.published == Some(true) {
                self.put_recordings(&changed_recordings).await?;
            }
            if changed {
                self.put_album(&album, Some(&before)).await?;
            }
            if changes.published != Some(true) {
                self.put_recordings(&changed_recordings).await?;
            }
        }
        Ok(AlbumChange { album, changed, recordings: changed_recordings.len() as u64 })
    }

    /// The recordings of an album that become otherwise with it.
    fn recordings_likewise(
        &self,
        recordings: Vec<RecordingEntry>,
        changes: &AlbumChanges,
    ) -> Vec<Recording> {
        if !changes.with_recordings {
            return Vec::new();
        }
        let changed = recordings.into_iter().filter_map(|entry| {
            let before = entry.recording;
            let after = Recording {
                released: changes.released.applied(before.released),
                licence: changes.licence.applied(before.licence),
                published: changes.published.unwrap_or(before.published),
                ..before.clone()
            };
            let updated_at = self.time_after(Some(before.updated_at));
            (after != before).then_some(Recording { updated_at, ..after })
        });
        changed.collect()
    }

    /// Takes an album out, and with `with_recordings` what is on it too. Their objects stay
    /// until they are collected as garbage, and no earlier than 30 days from now. With
    /// `dry_run` nothing is done.
    ///
    /// # Errors
    /// [`NoAlbumTitled`](Error::NoAlbumTitled); [`Catalog`](Error::Catalog), with
    /// `AlbumInUse` as long as recordings are on it; what the store says.
    pub async fn remove_album(
        &self,
        artist: &ArtistName,
        title: &AlbumTitle,
        with_recordings: bool,
        dry_run: bool,
    ) -> Result<AlbumChange> {
        let AlbumSheet { entry, recordings } = self.album(artist, title).await?;
        let album = entry.album;
        let on_it = recordings.len() as u64;
        if on_it > 0 && !with_recordings {
            return Err(CatalogError::AlbumInUse { title: album.title, recordings: on_it }.into());
        }
        if !dry_run {
            for recording in &recordings {
                self.take_out_recording(&recording.recording).await?;
            }
            self.take_out_album(&album).await?;
        }
        Ok(AlbumChange { album, changed: true, recordings: on_it })
    }

    /// First the manifest, so that a catalogue rebuilt in between does not bring it back.
    async fn take_out_album(&self, album: &Album) -> Result<()> {
        let at = self.time_after(Some(album.updated_at));
        if album.library.is_none() {
            self.expect_store_to_send_to().await?;
            manifest::write_removed(&*self.store, album, at).await?;
        }
        match self.publish.remove_album(album.id).await {
            // Something came onto it meanwhile.
            Err(error @ CatalogError::AlbumInUse { .. }) => {
                let updated_at = self.time_after(Some(at));
                let again = Album { updated_at, ..album.clone() };
                self.put_album(&again, Some(album)).await?;
                Err(error.into())
            }
            removed => Ok(removed?),
        }
    }

    /// Writes the manifest of an album, then takes it into the catalogue. What the catalogue
    /// refuses is taken back; where that fails, the doctor finds it.
    pub(super) async fn put_album(&self, album: &Album, before: Option<&Album>) -> Result<()> {
        if album.library.is_some() {
            // What a scan found has no manifest: another scan finds it.
            self.publish.put_album(album).await?;
            return Ok(());
        }
        self.expect_store_to_send_to().await?;
        manifest::write(&*self.store, album).await?;
        let put = self.publish.put_album(album).await;
        if let Err(CatalogError::AlbumExists { .. }) = &put {
            let taken_back = match before {
                Some(before) => manifest::write(&*self.store, before).await,
                None => {
                    let key = studio_domain::ObjectKey::of_album(album.id);
                    self.store.delete(&key).await.map_err(Error::from)
                }
            };
            if let Err(error) = taken_back {
                tracing::warn!(%error, "the manifest of an album that was refused may be left");
            }
        }
        put?;
        Ok(())
    }

    /// Writes the manifests of recordings, then takes them into the catalogue.
    pub(super) async fn put_recordings(&self, recordings: &[Recording]) -> Result<()> {
        if recordings.is_empty() {
            return Ok(());
        }
        self.expect_store_to_send_to().await?;
        let ours = recordings.iter().filter(|made| !is_of_library(made));
        stream::iter(ours.map(Ok::<_, Error>))
            .try_for_each_concurrent(PARALLEL, async |recording| {
                manifest::write(&*self.store, recording).await
            })
            .await?;
        self.publish.put_recordings(recordings).await?;
        Ok(())
    }

    /// Gives an album another picture.
    pub(super) async fn put_album_artwork(
        &self,
        before: &Album,
        artwork: Option<Artwork>,
    ) -> Result<Album> {
        let updated_at = self.time_after(Some(before.updated_at));
        let album = Album { artwork, updated_at, ..before.clone() };
        self.put_album(&album, Some(before)).await?;
        Ok(album)
    }
}

/// Whether a scan found a recording: it has no manifest then.
pub(crate) fn is_of_library(recording: &Recording) -> bool {
    matches!(recording.origin, studio_domain::Origin::Library(_))
}

/// That the artist has an album of that title.
fn exists(there: &Album) -> CatalogError {
    CatalogError::AlbumExists {
        artist: Box::new(there.artist.clone()),
        title: Box::new(there.title.clone()),
        id: there.id,
    }
}

/// The identity of an album: made of its names when it was made, so that the same command on
/// whatever catalogue, or after a crash, comes to one manifest.
fn id_of(artist: &ArtistName, title: &AlbumTitle, namesake: u32) -> AlbumId {
    let namesake = namesake.to_string();
    AlbumId::from_uuid(identity::made_of(&["studio album", artist.key(), title.key(), &namesake]))
}
