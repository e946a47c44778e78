//! What stands in a store of a version that was thrown away.

use serde::{Deserialize, Serialize};
use studio_domain::{NewVersion, Timestamp};

use super::{InvalidField, ManifestError, Version, check_format};
use crate::{ParseTimeError, format_time, parse_time};

/// The tombstone of a version: stands in the store from when the version goes to the trash
/// until it is taken back, and for good once it was purged, so that a catalogue rebuilt
/// from the store does not bring it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionTombstone {
    /// Always [`VersionTombstone::FORMAT`].
    pub format: String,
    /// The version.
    pub version: Version,
    /// When it was thrown away, in RFC 3339.
    pub trashed_at: String,
    /// When it was purged, in RFC 3339; null as long as it can be taken back.
    pub purged_at: Option<String>,
}

/// What a tombstone says, as values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// The version.
    pub version: NewVersion,
    /// When it was thrown away.
    pub trashed_at: Timestamp,
    /// When it was purged; `None` as long as it can be taken back.
    pub purged_at: Option<Timestamp>,
}

impl VersionTombstone {
    /// Names this format and its version.
    pub const FORMAT: &'static str = "studio.tombstone/1";

    /// A tombstone as JSON.
    pub fn encode(tombstone: &Tombstone) -> String {
        super::pretty(&Self {
            format: Self::FORMAT.to_owned(),
            version: Version::from(&tombstone.version),
            trashed_at: format_time(tombstone.trashed_at),
            purged_at: tombstone.purged_at.map(format_time),
        })
    }

    /// Reads a tombstone. Whatever the bytes are, this returns.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn decode(json: &[u8]) -> Result<Tombstone, ManifestError> {
        check_format(json, Self::FORMAT)?;
        let wire: Self = serde_json::from_slice(json).map_err(ManifestError::Json)?;
        let trashed_at = parse_time(&wire.trashed_at)
            .map_err(InvalidField::of::<ParseTimeError>("trashed_at"))?;
        let purged_at = wire.purged_at.as_deref().map(parse_time).transpose();
        let purged_at = purged_at.map_err(InvalidField::of::<ParseTimeError>("purged_at"))?;
        let version = NewVersion::try_from(&wire.version)?;
        Ok(Tombstone { version, trashed_at, purged_at })
    }
}
