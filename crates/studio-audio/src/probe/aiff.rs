//! The chunks of AIFF and AIFF-C (Apple, 1989 and 1991).

use studio_domain::{AudioFormat, BitDepth, Codec, Container};

use super::{Found, be, bytes_at};
use crate::defect::grouped;
use crate::kind::Kind;
use crate::linear::{Linear, Number};
use crate::{ByteSource, Defect, Error, Result};

/// Chunks that are looked at.
const MAX_CHUNKS: usize = 256;
/// What is read of a COMM chunk: all but the name of the codec for people.
const COMMON_BYTES: usize = 22;

/// The place and size of a chunk's content, as the file claims it.
pub(super) struct AiffChunk {
    pub(super) id: [u8; 4],
    pub(super) offset: u64,
    pub(super) size: u64,
}

/// The chunks of a file, as far as they lie in it.
pub(super) fn chunks(source: &dyn ByteSource, start: u64) -> Result<Vec<AiffChunk>> {
    let mut chunks = Vec::new();
    let mut at = start.saturating_add(12);
    while chunks.len() < MAX_CHUNKS && at < source.size() {
        let head = bytes_at(source, at, 8, 8)?;
        let (Some(id), Some(size)) = (head.first_chunk(), be(&head, 4, 4)) else { break };
        let offset = at.saturating_add(8);
        chunks.push(AiffChunk { id: *id, offset, size });
        at = offset.saturating_add(size).saturating_add(size % 2);
    }
    Ok(chunks)
}

pub(super) fn read(source: &dyn ByteSource, kind: Kind) -> Result<Found> {
    let chunks = chunks(source, kind.start)?;
    let of = |id: &'static [u8; 4]| chunks.iter().filter(move |chunk| chunk.id == *id);
    let Some(common) = of(b"COMM").next() else {
        return Ok(Found { defects: vec![Defect::FmtMissing], ..Found::default() });
    };
    let common = bytes_at(source, common.offset, common.size, COMMON_BYTES)?;
    let Some(format) = format(&common, kind.container) else {
        return Ok(Found::broken("the COMM chunk of the AIFF file is too short"));
    };
    let mut found = Found::told(format);
    if of(b"COMM").count() > 1 {
        found.defects.push(Defect::malformed("there is more than one COMM chunk"));
    }
    if of(b"SSND").count() > 1 {
        found.defects.push(Defect::DataDuplicate { count: of(b"SSND").count() });
    }
    judge_whole(source, kind.start, &chunks, &mut found)?;
    if let Some(depth) = format.bit_depth.filter(|depth| !(1..=64).contains(&depth.valid)) {
        let detail = format!("samples of {} bits cannot be read", depth.valid);
        found.defects.push(Defect::malformed(detail));
    }
    match of(b"SSND").next() {
        // A file without a frame may leave it out.
        None if format.frames != Some(0) => found.defects.push(Defect::DataMissing),
        None => {}
        Some(data) => {
            let present = source.size().saturating_sub(data.offset);
            if present < data.size {
                let (declared, present) = (data.size.saturating_sub(8), present.saturating_sub(8));
                found.defects.push(Defect::Truncated { declared, present });
            }
            judge_frames(&format, data.size.saturating_sub(8), &mut found);
        }
    }
    Ok(found)
}

/// Where the samples are, if they are linear PCM.
pub(super) fn linear(
    source: &dyn ByteSource,
    kind: Kind,
    format: &AudioFormat,
) -> Result<Option<Linear>> {
    let chunks = chunks(source, kind.start)?;
    let only = |id: &[u8; 4]| {
        let mut same = chunks.iter().filter(|chunk| chunk.id == *id);
        match (same.next(), same.next()) {
            (_, Some(_)) => Err(Error::malformed("there is more than one COMM or SSND chunk")),
            (chunk, None) => Ok(chunk),
        }
    };
    let Some(common) = only(b"COMM")? else { return Ok(None) };
    let common = bytes_at(source, common.offset, common.size, COMMON_BYTES)?;
    let Some(mut linear) = samples(&common, kind.container, format) else { return Ok(None) };
    if let Some(data) = only(b"SSND")? {
        let head = bytes_at(source, data.offset, data.size, 8)?;
        let (Some(offset), Some(block)) = (be(&head, 0, 4), be(&head, 4, 4)) else {
            return Err(Error::malformed("the SSND chunk of the AIFF file is too short"));
        };
        if block != 0 {
            let what = "AIFF whose samples lie in blocks".to_owned();
            return Err(Error::Unsupported { what });
        }
        // A chunk that claims more than the file has is cut where the file ends.
        let end = data.offset.saturating_add(data.size);
        linear.places.push(data.offset.saturating_add(8 + offset).min(end)..end);
    }
    Ok(Some(linear))
}

