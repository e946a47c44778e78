//! The answers of the commands that keep what is stored.

use serde::{Deserialize, Serialize};
use studio_domain::{Damage, ReleaseName, TrashedVersion, VersionDetails, VersionPath};

use super::{AudioFormat, Measured, Version, VersionStatus};
use crate::format_time;

/// A version as the catalogue has it now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CataloguedVersion {
    /// What was recorded when it was stored.
    #[serde(flatten)]
    pub version: Version,
    /// When its bytes were last read back in full, in RFC 3339; null if never.
    pub checked_at: Option<String>,
    /// What was wrong with them then; null if nothing.
    pub damage: Option<DamageKind>,
    /// What its header says; null when it is not sound, or was not looked at yet.
    pub audio: Option<AudioFormat>,
    /// What decoding all of it found; null when that was not done yet.
    pub measured: Option<Measured>,
    /// How good somebody found it last; null when nobody said.
    pub status: Option<VersionStatus>,
    /// Whether it is the pick of its track.
    pub picked: bool,
    /// How many releases use it.
    pub releases: u32,
}

impl CataloguedVersion {
    /// A version with what is known and thought of it.
    pub fn new(version: &studio_domain::Version, details: &VersionDetails) -> Self {
        let sound = details.sound.as_ref();
        let status = details.mark.as_ref().and_then(|mark| mark.status);
        Self {
            audio: sound.map(|sound| AudioFormat::from(&sound.format)),
            measured: sound.and_then(|sound| sound.measured.as_ref()).map(Measured::from),
            status: status.and_then(VersionStatus::of),
            picked: details.picked,
            releases: details.releases,
            version: Version::from(&version.record),
            checked_at: version.check.map(|check| format_time(check.at)),
            damage: version.check.and_then(|check| check.damage).map(DamageKind::from),
        }
    }
}

/// What is wrong with stored bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DamageKind {
    /// The store has no such object.
    Missing,
    /// There are more or fewer bytes than were stored.
    WrongSize,
    /// There are as many bytes as were stored, but others.
    WrongDigest,
    /// The store does not give all of them.
    Unreadable,
}

impl From<Damage> for DamageKind {
    fn from(damage: Damage) -> Self {
        match damage {
            Damage::Missing => Self::Missing,
            Damage::WrongSize => Self::WrongSize,
            Damage::WrongDigest => Self::WrongDigest,
            Damage::Unreadable => Self::Unreadable,
        }
    }
}

/// The answer of `verify`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// Whether nothing was recorded.
    #[serde(default)]
    pub dry_run: bool,
    /// Whether every byte was read.
    pub full: bool,
    /// Versions that were looked at.
    pub versions: u64,
    /// Objects that their bytes are in.
    pub objects: u64,
    /// Bytes that these objects have.
    pub bytes: u64,
    /// Objects of which nothing but the size could be compared.
    pub by_size_only: u64,
    /// Versions whose bytes are in an archive, and could not be read.
    #[serde(default)]
    pub archived: u64,
    /// Versions in another store, which were not looked at.
    pub elsewhere: u64,
    /// Objects of what is published that no version has.
    #[serde(default)]
    pub published: u64,
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// What is wrong with those of what is published.
    #[serde(default)]
    pub published_findings: Vec<ObjectFinding>,
}

/// A version whose bytes are not what they should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What is wrong.
    pub damage: DamageKind,
    /// The version.
    pub version: Version,
}

/// The answer of `scrub`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scrubbed {
    /// Whether nothing was recorded.
    #[serde(default)]
    pub dry_run: bool,
    /// Objects that were read.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that there are.
    pub of_objects: u64,
    /// Bytes that there are.
    pub of_bytes: u64,
    /// Objects that are in an archive, and could not be read.
    #[serde(default)]
    pub archived: u64,
    /// What is wrong.
    pub findings: Vec<ObjectFinding>,
}

/// An object that is not what it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectFinding {
    /// What is wrong.
    pub damage: DamageKind,
    /// The object.
    pub object_key: String,
}

/// A version in the trash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trashed {
    /// When it was thrown away, in RFC 3339.
    pub trashed_at: String,
    /// When its time in the trash is over, in RFC 3339; one that a release uses stays longer.
    pub expires_at: String,
    /// The version.
    pub version: Version,
    /// The releases of its song that use it: for their sake it is never removed.
    #[serde(default)]
    pub releases: Vec<String>,
}

impl Trashed {
    /// A version in a trash where versions stay for `retention`, and the releases that use it.
    pub fn new(
        trashed: &TrashedVersion,
        retention: std::time::Duration,
        releases: &[ReleaseName],
    ) -> Self {
        Self {
            trashed_at: format_time(trashed.trashed_at),
            expires_at: format_time(trashed.trashed_at.after(retention)),
            version: Version::from(&trashed.record),
            releases: releases.iter().map(ToString::to_string).collect(),
        }
    }
}

/// The answer of `rm`, and of `trash restore`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashMove {
    /// Whether nothing was done.
    pub dry_run: bool,
    /// The version in the trash: as it is there now, or was.
    pub trashed: Trashed,
    /// In the answer of `rm`: whether it is the pick of its track.
    #[serde(default)]
    pub picked: bool,
    /// The names of the releases that use it, oldest first: it is not purged.
    #[serde(default)]
    pub releases: Vec<String>,
}

/// The answer of `trash list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashList {
    /// What is in the trash, oldest first.
    pub trash: Vec<Trashed>,
}

