//! What Discogs knows of the artists and albums of a catalogue.
//!
//! Which entry something is, is found by comparing names, or said by a person; a person's
//! word is replaced by a person's only. No page waits: [`Discogs::artist_page`] and
//! [`Discogs::album_page`] say what is known now, and have the rest asked for behind.

mod find;
mod refresh;
mod score;
mod under_way;
mod wire;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use studio_discogs::{Found, Lookup, Metadata, MetadataExt as _, Urgency};
use studio_domain::{AlbumId, ArtistId, SubjectId, Timestamp};
use studio_repo::{
    AlbumEntry, DiscogsEntry, DiscogsLink, LinkRepo, PublishRepo, SaidBy, ShelfRepo,
};

pub use self::find::Candidate;
pub use self::refresh::{Refresh, RefreshOptions};
pub use self::score::{GOOD_ENOUGH, likeness};
use self::under_way::UnderWay;
pub use self::wire::link_line;
use crate::studio::{Clock, system_time};
use crate::{Error, Result};

/// How long a page waits for a cache that is not in memory.
const PATIENCE: Duration = Duration::from_millis(150);

/// What Discogs knows of a catalogue. Clones share everything.
#[derive(Clone)]
pub struct Discogs {
    metadata: Arc<dyn Metadata>,
    links: Arc<dyn LinkRepo>,
    shelf: Arc<dyn ShelfRepo>,
    albums: Arc<dyn PublishRepo>,
    clock: Clock,
    /// What is being found out behind pages.
    behind: UnderWay,
    /// Whether pages have entries looked for.
    searching: bool,
}

impl fmt::Debug for Discogs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Discogs").finish_non_exhaustive()
    }
}

/// What is known of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Which entry it is, if that was ever asked or said.
    pub link: Option<DiscogsLink>,
    /// The entry, as far as it is known; `None` if it is none, or not known yet.
    pub found: Option<Arc<Found>>,
}

/// What came of looking for an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matched {
    /// What holds now.
    pub link: DiscogsLink,
    /// What was found, the best first.
    pub candidates: Vec<Candidate>,
}

impl Discogs {
    /// What `metadata` knows of a catalogue that keeps all of these.
    pub fn new<R>(metadata: Arc<dyn Metadata>, catalog: Arc<R>) -> Self
    where
        R: LinkRepo + ShelfRepo + PublishRepo + 'static,
    {
        Self {
            metadata,
            links: catalog.clone(),
            shelf: catalog.clone(),
            albums: catalog,
            clock: Arc::new(system_time),
            behind: UnderWay::default(),
            searching: true,
        }
    }

    /// Pages have nothing looked for from now on, and so nothing recorded as not found: for a
    /// studio without a token.
    pub fn without_search(self) -> Self {
        Self { searching: false, ..self }
    }

    /// Waits until nothing is asked for behind any more: for commands, which end.
    pub async fn settled(&self) {
        self.metadata.settled().await;
    }

    /// Goes by another clock from now on: for tests of what takes days.
    pub fn with_clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Looks for the entry of an artist or an album, and records what is good enough.
    ///
    /// # Errors
    /// [`Error::NoSubject`] when the catalogue has no such thing; [`Error::Discogs`]; those of
    /// the catalogue.
    pub async fn find(&self, subject: SubjectId, urgency: Urgency) -> Result<Matched> {
        let candidates = self.candidates(subject, urgency).await?;
        let link = self.settle(subject, &candidates).await?;
        Ok(Matched { link, candidates })
    }

