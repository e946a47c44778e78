//! Where a library lies.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use studio_blob::intake::{FolderIntake, FoundObject, Intake};
use studio_domain::{AssetKey, StoreUrl};

use crate::Result;

/// A bucket with a prefix, or a directory, whose music is to be scanned.
#[derive(Clone)]
pub struct LibrarySource {
    url: StoreUrl,
    pub(super) intake: Arc<dyn Intake>,
    prefix: String,
}

impl LibrarySource {
    /// The library at `url`, of which `intake` is the bucket.
    pub fn new(url: StoreUrl, intake: Arc<dyn Intake>) -> Self {
        let prefix = match &url {
            StoreUrl::S3 { prefix: Some(prefix), .. } => format!("{prefix}/"),
            _ => String::new(),
        };
        Self { url, intake, prefix }
    }

    /// The library in a directory.
    ///
    /// # Errors
    /// [`Store`](crate::Error::Store) when its path cannot be a name.
    pub fn directory(directory: &Path) -> Result<Self> {
        let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        // Without the slash at its end: the same directory is the same library.
        let directory: PathBuf = directory.components().collect();
        let intake = FolderIntake::new(&directory)?;
        Ok(Self::new(StoreUrl::File(directory), Arc::new(intake)))
    }

    /// Its URL.
    pub fn url(&self) -> &StoreUrl {
        &self.url
    }

    /// Some objects, in an order of the store's own, from behind `after` on.
    pub(super) async fn list(&self, after: Option<AssetKey>) -> Result<Vec<FoundObject>> {
        Ok(self.intake.list(&self.prefix, after).await?)
    }

    /// An object's key without the prefix of the library.
    pub(super) fn own_key(&self, key: &AssetKey) -> Option<AssetKey> {
        key.as_str().strip_prefix(&self.prefix)?.parse().ok()
    }

    /// An object's key in its bucket.
    pub(super) fn full_key(&self, key: &AssetKey) -> Option<AssetKey> {
        match self.prefix.is_empty() {
            true => Some(key.clone()),
            false => format!("{}{}", self.prefix, key.as_str()).parse().ok(),
        }
    }
}

impl fmt::Debug for LibrarySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LibrarySource").field("url", &self.url).finish_non_exhaustive()
    }
}
