//! The loop of a worker, with handlers that only pretend, and a clock that is held.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod dead;
mod handling;
mod outages;
#[path = "../common/queue.rs"]
mod queue;
mod stopping;
mod support;