    /// What would be found, with nothing recorded.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub async fn candidates(&self, subject: SubjectId, urgency: Urgency) -> Result<Vec<Candidate>> {
        match subject {
            SubjectId::Artist(id) => {
                let artist = self.shelf.artist(id).await?.ok_or(Error::NoSubject { subject })?;
                find::artist(&*self.metadata, artist.name.as_str(), urgency).await
            }
            SubjectId::Album(id) => {
                let album = self.albums.album(id).await?.ok_or(Error::NoSubject { subject })?;
                find::album(&*self.metadata, &album, urgency).await
            }
        }
    }

    async fn settle(&self, subject: SubjectId, candidates: &[Candidate]) -> Result<DiscogsLink> {
        let now = (self.clock)();
        let best = candidates.first().filter(|best| best.score >= GOOD_ENOUGH);
        let link = DiscogsLink {
            subject,
            entry: best.map(|best| best.entry),
            score: candidates.first().map_or(0, |best| best.score),
            said_by: SaidBy::Match,
            said_at: now,
            looked_at: now,
        };
        Ok(self.links.put_discogs_link(&link).await?)
    }

    /// Records a person's word: which entry something is, or that it is none.
    ///
    /// # Errors
    /// [`Error::WrongEntry`] when the entry is not of that kind, or Discogs has none with that
    /// number; otherwise as [`find`](Self::find). What cannot be asked now is believed.
    pub async fn set(&self, subject: SubjectId, entry: Option<DiscogsEntry>) -> Result<Known> {
        let wanted = self.would_set(subject, entry).await?;
        let link = match wanted.link {
            Some(link) => Some(self.links.put_discogs_link(&link).await?),
            None => None,
        };
        Ok(Known { link, found: wanted.found })
    }

    /// What [`set`](Self::set) would record.
    ///
    /// # Errors
    /// As `set`.
    pub async fn would_set(
        &self,
        subject: SubjectId,
        entry: Option<DiscogsEntry>,
    ) -> Result<Known> {
        let fits = matches!(
            (subject, entry),
            (_, None)
                | (SubjectId::Artist(_), Some(DiscogsEntry::Artist(_)))
                | (SubjectId::Album(_), Some(DiscogsEntry::Master(_) | DiscogsEntry::Release(_)))
        );
        let wrong = |problem| Error::WrongEntry { problem };
        if !fits {
            return Err(wrong("an artist is an artist there, an album a master or a release"));
        }
        self.must_exist(subject).await?;
        let mut found = None;
        if let Some(entry) = entry {
            match self.metadata.look_up(&lookup(entry), Urgency::Interactive).await {
                Ok(answer) if answer.is_nothing() => {
                    return Err(wrong("Discogs has no entry with this number"));
                }
                Ok(answer) => found = Some(answer),
                Err(error) => tracing::warn!(%error, "the entry could not be looked at"),
            }
        }
        let (now, said_by) = ((self.clock)(), SaidBy::Person);
        let link =
            DiscogsLink { subject, entry, score: 1000, said_by, said_at: now, looked_at: now };
        Ok(Known { link: Some(link), found })
    }

    /// Forgets which entry something is, whoever said it: names decide again. Idempotent.
    ///
    /// # Errors
    /// [`Error::NoSubject`]; those of the catalogue.
    pub async fn unset(&self, subject: SubjectId) -> Result<()> {
        self.must_exist(subject).await?;
        Ok(self.links.remove_discogs_link(subject).await?)
    }

    async fn must_exist(&self, subject: SubjectId) -> Result<()> {
        let is_there = match subject {
            SubjectId::Artist(id) => self.shelf.artist(id).await?.is_some(),
            SubjectId::Album(id) => self.albums.album(id).await?.is_some(),
        };
        if is_there { Ok(()) } else { Err(Error::NoSubject { subject }) }
    }

    /// What is known of something; who asks waits for Discogs if need be, but nothing is
    /// looked for that was never matched.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub async fn known(&self, subject: SubjectId) -> Result<Known> {
        self.must_exist(subject).await?;
        let link = self.links.discogs_link(subject).await?;
        let found = match link.and_then(|link| link.entry) {
            None => None,
            Some(entry) => Some(self.metadata.look_up(&lookup(entry), Urgency::Interactive).await?),
        };
        Ok(Known { link, found })
    }

    /// What a page about an artist can say now.
    ///
    /// # Errors
    /// [`Error::NoSubject`]; those of the catalogue. Never one of Discogs.
    pub async fn artist_page(&self, id: ArtistId) -> Result<Known> {
        self.page(SubjectId::Artist(id)).await
    }

    /// What a page about an album can say now.
    ///
    /// # Errors
    /// [`Error::NoSubject`]; those of the catalogue. Never one of Discogs.
    pub async fn album_page(&self, id: AlbumId) -> Result<Known> {
        self.page(SubjectId::Album(id)).await
    }

    async fn page(&self, subject: SubjectId) -> Result<Known> {
        self.must_exist(subject).await?;
        let link = self.links.discogs_link(subject).await?;
        let found = match link {
            None => {
                self.find_behind(subject);
                None
            }
            Some(link) => match link.entry {
                None => None,
                Some(entry) => self.metadata.within(PATIENCE, &lookup(entry)).await,
            },
        };
        // There is none with this number any more: as good as nothing.
        Ok(Known { link, found: found.filter(|found| !found.is_nothing()) })
    }

    /// Looks for an entry while nobody waits; however many pages ask, once.
    fn find_behind(&self, subject: SubjectId) {
        if !self.searching {
            return;
        }
        let Some(place) = self.behind.begin(subject) else { return };
        let discogs = self.clone();
        tokio::spawn(async move {
            if let Err(error) = discogs.find_and_fetch(subject).await {
                tracing::debug!(?subject, %error, "no entry found for now");
            }
            drop(place);
        });
    }

    /// Matches, and has the entry in the caches when the next page comes.
    async fn find_and_fetch(&self, subject: SubjectId) -> Result<()> {
        let matched = self.find(subject, Urgency::Interactive).await?;
        if let Some(entry) = matched.link.entry {
            self.metadata.look_up(&lookup(entry), Urgency::Interactive).await?;
        }
        Ok(())
    }
}

/// What to ask for an entry.
fn lookup(entry: DiscogsEntry) -> Lookup {
    match entry {
        DiscogsEntry::Artist(id) => Lookup::Artist(id),
        DiscogsEntry::Master(id) => Lookup::Master(id),
        DiscogsEntry::Release(id) => Lookup::Release(id),
    }
}

/// The year of an album, if it is known.
fn year(album: &AlbumEntry) -> Option<u16> {
    album.album.released.map(studio_domain::ReleaseDate::year)
}
