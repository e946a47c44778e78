//! Whether an object is in the store, with the right bytes.

use studio_blob::{BlobStore, CrcHasher, Error as StoreError, ObjectInfo, fetch_range};
use studio_domain::{Crc64Nvme, ObjectKey};

use super::fingerprint::Fingerprint;
use super::memory::Memory;
use crate::{Error, Event, Job, Phase, RateLimit, Result, TransferOptions};

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

/// An object, and what its bytes should be.
pub(crate) struct Inspection<'a> {
    pub(crate) store: &'a dyn BlobStore,
    pub(crate) key: &'a ObjectKey,
    pub(crate) fingerprint: &'a Fingerprint,
    /// Whether what the store says of the checksum is not relied on.
    pub(crate) doubt: bool,
    pub(crate) options: TransferOptions,
    pub(crate) memory: &'a Memory,
    pub(crate) rate: &'a RateLimit,
    pub(crate) job: &'a Job,
}

impl Inspection<'_> {
    /// Whether the object is there, with the right bytes. Where the store keeps no
    /// checksum they are read: nobody is to rely on an object that has rotted.
    pub(crate) async fn presence(&self) -> Result<Presence> {
        let head = match self.job.unless_cancelled(self.store.head(self.key)).await {
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
            Some(crc) if !self.doubt => crc,
            _ => match self.read_checksum(&head).await {
                // What cannot be read is of no use to anybody, and our bytes are at hand.
                Err(Error::Store(
                    StoreError::Interrupted { .. }
                    | StoreError::Archived { .. }
                    | StoreError::Io { .. },
                )) => return Ok(Presence::Broken),
                read => read?,
            },
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
            let chunk = async {
                self.rate.take(range.end - range.start).await;
                fetch_range(self.store, self.key, range, etag, &self.memory.buffers).await
            };
            let chunk = self.job.unless_cancelled(chunk).await?;
            crc.update(&chunk);
            self.job.tell(Event::Moved { bytes: chunk.len() as u64 });
        }
        self.job.tell(Event::End);
        Ok(crc.finish())
    }
}
