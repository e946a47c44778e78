//! Releases: what keeps one from being made, what is frozen, and what is made of it again.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod again;
#[path = "../common/mod.rs"]
mod common;
mod frozen;
mod obstacle;
mod race;
mod session;
#[path = "../watched/mod.rs"]
mod watched;
