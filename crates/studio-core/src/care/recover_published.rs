//! Albums, recordings and playlists, from what stands of them in the store.

use std::collections::HashSet;

use studio_domain::{
    Album, Artwork, ObjectKey, Picture, Playlist, Recording, RecordingId, SoundPlace,
};
use studio_repo::{Error as CatalogError, MAX_PAGE, Shown, StoredObject};

use super::inventory::Inventory;
use super::published::{News, Published, Which, key_of};
use super::recover::Recovered;
use crate::{Error, Job, Result, Studio};

/// How many recordings go into the catalogue in one transaction.
const BATCH: usize = 500;

impl Studio {
    /// Brings the catalogue to what the store says of what is published.
    pub(super) async fn recover_published(
        &self,
        inventory: &Inventory,
        dry_run: bool,
        job: &Job,
        recovered: &mut Recovered,
    ) -> Result<()> {
        let news = self.news(Which::All, inventory, job, recovered).await?;
        for recording in news.iter().filter_map(live_recording) {
            if let SoundPlace::Own { key, .. } = &recording.sound.place
                && !inventory.objects.contains_key(key)
            {
                let what = format!("\"{}\" by {}", recording.title, recording.artist);
                recovered.recordings_without_object.push(what);
            }
        }
        recovered.recordings_without_object.sort();
        if dry_run {
            for news in &news {
                count(news, recovered);
            }
            return Ok(());
        }
        self.keep_all(&news, inventory).await?;
        let mut left = self.adopt_recordings(news, job, recovered).await?;
        // Each may wait for another: an album for one of its title that goes, one that goes for
        // what is on it, a playlist for what is on it.
        loop {
            let before = left.len();
            let mut again = Vec::new();
            for news in left {
                job.check()?;
                match self.adopt_news(&news).await {
                    Ok(()) => count(&news, recovered),
                    Err(Error::Catalog(error)) if is_order(&error) => again.push((news, error)),
                    Err(error) => return Err(error),
                }
            }
            if again.is_empty() {
                return Ok(());
            }
            if again.len() == before {
                for (news, error) in again {
                    let location = self.store.url().locate(&key_of(&news.what));
                    recovered.unreadable.push((location, error.to_string()));
                }
                recovered.unreadable.sort();
                return Ok(());
            }
            left = again.into_iter().map(|(news, _)| news).collect();
        }
    }

