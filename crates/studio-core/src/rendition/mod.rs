//! What is made of stored sound and pictures so that others can play and show them: FLAC of
//! what is recorded as WAV or AIFF, Opus for phones (feature `opus`), covers in the sizes that
//! screens show.
//!
//! Each is made once, when it is first asked for, and kept in the store under
//! `renditions/<digest>/<kind>`, the digest being that of what it is made of. It is a cache:
//! what is lost or damaged is made again, so nothing is recorded of it in a catalogue, doctor
//! and recovery pass over it, and garbage collection removes what was made of sources that are
//! gone. A write to a store is atomic, so a program that dies while it makes one leaves nothing
//! that anybody sees.

mod cover;
mod flight;
mod make;
mod original;
mod sketch;

use std::path::PathBuf;
use std::sync::Arc;

use studio_audio::convert::{FLAC_RECIPE, OPUS_RECIPE};
use studio_blob::{BlobStore, ETag};
use studio_domain::{ObjectKey, RenditionKind};

use self::flight::Flights;
use self::make::Workshop;
use crate::{Error, Result, Studio, TransferOptions};

pub use self::cover::{CoverSize, MAX_PICTURE_BYTES, Sleeve, embedded_picture};
pub use self::original::{Original, Ranges, source_of_found};

/// What sound is made into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rendition {
    /// The very same samples as FLAC: for sources of whole numbers of at most 24 bits.
    Flac,
    /// About the same sound at 48 kHz and some 64 kbit/s for each of one or two channels: Opus
    /// in Ogg.
    Opus,
}

impl Rendition {
    /// Whether this program can make it: Opus needs the feature `opus`.
    pub const fn is_available(self) -> bool {
        match self {
            Self::Flac => true,
            Self::Opus => cfg!(feature = "opus"),
        }
    }

    /// Its media type (RFC 6838, RFC 7845 for the codec).
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Flac => "audio/flac",
            Self::Opus => "audio/ogg; codecs=opus",
        }
    }

    /// What stands at its key, by the present recipe.
    pub const fn kind(self) -> RenditionKind {
        match self {
            Self::Flac => RenditionKind::Flac { recipe: FLAC_RECIPE },
            Self::Opus => RenditionKind::Opus { recipe: OPUS_RECIPE },
        }
    }
}

/// A rendition as it lies in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Its key.
    pub key: ObjectKey,
    /// How many bytes it has.
    pub size: u64,
    /// Its media type.
    pub content_type: &'static str,
    /// Its state in the store, where the store gives that a name.
    pub etag: Option<ETag>,
}

/// Makes renditions and keeps them in a store. Cheap to clone; clones share what is being made.
///
/// However many ask for the same one at the same time, it is made once; other processes on
/// the same store may make it too, and the last one stays. At most so many are made at once as
/// were asked for, two of sound and two of pictures if nothing was; the others wait. What
/// nobody waits for any more is given up: to stop waiting is to drop the future.
#[derive(Clone)]
pub struct Renditions {
    workshop: Arc<Workshop>,
    sounds: Flights<Rendered>,
    covers: Flights<Option<Rendered>>,
}

impl Renditions {
    /// Keeps them in a store.
    pub fn new(store: Arc<dyn BlobStore>) -> Self {
        Self::of(Workshop::new(store))
    }

    fn of(workshop: Workshop) -> Self {
        let (sounds, covers) = (Flights::default(), Flights::default());
        Self { workshop: Arc::new(workshop), sounds, covers }
    }

    /// Lets what is being made lie below this directory: it needs room for the source and what
    /// becomes of it. Clones from before go on with theirs.
    pub fn with_spool_directory(self, directory: PathBuf) -> Self {
        let workshop = (*self.workshop).clone();
        Self::of(Workshop { spool_directory: Some(directory), ..workshop })
    }

    /// Sends what was made in another way. Clones from before go on in theirs.
    pub fn with_transfer_options(self, transfer: TransferOptions) -> Self {
        let workshop = (*self.workshop).clone();
        let rate = crate::RateLimit::new(transfer.limit_rate);
        Self::of(Workshop { transfer, rate, ..workshop })
    }

