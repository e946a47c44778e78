//! The binary files of `audiowaveform` (`.dat`), version 1 and 2.
//!
//! Numbers of 32 bits, the least significant byte first: version, flags (bit 0: 8-bit
//! values), sample rate, frames for each pair, pairs; in version 2 channels. Then the
//! values, min and max, of each channel by turns.

use super::{MOST_LANES, Pair, Resolution, Waveform};
use crate::{Error, Result};

/// Values of one byte instead of two.
const FLAG_8_BITS: u32 = 1;

impl Waveform {
    /// The bytes of a `.dat` file: of version 1 for one lane, of version 2 for several.
    pub fn to_dat(&self, resolution: Resolution) -> Vec<u8> {
        let lanes = self.lanes().len() as u32;
        let flags = match resolution {
            Resolution::Bits8 => FLAG_8_BITS,
            Resolution::Bits16 => 0,
        };
        let version = if lanes == 1 { 1 } else { 2 };
        let header = [version, flags, self.sample_rate(), self.frames_per_pair()];
        let mut bytes: Vec<u8> = header.iter().flat_map(|number| number.to_le_bytes()).collect();
        bytes.extend((self.len() as u32).to_le_bytes());
        if version == 2 {
            bytes.extend(lanes.to_le_bytes());
        }
        for value in self.values(resolution) {
            match resolution {
                Resolution::Bits8 => bytes.extend((value as i8).to_le_bytes()),
                Resolution::Bits16 => bytes.extend(value.to_le_bytes()),
            }
        }
        bytes
    }

    /// Reads a `.dat` file of either version. Values of 8 bits become the highest of 16.
    ///
    /// # Errors
    /// [`Error::Malformed`] for what is none, or is longer or shorter than it says.
    pub fn from_dat(bytes: &[u8]) -> Result<Self> {
        let mut numbers = Numbers { rest: bytes };
        let version = numbers.next("version")?;
        if !(1..=2).contains(&version) {
            return Err(Error::malformed(format!("a waveform of version {version}")));
        }
        let flags = numbers.next("flags")?;
        if flags & !FLAG_8_BITS != 0 {
            return Err(Error::malformed(format!("unknown flags {flags:#x} of a waveform")));
        }
        let (sample_rate, frames) = (numbers.next("sample rate")?, numbers.next("frames")?);
        let pairs = numbers.next("length")? as usize;
        let lanes = if version == 2 { numbers.next("channels")? } else { 1 } as usize;
        if !(1..=MOST_LANES).contains(&lanes) {
            return Err(Error::malformed(format!("a waveform of {lanes} channels")));
        }
        let values: Vec<i16> = match flags & FLAG_8_BITS {
            0 if numbers.rest.len().is_multiple_of(2) => {
                let values = numbers.rest.as_chunks().0.iter();
                values.map(|bytes| i16::from_le_bytes(*bytes)).collect()
            }
            0 => return Err(Error::malformed("a waveform ends within a value")),
            _ => numbers.rest.iter().map(|byte| i16::from(*byte as i8) << 8).collect(),
        };
        let said = pairs.checked_mul(2 * lanes);
        if said != Some(values.len()) {
            let has = values.len() / 2;
            return Err(Error::malformed(format!(
                "a waveform of {lanes} channels and {pairs} pairs each has {has} pairs in all"
            )));
        }
        let pair = |values: &[i16; 2]| Pair { min: values[0], max: values[1] };
        let lane = |n| values.as_chunks().0.iter().skip(n).step_by(lanes).map(pair).collect();
        Self::new(sample_rate, frames, (0..lanes).map(lane).collect())
            .map_err(|error| Error::malformed(error.to_string()))
    }

    /// Min and max of each lane by turns.
    pub(super) fn values(&self, resolution: Resolution) -> impl Iterator<Item = i16> {
        let pairs = (0..self.len()).flat_map(|n| self.lanes().iter().map(move |lane| lane[n]));
        pairs.flat_map(move |pair| [resolution.of(pair.min), resolution.of(pair.max)])
    }
}

/// The numbers at the start of a file.
struct Numbers<'a> {
    rest: &'a [u8],
}

impl Numbers<'_> {
    fn next(&mut self, what: &str) -> Result<u32> {
        let (number, rest) = self
            .rest
            .split_first_chunk()
            .ok_or_else(|| Error::malformed(format!("a waveform ends before its {what}")))?;
        self.rest = rest;
        Ok(u32::from_le_bytes(*number))
    }
}
