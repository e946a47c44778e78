//! Assets: as the asset service of the documents speaks of them, and as version 1 does.

use serde::{Deserialize, Deserializer, Serialize};
use studio_domain::{AssetEvent, AssetFacts, AssetPlace, EventKind, Moment, ObjectState};
use utoipa::ToSchema;

use super::InvalidField;
use crate::{ParseTimeError, format_time, parse_time};

/// The most bytes in the name that a store gives to an object's content or version.
const MAX_NAME_BYTES: usize = 1024;

/// The most bytes in a length in seconds.
const MAX_DURATION_BYTES: usize = 64;

/// A file in a bucket with its sound: the seven fields of the media-ingest workflow, and
/// beside them which bytes the file had, where that is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "bucket": "ingest", "file": "session/audio_1.wav", "channel_count": 2,
    "frame_count": 2_880_000, "sample_rate": 48_000, "bits_per_sample": 24, "duration": "60.0"
}))]
pub struct AssetFile {
    /// The bucket.
    #[schema(min_length = 1)]
    pub bucket: String,
    /// The object's key, at most 1024 bytes of UTF-8.
    #[schema(min_length = 1)]
    pub file: String,
    /// Channels.
    #[schema(format = "int64")]
    pub channel_count: u32,
    /// Frames (one sample for each channel).
    pub frame_count: u64,
    /// Frames in a second (Hz).
    #[schema(format = "int64")]
    pub sample_rate: u32,
    /// Bits that a sample takes; 0 for codecs that have none.
    #[schema(format = "int64")]
    pub bits_per_sample: u32,
    /// Seconds, as a text: `60.0`. A number is taken, too.
    #[serde(deserialize_with = "text_or_number")]
    #[schema(value_type = TextOrNumber)]
    pub duration: String,
    /// The store's name for the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// The store's name for the version, in a bucket that keeps versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version_id: Option<String>,
    /// Bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// The order of the event that told of it among those on its key, hexadecimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequencer: Option<String>,
    /// When that event happened (RFC 3339).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event_time: Option<String>,
}

/// Seconds as they are taken.
#[derive(Deserialize, ToSchema)]
#[serde(untagged, expecting = "expected a length in seconds, as a text or a number")]
enum TextOrNumber {
    /// Such as `60.0`.
    Text(String),
    /// Such as 60.
    Number(f64),
}

fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match TextOrNumber::deserialize(deserializer)? {
        TextOrNumber::Text(text) => text,
        TextOrNumber::Number(seconds) => {
            let text = seconds.to_string();
            if text.contains('.') { text } else { format!("{text}.0") }
        }
    })
}

impl AssetFile {
    /// What is told of a file that was found good, and of the event that led to it.
    pub fn of(event: &AssetEvent, facts: &AssetFacts) -> Self {
        let AssetEvent { place, state, size, moment, .. } = event;
        Self {
            etag: state.etag.clone(),
            version_id: state.version_id.clone(),
            size: *size,
            sequencer: moment.sequencer.as_ref().map(ToString::to_string),
            event_time: moment.at.map(format_time),
            ..Self::listed(place, Some(facts))
        }
    }

    /// The seven fields of the documents. Sound that nothing is known of counts as 0.
    pub fn listed(place: &AssetPlace, facts: Option<&AssetFacts>) -> Self {
        Self {
            bucket: place.bucket.as_str().to_owned(),
            file: place.key.as_str().to_owned(),
            channel_count: facts.map_or(0, |facts| facts.channel_count),
            frame_count: facts.map_or(0, |facts| facts.frame_count),
            sample_rate: facts.map_or(0, |facts| facts.sample_rate),
            bits_per_sample: facts.map_or(0, |facts| facts.bits_per_sample),
            duration: facts.map_or_else(|| "0.0".to_owned(), |facts| facts.duration.clone()),
            etag: None,
            version_id: None,
            size: None,
            sequencer: None,
            event_time: None,
        }
    }

    /// The event that it stands for, and the sound.
    ///
    /// # Errors
    /// [`InvalidField`].
    pub fn decode(&self) -> Result<(AssetEvent, AssetFacts), InvalidField> {
        let event = AssetEvent {
            place: AssetPlace {
                bucket: self.bucket.parse().map_err(InvalidField::of("bucket"))?,
                key: self.file.parse().map_err(InvalidField::of("file"))?,
            },
            kind: EventKind::Created,
            state: state(self.etag.as_deref(), self.version_id.as_deref())?,
            size: self.size.map(|size| stored(size, "size")).transpose()?,
            moment: moment(self.sequencer.as_deref(), self.event_time.as_deref())?,
        };
        let facts = AssetFacts {
            channel_count: self.channel_count,
            frame_count: stored(self.frame_count, "frame_count")?,
            sample_rate: self.sample_rate,
            bits_per_sample: self.bits_per_sample,
            duration: seconds(&self.duration)?,
            container: None,
            codec: None,
        };
        Ok((event, facts))
    }
}

