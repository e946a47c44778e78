//! What a store was asked, what came out, and what follows from it.

use std::time::Duration;

use studio_domain::StoreUrl;

/// Something a store may be without; studio then does something weaker instead.
#[derive(Debug, PartialEq, Eq)]
pub struct Capability {
    /// A stable kebab-case name.
    pub name: &'static str,
    /// What the store would do.
    pub about: &'static str,
    /// What studio does where it does not.
    pub instead: &'static str,
}

/// How much hangs on a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// A store that fails it loses or damages versions, or may.
    Needed,
    /// A store that fails it is without this capability.
    Degrades(&'static Capability),
    /// Studio does not rely on it; good to know where other programs use the store too.
    Nice,
}

/// One question to a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Check {
    /// A stable kebab-case name.
    pub name: &'static str,
    /// What holds where it passes.
    pub about: &'static str,
    /// How much hangs on it.
    pub severity: Severity,
}

impl Check {
    pub(super) const fn needed(name: &'static str, about: &'static str) -> Self {
        Self { name, about, severity: Severity::Needed }
    }

    pub(super) const fn degrades(
        name: &'static str,
        about: &'static str,
        capability: &'static Capability,
    ) -> Self {
        Self { name, about, severity: Severity::Degrades(capability) }
    }

    pub(super) const fn nice(name: &'static str, about: &'static str) -> Self {
        Self { name, about, severity: Severity::Nice }
    }
}

/// How a check ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The store does it.
    Passed,
    /// It does not.
    Failed {
        /// What was found instead.
        found: String,
    },
    /// It was not asked.
    Skipped {
        /// Why.
        why: String,
    },
}

/// A check and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckResult {
    /// The check.
    pub check: Check,
    /// What it is about, in a word.
    pub group: &'static str,
    /// How it ended.
    pub outcome: Outcome,
}

impl CheckResult {
    /// Whether the store does not do it.
    pub fn has_failed(&self) -> bool {
        matches!(self.outcome, Outcome::Failed { .. })
    }
}

/// What follows for whoever wants to keep versions in the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It does all that studio makes use of.
    Trusted,
    /// It loses nothing; where it is without a capability, studio checks in a weaker way.
    Usable,
    /// It loses or damages versions, or may.
    Untrusted,
}

/// How many checks ended in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// The store does it.
    pub passed: usize,
    /// It does not.
    pub failed: usize,
    /// Not asked.
    pub skipped: usize,
}

/// How fast the store was while nothing else was asked of it. For information alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Timing {
    /// The middle one of a few writes of 1 KiB.
    pub small_put: Duration,
    /// The middle one of a few reads of 1 KiB.
    pub small_get: Duration,
    /// Bytes per second of one write of 2 MiB.
    pub put_rate: u64,
    /// Bytes per second of one read of 2 MiB.
    pub get_rate: u64,
}

/// All that was found out about a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreReport {
    /// The store.
    pub store: StoreUrl,
    /// Whether its bucket was not there, and was made.
    pub made_bucket: bool,
    /// Every check, group by group.
    pub checks: Vec<CheckResult>,
    /// How fast it was; nothing where that could not be measured.
    pub timing: Option<Timing>,
    /// How long all of it took.
    pub took: Duration,
}

impl StoreReport {
    /// How many checks ended in which way.
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for result in &self.checks {
            match result.outcome {
                Outcome::Passed => counts.passed += 1,
                Outcome::Failed { .. } => counts.failed += 1,
                Outcome::Skipped { .. } => counts.skipped += 1,
            }
        }
        counts
    }

    /// The checks that failed.
    pub fn failures(&self) -> impl Iterator<Item = &CheckResult> {
        self.checks.iter().filter(|result| result.has_failed())
    }

    /// The capabilities that the store is without, each once, in the order of the checks.
    pub fn missing(&self) -> Vec<&'static Capability> {
        let mut missing: Vec<&'static Capability> = Vec::new();
        for result in self.failures() {
            if let Severity::Degrades(capability) = result.check.severity
                && !missing.contains(&capability)
            {
                missing.push(capability);
            }
        }
        missing
    }

    /// What follows from it.
    pub fn verdict(&self) -> Verdict {
        let mut failed = self.failures().map(|result| result.check.severity);
        if failed.any(|severity| severity == Severity::Needed) {
            return Verdict::Untrusted;
        }
        match self.missing().is_empty() {
            true => Verdict::Trusted,
            false => Verdict::Usable,
        }
    }
}
