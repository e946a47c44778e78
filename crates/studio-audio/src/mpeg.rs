//! Headers of MPEG audio frames (ISO 11172-3, 13818-3) and of ADTS frames (ISO 13818-7).

use studio_domain::Codec;

/// The header of a frame of MPEG audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    /// 10 is MPEG 1, 20 MPEG 2, 25 MPEG 2.5.
    version: u8,
    layer: u8,
    pub(crate) channels: u16,
    /// Hz.
    pub(crate) sample_rate: u32,
    /// Bits in a second.
    pub(crate) bit_rate: u32,
    /// The whole frame.
    pub(crate) bytes: usize,
    /// Frames in the words of this crate: samples of each channel.
    pub(crate) samples: u32,
}

/// Thousands of bits in a second, by layer and index 1 to 14.
const RATES_1: [[u16; 14]; 3] = [
    [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
    [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
    [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
];
/// The same for MPEG 2 and 2.5.
const RATES_2: [[u16; 14]; 3] = [
    [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

impl FrameHeader {
    /// Reads the four bytes that a frame begins with; `None` for what is none. A frame of
    /// a free bit rate does not say where it ends and is not known here.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let word = u32::from_be_bytes(*bytes.first_chunk()?);
        if word >> 21 != 0x7FF {
            return None;
        }
        let field = |shift: u32, mask: u32| (word >> shift & mask) as usize;
        let version = *[25, 0, 20, 10].get(field(19, 3)).filter(|version| **version != 0)?;
        let layer = 4 - field(17, 3);
        let index = field(12, 15);
        if layer == 4 || index == 0 || index == 15 {
            return None;
        }
        let rates = if version == 10 { &RATES_1 } else { &RATES_2 };
        let bit_rate = u32::from(rates[layer - 1][index - 1]) * 1000;
        let base = *[44_100, 48_000, 32_000].get(field(10, 3))?;
        let sample_rate = base / [1, 2, 4][usize::from(version > 10) + usize::from(version > 20)];
        let samples = match (layer, version) {
            (1, _) => 384,
            (3, 20 | 25) => 576,
            _ => 1152,
        };
        // Slots of 4 bytes in layer I, of 1 in the others.
        let slot = if layer == 1 { 4 } else { 1 };
        let slots = samples / 8 / slot * bit_rate / sample_rate + field(9, 1) as u32;
        Some(Self {
            version,
            layer: layer as u8,
            channels: if field(6, 3) == 3 { 1 } else { 2 },
            sample_rate,
            bit_rate,
            bytes: (slots * slot) as usize,
            samples,
        })
    }

    /// Whether it can follow another in the same stream.
    pub(crate) fn continues(&self, other: &Self) -> bool {
        (self.version, self.layer, self.sample_rate)
            == (other.version, other.layer, other.sample_rate)
    }

    /// The codec of the stream.
    pub(crate) fn codec(&self) -> Codec {
        match self.layer {
            1 => Codec::Mp1,
            2 => Codec::Mp2,
            _ => Codec::Mp3,
        }
    }

    /// Bytes of the side information of layer III, behind which a Xing header stands.
    pub(crate) fn side_bytes(&self) -> usize {
        match (self.version, self.channels) {
            (10, 1) => 17,
            (10, _) => 32,
            (_, 1) => 9,
            _ => 17,
        }
    }
}

/// The header of an ADTS frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AdtsHeader {
    /// 0 where the frame itself says.
    pub(crate) channels: u16,
    /// Hz.
    pub(crate) sample_rate: u32,
    /// The whole frame.
    pub(crate) bytes: usize,
    /// Samples of each channel.
    pub(crate) samples: u32,
}

/// Sample rates of AAC by their index (ISO 14496-3).
pub(crate) const AAC_RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000,
    7_350,
];

impl AdtsHeader {
    /// Reads the seven bytes that a frame begins with; `None` for what is none.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; 7] = bytes.first_chunk()?;
        let word = bytes.iter().fold(0_u64, |word, byte| word << 8 | u64::from(*byte));
        // The sync word, and the layer, which is always 0.
        if word >> 44 != 0xFFF || word >> 41 & 3 != 0 {
            return None;
        }
        let sample_rate = *AAC_RATES.get((word >> 34 & 15) as usize)?;
        let channels = match word >> 30 & 7 {
            7 => 8,
            channels => channels as u16,
        };
        let length = (word >> 13 & 0x1FFF) as usize;
        let blocks = (word & 3) as u32 + 1;
        (length > 7).then_some(Self {
            channels,
            sample_rate,
            bytes: length,
            samples: 1024 * blocks,
        })
    }

    /// Whether it can follow another in the same stream.
    pub(crate) fn continues(&self, other: &Self) -> bool {
        (self.channels, self.sample_rate) == (other.channels, other.sample_rate)
    }
}