    /// Albums first, then recordings, many at once; returns what is left to be done one by one.
    async fn adopt_recordings(
        &self,
        news: Vec<News>,
        job: &Job,
        recovered: &mut Recovered,
    ) -> Result<Vec<News>> {
        let mut left = Vec::new();
        let mut recordings = Vec::new();
        for news in news {
            job.check()?;
            match (&news.what, news.removed) {
                (Published::Recording(recording), false) => {
                    recordings.push((**recording).clone());
                }
                (Published::Album(_), false) => match self.adopt_news(&news).await {
                    Ok(()) => count(&news, recovered),
                    Err(Error::Catalog(error)) if is_order(&error) => left.push(news),
                    Err(error) => return Err(error),
                },
                _ => left.push(news),
            }
        }
        for batch in recordings.chunks(BATCH) {
            job.check()?;
            match self.publish.put_recordings(batch).await {
                Ok(_) => recovered.recordings += batch.len() as u64,
                Err(error) if is_order(&error) => left.extend(batch.iter().map(|recording| News {
                    what: Published::Recording(Box::new(recording.clone())),
                    removed: false,
                })),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(left)
    }

    /// Takes one thing that the store says into the catalogue.
    pub(super) async fn adopt_news(&self, news: &News) -> Result<()> {
        match (&news.what, news.removed) {
            (Published::Album(album), true) => Ok(self.publish.remove_album(album.id).await?),
            (Published::Album(album), false) => {
                self.publish.put_album(album).await?;
                Ok(())
            }
            (Published::Recording(recording), true) => {
                Ok(self.publish.remove_recording(recording.id).await?)
            }
            (Published::Recording(recording), false) => {
                self.publish.put_recordings(std::slice::from_ref(&**recording)).await?;
                Ok(())
            }
            (Published::Playlist(playlist), true) => {
                Ok(self.playlists.remove_playlist(playlist.id).await?)
            }
            (Published::Playlist(playlist), false) => {
                let playlist = self.without_gone(playlist).await?;
                Ok(self.playlists.put_playlist(&playlist).await?)
            }
        }
    }

    /// A playlist without recordings that were taken out since it was written.
    async fn without_gone(&self, playlist: &Playlist) -> Result<Playlist> {
        let mut there: HashSet<RecordingId> = HashSet::new();
        let asked: HashSet<RecordingId> = playlist.recordings.iter().copied().collect();
        for id in asked {
            if self.publish.recording(id).await?.is_some() {
                there.insert(id);
            }
        }
        let mut playlist = playlist.clone();
        playlist.recordings.retain(|id| there.contains(id));
        Ok(playlist)
    }

    /// Writes down the objects of what comes, so that they are checked.
    async fn keep_all(&self, news: &[News], inventory: &Inventory) -> Result<()> {
        let mut objects = Vec::new();
        for news in news.iter().filter(|news| !news.removed) {
            let (artwork, sound) = match &news.what {
                Published::Album(album) => (album.artwork.as_ref(), None),
                Published::Recording(made) => (made.artwork.as_ref(), Some(&made.sound)),
                Published::Playlist(_) => (None, None),
            };
            if let Some(Artwork { picture: Picture::Own(digest), .. }) = artwork {
                let key = ObjectKey::of_object(digest);
                let size = inventory.objects.get(&key).map(|info| info.size);
                objects.extend(size.map(|size| self.kept(key, *digest, size)));
            }
            if let Some(sound) = sound
                && let SoundPlace::Own { key, digest, .. } = &sound.place
            {
                objects.push(self.kept(key.clone(), *digest, sound.size));
            }
        }
        for batch in objects.chunks(BATCH) {
            self.care.keep_objects(batch).await?;
        }
        Ok(())
    }

    fn kept(
        &self,
        object_key: ObjectKey,
        digest: studio_domain::Digest,
        size: u64,
    ) -> StoredObject {
        let store = self.store.url().clone();
        StoredObject { store, object_key, size, digest, crc64nvme: None, check: None }
    }

    /// Takes the recordings for such of this store whose manifests stand here, though the
    /// catalogue has them in another: this store is a copy of that one.
    pub(super) async fn move_in_published(&self, inventory: &Inventory, job: &Job) -> Result<()> {
        let mut after = None;
        loop {
            job.check()?;
            let page = self.shelf.recordings_page(Shown::default(), after, MAX_PAGE).await?;
            after = page.last().map(|entry| entry.recording.id);
            let elsewhere = page.iter().map(|entry| &entry.recording).filter(|recording| {
                matches!(&recording.sound.place,
                    SoundPlace::Own { store, .. } if store != self.store.url())
                    && inventory.recordings.contains(&recording.id)
            });
            let moved: Vec<&Recording> = elsewhere.collect();
            let ids: Vec<RecordingId> = moved.iter().map(|recording| recording.id).collect();
            self.publish.move_published(&[], &ids, self.store.url()).await?;
            let here = moved.into_iter().map(|recording| News {
                what: Published::Recording(Box::new(recording.clone())),
                removed: false,
            });
            self.keep_all(&here.collect::<Vec<_>>(), inventory).await?;
            if after.is_none() {
                break;
            }
        }
        let mut albums = Vec::new();
        for &id in &inventory.albums {
            albums.extend(self.publish.album(id).await?.map(|entry| entry.album));
        }
        let pictured = |album: &Album| News {
            what: Published::Album(Box::new(album.clone())),
            removed: false,
        };
        let ids: Vec<_> = albums.iter().map(|album| album.id).collect();
        self.publish.move_published(&ids, &[], self.store.url()).await?;
        self.keep_all(&albums.iter().map(pictured).collect::<Vec<_>>(), inventory).await
    }
}

fn live_recording(news: &News) -> Option<&Recording> {
    match &news.what {
        Published::Recording(recording) if !news.removed => Some(recording),
        _ => None,
    }
}

fn count(news: &News, recovered: &mut Recovered) {
    let counted = match (&news.what, news.removed) {
        (_, true) => &mut recovered.unpublished,
        (Published::Album(_), false) => &mut recovered.albums,
        (Published::Recording(_), false) => &mut recovered.recordings,
        (Published::Playlist(_), false) => &mut recovered.playlists,
    };
    *counted += 1;
}

/// Whether something else may have to come, or go, first.
pub(super) fn is_order(error: &CatalogError) -> bool {
    matches!(
        error,
        CatalogError::AlbumExists { .. }
            | CatalogError::AlbumInUse { .. }
            | CatalogError::NoAlbum { .. }
            | CatalogError::NoRecording { .. }
            | CatalogError::PlaylistExists { .. }
    )
}
