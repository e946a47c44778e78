//! The queue in memory passes the suite of every queue, and does what it alone promises.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use studio_queue::{Error, MemoryQueue, Outgoing, Queue, Receive};
use studio_testkit::queue_suite::QueueFixture;

struct Memory {
    queue: Arc<MemoryQueue>,
    dead: Arc<MemoryQueue>,
}

#[async_trait]
impl QueueFixture for Memory {
    async fn set_up() -> Option<Self> {
        let [queue, dead] = ["ingest", "ingest-dead"].map(|name| Arc::new(MemoryQueue::new(name)));
        Some(Self { queue, dead })
    }

    fn open(&self) -> Arc<dyn Queue> {
        Arc::clone(&self.queue) as Arc<dyn Queue>
    }

    fn open_dead(&self) -> Arc<dyn Queue> {
        Arc::clone(&self.dead) as Arc<dyn Queue>
    }
}

studio_testkit::queue_conformance!(Memory);

fn request(wait: u64, visibility: u64) -> Receive {
    let (wait, visibility) = (Duration::from_secs(wait), Duration::from_secs(visibility));
    Receive { max: 10, wait, visibility }
}

#[tokio::test(start_paused = true)]
async fn who_holds_a_message_no_longer_cannot_end_it() {
    let queue = MemoryQueue::new("ingest");
    queue.send(&[Outgoing::new("a")]).await.unwrap();
    let first = queue.receive(request(0, 30)).await.unwrap().remove(0);
    tokio::time::advance(Duration::from_secs(31)).await;
    // Nobody has it, but its time is over.
    let late = queue.extend(&first.receipt, Duration::from_secs(30)).await;
    assert!(matches!(late, Err(Error::ReceiptGone { .. })), "{late:?}");
    let second = queue.receive(request(0, 30)).await.unwrap().remove(0);
    queue.ack(&[first.receipt]).await.unwrap();
    assert_eq!(queue.len(), 1);
    queue.ack(&[second.receipt]).await.unwrap();
    assert!(queue.is_empty());
}

#[tokio::test(start_paused = true)]
async fn waits_are_no_longer_than_those_of_other_queues() {
    let queue = MemoryQueue::new("ingest");
    let begun = tokio::time::Instant::now();
    assert_eq!(queue.receive(request(1_000_000, 0)).await.unwrap(), []);
    assert_eq!(begun.elapsed().as_secs(), 20);
    queue.send(&[Outgoing { delay: Duration::MAX, ..Outgoing::new("a") }]).await.unwrap();
    tokio::time::advance(Duration::from_secs(15 * 60)).await;
    let held = Receive { visibility: Duration::MAX, ..request(1, 0) };
    assert_eq!(queue.receive(held).await.unwrap().len(), 1);
    tokio::time::advance(Duration::from_secs(12 * 60 * 60)).await;
    let again = queue.receive(request(1, 30)).await.unwrap().remove(0);
    queue.extend(&again.receipt, Duration::MAX).await.unwrap();
    tokio::time::advance(Duration::from_secs(12 * 60 * 60 - 1)).await;
    assert_eq!(queue.receive(request(0, 30)).await.unwrap(), []);
}

#[tokio::test]
async fn of_messages_of_which_one_is_too_large_none_is_sent() {
    let queue = MemoryQueue::with_largest("ingest", 10);
    let messages = ["0123456789", "0123456789a"].map(Outgoing::new);
    let refused = queue.send(&messages).await;
    assert!(matches!(refused, Err(Error::TooLarge { bytes: 11, .. })), "{refused:?}");
    assert!(queue.is_empty());
    queue.send(&messages[..1]).await.unwrap();
    assert_eq!(queue.len(), 1);
}
