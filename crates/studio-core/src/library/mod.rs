//! Libraries: music that lies in a bucket or a directory of somebody's and is played there.
//!
//! A scan indexes `Artist/Album/NN Title.ext` in place. It reads a little of each object that
//! is new or changed, copies nothing and alters nothing.

mod folders;
pub mod layout;
mod look;
pub mod pictures;
mod reader;
mod removed;
mod report;
mod scan;
mod source;
pub mod tags;

use std::fmt;
use std::sync::Arc;

use studio_domain::{AssetKey, Library, StoreUrl, Timestamp};
use studio_repo::{LibraryCounts, LibraryRepo, PublishRepo, ScannedObject};

pub use self::reader::MOST_READ;
pub use self::report::{ScanLine, ScanOptions, ScanVerdict, Scanned};
pub use self::source::LibrarySource;
use crate::studio::system_time;
use crate::{Error, Job, Result};

/// How many objects are asked for at once.
const PAGE: u32 = 1000;

/// Where libraries are known: two views, as a rule on one database.
#[derive(Clone)]
pub struct LibraryRepositories {
    /// What scans know.
    pub libraries: Arc<dyn LibraryRepo>,
    /// The albums and recordings.
    pub published: Arc<dyn PublishRepo>,
}

impl<R: LibraryRepo + PublishRepo + 'static> From<Arc<R>> for LibraryRepositories {
    fn from(database: Arc<R>) -> Self {
        Self { libraries: database.clone(), published: database }
    }
}

/// The libraries that a catalogue knows. Cheap to clone.
#[derive(Clone)]
pub struct Libraries {
    known: LibraryRepositories,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl fmt::Debug for Libraries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Libraries").finish_non_exhaustive()
    }
}

impl Libraries {
    /// The libraries of a catalogue.
    pub fn new(known: impl Into<LibraryRepositories>) -> Self {
        Self { known: known.into(), clock: Arc::new(system_time) }
    }

    /// Goes by another clock from now on, for tests.
    pub fn with_clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// All libraries by URL, with what is in them.
    ///
    /// # Errors
    /// Whatever the catalogue says.
    pub async fn list(&self) -> Result<Vec<(Library, LibraryCounts)>> {
        Ok(self.known.libraries.libraries().await?)
    }

    /// The library at a URL.
    ///
    /// # Errors
    /// [`NoLibrary`](Error::NoLibrary); whatever the catalogue says.
    pub async fn find(&self, url: &StoreUrl) -> Result<(Library, LibraryCounts)> {
        let all = self.list().await?;
        let found = all.into_iter().find(|(library, _)| library.url == *url);
        found.ok_or_else(|| Error::NoLibrary { url: Box::new(url.clone()) })
    }

    /// What could not be read as music though its name says so, in the order of the keys: at
    /// most `limit` of those after `after`.
    ///
    /// # Errors
    /// Those of [`find`](Self::find).
    pub async fn problems(
        &self,
        url: &StoreUrl,
        after: Option<&AssetKey>,
        limit: usize,
        job: &Job,
    ) -> Result<Vec<ScannedObject>> {
        let (library, _) = self.find(url).await?;
        let (mut problems, mut after) = (Vec::new(), after.cloned());
        loop {
            job.check()?;
            let known = &self.known.libraries;
            let page = known.scanned_between(library.id, after.as_ref(), None, PAGE).await?;
            let Some(last) = page.last() else { return Ok(problems) };
            after = Some(last.key.clone());
            problems.extend(page.into_iter().filter(|object| object.problem.is_some()));
            if problems.len() >= limit {
                problems.truncate(limit);
                return Ok(problems);
            }
        }
    }

    /// Takes a library out of the catalogue with all that it brought there. Nothing where it
    /// lies is touched. Returns how many recordings went.
    ///
    /// # Errors
    /// Those of [`find`](Self::find).
    pub async fn forget(&self, url: &StoreUrl) -> Result<u64> {
        let (library, _) = self.find(url).await?;
        Ok(self.known.libraries.remove_library(library.id).await?)
    }
}