/// The answer of `trash purge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purged {
    /// Whether nothing was done.
    pub dry_run: bool,
    /// The versions that are gone.
    pub versions: Vec<Version>,
    /// Objects that went with them.
    pub objects: u64,
    /// The bytes that these had.
    pub bytes: u64,
    /// Versions that stay because a release uses them.
    #[serde(default)]
    pub kept: Vec<KeptVersion>,
    /// Manifests that cannot be read, and keep objects from going.
    #[serde(default)]
    pub unreadable: Vec<String>,
}

/// A version that stays in the trash because a release uses it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptVersion {
    /// The version.
    #[serde(flatten)]
    pub version: Version,
    /// The names of the releases, oldest first; empty where only a manifest in the store tells
    /// of one.
    #[serde(default)]
    pub releases: Vec<String>,
}

/// The answer of `gc`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cleared {
    /// Whether nothing was done.
    pub dry_run: bool,
    /// Removals that had been decided before.
    pub pending: u64,
    /// Versions whose time in the trash was over.
    pub purged: Vec<Version>,
    /// Versions whose time was over as well, and that stay because a release uses them.
    #[serde(default)]
    pub kept: Vec<KeptVersion>,
    /// Objects that nothing named.
    pub orphans: Vec<Orphan>,
    /// Objects that nothing names and that are too young to be removed.
    pub young_orphans: u64,
    /// What had been made of sources that are gone.
    #[serde(default)]
    pub renditions: Vec<Orphan>,
    /// Unfinished uploads and temporary files.
    pub uploads: u64,
    /// Claims of uploads that died.
    pub claims: u64,
    /// Manifests that cannot be read and keep orphans from being removed.
    pub unreadable: Vec<String>,
    /// How many seconds the clocks of this machine and the store are apart; null if that is
    /// little, or was not looked up, as in a dry run.
    #[serde(default)]
    pub clocks_apart_s: Option<u64>,
}

/// An object that nothing names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Orphan {
    /// Its key.
    pub object_key: String,
    /// Its bytes.
    pub size: u64,
}

/// The answer of `doctor`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Whether every byte and every manifest was read.
    pub full: bool,
    /// Versions in the catalogue.
    pub versions: u64,
    /// Versions in the trash.
    pub trashed: u64,
    /// Objects in the store.
    pub objects: u64,
    /// Objects of which nothing but the size could be compared.
    pub by_size_only: u64,
    /// Objects that are in an archive, and could not be read.
    #[serde(default)]
    pub archived: u64,
    /// Objects that nothing names and that are too young to be called orphans.
    pub young_orphans: u64,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Which kind of problem.
    pub kind: String,
    /// What it is, for people.
    pub description: String,
    /// The version, object, file or upload.
    pub subject: String,
    /// What was done about it; null if nothing was tried.
    pub repaired: Option<bool>,
    /// What was done, or why nothing could be; null if nothing was tried.
    pub outcome: Option<String>,
}

/// The answer of `recover`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recovered {
    /// Whether nothing was done.
    pub dry_run: bool,
    /// The backup that was used; null if none was.
    pub backup: Option<String>,
    /// Versions that were in the catalogue before, those of the backup included.
    pub known: u64,
    /// Versions that came from their manifests.
    pub versions: u64,
    /// Versions that came into the trash.
    pub trashed: u64,
    /// Versions that left because they had been purged.
    pub forgotten: u64,
    /// Versions that came back from the trash: they had been taken back since the backup.
    #[serde(default)]
    pub taken_back: u64,
    /// Picks that came from the store.
    #[serde(default)]
    pub picks: u64,
    /// Marks that came from the store.
    #[serde(default)]
    pub marks: u64,
    /// Releases that came from the store.
    #[serde(default)]
    pub releases: u64,
    /// Albums that came from the store, or came to a later state.
    #[serde(default)]
    pub albums: u64,
    /// Recordings that did.
    #[serde(default)]
    pub recordings: u64,
    /// Playlists that did.
    #[serde(default)]
    pub playlists: u64,
    /// Albums, recordings and playlists that left because they had been taken out.
    #[serde(default)]
    pub unpublished: u64,
    /// Versions that were put into the trash because a later one has their place.
    pub superseded: Vec<Version>,
    /// What cannot be read among the manifests.
    pub unreadable: Vec<Unreadable>,
    /// How many versions have no bytes in the store.
    pub without_object: u64,
    /// Which they are.
    #[serde(default)]
    pub versions_without_object: Vec<VersionNames>,
    /// Recordings that have no bytes in the store.
    #[serde(default)]
    pub recordings_without_object: Vec<String>,
}

/// The names that lead to a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionNames {
    /// The artist's name.
    pub artist: String,
    /// The song's title.
    pub song: String,
    /// The track's name.
    pub track: String,
    /// The version tag.
    pub version: String,
}

impl From<&VersionPath> for VersionNames {
    fn from(path: &VersionPath) -> Self {
        let VersionPath { artist, song, track, tag } = path;
        Self {
            artist: artist.to_string(),
            song: song.to_string(),
            track: track.to_string(),
            version: tag.to_string(),
        }
    }
}

/// Something that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// Where it is.
    pub location: String,
    /// Why.
    pub reason: String,
}

/// The answer of `backup`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackedUp {
    /// Whether nothing was done.
    pub dry_run: bool,
    /// The copy that was made; null in a dry run.
    pub backup: Option<String>,
    /// Its bytes.
    pub size: u64,
    /// Copies that were removed, or would be.
    pub removed: Vec<String>,
    /// How many copies there are now.
    pub kept: u64,
}
