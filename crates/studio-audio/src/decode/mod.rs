//! From bytes to samples.

mod memory;
mod opening;
mod packets;
mod straight;

use std::sync::Arc;

pub use memory::Memory;
use studio_domain::Codec;

use packets::{Heard, PacketDecoder};
use straight::StraightDecoder;

use crate::{ByteSource, Error, Result, kind, probe, riff};

/// The most frames that one block holds.
pub const MAX_BLOCK_FRAMES: usize = 4096;

/// The most channels that are decoded: more than any console or format of sound has, and
/// few enough that a header's claim takes no memory to speak of.
pub const MAX_CHANNELS: u16 = 64;

/// Decoded samples, interleaved: the channels of one frame stand together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Samples<'a> {
    /// Whole numbers, left-justified: full scale is 2^31, whatever the bit depth was.
    Int(&'a [i32]),
    /// Numbers of IEEE 754: full scale is 1.0. May be beyond it, infinite or no number.
    Float(&'a [f32]),
}

impl Samples<'_> {
    /// How many samples there are, of all channels together.
    pub fn len(&self) -> usize {
        match self {
            Self::Int(samples) => samples.len(),
            Self::Float(samples) => samples.len(),
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Puts the upper 16 bits of each into `block`.
    fn coarse(&self, block: &mut Vec<i16>) {
        block.clear();
        match self {
            Self::Int(samples) => block.extend(samples.iter().map(|sample| coarse_int(*sample))),
            Self::Float(samples) => {
                block.extend(samples.iter().map(|sample| coarse_float(*sample)));
            }
        }
    }
}

/// The upper 16 bits of a whole number.
pub(crate) fn coarse_int(sample: i32) -> i16 {
    (sample >> 16) as i16
}

/// A float as 16 bits, the next lower.
pub(crate) fn coarse_float(sample: f32) -> i16 {
    // The conversion saturates, as the range of 16 bits asks, and makes 0 of no number.
    (sample * 32768.0).floor() as i16
}

/// What a decoder gives, the same for all of its blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sound {
    /// Channels: at least 1.
    pub channels: u16,
    /// Frames in a second (Hz): at least 1.
    pub sample_rate: u32,
    /// Bits that carry sound when the samples are whole numbers; `None` for floats.
    pub bits: Option<u16>,
    /// How many frames the file says that it has, if it does.
    pub declared_frames: Option<u64>,
    /// Which loudspeaker each channel is for, a bit for each in the order of the channels, as
    /// a WAVEFORMATEXTENSIBLE has them; `None` where the file names none.
    pub channel_mask: Option<u32>,
}

/// Gives the samples of a file from its start to its end.
pub trait Decode: Send {
    /// What the blocks hold.
    fn sound(&self) -> Sound;

    /// The next block: a whole number of frames, at least one, at most
    /// [`MAX_BLOCK_FRAMES`]; `None` at the end. All blocks hold the same kind of samples.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Malformed`] where the rest cannot be decoded.
    fn next_block(&mut self) -> Result<Option<Samples<'_>>>;

    /// Puts the next block into `block` with the upper 16 bits of each sample, which are all
    /// that peaks are made of; `false` at the end. Floats are taken to 16 bits, no numbers to 0.
    ///
    /// # Errors
    /// Those of [`Decode::next_block`].
    fn next_coarse(&mut self, block: &mut Vec<i16>) -> Result<bool> {
        let Some(samples) = self.next_block()? else { return Ok(false) };
        samples.coarse(block);
        Ok(true)
    }
}

/// Opens a file of sound for decoding, told by its content.
///
/// Files of the RIFF family, FLAC, ALAC and AIFF give whole numbers (floats where they hold
/// floats), exactly as they were recorded; what is lossy gives floats. A FLAC file is checked
/// against its own MD5 at the end. Opus needs the feature `opus`. Of a file with several
/// tracks the one is decoded that [`probe`] tells of.
///
/// # Errors
/// [`Error::Io`], [`Error::NotAudio`], [`Error::Unsupported`], [`Error::Malformed`]: also
/// where the rate or the channels are not those of the header. MP3 and AAC in MP4 whose
/// channels no codec tells there have those of their frames.
pub fn open(source: Arc<dyn ByteSource>) -> Result<Box<dyn Decode>> {
    let kind = kind::sniff(&source)?.ok_or(Error::NotAudio)?;
    if kind.is_riff() {
        let wave = riff::walk(&source)?;
        return Ok(Box::new(StraightDecoder::of_wave(source, &wave)?));
    }
    let found = probe::find(&source, kind)?;
    if let Some(format) = found.format.filter(|format| format.channels > MAX_CHANNELS) {
        return Err(too_many_channels(format.channels));
    }
    let opus = found.format.is_some_and(|format| format.codec == Codec::Opus);
    if opus && !cfg!(feature = "opus") {
        let what = "Opus: this program was built without the feature for it".to_owned();
        return Err(Error::Unsupported { what });
    }
    if let Some(linear) = probe::linear(&source, kind, &found)? {
        return Ok(Box::new(StraightDecoder::of_found(source, &found, linear)?));
    }
    Ok(Box::new(PacketDecoder::open(source, kind, Heard::of(kind, &found))?))
}

pub(crate) fn too_many_channels(channels: u16) -> Error {
    Error::Unsupported { what: format!("{channels} channels: {MAX_CHANNELS} are the most") }
}
