//! Fetching an object's bytes into a file that appears whole or not at all.

use std::io;
use std::path::Path;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use studio_blob::{BlobStore, BufferPool, ETag, fetch_range};
use studio_domain::{Damage, Version};
use tokio::sync::mpsc;

use super::part_file::{OpenError, PartFile};
use crate::scratch::{directory_of, sync_names};
use crate::{Error, Event, Job, Phase, RateLimit, Result, TransferOptions};

/// How often an object whose bytes are not right is read before it is called damaged: once
/// may be the network's fault.
const READINGS: u32 = 2;

/// A version's bytes on their way into a file.
pub(crate) struct Delivery<'a> {
    pub(crate) store: &'a dyn BlobStore,
    pub(crate) version: &'a Version,
    /// The state of the object that is fetched; another one is refused.
    pub(crate) etag: Option<ETag>,
    pub(crate) target: &'a Path,
    pub(crate) overwrite: bool,
    pub(crate) options: TransferOptions,
    pub(crate) buffers: BufferPool,
    pub(crate) rate: RateLimit,
    pub(crate) job: &'a Job,
}

impl Delivery<'_> {
    /// Fetches, verifies, and only then gives the file its name. Returns how many bytes an
    /// earlier attempt had left.
    pub(crate) async fn run(&self) -> Result<u64> {
        let total = self.version.size;
        self.job.tell(Event::Begin { phase: Phase::Fetching, total });
        let delivered = self.deliver().await;
        self.job.tell(Event::End);
        delivered
    }

    async fn deliver(&self) -> Result<u64> {
        let (target, digest, size) =
            (self.target.to_owned(), self.version.digest, self.version.size);
        let part = blocking(move || {
            PartFile::open(&target, &digest, size).map_err(|error| match error {
                OpenError::InUse => Error::TargetInUse { target },
                OpenError::Io(error) => target_error(&target, error),
            })
        });
        let mut part = part.await?;
        let kept = part.length();
        self.job.tell(Event::Moved { bytes: kept });
        for reading in 1..=READINGS {
            part = self.fill(part).await?;
            if part.digest() == self.version.digest {
                self.move_into_place(part).await?;
                return Ok(kept);
            }
            let found = part.digest();
            tracing::warn!(%found, expected = %self.version.digest, reading, "wrong bytes came");
            if reading < READINGS {
                part.restart().map_err(|error| target_error(self.target, error))?;
            }
        }
        let found = part.digest();
        part.discard();
        Err(Error::Damaged {
            path: Box::new(self.version.path.clone()),
            damage: Damage::WrongDigest,
            detail: format!("their SHA-256 is {found}, not {}", self.version.digest),
        })
    }

    /// Fetches what the part file does not have.
    async fn fill(&self, part: PartFile) -> Result<PartFile> {
        let (chunks, incoming) = mpsc::channel(1);
        let (target, from) = (self.target.to_owned(), part.length());
        let writer = blocking(move || write_all(part, incoming, &target));
        let writer = tokio::spawn(writer);
        // What is fetched goes to the writer; when either fails, so does the other.
        let fetched = self.job.unless_cancelled(self.fetch(from, chunks)).await;
        let part = writer.await.map_err(|error| Error::Internal(Box::new(error)))??;
        match fetched {
            Ok(()) => Ok(part),
            Err(error) => {
                // The same command again goes on from here.
                part.keep();
                Err(error)
            }
        }
    }

    async fn fetch(&self, from: u64, chunks: mpsc::Sender<Bytes>) -> Result<()> {
        let size = self.version.size;
        let step = self.options.range_size.max(1);
        let starts = (0..(size - from).div_ceil(step)).map(|index| from + index * step);
        let mut ranges = stream::iter(starts)
            .map(async |start| {
                let range = start..size.min(start + step);
                self.rate.take(range.end - range.start).await;
                let (key, etag) = (&self.version.object_key, self.etag.as_ref());
                fetch_range(self.store, key, range, etag, &self.buffers).await
            })
            .buffered(self.options.parallel_ranges.max(1));
        while let Some(chunk) = ranges.try_next().await? {
            let bytes = chunk.len() as u64;
            if chunks.send(chunk).await.is_err() {
                // The writer failed, and says why.
                return Ok(());
            }
            self.job.tell(Event::Moved { bytes });
        }
        Ok(())
    }

    async fn move_into_place(&self, part: PartFile) -> Result<()> {
        let (target, overwrite) = (self.target.to_owned(), self.overwrite);
        blocking(move || {
            part.move_to(&target, overwrite).map_err(|error| target_error(&target, error))?;
            sync_names(&directory_of(&target));
            Ok(())
        })
        .await
    }
}

/// Runs work on a thread that may block.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| Error::Internal(Box::new(error)))?
}

/// What to say of an error at the target.
pub(crate) fn target_error(target: &Path, source: io::Error) -> Error {
    let target = target.to_owned();
    match source.kind() {
        io::ErrorKind::AlreadyExists => Error::TargetExists { target },
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            Error::TargetFull { target, source }
        }
        _ => Error::TargetUnwritable { target, source },
    }
}

/// Writes what comes. Where that fails, the file is of no use and goes.
fn write_all(
    mut part: PartFile,
    mut incoming: mpsc::Receiver<Bytes>,
    target: &Path,
) -> Result<PartFile> {
    while let Some(chunk) = incoming.blocking_recv() {
        if let Err(error) = part.write(&chunk) {
            part.discard();
            return Err(target_error(target, error));
        }
    }
    Ok(part)
}
