//! What is published, between catalogue and store: the later word of the two counts.

use std::collections::HashSet;
use std::fmt;

use studio_api::v1::Told;
use studio_domain::{
    Album, AlbumId, Origin, Playlist, PlaylistId, PlaylistName, Recording, RecordingId, SoundPlace,
};
use studio_repo::{MAX_PAGE, Shown};

use super::check::Depth;
use super::doctor::{Diagnosis, Problem};
use super::inventory::Inventory;
use super::recover::{Recovered, read_all};
use super::repair::Outcome;
use crate::publish::manifest::{self, Manifested, time_of};
use crate::{Job, Result, Studio};

/// Something published, as it stands in the catalogue or in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Published {
    /// An album.
    Album(Box<Album>),
    /// A recording.
    Recording(Box<Recording>),
    /// A playlist.
    Playlist(Box<Playlist>),
}

impl fmt::Display for Published {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Album(album) => write!(f, "album \"{}\" by {}", album.title, album.artist),
            Self::Recording(recording) => {
                write!(f, "recording \"{}\" by {}", recording.title, recording.artist)
            }
            Self::Playlist(playlist) => write!(f, "playlist \"{}\"", playlist.name),
        }
    }
}

/// What the store says, and the catalogue does not know yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct News {
    pub(super) what: Published,
    /// Whether it was taken out.
    pub(super) removed: bool,
}

/// Which manifests are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// All of them.
    All,
    /// Those of what the catalogue does not know.
    Unknown,
}

impl Studio {
    /// What the store says and the catalogue does not know yet: what was published or changed
    /// later than it knows, and what was taken out.
    pub(super) async fn news(
        &self,
        which: Which,
        inventory: &Inventory,
        job: &Job,
        recovered: &mut Recovered,
    ) -> Result<Vec<News>> {
        let mut news = Vec::new();
        let mut albums = Vec::new();
        for &id in &inventory.albums {
            let row = self.publish.album(id).await?.map(|entry| entry.album);
            if which == Which::All || row.is_none() {
                albums.push((studio_domain::ObjectKey::of_album(id), row));
            }
        }
        let albums = self.read_beside(albums, job, recovered).await?;
        for (told, row) in albums.into_iter().filter(|(told, _)| told.value.library.is_none()) {
            news.extend(news_of(told, row, |album| Published::Album(Box::new(album))));
        }
        let mut recordings = Vec::new();
        for &id in &inventory.recordings {
            let row = self.publish.recording(id).await?.map(|entry| entry.recording);
            if which == Which::All || row.is_none() {
                recordings.push((studio_domain::ObjectKey::of_recording(id), row));
            }
        }
        for (mut told, row) in self.read_beside(recordings, job, recovered).await? {
            self.take_for_ours(&mut told.value);
            news.extend(news_of(told, row, |made| Published::Recording(Box::new(made))));
        }
        let mut playlists = Vec::new();
        for &id in &inventory.playlists {
            let row = self.playlists.playlist(id).await?;
            if which == Which::All || row.is_none() {
                playlists.push((studio_domain::ObjectKey::of_playlist(id), row));
            }
        }
        for (told, row) in self.read_beside(playlists, job, recovered).await? {
            news.extend(news_of(told, row, |list| Published::Playlist(Box::new(list))));
        }
        Ok(news)
    }

    /// Reads manifests, and puts beside each what the catalogue has of it.
    async fn read_beside<T: Manifested>(
        &self,
        wanted: Vec<(studio_domain::ObjectKey, Option<T>)>,
        job: &Job,
        recovered: &mut Recovered,
    ) -> Result<Vec<(Told<T>, Option<T>)>> {
        let (keys, rows): (Vec<_>, Vec<_>) = wanted.into_iter().unzip();
        let mut rows: std::collections::HashMap<_, _> = keys.iter().cloned().zip(rows).collect();
        let read = async |key| manifest::read::<T>(&*self.store, &key).await;
        let mut told = read_all(keys, read, job, recovered).await?;
        told.sort_unstable_by_key(|told| (time_of(told), told.value.key()));
        let beside = told.into_iter().map(|told| {
            let row = rows.remove(&told.value.key()).flatten();
            (told, row)
        });
        Ok(beside.collect())
    }

    /// As with versions: a manifest means the store that it stands in, which may be a copy.
    fn take_for_ours(&self, recording: &mut Recording) {
        if let SoundPlace::Own { store, .. } = &mut recording.sound.place {
            *store = self.store.url().clone();
        }
    }

    /// Looks for what catalogue and store do not both say of what is published.
    pub(super) async fn find_published(
        &self,
        inventory: &Inventory,
        depth: Depth,
        job: &Job,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        let which = match depth {
            Depth::Quick => Which::Unknown,
            Depth::Full => Which::All,
        };
        let mut unread = Recovered::default();
        let news = self.news(which, inventory, job, &mut unread).await?;
        let untold: HashSet<_> = news.iter().map(|news| key_of(&news.what)).collect();
        for (location, reason) in unread.unreadable {
            diagnosis.problems.push(Problem::ForeignManifest { location, reason });
        }
        diagnosis.problems.extend(
            news.into_iter()
                .map(|news| Problem::UnknownPublished { what: news.what, removed: news.removed }),
        );
        for what in self.all_published(job).await? {
            job.check()?;
            let listed = match &what {
                Published::Album(album) => inventory.albums.contains(&album.id),
                Published::Recording(made) => inventory.recordings.contains(&made.id),
                Published::Playlist(list) => inventory.playlists.contains(&list.id),
            };
            if untold.contains(&key_of(&what)) || (listed && depth == Depth::Quick) {
                continue;
            }
            if !self.is_told(&what).await? {
                diagnosis.problems.push(Problem::PublishedWithoutManifest { what });
            }
        }
        Ok(())
    }

