//! What is put aside.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use studio_core::queue::dead_letter::DeadLetter;
use studio_core::queue::{Outgoing, Queue as _};
use studio_worker::{Handled, WorkerOptions};

use crate::queue::{Call, Failure, TestQueue};
use crate::support::{Running, broken, fake};

async fn letters(dead: &TestQueue) -> Vec<DeadLetter> {
    dead.take().await.into_iter().map(DeadLetter::from).collect()
}

#[tokio::test(start_paused = true)]
async fn what_nobody_can_do_anything_with_is_put_aside_as_it_was() {
    let handler = fake(|_| async {
        Handled::Dead { code: "not_json", detail: "it is\nnot JSON".to_owned() }
    });
    let running = Running::start(handler, WorkerOptions::default());
    let attributes = BTreeMap::from([("trace".to_owned(), "t-1".to_owned())]);
    let body = "{\"half\": \u{1f3b5}\r\n";
    let message = Outgoing { attributes: attributes.clone(), ..Outgoing::new(body) };
    running.queue.send(&[message]).await.unwrap();
    running.drained().await;
    let [letter] = &letters(&running.dead).await[..] else { panic!("one letter") };
    assert_eq!(letter.body, body);
    assert_eq!(letter.attributes, attributes);
    assert_eq!(letter.reason.as_deref(), Some("not_json"));
    assert_eq!(letter.detail.as_deref(), Some("it is not JSON"));
    assert_eq!(letter.source.as_deref(), Some("work"));
    assert_eq!((letter.received, letter.cut), (Some(1), None));
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.retried, tally.dead), (0, 0, 1));
}

#[tokio::test(start_paused = true)]
async fn what_failed_often_enough_is_put_aside_with_the_last_error() {
    let tries = Arc::new(AtomicU32::new(0));
    let counter = tries.clone();
    let handler = fake(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
        async { broken() }
    });
    let options = WorkerOptions { most_tries: 3, ..WorkerOptions::default() };
    let running = Running::start(handler, options);
    running.queue.put(&["a"]).await;
    running.drained().await;
    let [letter] = &letters(&running.dead).await[..] else { panic!("one letter") };
    assert_eq!(tries.load(Ordering::SeqCst), 3);
    assert_eq!(letter.body, "a");
    assert_eq!(letter.reason.as_deref(), Some("too_many_tries"));
    let detail = letter.detail.as_deref().unwrap();
    assert!(detail.contains("it is broken"), "{detail}");
    assert_eq!(letter.received, Some(3));
    let tally = running.stop().await;
    assert_eq!((tally.done, tally.retried, tally.dead), (0, 2, 1));
}

#[tokio::test(start_paused = true)]
async fn what_makes_the_handler_panic_each_time_is_put_aside() {
    let handler = fake(|_| async { panic!("no luck with {}", "this") });
    let options = WorkerOptions { most_tries: 2, ..WorkerOptions::default() };
    let running = Running::start(handler, options);
    running.queue.put(&["a"]).await;
    running.drained().await;
    let [letter] = &letters(&running.dead).await[..] else { panic!("one letter") };
    assert_eq!(letter.reason.as_deref(), Some("too_many_tries"));
    let detail = letter.detail.as_deref().unwrap();
    assert!(detail.contains("no luck with this"), "{detail}");
    assert_eq!(running.stop().await.dead, 1);
}

/// As if each of its handlings had ended the process.
#[tokio::test(start_paused = true)]
async fn what_comes_again_and_again_and_is_never_ended_is_put_aside() {
    let queue = TestQueue::new("work");
    queue.put(&["a"]).await;
    for _ in 0..60 {
        let taken = queue.take().await;
        queue.extend(&taken[0].receipt, Duration::ZERO).await.unwrap();
    }
    let handler = fake(|_| async { panic!("it is not tried again") });
    let options = WorkerOptions { most_tries: 3, ..WorkerOptions::default() };
    let running = Running::on(queue, TestQueue::new("dead"), handler, options);
    running.drained().await;
    let [letter] = &letters(&running.dead).await[..] else { panic!("one letter") };
    assert_eq!(letter.reason.as_deref(), Some("too_many_tries"));
    assert_eq!(letter.detail.as_deref(), Some("delivered 61 times and never done"));
    assert_eq!(running.stop().await.dead, 1);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_lost_when_nothing_can_be_put_aside() {
    for failure in [Failure::Unreachable, Failure::NoSuchQueue, Failure::Denied, Failure::Backend] {
        let running = Running::start(
            fake(|delivery| async move {
                match delivery.body.as_str() {
                    "good" => Handled::Done,
                    _ => Handled::Dead { code: "no_records", detail: "nothing".to_owned() },
                }
            }),
            WorkerOptions::default(),
        );
        running.dead.fail(Call::Send, failure, 70);
        running.queue.put(&["bad", "good", "bad", "good"]).await;
        running.drained().await;
        let letters = letters(&running.dead).await;
        let bodies: Vec<_> = letters.iter().map(|letter| &*letter.body).collect();
        assert_eq!(bodies, ["bad", "bad"], "{failure:?}");
        let tally = running.stop().await;
        assert_eq!((tally.done, tally.dead), (2, 2));
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_put_aside_and_not_acknowledged_is_put_aside_again() {
    let handler =
        fake(|_| async { Handled::Dead { code: "no_records", detail: "nothing".to_owned() } });
    let running = Running::start(handler, WorkerOptions::default());
    running.queue.fail(Call::Ack, Failure::Unreachable, 1);
    running.queue.put(&["bad"]).await;
    running.drained().await;
    let letters = letters(&running.dead).await;
    assert!(letters.iter().all(|letter| letter.body == "bad"), "{letters:?}");
    assert_eq!(letters.len(), 2);
    assert_eq!(running.stop().await.dead, 1);
}
