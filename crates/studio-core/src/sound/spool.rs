//! Bytes of versions in local files, for those who have to read them from any place.

use std::path::{Path, PathBuf};

use studio_domain::{Check, Version};

use crate::scratch::{ScratchDirectory, directory_in};
use crate::transfer::receive::Delivery;
use crate::{Error, Job, Result, Studio};

/// What the names of such directories begin with.
const PREFIX: &str = "studio-spool-";

/// A directory for files that go with it.
#[derive(Debug)]
pub(crate) struct Spool(ScratchDirectory);

impl Spool {
    /// A new one below a directory; below the system's for such things if none is named.
    pub(crate) fn near(directory: Option<&Path>) -> Result<Self> {
        let near = directory.map_or_else(std::env::temp_dir, Path::to_owned);
        let made = std::fs::create_dir_all(&near).and_then(|()| directory_in(&near, PREFIX));
        made.map(Self).map_err(|source| Error::TargetUnwritable { target: near, source })
    }

    /// The directory.
    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }
}

impl Studio {
    /// A new directory for such files.
    pub(crate) fn spool(&self) -> Result<Spool> {
        Spool::near(self.spool_directory.as_deref())
    }

    /// Fetches all bytes of a version and compares them with its digest. That they are right
    /// is recorded, as is that they are not.
    ///
    /// # Errors
    /// Those of [`download`](Self::download).
    pub(crate) async fn fetch(
        &self,
        version: &Version,
        spool: &Spool,
        job: &Job,
    ) -> Result<PathBuf> {
        let target = spool.path().join(version.digest.to_string());
        if target.exists() {
            // Two tracks with the same bytes.
            return Ok(target);
        }
        let object = self.object_of(version, job).await?;
        let delivery = Delivery {
            store: &*self.store,
            version,
            etag: object.etag,
            target: &target,
            overwrite: false,
            options: self.transfer,
            buffers: self.memory.buffers.clone(),
            rate: self.rate.clone(),
            job,
        };
        let came = delivery.run().await;
        let damage = match &came {
            Ok(_) => None,
            Err(Error::Damaged { damage, .. }) => Some(*damage),
            // Of the bytes it says nothing.
            Err(_) => return came.map(|_| target),
        };
        let check = Check { at: self.now(), damage };
        let checks = [(version.object_key.clone(), check)];
        if let Err(error) = self.care.record_checks(self.store.url(), &checks).await {
            tracing::warn!(%error, "that the bytes were read was not recorded");
        }
        came.map(|_| target)
    }
}

/// Whether a file that an error names lies where bytes are worked on
/// ([`Studio::with_spool_directory`]), and not where somebody asked for it.
pub fn is_in_spool(file: &Path) -> bool {
    let directory = file.parent().and_then(Path::file_name);
    directory.is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
}
