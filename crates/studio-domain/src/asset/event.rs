//! What a bucket tells of its objects.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use super::AssetPlace;
use crate::Timestamp;

/// The order of two events on one key, as S3 gives it: hexadecimal digits, compared as a
/// number however many zeros stand in front (Amazon S3 User Guide, "Event message
/// structure"). Between keys it says nothing.
#[derive(Debug, Clone)]
pub struct Sequencer(String);

/// A text that is no sequencer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a sequencer has 1 to {MAX_SEQUENCER} hexadecimal digits")]
pub struct SequencerError;

/// The most digits that are taken; S3 gives 16 to 18.
const MAX_SEQUENCER: usize = 128;

impl Sequencer {
    /// The digits as they came.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn digits(&self) -> &str {
        self.0.trim_start_matches('0')
    }
}

impl FromStr for Sequencer {
    type Err = SequencerError;

    fn from_str(text: &str) -> Result<Self, SequencerError> {
        let fits = (1..=MAX_SEQUENCER).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        fits.then(|| Self(text.to_ascii_uppercase())).ok_or(SequencerError)
    }
}

impl fmt::Display for Sequencer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl PartialEq for Sequencer {
    fn eq(&self, other: &Self) -> bool {
        self.digits() == other.digits()
    }
}

impl Eq for Sequencer {}

impl PartialOrd for Sequencer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Sequencer {
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right) = (self.digits(), other.digits());
        left.len().cmp(&right.len()).then_with(|| left.cmp(right))
    }
}

/// Which bytes an object had: what is judged is judged of these, and of no later ones under
/// the same key.
///
/// Both are the store's words, compared and never understood; an ETag stands here without
/// its quotation marks.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ObjectState {
    /// The name of its content.
    pub etag: Option<String>,
    /// The name of the version, in a bucket that keeps versions.
    pub version_id: Option<String>,
}

impl ObjectState {
    /// Whether both can be the same state: each name that both have is the same, and there
    /// is one that both have.
    pub fn is_same(&self, other: &Self) -> bool {
        let versions = self.version_id.as_ref().zip(other.version_id.as_ref());
        let etags = self.etag.as_ref().zip(other.etag.as_ref());
        let known = versions.is_some() || etags.is_some();
        known && versions.is_none_or(|(a, b)| a == b) && etags.is_none_or(|(a, b)| a == b)
    }
}

/// When an event happened, as far as its bucket tells.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Moment {
    /// The order among the events on its key.
    pub sequencer: Option<Sequencer>,
    /// The time, by the bucket's clock.
    pub at: Option<Timestamp>,
}

impl Moment {
    /// Whether this is known to have been before `other`: by the sequencers if both have
    /// one, else by the clock. Equal or unknown is not before.
    pub fn is_before(&self, other: &Self) -> bool {
        if let (Some(own), Some(other)) = (&self.sequencer, &other.sequencer) {
            return own < other;
        }
        self.at.zip(other.at).is_some_and(|(own, other)| own < other)
    }
}

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// It is there now, new or in the place of another one.
    Created,
    /// It is gone.
    Removed,
}

impl EventKind {
    /// Its stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Removed => "removed",
        }
    }
}

/// What a bucket told of one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetEvent {
    /// The object's place.
    pub place: AssetPlace,
    /// What happened to it.
    pub kind: EventKind,
    /// Which bytes it had.
    pub state: ObjectState,
    /// How many, as the event says.
    pub size: Option<u64>,
    /// When.
    pub moment: Moment,
}

impl AssetEvent {
    /// What makes this event the same as another one on the same place, however often it is
    /// delivered: the version or the ETag with the sequencer, or with the time where there
    /// is no sequencer.
    pub fn identity(&self) -> String {
        let Self { kind, state, moment, .. } = self;
        let kind = kind.as_str();
        let state = match (&state.version_id, &state.etag) {
            (Some(version), _) => format!("v:{version}"),
            (None, Some(etag)) => format!("e:{etag}"),
            (None, None) => "-".to_owned(),
        };
        let order = match (&moment.sequencer, moment.at) {
            (Some(sequencer), _) => format!("s:{}", sequencer.digits()),
            (None, Some(at)) => format!("t:{}", at.as_micros()),
            (None, None) => "-".to_owned(),
        };
        format!("{kind}|{state}|{order}")
    }
}
