//! Storing the files of a plan.

use studio_audio::Error as SoundError;
use studio_audio::analysis::Measures;
use studio_domain::{AudioDigest, Version};
use studio_repo::Error as CatalogError;

use super::many::several;
use super::plan::PlannedFile;
use super::watch::OneOfMany;
use crate::sound::measure;
use crate::{Error, Event, Job, Phase, Result, Studio, Upload, Uploaded};

/// How many files are on their way at once; what they hold in memory is bounded together.
pub(super) const PARALLEL: usize = 8;

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
    /// Those that nobody tried to store, because the store or the catalogue had failed.
    pub not_begun: Vec<PlannedFile>,
}

impl Studio {
    /// Stores files as versions, several at once. One that cannot be stored does not keep
    /// the others from it; when the store or the catalogue fail, no more are begun, and that is told.
    ///
    /// # Errors
    /// [`Cancelled`](Error::Cancelled). Imported again, what is stored is passed over, and
    /// what was half sent goes on.
    pub async fn import(&self, files: &[PlannedFile], job: &Job) -> Result<Imported> {
        let total = files.iter().map(|file| file.size).sum();
        job.tell(Event::Begin { phase: Phase::Importing, total });
        // By their numbers: a closure over borrowed files makes a future that is not `Send`.
        let one = |n: usize| self.import_one(&files[n], job);
        let done = several(files.len(), PARALLEL, one).await?;
        job.tell(Event::End);
        let mut imported = Imported::default();
        for (planned, result) in files.iter().cloned().zip(done) {
            match result {
                Some(Ok(uploaded)) => imported.files.push(ImportedFile { planned, uploaded }),
                Some(Err(error)) => imported.failed.push(FailedFile { planned, error }),
                None => imported.not_begun.push(planned),
            }
        }
        Ok(imported)
    }

    async fn import_one(&self, planned: &PlannedFile, job: &Job) -> Result<Uploaded> {
        job.check()?;
        let request = Upload { path: planned.path.clone(), file: planned.file.clone() };
        let (one, own) = OneOfMany::job(job, planned.size);
        expect_sound(planned, &own).await?;
        let uploaded = match self.upload(&request, &own).await {
            Err(error) => self.same_sound(planned, error, &own).await?,
            Ok(uploaded) => uploaded,
        };
        if let Some(said) = &planned.pick {
            // The take is safe; who picked it is told by the directory still.
            if let Err(error) = self.pick_again(&uploaded.version, said).await {
                tracing::warn!(%error, "a pick was not brought along");
            }
        }
        if let Some(mark) = &planned.mark
            && let Err(error) = self.mark_again(&uploaded.version, mark).await
        {
            tracing::warn!(%error, "a mark was not brought along");
        }
        one.done();
        Ok(uploaded)
    }
}

impl Studio {
    /// A delivered stem whose place is taken by the very sound: it is the take that was
    /// delivered, or came with another delivery, under a header of its own.
    pub(super) async fn same_sound(
        &self,
        planned: &PlannedFile,
        refused: Error,
        job: &Job,
    ) -> Result<Uploaded> {
        let (Some(expected), Error::Catalog(CatalogError::VersionExists { existing, .. })) =
            (planned.sound, &refused)
        else {
            return Err(refused);
        };
        if self.audio_digest_of(existing, job).await? != Some(expected) {
            return Err(refused);
        }
        // Whoever hears that it is stored may throw the delivery away.
        self.check_is_here(existing)?;
        match existing.check.and_then(|check| check.damage) {
            Some(damage) => Err(Error::Damaged {
                path: Box::new(existing.path.clone()),
                damage,
                detail: "a check has found it".to_owned(),
            }),
            None => self.object_of(existing, job).await.map(|_| Uploaded::already(existing)),
        }
    }

    /// The audio digest of a version: that which is known, or else that of its bytes. `None`
    /// when it is stored elsewhere, or no sound.
    async fn audio_digest_of(&self, version: &Version, job: &Job) -> Result<Option<AudioDigest>> {
        let details = self.details(std::slice::from_ref(version)).await?;
        let known = details.into_iter().next().and_then(|details| details.sound?.measured);
        if let Some(measured) = known {
            return Ok(Some(measured.audio_digest));
        }
        if self.check_is_here(version).is_err() {
            return Ok(None);
        }
        let spool = self.spool()?;
        let file = self.fetch(version, &spool, job).await?;
        let what = version.path.to_string();
        match measure::measure_aside(file, what, Measures::AUDIO_DIGEST, job).await {
            Ok(analysis) => Ok(analysis.audio_digest),
            Err(Error::Sound { source, .. }) if !matches!(source, SoundError::Io(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// Refuses a file with other sound than the directory says that it has.
pub(super) async fn expect_sound(planned: &PlannedFile, job: &Job) -> Result<()> {
    let Some(expected) = planned.sound else { return Ok(()) };
    let file = planned.file.clone();
    let what = file.display().to_string();
    let analysis = measure::measure_aside(file, what, Measures::AUDIO_DIGEST, job).await?;
    match analysis.audio_digest == Some(expected) {
        true => Ok(()),
        false => Err(Error::NotAsDelivered { file: planned.file.clone() }),
    }
}
