//! What cannot be reached is waited for, and nothing is lost by that.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use studio_worker::{Handled, Handler, WorkerOptions};
use tokio::time::Instant;

use crate::queue::{Call, Failure};
use crate::support::{Running, fake, unavailable};

const SECOND: Duration = Duration::from_secs(1);

/// Needs something that is away as long as it is said; counts its tries.
fn needy(away: &Arc<AtomicBool>, tries: &Arc<AtomicU32>) -> impl Handler + 'static {
    let (away, tries) = (away.clone(), tries.clone());
    fake(move |_| {
        tries.fetch_add(1, Ordering::SeqCst);
        let away = away.load(Ordering::SeqCst);
        async move { if away { unavailable() } else { Handled::Done } }
    })
}

fn shared() -> (Arc<AtomicBool>, Arc<AtomicU32>) {
    (Arc::new(AtomicBool::new(true)), Arc::default())
}

#[tokio::test(start_paused = true)]
async fn an_outage_puts_nothing_aside_however_long_it_takes() {
    let (away, tries) = shared();
    let options = WorkerOptions { most_tries: 5, ..WorkerOptions::default() };
    let running = Running::start(needy(&away, &tries), options);
    running.queue.put(&["a", "b"]).await;
    // At a quarter of an hour each, far more tries than there are.
    tokio::time::sleep(6 * 3600 * SECOND).await;
    assert!(tries.load(Ordering::SeqCst) > 30, "{tries:?}");
    assert_eq!((running.worker.tally().done, running.dead.len()), (0, 0));
    away.store(false, Ordering::SeqCst);
    running.drained().await;
    assert_eq!(running.dead.len(), 0);
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.dead), (2, 0));
}

#[tokio::test(start_paused = true)]
async fn an_outage_pauses_the_whole_loop_and_ends() {
    let (away, tries) = shared();
    let running = Running::start(needy(&away, &tries), WorkerOptions::default());
    running.queue.put(&["a"; 500]).await;
    tokio::time::sleep(600 * SECOND).await;
    let tried = tries.load(Ordering::SeqCst);
    assert!((10..50).contains(&tried), "{tried} tries in ten minutes");
    away.store(false, Ordering::SeqCst);
    let began = Instant::now();
    running.drained().await;
    // Those that had been tried come back a little later.
    assert!(began.elapsed() < 900 * SECOND, "{:?}", began.elapsed());
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.dead), (500, 0));
}

#[tokio::test(start_paused = true)]
async fn messages_that_fail_together_are_one_failure() {
    let (away, tries) = shared();
    let running = Running::start(needy(&away, &tries), WorkerOptions::default());
    running.queue.put(&["a"; 8]).await;
    tokio::time::sleep(SECOND / 10).await;
    assert_eq!(tries.load(Ordering::SeqCst), 8);
    away.store(false, Ordering::SeqCst);
    let began = Instant::now();
    running.drained().await;
    assert!(began.elapsed() < 5 * SECOND, "{:?}", began.elapsed());
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_fails_in_mid_run_is_waited_for() {
    let (away, tries) = shared();
    away.store(false, Ordering::SeqCst);
    let failures = [
        Failure::NoSuchQueue,
        Failure::Denied,
        Failure::Expired,
        Failure::Unreachable,
        Failure::Backend,
    ];
    for failure in failures {
        let running = Running::start(needy(&away, &tries), WorkerOptions::default());
        running.queue.put(&["a"; 20]).await;
        running.drained().await;
        for call in [Call::Receive, Call::Ack, Call::Extend] {
            running.queue.fail(call, failure, 12);
        }
        running.queue.put(&["a"; 20]).await;
        running.drained().await;
        assert!(!running.task.is_finished(), "{failure:?}");
        let tally = running.stop().await;
        assert!(tally.done >= 40 && tally.dead == 0, "{failure:?}: {tally:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_back_is_asked_without_pauses() {
    let (away, tries) = shared();
    away.store(false, Ordering::SeqCst);
    let running = Running::start(needy(&away, &tries), WorkerOptions::default());
    running.queue.put(&["a"]).await;
    running.drained().await;
    running.queue.fail(Call::Receive, Failure::Unreachable, 12);
    // Empty all the while: no message tells that it is back.
    tokio::time::sleep(1000 * SECOND).await;
    running.queue.put(&["a"]).await;
    let began = Instant::now();
    running.drained().await;
    assert!(began.elapsed() < 2 * SECOND, "{:?}", began.elapsed());
    running.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_is_purged_takes_what_is_in_hand_with_it() {
    let dropped = Arc::new(AtomicU32::new(0));
    let done = dropped.clone();
    let handler = fake(move |delivery| {
        let done = done.clone();
        async move {
            if delivery.body == "slow" {
                tokio::time::sleep(3600 * SECOND).await;
            }
            done.fetch_add(1, Ordering::SeqCst);
            Handled::Done
        }
    });
    let running = Running::start(handler, WorkerOptions::default());
    running.queue.put(&["slow"; 30]).await;
    tokio::time::sleep(10 * SECOND).await;
    running.queue.purge();
    tokio::time::sleep(100 * SECOND).await;
    running.queue.put(&["a"; 30]).await;
    let began = Instant::now();
    running.drained().await;
    assert!(began.elapsed() < 100 * SECOND, "{:?}", began.elapsed());
    assert_eq!(dropped.load(Ordering::SeqCst), 30);
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.dead), (30, 0));
}
