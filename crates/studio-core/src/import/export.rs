//! Export: many versions become files.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use studio_domain::Version;
use studio_repo::{PageRequest, VersionFilter};

use super::many::several;
use super::pattern::Pattern;
use super::watch::OneOfMany;
use crate::transfer::fingerprint::Fingerprint;
use crate::transfer::receive::target_error;
use crate::{Download, Error, Event, Job, Phase, Result, Studio};

/// How many versions are looked up at once.
const PAGE: u32 = 1000;
/// How many files are on their way at once.
pub(super) const PARALLEL: usize = 4;

/// Versions to export, and where to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Export {
    /// Which versions.
    pub filter: VersionFilter,
    /// The directory for their files; made if it is not there.
    pub directory: PathBuf,
    /// What they are called below it.
    pub pattern: Pattern,
}

/// A file that an export makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportedFile {
    /// The version.
    pub version: Version,
    /// The file.
    pub target: PathBuf,
}

/// What an export would make.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExportPlan {
    /// The files, in the order of listings.
    pub files: Vec<ExportedFile>,
    /// Versions that would get a name that another one has.
    pub same_name: Vec<ExportedFile>,
}

/// What became of one file.
#[derive(Debug)]
pub enum ExportOutcome {
    /// It was fetched.
    Fetched,
    /// It was there, with the same bytes.
    AlreadyThere,
    /// It is not there.
    Failed(Error),
}

/// What an export did, in the order of the plan.
#[derive(Debug, Default)]
pub struct Exported {
    /// Each file that was begun, and what became of it.
    pub files: Vec<(ExportedFile, ExportOutcome)>,
    /// Those that nobody tried to make, because the store or the catalogue had failed.
    pub not_begun: Vec<ExportedFile>,
}

impl Exported {
    pub(super) fn of(files: &[ExportedFile], done: Vec<Option<Result<ExportOutcome>>>) -> Self {
        let mut exported = Self::default();
        for (file, result) in files.iter().cloned().zip(done) {
            match result {
                Some(Ok(outcome)) => exported.files.push((file, outcome)),
                Some(Err(error)) => exported.files.push((file, ExportOutcome::Failed(error))),
                None => exported.not_begun.push(file),
            }
        }
        exported
    }
}

impl Studio {
    /// Tells which files an export would make.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog).
    pub async fn plan_export(&self, export: &Export) -> Result<ExportPlan> {
        let mut plan = ExportPlan::default();
        let mut names: HashMap<String, ()> = HashMap::new();
        let mut after = None;
        loop {
            let page = PageRequest { after, limit: PAGE };
            let page = self.catalog.versions(&export.filter, page).await?;
            for version in page.items {
                let extension = extension_of(&version);
                let below = export.pattern.write(&version.path, extension.as_deref());
                // Some file systems do not tell `Bass` from `bass`.
                let taken = names.insert(below.to_string_lossy().to_lowercase(), ()).is_some();
                let file = ExportedFile { version, target: export.directory.join(below) };
                match taken {
                    false => plan.files.push(file),
                    true => plan.same_name.push(file),
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(plan),
            }
        }
    }

    /// Makes files of versions, several at once. Files that are there with the same bytes
    /// are left; others are never replaced. When the store fails, no more are begun, and
    /// that is told.
    ///
    /// # Errors
    /// [`Cancelled`](Error::Cancelled). Exported again, it goes on where it stopped.
    pub async fn export(&self, files: &[ExportedFile], job: &Job) -> Result<Exported> {
        let total = files.iter().map(|file| file.version.size).sum();
        job.tell(Event::Begin { phase: Phase::Importing, total });
        // By their numbers: a closure over borrowed files makes a future that is not `Send`.
        let one = |n: usize| self.export_one(&files[n], job);
        let done = several(files.len(), PARALLEL, one).await?;
        job.tell(Event::End);
        Ok(Exported::of(files, done))
    }

    async fn export_one(&self, file: &ExportedFile, job: &Job) -> Result<ExportOutcome> {
        job.check()?;
        let ExportedFile { version, target } = file;
        let (one, own) = OneOfMany::job(job, version.size);
        if self.has_bytes_of(target, version, &own).await? {
            one.done();
            return Ok(ExportOutcome::AlreadyThere);
        }
        if let Some(directory) = target.parent() {
            std::fs::create_dir_all(directory).map_err(|error| target_error(target, error))?;
        }
        let path = version.path.clone();
        let request = Download { path, target: target.clone(), overwrite: false };
        self.download(&request, &own).await?;
        one.done();
        Ok(ExportOutcome::Fetched)
    }

    /// Whether a file is there with the bytes of a version.
    pub(super) async fn has_bytes_of(
        &self,
        target: &Path,
        version: &Version,
        job: &Job,
    ) -> Result<bool> {
        let there = target.metadata();
        if !there.is_ok_and(|there| there.is_file() && there.len() == version.size) {
            return Ok(false);
        }
        let file = std::fs::File::open(target).map_err(|error| target_error(target, error))?;
        let read = Fingerprint::read(std::sync::Arc::new(file), target, self.transfer, job);
        Ok(read.await?.digest == version.digest)
    }
}

/// The extension that a version's file had, or one that fits what it is.
fn extension_of(version: &Version) -> Option<String> {
    let had = Path::new(&version.original_path).extension();
    let fits = match version.content_type.as_str() {
        "audio/wav" => Some("wav"),
        "audio/aiff" => Some("aiff"),
        "audio/flac" => Some("flac"),
        "audio/ogg" => Some("ogg"),
        "audio/mpeg" => Some("mp3"),
        "audio/mp4" => Some("m4a"),
        _ => None,
    };
    had.and_then(|had| had.to_str()).or(fits).map(str::to_owned)
}
