//! How a mix is made.

use studio_audio::write::SampleFormat;
use studio_domain::{Decibels, StemLevel, TrackName};

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
