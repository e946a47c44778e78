//! Comparing two takes.

use std::path::PathBuf;

use studio_audio::Decode;
use studio_audio::analysis::Measures;
use studio_audio::diff::{Comparison, compare};
use studio_domain::{Decibels, Loudness, SoundFacts};

use super::{Subject, error, measure, probe};
use crate::{Event, Job, Phase, Result, Studio};

/// What is different between two takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// What was compared.
    pub subjects: [Subject; 2],
    /// Whether even their bytes are the same.
    pub same_bytes: bool,
    /// What is different.
    pub comparison: Comparison,
    /// How loud each is.
    pub loudness: [Loudness; 2],
}

impl Compared {
    /// How much louder the second must get to be as loud as the first; `None` where one of
    /// them is silence.
    pub fn matching_gain(&self) -> Option<Decibels> {
        let [first, second] = self.loudness.map(|loudness| loudness.integrated);
        Decibels::from_thousandths(first?.thousandths() - second?.thousandths())
    }
}

impl Studio {
    /// Compares the sound of two files or versions, and tells how loud each is.
    ///
    /// # Errors
    /// Those of [`analyse`](Self::analyse).
    pub async fn compare_sound(&self, subjects: [Subject; 2], job: &Job) -> Result<Compared> {
        let mut spool = None;
        let mut files = Vec::with_capacity(2);
        for subject in &subjects {
            files.push(self.all_bytes_of(subject, &mut spool, job).await?);
        }
        let names = subjects.clone().map(|subject| subject.to_string());
        let mut loudness = [Loudness::default(); 2];
        for ((subject, file), loudness) in subjects.iter().zip(&files).zip(&mut loudness) {
            *loudness = self.loudness_of(subject, file.clone(), job).await?;
        }
        let same_bytes = match (subjects[0].digest(), subjects[1].digest()) {
            (Some(first), Some(second)) => first == second,
            _ => same_bytes(files.clone()).await?,
        };
        let own = job.clone();
        let comparison = measure::aside(move || {
            let open = |n: usize| {
                let (file, name): (&PathBuf, &String) = (&files[n], &names[n]);
                move || -> studio_audio::Result<Box<dyn Decode>> {
                    measure::decoder(file, name).map_err(as_sound)
                }
            };
            own.tell(Event::Begin { phase: Phase::Listening, total: 0 });
            let mut go_on = measure::telling(&own);
            let compared = compare(&open(0), &open(1), &mut go_on);
            own.tell(Event::End);
            compared.map_err(|error| error::of(names.join(" and "), error))
        });
        Ok(Compared { comparison: comparison.await?, subjects, same_bytes, loudness })
    }

    /// How loud something is, measured unless it has been.
    async fn loudness_of(&self, subject: &Subject, file: PathBuf, job: &Job) -> Result<Loudness> {
        if let Subject::Version(version) = subject {
            let known = self.details(std::slice::from_ref(&**version)).await?;
            let known = known.into_iter().next().and_then(|details| details.sound);
            if let Some(measured) = known.and_then(|facts| facts.measured) {
                return Ok(measured.loudness);
            }
        }
        let what = subject.to_string();
        let measures = Measures { loudness: true, audio_digest: true, ..Measures::NONE };
        let format = probe::format_of_file(file.clone(), what.clone()).await?;
        let analysis = measure::measure_aside(file, what, measures, job).await?;
        let facts = SoundFacts { format, measured: analysis.measured() };
        self.remember(subject, facts).await?;
        Ok(analysis.loudness.unwrap_or_default())
    }
}

/// What opening a file said, in the words of the library of sound.
fn as_sound(error: crate::Error) -> studio_audio::Error {
    match error {
        crate::Error::Sound { source, .. } => source,
        crate::Error::Cancelled => studio_audio::Error::Cancelled,
        error => studio_audio::Error::Io(std::io::Error::other(error)),
    }
}

async fn same_bytes(files: Vec<PathBuf>) -> Result<bool> {
    measure::aside(move || {
        let (first, second) = (measure::source(&files[0])?, measure::source(&files[1])?);
        if first.size() != second.size() {
            return Ok(false);
        }
        let (mut one, mut other) = (vec![0; 1 << 18], vec![0; 1 << 18]);
        let mut at = 0;
        while at < first.size() {
            let read = |source: &dyn studio_audio::ByteSource, buffer: &mut [u8], n: usize| {
                studio_audio::source::read_full_at(source, at, buffer).map_err(|source| {
                    crate::Error::SourceUnreadable { file: files[n].clone(), source }
                })
            };
            let (a, b) = (read(&*first, &mut one, 0)?, read(&*second, &mut other, 1)?);
            if one[..a] != other[..b] {
                return Ok(false);
            }
            if a == 0 {
                break;
            }
            at += a as u64;
        }
        Ok(true)
    })
    .await
}
