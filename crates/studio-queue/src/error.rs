//! What can go wrong with a queue.

use studio_domain::CredentialProblem;

/// The result of a queue's operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of a library below, of which only the text matters.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// An error of a queue.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no such queue.
    #[error("there is no queue {queue}")]
    NoSuchQueue {
        /// Its name or URL.
        queue: String,
    },
    /// The message was acknowledged, or is in other hands by now.
    #[error("the receipt of a message from {queue} is no longer good")]
    ReceiptGone {
        /// The queue.
        queue: String,
    },
    /// The message is larger than the queue takes.
    #[error("a message of {bytes} bytes is too large for {queue}")]
    TooLarge {
        /// The queue.
        queue: String,
        /// The message's size, attributes included.
        bytes: usize,
    },
    /// The queue's server does not know who is asking, or forbids it.
    #[error("{queue} does not permit to {action}")]
    Denied {
        /// The queue.
        queue: String,
        /// What was to be done.
        action: &'static str,
        /// What the server said.
        source: BoxError,
    },
    /// There are no good credentials for the queue's server.
    #[error("cannot sign in to {queue}: {problem}")]
    Credentials {
        /// The queue.
        queue: String,
        /// What is wrong with them.
        problem: Box<CredentialProblem>,
        /// What the server said.
        source: BoxError,
    },
    /// The server does not answer, or answers that it cannot serve now.
    #[error("cannot reach {endpoint} for {queue}")]
    Unreachable {
        /// The server's address.
        endpoint: String,
        /// The queue.
        queue: String,
        /// What happened.
        source: BoxError,
    },
    /// Anything else.
    #[error("cannot {action} {queue}")]
    Backend {
        /// What was to be done.
        action: &'static str,
        /// The queue.
        queue: String,
        /// What happened.
        source: BoxError,
    },
}
