//! The STREAMINFO of FLAC (RFC 9639, section 8.2).

use studio_domain::{AudioFormat, BitDepth, Codec, Container};

use super::{Found, be, bytes_at};
use crate::{ByteSource, Result};

/// The marker, the header of a block and STREAMINFO.
const BYTES: usize = 4 + 4 + 34;

pub(super) fn read(source: &dyn ByteSource, start: u64) -> Result<Found> {
    let head = bytes_at(source, start, BYTES as u64, BYTES)?;
    Ok(match head.get(4..).and_then(stream_info) {
        Some(format) => Found::told(format),
        None => Found::broken("FLAC does not begin with a whole STREAMINFO"),
    })
}

/// Reads a block that must be STREAMINFO, from its header on.
pub(super) fn stream_info(block: &[u8]) -> Option<AudioFormat> {
    // The first bit says whether it is the last block.
    if block.first()? & 0x7F != 0 || be(block, 1, 3)? < 34 {
        return None;
    }
    // Rate 20, channels 3, bits 5, frames 36.
    let fields = be(block, 4 + 10, 8)?;
    be(block, 4 + 18, 16)?;
    let bits = (fields >> 36 & 31) as u16 + 1;
    let frames = fields & 0xF_FFFF_FFFF;
    Some(AudioFormat {
        container: Container::Flac,
        codec: Codec::Flac,
        channels: (fields >> 41 & 7) as u16 + 1,
        sample_rate: (fields >> 44) as u32,
        bit_depth: Some(BitDepth::full(bits)),
        // 0 stands for not known.
        frames: (frames > 0).then_some(frames),
    })
}

/// The type of a block that holds a picture (RFC 9639, section 8.1).
const PICTURE: u8 = 6;
/// Blocks that are looked at.
const MOST_BLOCKS: usize = 128;

/// Whether a block of metadata is a picture; of each only the header is read.
pub(super) fn has_picture(source: &dyn ByteSource, start: u64) -> Result<bool> {
    let mut at = start.saturating_add(4);
    for _ in 0..MOST_BLOCKS {
        let head = bytes_at(source, at, 4, 4)?;
        let (Some(first), Some(length)) = (head.first(), be(&head, 1, 3)) else { break };
        match first & 0x7F {
            PICTURE => return Ok(true),
            _ if first & 0x80 != 0 => break,
            _ => at = at.saturating_add(4 + length),
        }
    }
    Ok(false)
}
