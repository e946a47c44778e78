//! Sending a file's bytes to the store.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bytes::Bytes;
use studio_blob::{Attributes, BlobStore, Error as StoreError, WriteMode};
use studio_domain::{Crc64Nvme, ObjectKey};
use tokio::sync::OwnedSemaphorePermit;

use super::fingerprint::Fingerprint;
use super::inspect::{Inspection, Presence};
use super::memory::Memory;
use crate::step::step;
use crate::{Error, Event, Job, Phase, RateLimit, Result, TransferOptions};

/// How often a write that met another of the same object is tried again.
const CONTENDED_TRIES: u32 = 5;
/// How long to wait for the other one, longer each time.
const CONTENDED_PAUSE: Duration = Duration::from_millis(250);
/// How often bytes that did not arrive as they were sent are sent.
const ARRIVAL_TRIES: u32 = 4;

/// One object to be, and where its bytes come from.
pub(crate) struct Shipment<'a> {
    pub(crate) store: &'a dyn BlobStore,
    pub(crate) key: ObjectKey,
    pub(crate) file: Arc<File>,
    /// The path for messages.
    pub(crate) path: &'a Path,
    pub(crate) fingerprint: &'a Fingerprint,
    pub(crate) attributes: Attributes,
    /// Whether what the store says of the object's checksum is not relied on: other bytes
    /// came when it was read. A disk that rots does not tell the server.
    pub(crate) doubt: bool,
    pub(crate) options: TransferOptions,
    pub(crate) memory: Memory,
    pub(crate) rate: RateLimit,
    pub(crate) job: &'a Job,
    pub(crate) moved: Moved,
}

/// What of an object was moved.
#[derive(Debug, Default)]
pub(crate) struct Moved {
    /// Bytes that this attempt sent, and that arrived.
    pub(super) sent: AtomicU64,
    /// Bytes that an earlier attempt had sent.
    pub(super) kept: AtomicU64,
}

/// What it took to have an object in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Bytes that were sent for it: none if it was there.
    pub(crate) bytes: u64,
    /// Bytes that an earlier attempt had sent, and that needed not be sent again.
    pub(crate) kept: u64,
}

impl Shipment<'_> {
    /// Sees to it that the object is in the store.
    pub(crate) async fn ensure_stored(&self) -> Result<Sent> {
        for n in 1..=CONTENDED_TRIES {
            let presence = self.inspect().await?;
            step!("inspected", ?presence);
            let mode = match presence {
                Presence::Whole => {
                    self.tidy().await?;
                    return Ok(self.sent());
                }
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

    fn sent(&self) -> Sent {
        let Moved { sent, kept } = &self.moved;
        Sent { bytes: sent.load(Ordering::Relaxed), kept: kept.load(Ordering::Relaxed) }
    }

    /// Whether the object is there, with the right bytes.
    pub(crate) async fn inspect(&self) -> Result<Presence> {
        self.inspection().presence().await
    }

    fn inspection(&self) -> Inspection<'_> {
        Inspection {
            store: self.store,
            key: &self.key,
            fingerprint: self.fingerprint,
            doubt: self.doubt,
            options: self.options,
            memory: &self.memory,
            rate: &self.rate,
            job: self.job,
        }
    }

    /// Asks the store once more about what it has just taken.
    async fn confirm(&self) -> Result<Sent> {
        let head = self.job.unless_cancelled(self.store.head(&self.key)).await?;
        let crc = head.crc64nvme.unwrap_or(self.fingerprint.crc64nvme);
        if head.size != self.fingerprint.size || crc != self.fingerprint.crc64nvme {
            return Err(self.not_stored("its size or checksum differs"));
        }
        step!("confirmed");
        Ok(self.sent())
    }

    fn not_stored(&self, detail: &str) -> Error {
        Error::NotStored { digest: self.fingerprint.digest, detail: detail.to_owned() }
    }

    async fn send(&self, mode: WriteMode) -> Result<()> {
        let total = self.fingerprint.size;
        self.job.tell(Event::Begin { phase: Phase::Sending, total });
        let sent = if total <= self.options.part_size_for(total) {
            self.send_whole(mode).await
        } else {
            self.send_parts(mode).await
        };
        self.job.tell(Event::End);
        sent
    }

    async fn send_whole(&self, mode: WriteMode) -> Result<()> {
        let crc = self.fingerprint.crc64nvme;
        let size = self.fingerprint.size;
        let _room = self.job.unless_cancelled(self.room(size)).await?;
        let bytes = self.read_again(0, size, crc).await?;
        // Not cut off half way: a store might go on with it after we are gone.
        self.job.check()?;
        self.until_arrived(|| {
            self.store.put(&self.key, bytes.clone(), crc, &self.attributes, mode)
        })
        .await?;
        self.tell_sent(size);
        Ok(())
    }

    /// A write, and again where its bytes did not arrive as they were sent: the store
    /// noticed by their checksum and kept nothing.
    pub(super) async fn until_arrived<T, W>(&self, write: impl Fn() -> W) -> Result<T>
    where
        W: Future<Output = studio_blob::Result<T>>,
    {
        for n in 1.. {
            match write().await {
                Err(StoreError::Corrupted { object, detail }) if n < ARRIVAL_TRIES => {
                    tracing::warn!(object, detail, "not as it was sent; sent again");
                }
                result => return Ok(result?),
            }
        }
        unreachable!("the last try returns")
    }

    pub(super) fn tell_sent(&self, bytes: u64) {
        self.moved.sent.fetch_add(bytes, Ordering::Relaxed);
        self.job.tell(Event::Moved { bytes });
    }

    /// Waits until so many bytes may be in memory, and may move.
    pub(super) async fn room(&self, bytes: u64) -> Result<Option<OwnedSemaphorePermit>> {
        let room = self.memory.take(bytes).await;
        self.rate.take(bytes).await;
        Ok(room)
    }

    /// Reads bytes again; those that are not as they were at the first reading go nowhere.
    pub(super) async fn read_again(
        &self,
        start: u64,
        length: u64,
        expected: Crc64Nvme,
    ) -> Result<Bytes> {
        let (file, buffers) = (Arc::clone(&self.file), self.memory.buffers.clone());
        let read = tokio::task::spawn_blocking(move || {
            let mut buffer = buffers.take(length as usize);
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
