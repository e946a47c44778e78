//! Fetching an object's bytes into a file that appears whole or not at all.

use std::fs::{File, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use sha2::{Digest as _, Sha256};
use studio_blob::{BlobStore, BufferPool, ETag, fetch_range};
use studio_domain::{Digest, Version};
use tempfile::NamedTempFile;
use tokio::sync::mpsc;

use crate::{Error, Event, Job, Phase, Result, TransferOptions};

/// A version's bytes on their way into a file.
pub(crate) struct Delivery<'a> {
    pub(crate) store: &'a dyn BlobStore,
    pub(crate) version: &'a Version,
    /// The state of the object that is fetched; another one is refused.
    pub(crate) etag: Option<ETag>,
    pub(crate) target: &'a Path,
    pub(crate) overwrite: bool,
    pub(crate) options: TransferOptions,
    pub(crate) job: &'a Job,
}

impl Delivery<'_> {
    /// Fetches, verifies, and only then gives the file its name.
    pub(crate) async fn run(&self) -> Result<()> {
        let temporary = self.make_temporary()?;
        let total = self.version.size;
        self.job.tell(Event::Begin { phase: Phase::Fetching, total });
        let (chunks, incoming) = mpsc::channel(1);
        let target = self.target.to_owned();
        let writer = tokio::task::spawn_blocking(move || write_all(temporary, incoming, &target));
        // What is fetched goes to the writer; when either fails, so does the other.
        let fetched = self.job.unless_cancelled(self.fetch(chunks)).await;
        let written = writer.await.map_err(|error| Error::Internal(Box::new(error)))?;
        self.job.tell(Event::End);
        // Where the writer fails, its channel closes and the fetching ends without a failure.
        fetched?;
        let (temporary, found) = written?;
        if found != self.version.digest {
            return Err(Error::Damaged {
                path: Box::new(self.version.path.clone()),
                detail: format!("their SHA-256 is {found}, not {}", self.version.digest),
            });
        }
        self.move_into_place(temporary)
    }

    async fn fetch(&self, chunks: mpsc::Sender<Option<Bytes>>) -> Result<()> {
        let pool = BufferPool::default();
        let size = self.version.size;
        let step = self.options.range_size.max(1);
        let starts = (0..size.div_ceil(step)).map(|index| index * step);
        let mut ranges = stream::iter(starts)
            .map(|start| {
                let range = start..size.min(start + step);
                fetch_range(self.store, &self.version.object_key, range, self.etag.as_ref(), &pool)
            })
            .buffered(self.options.parallel_ranges.max(1));
        while let Some(chunk) = ranges.try_next().await? {
            let bytes = chunk.len() as u64;
            if chunks.send(Some(chunk)).await.is_err() {
                return Ok(());
            }
            self.job.tell(Event::Moved { bytes });
        }
        // That was all. Without this the writer knows that it was not.
        let _ = chunks.send(None).await;
        Ok(())
    }

    /// The directory of the target: a rename within it is atomic.
    fn directory(&self) -> PathBuf {
        match self.target.parent() {
            Some(parent) if parent != Path::new("") => parent.to_owned(),
            _ => PathBuf::from("."),
        }
    }

    fn make_temporary(&self) -> Result<NamedTempFile> {
        tempfile::Builder::new()
            .prefix(".studio-")
            .suffix(".part")
            // The umask decides, as for every other file.
            .permissions(Permissions::from_mode(0o666))
            .tempfile_in(self.directory())
            // Without the temporary file's own name, which says nothing to anybody.
            .map_err(|error| target_error(self.target, error.kind().into()))
    }

    fn move_into_place(&self, temporary: NamedTempFile) -> Result<()> {
        let moved = match self.overwrite {
            true => temporary.persist(self.target),
            false => temporary.persist_noclobber(self.target),
        };
        moved.map_err(|failed| target_error(self.target, failed.error))?;
        let synced = File::open(self.directory()).and_then(|directory| directory.sync_all());
        if let Err(error) = synced {
            // The file is there, whole and synced; it can only lose its name with the power.
            tracing::warn!(%error, "could not sync the directory");
        }
        Ok(())
    }
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

/// Writes what comes, and returns the file, on the disk, with the digest of its bytes.
fn write_all(
    mut file: NamedTempFile,
    mut incoming: mpsc::Receiver<Option<Bytes>>,
    target: &Path,
) -> Result<(NamedTempFile, Digest)> {
    let mut sha256 = Sha256::new();
    let mut write = || {
        loop {
            match incoming.blocking_recv() {
                Some(Some(chunk)) => {
                    sha256.update(&chunk);
                    file.write_all(&chunk)?;
                }
                Some(None) => return file.as_file().sync_all(),
                // Given up: nobody will want the file.
                None => return Ok(()),
            }
        }
    };
    write().map_err(|error| target_error(target, error))?;
    Ok((file, Digest::from_bytes(sha256.finalize().into())))
}
