//! A link to the bytes of a version, for somebody without the studio.

use std::path::Path;
use std::time::Duration;

use studio_blob::Error as StoreError;
use studio_domain::{Timestamp, Version, VersionPath};

use crate::{Error, Job, Result, Studio};

/// A version, and how to get at its bytes for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The version.
    pub version: Version,
    /// The link; `None` where the store has no links, such as a directory.
    pub url: Option<String>,
    /// When the link ends, by this machine's clock. It ends earlier if the credentials
    /// that it was made with do.
    pub expires_at: Timestamp,
}

impl Studio {
    /// Makes a link by which anybody who has it can download the version's bytes for as
    /// long as `expires`, at most [`LONGEST_LINK`](studio_blob::LONGEST_LINK), under a
    /// name that tells which version it is.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog) when there is no such version;
    /// [`ObjectMissing`](Error::ObjectMissing), [`StoreEmpty`](Error::StoreEmpty) and
    /// [`Damaged`](Error::Damaged) when its bytes are not there in full;
    /// [`StoreError::Archived`] when they must be restored first; whatever else the
    /// catalogue or the store say.
    pub async fn link(&self, path: &VersionPath, expires: Duration, job: &Job) -> Result<Link> {
        let version = self.catalog.version(path).await?;
        let head = job.unless_cancelled(self.store.head(&version.object_key)).await;
        match head {
            // One byte is asked for too: what lies in an archive is there, but unreadable.
            Ok(object) if object.size == version.size => match object.size {
                0 => {}
                _ => {
                    let first = self.store.get(&version.object_key, Some(0..1), object.etag);
                    job.unless_cancelled(first).await?;
                }
            },
            Ok(object) => {
                return Err(Error::Damaged {
                    damage: studio_domain::Damage::WrongSize,
                    path: Box::new(version.path.clone()),
                    detail: format!("there are {} of them, not {}", object.size, version.size),
                });
            }
            // A link that leads nowhere would only be found out by whoever gets it.
            Err(Error::Store(StoreError::NotFound { .. })) => {
                self.expect_store().await?;
                let configured = self.store.url().clone();
                return Err(Error::ObjectMissing { version: Box::new(version), configured });
            }
            Err(error) => return Err(error),
        }
        let name = file_name(&version.path, Path::new(&version.original_path));
        let expires_at = self.now().after(expires);
        let made = self.store.presigned_url(&version.object_key, expires, Some(name));
        let url = job.unless_cancelled(made).await?;
        Ok(Link { version, url, expires_at })
    }
}

/// The name under which a version's bytes are saved by whoever finds them without the
/// studio: "Artist - Song - Track (tag).wav".
pub(crate) fn file_name(path: &VersionPath, original: &Path) -> String {
    let VersionPath { artist, song, track, tag } = path;
    let extension = original.extension().and_then(|extension| extension.to_str());
    let name = match extension {
        Some(extension) => format!("{artist} - {song} - {track} ({tag}).{extension}"),
        None => format!("{artist} - {song} - {track} ({tag})"),
    };
    name.replace(['/', '\\'], "_")
}
