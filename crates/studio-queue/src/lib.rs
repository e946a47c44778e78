//! Messages between buckets, services and workers.
//!
//! [`Queue`] is the contract: at-least-once delivery, in no order that could be relied on.
//! [`MemoryQueue`] keeps messages in memory. [`event`] reads what the messages say,
//! [`dead_letter`] puts aside those that nobody can do anything with.

pub mod dead_letter;
mod error;
pub mod event;
mod memory;
mod queue;

pub use error::{BoxError, Error, Result};
pub use memory::MemoryQueue;
#[cfg(feature = "mock")]
pub use queue::MockQueue;
pub(crate) use queue::size_of;
pub use queue::{
    Delivery, LARGEST_MESSAGE, LONGEST_DELAY, LONGEST_VISIBILITY, LONGEST_WAIT, MOST_RECEIVED,
    Outgoing, Queue, Receipt, Receive,
};
