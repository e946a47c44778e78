//! The loops that take messages from queues and do what they ask for.
//!
//! [`Worker`] is the loop: it holds messages while they are worked on, acknowledges them when
//! all is done, gives them back when something is not to be reached, and puts those aside
//! that nobody can do anything with. What a message means is a [`Handler`]'s affair:
//! [`ProbeHandler`] judges files that came into a bucket, [`DeleteHandler`] deletes objects.

mod acknowledge;
mod announce;
mod backoff;
mod delete;
mod error;
mod handler;
mod hold;
mod probe;
mod worker;

pub use announce::AssetService;
pub use delete::DeleteHandler;
pub use error::{Error, Result};
pub use handler::{Handled, Handler};
pub use probe::ProbeHandler;
pub use worker::{Tally, Worker, WorkerOptions};
