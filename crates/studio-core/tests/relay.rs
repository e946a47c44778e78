//! The relay of orders to delete objects: how patient it is, and what a failure costs.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use studio_core::queue::{
    Delivery, Error as QueueError, MemoryQueue, Outgoing, Queue, Receipt, Receive,
};
use studio_core::{Assets, CancellationToken, Relay, RelayWatch};
use studio_domain::{
    Asset, AssetId, AssetPlace, AssetStatus, DeletionOrder, Moment, ObjectState, OrderId, Timestamp,
};
use studio_repo::{Error, MockAssetRepo, MockOrderRepo};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use uuid::Uuid;

const NOW: Timestamp = Timestamp::from_micros(1_700_000_000_000_000);

fn place(key: &str) -> AssetPlace {
    AssetPlace { bucket: "ingest".parse().unwrap(), key: key.parse().unwrap() }
}

fn order(number: u128) -> DeletionOrder {
    DeletionOrder {
        id: OrderId::from_uuid(Uuid::from_u128(number)),
        asset: AssetId::from_uuid(Uuid::from_u128(number)),
        place: place(&format!("{number}.wav")),
        state: ObjectState { etag: Some("9b2c".to_owned()), version_id: None },
        ordered_at: NOW,
        sent_at: None,
    }
}

/// A relay at work.
struct Working {
    assets: Assets,
    watch: RelayWatch,
    stop: CancellationToken,
    running: JoinHandle<()>,
}

fn work(orders: MockOrderRepo, queue: Arc<dyn Queue>) -> Working {
    let assets = Assets::from_parts(Arc::new(MockAssetRepo::new()), Arc::new(orders));
    let relay = Relay::new(&assets, queue);
    let (watch, stop) = (relay.watch(), CancellationToken::new());
    let token = stop.clone();
    let running = tokio::spawn(async move { relay.run(token).await });
    Working { assets, watch, stop, running }
}

impl Working {
    async fn end(self) {
        self.stop.cancel();
        self.running.await.unwrap();
    }
}

/// Counts the looks, and gives these orders each time.
fn always(orders: Vec<DeletionOrder>, looks: &Arc<AtomicUsize>) -> MockOrderRepo {
    let looks = looks.clone();
    let mut repo = MockOrderRepo::new();
    repo.expect_due_orders().returning(move |_, _| {
        looks.fetch_add(1, Ordering::SeqCst);
        Ok(orders.clone())
    });
    repo
}

#[tokio::test(start_paused = true)]
async fn without_orders_it_looks_less_and_less_often() {
    let looks = Arc::new(AtomicUsize::new(0));
    let working = work(always(Vec::new(), &looks), Arc::new(MemoryQueue::new("q")));
    // At 0, 1, 3, 7 seconds, and every 5 from then on.
    sleep(Duration::from_millis(60_500)).await;
    assert_eq!(looks.load(Ordering::SeqCst), 14);
    assert!(!working.watch.is_failing());
    working.end().await;
}

#[tokio::test(start_paused = true)]
async fn an_order_wakes_it() {
    let looks = Arc::new(AtomicUsize::new(0));
    let mut orders = always(Vec::new(), &looks);
    orders.expect_order_deletion().returning(|id, _, now| {
        Ok(Asset {
            id,
            place: place("a.wav"),
            status: AssetStatus::Deleting,
            state: ObjectState::default(),
            size: None,
            moment: Moment::default(),
            facts: None,
            reasons: Vec::new(),
            warnings: Vec::new(),
            profile: None,
            filed: None,
            filing_problem: None,
            revision: 2,
            received_at: now,
            updated_at: now,
        })
    });
    let working = work(orders, Arc::new(MemoryQueue::new("q")));
    sleep(Duration::from_millis(8000)).await;
    assert_eq!(looks.load(Ordering::SeqCst), 4);
    working.assets.order_deletion(AssetId::from_uuid(Uuid::nil()), None).await.unwrap();
    sleep(Duration::from_millis(1)).await;
    assert_eq!(looks.load(Ordering::SeqCst), 5);
    working.end().await;
}

#[tokio::test(start_paused = true)]
async fn after_failures_it_waits_longer_and_longer() {
    let looks = Arc::new(AtomicUsize::new(0));
    // It takes no message of any size.
    let queue = Arc::new(MemoryQueue::with_largest("q", 1));
    let working = work(always(vec![order(1)], &looks), queue.clone());
    // At 0, 1, 3, 7, 15, 31, 63 seconds, and every 60 from then on.
    sleep(Duration::from_millis(600_500)).await;
    assert_eq!(looks.load(Ordering::SeqCst), 15);
    assert_eq!((working.watch.failures(), working.watch.sent()), (15, 0));
    assert!(working.watch.is_failing());
    assert!(queue.is_empty());
    let told = Instant::now();
    working.end().await;
    assert_eq!(told.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn more_than_a_batch_goes_out_at_once() {
    let mut batches = vec![(20..25).map(order).collect(), (10..20).map(order).collect()];
    batches.push((0..10).map(order).collect::<Vec<_>>());
    let mut orders = MockOrderRepo::new();
    orders.expect_due_orders().returning(move |_, limit| {
        assert_eq!(limit, 10);
        Ok(batches.pop().unwrap_or_default())
    });
    orders.expect_orders_sent().returning(|_, _| Ok(()));
    let queue = Arc::new(MemoryQueue::new("q"));
    let working = work(orders, queue.clone());
    sleep(Duration::from_millis(1)).await;
    assert_eq!((queue.len(), working.watch.sent()), (25, 25));
    working.end().await;
}

#[tokio::test(start_paused = true)]
async fn what_was_not_noted_as_sent_is_sent_again() {
    let mut orders = MockOrderRepo::new();
    orders.expect_due_orders().times(2).returning(|_, _| Ok(vec![order(1)]));
    orders.expect_due_orders().returning(|_, _| Ok(Vec::new()));
    let mut noted = 0;
    orders.expect_orders_sent().returning(move |_, _| {
        noted += 1;
        match noted {
            1 => Err(Error::Busy { action: "note that orders were sent" }),
            _ => Ok(()),
        }
    });
    let queue = Arc::new(MemoryQueue::new("q"));
    let working = work(orders, queue.clone());
    sleep(Duration::from_millis(500)).await;
    assert_eq!((queue.len(), working.watch.is_failing()), (1, true));
    sleep(Duration::from_millis(1000)).await;
    assert_eq!((queue.len(), working.watch.is_failing()), (2, false));
    assert_eq!(working.watch.failures(), 1);
    working.end().await;
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_does_not_answer_holds_nobody_up() {
    let looks = Arc::new(AtomicUsize::new(0));
    let working = work(always(vec![order(1)], &looks), Arc::new(Silent));
    sleep(Duration::from_secs(1)).await;
    let told = Instant::now();
    working.end().await;
    assert_eq!(told.elapsed(), Duration::from_secs(5));
}

/// A queue that never answers.
struct Silent;

#[async_trait]
impl Queue for Silent {
    fn name(&self) -> &str {
        "silent"
    }

    async fn receive(&self, _: Receive) -> Result<Vec<Delivery>, QueueError> {
        pending().await
    }

    async fn extend(&self, _: &Receipt, _: Duration) -> Result<(), QueueError> {
        pending().await
    }

    async fn ack(&self, _: &[Receipt]) -> Result<(), QueueError> {
        pending().await
    }

    async fn send(&self, _: &[Outgoing]) -> Result<(), QueueError> {
        pending().await
    }
}
