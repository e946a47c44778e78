//! A guard around parsers of others.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{Error, Result};

/// Runs a parser of others; that it panics is said of the bytes that it was given.
///
/// A panic of lofty is known, and none of symphonia on the releases used here; both are
/// guarded, since no list of bad files is complete. What the parser worked on is dropped
/// by the caller after a panic, so that nothing half-changed is used again.
pub(crate) fn guarded<T>(parser: &str, parse: impl FnOnce() -> T) -> Result<T> {
    catch_unwind(AssertUnwindSafe(parse))
        .map_err(|_| Error::malformed(format!("the {parser} gave up on it")))
}
