//! Version 1 of the wire types.

mod asset;
mod care;
mod choice;
mod delivered;
mod discogs;
mod entrance;
mod library;
mod people;
mod published;
mod publishing;
mod release;
mod service;
mod session;
mod share;
pub mod shelf;
mod sound;
mod store_test;
mod tombstone;

use serde::{Deserialize, Serialize};
use studio_domain::{NewVersion, VersionPath};

pub use self::asset::{Asset, AssetFile, AssetPage, AssetStatus, QuarantinedObject, Reason};
pub use self::care::*;
pub use self::choice::{Mark, MarkList, MarkMove, Pick, PickList, PickMove, VersionStatus};
pub use self::delivered::*;
pub use self::discogs::*;
pub use self::entrance::*;
pub use self::library::*;
pub use self::people::*;
pub use self::published::{
    AlbumManifest, ArtworkPlace, MOST_IN_PLAYLIST, PlaylistManifest, RecordingManifest, SoundFile,
    Told,
};
pub use self::publishing::*;
pub use self::release::*;
pub use self::service::{Liveness, Message, ProblemDetails, Readiness};
pub use self::session::*;
pub use self::share::*;
pub use self::sound::*;
pub use self::store_test::{
    StoreCapability, StoreCheck, StoreOutcome, StoreSeverity, StoreTest, StoreTiming, StoreVerdict,
};
pub use self::tombstone::{Tombstone, VersionTombstone};
use crate::{ParseTimeError, format_time, parse_time};

/// A version, with everything known about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// UUID.
    pub id: String,
    /// The artist's name.
    pub artist: String,
    /// The song's title.
    pub song: String,
    /// The track's name.
    pub track: String,
    /// The version tag.
    pub version: String,
    /// The local path it was uploaded from, as it was given.
    pub original_path: String,
    /// When it was stored, in RFC 3339.
    pub uploaded_at: String,
    /// Bytes.
    pub size: u64,
    /// SHA-256 of its bytes, 64 hex digits.
    pub sha256: String,
    /// CRC-64/NVME of its bytes, in base64 as S3 shows it.
    pub crc64nvme: String,
    /// Its media type.
    pub content_type: String,
    /// The store that took it.
    pub store: String,
    /// Its object in that store.
    pub object_key: String,
}

impl From<&NewVersion> for Version {
    fn from(version: &NewVersion) -> Self {
        let VersionPath { artist, song, track, tag } = &version.path;
        Self {
            id: version.id.to_string(),
            artist: artist.to_string(),
            song: song.to_string(),
            track: track.to_string(),
            version: tag.to_string(),
            original_path: version.original_path.clone(),
            uploaded_at: format_time(version.uploaded_at),
            size: version.size,
            sha256: version.digest.to_string(),
            crc64nvme: version.crc64nvme.to_string(),
            content_type: version.content_type.clone(),
            store: version.store.to_string(),
            object_key: version.object_key.to_string(),
        }
    }
}

/// A [`Version`] that breaks the rules of the domain, and the field that does.
#[derive(Debug, thiserror::Error)]
#[error("field `{field}` is not valid")]
pub struct InvalidField {
    /// The field's name in JSON.
    pub field: &'static str,
    /// What is wrong with it.
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

impl InvalidField {
    pub(crate) fn of<E: Into<Box<dyn std::error::Error + Send + Sync>>>(
        field: &'static str,
    ) -> impl FnOnce(E) -> Self {
        move |error| Self { field, source: error.into() }
    }
}

impl TryFrom<&Version> for NewVersion {
    type Error = InvalidField;

    fn try_from(wire: &Version) -> Result<Self, InvalidField> {
        Ok(Self {
            id: wire.id.parse().map_err(InvalidField::of("id"))?,
            path: VersionPath {
                artist: wire.artist.parse().map_err(InvalidField::of("artist"))?,
                song: wire.song.parse().map_err(InvalidField::of("song"))?,
                track: wire.track.parse().map_err(InvalidField::of("track"))?,
                tag: wire.version.parse().map_err(InvalidField::of("version"))?,
            },
            original_path: wire.original_path.clone(),
            uploaded_at: parse_time(&wire.uploaded_at)
                .map_err(InvalidField::of::<ParseTimeError>("uploaded_at"))?,
            size: wire.size,
            digest: wire.sha256.parse().map_err(InvalidField::of("sha256"))?,
            crc64nvme: wire.crc64nvme.parse().map_err(InvalidField::of("crc64nvme"))?,
            content_type: wire.content_type.clone(),
            store: wire.store.parse().map_err(InvalidField::of("store"))?,
            object_key: wire.object_key.parse().map_err(InvalidField::of("object_key"))?,
        })
    }
}

/// The manifest of a version: stands beside the objects, so that the catalogue can be
/// rebuilt from the store alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionManifest {
    /// Always [`VersionManifest::FORMAT`].
    pub format: String,
    /// The version.
    pub version: Version,
}

