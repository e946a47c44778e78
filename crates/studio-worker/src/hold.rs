//! Holding a message while it is worked on.

use std::time::Duration;

use studio_core::queue::{Error as QueueError, Queue, Receipt};

/// How long a message is held at most: SQS takes it away after 12 hours.
const LONGEST_HOLD: Duration = Duration::from_secs(11 * 60 * 60 + 30 * 60);

/// Holds a message on and on. Returns when it is in other hands, or has been held for as long
/// as a queue lets anybody.
pub(crate) async fn hold(queue: &dyn Queue, receipt: &Receipt, visibility: Duration) {
    let beat = (visibility / 2).max(Duration::from_millis(1));
    let (mut held, mut pause) = (Duration::ZERO, beat);
    while held < LONGEST_HOLD {
        tokio::time::sleep(pause).await;
        held += pause;
        match queue.extend(receipt, visibility).await {
            Ok(()) => pause = beat,
            Err(QueueError::ReceiptGone { .. }) => return,
            // A few more tries fit into the time that is left.
            Err(error) => {
                tracing::warn!(%error, "a message could not be held; tried again");
                pause = (beat / 8).max(Duration::from_millis(1));
            }
        }
    }
}
