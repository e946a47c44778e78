//! Messages between buckets, services and workers.
//!
//! [`Queue`] is the contract: at-least-once delivery, in no order that could be relied on.

mod error;
mod queue;

pub use error::{BoxError, Error, Result};
#[cfg(feature = "mock")]
pub use queue::MockQueue;
pub use queue::{
    Delivery, LONGEST_DELAY, LONGEST_WAIT, MOST_RECEIVED, Outgoing, Queue, Receipt, Receive,
};
