//! What strangers put into buckets and queues, and what goes wrong around a worker.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

#[path = "../common/bucket.rs"]
mod bucket;
#[path = "../common/catalog.rs"]
mod catalog;
#[path = "../common/dice.rs"]
mod dice;
mod objects;
#[path = "../common/queue.rs"]
mod queue;
#[path = "../common/rig.rs"]
mod rig;
mod surroundings;