    /// Makes at most so many of sound at once, and as many of pictures.
    pub fn with_parallel(self, most: usize) -> Self {
        Self::of((*self.workshop).clone().with_parallel(most))
    }

    /// The rendition of some sound: made if it is not there.
    ///
    /// # Errors
    /// [`Sound`](Error::Sound) when there cannot be such a rendition: of what is no sound,
    /// FLAC of floats and of what is lossy, Opus of more than two channels or without the
    /// feature for it; [`Store`](Error::Store) for what the stores of the source and of the
    /// rendition say, also when the source has other bytes than its digest says;
    /// [`TargetUnwritable`](Error::TargetUnwritable) for the scratch directory. What is said of
    /// the making, which others may have waited for too, is the source of
    /// [`NotRendered`](Error::NotRendered).
    pub async fn get(&self, original: &Original, rendition: Rendition) -> Result<Rendered> {
        let key = ObjectKey::of_rendition(&original.source(), rendition.kind());
        let (workshop, own, at) = (Arc::clone(&self.workshop), original.clone(), key.clone());
        let made = self.sounds.join(&key, async move |job| {
            if let Some(there) = workshop.there(&at, rendition.content_type()).await? {
                return Ok(there);
            }
            workshop.make_sound(&own, rendition, at, &job).await
        });
        made.await.map_err(|source| not_rendered(original, source))
    }

    /// The cover that a picture, or the picture in some sound, is; made if it is not there.
    /// `None` for sound without a picture that can be told.
    ///
    /// # Errors
    /// As [`get`](Self::get): [`Sound`](Error::Sound) when it is no picture that can be
    /// trusted, such as one that is larger than it should be or cut short.
    pub async fn cover(&self, sleeve: &Sleeve, size: CoverSize) -> Result<Option<Rendered>> {
        let original = sleeve.original();
        let key_of = |size: CoverSize| ObjectKey::of_rendition(&original.source(), size.kind());
        let sizes = size.siblings();
        let (workshop, own, at) = (Arc::clone(&self.workshop), sleeve.clone(), key_of(size));
        // All that are made together are one flight.
        let flight = sizes.first().map_or_else(|| at.clone(), |first| key_of(*first));
        let wanted = at.clone();
        let made = self.covers.join(&flight, async move |job| {
            if let Some(there) = workshop.there(&at, CoverSize::CONTENT_TYPE).await? {
                return Ok(Some(there));
            }
            match workshop.make_covers(&own, &sizes, &job).await? {
                true => workshop.there(&at, CoverSize::CONTENT_TYPE).await,
                false => Ok(None),
            }
        });
        let made = made.await.map_err(|source| not_rendered(original, source))?;
        // Who joined one that was for another of them finds their own beside it.
        match made {
            Some(made) if made.key != wanted => {
                let there = self.workshop.there(&wanted, CoverSize::CONTENT_TYPE).await;
                match there.map_err(|source| not_rendered(original, Arc::new(source)))? {
                    Some(there) => Ok(Some(there)),
                    // The other one was there before, and this one is not.
                    None => Box::pin(self.cover(sleeve, size)).await,
                }
            }
            made => Ok(made),
        }
    }

    /// Removes one that was found damaged: whoever asks next has it made again.
    ///
    /// # Errors
    /// [`Store`](Error::Store).
    pub async fn forget(&self, key: &ObjectKey) -> Result<()> {
        match key.kind() {
            studio_domain::KeyKind::Rendition { .. } => Ok(self.workshop.store.delete(key).await?),
            // Nothing else is a cache.
            _ => Ok(()),
        }
    }
}

impl Studio {
    /// Renditions in the store of this studio, made in its spool directory and sent within its
    /// bounds. To be had once and cloned: only clones know of each other's work.
    pub fn renditions(&self) -> Renditions {
        Renditions::of(Workshop {
            transfer: self.transfer,
            memory: self.memory.clone(),
            rate: self.rate.clone(),
            spool_directory: self.spool_directory.clone(),
            ..Workshop::new(Arc::clone(&self.store))
        })
    }
}

impl std::fmt::Debug for Renditions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Renditions").field("store", self.workshop.store.url()).finish()
    }
}

fn not_rendered(original: &Original, source: Arc<Error>) -> Error {
    Error::NotRendered { what: original.name().to_owned(), source }
}
