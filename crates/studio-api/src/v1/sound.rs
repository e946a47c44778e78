//! Sound, in numbers.

use serde::{Deserialize, Serialize};
use studio_domain::{BitDepth, Decibels};

use super::InvalidField;

/// What a file of sound holds. The counts have the names of the media-ingest workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AudioFormat {
    /// The kind of file: `wav`, `rf64`, `bw64`, `aiff`, `aifc`, `flac`, `mpeg`, `adts`,
    /// `mp4`, `ogg`.
    pub container: String,
    /// How the samples are coded: `pcm`, `pcm-float`, `flac`, `alac`, `mp3`, `aac`, …
    pub codec: String,
    /// Channels.
    pub channel_count: u16,
    /// Frames in a second (Hz).
    pub sample_rate: u32,
    /// Bits that a sample takes; null for codecs that have none.
    pub bits_per_sample: Option<u16>,
    /// Bits of them that carry sound; null for codecs that have none.
    pub valid_bits_per_sample: Option<u16>,
    /// Frames; null when the file does not tell.
    pub frame_count: Option<u64>,
    /// Seconds, as the shortest decimal fraction that tells them: `60.0`; null when the
    /// file does not tell.
    pub duration: Option<String>,
}

impl From<&studio_domain::AudioFormat> for AudioFormat {
    fn from(format: &studio_domain::AudioFormat) -> Self {
        Self {
            container: format.container.to_string(),
            codec: format.codec.to_string(),
            channel_count: format.channels,
            sample_rate: format.sample_rate,
            bits_per_sample: format.bit_depth.map(|depth| depth.container),
            valid_bits_per_sample: format.bit_depth.map(|depth| depth.valid),
            frame_count: format.frames,
            duration: format.frames.and_then(|frames| seconds(frames, format.sample_rate)),
        }
    }
}

/// Frames in seconds, as a text; without an exponent, however short or long.
fn seconds(frames: u64, sample_rate: u32) -> Option<String> {
    let seconds = frames as f64 / f64::from(sample_rate);
    if !seconds.is_finite() {
        return None;
    }
    let mut text = seconds.to_string();
    if !text.contains('.') {
        text.push_str(".0");
    }
    Some(text)
}

impl TryFrom<&AudioFormat> for studio_domain::AudioFormat {
    type Error = InvalidField;

    fn try_from(wire: &AudioFormat) -> Result<Self, InvalidField> {
        let depth = wire.bits_per_sample.map(|container| BitDepth {
            container,
            valid: wire.valid_bits_per_sample.unwrap_or(container),
        });
        Ok(Self {
            container: wire.container.parse().map_err(InvalidField::of("container"))?,
            codec: wire.codec.parse().map_err(InvalidField::of("codec"))?,
            channels: wire.channel_count,
            sample_rate: wire.sample_rate,
            bit_depth: depth,
            frames: wire.frame_count,
        })
    }
}

/// How loud some sound is (EBU R 128). Nothing is null but what cannot be told, of silence
/// for example.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Loudness {
    /// Integrated loudness in LUFS.
    pub integrated_lufs: Option<f64>,
    /// Loudness range in LU.
    pub range_lu: Option<f64>,
    /// The loudest 400 ms in LUFS.
    pub max_momentary_lufs: Option<f64>,
    /// The loudest 3 s in LUFS.
    pub max_short_term_lufs: Option<f64>,
    /// True peak in dBTP.
    pub true_peak_dbtp: Option<f64>,
    /// The largest sample in dBFS.
    pub sample_peak_dbfs: Option<f64>,
}

impl From<&studio_domain::Loudness> for Loudness {
    fn from(loudness: &studio_domain::Loudness) -> Self {
        let decibels = |level: Option<Decibels>| level.map(Decibels::as_f64);
        Self {
            integrated_lufs: decibels(loudness.integrated),
            range_lu: decibels(loudness.range),
            max_momentary_lufs: decibels(loudness.max_momentary),
            max_short_term_lufs: decibels(loudness.max_short_term),
            true_peak_dbtp: decibels(loudness.true_peak),
            sample_peak_dbfs: decibels(loudness.sample_peak),
        }
    }
}

impl TryFrom<&Loudness> for studio_domain::Loudness {
    type Error = InvalidField;

    fn try_from(wire: &Loudness) -> Result<Self, InvalidField> {
        Ok(Self {
            integrated: level(wire.integrated_lufs, "integrated_lufs")?,
            range: level(wire.range_lu, "range_lu")?,
            max_momentary: level(wire.max_momentary_lufs, "max_momentary_lufs")?,
            max_short_term: level(wire.max_short_term_lufs, "max_short_term_lufs")?,
            true_peak: level(wire.true_peak_dbtp, "true_peak_dbtp")?,
            sample_peak: level(wire.sample_peak_dbfs, "sample_peak_dbfs")?,
        })
    }
}

fn level(number: Option<f64>, field: &'static str) -> Result<Option<Decibels>, InvalidField> {
    number.map(|number| decibels(number, field)).transpose()
}

/// A level from a number of decibels.
pub(super) fn decibels(number: f64, field: &'static str) -> Result<Decibels, InvalidField> {
    let level = Decibels::from_f64(number);
    level.ok_or_else(|| InvalidField::of(field)(format!("{number} is no level")))
}

/// What decoding all of some sound found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// Frames that were decoded.
    pub frame_count: u64,
    /// SHA-256 of the samples: the same for the same sound in another file.
    pub audio_sha256: String,
    /// How loud it is.
    #[serde(flatten)]
    pub loudness: Loudness,
}

impl From<&studio_domain::Measured> for Measured {
    fn from(measured: &studio_domain::Measured) -> Self {
        Self {
            frame_count: measured.frames,
            audio_sha256: measured.audio_digest.to_string(),
            loudness: Loudness::from(&measured.loudness),
        }
    }
}
