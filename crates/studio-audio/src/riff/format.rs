//! The `fmt ` chunk: how samples are stored.

use studio_domain::Codec;

/// `WAVE_FORMAT_PCM`.
const PCM: u16 = 1;
/// `WAVE_FORMAT_IEEE_FLOAT`.
const FLOAT: u16 = 3;
/// `WAVE_FORMAT_MPEG`.
const MPEG: u16 = 0x50;
/// `WAVE_FORMAT_MPEGLAYER3`.
const MP3: u16 = 0x55;
/// `WAVE_FORMAT_EXTENSIBLE`.
const EXTENSIBLE: u16 = 0xFFFE;

/// What follows the tag in a sub-format: Microsoft's base, and the one of ambisonic files.
const SUB_FORMATS: [[u8; 14]; 2] = [
    [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71],
    [0, 0, 0x21, 0x07, 0xD3, 0x11, 0x86, 0x44, 0xC8, 0xC1, 0xCA, 0, 0, 0],
];

/// How samples are coded, as far as it is known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// Linear PCM: unsigned up to 8 bits, signed above, little-endian.
    Int,
    /// IEEE 754, little-endian.
    Float,
    /// Something else, with its format tag.
    Other(u16),
}

/// The content of a `fmt ` chunk: claims, kept as they stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaveFormat {
    /// How the samples are coded.
    pub encoding: Encoding,
    /// Whether it is a WAVEFORMATEXTENSIBLE.
    pub extensible: bool,
    /// Channels.
    pub channels: u16,
    /// Frames in a second (Hz).
    pub sample_rate: u32,
    /// Bytes in a second.
    pub byte_rate: u32,
    /// Bytes of a frame.
    pub block_align: u16,
    /// Bits of a sample.
    pub bits: u16,
    /// Bits that carry sound, as a WAVEFORMATEXTENSIBLE says; 0 stands for all.
    pub extensible_valid_bits: Option<u16>,
    /// Which loudspeaker each channel is for (WAVEFORMATEXTENSIBLE), a bit for each.
    pub channel_mask: Option<u32>,
}

impl WaveFormat {
    /// The most bytes that are read of a `fmt ` chunk.
    pub(crate) const BYTES: usize = 40;
    /// The fewest bytes that make a `fmt ` chunk.
    pub(crate) const LEAST: usize = 16;

    /// Reads the first bytes of a chunk; `None` when there are too few.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let tag = u16_at(bytes, 0)?;
        let extension = match tag {
            EXTENSIBLE => Some((u16_at(bytes, 18)?, u32_at(bytes, 20)?, sub_format(bytes)?)),
            _ => None,
        };
        Some(Self {
            encoding: match extension.map_or(tag, |(_, _, tag)| tag) {
                PCM => Encoding::Int,
                FLOAT => Encoding::Float,
                other => Encoding::Other(other),
            },
            extensible: extension.is_some(),
            channels: u16_at(bytes, 2)?,
            sample_rate: u32_at(bytes, 4)?,
            byte_rate: u32_at(bytes, 8)?,
            block_align: u16_at(bytes, 12)?,
            bits: u16_at(bytes, 14)?,
            extensible_valid_bits: extension.map(|(valid, _, _)| valid),
            channel_mask: extension.map(|(_, mask, _)| mask),
        })
    }

    /// Bytes of a frame that its channels and bits call for; `None` for codecs whose blocks
    /// are of any size.
    pub fn expected_block_align(&self) -> Option<u32> {
        let linear = !matches!(self.encoding, Encoding::Other(_));
        linear.then(|| u32::from(self.channels) * u32::from(self.bits.div_ceil(8)))
    }

    /// Bytes in a second that its rate and frame call for, which may be more than the field
    /// can hold; `None` for codecs whose blocks are of any size.
    pub fn expected_byte_rate(&self) -> Option<u64> {
        Some(u64::from(self.sample_rate) * u64::from(self.expected_block_align()?))
    }

    /// Bytes that a sample takes: by `block_align` where that makes sense, since some files
    /// say there that samples are padded, else by the bits. `None` where it cannot be read.
    pub fn sample_bytes(&self) -> Option<u16> {
        let least = self.bits.div_ceil(8);
        let aligned = self.block_align.checked_div(self.channels).unwrap_or(0);
        let even = aligned.checked_mul(self.channels) == Some(self.block_align);
        let bytes = if even && (least..=4).contains(&aligned) { aligned } else { least };
        match self.encoding {
            Encoding::Int => (least > 0 && (1..=4).contains(&bytes)).then_some(bytes),
            Encoding::Float => [4, 8].contains(&least).then_some(least),
            Encoding::Other(_) => None,
        }
    }

    /// Bits of a sample that are said to carry sound: at most those that it takes.
    pub fn valid_bits(&self) -> u16 {
        match self.extensible_valid_bits {
            Some(valid) if (1..=self.bits).contains(&valid) => valid,
            _ => self.bits,
        }
    }

    /// The codec in the words of all formats.
    pub fn codec(&self) -> Codec {
        match self.encoding {
            Encoding::Int => Codec::Pcm,
            Encoding::Float => Codec::PcmFloat,
            Encoding::Other(MP3) => Codec::Mp3,
            Encoding::Other(MPEG) => Codec::Mp2,
            Encoding::Other(_) => Codec::Other,
        }
    }
}

/// The tag within a sub-format: that of the whole where its base is not known.
fn sub_format(bytes: &[u8]) -> Option<u16> {
    let (tag, base) = (u16_at(bytes, 24)?, bytes.get(26..40)?);
    let known = SUB_FORMATS.iter().any(|known| known == base);
    Some(if known { tag } else { EXTENSIBLE })
}

pub(crate) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|bytes| u16::from_le_bytes(*bytes))
}

pub(crate) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_le_bytes(*bytes))
}

pub(crate) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}
