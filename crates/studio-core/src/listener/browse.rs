//! What is in sight, in the orders in which listeners look through it.

use std::collections::{BTreeMap, HashMap};

use studio_domain::{
    AccountId, AlbumId, ArtistId, GenreName, Loudness, Marks, RecordingId, Subject,
};
use studio_repo::{
    AlbumOrder, ArtistOrder, GenreLine, ListedAlbum, ListedArtist, Lot, MAX_LISTED, RecordingEntry,
    RecordingOrder, Sight, Stretch,
};

use super::{ListenerError, Listeners, MOST_NAMED, Result, bounded};

/// The most artists that come at once.
const MOST_ARTISTS: usize = 100_000;

/// Which stretch of each kind a search gives; none of a kind with the limit 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SearchStretches {
    /// Of the artists.
    pub artists: Stretch,
    /// Of the albums.
    pub albums: Stretch,
    /// Of the recordings.
    pub recordings: Stretch,
}

/// What a search found of each kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Artists.
    pub artists: Vec<ListedArtist>,
    /// Albums.
    pub albums: Vec<ListedAlbum>,
    /// Recordings.
    pub recordings: Vec<RecordingEntry>,
}

impl Listeners {
    /// Artists in an order.
    ///
    /// # Errors
    /// Those of the catalogue, as with all methods that only list.
    pub async fn artists(
        &self,
        order: &ArtistOrder,
        sight: &Sight,
        stretch: Stretch,
    ) -> Result<Vec<ListedArtist>> {
        Ok(self.browse.artists_listed(order, sight, stretch).await?)
    }

