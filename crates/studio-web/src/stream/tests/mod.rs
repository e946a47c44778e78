//! Streams over real TCP.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod answers;
mod endings;
mod support;
