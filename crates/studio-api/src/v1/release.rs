//! Releases: in the answers of commands, and in the store.

use serde::{Deserialize, Serialize};
use studio_domain::{AudioDigest, Note, Pan, SongPath, StemLevel, TrackName, VersionTag};
use utoipa::ToSchema;

use super::choice::said;
use super::sound::decibels;
use super::{AudioFormat, InvalidField, Loudness, ManifestError, check_format};
use crate::format_time;

/// An immutable choice of one version for each track of a song, and how they are mixed. In
/// the store it stands under `releases/`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Release {
    /// Always [`Release::FORMAT`].
    pub format: String,
    /// UUID.
    pub id: String,
    /// The artist's name.
    pub artist: String,
    /// The song's title.
    pub song: String,
    /// Its name, unique for the song.
    pub name: String,
    /// Who made it.
    pub by: String,
    /// When, in RFC 3339.
    pub at: String,
    /// In their words.
    pub note: Option<String>,
    /// The program that made it.
    pub made_with: String,
    /// The store that has the bytes.
    pub store: String,
    /// The versions, by track.
    pub stems: Vec<Stem>,
    /// How they are mixed.
    pub mix: Mix,
}

/// One version in a release.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stem {
    /// The track's name.
    pub track: String,
    /// The version tag.
    pub version: String,
    /// UUID of the version.
    pub version_id: String,
    /// UUID of the pick that chose it.
    pub pick_id: String,
    /// Who picked it.
    pub picked_by: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its object in the store.
    pub object_key: String,
    /// What its header says.
    pub audio: AudioFormat,
    /// SHA-256 of its samples.
    pub audio_sha256: String,
    /// How loud it is by itself.
    pub loudness: Loudness,
    /// Made louder or softer by so many dB.
    pub gain_db: f64,
    /// From -100 (left) to 100 (right).
    pub pan_percent: i8,
    /// Begins so many frames of the mix after the mix does.
    pub offset_frames: i64,
    /// Left out of the mix.
    pub mute: bool,
}

/// How a mix is made, and what comes of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Mix {
    /// The rules by which it is made.
    pub recipe: u32,
    /// Frames in a second (Hz).
    pub sample_rate: u32,
    /// Channels.
    pub channel_count: u16,
    /// Bits of a sample; null for 32-bit floats.
    pub bits_per_sample: Option<u16>,
    /// The whole mix made louder or softer by so many dB.
    pub gain_db: f64,
    /// What the dither's noise is made from; null without dither.
    pub dither_seed: Option<u64>,
    /// Frames.
    pub frame_count: u64,
    /// Samples that lay beyond full scale and were cut to it.
    pub clipped_samples: u64,
    /// SHA-256 of its samples: a mix made again has the same.
    pub audio_sha256: String,
    /// How loud it is.
    pub loudness: Loudness,
}

impl From<&studio_domain::Release> for Release {
    fn from(release: &studio_domain::Release) -> Self {
        Self {
            format: Self::FORMAT.to_owned(),
            id: release.id.to_string(),
            artist: release.song.artist.to_string(),
            song: release.song.song.to_string(),
            name: release.name.to_string(),
            by: release.said.by.to_string(),
            at: format_time(release.said.at),
            note: release.said.note.as_ref().map(Note::to_string),
            made_with: release.made_with.clone(),
            store: release.store.to_string(),
            stems: release.stems.iter().map(Stem::from).collect(),
            mix: Mix::from(&release.mix),
        }
    }
}

impl From<&studio_domain::Stem> for Stem {
    fn from(stem: &studio_domain::Stem) -> Self {
        Self {
            track: stem.track.to_string(),
            version: stem.tag.to_string(),
            version_id: stem.version.to_string(),
            pick_id: stem.pick.to_string(),
            picked_by: stem.picked_by.to_string(),
            size: stem.size,
            sha256: stem.digest.to_string(),
            object_key: stem.object_key.to_string(),
            audio: AudioFormat::from(&stem.format),
            audio_sha256: stem.audio_digest.to_string(),
            loudness: Loudness::from(&stem.loudness),
            gain_db: stem.level.gain.as_f64(),
            pan_percent: stem.level.pan.percent(),
            offset_frames: stem.level.offset,
            mute: stem.level.mute,
        }
    }
}

