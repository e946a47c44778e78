//! What stands in stores for good: its JSON never changes, and whatever is read returns.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod arbitrary;
mod choices;
mod laws;
mod releases;
mod sound;
mod versions;