/// The names of a state; an ETag may stand in its quotation marks.
fn state(etag: Option<&str>, version_id: Option<&str>) -> Result<ObjectState, InvalidField> {
    let etag = etag.map(|etag| {
        etag.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(etag)
    });
    Ok(ObjectState { etag: name(etag, "etag")?, version_id: name(version_id, "version_id")? })
}

/// A store's name for something; an empty one is none.
fn name(text: Option<&str>, field: &'static str) -> Result<Option<String>, InvalidField> {
    match text {
        None | Some("") => Ok(None),
        Some(text) if text.len() > MAX_NAME_BYTES => {
            Err(InvalidField::of(field)("is longer than 1024 bytes"))
        }
        Some(text) if text.chars().any(char::is_control) => {
            Err(InvalidField::of(field)("has a control character"))
        }
        Some(text) => Ok(Some(text.to_owned())),
    }
}

fn moment(sequencer: Option<&str>, at: Option<&str>) -> Result<Moment, InvalidField> {
    let sequencer = sequencer.map(str::parse).transpose().map_err(InvalidField::of("sequencer"))?;
    let at = at.map(parse_time).transpose();
    Ok(Moment { sequencer, at: at.map_err(InvalidField::of::<ParseTimeError>("event_time"))? })
}

/// A count that a catalogue can keep: up to 63 bits.
fn stored(count: u64, field: &'static str) -> Result<u64, InvalidField> {
    match i64::try_from(count) {
        Ok(_) => Ok(count),
        Err(error) => Err(InvalidField::of(field)(error)),
    }
}

/// A length in seconds, left as it was written.
fn seconds(text: &str) -> Result<String, InvalidField> {
    let plain = text.len() <= MAX_DURATION_BYTES
        && text.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    let fits = |seconds: f64| seconds.is_finite() && seconds.is_sign_positive();
    match plain && text.parse().is_ok_and(fits) {
        true => Ok(text.to_owned()),
        false => Err(InvalidField::of("duration")("is no length in seconds")),
    }
}

/// How far an asset has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AssetStatus {
    /// It is known to be there, and not judged yet.
    Received,
    /// It was found good, or taken on somebody's word.
    Valid,
    /// It was found bad.
    Rejected,
    /// It was found bad, and its object was moved aside.
    Quarantined,
    /// Somebody ordered its deletion.
    Deleting,
    /// Its object is gone.
    Deleted,
}

impl AssetStatus {
    /// The status in the words of the domain, if this version of the JSON has it.
    fn of(status: studio_domain::AssetStatus) -> Option<Self> {
        use studio_domain::AssetStatus as S;
        Some(match status {
            S::Received => Self::Received,
            S::Valid => Self::Valid,
            S::Rejected => Self::Rejected,
            S::Quarantined => Self::Quarantined,
            S::Deleting => Self::Deleting,
            S::Deleted => Self::Deleted,
            _ => return None,
        })
    }
}

impl From<AssetStatus> for studio_domain::AssetStatus {
    fn from(status: AssetStatus) -> Self {
        match status {
            AssetStatus::Received => Self::Received,
            AssetStatus::Valid => Self::Valid,
            AssetStatus::Rejected => Self::Rejected,
            AssetStatus::Quarantined => Self::Quarantined,
            AssetStatus::Deleting => Self::Deleting,
            AssetStatus::Deleted => Self::Deleted,
        }
    }
}

/// One thing that was found about an asset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"code": "sample-rate", "detail": "the sample rate is 44100 Hz, not 48000"}))]
pub struct Reason {
    /// Its stable code.
    pub code: String,
    /// What it is, with the numbers.
    pub detail: String,
}

impl From<&studio_domain::Reason> for Reason {
    fn from(reason: &studio_domain::Reason) -> Self {
        Self { code: reason.code.clone(), detail: reason.detail.clone() }
    }
}

impl From<&Reason> for studio_domain::Reason {
    fn from(wire: &Reason) -> Self {
        Self { code: wire.code.clone(), detail: wire.detail.clone() }
    }
}

fn reasons<'a, A: 'a, B: From<&'a A>>(reasons: &'a [A]) -> Vec<B> {
    reasons.iter().map(B::from).collect()
}