impl From<&studio_domain::Mix> for Mix {
    fn from(mix: &studio_domain::Mix) -> Self {
        Self {
            recipe: mix.recipe,
            sample_rate: mix.sample_rate,
            channel_count: mix.channels,
            bits_per_sample: mix.bits,
            gain_db: mix.gain.as_f64(),
            dither_seed: mix.dither,
            frame_count: mix.frames,
            clipped_samples: mix.clipped,
            audio_sha256: mix.audio_digest.to_string(),
            loudness: Loudness::from(&mix.loudness),
        }
    }
}

impl TryFrom<&Stem> for studio_domain::Stem {
    type Error = InvalidField;

    fn try_from(wire: &Stem) -> Result<Self, InvalidField> {
        let pan = Pan::from_percent(wire.pan_percent)
            .ok_or_else(|| InvalidField::of("pan_percent")("beyond left or right"))?;
        Ok(Self {
            track: wire.track.parse().map_err(InvalidField::of("track"))?,
            tag: wire.version.parse().map_err(InvalidField::of("version"))?,
            version: wire.version_id.parse().map_err(InvalidField::of("version_id"))?,
            pick: wire.pick_id.parse().map_err(InvalidField::of("pick_id"))?,
            picked_by: wire.picked_by.parse().map_err(InvalidField::of("picked_by"))?,
            size: wire.size,
            digest: wire.sha256.parse().map_err(InvalidField::of("sha256"))?,
            object_key: wire.object_key.parse().map_err(InvalidField::of("object_key"))?,
            format: studio_domain::AudioFormat::try_from(&wire.audio)?,
            audio_digest: audio_digest(&wire.audio_sha256)?,
            loudness: studio_domain::Loudness::try_from(&wire.loudness)?,
            level: StemLevel {
                gain: decibels(wire.gain_db, "gain_db")?,
                pan,
                offset: wire.offset_frames,
                mute: wire.mute,
            },
        })
    }
}

impl TryFrom<&Mix> for studio_domain::Mix {
    type Error = InvalidField;

    fn try_from(wire: &Mix) -> Result<Self, InvalidField> {
        Ok(Self {
            recipe: wire.recipe,
            sample_rate: wire.sample_rate,
            channels: wire.channel_count,
            bits: wire.bits_per_sample,
            gain: decibels(wire.gain_db, "gain_db")?,
            dither: wire.dither_seed,
            frames: wire.frame_count,
            clipped: wire.clipped_samples,
            audio_digest: audio_digest(&wire.audio_sha256)?,
            loudness: studio_domain::Loudness::try_from(&wire.loudness)?,
        })
    }
}

fn audio_digest(hex: &str) -> Result<AudioDigest, InvalidField> {
    hex.parse().map_err(InvalidField::of("audio_sha256"))
}

impl Release {
    /// Names this format and its version.
    pub const FORMAT: &'static str = "studio.release/1";

    /// A release as JSON.
    pub fn encode(release: &studio_domain::Release) -> String {
        super::pretty(&Self::from(release))
    }

    /// Reads a release. Whatever the bytes are, this returns.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn decode(json: &[u8]) -> Result<studio_domain::Release, ManifestError> {
        check_format(json, Self::FORMAT)?;
        let wire: Self = serde_json::from_slice(json).map_err(ManifestError::Json)?;
        let stems: Result<Vec<_>, _> =
            wire.stems.iter().map(studio_domain::Stem::try_from).collect();
        Ok(studio_domain::Release {
            id: wire.id.parse().map_err(InvalidField::of("id"))?,
            song: SongPath {
                artist: wire.artist.parse().map_err(InvalidField::of("artist"))?,
                song: wire.song.parse().map_err(InvalidField::of("song"))?,
            },
            name: wire.name.parse().map_err(InvalidField::of("name"))?,
            said: said(&wire.by, &wire.at, wire.note.as_deref())?,
            made_with: wire.made_with.clone(),
            store: wire.store.parse().map_err(InvalidField::of("store"))?,
            stems: stems?,
            mix: studio_domain::Mix::try_from(&wire.mix)?,
        })
    }
}

/// The answer of `release list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReleaseList {
    /// The releases: by artist and song, oldest first.
    pub releases: Vec<Release>,
}

/// One stem by its names, and how it goes into the mix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditionStem {
    /// The track's name.
    pub track: String,
    /// The version tag.
    pub version: String,
    /// Made louder or softer by so many dB.
    #[serde(default)]
    pub gain_db: f64,
    /// From -100 (left) to 100 (right).
    #[serde(default)]
    pub pan_percent: i8,
    /// Begins so many frames of the mix after the mix does.
    #[serde(default)]
    pub offset_frames: i64,
    /// Left out of the mix.
    #[serde(default)]
    pub mute: bool,
}

