//! Backup: a copy of the catalogue in the store, where the bytes are.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use studio_blob::{Attributes, fetch_range};
use studio_domain::{Digest, ObjectKey, StoreUrl, Timestamp};

use super::inventory::StoredBackup;
use crate::transfer::fingerprint::Fingerprint;
use crate::transfer::receive::target_error;
use crate::transfer::send::{Moved, Shipment};
use crate::{Error, Job, Result, Studio};

/// A copy of the catalogue in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backup {
    /// Where it stands.
    pub object_key: ObjectKey,
    /// When it was taken.
    pub taken_at: Timestamp,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// How many bytes it has.
    pub size: u64,
}

/// What a backup did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// The copy that was made.
    pub backup: Backup,
    /// Older copies that were removed.
    pub removed: Vec<Backup>,
    /// How many copies there are now.
    pub kept: usize,
}

impl From<StoredBackup> for Backup {
    fn from(stored: StoredBackup) -> Self {
        let StoredBackup { key, taken_at, digest, size } = stored;
        Self { object_key: key, taken_at, digest, size }
    }
}

impl Studio {
    /// Puts a copy of the catalogue, as it is at one moment, into the store, and removes
    /// older ones but for the `keep` newest (at least the new one).
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog), [`Store`](Error::Store),
    /// [`StoreEmpty`](Error::StoreEmpty), and those of sending:
    /// older copies are removed only when the new one is in the store.
    pub async fn back_up(&self, keep: usize, job: &Job) -> Result<BackedUp> {
        self.expect_store().await?;
        let place = tempfile::tempdir().map_err(|error| target_error(Path::new("."), error))?;
        let path = place.path().join("studio.db");
        self.care.snapshot(&path).await?;
        let file = File::open(&path);
        let file = file.map_err(|source| Error::SourceUnreadable { file: path.clone(), source })?;
        let file = Arc::new(file);
        let read = Fingerprint::read(Arc::clone(&file), &path, self.transfer, job);
        let fingerprint = read.await?;
        let taken_at = self.now();
        let key = ObjectKey::of_backup(taken_at, &fingerprint.digest);
        let shipment = Shipment {
            store: &*self.store,
            key: key.clone(),
            file,
            path: &path,
            fingerprint: &fingerprint,
            attributes: Attributes {
                content_type: Some("application/vnd.sqlite3".to_owned()),
                ..Attributes::default()
            },
            doubt: false,
            options: self.transfer,
            memory: self.memory.clone(),
            rate: self.rate.clone(),
            job,
            moved: Moved::default(),
        };
        shipment.ensure_stored().await?;
        let Fingerprint { digest, size, .. } = fingerprint;
        let backup = Backup { object_key: key, taken_at, digest, size };
        let mut others = self.stored_backups(job).await?;
        // Never the new one, though others have later dates: a clock may have been wrong.
        others.retain(|other| other.key != backup.object_key);
        let removed = others.split_off(keep.saturating_sub(1).min(others.len()));
        for old in &removed {
            self.store.delete(&old.key).await?;
        }
        let kept = others.len() + 1;
        Ok(BackedUp { backup, removed: removed.into_iter().map(Backup::from).collect(), kept })
    }

    /// The copies of the catalogue in the store, newest first.
    ///
    /// # Errors
    /// [`Store`](Error::Store).
    pub async fn backups(&self, job: &Job) -> Result<Vec<Backup>> {
        Ok(self.stored_backups(job).await?.into_iter().map(Backup::from).collect())
    }

    /// Writes a copy of the catalogue to a file that must not be there, if it is whole.
    ///
    /// # Errors
    /// [`Store`](Error::Store); [`BackupDamaged`](Error::BackupDamaged), and the file is not
    /// there then; what the disk says.
    pub async fn fetch_backup(&self, backup: &Backup, target: &Path, job: &Job) -> Result<()> {
        let failed = |error| target_error(target, error);
        let directory = match target.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let mut file = tempfile::NamedTempFile::new_in(directory).map_err(failed)?;
        let mut sha256 = Sha256::new();
        let step = self.transfer.range_size.max(1);
        // By ranges, which go on where they break off.
        for start in (0..backup.size).step_by(usize::try_from(step).unwrap_or(usize::MAX)) {
            let range = start..backup.size.min(start + step);
            let (key, buffers) = (&backup.object_key, &self.memory.buffers);
            let chunk = fetch_range(&*self.store, key, range, None, buffers);
            let chunk = job.unless_cancelled(chunk).await?;
            sha256.update(&chunk);
            std::io::Write::write_all(&mut file, &chunk).map_err(failed)?;
        }
        let location = self.store.url().locate(&backup.object_key);
        if Digest::from_bytes(sha256.finalize().into()) != backup.digest {
            return Err(Error::BackupDamaged { location });
        }
        file.as_file().sync_all().map_err(failed)?;
        file.persist_noclobber(target).map_err(|error| failed(error.error))?;
        Ok(())
    }

    /// The store that backups and manifests are read from.
    pub fn source(&self) -> &StoreUrl {
        self.store.url()
    }
}
