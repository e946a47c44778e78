//! What files are, told by their headers.

use std::path::{Path, PathBuf};

use studio_audio::probe::{Artwork, Header, Probe, artwork, examine, probe};
use studio_audio::source::Windowed;
use studio_blob::ObjectInfo;
use studio_domain::{AudioFormat, SoundFacts};

use super::range::StoredObject;
use super::{Subject, error, measure};
use crate::{Job, Result, Studio};

/// What a header told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// The file or version.
    pub subject: Subject,
    /// What it is.
    pub probe: Probe,
}

impl Studio {
    /// Reads what the header of a file or a version tells, and what people wrote into it. Of
    /// a version in a bucket only the few bytes are fetched that say it.
    ///
    /// # Errors
    /// [`Sound`](crate::Error::Sound) when it is no sound; of a file
    /// [`SourceUnreadable`](crate::Error::SourceUnreadable); of a version those of
    /// [`download`](Self::download).
    pub async fn probe(&self, subject: &Subject, job: &Job) -> Result<Probed> {
        let source = self.few_bytes_of(subject, job).await?;
        let what = subject.to_string();
        let probed = measure::aside(move || probe(&*source).map_err(|e| error::of(what, e)));
        let probe = job.unless_cancelled(probed).await?;
        self.remember(subject, SoundFacts { format: probe.format, measured: None }).await?;
        Ok(Probed { subject: subject.clone(), probe })
    }

    /// What the header of an object tells, whatever its name is. Only the few bytes are fetched
    /// that say it.
    pub(crate) async fn format_of_object(
        &self,
        object: &ObjectInfo,
        job: &Job,
    ) -> Result<AudioFormat> {
        let (key, etag) = (object.key.clone(), object.etag.clone());
        let source = Windowed::new(StoredObject::of(self, key, object.size, etag));
        let what = self.store.url().locate(&object.key);
        let probed = measure::aside(move || probe(&source).map_err(|e| error::of(what, e)));
        Ok(job.unless_cancelled(probed).await?.format)
    }

    /// The picture in a file or a version, as it stands there; `None` when there is none
    /// that can be told. Of a version in a bucket only the tags are fetched.
    /// [`picture`](studio_audio::artwork::picture()) makes one of it that can be trusted.
    ///
    /// # Errors
    /// Those of [`probe`](Self::probe).
    pub async fn artwork(&self, subject: &Subject, job: &Job) -> Result<Option<Artwork>> {
        let source = self.few_bytes_of(subject, job).await?;
        let what = subject.to_string();
        let found = measure::aside(move || artwork(&*source).map_err(|e| error::of(what, e)));
        job.unless_cancelled(found).await
    }
}

/// Reads what the header of a local file tells. Blocks for some microseconds; needs no
/// studio.
///
/// # Errors
/// Those of [`Studio::probe`].
pub fn probe_file(file: &Path) -> Result<Probed> {
    let probe = probe_as(file, file.display().to_string())?;
    Ok(Probed { subject: Subject::File(file.to_owned()), probe })
}

/// What the header of a local file tells.
pub(crate) async fn header_of_file(file: PathBuf, what: String) -> Result<Header> {
    measure::aside(move || {
        let source = measure::source(&file)?;
        examine(&*source).map_err(|error| error::of(what, error))
    })
    .await
}

/// The format that it tells.
pub(crate) async fn format_of_file(file: PathBuf, what: String) -> Result<AudioFormat> {
    measure::aside(move || Ok(probe_as(&file, what)?.format)).await
}

fn probe_as(file: &Path, what: String) -> Result<Probe> {
    let source = measure::source(file)?;
    probe(&*source).map_err(|error| error::of(what, error))
}
