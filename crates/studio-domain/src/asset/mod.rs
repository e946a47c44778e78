//! Assets: objects that others put into a bucket, with what is known of them.

mod event;
mod place;
mod quarantine;

use crate::audio::named;
use crate::{AssetId, AudioFormat, Codec, Container, Timestamp, VersionId};

pub use self::event::{AssetEvent, EventKind, Moment, ObjectState, Sequencer, SequencerError};
pub use self::place::{AssetKey, AssetPlace, AssetPlaceError, BucketName};
pub use self::quarantine::{DeletionOrder, Quarantined};

named! {
    /// How far an asset has come.
    AssetStatus, "a status of an asset (received, valid, rejected, quarantined, deleting or deleted)" {
        /// It is known to be there, and not judged yet.
        Received => "received",
        /// It was found good, or taken on somebody's word.
        Valid => "valid",
        /// It was found bad. Its object is removed, or about to be put under quarantine.
        Rejected => "rejected",
        /// It was found bad, and its object was moved aside.
        Quarantined => "quarantined",
        /// Somebody ordered its deletion.
        Deleting => "deleting",
        /// Its object is gone.
        Deleted => "deleted",
    }
}

/// One thing that was found about an asset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reason {
    /// Its stable name: that of a rule of the gate, or of something that happened.
    pub code: String,
    /// What it is, with the numbers: part of a sentence, without a full stop.
    pub detail: String,
}

/// What is known of the sound of an asset, in the words of the asset service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetFacts {
    /// Channels.
    pub channel_count: u32,
    /// Frames (one sample for each channel).
    pub frame_count: u64,
    /// Frames in a second (Hz).
    pub sample_rate: u32,
    /// Bits of each sample, padding included; 0 for a codec that has none.
    pub bits_per_sample: u32,
    /// The length in seconds as text, with at least one decimal (`60.0`).
    pub duration: String,
    /// The kind of file, where that was looked at.
    pub container: Option<Container>,
    /// How the samples are coded, where that was looked at.
    pub codec: Option<Codec>,
}

impl AssetFacts {
    /// What a header tells. A length that it does not tell counts as 0.
    pub fn of(format: &AudioFormat) -> Self {
        let frames = format.frames.unwrap_or(0);
        Self {
            channel_count: u32::from(format.channels),
            frame_count: frames,
            sample_rate: format.sample_rate,
            bits_per_sample: format.bit_depth.map_or(0, |depth| u32::from(depth.container)),
            duration: duration(frames, format.sample_rate),
            container: Some(format.container),
            codec: Some(format.codec),
        }
    }
}

/// Seconds as text: the shortest number that is the quotient, with at least one decimal.
pub fn duration(frames: u64, sample_rate: u32) -> String {
    let seconds = match sample_rate {
        0 => 0.0,
        rate => frames as f64 / f64::from(rate),
    };
    // Never with an exponent: the largest quotient has 20 digits.
    let text = seconds.to_string();
    if text.contains('.') { text } else { format!("{text}.0") }
}

/// An object in a bucket, with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Identity, for as long as anything is known of its place.
    pub id: AssetId,
    /// Where it lies.
    pub place: AssetPlace,
    /// How far it has come.
    pub status: AssetStatus,
    /// Which bytes it had when that was found.
    pub state: ObjectState,
    /// How many bytes, where that is known.
    pub size: Option<u64>,
    /// The last event that was taken into account.
    pub moment: Moment,
    /// Its sound, if it has any and that was looked at.
    pub facts: Option<AssetFacts>,
    /// Why it is not valid, or is gone.
    pub reasons: Vec<Reason>,
    /// What is wrong with it nevertheless.
    pub warnings: Vec<Reason>,
    /// The profile by which it was judged.
    pub profile: Option<String>,
    /// The version of the catalogue that it became.
    pub filed: Option<VersionId>,
    /// Why it became none, if it was to.
    pub filing_problem: Option<String>,
    /// How often this record has changed; 1 at first.
    pub revision: u64,
    /// When something was first known of it.
    pub received_at: Timestamp,
    /// When this record changed last.
    pub updated_at: Timestamp,
}
