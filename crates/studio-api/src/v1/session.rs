//! The answers of `import` and `export`.

use serde::{Deserialize, Serialize};

use super::{GateFinding, UploadOutcome, Version};

/// The answer of `import`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// Whether nothing was done.
    pub dry_run: bool,
    /// The files that are versions now, or in a dry run would be.
    pub files: Vec<ImportedFile>,
    /// The files that are not, and why.
    pub refused: Vec<RefusedFile>,
    /// Bytes that went to the store.
    pub sent_bytes: u64,
    /// Bytes that an earlier attempt had sent before it broke off.
    pub kept_bytes: u64,
    /// What became of the picks that were delivered with the files; null where none were, and
    /// in a dry run.
    #[serde(default)]
    pub picks: Option<ImportedPicks>,
}

/// What became of the picks that came with versions that are stored.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedPicks {
    /// Those that are the picks of their tracks now.
    pub set: u64,
    /// Those that were it before.
    pub stood: u64,
    /// Tracks that something was said of here before: they keep their own.
    pub kept_own: u64,
    /// Those that could not be set.
    pub not_set: u64,
}

/// A file that is a version now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedFile {
    /// The file.
    pub file: String,
    /// The artist's name.
    pub artist: String,
    /// The song's title.
    pub song: String,
    /// The track's name.
    pub track: String,
    /// The version tag.
    pub version: String,
    /// Bytes.
    pub size: u64,
    /// What was done, or in a dry run would be; null where that was not looked up.
    pub outcome: Option<UploadOutcome>,
    /// Bytes that went to the store.
    pub sent_bytes: u64,
    /// What the profile found and let pass; in a dry run nothing is told of it.
    #[serde(default)]
    pub findings: Vec<GateFinding>,
}

/// A file that is no version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedFile {
    /// The file.
    pub file: String,
    /// Why.
    pub reason: String,
    /// All rules that it breaks, where a profile refuses it.
    #[serde(default)]
    pub findings: Vec<GateFinding>,
}

/// The answer of `export`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// Whether nothing was done.
    pub dry_run: bool,
    /// The files that are there now, or in a dry run would be.
    pub files: Vec<ExportedFile>,
    /// The files that are not, and why.
    pub failed: Vec<RefusedFile>,
}

/// A file of a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportedFile {
    /// The file.
    pub file: String,
    /// Whether it was there before, with the same bytes; in a dry run, whether it is.
    pub was_there: bool,
    /// The version.
    pub version: Version,
}
