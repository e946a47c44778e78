//! Publishing: albums, recordings, playlists, and that the store alone rebuilds them.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod albums;
mod care;
#[path = "../common/mod.rs"]
mod common;
mod playlists;
mod recordings;
mod recovery;
mod stage;
