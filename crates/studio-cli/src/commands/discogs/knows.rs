//! Who is asked, and about what.

use std::sync::Arc;
use std::time::Duration;

use studio_core::discogs::Discogs;
use studio_core::repo::{DiscogsEntry, PublishRepo as _, ShelfRepo as _};
use studio_core::{Error, Job, SqliteCatalog};
use studio_discogs::{
    DiscogsClient, MemoryCache, Metadata, Nobody, ObjectCache, RedisCache, RedisSettings,
};
use studio_repo::MAX_PAGE;

use crate::args::DiscogsSubject;
use crate::commands::{Use, artist, catalog, store};
use crate::config::Config;
use crate::failure::{Failure, NOT_FOUND, Result};
use crate::output::hint;

/// How long a command waits at its end for answers that are being kept.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where answers are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keeping {
    /// Where the settings say.
    AsSet,
    /// As long as the command runs.
    InMemory,
}

/// A catalogue, and what Discogs knows of it.
pub(super) struct Knows {
    pub(super) catalog: Arc<SqliteCatalog>,
    pub(super) discogs: Discogs,
}

/// An artist, or an album of one.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub(super) id: studio_core::SubjectId,
    /// For people.
    pub(super) name: String,
}

impl Knows {
    pub(super) fn open(config: &Config, purpose: Use, keeping: Keeping) -> Result<Self> {
        let catalog = catalog(config, purpose)?;
        let discogs = Discogs::new(metadata(config, keeping)?, Arc::clone(&catalog));
        Ok(Self { catalog, discogs })
    }

    /// Lets answers be kept that are still asked for behind: the program ends now.
    pub(super) async fn settle(&self, job: &Job) {
        tokio::select! {
            () = self.discogs.settled() => {}
            () = tokio::time::sleep(PATIENCE) => {}
            () = job.cancelled() => {}
        }
    }

    /// What the names on the command line lead to.
    pub(super) async fn subject(&self, names: &DiscogsSubject, config: &Config) -> Result<Subject> {
        let name = artist(names.artist.as_deref(), config)?;
        let Some(title) = &names.album else { return self.artist(&name).await };
        let found = self.catalog.album_titled(&name, title).await.map_err(Error::from)?;
        match found {
            Some(entry) => Ok(of_album(&entry)),
            None => {
                let error = Error::NoAlbumTitled { artist: name, title: Box::new(title.clone()) };
                let hint = Some("`studio album list` tells which there are".to_owned());
                Err(Failure::Core { error, hint })
            }
        }
    }

    async fn artist(&self, name: &studio_core::ArtistName) -> Result<Subject> {
        let slug = studio_core::Slug::from_name(name.as_str());
        let by_slug = self.catalog.artist_by_slug(&slug).await.map_err(Error::from)?;
        // Nearly always the first one with the slug of the name has it.
        if let Some(found) = by_slug.filter(|found| found.name.key() == name.key()) {
            return Ok(of_artist(&found));
        }
        let all = self.artists().await?;
        if let Some(found) = all.iter().find(|found| found.name.key() == name.key()) {
            return Ok(of_artist(found));
        }
        let names: Vec<&str> = all.iter().map(|found| found.name.as_str()).collect();
        Err(Failure::Own {
            message: format!("no artist \"{name}\" is known"),
            code: NOT_FOUND,
            source: None,
            hint: hint::for_unknown(name.as_str(), "artists", &names, false).or_else(|| {
                let config = "there are no artists yet; `studio config` tells which catalogue \
                              this is";
                Some(config.to_owned())
            }),
        })
    }

    /// All artists, by their names.
    pub(super) async fn artists(&self) -> Result<Vec<studio_core::Artist>> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.catalog.artists_page(false, after, MAX_PAGE).await;
            let page = page.map_err(Error::from)?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Some(last.id);
            all.extend(page);
        }
    }

    /// All albums of what is shown, by artist and title.
    pub(super) async fn albums(
        &self,
        artist: Option<studio_core::ArtistId>,
    ) -> Result<Vec<Subject>> {
        let shown = studio_repo::Shown { artist, published_only: false };
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = self.catalog.albums_page(shown, after, MAX_PAGE).await;
            let page = page.map_err(Error::from)?;
            let Some(last) = page.last() else { return Ok(all) };
            after = Some(last.album.id);
            all.extend(page.iter().map(of_album));
        }
    }
}

pub(super) fn of_artist(artist: &studio_core::Artist) -> Subject {
    Subject { id: studio_core::SubjectId::Artist(artist.id), name: artist.name.as_str().to_owned() }
}

fn of_album(entry: &studio_repo::AlbumEntry) -> Subject {
    Subject {
        id: studio_core::SubjectId::Album(entry.album.id),
        name: format!("{} - {}", entry.artist.name, entry.album.title),
    }
}

/// An entry as it is written on the command line.
pub(super) fn entry_name(entry: DiscogsEntry) -> String {
    match entry {
        DiscogsEntry::Artist(id) => format!("artist/{id}"),
        DiscogsEntry::Master(id) => format!("master/{id}"),
        DiscogsEntry::Release(id) => format!("release/{id}"),
    }
}

/// That something can be searched for.
pub(super) fn need_token(config: &Config) -> Result<()> {
    if config.discogs.token.is_some() {
        return Ok(());
    }
    Err(Failure::usage(
        "Discogs answers searches only with a token, and there is none",
        "set DISCOGS_TOKEN to one from https://www.discogs.com/settings/developers; or say which \
         entry it is with `studio discogs set`",
    ))
}

/// What a service knows of its catalogue, and whether it asks Discogs: without a token it
/// asks nothing, and tells only which entries things are.
pub(in crate::commands) fn for_service(
    config: &Config,
    catalog: &Arc<SqliteCatalog>,
) -> Result<(Discogs, bool)> {
    if config.discogs.token.is_some() {
        let metadata = metadata(config, Keeping::AsSet)?;
        return Ok((Discogs::new(metadata, Arc::clone(catalog)), true));
    }
    let discogs = Discogs::new(Arc::new(Nobody), Arc::clone(catalog));
    Ok((discogs.without_search(), false))
}

/// Memory, then Redis, then the store, then Discogs.
fn metadata(config: &Config, keeping: Keeping) -> Result<Arc<dyn Metadata>> {
    let (set, lifetimes) = (&config.discogs, config.discogs.lifetimes());
    let client = DiscogsClient::new(&set.settings()).map_err(Error::from)?;
    let mut last: Arc<dyn Metadata> = Arc::new(client);
    if keeping == Keeping::AsSet {
        if set.objects() {
            last = Arc::new(ObjectCache::new(last, lifetimes, store(config)));
        }
        if let Some(redis) = &set.redis {
            let settings = RedisSettings::new(redis.value.0.clone());
            let cache = RedisCache::new(last, lifetimes, &settings).map_err(Error::from)?;
            last = Arc::new(cache);
        }
    }
    Ok(Arc::new(MemoryCache::new(last, lifetimes, MemoryCache::USUAL)))
}
