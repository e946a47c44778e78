//! Sending a file's bytes to the store, in bounded memory.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use studio_blob::{
    Attributes, BlobStore, BufferPool, CrcHasher, Error as StoreError, MultipartUpload, ObjectInfo,
    PartReceipt, WriteMode, fetch_range,
};
use studio_domain::{Crc64Nvme, ObjectKey};

use crate::{Error, Event, Fingerprint, Job, Phase, Result, TransferOptions};

/// How often a write that met another of the same object is tried again.
const CONTENDED_TRIES: u32 = 5;
/// How long to wait for the other one, longer each time.
const CONTENDED_PAUSE: Duration = Duration::from_millis(250);

/// One object to be, and where its bytes come from.
pub(crate) struct Shipment<'a> {
    pub(crate) store: &'a dyn BlobStore,
    pub(crate) key: ObjectKey,
    pub(crate) file: Arc<File>,
    /// The path for messages.
    pub(crate) path: &'a Path,
    pub(crate) fingerprint: &'a Fingerprint,
    pub(crate) attributes: Attributes,
    pub(crate) options: TransferOptions,
    pub(crate) buffers: BufferPool,
    pub(crate) job: &'a Job,
}

impl Shipment<'_> {
    /// Sees to it that the object is in the store and returns how many bytes were sent
    /// for that: none if it was there.
    pub(crate) async fn ensure_stored(&self) -> Result<u64> {
        for n in 1..=CONTENDED_TRIES {
            let mode = match self.inspect().await? {
                Presence::Whole => return Ok(0),
                Presence::Missing => WriteMode::CreateNew,
                // Its key is the digest of our bytes, so ours are the ones that belong there.
                Presence::Broken => WriteMode::Replace,
            };
            match self.send(mode).await {
                // Somebody else stored the same bytes meanwhile, or our own write went
                // through and its answer was lost: look again.
                Err(Error::Store(
                    StoreError::AlreadyExists { .. } | StoreError::NotFound { .. },
                )) => {}
                Err(Error::Store(StoreError::Contended { .. })) => {
                    self.job.unless_cancelled(pause(CONTENDED_PAUSE * n)).await?;
                }
                Err(error) => return Err(error),
                Ok(()) => return self.confirm().await,
            }
        }
        Err(self.not_stored("other writers keep replacing it"))
    }

    /// Whether the object is there, with the right bytes. Where the store keeps no
    /// checksum they are read: nobody is to rely on an object that has rotted.
    pub(crate) async fn inspect(&self) -> Result<Presence> {
        let head = match self.job.unless_cancelled(self.store.head(&self.key)).await {
            Ok(head) => head,
            // Some buckets permit to write but not to ask; then the write decides.
            Err(Error::Store(
                StoreError::NotFound { .. }
                | StoreError::NoSuchStore { .. }
                | StoreError::Denied { .. },
            )) => return Ok(Presence::Missing),
            Err(error) => return Err(error),
        };
        let found = match head.crc64nvme {
            _ if head.size != self.fingerprint.size => return Ok(Presence::Broken),
            Some(crc) => crc,
            None => self.read_checksum(&head).await?,
        };
        match found == self.fingerprint.crc64nvme {
            true => Ok(Presence::Whole),
            false => Ok(Presence::Broken),
        }
    }

    async fn read_checksum(&self, head: &ObjectInfo) -> Result<Crc64Nvme> {
        let total = head.size;
        self.job.tell(Event::Begin { phase: Phase::Comparing, total });
        let mut crc = CrcHasher::default();
        let step = self.options.range_size.max(1);
        for start in (0..total).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
            let range = start..total.min(start + step);
            let etag = head.etag.as_ref();
            let chunk = fetch_range(self.store, &self.key, range, etag, &self.buffers);
            let chunk = self.job.unless_cancelled(chunk).await?;
            crc.update(&chunk);
            self.job.tell(Event::Moved { bytes: chunk.len() as u64 });
        }
        self.job.tell(Event::End);
        Ok(crc.finish())
    }

    /// Asks the store once more about what it has just taken.
    async fn confirm(&self) -> Result<u64> {
        let head = self.job.unless_cancelled(self.store.head(&self.key)).await?;
        let crc = head.crc64nvme.unwrap_or(self.fingerprint.crc64nvme);
        match head.size == self.fingerprint.size && crc == self.fingerprint.crc64nvme {
            true => Ok(self.fingerprint.size),
            false => Err(self.not_stored("its size or checksum differs")),
        }
    }

    fn not_stored(&self, detail: &str) -> Error {
        Error::NotStored { digest: self.fingerprint.digest, detail: detail.to_owned() }
    }

    async fn send(&self, mode: WriteMode) -> Result<()> {
        let total = self.fingerprint.size;
        self.job.tell(Event::Begin { phase: Phase::Sending, total });
        let sent = if self.fingerprint.parts.len() <= 1 {
            self.send_whole(mode).await
        } else {
            self.send_parts(mode).await
        };
        self.job.tell(Event::End);
        sent
    }

    async fn send_whole(&self, mode: WriteMode) -> Result<()> {
        let bytes = match self.fingerprint.parts.len() {
            0 => Bytes::new(),
            _ => self.read_part(0).await?,
        };
        let moved = bytes.len() as u64;
        let crc = self.fingerprint.crc64nvme;
        // Not cut off half way: a store might go on with it after we are gone.
        self.job.check()?;
        self.store.put(&self.key, bytes, crc, &self.attributes, mode).await?;
        self.job.tell(Event::Moved { bytes: moved });
        Ok(())
    }

    async fn send_parts(&self, mode: WriteMode) -> Result<()> {
        let Fingerprint { size, part_size, .. } = *self.fingerprint;
        // Not cut off either: an upload whose name we never learn could not be given up.
        self.job.check()?;
        let upload = self.store.begin(&self.key, size, part_size, &self.attributes).await?;
        let sent = self.job.unless_cancelled(self.send_parts_of(&upload, mode)).await;
        if sent.is_err()
            && let Err(error) = self.store.abort(&upload).await
        {
            tracing::warn!(%error, key = %self.key, "could not give up the unfinished upload");
        }
        sent
    }

    async fn send_parts_of(&self, upload: &MultipartUpload, mode: WriteMode) -> Result<()> {
        let parts = 0..self.fingerprint.parts.len();
        let mut receipts: Vec<PartReceipt> = stream::iter(parts)
            .map(|index| self.send_part(upload, index))
            .buffer_unordered(self.options.parallel_parts.max(1))
            .try_collect()
            .await?;
        receipts.sort_unstable_by_key(|receipt| receipt.number);
        let crc = self.fingerprint.crc64nvme;
        self.store.complete(upload, &receipts, crc, mode).await?;
        Ok(())
    }

    async fn send_part(&self, upload: &MultipartUpload, index: usize) -> Result<PartReceipt> {
        let bytes = self.read_part(index).await?;
        let moved = bytes.len() as u64;
        let crc = self.fingerprint.parts[index];
        // At most 10,000 parts, so the number fits.
        let receipt = self.store.put_part(upload, index as u32 + 1, bytes, crc).await?;
        self.job.tell(Event::Moved { bytes: moved });
        Ok(receipt)
    }

    /// Reads a part again; one that is not as it was at the first reading goes nowhere.
    async fn read_part(&self, index: usize) -> Result<Bytes> {
        let Fingerprint { size, part_size, .. } = *self.fingerprint;
        let start = index as u64 * part_size;
        let length = part_size.min(size - start) as usize;
        let expected = self.fingerprint.parts[index];
        let (file, buffers) = (Arc::clone(&self.file), self.buffers.clone());
        let read = tokio::task::spawn_blocking(move || {
            let mut buffer = buffers.take(length);
            file.read_exact_at(buffer.as_mut_slice(), start)?;
            let bytes = buffer.freeze();
            let same = studio_blob::crc64nvme(&bytes) == expected;
            Ok(same.then_some(bytes))
        });
        let path = self.path.to_owned();
        match read.await.map_err(|error| Error::Internal(Box::new(error)))? {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err(Error::SourceChanged { file: path }),
            Err(error) if is_end_of_file(&error) => Err(Error::SourceChanged { file: path }),
            Err(source) => Err(Error::SourceUnreadable { file: path, source }),
        }
    }
}

/// A pause, as work that can be cancelled.
async fn pause(time: Duration) -> Result<()> {
    tokio::time::sleep(time).await;
    Ok(())
}

fn is_end_of_file(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::UnexpectedEof
}

/// Whether an object is in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    /// It is there, with the right size and checksum.
    Whole,
    /// Something is there that is not it.
    Broken,
    /// Nothing is there.
    Missing,
}
