//! Messages between buckets, services and workers.
//!
//! [`Queue`] is the contract: at-least-once delivery, in no order that could be relied on.
//! [`event`] reads what the messages say.

mod error;
pub mod event;
mod queue;

pub use error::{BoxError, Error, Result};
#[cfg(feature = "mock")]
pub use queue::MockQueue;
pub use queue::{
    Delivery, LONGEST_DELAY, LONGEST_WAIT, MOST_RECEIVED, Outgoing, Queue, Receipt, Receive,
};
