//! The `bext` chunk of a Broadcast Wave Format file: read in its versions 0 to 2, written in
//! version 2 (EBU Tech 3285).

use studio_domain::{Decibels, Loudness};

use super::text;
use crate::riff::{u16_at, u64_at};
use crate::{Error, PcmFormat, Result, SampleFormat};

/// The largest chunk that is written, and what is read of one: the coding history ends it.
pub(crate) const MAX_BYTES: usize = 64 << 10;
/// Bytes before the coding history.
const FIXED: usize = 602;
/// The characters that a coding history has at most.
pub const MAX_CODING_HISTORY: usize = MAX_BYTES - FIXED;
/// Bytes that nothing is kept in.
const RESERVED: usize = 180;
/// What stands for a loudness that is not known.
const NOT_KNOWN: i16 = i16::MAX;

/// Where some sound comes from (EBU Tech 3285, version 2).
///
/// Its texts are written as ASCII: `?` stands for any other character, and what is longer
/// than its field is cut. [`super::Ixml`] keeps texts as they are. Texts of others are read
/// as UTF-8, or else as Latin-1.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bext {
    /// What it is: 256 characters.
    pub description: String,
    /// Who made it: 32 characters.
    pub originator: String,
    /// What its maker calls it, the same for no other: 32 characters.
    pub originator_reference: String,
    /// The day on which it was made (`yyyy-mm-dd`); empty where that is not known.
    pub origination_date: String,
    /// The time of that day (`hh:mm:ss`); empty where that is not known.
    pub origination_time: String,
    /// Where it begins: frames since midnight.
    pub time_reference: u64,
    /// The material identifier (SMPTE 330M) of 64 bytes, or of 32 and zeros; `None` before
    /// version 1, and where it is all zeros.
    pub umid: Option<[u8; 64]>,
    /// How loud it is, but for the sample peak; nothing before version 2. What is unknown, or
    /// not below 100, is left out; the file keeps hundredths.
    pub loudness: Loudness,
    /// How it was coded, a line for each step; see [`Bext::coding_line`]. At most
    /// [`MAX_CODING_HISTORY`] characters.
    pub coding_history: String,
}

impl Bext {
    /// A line of the coding history (EBU R 98) for linear PCM of a format: with what else
    /// there is to say, such as the name of a program, in `text`.
    pub fn coding_line(format: PcmFormat, text: &str) -> String {
        let mode = match format.channels {
            1 => "mono".to_owned(),
            2 => "stereo".to_owned(),
            more => format!("{more} channels"),
        };
        let algorithm = match format.samples {
            SampleFormat::Float32 => "PCM_FLOAT",
            SampleFormat::Int16 | SampleFormat::Int24 => "PCM",
        };
        let (rate, bits) = (format.sample_rate, format.samples.bits());
        // Commas and ends of lines end what they stand in.
        let text = text.replace([',', '\r', '\n'], " ");
        let text = if text.is_empty() { text } else { format!(",T={text}") };
        format!("A={algorithm},F={rate},W={bits},M={mode}{text}\r\n")
    }

    /// What the content of a chunk says; `None` when it is cut short.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let history = bytes.get(FIXED..)?;
        let version = u16_at(bytes, 346)?;
        let umid: [u8; 64] = *bytes.get(348..)?.first_chunk()?;
        Some(Self {
            description: text(&bytes[..256]),
            originator: text(&bytes[256..288]),
            originator_reference: text(&bytes[288..320]),
            origination_date: text(&bytes[320..330]),
            origination_time: text(&bytes[330..338]),
            time_reference: u64_at(bytes, 338)?,
            umid: (version >= 1 && umid != [0; 64]).then_some(umid),
            loudness: if version >= 2 { loudness(bytes) } else { Loudness::default() },
            coding_history: text(history),
        })
    }

    /// The content of the chunk.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for a date or a time that is none, and a coding history that is
    /// too long.
    pub(crate) fn to_bytes(&self) -> Result<Vec<u8>> {
        let date = is_like(&self.origination_date, "dddd-dd-dd");
        let time = is_like(&self.origination_time, "dd:dd:dd");
        if !date || !time {
            let what = "a date is `yyyy-mm-dd` and a time `hh:mm:ss`".to_owned();
            return Err(Error::Mismatch { what });
        }
        if self.coding_history.chars().count() > MAX_CODING_HISTORY {
            let what = format!("the coding history is longer than {MAX_CODING_HISTORY}");
            return Err(Error::Mismatch { what });
        }
        let mut bytes = Vec::with_capacity(FIXED + self.coding_history.len());
        put_text(&mut bytes, &self.description, 256);
        put_text(&mut bytes, &self.originator, 32);
        put_text(&mut bytes, &self.originator_reference, 32);
        put_text(&mut bytes, &self.origination_date, 10);
        put_text(&mut bytes, &self.origination_time, 8);
        bytes.extend(self.time_reference.to_le_bytes());
        bytes.extend(2_u16.to_le_bytes());
        bytes.extend(self.umid.unwrap_or([0; 64]));
        let Loudness { integrated, range, max_momentary, max_short_term, true_peak, .. } =
            self.loudness;
        for value in [integrated, range, true_peak, max_momentary, max_short_term] {
            bytes.extend(hundredths(value).to_le_bytes());
        }
        bytes.extend([0; RESERVED]);
        bytes.extend(ascii(&self.coding_history));
        Ok(bytes)
    }
}

/// The five levels of version 2, of a chunk that is not cut short.
fn loudness(bytes: &[u8]) -> Loudness {
    let level = |at: usize| {
        let hundredths = u16_at(bytes, at)?.cast_signed();
        let known = hundredths != NOT_KNOWN;
        known.then(|| Decibels::from_thousandths(i32::from(hundredths) * 10)).flatten()
    };
    Loudness {
        integrated: level(412),
        range: level(414),
        true_peak: level(416),
        max_momentary: level(418),
        max_short_term: level(420),
        sample_peak: None,
    }
}

/// Hundredths, rounded to the nearest, half away from 0; below 100 either way.
fn hundredths(value: Option<Decibels>) -> i16 {
    let rounded = value.map(|value| {
        let thousandths = value.thousandths();
        (thousandths + 5 * thousandths.signum()) / 10
    });
    let told = rounded.filter(|hundredths| hundredths.unsigned_abs() <= 9_999);
    told.and_then(|hundredths| i16::try_from(hundredths).ok()).unwrap_or(NOT_KNOWN)
}

/// Whether a text is empty, or digits where the pattern has a `d` and as the pattern elsewhere.
fn is_like(text: &str, pattern: &str) -> bool {
    let alike = |(byte, pattern): (u8, u8)| match pattern {
        b'd' => byte.is_ascii_digit(),
        other => byte == other,
    };
    text.is_empty() || (text.len() == pattern.len() && text.bytes().zip(pattern.bytes()).all(alike))
}

fn put_text(bytes: &mut Vec<u8>, text: &str, size: usize) {
    let end = bytes.len() + size;
    bytes.extend(ascii(text).take(size));
    bytes.resize(end, 0);
}

fn ascii(text: &str) -> impl Iterator<Item = u8> {
    text.chars().map(|c| match c {
        ' '..='~' | '\r' | '\n' | '\t' => c as u8,
        _ => b'?',
    })
}
