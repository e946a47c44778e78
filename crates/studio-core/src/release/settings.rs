//! How a mix is made.

use studio_audio::resample::RATES;
use studio_audio::write::SampleFormat;
use studio_domain::{Decibels, StemLevel, TrackName};

use crate::{Error, Result};

/// How the picks of a song are mixed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MixSettings {
    /// How single tracks go into the mix; those that are not here as they are.
    pub levels: Vec<(TrackName, StemLevel)>,
    /// How much louder the whole gets.
    pub gain: Decibels,
    /// The sample rate (Hz) that the mix shall have, and that others are converted to; `None`
    /// for that of the stems, which must be one.
    pub sample_rate: Option<u32>,
    /// Whether the stems may be of different lengths.
    pub mixed_lengths: bool,
    /// What each sample of the mix is.
    pub samples: SampleFormat,
    /// Whether noise is added where bits are lost.
    pub dither: bool,
}

impl Default for MixSettings {
    /// Every stem as it is, 24 bits, with dither.
    fn default() -> Self {
        Self {
            levels: Vec::new(),
            gain: Decibels::ZERO,
            sample_rate: None,
            mixed_lengths: false,
            samples: SampleFormat::Int24,
            dither: true,
        }
    }
}

impl MixSettings {
    /// Refuses what no mix can be, before anything is read.
    pub(super) fn check(&self) -> Result<()> {
        let refused = |what: String| {
            let source = studio_audio::Error::Mismatch { what };
            Err(Error::Sound { what: "the mix".to_owned(), source })
        };
        if let Some(rate) = self.sample_rate.filter(|rate| !RATES.contains(rate)) {
            let (least, most) = (RATES.start(), RATES.end());
            return refused(format!("{rate} Hz is not from {least} to {most} Hz"));
        }
        let most = i64::from(*RATES.end()) * 24 * 60 * 60;
        match self.levels.iter().find(|(_, level)| level.offset.unsigned_abs() > most as u64) {
            Some((track, _)) => refused(format!("{track} would begin more than a day away")),
            None => Ok(()),
        }
    }

    /// How a track goes into the mix.
    pub fn level_of(&self, track: &TrackName) -> StemLevel {
        let of_track = self.levels.iter().find(|(name, _)| name.key() == track.key());
        of_track.map(|(_, level)| *level).unwrap_or_default()
    }
}

/// What kind of file a mix goes into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// WAV, or RF64 beyond 4 GiB, with what Broadcast Wave and iXML say.
    Wav,
    /// FLAC, of whole numbers.
    Flac,
}