/// What the bytes of a sample mean, if it is linear PCM of up to 32 bits or a float.
fn samples(common: &[u8], container: Container, format: &AudioFormat) -> Option<Linear> {
    let name = common.get(18..22).filter(|_| container == Container::Aifc);
    let sample_bytes = format.bit_depth?.container / 8;
    let (number, fits) = match format.codec {
        Codec::PcmFloat => (Number::Float, [4, 8].contains(&sample_bytes)),
        // Of 8 bits too there is a sign.
        _ => (Number::Signed, (1..=4).contains(&sample_bytes)),
    };
    let big_endian = name != Some(b"sowt");
    fits.then(|| Linear { number, big_endian, sample_bytes, places: Vec::new() })
}

/// The size of the whole, and what stands behind it.
fn judge_whole(
    source: &dyn ByteSource,
    start: u64,
    chunks: &[AiffChunk],
    found: &mut Found,
) -> Result<()> {
    let head = bytes_at(source, start, 8, 8)?;
    let end = chunks.last().map_or(start + 12, |chunk| chunk.offset.saturating_add(chunk.size));
    let (claimed, expected) = (be(&head, 4, 4).unwrap_or(0), end.saturating_sub(start + 8));
    // With or without the last pad byte: writers differ.
    if claimed.abs_diff(expected) > 1 {
        found.defects.push(Defect::RiffSize { claimed, expected });
    }
    Ok(())
}

/// Whether there are as many frames as there is room for.
fn judge_frames(format: &AudioFormat, bytes: u64, found: &mut Found) {
    let (Some(depth), Some(frames)) = (format.bit_depth, format.frames) else { return };
    let frame = u64::from(format.channels) * u64::from(depth.container / 8);
    if frame > 0 && frames.checked_mul(frame) != Some(bytes) {
        let (there, told) = (grouped(bytes / frame), grouped(frames));
        let detail = format!("the COMM chunk says {told} frames, and the SSND chunk has {there}");
        found.defects.push(Defect::malformed(detail));
    }
}

fn format(common: &[u8], container: Container) -> Option<AudioFormat> {
    let bits = be(common, 6, 2)? as u16;
    let depth = BitDepth { container: bits.div_ceil(8).saturating_mul(8), valid: bits };
    let (codec, bit_depth) = match common.get(18..22) {
        // What follows in a plain AIFF file is no name of a codec.
        _ if container == Container::Aiff => (Codec::Pcm, Some(depth)),
        None => return None,
        Some(b"NONE" | b"twos" | b"sowt") => (Codec::Pcm, Some(depth)),
        // These have as many bits as their names say.
        Some(b"in24") => (Codec::Pcm, Some(BitDepth::full(24))),
        Some(b"in32") => (Codec::Pcm, Some(BitDepth::full(32))),
        Some(b"fl32" | b"FL32") => (Codec::PcmFloat, Some(BitDepth::full(32))),
        Some(b"fl64" | b"FL64") => (Codec::PcmFloat, Some(BitDepth::full(64))),
        Some(_) => (Codec::Other, None),
    };
    Some(AudioFormat {
        container,
        codec,
        channels: be(common, 0, 2)? as u16,
        sample_rate: extended(be(common, 8, 2)?, be(common, 10, 8)?),
        bit_depth,
        frames: Some(be(common, 2, 4)?),
    })
}

/// A whole number out of 80 bits, 0 for what is none that is positive and fits.
fn extended(exponent: u64, mantissa: u64) -> u32 {
    let shift = (16_383_u64 + 63).checked_sub(exponent).and_then(|shift| u32::try_from(shift).ok());
    let whole = shift.and_then(|shift| mantissa.checked_shr(shift)).unwrap_or(0);
    u32::try_from(whole).unwrap_or(0)
}
