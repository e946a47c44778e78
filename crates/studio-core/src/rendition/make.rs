//! Making a rendition of sound: fetch, encode, send.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use studio_audio::probe::probe;
use studio_audio::source::read_full_at;
use studio_audio::{convert, decode};
use studio_blob::{Attributes, BlobStore, Error as StoreError, WriteMode, crc64nvme};
use studio_domain::{Digest, ObjectKey};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{Original, Rendered, Rendition};
use crate::sound::spool::Spool;
use crate::sound::{error, measure};
use crate::transfer::fingerprint::Fingerprint;
use crate::transfer::memory::Memory;
use crate::transfer::receive::target_error;
use crate::transfer::send::Shipment;
use crate::{Error, Job, RateLimit, Result, TransferOptions};

/// How many renditions of sound are made at once, and how many of pictures.
const PARALLEL: usize = 2;
/// How many bytes of a source are fetched at once.
const BLOCK: usize = 4 << 20;
/// The space of the buffer before the file.
const BUFFER: usize = 1 << 18;

/// Where renditions are made, and where they go.
#[derive(Clone)]
pub(super) struct Workshop {
    pub(super) store: Arc<dyn BlobStore>,
    pub(super) transfer: TransferOptions,
    pub(super) memory: Memory,
    pub(super) rate: RateLimit,
    pub(super) spool_directory: Option<PathBuf>,
    pub(super) encoders: Arc<Semaphore>,
    pub(super) painters: Arc<Semaphore>,
}

impl Workshop {
    pub(super) fn new(store: Arc<dyn BlobStore>) -> Self {
        let transfer = TransferOptions::default();
        Self {
            store,
            transfer,
            memory: Memory::default(),
            rate: RateLimit::new(transfer.limit_rate),
            spool_directory: None,
            encoders: Arc::new(Semaphore::new(PARALLEL)),
            painters: Arc::new(Semaphore::new(PARALLEL)),
        }
    }

