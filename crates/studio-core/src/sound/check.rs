//! Judging files and versions by a profile.

use std::sync::Arc;

use studio_audio::gate::{Profile, Verdict};

use super::gate::{Hearing, hear};
use super::{Subject, measure};
use crate::{Job, Result, Studio};

/// What a gate says of a file or a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The file or version.
    pub subject: Subject,
    /// What was found.
    pub verdict: Verdict,
    /// Its format, where the header tells it.
    pub format: Option<studio_domain::AudioFormat>,
}

impl Studio {
    /// Judges a file or a version by a profile. It is decoded only if the profile asks for
    /// what shows by that, and its header is right; of a version in a bucket, all bytes are
    /// fetched then, and otherwise only those of its header.
    ///
    /// # Errors
    /// Those of [`probe`](Self::probe), but for sound that is none: that is a finding.
    pub async fn check(
        &self,
        subject: &Subject,
        profile: &Arc<Profile>,
        job: &Job,
    ) -> Result<Checked> {
        let mut spool = None;
        let source = match (subject, profile.needs_content()) {
            (Subject::Version(_), true) => {
                measure::source(&self.all_bytes_of(subject, &mut spool, job).await?)?
            }
            _ => self.few_bytes_of(subject, job).await?,
        };
        let (what, profile, own) = (subject.to_string(), Arc::clone(profile), job.clone());
        let hearing = Hearing { measures: false };
        let heard = measure::aside(move || hear(&source, &what, &profile, hearing, &own)).await?;
        if let Some(facts) = heard.facts {
            self.remember(subject, facts).await?;
        }
        let format = heard.facts.map(|facts| facts.format);
        Ok(Checked { subject: subject.clone(), verdict: heard.verdict, format })
    }
}
