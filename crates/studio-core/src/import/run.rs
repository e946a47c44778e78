//! Storing the files of a plan.

use std::sync::atomic::{AtomicBool, Ordering};

use futures_util::{StreamExt as _, stream};

use super::plan::PlannedFile;
use super::watch::OneOfMany;
use crate::{Error, Event, Job, Phase, Result, Studio, Upload, Uploaded};

/// How many files are on their way at once; what they hold in memory is bounded together.
const PARALLEL: usize = 8;

/// A file that was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedFile {
    /// What was planned.
    pub planned: PlannedFile,
    /// What was done.
    pub uploaded: Uploaded,
}

/// A file that could not be stored.
#[derive(Debug)]
pub struct FailedFile {
    /// What was planned.
    pub planned: PlannedFile,
    /// Why.
    pub error: Error,
}

/// What an import did, each in the order of the plan.
#[derive(Debug, Default)]
pub struct Imported {
    /// The files that are stored now, those that were before included.
    pub files: Vec<ImportedFile>,
    /// Those that are not.
    pub failed: Vec<FailedFile>,
}

impl Studio {
    /// Stores files as versions, several at once. One that cannot be stored does not keep
    /// the others from it; when the store or the catalogue fail, no more are begun.
    ///
    /// # Errors
    /// [`Cancelled`](Error::Cancelled). Imported again, what is stored is passed over, and
    /// what was half sent goes on.
    pub async fn import(&self, files: &[PlannedFile], job: &Job) -> Result<Imported> {
        let total = files.iter().map(|file| file.size).sum();
        job.tell(Event::Begin { phase: Phase::Importing, total });
        let stop = AtomicBool::new(false);
        // By their numbers: a closure over borrowed files makes a future that is not `Send`.
        let begun = (0..files.len())
            .take_while(|_| !stop.load(Ordering::Relaxed))
            .map(|n| async move { (n, self.import_one(&files[n], job).await) });
        let mut uploads = stream::iter(begun).buffer_unordered(PARALLEL);
        let mut done = Vec::new();
        // What was begun is carried to its end, so that what is told is what was done.
        while let Some((n, result)) = uploads.next().await {
            if let Err(error) = &result {
                if matches!(error, Error::Cancelled) {
                    return Err(Error::Cancelled);
                }
                if error.kind() == crate::ErrorKind::Unavailable {
                    stop.store(true, Ordering::Relaxed);
                }
            }
            done.push((n, files[n].clone(), result));
        }
        drop(uploads);
        job.tell(Event::End);
        done.sort_unstable_by_key(|(n, ..)| *n);
        let mut imported = Imported::default();
        for (_, planned, result) in done {
            match result {
                Ok(uploaded) => imported.files.push(ImportedFile { planned, uploaded }),
                Err(error) => imported.failed.push(FailedFile { planned, error }),
            }
        }
        Ok(imported)
    }

    async fn import_one(&self, planned: &PlannedFile, job: &Job) -> Result<Uploaded> {
        job.check()?;
        let request = Upload { path: planned.path.clone(), file: planned.file.clone() };
        let (one, own) = OneOfMany::job(job, planned.size);
        let uploaded = self.upload(&request, &own).await?;
        one.done();
        Ok(uploaded)
    }
}