    pub(super) fn with_parallel(self, most: usize) -> Self {
        let places = || Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS)));
        Self { encoders: places(), painters: places(), ..self }
    }

    /// What the store has at a key.
    pub(super) async fn there(
        &self,
        key: &ObjectKey,
        content_type: &'static str,
    ) -> Result<Option<Rendered>> {
        match self.store.head(key).await {
            // None of ours is empty.
            Ok(info) if info.size == 0 => Ok(None),
            Ok(info) => {
                let (key, size) = (key.clone(), info.size);
                Ok(Some(Rendered { key, size, content_type, etag: info.etag }))
            }
            Err(StoreError::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A place among those who paint.
    pub(super) async fn painter(&self, job: &Job) -> Result<OwnedSemaphorePermit> {
        turn(&self.painters, job).await
    }

    /// Makes a rendition and sends it.
    pub(super) async fn make_sound(
        &self,
        original: &Original,
        rendition: Rendition,
        key: ObjectKey,
        job: &Job,
    ) -> Result<Rendered> {
        let _turn = turn(&self.encoders, job).await?;
        // Another process may have made it while this one waited.
        if let Some(there) = self.there(&key, rendition.content_type()).await? {
            return Ok(there);
        }
        let spool = Spool::near(self.spool_directory.as_deref())?;
        let (source, target) = (spool.path().join("source"), spool.path().join("rendition"));
        let (own, work, made) = (original.clone(), job.clone(), target.clone());
        measure::aside(move || {
            fetch(&own, &source, &work)?;
            encode(&own, rendition, &source, &made, &work)
        })
        .await?;
        self.send(&target, rendition.content_type(), key.clone(), job).await?;
        self.there(&key, rendition.content_type()).await?.ok_or_else(|| gone(&*self.store, &key))
    }

    async fn send(&self, file: &Path, content_type: &str, key: ObjectKey, job: &Job) -> Result<()> {
        let unreadable = |source| Error::SourceUnreadable { file: file.to_owned(), source };
        let open = Arc::new(File::open(file).map_err(unreadable)?);
        let fingerprint = Fingerprint::read(Arc::clone(&open), file, self.transfer, job).await?;
        let shipment = Shipment {
            store: &*self.store,
            key,
            file: open,
            path: file,
            fingerprint: &fingerprint,
            attributes: attributes(content_type),
            doubt: false,
            options: self.transfer,
            memory: self.memory.clone(),
            rate: self.rate.clone(),
            job,
            moved: Default::default(),
        };
        shipment.ensure_stored().await.map(|_| ())
    }

    /// Puts what is small in its place.
    pub(super) async fn put(
        &self,
        key: &ObjectKey,
        bytes: Vec<u8>,
        content_type: &'static str,
        job: &Job,
    ) -> Result<Rendered> {
        let bytes = Bytes::from(bytes);
        self.rate.take(bytes.len() as u64).await;
        // Not cut off half way: a store might go on with it after we are gone.
        job.check()?;
        let crc = crc64nvme(&bytes);
        let attributes = attributes(content_type);
        self.store.put(key, bytes, crc, &attributes, WriteMode::Replace).await?;
        self.there(key, content_type).await?.ok_or_else(|| gone(&*self.store, key))
    }
}

/// Waits for a place.
pub(super) async fn turn(places: &Arc<Semaphore>, job: &Job) -> Result<OwnedSemaphorePermit> {
    let turn = Arc::clone(places).acquire_owned();
    job.unless_cancelled(async { turn.await.map_err(|error| Error::Internal(Box::new(error))) })
        .await
}

fn attributes(content_type: &str) -> Attributes {
    Attributes { content_type: Some(content_type.to_owned()), ..Attributes::default() }
}

fn gone(store: &dyn BlobStore, key: &ObjectKey) -> Error {
    Error::Store(StoreError::NotFound { object: store.url().locate(key) })
}

/// Refuses bytes that are not those that the digest names: what is made of damaged ones would
/// be kept long after they are repaired.
pub(super) fn check_digest(original: &Original, found: Digest) -> Result<()> {
    match original.digest() {
        Some(expected) if expected != found => Err(Error::Store(StoreError::Corrupted {
            object: original.name().to_owned(),
            detail: format!("its bytes have the digest {found}"),
        })),
        _ => Ok(()),
    }
}

/// Copies the source into a file, from its start to its end.
pub(super) fn fetch(original: &Original, target: &Path, job: &Job) -> Result<()> {
    let unwritable = |source| target_error(target, source);
    let mut file = File::create_new(target).map_err(unwritable)?;
    let (bytes, mut hasher) = (original.bytes(), Sha256::new());
    let most = usize::try_from(bytes.size()).unwrap_or(BLOCK).min(BLOCK);
    let (mut block, mut at) = (vec![0; most], 0);
    while at < bytes.size() {
        job.check()?;
        let read = read_full_at(&**bytes, at, &mut block)
            .map_err(|error| error::of(original.name(), error.into()))?;
        if read == 0 {
            let short = studio_audio::Error::Io(io::ErrorKind::UnexpectedEof.into());
            return Err(error::of(original.name(), short));
        }
        hasher.update(&block[..read]);
        file.write_all(&block[..read]).map_err(unwritable)?;
        at += read as u64;
    }
    check_digest(original, Digest::from_bytes(hasher.finalize().into()))
}

fn encode(
    original: &Original,
    rendition: Rendition,
    source: &Path,
    target: &Path,
    job: &Job,
) -> Result<()> {
    let sound = |error| error::of(original.name(), error);
    let bytes = measure::source(source)?;
    let tags = convert::comments(&probe(&*bytes).map_err(sound)?.tags);
    let mut decoder = decode::open(bytes).map_err(sound)?;
    let file = File::create_new(target).map_err(|error| target_error(target, error))?;
    let file = BufWriter::with_capacity(BUFFER, file);
    let mut go_on = measure::telling(job);
    let [a, b, c, d, ..] = *original.source().as_bytes();
    let made = match rendition {
        Rendition::Flac => convert::flac(&mut *decoder, file, &tags, &mut go_on),
        Rendition::Opus => {
            let serial = u32::from_le_bytes([a, b, c, d]);
            convert::opus(&mut *decoder, file, &tags, serial, &mut go_on)
        }
    };
    made.map(|_| ()).map_err(sound)
}
