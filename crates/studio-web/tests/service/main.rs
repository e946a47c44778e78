//! The service over real HTTP, on a real catalogue.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod assets;
mod compression;
mod connections;
mod description;
mod discogs;
mod documents;
mod entrance;
mod failures;
mod frame;
mod music;
mod players;
mod relay;
#[path = "../seed/mod.rs"]
mod seed;
mod shares;
mod site;
mod slow;
mod support;
mod watching;
