//! The service over real HTTP, on a real catalogue.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod assets;
mod connections;
mod description;
mod documents;
mod failures;
mod relay;
mod support;
mod watching;
