//! Acknowledging messages, several with one request.

use std::sync::Arc;
use std::time::Duration;

use studio_core::queue::{MOST_RECEIVED, Queue, Receipt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::error::chain;

/// How long the first of some receipts waits for others.
const GATHERING: Duration = Duration::from_millis(50);

/// Acknowledges what is sent to it. One that fails is only told: its message comes again, and
/// has no effect a second time.
pub(crate) struct Acknowledger {
    sender: mpsc::UnboundedSender<Receipt>,
    task: JoinHandle<()>,
}

impl Acknowledger {
    pub(crate) fn start(queue: Arc<dyn Queue>) -> Self {
        let (sender, receiver) = mpsc::unbounded_channel();
        Self { sender, task: tokio::spawn(run(queue, receiver)) }
    }

    pub(crate) fn sender(&self) -> mpsc::UnboundedSender<Receipt> {
        self.sender.clone()
    }

    /// Waits until all is acknowledged. Nobody else may hold a sender any more.
    pub(crate) async fn finish(self) {
        drop(self.sender);
        if let Err(error) = self.task.await {
            tracing::error!(error = chain(&error), "messages were not acknowledged");
        }
    }
}

async fn run(queue: Arc<dyn Queue>, mut receiver: mpsc::UnboundedReceiver<Receipt>) {
    while let Some(first) = receiver.recv().await {
        let mut receipts = vec![first];
        let others = async {
            while receipts.len() < MOST_RECEIVED
                && let Some(receipt) = receiver.recv().await
            {
                receipts.push(receipt);
            }
        };
        // Running out of time is the rule.
        let _ = tokio::time::timeout(GATHERING, others).await;
        if let Err(error) = queue.ack(&receipts).await {
            tracing::warn!(error = chain(&error), "messages were not acknowledged, and come again");
        }
    }
}
