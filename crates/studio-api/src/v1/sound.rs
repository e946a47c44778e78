//! Sound, in numbers.

use serde::{Deserialize, Serialize};
use studio_domain::{BitDepth, Decibels};
use utoipa::ToSchema;

use super::InvalidField;

/// What a file of sound holds. The counts have the names of the media-ingest workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
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

/// What was listened to: a local file, or a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The local file; null for a version.
    pub file: Option<String>,
    /// The version; null for a local file.
    pub version: Option<super::Version>,
}

/// What the header of one file tells, and what people wrote into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The file or version.
    #[serde(flatten)]
    pub subject: Heard,
    /// What it is.
    #[serde(flatten)]
    pub audio: AudioFormat,
    /// Whether the frames are an estimate, because the file does not tell.
    pub estimated: bool,
    /// What people wrote into it, by the usual names.
    pub tags: Tags,
    /// What the broadcast extension says (EBU Tech 3285); null where there is none.
    pub bext: Option<Bext>,
    /// What a location recorder wrote (iXML); null where there is nothing.
    pub ixml: Option<Ixml>,
    /// Rules of its kind that the file breaks.
    pub defects: Vec<String>,
}

/// Texts in a file, by the usual names; null where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Tags {
    pub title: Option<String>,
    pub artist: Option<String>,
    pub album: Option<String>,
    pub album_artist: Option<String>,
    pub track_number: Option<u32>,
    pub disc_number: Option<u32>,
    pub date: Option<String>,
    pub genre: Option<String>,
    pub comment: Option<String>,
    pub composer: Option<String>,
    pub copyright: Option<String>,
    pub isrc: Option<String>,
    pub software: Option<String>,
    /// Whether there is a picture.
    pub artwork: bool,
}

/// Where some sound comes from (EBU Tech 3285).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bext {
    /// What it is.
    pub description: String,
    /// Who made it.
    pub originator: String,
    /// What its maker calls it.
    pub originator_reference: String,
    /// The day on which it was made.
    pub origination_date: String,
    /// The time of that day.
    pub origination_time: String,
    /// Where it begins: frames since midnight.
    pub time_reference: u64,
    /// How it was coded.
    pub coding_history: String,
}

/// What a location recorder wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ixml {
    /// The project.
    pub project: Option<String>,
    /// The scene.
    pub scene: Option<String>,
    /// The take.
    pub take: Option<String>,
    /// The tape.
    pub tape: Option<String>,
    /// Whether the take was circled.
    pub circled: Option<bool>,
    /// A note.
    pub note: Option<String>,
    /// The names of the tracks.
    pub tracks: Vec<String>,
}

/// The answer of `probe`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProbeList {
    /// The files and versions, as they were given.
    pub probes: Vec<Probe>,
    /// Those that could not be probed.
    pub failed: Vec<SoundFailure>,
}

/// Something that could not be listened to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundFailure {
    /// The file or version.
    #[serde(flatten)]
    pub subject: Heard,
    /// Why.
    pub error: String,
}

/// A rule that a file breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateFinding {
    /// The rule's stable code.
    pub code: String,
    /// How it is broken.
    pub detail: String,
}

/// What a gate says of one file or version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// The file or version.
    #[serde(flatten)]
    pub subject: Heard,
    /// Whether it may come in.
    pub accepted: bool,
    /// Why not.
    pub refusals: Vec<GateFinding>,
    /// What is wrong with it nevertheless.
    pub warnings: Vec<GateFinding>,
    /// What its header says; null when it is no sound.
    pub audio: Option<AudioFormat>,
}

/// The answer of `check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckList {
    /// The profile.
    pub profile: String,
    /// The files and versions, as they were given.
    pub checks: Vec<Check>,
    /// Those that could not be read.
    pub failed: Vec<SoundFailure>,
}

/// The answer of `check --rules`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleList {
    /// The profile.
    pub profile: String,
    /// All rules there are.
    pub rules: Vec<GateRule>,
}

/// A rule of the gate, and what a profile makes of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRule {
    /// Its stable code.
    pub code: String,
    /// What becomes of a file that breaks it: `refuse`, `warn` or `off`.
    pub level: String,
    /// What it means.
    pub meaning: String,
}

/// What decoding one file or version found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// The file or version.
    #[serde(flatten)]
    pub subject: Heard,
    /// What its header says.
    pub audio: AudioFormat,
    /// Frames that were decoded.
    pub decoded_frame_count: u64,
    /// SHA-256 of the samples; null when not all could be decoded.
    pub audio_sha256: Option<String>,
    /// How loud it is.
    #[serde(flatten)]
    pub loudness: Loudness,
    /// Whether every sample is 0.
    pub silent: bool,
    /// Frames of digital silence at the start.
    pub leading_silence: u64,
    /// Frames of digital silence at the end.
    pub trailing_silence: u64,
    /// How often three or more samples in a row lie at full scale.
    pub clipped_runs: u64,
    /// The largest offset of a channel (dBFS); null when there is none.
    pub dc_offset_dbfs: Option<f64>,
    /// How many of a sample's bits are ever used; null for floats and silence.
    pub significant_bits: Option<u16>,
    /// Samples that are no number, or infinite.
    pub not_finite: u64,
    /// Why the rest could not be decoded; null when all could.
    pub undecodable: Option<String>,
}

/// The answer of `analyse --dry-run`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnalysisPlan {
    /// Always true: nothing was done.
    pub dry_run: bool,
    /// What would be measured.
    pub subjects: Vec<Heard>,
    /// How many bytes would be read.
    pub bytes: u64,
    /// Versions that have been measured before, and would be left out.
    pub known: u64,
    /// What was named and is not there.
    pub failed: Vec<SoundFailure>,
}

/// The answer of `analyse`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnalysisList {
    /// What was measured.
    pub analyses: Vec<Analysis>,
    /// Versions that are no sound, and are left alone.
    pub no_sound: u64,
    /// Versions that had been measured before.
    pub known: u64,
    /// What could not be measured.
    pub failed: Vec<SoundFailure>,
}

/// The answer of `compare`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// The first.
    pub first: Heard,
    /// The second.
    pub second: Heard,
    /// `identical`, `shifted`, `gain`, `rounded`, `changed` or `incomparable`.
    pub verdict: String,
    /// Whether even their bytes are the same.
    pub same_bytes: bool,
    /// By how many frames the second comes later.
    pub shift_frames: i64,
    /// By how many dB the second is louder, where they are alike but for that.
    pub gain_db: Option<f64>,
    /// Whether the second is the first upside down.
    pub inverted: bool,
    /// Where they differ, in seconds of the first.
    pub regions: Vec<Region>,
    /// How many such regions there are, listed or not.
    pub region_count: u64,
    /// How loud the first is.
    pub first_loudness: Loudness,
    /// How loud the second is.
    pub second_loudness: Loudness,
    /// What to add to the second so that it is as loud as the first, in dB.
    pub matching_gain_db: Option<f64>,
}

/// A part of some sound.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// Where it begins, in seconds.
    pub start: f64,
    /// Where it ends, in seconds.
    pub end: f64,
}
