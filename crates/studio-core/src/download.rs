//! Download: a version becomes a local file.

use std::io;
use std::path::{Path, PathBuf};

use studio_blob::{Error as StoreError, ObjectInfo};
use studio_domain::{Check, Damage, Version, VersionPath};

use crate::transfer::receive::{Delivery, target_error};
use crate::{Error, Job, Result, Studio};

/// A version to download, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Download {
    /// Artist, song, track and version tag.
    pub path: VersionPath,
    /// The local file to make.
    pub target: PathBuf,
    /// Whether a file that is there may be replaced.
    pub overwrite: bool,
}

/// What a download did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downloaded {
    /// The version whose bytes the file has.
    pub version: Version,
    /// Bytes that an earlier attempt had fetched before it broke off.
    pub kept_bytes: u64,
}

/// What a download would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadPlan {
    /// The version whose bytes the file would have.
    pub version: Version,
}

impl Studio {
    /// Downloads a version.
    ///
    /// The bytes go into a temporary file beside the target, are compared with the digest
    /// in the catalogue, and only then get the target's name: what appears under it is
    /// whole and right. If this fails or is cancelled, the target is as it was; what had
    /// come of a large file is kept, and the same download goes on from there.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog) with `NotFound`; of the target
    /// [`TargetExists`](Error::TargetExists),
    /// [`TargetNotAFile`](Error::TargetNotAFile),
    /// [`TargetInUse`](Error::TargetInUse),
    /// [`TargetDirectoryMissing`](Error::TargetDirectoryMissing),
    /// [`TargetFull`](Error::TargetFull), [`TargetUnwritable`](Error::TargetUnwritable);
    /// of the bytes [`ObjectMissing`](Error::ObjectMissing),
    /// [`StoreEmpty`](Error::StoreEmpty), [`Damaged`](Error::Damaged); whatever else the catalogue or the store say;
    /// [`Cancelled`](Error::Cancelled).
    pub async fn download(&self, request: &Download, job: &Job) -> Result<Downloaded> {
        let (version, object) = self.prepare(request, job).await?;
        // A link stays a link; the file that it leads to is replaced.
        let target = match request.target.is_symlink() {
            true => request.target.canonicalize(),
            false => Ok(request.target.clone()),
        };
        let target = target.map_err(|error| target_error(&request.target, error))?;
        let delivery = Delivery {
            store: &*self.store,
            version: &version,
            etag: object.etag,
            target: &target,
            overwrite: request.overwrite,
            options: self.transfer,
            buffers: self.memory.buffers.clone(),
            rate: self.rate.clone(),
            job,
        };
        match delivery.run().await {
            Ok(kept_bytes) => Ok(Downloaded { version, kept_bytes }),
            Err(error) => {
                if matches!(error, Error::Damaged { .. }) {
                    self.record_damage(&version, Damage::WrongDigest).await?;
                }
                Err(error)
            }
        }
    }

    /// Remembers what was found, so that the next upload of these bytes replaces them.
    async fn record_damage(&self, version: &Version, damage: Damage) -> Result<()> {
        let check = Check { at: self.now(), damage: Some(damage) };
        let checks = [(version.object_key.clone(), check)];
        Ok(self.care.record_checks(self.store.url(), &checks).await?)
    }

    /// Tells what [`download`](Self::download) would do, and changes nothing.
    ///
    /// # Errors
    /// Those of `download`, as far as they can be foreseen.
    pub async fn plan_download(&self, request: &Download, job: &Job) -> Result<DownloadPlan> {
        let (version, _) = self.prepare(request, job).await?;
        Ok(DownloadPlan { version })
    }

    /// All that can be checked before a byte is fetched.
    async fn prepare(&self, request: &Download, job: &Job) -> Result<(Version, ObjectInfo)> {
        let version = self.catalog.version(&request.path).await?;
        check_target(&request.target, request.overwrite)?;
        let object = self.object_of(&version, job).await?;
        Ok((version, object))
    }

    /// The object of a version, if it can be the right one by what the store says.
    pub(crate) async fn object_of(&self, version: &Version, job: &Job) -> Result<ObjectInfo> {
        let head = job.unless_cancelled(self.store.head(&version.object_key)).await;
        let object = match head {
            Ok(object) => object,
            Err(Error::Store(StoreError::NotFound { .. })) => {
                self.expect_store().await?;
                let configured = self.store.url().clone();
                let version = Box::new(version.clone());
                return Err(Error::ObjectMissing { version, configured });
            }
            Err(error) => return Err(error),
        };
        if object.size != version.size {
            return Err(Error::Damaged {
                path: Box::new(version.path.clone()),
                damage: Damage::WrongSize,
                detail: format!("there are {} of them, not {}", object.size, version.size),
            });
        }
        Ok(object)
    }
}

/// Whether a file can be made there, as far as it shows before anything is read for it. One
/// that is there is in the way unless `overwrite` says otherwise.
///
/// # Errors
/// [`TargetExists`](Error::TargetExists), [`TargetNotAFile`](Error::TargetNotAFile),
/// [`TargetDirectoryMissing`](Error::TargetDirectoryMissing),
/// [`TargetUnwritable`](Error::TargetUnwritable).
pub fn check_target(target: &Path, overwrite: bool) -> Result<()> {
    let not_a_file = |what| Err(Error::TargetNotAFile { target: target.to_owned(), what });
    // Looked at through links: what a rename would put itself in the place of.
    match target.metadata() {
        Ok(there) if there.is_dir() => not_a_file("a directory"),
        Ok(there) if !there.is_file() => not_a_file("a pipe or a device"),
        Ok(_) if !overwrite => Err(Error::TargetExists { target: target.to_owned() }),
        Ok(_) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => match target.symlink_metadata() {
            Ok(_) => not_a_file("a link to nothing"),
            Err(_) => check_directory(target),
        },
        Err(error) => Err(target_error(target, error)),
    }
}

fn check_directory(target: &Path) -> Result<()> {
    match target.parent() {
        Some(parent) if parent != Path::new("") && !parent.is_dir() => {
            Err(Error::TargetDirectoryMissing { directory: parent.to_owned() })
        }
        _ => Ok(()),
    }
}
