//! Comparing an object with what the catalogue knows of it.

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use studio_blob::{Error as StoreError, ObjectInfo, fetch_range};
use studio_domain::{Check, Damage, Digest, NewVersion};
use studio_repo::StoredObject;
use tokio::sync::mpsc;

use crate::{Error, Event, Job, Result, Studio};

/// How often bytes that are not right are read before they are called damaged: once may be
/// the network's fault.
const READINGS: u32 = 2;

/// How thoroughly objects are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// By what the store says of them: size, and checksum where it keeps one. No audio is
    /// read.
    Quick,
    /// By every byte.
    Full,
}

/// What comparisons write into the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Record {
    /// Damage, and what was read in full.
    Checks,
    Nothing,
}

/// What is known of an object of which a comparison is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) object_key: studio_domain::ObjectKey,
    pub(crate) size: u64,
    pub(crate) digest: Digest,
    pub(crate) crc64nvme: studio_domain::Crc64Nvme,
}

impl From<&NewVersion> for Expected {
    fn from(version: &NewVersion) -> Self {
        let NewVersion { object_key, size, digest, crc64nvme, .. } = version.clone();
        Self { object_key, size, digest, crc64nvme }
    }
}

impl From<&StoredObject> for Expected {
    fn from(object: &StoredObject) -> Self {
        let StoredObject { object_key, size, digest, crc64nvme, .. } = object.clone();
        Self { object_key, size, digest, crc64nvme }
    }
}

/// What a comparison found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Compared {
    pub(crate) damage: Option<Damage>,
    /// Whether the store told a checksum, or the bytes were read: more than the size.
    pub(crate) by_content: bool,
    /// Bytes that were read.
    pub(crate) read: u64,
}

impl Studio {
    /// Compares one object. What was found is in the catalogue afterwards, if it is
    /// certain: that all bytes are right only if all of them were read.
    pub(crate) async fn compare(
        &self,
        expected: &Expected,
        depth: Depth,
        job: &Job,
    ) -> Result<Compared> {
        let compared = self.compare_only(expected, depth, job).await?;
        if depth == Depth::Full || compared.damage.is_some() {
            let check = Check { at: self.now(), damage: compared.damage };
            let checks = [(expected.object_key.clone(), check)];
            self.care.record_checks(self.store.url(), &checks).await?;
        }
        Ok(compared)
    }

    pub(super) async fn compare_and(
        &self,
        record: Record,
        expected: &Expected,
        depth: Depth,
        job: &Job,
    ) -> Result<Compared> {
        match record {
            Record::Checks => self.compare(expected, depth, job).await,
            Record::Nothing => self.compare_only(expected, depth, job).await,
        }
    }

    /// Compares one object and tells nobody.
    pub(crate) async fn compare_only(
        &self,
        expected: &Expected,
        depth: Depth,
        job: &Job,
    ) -> Result<Compared> {
        let damaged = |damage, read| Compared { damage: Some(damage), by_content: true, read };
        let head = job.unless_cancelled(self.store.head(&expected.object_key)).await;
        let head = match head {
            Ok(head) => head,
            Err(Error::Store(StoreError::NotFound { .. } | StoreError::NoSuchStore { .. })) => {
                return Ok(damaged(Damage::Missing, 0));
            }
            Err(error) => return Err(error),
        };
        if head.size != expected.size {
            return Ok(damaged(Damage::WrongSize, 0));
        }
        if head.crc64nvme.is_some_and(|crc| crc != expected.crc64nvme) {
            return Ok(damaged(Damage::WrongDigest, 0));
        }
        if depth == Depth::Quick {
            let by_content = head.crc64nvme.is_some();
            return Ok(Compared { damage: None, by_content, read: 0 });
        }
        for reading in 1..=READINGS {
            match self.read_digest(expected, &head, job).await {
                Ok(found) if found == expected.digest => {
                    return Ok(Compared { damage: None, by_content: true, read: head.size });
                }
                Ok(found) => {
                    tracing::warn!(key = %expected.object_key, %found, reading, "wrong bytes came");
                }
                // Removed, or replaced, while it was read: what is there now counts.
                Err(Error::Store(StoreError::NotFound { .. })) => {
                    return Ok(damaged(Damage::Missing, 0));
                }
                Err(error) => return Err(error),
            }
        }
        Ok(damaged(Damage::WrongDigest, head.size))
    }

    /// The SHA-256 of an object, every byte of which is read.
    async fn read_digest(
        &self,
        expected: &Expected,
        head: &ObjectInfo,
        job: &Job,
    ) -> Result<Digest> {
        let step = self.transfer.range_size.max(1);
        let starts = (0..head.size.div_ceil(step)).map(|index| index * step);
        let buffers = &self.memory.buffers;
        let mut ranges = stream::iter(starts)
            .map(async |start| {
                let range = start..head.size.min(start + step);
                self.rate.take(range.end - range.start).await;
                let (key, etag) = (&expected.object_key, head.etag.as_ref());
                fetch_range(&*self.store, key, range, etag, buffers).await
            })
            .buffered(self.transfer.parallel_ranges.max(1));
        let (chunks, mut incoming) = mpsc::channel::<Bytes>(1);
        let hasher = tokio::task::spawn_blocking(move || {
            let mut sha256 = Sha256::new();
            while let Some(chunk) = incoming.blocking_recv() {
                sha256.update(&chunk);
            }
            Digest::from_bytes(sha256.finalize().into())
        });
        while let Some(chunk) = job.unless_cancelled(ranges.try_next()).await? {
            let bytes = chunk.len() as u64;
            // The hasher takes in all that comes.
            let _ = chunks.send(chunk).await;
            job.tell(Event::Moved { bytes });
        }
        drop(chunks);
        hasher.await.map_err(|error| Error::Internal(Box::new(error)))
    }
}
