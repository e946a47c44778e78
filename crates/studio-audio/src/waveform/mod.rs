//! Waveforms: as the files that `audiowaveform` made usual, and as pictures.
//!
//! A waveform is made once, at its finest, by [`crate::analysis`]; coarser ones are merged
//! from it, and are what measuring at their zoom would have given.

mod dat;
mod geometry;
mod json;
mod png;
mod svg;
mod text;

use std::num::NonZeroU32;

pub use geometry::{Picture, Scale, Shape};
pub use png::{Colours, png};
pub use svg::svg;
pub use text::{Glyphs, text};

use crate::{Error, Result};

/// The most lanes of a waveform.
pub const MOST_LANES: usize = 64;

/// The lowest and the highest sample of some frames, at 16 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Pair {
    /// The lowest.
    pub min: i16,
    /// The highest.
    pub max: i16,
}

impl Pair {
    /// Of the frames of both.
    #[must_use]
    pub fn merged(self, other: Self) -> Self {
        Self { min: self.min.min(other.min), max: self.max.max(other.max) }
    }
}

/// How exactly a file of peaks holds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Resolution {
    /// The highest 8 bits, cut towards zero.
    Bits8,
    /// All 16 bits.
    Bits16,
}

impl Resolution {
    fn of(self, sample: i16) -> i16 {
        match self {
            Self::Bits8 => sample / 256,
            Self::Bits16 => sample,
        }
    }
}

/// Pairs of peaks, one after the other, in one or more lanes of the same length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waveform {
    sample_rate: u32,
    frames_per_pair: u32,
    lanes: Vec<Vec<Pair>>,
}

impl Waveform {
    /// A waveform of pairs that were found elsewhere.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for a sample rate or frames of 0, for no lane or more than
    /// [`MOST_LANES`], and for lanes of different lengths or of 2^32 pairs and more.
    pub fn new(sample_rate: u32, frames_per_pair: u32, lanes: Vec<Vec<Pair>>) -> Result<Self> {
        let length = lanes.first().map_or(0, Vec::len);
        let wrong = match () {
            () if sample_rate == 0 => "a waveform has frames in a second",
            () if frames_per_pair == 0 => "a pair of peaks is that of one frame at least",
            () if !(1..=MOST_LANES).contains(&lanes.len()) => "a waveform has 1 to 64 lanes",
            () if lanes.iter().any(|lane| lane.len() != length) => "the lanes differ in length",
            () if u32::try_from(length).is_err() => "the waveform is too long",
            () => return Ok(Self { sample_rate, frames_per_pair, lanes }),
        };
        Err(Error::Mismatch { what: wrong.to_owned() })
    }

    /// For those who know that it is one.
    pub(crate) fn from_lanes(
        sample_rate: u32,
        frames_per_pair: u32,
        lanes: Vec<Vec<Pair>>,
    ) -> Self {
        Self { sample_rate, frames_per_pair, lanes }
    }

    /// Frames in a second (Hz) of the sound.
    pub fn sample_rate(&self) -> u32 {
        self.sample_rate
    }

    /// Frames that each pair stands for; the last one may stand for fewer.
    pub fn frames_per_pair(&self) -> u32 {
        self.frames_per_pair
    }

    /// The pairs of each lane, all of the same length: a channel each, or all channels mixed.
    pub fn lanes(&self) -> &[Vec<Pair>] {
        &self.lanes
    }

    /// Pairs in each lane.
    pub fn len(&self) -> usize {
        self.lanes.first().map_or(0, Vec::len)
    }

    /// Whether there are no pairs.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A coarser waveform, of which each pair stands for `times` of the pairs here: exactly
    /// that which the samples themselves would give.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when a pair would stand for 2^32 frames or more.
    pub fn zoomed_out(&self, times: NonZeroU32) -> Result<Self> {
        let frames_per_pair = self.frames_per_pair.checked_mul(times.get());
        let frames_per_pair = frames_per_pair
            .ok_or_else(|| Error::Mismatch { what: "a pair would be too long".to_owned() })?;
        let merge = |pairs: &[Pair]| pairs.iter().copied().reduce(Pair::merged);
        let lanes = self.lanes.iter();
        let lanes = lanes.map(|lane| lane.chunks(times.get() as usize).filter_map(merge).collect());
        Ok(Self::from_lanes(self.sample_rate, frames_per_pair, lanes.collect()))
    }

    /// The largest value of any lane, without its sign.
    fn largest(&self) -> u16 {
        let pairs = self.lanes.iter().flatten();
        pairs.map(|pair| pair.min.unsigned_abs().max(pair.max.unsigned_abs())).max().unwrap_or(0)
    }
}
