//! What is listened to: a local file, or a stored version.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use studio_audio::ByteSource;
use studio_audio::source::Windowed;
use studio_domain::{Digest, SoundFacts, Version};

use super::measure;
use super::range::StoredObject;
use super::spool::Spool;
use crate::{Job, Result, Studio};

/// Something with sound in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// A local file.
    File(PathBuf),
    /// A version, in the store.
    Version(Box<Version>),
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Version(version) => write!(f, "{}", version.path),
        }
    }
}

impl Subject {
    /// The bytes' digest, where it is known without reading them.
    pub(super) fn digest(&self) -> Option<Digest> {
        match self {
            Self::File(_) => None,
            Self::Version(version) => Some(version.digest),
        }
    }
}

impl Studio {
    /// The bytes of a subject for those who read little of them: of a version, only what is
    /// asked for is fetched.
    pub(super) async fn few_bytes_of(
        &self,
        subject: &Subject,
        job: &Job,
    ) -> Result<Arc<dyn ByteSource>> {
        match subject {
            Subject::File(file) => measure::source(file),
            Subject::Version(version) => {
                let object = self.object_of(version, job).await?;
                let object = StoredObject::new(self, version, object.etag);
                Ok(Arc::new(Windowed::new(object)))
            }
        }
    }

    /// A local file with all bytes of a subject: of a version, fetched and found right.
    pub(super) async fn all_bytes_of(
        &self,
        subject: &Subject,
        spool: &mut Option<Spool>,
        job: &Job,
    ) -> Result<PathBuf> {
        match subject {
            Subject::File(file) => Ok(file.clone()),
            Subject::Version(version) => {
                let spool = match spool {
                    Some(spool) => spool,
                    None => spool.insert(self.spool()?),
                };
                self.fetch(version, spool, job).await
            }
        }
    }

    /// Records what was found out about the sound of a version.
    pub(super) async fn remember(&self, subject: &Subject, facts: SoundFacts) -> Result<()> {
        let Subject::Version(version) = subject else { return Ok(()) };
        let known = self.choices.details(&[(version.id, version.digest)]).await?;
        let known = known.first().and_then(|details| details.sound);
        // A header that was read without the rest of the bytes proves nothing new.
        if known.is_some() && facts.measured.is_none() {
            return Ok(());
        }
        if let Err(error) = self.choices.record_sounds(&[(version.digest, facts)]).await {
            tracing::warn!(%error, "what is known of the sound was not recorded");
        }
        Ok(())
    }
}
