//! Samples that are in memory already, as a decoder gives them.

use super::{Decode, MAX_BLOCK_FRAMES, Samples, Sound};
use crate::{Error, Result};

/// Gives samples that are in memory: sound made by a program, or a decoded file kept for
/// reading again.
#[derive(Debug, Clone)]
pub struct Memory {
    sound: Sound,
    samples: Stored,
    /// Where the next block begins, in samples.
    at: usize,
    block: usize,
}

#[derive(Debug, Clone)]
enum Stored {
    Int(Vec<i32>),
    Float(Vec<f32>),
}

impl Memory {
    /// Whole numbers, interleaved and left-justified (full scale is 2^31), of which the
    /// highest `bits` carry sound.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for no channels, a rate of 0, bits that are not 1 to 32, or
    /// samples that are no whole number of frames.
    pub fn int(channels: u16, sample_rate: u32, bits: u16, samples: Vec<i32>) -> Result<Self> {
        if !(1..=32).contains(&bits) {
            return Err(Error::Mismatch { what: format!("{bits} bits are not 1 to 32") });
        }
        Self::new(channels, sample_rate, Some(bits), samples.len(), Stored::Int(samples))
    }

    /// Numbers of IEEE 754, interleaved (full scale is 1.0).
    ///
    /// # Errors
    /// [`Error::Mismatch`] for no channels, a rate of 0, or samples that are no whole
    /// number of frames.
    pub fn float(channels: u16, sample_rate: u32, samples: Vec<f32>) -> Result<Self> {
        Self::new(channels, sample_rate, None, samples.len(), Stored::Float(samples))
    }

    fn new(
        channels: u16,
        sample_rate: u32,
        bits: Option<u16>,
        length: usize,
        samples: Stored,
    ) -> Result<Self> {
        let error = |what: &str| Error::Mismatch { what: what.to_owned() };
        if channels == 0 || sample_rate == 0 {
            return Err(error("sound has at least one channel, and frames in a second"));
        }
        let width = usize::from(channels);
        if !length.is_multiple_of(width) {
            return Err(error("the samples are no whole number of frames"));
        }
        let declared_frames = Some((length / width) as u64);
        let sound = Sound { channels, sample_rate, bits, declared_frames, channel_mask: None };
        Ok(Self { sound, samples, at: 0, block: MAX_BLOCK_FRAMES * width })
    }

    /// The same with blocks of so many frames (at least one, at most 4096): what is made
    /// of the samples must not depend on it.
    #[must_use]
    pub fn in_blocks_of(mut self, frames: usize) -> Self {
        self.block = frames.clamp(1, MAX_BLOCK_FRAMES) * usize::from(self.sound.channels);
        self
    }

    /// Begins again at the first frame.
    pub fn rewind(&mut self) {
        self.at = 0;
    }
}

impl Decode for Memory {
    fn sound(&self) -> Sound {
        self.sound
    }

    fn next_block(&mut self) -> Result<Option<Samples<'_>>> {
        let length = match &self.samples {
            Stored::Int(samples) => samples.len(),
            Stored::Float(samples) => samples.len(),
        };
        let range = self.at..length.min(self.at + self.block);
        self.at = range.end;
        if range.is_empty() {
            return Ok(None);
        }
        Ok(Some(match &self.samples {
            Stored::Int(samples) => Samples::Int(&samples[range]),
            Stored::Float(samples) => Samples::Float(&samples[range]),
        }))
    }
}
