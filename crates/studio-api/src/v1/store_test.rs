//! What a store was asked before it is trusted, and what came out.

use serde::{Deserialize, Serialize};

/// The answer of `store test`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreTest {
    /// The store.
    pub store: String,
    /// Whether nothing was asked, and the checks are only named.
    pub dry_run: bool,
    /// What follows from the checks; null with `dry_run`.
    pub verdict: Option<StoreVerdict>,
    /// Whether its bucket was not there, and was made.
    pub made_bucket: bool,
    /// How many checks passed.
    pub passed: usize,
    /// How many failed.
    pub failed: usize,
    /// How many were not asked.
    pub skipped: usize,
    /// What the store is without.
    pub missing: Vec<StoreCapability>,
    /// Every check, group by group.
    pub checks: Vec<StoreCheck>,
    /// How fast the store was; null where that was not measured.
    pub timing: Option<StoreTiming>,
    /// How long all of it took, in milliseconds.
    pub took_ms: u64,
}

/// What follows from the checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreVerdict {
    /// The store does all that studio makes use of.
    Trusted,
    /// It loses nothing; where it is without a capability, studio checks in a weaker way.
    Usable,
    /// It loses or damages versions, or may.
    Untrusted,
}

/// Something that a store may be without.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreCapability {
    /// A stable name.
    pub name: String,
    /// What the store would do.
    pub about: String,
    /// What studio does where it does not.
    pub instead: String,
}

/// One check and how it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreCheck {
    /// A stable name.
    pub name: String,
    /// What it is about, in a word.
    pub group: String,
    /// What holds where it passes.
    pub about: String,
    /// How much hangs on it.
    pub severity: StoreSeverity,
    /// The capability that a store without it lacks, where it is one.
    pub capability: Option<String>,
    /// How it ended.
    pub outcome: StoreOutcome,
    /// What was found instead, or why it was not asked; null where it passed.
    pub detail: Option<String>,
}

/// How much hangs on a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreSeverity {
    /// A store that fails it loses or damages versions, or may.
    Needed,
    /// A store that fails it is without a capability.
    Degrades,
    /// Studio does not rely on it.
    Nice,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoreOutcome {
    /// The store does it.
    Passed,
    /// It does not.
    Failed,
    /// It was not asked.
    Skipped,
}

/// How fast a store was, for information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreTiming {
    /// The middle one of a few writes of 1 KiB, in microseconds.
    pub small_put_us: u64,
    /// The middle one of a few reads of 1 KiB, in microseconds.
    pub small_get_us: u64,
    /// Bytes per second of a write of 2 MiB.
    pub put_rate: u64,
    /// Bytes per second of a read of 2 MiB.
    pub get_rate: u64,
}
