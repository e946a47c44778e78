//! What a picture claims to be, before it is decoded.

use super::{MAX_MEMORY, MAX_SIDE, too_large};
use crate::{Error, Result};

/// Scans of a progressive JPEG: each one takes time for all of its pixels. Encoders make
/// about ten.
const MAX_SCANS: u32 = 40;
/// Pixels that a byte of JPEG can stand for: at least a bit for each block of 8 x 8 pixels.
const MAX_JPEG_RATIO: u64 = 512;
/// Bytes that a byte of deflate can stand for.
const MAX_DEFLATE_RATIO: u64 = 1_032;

/// The claims of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Claim {
    width: u32,
    height: u32,
    /// What decoding takes of memory for each pixel (bytes), at least.
    memory: u64,
    /// The most pixels for each byte of the file.
    ratio: u64,
}

impl Claim {
    /// Refuses what is too large, or more than so many bytes can hold.
    pub(super) fn check(self, bytes: usize) -> Result<()> {
        let Self { width, height, memory, ratio } = self;
        if width == 0 || height == 0 {
            return Err(Error::malformed("the picture: it has no pixels"));
        }
        let pixels = u64::from(width) * u64::from(height);
        if width > MAX_SIDE || height > MAX_SIDE || pixels * memory > MAX_MEMORY {
            return Err(too_large());
        }
        if pixels > (bytes as u64).saturating_mul(ratio) {
            return Err(Error::malformed(format!(
                "the picture: {bytes} bytes cannot be {width} x {height} pixels"
            )));
        }
        Ok(())
    }
}

/// Walks over the segments of a JPEG from its start to its end (ITU-T T.81, annex B), into no
/// segment: a small picture within it has an end of its own.
pub(super) fn jpeg(bytes: &[u8]) -> Result<Claim> {
    let cut_short = || Error::malformed("the picture: it is cut short");
    let (mut claim, mut scans) = (None, 0);
    let mut at = 2;
    loop {
        let [0xFF, marker] = *bytes.get(at..at + 2).ok_or_else(cut_short)? else {
            at += 1;
            continue;
        };
        match marker {
            // A byte of a scan, a filling byte, a restart: nothing follows that has a length.
            0x00 | 0x01 | 0xD0..=0xD8 => at += 2,
            0xFF => at += 1,
            0xD9 => break,
            _ => {
                let segment = bytes.get(at + 2..).ok_or_else(cut_short)?;
                let length = usize::from(u16_at(segment, 0).ok_or_else(cut_short)?);
                let frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
                if frame && claim.is_none() {
                    claim = Some(frame_of(segment, marker).ok_or_else(cut_short)?);
                }
                scans += u32::from(marker == 0xDA);
                at += 2 + length.max(2);
            }
        }
    }
    if scans > MAX_SCANS {
        return Err(Error::Unsupported { what: format!("a picture of {scans} scans") });
    }
    claim.filter(|_| scans > 0).ok_or_else(|| Error::malformed("the picture: it holds none"))
}

/// What the header of a frame says.
fn frame_of(segment: &[u8], marker: u8) -> Option<Claim> {
    let (height, width) = (u16_at(segment, 3)?, u16_at(segment, 5)?);
    let components = u64::from(*segment.get(7)?);
    // All coefficients of a progressive one are kept until its end, two bytes each.
    let progressive = matches!(marker, 0xC2 | 0xC6 | 0xCA | 0xCE);
    let memory = components.max(3) * if progressive { 3 } else { 1 };
    Some(Claim { width: width.into(), height: height.into(), memory, ratio: MAX_JPEG_RATIO })
}

/// Reads the header of a PNG (PNG specification, 11.2.1).
pub(super) fn png(bytes: &[u8]) -> Result<Claim> {
    let claim = || {
        if bytes.get(12..16)? != b"IHDR" {
            return None;
        }
        let number = |at: usize| Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
        let (width, height) = (number(16)?, number(20)?);
        let (depth, colours) = (u64::from(*bytes.get(24)?), *bytes.get(25)?);
        let samples = match colours {
            0 => 1,
            2 => 3,
            // Places in a table of colours.
            3 => 1,
            4 => 2,
            6 => 4,
            _ => return None,
        };
        let ratio = MAX_DEFLATE_RATIO * 8 / (samples * depth).max(1);
        Some(Claim { width, height, memory: samples, ratio })
    };
    claim().ok_or_else(|| Error::malformed("the picture: its header cannot be read"))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}