/// An object in a bucket, with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "id": "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11", "bucket": "ingest",
    "key": "session/audio_1.wav", "status": "valid", "reasons": [], "warnings": [],
    "channel_count": 2, "frame_count": 2_880_000, "sample_rate": 48_000,
    "bits_per_sample": 24, "duration": "60.0", "container": "wav", "codec": "pcm",
    "size": 17_280_102, "etag": "9b2cf535f27731c974343645a3985328", "version_id": null,
    "sequencer": "0055AED6DCD90281E5", "event_time": "2026-11-21T22:09:19.000000Z",
    "profile": "ingest", "version": null, "filing_problem": null, "revision": 1,
    "received_at": "2026-11-21T22:09:20.123456Z", "updated_at": "2026-11-21T22:09:20.123456Z"
}))]
pub struct Asset {
    /// UUID.
    pub id: String,
    /// The bucket.
    pub bucket: String,
    /// The object's key.
    pub key: String,
    /// How far it has come.
    pub status: AssetStatus,
    /// Why it is not valid, or is gone.
    pub reasons: Vec<Reason>,
    /// What is wrong with it nevertheless.
    pub warnings: Vec<Reason>,
    /// Channels; null, as all of its sound, when nobody has looked at it.
    pub channel_count: Option<u32>,
    /// Frames (one sample for each channel).
    pub frame_count: Option<u64>,
    /// Frames in a second (Hz).
    pub sample_rate: Option<u32>,
    /// Bits that a sample takes; 0 for codecs that have none.
    pub bits_per_sample: Option<u32>,
    /// Seconds, as a text: `60.0`.
    pub duration: Option<String>,
    /// The kind of file: `wav`, `flac`, …
    pub container: Option<String>,
    /// How the samples are coded: `pcm`, `flac`, …
    pub codec: Option<String>,
    /// Bytes.
    pub size: Option<u64>,
    /// The store's name for the content.
    pub etag: Option<String>,
    /// The store's name for the version, in a bucket that keeps versions.
    pub version_id: Option<String>,
    /// The order of the last event among those on its key.
    pub sequencer: Option<String>,
    /// When that event happened (RFC 3339).
    pub event_time: Option<String>,
    /// The profile by which it was judged.
    pub profile: Option<String>,
    /// The UUID of the version that it became in the catalogue.
    pub version: Option<String>,
    /// Why it became none, if it was to.
    pub filing_problem: Option<String>,
    /// How often this record has changed; 1 at first.
    pub revision: u64,
    /// When something was first known of it (RFC 3339).
    pub received_at: String,
    /// When this record changed last (RFC 3339).
    pub updated_at: String,
}

impl TryFrom<&studio_domain::Asset> for Asset {
    type Error = InvalidField;

    fn try_from(asset: &studio_domain::Asset) -> Result<Self, InvalidField> {
        let facts = asset.facts.as_ref();
        let unknown = "is not known to version 1";
        Ok(Self {
            id: asset.id.to_string(),
            bucket: asset.place.bucket.as_str().to_owned(),
            key: asset.place.key.as_str().to_owned(),
            status: AssetStatus::of(asset.status)
                .ok_or_else(|| InvalidField::of("status")(unknown))?,
            reasons: reasons(&asset.reasons),
            warnings: reasons(&asset.warnings),
            channel_count: facts.map(|facts| facts.channel_count),
            frame_count: facts.map(|facts| facts.frame_count),
            sample_rate: facts.map(|facts| facts.sample_rate),
            bits_per_sample: facts.map(|facts| facts.bits_per_sample),
            duration: facts.map(|facts| facts.duration.clone()),
            container: facts.and_then(|facts| facts.container).map(|kind| kind.to_string()),
            codec: facts.and_then(|facts| facts.codec).map(|codec| codec.to_string()),
            size: asset.size,
            etag: asset.state.etag.clone(),
            version_id: asset.state.version_id.clone(),
            sequencer: asset.moment.sequencer.as_ref().map(ToString::to_string),
            event_time: asset.moment.at.map(format_time),
            profile: asset.profile.clone(),
            version: asset.filed.map(|version| version.to_string()),
            filing_problem: asset.filing_problem.clone(),
            revision: asset.revision,
            received_at: format_time(asset.received_at),
            updated_at: format_time(asset.updated_at),
        })
    }
}

