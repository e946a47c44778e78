//! Files that others put into a bucket: judged, put aside, filed, deleted; whatever comes in
//! between.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod crashes;
mod deletions;
mod drift;
mod events;
mod filing;
mod quarantine;
mod scene;
mod tripwire;
mod verdicts;
#[cfg(feature = "watch")]
mod watching;
