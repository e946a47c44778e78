//! The broadcast extension (EBU Tech 3285, versions 0 to 2).

use studio_domain::{Decibels, Loudness};

use super::bytes_at;
use crate::riff::{ChunkId, Wave, u16_at, u64_at};
use crate::{ByteSource, Result};

/// The fields of a fixed size.
const FIXED_BYTES: usize = 602;
/// What is read of it with its coding history.
const MAX_BYTES: usize = 64 << 10;

/// What the `bext` chunk of a broadcast wave file says, as it stands there. Texts are
/// without what follows their first zero; those that are not UTF-8 are read as Latin-1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Bext {
    /// What it is of.
    pub description: String,
    /// Who made it: a person, or a device.
    pub originator: String,
    /// What the originator calls it.
    pub originator_reference: String,
    /// The day it was made, as `2026-11-21`.
    pub origination_date: String,
    /// The time it was made, as `10:30:00`.
    pub origination_time: String,
    /// Where its first frame lies (frames since midnight).
    pub time_reference: u64,
    /// The version of the chunk.
    pub version: u16,
    /// The SMPTE UMID of 32 or 64 bytes; `None` before version 1, or when it is all zeros.
    pub umid: Option<[u8; 64]>,
    /// How loud its maker found it, without a sample peak; `None` before version 2.
    pub loudness: Option<Loudness>,
    /// What was done to it, a line for each step.
    pub coding_history: String,
}

/// Reads the first such chunk; `None` without one, or when it is cut short.
pub(super) fn read(source: &dyn ByteSource, wave: &Wave) -> Result<Option<Bext>> {
    let Some(chunk) = wave.chunk(ChunkId::BEXT) else { return Ok(None) };
    let bytes = bytes_at(source, chunk.offset, chunk.present, MAX_BYTES)?;
    Ok(parse(&bytes))
}

fn parse(bytes: &[u8]) -> Option<Bext> {
    let history = bytes.get(FIXED_BYTES..)?;
    let version = u16_at(bytes, 346)?;
    let umid: [u8; 64] = *bytes.get(348..)?.first_chunk()?;
    Some(Bext {
        description: text(&bytes[..256]),
        originator: text(&bytes[256..288]),
        originator_reference: text(&bytes[288..320]),
        origination_date: text(&bytes[320..330]),
        origination_time: text(&bytes[330..338]),
        time_reference: u64_at(bytes, 338)?,
        version,
        umid: (version >= 1 && umid != [0; 64]).then_some(umid),
        loudness: if version >= 2 { loudness(bytes) } else { None },
        coding_history: text(history),
    })
}

fn loudness(bytes: &[u8]) -> Option<Loudness> {
    // Hundredths; 0x7FFF stands for not measured.
    let level = |at: usize| {
        let hundredths = u16_at(bytes, at)?.cast_signed();
        let known = hundredths != i16::MAX;
        known.then(|| Decibels::from_thousandths(i32::from(hundredths) * 10)).flatten()
    };
    Some(Loudness {
        integrated: level(412),
        range: level(414),
        true_peak: level(416),
        max_momentary: level(418),
        max_short_term: level(420),
        sample_peak: None,
    })
}

/// A text up to its first zero, without spaces around it.
pub(super) fn text(bytes: &[u8]) -> String {
    let bytes = bytes.split(|byte| *byte == 0).next().unwrap_or_default();
    match str::from_utf8(bytes) {
        Ok(text) => text.trim().to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect::<String>().trim().to_owned(),
    }
}