/// Bytes that are no manifest of the kind that was expected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ManifestError {
    /// Not the JSON of a manifest.
    #[error("not the JSON of a manifest")]
    Json(#[source] serde_json::Error),
    /// JSON of some other format.
    #[error("format `{found}` is not `{expected}`")]
    Format {
        /// What it says that it is.
        found: String,
        /// What it should say.
        expected: &'static str,
    },
    /// A field breaks the rules of the domain.
    #[error(transparent)]
    Field(#[from] InvalidField),
}

/// Refuses JSON that says that it is something else, before it is read any further: of
/// another format, a newer one among them, nothing else is known.
pub(crate) fn check_format(json: &[u8], expected: &'static str) -> Result<(), ManifestError> {
    #[derive(Deserialize)]
    struct Header {
        format: String,
    }
    let Header { format: found } = serde_json::from_slice(json).map_err(ManifestError::Json)?;
    match found == expected {
        true => Ok(()),
        false => Err(ManifestError::Format { found, expected }),
    }
}

/// A manifest as JSON that people can read.
fn pretty(manifest: &impl Serialize) -> String {
    // Strings and finite numbers under fixed names cannot fail to be JSON.
    let mut json = serde_json::to_string_pretty(manifest).unwrap_or_default();
    json.push('\n');
    json
}

impl VersionManifest {
    /// Names this format and its version.
    pub const FORMAT: &'static str = "studio.version/1";

    /// The manifest of a version, as JSON.
    pub fn encode(version: &NewVersion) -> String {
        pretty(&Self { format: Self::FORMAT.to_owned(), version: Version::from(version) })
    }

    /// Reads a manifest. Whatever the bytes are, this returns.
    ///
    /// # Errors
    /// [`ManifestError`].
    pub fn decode(json: &[u8]) -> Result<NewVersion, ManifestError> {
        check_format(json, Self::FORMAT)?;
        let manifest: Self = serde_json::from_slice(json).map_err(ManifestError::Json)?;
        Ok(NewVersion::try_from(&manifest.version)?)
    }
}

/// The answer of `list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionList {
    /// The versions, in the order of the listing.
    pub versions: Vec<CataloguedVersion>,
    /// What to give as `--after` for the next page; null on the last one.
    pub next: Option<String>,
}

/// The answer of `upload`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Upload {
    /// What was done, or with `dry_run` would be.
    pub outcome: UploadOutcome,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// Bytes of the file that went to the store; 0 when its object was there already.
    pub sent_bytes: u64,
    /// Bytes of the file that an earlier attempt had sent before it broke off.
    pub kept_bytes: u64,
    /// The file's size in bytes.
    pub size: u64,
    /// SHA-256 of the file.
    pub sha256: String,
    /// The version as it is in the catalogue; null when it is not there yet.
    pub version: Option<Version>,
    /// Things to know that kept nothing from being done.
    pub warnings: Vec<String>,
    /// What the gate found, and let pass.
    #[serde(default)]
    pub findings: Vec<GateFinding>,
}

/// The answer of `upload` where the profile refuses the file, and nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedUpload {
    /// The file.
    pub file: String,
    /// The profile's name.
    pub profile: String,
    /// All rules that the file breaks.
    pub refusals: Vec<GateFinding>,
}

/// What an upload did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UploadOutcome {
    /// The version is new.
    Stored,
    /// The version was there with the same bytes.
    AlreadyStored,
    /// The version was there, but its object was not; now it is.
    ObjectRestored,
}

/// The answer of `download`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Download {
    /// Where the file is, or with `dry_run` would be.
    pub file: String,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// Bytes that an earlier attempt had fetched before it broke off.
    pub kept_bytes: u64,
    /// The version whose bytes the file has.
    pub version: Version,
}

/// The answer of `url`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The link.
    pub url: String,
    /// When it ends (RFC 3339).
    pub expires_at: String,
    /// The version whose bytes it leads to.
    pub version: Version,
}

/// The answer of `config`: each setting with its value and where that came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// The settings, in a fixed order.
    pub settings: Vec<Setting>,
}

/// One setting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// Its name in `studio.toml`.
    pub name: String,
    /// Its value, secrets masked; null when it is not set.
    pub value: Option<String>,
    /// Where the value came from.
    pub source: String,
}

/// The answer of `demo`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Demo {
    /// The directory of the demo studio.
    pub directory: String,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// How many takes were rendered and uploaded.
    pub takes: usize,
    /// Their bytes in all.
    pub bytes: u64,
    /// The file that was downloaded and found identical; null with `dry_run`.
    pub downloaded: Option<String>,
    /// The mix of the release; null with `dry_run`.
    pub mix: Option<String>,
    /// The release; null with `dry_run`.
    pub release: Option<Release>,
}