impl AuditionStem {
    /// A version of a track with how it goes into the mix.
    pub fn new(track: &TrackName, version: &VersionTag, level: &StemLevel) -> Self {
        Self {
            track: track.to_string(),
            version: version.to_string(),
            gain_db: level.gain.as_f64(),
            pan_percent: level.pan.percent(),
            offset_frames: level.offset,
            mute: level.mute,
        }
    }
}

/// The answer of `mix`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Audition {
    /// The file that was made; null when the mix was only measured.
    pub file: Option<String>,
    /// The versions in it.
    pub stems: Vec<AuditionStem>,
    /// Tracks without a pick, which are not in it.
    pub without: Vec<String>,
    /// What came of the mix.
    pub mix: Mix,
}

/// What a mix that would be made is, as far as that is known without reading the takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedMix {
    /// Channels.
    pub channel_count: u16,
    /// Frames in a second (Hz); null when no format of a take is known yet.
    pub sample_rate: Option<u32>,
    /// Bits of a sample; null for floats.
    pub bits_per_sample: Option<u16>,
    /// Frames; null when the length of a take is not known yet.
    pub frame_count: Option<u64>,
}

/// The answer of `mix --dry-run`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MixPlan {
    /// Always true: nothing was done.
    pub dry_run: bool,
    /// The file that would be made; null when the mix would only be measured.
    pub file: Option<String>,
    /// The versions that would go into it.
    pub stems: Vec<AuditionStem>,
    /// Tracks without a pick, which would not be in it.
    pub without: Vec<String>,
    /// How many bytes would be read.
    pub bytes: u64,
    /// The whole mix made louder or softer by so many dB.
    #[serde(default)]
    pub master_gain_db: f64,
    /// What it would be.
    pub mix: PlannedMix,
    /// What is against it.
    pub obstacles: Vec<super::GateFinding>,
}

/// The answer of `release render --dry-run`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenderPlan {
    /// Always true: nothing was done.
    pub dry_run: bool,
    /// The file that would be made.
    pub file: String,
    /// Whether it would have the samples that were frozen; otherwise other bits were asked for.
    pub as_frozen: bool,
    /// How many bytes would be read.
    pub bytes: u64,
    /// What it would be.
    pub mix: PlannedMix,
}

/// The answer of `release deliver --dry-run`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeliveryPlan {
    /// Always true: nothing was done.
    pub dry_run: bool,
    /// The directory or file that would be made.
    pub target: String,
    /// The names of all files that would be in it.
    pub files: Vec<String>,
    /// The takes that would be in it, one file each.
    pub stems: Vec<PlannedStem>,
    /// The mix that would be in it.
    pub mix: PlannedMix,
    /// How many bytes would be read.
    pub bytes: u64,
}

/// A take that would be delivered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedStem {
    /// The name of its file.
    pub file: String,
    /// The track and the version tag.
    #[serde(flatten)]
    pub stem: AuditionStem,
    /// What its header says.
    #[serde(flatten)]
    pub audio: AudioFormat,
}

/// The answer of `release create --dry-run`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReleasePlan {
    /// The versions that would go into it.
    pub stems: Vec<AuditionStem>,
    /// How many bytes would be read.
    pub bytes: u64,
    /// The whole mix made louder or softer by so many dB.
    #[serde(default)]
    pub master_gain_db: f64,
    /// What is against it.
    pub obstacles: Vec<super::GateFinding>,
}

/// The answer of `release verify`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VerifiedRelease {
    /// The release.
    pub release: Release,
    /// Whether everything is as it was frozen.
    pub whole: bool,
    /// How many bytes were read and right.
    pub bytes: u64,
    /// Whether its mix was made again.
    pub mixed_again: bool,
    /// What is not as it was frozen.
    pub flaws: Vec<String>,
}

/// The answer of `release render`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RenderedRelease {
    /// The file.
    pub file: String,
    /// Whether it has the samples that were frozen; null where others were asked for.
    pub as_frozen: Option<bool>,
    /// What came of the mix.
    pub mix: Mix,
}

/// A file of a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliveredFile {
    /// Its name within the delivery.
    pub file: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// The answer of `release deliver`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// The directory or file.
    pub target: String,
    /// What is in it.
    pub files: Vec<DeliveredFile>,
}
