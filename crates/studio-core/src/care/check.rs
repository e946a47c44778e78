//! Comparing an object with what the catalogue knows of it.

use std::time::Duration;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use studio_blob::{Error as StoreError, ObjectInfo, fetch_range};
use studio_domain::{Check, Damage, Digest, NewVersion, StoreUrl};
use studio_repo::StoredObject;
use tokio::sync::mpsc;

use crate::{Error, Event, Job, Result, Studio};

/// How often bytes that are not right are read before they are called damaged: once may be
/// the network's fault.
const READINGS: u32 = 2;
/// How often an object that is replaced while it is read is begun again.
const BEGINNINGS: u32 = 4;
/// How many objects are looked up at once.
const PAGE: u32 = 1000;
/// How many other objects are tried before one is called unreadable.
const OTHERS: u32 = 8;
/// How long to wait before what could not be read is tried again.
const PAUSE: Duration = Duration::from_secs(1);

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
    /// Where it is known.
    pub(crate) crc64nvme: Option<studio_domain::Crc64Nvme>,
}

impl From<&NewVersion> for Expected {
    fn from(version: &NewVersion) -> Self {
        let NewVersion { object_key, size, digest, crc64nvme, .. } = version.clone();
        Self { object_key, size, digest, crc64nvme: Some(crc64nvme) }
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
    /// Whether it is in an archive and could not be read, though it was to be.
    pub(crate) archived: bool,
    /// Bytes that were read.
    pub(crate) read: u64,
}

impl Studio {
    /// Whether something names an object.
    pub(super) async fn is_needed(&self, object: &StoredObject) -> Result<bool> {
        let keys = [object.object_key.clone()];
        let uses = self.care.uses(self.store.url(), &keys, self.now()).await?;
        Ok(uses.iter().any(|used| used.is_named())
            || self.publish.is_published_object(&object.digest).await?)
    }

    /// Every object that a version, one in the trash or something published names.
    pub(super) async fn all_objects(&self) -> Result<Vec<StoredObject>> {
        let mut all: Vec<StoredObject> = Vec::new();
        loop {
            let after = all.last().map(StoredObject::position);
            let page = self.care.objects_to_check(self.store.url(), after.as_ref(), PAGE).await?;
            let full = page.len() == PAGE as usize;
            all.extend(page);
            if !full {
                return Ok(all);
            }
        }
    }

    /// Compares one object. What was found is in the catalogue afterwards, if it is
    /// certain: that all bytes are right only if all of them were read.
    pub(crate) async fn compare(
        &self,
        expected: &Expected,
        depth: Depth,
        job: &Job,
    ) -> Result<Compared> {
        let compared = self.compare_only(expected, depth, job).await?;
        if (depth == Depth::Full && !compared.archived) || compared.damage.is_some() {
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
        for _ in 1..BEGINNINGS {
            match self.compare_once(expected, depth, job).await {
                // Replaced, as by a repair, while it was read: what is there now counts.
                Err(Error::Store(StoreError::Changed { .. })) => {}
                compared => return compared,
            }
        }
        self.compare_once(expected, depth, job).await
    }

    async fn compare_once(&self, expected: &Expected, depth: Depth, job: &Job) -> Result<Compared> {
        let good = Compared { damage: None, by_content: true, archived: false, read: 0 };
        let damaged = |damage, read| Compared { damage: Some(damage), read, ..good };
        let mut looked = self.look(expected, job).await?;
        if looked.1.is_some() {
            // An answer may have been somebody else's, as of a proxy: the second counts.
            looked = self.look(expected, job).await?;
        }
        let head = match looked {
            (Some(head), None) => head,
            (_, damage) => return Ok(damaged(damage.unwrap_or(Damage::Missing), 0)),
        };
        if depth == Depth::Quick {
            let by_content = head.crc64nvme.is_some() && expected.crc64nvme.is_some();
            return Ok(Compared { by_content, ..good });
        }
        let mut found = Damage::WrongDigest;
        for reading in 1..=READINGS {
            let key = &expected.object_key;
            found = match self.read_digest(expected, &head, job).await {
                Ok(digest) if digest == expected.digest => {
                    return Ok(Compared { read: head.size, ..good });
                }
                Ok(digest) => {
                    tracing::warn!(%key, %digest, reading, "wrong bytes came");
                    Damage::WrongDigest
                }
                Err(Error::Store(error)) if is_of_one_object(&error) => {
                    tracing::warn!(%key, %error, reading, "could not be read to its end");
                    if let Some(damage) = self.look(expected, job).await?.1 {
                        return Ok(damaged(damage, 0));
                    }
                    if reading == READINGS && !self.reads_others(expected, job).await? {
                        return Err(error.into());
                    }
                    job.unless_cancelled(pause()).await?;
                    Damage::Unreadable
                }
                Err(Error::Store(StoreError::Archived { .. })) => {
                    let by_content = head.crc64nvme.is_some();
                    return Ok(Compared { by_content, archived: true, ..good });
                }
                Err(error) => return Err(error),
            };
        }
        Ok(damaged(found, head.size))
    }

    /// What the store says of an object, and what of that is not as it should be.
    async fn look(
        &self,
        expected: &Expected,
        job: &Job,
    ) -> Result<(Option<ObjectInfo>, Option<Damage>)> {
        match job.unless_cancelled(self.store.head(&expected.object_key)).await {
            Ok(head) => {
                let other_crc =
                    head.crc64nvme.zip(expected.crc64nvme).is_some_and(|(crc, own)| crc != own);
                let damage = match head.size == expected.size {
                    true => other_crc.then_some(Damage::WrongDigest),
                    false => Some(Damage::WrongSize),
                };
                Ok((Some(head), damage))
            }
            Err(Error::Store(StoreError::NotFound { .. } | StoreError::NoSuchStore { .. })) => {
                // A disk that was pulled out meanwhile has lost nothing.
                self.expect_store().await?;
                Ok((None, Some(Damage::Missing)))
            }
            Err(error) => Err(error),
        }
    }

    /// Whether bytes of other objects can be read: if so, it is not the line, or the server.
    async fn reads_others(&self, expected: &Expected, job: &Job) -> Result<bool> {
        let some = self.care.objects_to_check(self.store.url(), None, OTHERS).await?;
        let mut others = some
            .into_iter()
            .filter(|object| object.object_key != expected.object_key && object.size > 0)
            .peekable();
        // Alone on a disk, it is the disk.
        let mut read = others.peek().is_none() && matches!(self.store.url(), StoreUrl::File(_));
        for other in others {
            let byte =
                fetch_range(&*self.store, &other.object_key, 0..1, None, &self.memory.buffers);
            read = match job.unless_cancelled(byte).await {
                Ok(_) => return Ok(true),
                Err(Error::Store(_)) => read,
                Err(error) => return Err(error),
            };
        }
        Ok(read)
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

/// Whether an error of reading may concern one object alone: a bad sector, a file that
/// somebody made unreadable.
fn is_of_one_object(error: &StoreError) -> bool {
    use StoreError as E;
    matches!(error, E::Interrupted { .. } | E::NotFound { .. } | E::Denied { .. } | E::Io { .. })
}

async fn pause() -> Result<()> {
    tokio::time::sleep(PAUSE).await;
    Ok(())
}
