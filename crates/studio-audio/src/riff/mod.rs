//! The strict walk over a file of the RIFF family (RIFF, RF64 and BW64 WAVE).
//!
//! Most programs read what they need and take the rest on trust; two of them can then hear
//! two different takes in the same file. [`walk()`] looks at every chunk and keeps each rule
//! that is broken as a [`Defect`], a value: what to do about it is for others to decide.
//! Sources: the RIFF specification of 1991, WAVEFORMATEXTENSIBLE, EBU Tech 3306 (RF64),
//! ITU-R BS.2088 (BW64).

mod chunk;
mod format;
mod walk;

pub use chunk::{Chunk, ChunkId};
pub use format::{Encoding, WaveFormat};
pub(crate) use format::{u16_at, u32_at, u64_at};
pub(crate) use walk::form;
pub use walk::{MAX_CHUNKS, MAX_NESTING, walk};

use studio_domain::{AudioFormat, BitDepth, Container};

use crate::Defect;

/// What a walk over a file of the RIFF family found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wave {
    /// Which member of the family it is.
    pub form: Container,
    /// The chunks of the outermost level in their order, at most [`MAX_CHUNKS`].
    pub chunks: Vec<Chunk>,
    /// The first `fmt ` chunk, if there is one that can be read.
    pub format: Option<WaveFormat>,
    /// The first `data` chunk, if there is one.
    pub data: Option<Data>,
    /// Every rule that it breaks, in the order of their places in the file.
    pub defects: Vec<Defect>,
}

/// Where the samples of a file of the RIFF family lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Data {
    /// The place of the first sample (bytes from the start of the file).
    pub offset: u64,
    /// How many bytes of samples the header claims; `None` for the header of a stream, which
    /// was written before anybody knew.
    pub declared: Option<u64>,
    /// How many bytes of samples are there: no more than declared, no more than the file has.
    pub present: u64,
}

impl Wave {
    /// The first chunk of a kind.
    pub fn chunk(&self, id: ChunkId) -> Option<&Chunk> {
        self.chunks.iter().find(|chunk| chunk.id == id)
    }

    /// Bytes of one frame; `None` where the format does not tell or is not known here.
    pub fn frame_bytes(&self) -> Option<u64> {
        let format = self.format.as_ref()?;
        let bytes = u64::from(format.sample_bytes()?) * u64::from(format.channels);
        (bytes > 0).then_some(bytes)
    }

    /// Frames that are there, whole ones alone: what a decoder will give.
    pub fn frames(&self) -> Option<u64> {
        Some(self.data?.present / self.frame_bytes()?)
    }

    /// Frames that the header claims to be there.
    pub fn declared_frames(&self) -> Option<u64> {
        Some(self.data?.declared? / self.frame_bytes()?)
    }

    /// The format in the words of all formats, with the frames that are there; `None` without
    /// a `fmt ` chunk.
    pub fn audio_format(&self) -> Option<AudioFormat> {
        let format = self.format.as_ref()?;
        let depth = |bytes: u16| BitDepth { container: bytes * 8, valid: format.valid_bits() };
        Some(AudioFormat {
            container: self.form,
            codec: format.codec(),
            channels: format.channels,
            sample_rate: format.sample_rate,
            bit_depth: format.sample_bytes().map(depth),
            frames: self.frames(),
        })
    }
}
