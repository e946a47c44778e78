//! From samples to files: WAV (RF64 where it grows beyond 4 GiB), FLAC, and Opus with the
//! feature `opus`.
//!
//! A writer takes blocks as they come and keeps none of them, so that its memory does not
//! grow with the length of the sound. Until [`AudioWriter::finish`] was called the file says
//! that it is not complete: one that a crash left behind is not taken for a whole one.

mod flac;
#[cfg(feature = "opus")]
mod opus;
mod wav;

use crate::{Error, Result, Samples};

pub use flac::FlacWriter;
#[cfg(feature = "opus")]
pub use opus::{OPUS_RATE, OpusWriter};
pub use wav::{WavChunks, WavWriter};

/// The most channels that are written or mixed.
pub const MAX_CHANNELS: u16 = 64;

/// How each sample is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SampleFormat {
    /// Whole numbers of 16 bits.
    Int16,
    /// Whole numbers of 24 bits.
    Int24,
    /// Numbers of IEEE 754 with 32 bits.
    Float32,
}

impl SampleFormat {
    /// Bits that a sample takes.
    pub const fn bits(self) -> u16 {
        match self {
            Self::Int16 => 16,
            Self::Int24 => 24,
            Self::Float32 => 32,
        }
    }

    /// Bytes that a sample takes.
    pub const fn bytes(self) -> u16 {
        self.bits() / 8
    }
}

/// What a writer takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PcmFormat {
    /// Channels, from 1 to [`MAX_CHANNELS`].
    pub channels: u16,
    /// Frames in a second (Hz), at least 1.
    pub sample_rate: u32,
    /// How each sample is written.
    pub samples: SampleFormat,
}

impl PcmFormat {
    /// Bytes of a frame.
    pub fn frame_bytes(self) -> u64 {
        u64::from(self.channels) * u64::from(self.samples.bytes())
    }

    /// Refuses what no writer takes.
    pub(crate) fn check(self) -> Result<()> {
        match self {
            Self { channels: 1..=MAX_CHANNELS, sample_rate: 1.., .. } => Ok(()),
            Self { channels, sample_rate, .. } => Err(Error::Mismatch {
                what: format!(
                    "cannot write {channels} channels at {sample_rate} Hz: 1 to {MAX_CHANNELS} \
                     channels, at least 1 Hz"
                ),
            }),
        }
    }

    /// Whole frames of the right kind: how many.
    pub(crate) fn check_block(self, samples: Samples<'_>) -> Result<u64> {
        let expected = match self.samples {
            SampleFormat::Float32 => matches!(samples, Samples::Float(_)),
            SampleFormat::Int16 | SampleFormat::Int24 => matches!(samples, Samples::Int(_)),
        };
        let channels = usize::from(self.channels);
        if !expected || !samples.len().is_multiple_of(channels) {
            return Err(Error::Mismatch {
                what: format!(
                    "the block is no whole number of frames of {channels} channels of {:?}",
                    self.samples
                ),
            });
        }
        Ok((samples.len() / channels) as u64)
    }
}

/// Refuses what is no name of a field of Vorbis comments.
fn check_field(field: &str) -> Result<()> {
    let known = |byte: u8| (b' '..=b'}').contains(&byte) && byte != b'=';
    match !field.is_empty() && field.bytes().all(known) {
        true => Ok(()),
        false => {
            let what = format!("`{}` is no name of a tag", field.escape_debug());
            Err(Error::Mismatch { what })
        }
    }
}

/// Takes the samples of a sound from its start to its end.
pub trait AudioWriter {
    /// What it takes.
    fn format(&self) -> PcmFormat;

    /// Takes the next block: any number of whole frames, [`Samples::Int`] for whole numbers
    /// (left-justified, nothing in the bits below those that are written),
    /// [`Samples::Float`] for floats.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Mismatch`] for samples of another kind, more of them than the
    /// kind of file can hold, or after [`AudioWriter::finish`]. The file is of no use then.
    fn write(&mut self, samples: Samples<'_>) -> Result<()>;

    /// Completes the file; without it the file says that it is not complete.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Mismatch`] when it was called before, or the kind of file
    /// cannot be without samples.
    fn finish(&mut self) -> Result<()>;
}

/// Takes samples and keeps nothing but their number: to measure a mix without writing it.
#[derive(Debug)]
pub struct Discard {
    format: PcmFormat,
    frames: u64,
}

impl Discard {
    /// Takes samples of a format.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the format has too many channels or none, or no rate.
    pub fn new(format: PcmFormat) -> Result<Self> {
        format.check()?;
        Ok(Self { format, frames: 0 })
    }

    /// How many frames it took.
    pub fn frames(&self) -> u64 {
        self.frames
    }
}

impl AudioWriter for Discard {
    fn format(&self) -> PcmFormat {
        self.format
    }

    fn write(&mut self, samples: Samples<'_>) -> Result<()> {
        self.frames += self.format.check_block(samples)?;
        Ok(())
    }

    fn finish(&mut self) -> Result<()> {
        Ok(())
    }
}
