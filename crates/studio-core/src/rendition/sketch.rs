//! Sketches: how some sound looks and how loud it is.

use std::path::Path;
use std::sync::Arc;

use studio_audio::analysis::{Analysis, Measures};
use studio_audio::waveform::Pair;
use studio_domain::Sketch;

use super::make::{fetch, turn};
use super::{Original, Renditions};
use crate::pace::{self, Pace};
use crate::sound::measure;
use crate::sound::spool::Spool;
use crate::{Error, Job, Result};

impl Renditions {
    /// The sketch of some sound. See [`Listening::sketch`](crate::Listening::sketch).
    pub(crate) async fn sketch(&self, original: &Original, job: &Job) -> Result<Sketch> {
        let workshop = &self.workshop;
        let _turn = turn(&workshop.encoders, job).await?;
        let spool = Spool::near(workshop.spool_directory.as_deref())?;
        let (own, work) = (original.clone(), job.clone());
        let draw = move || draw(&own, &spool.path().join("source"), &work);
        let drawn = pace::begin(Pace::Share, "studio-sketch", Arc::new(draw))
            .map_err(|error| Error::Internal(Box::new(error)))?;
        drawn.await.map_err(|error| Error::Internal(Box::new(error)))?
    }
}

/// Fetches some sound, and measures it.
fn draw(original: &Original, file: &Path, job: &Job) -> Result<Sketch> {
    fetch(original, file, job)?;
    let measures = Measures { peaks: true, loudness: true, ..Measures::NONE };
    match measure::measure(file, original.name(), measures, job) {
        Ok(analysis) => Ok(sketch_of(&analysis)),
        // It is no sound, or none that anything here can decode: there is nothing to show.
        Err(Error::Sound { .. }) => Ok(Sketch::default()),
        Err(error) => Err(error),
    }
}

fn sketch_of(analysis: &Analysis) -> Sketch {
    let mixed = analysis.peaks.as_ref().and_then(|peaks| peaks.mixed().lanes().first().cloned());
    let loudness = analysis.loudness.as_ref();
    Sketch {
        bars: bars(&mixed.unwrap_or_default()),
        loudness: loudness.and_then(|loudness| loudness.integrated),
        true_peak: loudness.and_then(|loudness| loudness.true_peak),
    }
}

/// The highest sample, of either sign, of each of so many stretches of equal length.
fn bars(pairs: &[Pair]) -> Vec<u8> {
    let count = Sketch::MOST_BARS.min(pairs.len());
    let bar = |at: usize| {
        let (from, to) = (at * pairs.len() / count, (at + 1) * pairs.len() / count);
        let highest = pairs[from..to].iter().map(highest).max().unwrap_or(0);
        // Full scale is 255: 32,768 of 16 bits.
        u8::try_from((u32::from(highest) * 255).div_ceil(32_768)).unwrap_or(u8::MAX)
    };
    (0..count).map(bar).collect()
}

fn highest(pair: &Pair) -> u16 {
    pair.min.unsigned_abs().max(pair.max.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_the_highest_of_their_stretches() {
        let pair = |min, max| Pair { min, max };
        let short = [pair(0, 0), pair(-32_768, 5), pair(-3, 16_384), pair(0, 1)];
        assert_eq!(bars(&short), [0, 255, 128, 1]);
        let long: Vec<_> =
            (0..1_000).map(|at| pair(0, if at == 999 { 32_767 } else { 0 })).collect();
        let drawn = bars(&long);
        assert_eq!((drawn.len(), drawn[119], drawn[118]), (120, 255, 0));
        assert_eq!(bars(&[]), [0; 0]);
    }
}
