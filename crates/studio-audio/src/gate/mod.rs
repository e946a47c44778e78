//! The gate: whether a file may come in, and why not.
//!
//! A file is judged in two stages: by its header ([`judge_header`], on what
//! [`examine`](crate::probe::examine) gives, which takes two small reads of a WAV file of any
//! size), and by its content ([`judge_content`], on the facts of a pass over all samples),
//! which is only needed when [`Profile::needs_content`] says so. What is wrong is found in
//! one place and judged in another: a [`Profile`] says what each [`Rule`] is worth.

mod content;
mod judge;
mod profile;
mod rule;

pub use content::{CLIPPED_RUN, ContentFacts};
pub use judge::{Finding, Verdict, judge_content, judge_header};
pub use profile::{DC_OFFSET_LIMIT, Profile};
pub use rule::{Level, ParseRuleError, Rule, Stage};
