//! Columns that tell of sound, in the tables that have them.

use studio_domain::{AudioDigest, AudioFormat, BitDepth, Decibels, Loudness, Measured, SoundFacts};

use super::error::{Failure, Outcome};

/// The columns of a format.
pub(super) struct FormatColumns {
    pub(super) container: String,
    pub(super) codec: String,
    pub(super) channels: i32,
    pub(super) sample_rate: i64,
    pub(super) bits: Option<i32>,
    pub(super) valid_bits: Option<i32>,
    pub(super) frames: Option<i64>,
}

impl FormatColumns {
    pub(super) fn of(format: &AudioFormat) -> Self {
        Self {
            container: format.container.as_str().to_owned(),
            codec: format.codec.as_str().to_owned(),
            channels: format.channels.into(),
            sample_rate: format.sample_rate.into(),
            bits: format.bit_depth.map(|depth| depth.container.into()),
            valid_bits: format.bit_depth.map(|depth| depth.valid.into()),
            // The same 64 bits, as SQL has no unsigned numbers, and a header can claim any.
            frames: format.frames.map(u64::cast_signed),
        }
    }

    pub(super) fn into_format(self) -> Outcome<AudioFormat> {
        let bits = |bits: i32| u16::try_from(bits).map_err(Failure::bad_row);
        let bit_depth = match (self.bits, self.valid_bits) {
            (Some(container), Some(valid)) => {
                Some(BitDepth { container: bits(container)?, valid: bits(valid)? })
            }
            _ => None,
        };
        Ok(AudioFormat {
            container: self.container.parse().map_err(Failure::bad_row)?,
            codec: self.codec.parse().map_err(Failure::bad_row)?,
            channels: u16::try_from(self.channels).map_err(Failure::bad_row)?,
            sample_rate: u32::try_from(self.sample_rate).map_err(Failure::bad_row)?,
            bit_depth,
            frames: self.frames.map(i64::cast_unsigned),
        })
    }
}

/// The columns of a loudness, each in thousandths: integrated, range, momentary, short-term,
/// true peak, sample peak.
pub(super) type LoudnessColumns = [Option<i32>; 6];

pub(super) fn loudness_columns(loudness: &Loudness) -> LoudnessColumns {
    let Loudness { integrated, range, max_momentary, max_short_term, true_peak, sample_peak } =
        loudness;
    [integrated, range, max_momentary, max_short_term, true_peak, sample_peak]
        .map(|level| level.map(Decibels::thousandths))
}

pub(super) fn loudness(columns: LoudnessColumns) -> Outcome<Loudness> {
    let mut levels = [None; 6];
    for (level, column) in levels.iter_mut().zip(columns) {
        *level = column.map(decibels).transpose()?;
    }
    let [integrated, range, max_momentary, max_short_term, true_peak, sample_peak] = levels;
    Ok(Loudness { integrated, range, max_momentary, max_short_term, true_peak, sample_peak })
}

pub(super) fn decibels(thousandths: i32) -> Outcome<Decibels> {
    Decibels::from_thousandths(thousandths).ok_or_else(|| {
        Failure::BadRow(format!("{thousandths} thousandths are no level of ours").into())
    })
}

pub(super) fn audio_digest(bytes: &[u8]) -> Outcome<AudioDigest> {
    Ok(AudioDigest::from_bytes(bytes.try_into().map_err(Failure::bad_row)?))
}

/// The columns of what was measured: frames, audio digest.
pub(super) fn facts(
    format: FormatColumns,
    measured: Option<(i64, Vec<u8>)>,
    levels: LoudnessColumns,
) -> Outcome<SoundFacts> {
    let measured = match measured {
        None => None,
        Some((frames, digest)) => Some(Measured {
            frames: frames.cast_unsigned(),
            audio_digest: audio_digest(&digest)?,
            loudness: loudness(levels)?,
        }),
    };
    Ok(SoundFacts { format: format.into_format()?, measured })
}

/// The six columns of a row that tell how loud something is.
macro_rules! levels_of {
    ($row:expr) => {
        [
            $row.integrated,
            $row.loudness_range,
            $row.max_momentary,
            $row.max_short_term,
            $row.true_peak,
            $row.sample_peak,
        ]
    };
}
pub(super) use levels_of;

/// The seven columns of a row that tell of a format.
macro_rules! format_of {
    ($row:expr) => {
        $crate::sqlite::sound_rows::FormatColumns {
            container: $row.container,
            codec: $row.codec,
            channels: $row.channels,
            sample_rate: $row.sample_rate,
            bits: $row.bits,
            valid_bits: $row.valid_bits,
            frames: $row.frames,
        }
    };
}
pub(super) use format_of;
