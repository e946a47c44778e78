//! Measuring files and versions.

use studio_audio::analysis::{Analysis, Measures};
use studio_audio::probe::probe;
use studio_domain::{AudioFormat, SoundFacts};

use super::{Subject, error, measure};
use crate::{Job, Result, Studio};

/// What measuring a file or a version gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysed {
    /// The file or version.
    pub subject: Subject,
    /// What its header says.
    pub format: AudioFormat,
    /// What decoding it found.
    pub analysis: Analysis,
}

impl Studio {
    /// Decodes a file or a version to its end and measures it. What the catalogue keeps of a
    /// version's sound is recorded. Of a version, all bytes are fetched and compared with
    /// its digest.
    ///
    /// # Errors
    /// Those of [`probe`](Self::probe).
    pub async fn analyse(
        &self,
        subject: &Subject,
        measures: Measures,
        job: &Job,
    ) -> Result<Analysed> {
        if matches!(subject, Subject::Version(_)) {
            // What is no sound need not be fetched to learn that.
            let source = self.few_bytes_of(subject, job).await?;
            let what = subject.to_string();
            measure::aside(move || probe(&*source).map_err(|e| error::of(what, e))).await?;
        }
        let mut spool = None;
        let file = self.all_bytes_of(subject, &mut spool, job).await?;
        let (what, own) = (subject.to_string(), job.clone());
        let (format, analysis) = measure::aside(move || {
            let source = measure::source(&file)?;
            let probed = probe(&*source).map_err(|e| error::of(what.clone(), e))?;
            let analysis = measure::measure(&file, &what, measures, &own)?;
            Ok((probed.format, analysis))
        })
        .await?;
        let facts = SoundFacts { format, measured: analysis.measured() };
        self.remember(subject, facts).await?;
        Ok(Analysed { subject: subject.clone(), format, analysis })
    }
}