    /// Whether the store says of something published what the catalogue says, or something
    /// later.
    async fn is_told(&self, what: &Published) -> Result<bool> {
        let store = &*self.store;
        Ok(match what {
            Published::Album(album) => is_same(store, &**album).await?,
            Published::Recording(recording) => is_same(store, &**recording).await?,
            Published::Playlist(playlist) => is_same(store, &**playlist).await?,
        })
    }

    /// All that the catalogue has of what was published with a manifest in this store. What
    /// the scan of a library found has none: a scan finds it again.
    async fn all_published(&self, job: &Job) -> Result<Vec<Published>> {
        let mut all = Vec::new();
        let mut after: Option<AlbumId> = None;
        loop {
            job.check()?;
            let page = self.shelf.albums_page(Shown::default(), after, MAX_PAGE).await?;
            after = page.last().map(|entry| entry.album.id);
            let made = page.into_iter().map(|entry| entry.album);
            let made = made.filter(|album| album.library.is_none());
            all.extend(made.map(|album| Published::Album(Box::new(album))));
            if after.is_none() {
                break;
            }
        }
        let mut after: Option<RecordingId> = None;
        loop {
            job.check()?;
            let page = self.shelf.recordings_page(Shown::default(), after, MAX_PAGE).await?;
            after = page.last().map(|entry| entry.recording.id);
            let made = page.into_iter().map(|entry| entry.recording);
            let made = made.filter(|recording| {
                let elsewhere = matches!(&recording.sound.place,
                    SoundPlace::Own { store, .. } if store != self.store.url());
                !elsewhere && !matches!(recording.origin, Origin::Library(_))
            });
            all.extend(made.map(|recording| Published::Recording(Box::new(recording))));
            if after.is_none() {
                break;
            }
        }
        let mut after: Option<PlaylistName> = None;
        loop {
            job.check()?;
            let page: Vec<(PlaylistId, PlaylistName, u32)> =
                self.playlists.playlists(after.as_ref(), MAX_PAGE).await?;
            after = page.last().map(|(_, name, _)| name.clone());
            for (id, ..) in page {
                let playlist = self.playlists.playlist(id).await?;
                all.extend(playlist.map(|playlist| Published::Playlist(Box::new(playlist))));
            }
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// Takes into the catalogue what only the store knows.
    pub(super) async fn take_in_published(
        &self,
        what: &Published,
        removed: bool,
    ) -> Result<Outcome> {
        let news = News { what: what.clone(), removed };
        match self.adopt_news(&news).await {
            Ok(()) if removed => Ok(Outcome::Repaired("taken out of the catalogue".to_owned())),
            Ok(()) => Ok(Outcome::Repaired("taken into the catalogue".to_owned())),
            Err(crate::Error::Catalog(error)) if super::recover_published::is_order(&error) => {
                Ok(Outcome::Left(error.to_string()))
            }
            Err(error) => Err(error),
        }
    }

    /// Writes into the store what only the catalogue knows.
    pub(super) async fn write_published(&self, what: &Published) -> Result<Outcome> {
        let store = &*self.store;
        match what {
            Published::Album(album) => manifest::write(store, &**album).await?,
            Published::Recording(recording) => manifest::write(store, &**recording).await?,
            Published::Playlist(playlist) => manifest::write(store, &**playlist).await?,
        }
        Ok(Outcome::Repaired("manifest written from the catalogue".to_owned()))
    }
}

/// What a manifest says that the catalogue does not know.
fn news_of<T: Manifested>(
    told: Told<T>,
    row: Option<T>,
    published: impl Fn(T) -> Published,
) -> Option<News> {
    let at = time_of(&told);
    let removed = told.removed_at.is_some();
    let is_new = match &row {
        Some(row) => row.updated_at() < at,
        None => !removed,
    };
    is_new.then(|| News { what: published(told.value), removed })
}

/// Where the manifest of something published stands.
pub(super) fn key_of(what: &Published) -> studio_domain::ObjectKey {
    match what {
        Published::Album(album) => album.key(),
        Published::Recording(recording) => recording.key(),
        Published::Playlist(playlist) => playlist.key(),
    }
}

/// Whether the manifest of something says the same of it, or something later.
async fn is_same<T: Manifested + PartialEq>(
    store: &dyn studio_blob::BlobStore,
    row: &T,
) -> Result<bool> {
    match manifest::find::<T>(store, &row.key()).await {
        Ok(Some(told)) => {
            let at = time_of(&told);
            Ok(at > row.updated_at() || (told.removed_at.is_none() && at == row.updated_at()))
        }
        Ok(None) | Err(crate::Error::ForeignManifest { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