impl Asset {
    /// Its sound, which is either all there or not at all; only what the kind of file is can
    /// be missing.
    fn facts(&self) -> Result<Option<AssetFacts>, InvalidField> {
        let Some(channel_count) = self.channel_count else { return Ok(None) };
        let missing = |field| move || InvalidField::of(field)("is missing");
        let container = self.container.as_deref().map(str::parse).transpose();
        let codec = self.codec.as_deref().map(str::parse).transpose();
        Ok(Some(AssetFacts {
            channel_count,
            frame_count: stored(
                self.frame_count.ok_or_else(missing("frame_count"))?,
                "frame_count",
            )?,
            sample_rate: self.sample_rate.ok_or_else(missing("sample_rate"))?,
            bits_per_sample: self.bits_per_sample.ok_or_else(missing("bits_per_sample"))?,
            duration: seconds(self.duration.as_deref().ok_or_else(missing("duration"))?)?,
            container: container.map_err(InvalidField::of("container"))?,
            codec: codec.map_err(InvalidField::of("codec"))?,
        }))
    }
}

impl TryFrom<&Asset> for studio_domain::Asset {
    type Error = InvalidField;

    fn try_from(wire: &Asset) -> Result<Self, InvalidField> {
        let filed = wire.version.as_deref().map(str::parse).transpose();
        Ok(Self {
            id: wire.id.parse().map_err(InvalidField::of("id"))?,
            place: AssetPlace {
                bucket: wire.bucket.parse().map_err(InvalidField::of("bucket"))?,
                key: wire.key.parse().map_err(InvalidField::of("key"))?,
            },
            status: wire.status.into(),
            state: state(wire.etag.as_deref(), wire.version_id.as_deref())?,
            size: wire.size.map(|size| stored(size, "size")).transpose()?,
            moment: moment(wire.sequencer.as_deref(), wire.event_time.as_deref())?,
            facts: wire.facts()?,
            reasons: reasons(&wire.reasons),
            warnings: reasons(&wire.warnings),
            profile: wire.profile.clone(),
            filed: filed.map_err(InvalidField::of("version"))?,
            filing_problem: wire.filing_problem.clone(),
            revision: stored(wire.revision, "revision")?,
            received_at: parse_time(&wire.received_at)
                .map_err(InvalidField::of::<ParseTimeError>("received_at"))?,
            updated_at: parse_time(&wire.updated_at)
                .map_err(InvalidField::of::<ParseTimeError>("updated_at"))?,
        })
    }
}

/// A part of a listing of assets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AssetPage {
    /// The assets, by bucket and key.
    pub items: Vec<Asset>,
    /// What to give as `after` for the next part; null in the last one.
    pub next: Option<String>,
}

/// An object that was found bad and lies aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuarantinedObject {
    /// UUID.
    pub id: String,
    /// The UUID of the asset that it was.
    pub asset: String,
    /// The bucket.
    pub bucket: String,
    /// Its key, where it lay.
    pub key: String,
    /// Its key, where it lies now.
    pub stored_as: String,
    /// The store's name for its content, where it lay.
    pub etag: Option<String>,
    /// The store's name for its version, where it lay.
    pub version_id: Option<String>,
    /// Bytes.
    pub size: Option<u64>,
    /// Why it was found bad.
    pub reasons: Vec<Reason>,
    /// Since when it lies aside (RFC 3339).
    pub quarantined_at: String,
}

impl From<&studio_domain::Quarantined> for QuarantinedObject {
    fn from(object: &studio_domain::Quarantined) -> Self {
        Self {
            id: object.id.to_string(),
            asset: object.asset.to_string(),
            bucket: object.place.bucket.as_str().to_owned(),
            key: object.place.key.as_str().to_owned(),
            stored_as: object.stored_as.as_str().to_owned(),
            etag: object.state.etag.clone(),
            version_id: object.state.version_id.clone(),
            size: object.size,
            reasons: reasons(&object.reasons),
            quarantined_at: format_time(object.at),
        }
    }
}

impl TryFrom<&QuarantinedObject> for studio_domain::Quarantined {
    type Error = InvalidField;

    fn try_from(wire: &QuarantinedObject) -> Result<Self, InvalidField> {
        Ok(Self {
            id: wire.id.parse().map_err(InvalidField::of("id"))?,
            asset: wire.asset.parse().map_err(InvalidField::of("asset"))?,
            place: AssetPlace {
                bucket: wire.bucket.parse().map_err(InvalidField::of("bucket"))?,
                key: wire.key.parse().map_err(InvalidField::of("key"))?,
            },
            stored_as: wire.stored_as.parse().map_err(InvalidField::of("stored_as"))?,
            state: state(wire.etag.as_deref(), wire.version_id.as_deref())?,
            size: wire.size.map(|size| stored(size, "size")).transpose()?,
            reasons: reasons(&wire.reasons),
            at: parse_time(&wire.quarantined_at)
                .map_err(InvalidField::of::<ParseTimeError>("quarantined_at"))?,
        })
    }
}
