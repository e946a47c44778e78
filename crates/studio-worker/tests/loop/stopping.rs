//! How a worker ends.

use std::time::Duration;

use studio_core::CancellationToken;
use studio_core::queue::Error;
use studio_worker::{Handled, WorkerOptions};
use tokio::time::Instant;

use crate::queue::{Call, Failure, TestQueue};
use crate::support::{Running, fake};

const SECOND: Duration = Duration::from_secs(1);

/// Takes as many seconds as the message says.
fn sleeper() -> impl studio_worker::Handler + 'static {
    fake(|delivery| async move {
        tokio::time::sleep(SECOND * delivery.body.parse().unwrap()).await;
        Handled::Done
    })
}

#[tokio::test(start_paused = true)]
async fn what_is_under_way_is_finished_and_acknowledged() {
    let options = WorkerOptions { parallel: 2, ..WorkerOptions::default() };
    let running = Running::start(sleeper(), options);
    running.queue.put(&["5", "6", "7", "8"]).await;
    tokio::time::sleep(SECOND).await;
    let (queue, began) = (running.queue.clone(), Instant::now());
    let tally = running.stop().await;
    assert!(began.elapsed() < 6 * SECOND, "{:?}", began.elapsed());
    assert_eq!((tally.done, tally.retried), (2, 0));
    // Those that had not begun were never taken.
    let rest = queue.take().await;
    let rest: Vec<_> = rest.iter().map(|one| (&*one.body, one.received_count)).collect();
    assert_eq!(rest, [("7", 1), ("8", 1)]);
}

#[tokio::test(start_paused = true)]
async fn what_takes_longer_than_the_grace_is_given_back_at_once() {
    let options =
        WorkerOptions { grace: 3 * SECOND, visibility: 600 * SECOND, ..WorkerOptions::default() };
    let running = Running::start(sleeper(), options);
    running.queue.put(&["2", "9000", "9000"]).await;
    tokio::time::sleep(SECOND).await;
    let (queue, began) = (running.queue.clone(), Instant::now());
    let tally = running.stop().await;
    assert!(began.elapsed() < 4 * SECOND, "{:?}", began.elapsed());
    assert_eq!(tally.done, 1);
    let rest = queue.take().await;
    let rest: Vec<_> = rest.iter().map(|one| (&*one.body, one.received_count)).collect();
    assert_eq!(rest, [("9000", 2), ("9000", 2)]);
    assert_eq!(queue.len(), 2);
}

#[tokio::test(start_paused = true)]
async fn it_ends_while_all_its_places_are_taken_or_its_queue_is_away() {
    let options = WorkerOptions { parallel: 1, grace: SECOND, ..WorkerOptions::default() };
    let running = Running::start(sleeper(), options);
    running.queue.put(&["9000", "9000"]).await;
    tokio::time::sleep(SECOND).await;
    running.queue.fail(Call::Receive, Failure::Unreachable, 1000);
    running.queue.fail(Call::Extend, Failure::Unreachable, 1000);
    let began = Instant::now();
    running.stop().await;
    assert!(began.elapsed() < 3 * SECOND, "{:?}", began.elapsed());

    let running = Running::start(sleeper(), WorkerOptions::default());
    running.queue.fail(Call::Receive, Failure::Unreachable, 1000);
    tokio::time::sleep(600 * SECOND).await;
    let began = Instant::now();
    running.stop().await;
    assert!(began.elapsed() < SECOND, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_worker_that_is_dropped_leaves_its_messages_to_others() {
    let options = WorkerOptions { visibility: 30 * SECOND, ..WorkerOptions::default() };
    let running = Running::start(sleeper(), options);
    running.queue.put(&["9000", "0"]).await;
    tokio::time::sleep(100 * SECOND).await;
    running.task.abort();
    tokio::time::sleep(31 * SECOND).await;
    let rest = running.queue.take().await;
    assert_eq!(rest.len(), 1);
    assert_eq!((&*rest[0].body, running.queue.len()), ("9000", 1));
}

#[tokio::test(start_paused = true)]
async fn what_waiting_does_not_mend_at_the_first_request_is_an_error() {
    for failure in [Failure::NoSuchQueue, Failure::Denied, Failure::Expired] {
        let queue = TestQueue::new("work");
        queue.fail(Call::Receive, failure, 1);
        let (dead, options) = (TestQueue::new("dead"), WorkerOptions::default());
        let running = Running::on(queue, dead, sleeper(), options);
        let error = running.task.await.unwrap().unwrap_err();
        let as_expected = match failure {
            Failure::NoSuchQueue => matches!(error, Error::NoSuchQueue { .. }),
            Failure::Denied => matches!(error, Error::Denied { .. }),
            _ => matches!(error, Error::Credentials { .. }),
        };
        assert!(as_expected, "{failure:?}: {error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_queue_that_cannot_be_reached_at_first_is_waited_for() {
    let queue = TestQueue::new("work");
    queue.put(&["0"]).await;
    queue.fail(Call::Receive, Failure::Unreachable, 5);
    let dead = TestQueue::new("dead");
    let running = Running::on(queue, dead, sleeper(), WorkerOptions::default());
    running.drained().await;
    assert_eq!(running.stop().await.done, 1);
}

#[tokio::test(start_paused = true)]
async fn one_that_is_to_stop_takes_nothing() {
    let queue = TestQueue::new("work");
    queue.put(&["0"]).await;
    let worker = Running::on(queue, TestQueue::new("dead"), sleeper(), WorkerOptions::default());
    worker.task.abort();
    let shutdown = CancellationToken::new();
    shutdown.cancel();
    let tally = worker.worker.run(shutdown).await.unwrap();
    assert_eq!((tally.done, worker.queue.deliveries()), (0, 0));
}