    /// All artists in sight by name, at most 100,000: one query for each 500.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn all_artists(&self, sight: &Sight) -> Result<Vec<ListedArtist>> {
        let mut all = Vec::new();
        while all.len() < MOST_ARTISTS {
            let offset = u32::try_from(all.len()).unwrap_or(u32::MAX);
            let stretch = Stretch { offset, limit: MAX_LISTED };
            let some = self.artists(&ArtistOrder::Name, sight, stretch).await?;
            let was_last = some.len() < MAX_LISTED as usize;
            all.extend(some);
            if was_last {
                break;
            }
        }
        Ok(all)
    }

    /// Albums in an order.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn albums(
        &self,
        order: &AlbumOrder,
        sight: &Sight,
        stretch: Stretch,
    ) -> Result<Vec<ListedAlbum>> {
        Ok(self.browse.albums_listed(order, sight, stretch).await?)
    }

    /// Recordings in an order.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn recordings(
        &self,
        order: &RecordingOrder,
        sight: &Sight,
        stretch: Stretch,
    ) -> Result<Vec<RecordingEntry>> {
        Ok(self.browse.recordings_listed(order, sight, stretch).await?)
    }

    /// All recordings in an order, at most 10,000: one page of 500 after another.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn all_recordings(
        &self,
        order: &RecordingOrder,
        sight: &Sight,
    ) -> Result<Vec<RecordingEntry>> {
        let mut all = Vec::new();
        while all.len() < MOST_NAMED {
            let offset = u32::try_from(all.len()).unwrap_or(u32::MAX);
            let stretch = Stretch { offset, limit: MAX_LISTED };
            let some = self.recordings(order, sight, stretch).await?;
            let was_last = some.len() < MAX_LISTED as usize;
            all.extend(some);
            if was_last {
                break;
            }
        }
        Ok(all)
    }

    /// Some recordings of a lot, each time others.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn by_chance(
        &self,
        lot: &Lot,
        sight: &Sight,
        limit: u32,
    ) -> Result<Vec<RecordingEntry>> {
        Ok(self.browse.recordings_by_chance(lot, sight, limit).await?)
    }

    /// The genres by name.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn genres(&self, sight: &Sight) -> Result<Vec<GenreLine>> {
        Ok(self.browse.genres(sight).await?)
    }

    /// An artist in sight.
    ///
    /// # Errors
    /// [`ListenerError::Missing`]; those of the catalogue.
    pub async fn artist(&self, id: ArtistId, sight: &Sight) -> Result<ListedArtist> {
        let found = self.browse.artists_with(&[id], sight).await?.into_iter().next();
        found.ok_or(ListenerError::Missing { what: "artist" })
    }

    /// An album in sight.
    ///
    /// # Errors
    /// [`ListenerError::Missing`]; those of the catalogue.
    pub async fn album(&self, id: AlbumId, sight: &Sight) -> Result<ListedAlbum> {
        let found = self.browse.albums_with(&[id], sight).await?.into_iter().next();
        found.ok_or(ListenerError::Missing { what: "album" })
    }

    /// A recording in sight.
    ///
    /// # Errors
    /// [`ListenerError::Missing`]; those of the catalogue.
    pub async fn recording(&self, id: RecordingId, sight: &Sight) -> Result<RecordingEntry> {
        let found = self.browse.recordings_with(&[id], sight).await?.into_iter().next();
        found.ok_or(ListenerError::Missing { what: "recording" })
    }

    /// Those of some artists that are in sight, in the order of the identities.
    ///
    /// # Errors
    /// [`ListenerError::Invalid`] for too many; those of the catalogue.
    pub async fn artists_with(&self, ids: &[ArtistId], sight: &Sight) -> Result<Vec<ListedArtist>> {
        bounded(ids.len())?;
        Ok(self.browse.artists_with(ids, sight).await?)
    }

    /// Those of some albums that are in sight, in the order of the identities.
    ///
    /// # Errors
    /// [`ListenerError::Invalid`] for too many; those of the catalogue.
    pub async fn albums_with(&self, ids: &[AlbumId], sight: &Sight) -> Result<Vec<ListedAlbum>> {
        bounded(ids.len())?;
        Ok(self.browse.albums_with(ids, sight).await?)
    }

    /// Those of some recordings that are in sight, in the order of the identities.
    ///
    /// # Errors
    /// [`ListenerError::Invalid`] for too many; those of the catalogue.
    pub async fn recordings_with(
        &self,
        ids: &[RecordingId],
        sight: &Sight,
    ) -> Result<Vec<RecordingEntry>> {
        bounded(ids.len())?;
        Ok(self.browse.recordings_with(ids, sight).await?)
    }

    /// How loud those of some recordings are that were measured.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn loudness_of(&self, ids: &[RecordingId]) -> Result<HashMap<RecordingId, Loudness>> {
        Ok(self.browse.loudness_of(ids).await?)
    }

    /// What an account thinks of some things; those of which it thinks nothing are left out.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn marks(
        &self,
        account: AccountId,
        subjects: &[Subject],
    ) -> Result<HashMap<Subject, Marks>> {
        Ok(self.marks.marks(account, subjects).await?)
    }

    /// What has words that begin with the words of `text`, the best of each kind first; without
    /// a text, or with `""` as players write it, all there is by name. One search for each kind.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn search(
        &self,
        text: &str,
        sight: &Sight,
        stretches: SearchStretches,
    ) -> Result<Found> {
        let text = text.trim();
        let wants_all = text.is_empty() || text == "\"\"";
        let SearchStretches { artists, albums, recordings } = stretches;
        let mut found = Found::default();
        if artists.limit > 0 {
            let words = ArtistOrder::Found(text.to_owned());
            let order = if wants_all { ArtistOrder::Name } else { words };
            found.artists = self.artists(&order, sight, artists).await?;
        }
        if albums.limit > 0 {
            let words = AlbumOrder::Found(text.to_owned());
            let order = if wants_all { AlbumOrder::Title } else { words };
            found.albums = self.albums(&order, sight, albums).await?;
        }
        if recordings.limit > 0 {
            let words = RecordingOrder::Found(text.to_owned());
            let order = if wants_all { RecordingOrder::Artist } else { words };
            found.recordings = self.recordings(&order, sight, recordings).await?;
        }
        Ok(found)
    }

    /// Some recordings that go with an artist, each time others: of the genre that most of theirs
    /// have, or of their own where none has one.
    ///
    /// # Errors
    /// [`ListenerError::Missing`]; those of the catalogue.
    pub async fn similar_to_artist(
        &self,
        id: ArtistId,
        sight: &Sight,
        limit: u32,
    ) -> Result<Vec<RecordingEntry>> {
        self.artist(id, sight).await?;
        let stretch = Stretch { offset: 0, limit: MAX_LISTED };
        let mut own = self.recordings(&RecordingOrder::Of(id), sight, stretch).await?;
        match most_frequent(&own) {
            Some(genre) => {
                self.by_chance(&Lot { genre: Some(genre), years: None }, sight, limit).await
            }
            None => {
                own.truncate(limit as usize);
                Ok(own)
            }
        }
    }

    /// Some recordings that go with another one: of its genre, or else of what goes with its
    /// artist. It is not among them itself.
    ///
    /// # Errors
    /// [`ListenerError::Missing`]; those of the catalogue.
    pub async fn similar_to_recording(
        &self,
        id: RecordingId,
        sight: &Sight,
        limit: u32,
    ) -> Result<Vec<RecordingEntry>> {
        let entry = self.recording(id, sight).await?;
        let wanted = limit.saturating_add(1);
        let mut similar = match entry.recording.genre {
            Some(genre) => {
                self.by_chance(&Lot { genre: Some(genre), years: None }, sight, wanted).await?
            }
            None => self.similar_to_artist(entry.artist.id, sight, wanted).await?,
        };
        similar.retain(|other| other.recording.id != id);
        similar.truncate(limit as usize);
        Ok(similar)
    }
}

/// The genre that most have; of several the first by its key.
fn most_frequent(all: &[RecordingEntry]) -> Option<GenreName> {
    let mut counts: BTreeMap<&str, (usize, &GenreName)> = BTreeMap::new();
    for genre in all.iter().filter_map(|entry| entry.recording.genre.as_ref()) {
        counts.entry(genre.key()).or_insert((0, genre)).0 += 1;
    }
    let most = counts.into_values().rev().max_by_key(|(count, _)| *count);
    most.map(|(_, genre)| genre.clone())
}
