//! How messages are handled: so many at once, held, and tried again.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use studio_worker::{Handled, WorkerOptions};
use tokio::time::Instant;

use crate::queue::{Call, Failure};
use crate::support::{Running, broken, fake};

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn so_many_messages_are_handled_at_once_and_never_more() {
    let (now, most) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let (under_way, highest) = (now.clone(), most.clone());
    let handler = fake(move |_| {
        let (now, most) = (under_way.clone(), highest.clone());
        async move {
            most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::time::sleep(SECOND).await;
            now.fetch_sub(1, Ordering::SeqCst);
            Handled::Done
        }
    });
    let options = WorkerOptions { parallel: 7, ..WorkerOptions::default() };
    let running = Running::start(handler, options);
    let began = Instant::now();
    running.queue.put(&["a"; 70]).await;
    running.drained().await;
    assert_eq!(most.load(Ordering::SeqCst), 7);
    assert!(began.elapsed() < 12 * SECOND, "{:?}", began.elapsed());
    assert_eq!(running.queue.deliveries(), 70);
    assert_eq!(running.stop().await.done, 70);
}

/// A request costs a queue as much for one message as for ten.
#[tokio::test(start_paused = true)]
async fn places_that_fall_free_one_by_one_are_filled_together() {
    let handler = fake(|delivery| async move {
        // Each takes its own time, some milliseconds.
        let nth: u64 = delivery.body.parse().unwrap();
        tokio::time::sleep(Duration::from_millis(1 + nth * 7 % 13)).await;
        Handled::Done
    });
    let options = WorkerOptions { parallel: 32, ..WorkerOptions::default() };
    let running = Running::start(handler, options);
    let bodies: Vec<String> = (0..640).map(|nth| nth.to_string()).collect();
    running.queue.put(&bodies.iter().map(String::as_str).collect::<Vec<_>>()).await;
    running.drained().await;
    assert_eq!(running.queue.deliveries(), 640);
    // One more may wait at the empty queue, and one was before anything came.
    assert!(running.queue.receives() <= 64 + 4, "{}", running.queue.receives());
    assert_eq!(running.stop().await.done, 640);
}

/// What takes long keeps its places, and the others go on in those that are left.
#[tokio::test(start_paused = true)]
async fn a_few_free_places_are_enough() {
    let handler = fake(|delivery| async move {
        if delivery.body == "slow" {
            tokio::time::sleep(1000 * SECOND).await;
        }
        Handled::Done
    });
    let options = WorkerOptions { parallel: 12, ..WorkerOptions::default() };
    let running = Running::start(handler, options);
    running.queue.put(&["slow"; 10]).await;
    running.queue.put(&["quick"; 100]).await;
    let began = Instant::now();
    while running.worker.tally().done < 100 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(began.elapsed() < 5 * SECOND, "{:?}", began.elapsed());
    running.drained().await;
    assert_eq!(running.stop().await.done, 110);
}

#[tokio::test(start_paused = true)]
async fn a_message_is_held_for_as_long_as_it_is_worked_on() {
    let handler = fake(|_| async {
        tokio::time::sleep(1000 * SECOND).await;
        Handled::Done
    });
    let options = WorkerOptions { visibility: 2 * SECOND, ..WorkerOptions::default() };
    let running = Running::start(handler, options);
    // Some beats that fail do no harm.
    running.queue.fail(Call::Extend, Failure::Unreachable, 5);
    running.queue.put(&["a"]).await;
    running.drained().await;
    assert_eq!(running.queue.deliveries(), 1);
    assert_eq!(running.stop().await.done, 1);
}

/// Counts when it is dropped.
struct Dropped(Arc<AtomicU32>);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test(start_paused = true)]
async fn a_message_in_other_hands_is_not_worked_on_any_more() {
    let dropped = Arc::new(AtomicU32::new(0));
    let (counter, first) = (dropped.clone(), AtomicU32::new(0));
    let handler = fake(move |_| {
        let guard = Dropped(counter.clone());
        let is_first = first.fetch_add(1, Ordering::SeqCst) == 0;
        async move {
            if is_first {
                tokio::time::sleep(10_000 * SECOND).await;
            }
            std::mem::forget(guard);
            Handled::Done
        }
    });
    let running = Running::start(handler, WorkerOptions::default());
    running.queue.fail(Call::Extend, Failure::Gone, 1);
    running.queue.put(&["a"]).await;
    running.drained().await;
    assert_eq!(dropped.load(Ordering::SeqCst), 1);
    assert_eq!(running.queue.deliveries(), 2);
    assert_eq!(running.stop().await.done, 1);
}

#[tokio::test(start_paused = true)]
async fn what_fails_comes_back_after_growing_pauses() {
    let times = Arc::new(Mutex::new(Vec::new()));
    let seen = times.clone();
    let handler = fake(move |_| {
        let mut times = seen.lock().unwrap();
        times.push(Instant::now());
        let failing = times.len() < 14;
        async move { if failing { broken() } else { Handled::Done } }
    });
    let running = Running::start(handler, WorkerOptions::default());
    running.queue.put(&["a"]).await;
    running.drained().await;
    let times = times.lock().unwrap().clone();
    let pauses: Vec<f64> = times.windows(2).map(|two| (two[1] - two[0]).as_secs_f64()).collect();
    assert_eq!(pauses.len(), 13);
    for (n, pause) in pauses.iter().enumerate() {
        let full = f64::from(2 << n).min(900.0);
        // No request that waits for messages ends sooner than the message comes.
        assert!((full * 0.75..full + 1.5).contains(pause), "{n}: {pauses:?}");
    }
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.retried, tally.dead), (1, 13, 0));
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_acknowledged_is_handled_again() {
    let handled = Arc::new(AtomicU32::new(0));
    let counter = handled.clone();
    let handler = fake(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        async { Handled::Done }
    });
    let running = Running::start(handler, WorkerOptions::default());
    running.queue.fail(Call::Ack, Failure::Unreachable, 3);
    running.queue.put(&["a"]).await;
    running.drained().await;
    assert_eq!(handled.load(Ordering::SeqCst), 4);
    assert_eq!(running.stop().await.done, 4);
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_panics_has_failed_at_one_message() {
    let panics = AtomicU32::new(0);
    let handler = fake(move |delivery| {
        let panicking = delivery.body == "bad" && panics.fetch_add(1, Ordering::SeqCst) < 2;
        async move {
            assert!(!panicking, "of all things");
            Handled::Done
        }
    });
    let options = WorkerOptions { parallel: 1, ..WorkerOptions::default() };
    let running = Running::start(handler, options);
    running.queue.put(&["bad", "good", "good"]).await;
    let began = Instant::now();
    running.drained().await;
    // By the pauses of failures, not by those of messages that were forgotten.
    assert!(began.elapsed() < 15 * SECOND, "{:?}", began.elapsed());
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.retried, tally.dead), (3, 2, 0));
}
