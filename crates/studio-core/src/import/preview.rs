//! What an import or an export of these files would come to, as far as can be foreseen.

use studio_blob::Error as StoreError;
use studio_domain::OBJECTS;
use studio_repo::Error as CatalogError;

use super::export::{self, ExportOutcome, Exported, ExportedFile};
use super::many::several;
use super::plan::PlannedFile;
use super::run::{self, FailedFile};
use super::watch::OneOfMany;
use crate::sound::gate::Hearing;
use crate::{Error, Event, Job, Phase, Result, Studio, Upload, UploadOutcome};

/// What an import would do, each in the order of the plan.
#[derive(Debug, Default)]
pub struct ImportPreview {
    /// The files that would be stored, and what would be done for it.
    pub files: Vec<(PlannedFile, UploadOutcome)>,
    /// Those that would not be.
    pub failed: Vec<FailedFile>,
    /// Those that were not looked at, because the store or the catalogue had failed.
    pub not_begun: Vec<PlannedFile>,
}

impl Studio {
    /// Tells what [`import`](Self::import) would do with these files, and changes nothing.
    /// Files whose places are taken are read, to be compared with what is there; of others
    /// only as much as [the gate](Self::with_gate) needs, and what a delivered directory
    /// promises.
    ///
    /// # Errors
    /// [`Store`](Error::Store) when the store cannot be asked;
    /// [`Cancelled`](Error::Cancelled).
    pub async fn preview_import(&self, files: &[PlannedFile], job: &Job) -> Result<ImportPreview> {
        if !files.is_empty() {
            // Once, for all files that would be new: a store that answers.
            match job.unless_cancelled(self.store.list(OBJECTS, None)).await {
                // Some permit to write but not to ask.
                Ok(_) | Err(Error::Store(StoreError::Denied { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        let total = files.iter().map(|file| file.size).sum();
        job.tell(Event::Begin { phase: Phase::Importing, total });
        let one = |n: usize| self.preview_one_import(&files[n], job);
        let done = several(files.len(), run::PARALLEL, one).await?;
        job.tell(Event::End);
        let mut preview = ImportPreview::default();
        for (planned, result) in files.iter().cloned().zip(done) {
            match result {
                Some(Ok(outcome)) => preview.files.push((planned, outcome)),
                Some(Err(error)) => preview.failed.push(FailedFile { planned, error }),
                None => preview.not_begun.push(planned),
            }
        }
        Ok(preview)
    }

    async fn preview_one_import(&self, planned: &PlannedFile, job: &Job) -> Result<UploadOutcome> {
        job.check()?;
        let request = Upload { path: planned.path.clone(), file: planned.file.clone() };
        let (one, own) = OneOfMany::job(job, planned.size);
        run::expect_sound(planned, &own).await?;
        let outcome = match self.catalog.version(&planned.path).await {
            Ok(_) => match self.plan_upload(&request, &own).await {
                Ok(plan) => plan.outcome,
                Err(error) => self.same_sound(planned, error, &own).await?.outcome,
            },
            Err(CatalogError::NotFound { .. }) => {
                let file = crate::upload::open(&request)?;
                self.pass_gate(&request, &file, Hearing { measures: false }, &own).await?;
                self.expect_store_to_send_to().await?;
                UploadOutcome::Stored
            }
            Err(error) => return Err(error.into()),
        };
        one.done();
        Ok(outcome)
    }

    /// Tells what [`export`](Self::export) would do with these files, and changes nothing.
    /// `Fetched` are those that it would fetch.
    ///
    /// # Errors
    /// [`Cancelled`](Error::Cancelled).
    pub async fn preview_export(&self, files: &[ExportedFile], job: &Job) -> Result<Exported> {
        let total = files.iter().map(|file| file.version.size).sum();
        job.tell(Event::Begin { phase: Phase::Importing, total });
        let one = |n: usize| self.preview_one_export(&files[n], job);
        let done = several(files.len(), export::PARALLEL, one).await?;
        job.tell(Event::End);
        Ok(Exported::of(files, done))
    }

    async fn preview_one_export(&self, file: &ExportedFile, job: &Job) -> Result<ExportOutcome> {
        job.check()?;
        let ExportedFile { version, target } = file;
        let (one, own) = OneOfMany::job(job, version.size);
        let outcome = match self.has_bytes_of(target, version, &own).await? {
            true => ExportOutcome::AlreadyThere,
            false => {
                match crate::download::check_target(target, false) {
                    // It would be made.
                    Ok(()) | Err(Error::TargetDirectoryMissing { .. }) => {}
                    Err(error) => return Err(error),
                }
                self.object_of(version, &own).await?;
                ExportOutcome::Fetched
            }
        };
        one.done();
        Ok(outcome)
    }
}
