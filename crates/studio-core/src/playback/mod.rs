//! Playing: the bytes of something, range by range, from wherever they lie.
//!
//! [`Playback`] knows the places: the studio's own store, and the libraries that are played
//! where they lie. A [`Playable`] is what the catalogue knows of one piece of sound, and
//! opens ranges of it. What is [`Playing`] goes on after a transfer broke off, but only with
//! the very same bytes; otherwise it ends with an error. Dropping it ends the reading.

mod course;

use std::collections::HashMap;
use std::fmt;
use std::iter;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use studio_blob::reader::{RangeReader, StoreReader, Wanted};
use studio_blob::{BlobStore, Error as StoreError};
use studio_domain::{AssetKey, SoundPlace, StoreUrl, StoredSound, Timestamp};

pub use self::course::Playing;
use crate::Result;

/// Makes a reader of a place that was not named before; none if it cannot.
type Opener = Box<dyn Fn(&StoreUrl) -> Option<Arc<dyn RangeReader>> + Send + Sync>;

/// The places that can be played from; clones share them.
#[derive(Clone, Default)]
pub struct Playback(Arc<Places>);

#[derive(Default)]
struct Places {
    readers: RwLock<HashMap<StoreUrl, Arc<dyn RangeReader>>>,
    opener: Option<Opener>,
}

impl Playback {
    /// Nothing can be played yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Plays from the libraries, too, that `opener` makes readers of: each is made when
    /// something of it is first played, and kept.
    pub fn opening(
        opener: impl Fn(&StoreUrl) -> Option<Arc<dyn RangeReader>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Places { readers: RwLock::default(), opener: Some(Box::new(opener)) }))
    }

    /// Plays what lies in a place with this reader from now on.
    pub fn add(&self, place: StoreUrl, reader: Arc<dyn RangeReader>) {
        self.0.readers.write().unwrap_or_else(PoisonError::into_inner).insert(place, reader);
    }

    /// Plays what lies in a store, by the store's own methods.
    pub fn add_store(&self, store: Arc<dyn BlobStore>) {
        self.add(store.url().clone(), Arc::new(StoreReader::new(store)));
    }

    /// The reader of a place.
    ///
    /// # Errors
    /// [`StoreError::NoSuchStore`] when nothing is known of it.
    pub fn reader(&self, place: &StoreUrl) -> Result<Arc<dyn RangeReader>> {
        let known = self.0.readers.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(reader) = known.get(place) {
            return Ok(Arc::clone(reader));
        }
        drop(known);
        let made = self.0.opener.as_ref().and_then(|opener| opener(place));
        let made = made.ok_or_else(|| StoreError::NoSuchStore { store: place.clone() })?;
        let mut known = self.0.readers.write().unwrap_or_else(PoisonError::into_inner);
        // Of two who made it at once, one is enough: each has connections of its own.
        Ok(Arc::clone(known.entry(place.clone()).or_insert(made)))
    }

    /// Something that lies in a place, ready to be played.
    ///
    /// # Errors
    /// Those of [`reader`](Self::reader).
    pub fn playable(&self, place: &StoreUrl, key: AssetKey, facts: Facts) -> Result<Playable> {
        Ok(Playable::new(self.reader(place)?, key, facts))
    }

    /// The bytes of a recording, ready to be played, and to be saved under a name.
    ///
    /// # Errors
    /// Those of [`reader`](Self::reader); [`StoreError::NotFound`] when nothing can have that
    /// key.
    pub fn sound(&self, sound: &StoredSound, file_name: String) -> Result<Playable> {
        let (key, state) = match &sound.place {
            // Which bytes they are is in the key.
            SoundPlace::Own { key, store, .. } => {
                let missing = |_| StoreError::NotFound { object: store.locate(key) };
                (key.as_str().parse().map_err(missing)?, None)
            }
            SoundPlace::Found { key, etag, .. } => (key.clone(), Some(etag.clone())),
        };
        let facts = Facts {
            size: sound.size,
            etag: sound.etag(),
            state,
            modified: Some(sound.modified_at),
            content_type: sound.content_type.clone(),
            file_name,
        };
        self.playable(sound.place.store(), key, facts)
    }
}

impl fmt::Debug for Playback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.0.readers.read().unwrap_or_else(PoisonError::into_inner);
        f.debug_struct("Playback").field("places", &known.keys()).finish_non_exhaustive()
    }
}

/// What is known of bytes before they are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Facts {
    /// How many they are.
    pub size: u64,
    /// The strong entity tag of the bytes (RFC 9110, 8.8.3) without its quotes: the same as
    /// long as they are the same. The digest of objects of the studio's own; the bucket's name
    /// for the state of others.
    pub etag: String,
    /// The place's name for the state that they are in, without quotes, if another one must
    /// not be played; none for objects whose key is their digest.
    pub state: Option<String>,
    /// When they were written, if that is known.
    pub modified: Option<Timestamp>,
    /// Their media type (RFC 6838).
    pub content_type: String,
    /// The name to save them under.
    pub file_name: String,
}

/// Something that can be played.
#[derive(Clone)]
pub struct Playable {
    reader: Arc<dyn RangeReader>,
    key: AssetKey,
    facts: Facts,
}

impl Playable {
    /// What `reader` reads under `key`.
    pub fn new(reader: Arc<dyn RangeReader>, key: AssetKey, facts: Facts) -> Self {
        Self { reader, key, facts }
    }

    /// What is known of it.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Begins to read ranges of it, one after the other; the first is asked for at once, so
    /// that it is known whether there is anything to play. Ranges that are empty or do not lie
    /// within its size bring nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the object is gone, [`StoreError::Changed`] when it is
    /// another one by now, and what else the place says: its
    /// [`kind`](crate::Error::kind) is `Unavailable` when it cannot be read now.
    pub async fn open(&self, ranges: impl IntoIterator<Item = Range<u64>>) -> Result<Playing> {
        let size = self.facts.size;
        let ranges = ranges.into_iter().filter(|range| range.start < range.end.min(size));
        let ranges = ranges.map(|range| range.start..range.end.min(size)).collect();
        let wanted = Wanted { size, etag: self.facts.state.clone() };
        Playing::begin(Arc::clone(&self.reader), self.key.clone(), wanted, ranges).await
    }

    /// Looks whether it can be played, by reading one byte of it.
    ///
    /// # Errors
    /// Those of [`open`](Self::open).
    pub async fn look(&self) -> Result<()> {
        self.open(iter::once(0..1)).await?.finish().await
    }

    /// A link by which anybody who has it can read the object until `expires` has passed, and
    /// save it under its file name if `saving`; `None` where the place has no links. Nobody
    /// looks whether the object is there.
    ///
    /// # Errors
    /// Those of the place.
    pub async fn link(&self, expires: Duration, saving: bool) -> Result<Option<String>> {
        let file_name = saving.then(|| self.facts.file_name.clone());
        Ok(self.reader.link(&self.key, expires, file_name).await?)
    }
}

impl fmt::Debug for Playable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Playable")
            .field("key", &self.key)
            .field("facts", &self.facts)
            .finish_non_exhaustive()
    }
}
