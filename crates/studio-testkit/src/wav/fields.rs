//! The contents of chunks.

use super::RawChunk;

/// The fields of a `fmt ` chunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fmt {
    /// 1 is PCM, 3 IEEE 754; within a WAVEFORMATEXTENSIBLE it stands in the sub-format.
    pub tag: u16,
    /// Channels.
    pub channels: u16,
    /// Frames in a second.
    pub sample_rate: u32,
    /// Bytes in a second.
    pub byte_rate: u32,
    /// Bytes of a frame.
    pub block_align: u16,
    /// Bits of a sample.
    pub bits: u16,
    /// Valid bits and the channel mask, which make it a WAVEFORMATEXTENSIBLE.
    pub extension: Option<(u16, u32)>,
}

impl Fmt {
    /// Fields that agree with each other.
    pub fn new(tag: u16, sample_rate: u32, channels: u16, bits: u16) -> Self {
        let block_align = channels.wrapping_mul(bits.div_ceil(8));
        let byte_rate = sample_rate.wrapping_mul(u32::from(block_align));
        Self { tag, channels, sample_rate, byte_rate, block_align, bits, extension: None }
    }

    /// As they stand in the chunk.
    pub fn bytes(&self) -> Vec<u8> {
        let tag = self.extension.map_or(self.tag, |_| 0xFFFE);
        let mut bytes = [tag.to_le_bytes(), self.channels.to_le_bytes()].concat();
        bytes.extend(self.sample_rate.to_le_bytes());
        bytes.extend(self.byte_rate.to_le_bytes());
        bytes.extend(self.block_align.to_le_bytes());
        bytes.extend(self.bits.to_le_bytes());
        if let Some((valid, mask)) = self.extension {
            bytes.extend(22_u16.to_le_bytes());
            bytes.extend(valid.to_le_bytes());
            bytes.extend(mask.to_le_bytes());
            bytes.extend(self.tag.to_le_bytes());
            bytes.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
        }
        bytes
    }
}

/// The fields of a `bext` chunk (EBU Tech 3285).
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the names of the standard")]
pub struct Bext {
    pub description: String,
    pub originator: String,
    pub originator_reference: String,
    /// `2026-11-21`.
    pub origination_date: String,
    /// `10:30:00`.
    pub origination_time: String,
    /// Frames since midnight.
    pub time_reference: u64,
    pub version: u16,
    pub umid: Vec<u8>,
    /// Integrated, range, true peak, momentary, short-term: hundredths.
    pub loudness: [i16; 5],
    pub coding_history: String,
}

impl Bext {
    /// As they stand in the chunk.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        for (text, length) in [
            (&self.description, 256),
            (&self.originator, 32),
            (&self.originator_reference, 32),
            (&self.origination_date, 10),
            (&self.origination_time, 8),
        ] {
            field(&mut bytes, text.as_bytes(), length);
        }
        bytes.extend(self.time_reference.to_le_bytes());
        bytes.extend(self.version.to_le_bytes());
        field(&mut bytes, &self.umid, 64);
        self.loudness.iter().for_each(|level| bytes.extend(level.to_le_bytes()));
        bytes.extend([0; 180]);
        bytes.extend(self.coding_history.as_bytes());
        bytes
    }
}

/// As much of `content` as fits, and zeros.
fn field(out: &mut Vec<u8>, content: &[u8], length: usize) {
    let end = out.len() + length;
    out.extend(&content[..content.len().min(length)]);
    out.resize(end, 0);
}

pub(super) fn info_list(texts: &[(&[u8; 4], &str)]) -> RawChunk {
    let text =
        |(id, text): &(&[u8; 4], &str)| RawChunk::new(**id, [text.as_bytes(), &[0]].concat());
    let chunks: Vec<RawChunk> = texts.iter().map(text).collect();
    RawChunk::list(*b"INFO", &chunks)
}
