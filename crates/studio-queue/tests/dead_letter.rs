//! What becomes of dead letters when queues are small, full of others, or fail.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::collections::BTreeMap;
use std::time::Duration;

use studio_queue::dead_letter::{DETAIL, REASON, bury, list, redrive};
use studio_queue::{Delivery, Error, MemoryQueue, Outgoing, Queue, Receive};

async fn received(queue: &MemoryQueue, message: Outgoing) -> Delivery {
    queue.send(&[message]).await.unwrap();
    let request = Receive { max: 1, wait: Duration::ZERO, visibility: Duration::from_secs(600) };
    queue.receive(request).await.unwrap().remove(0)
}

#[tokio::test(start_paused = true)]
async fn what_a_small_queue_does_not_take_is_cut_at_a_character() {
    let queue = MemoryQueue::new("ingest");
    for largest in [1 << 20, 256 << 10, 64 << 10, 8 << 10, 2 << 10] {
        let dead = MemoryQueue::with_largest("dead", largest);
        let body = "日".repeat(largest / 3);
        let delivery = received(&queue, Outgoing::new(body.clone())).await;
        bury(&queue, &dead, &delivery, "not_json", "it is not JSON").await.unwrap();
        let letter = list(&dead, 1).await.unwrap().remove(0);
        assert_eq!(letter.cut, Some(body.len()), "{largest}");
        assert!(body.starts_with(&letter.body) && letter.body.len() > largest / 2, "{largest}");
    }
    assert!(queue.is_empty());
}

#[tokio::test]
async fn what_can_be_put_nowhere_stays() {
    let queue = MemoryQueue::new("ingest");
    let dead = MemoryQueue::with_largest("dead", 100);
    let delivery = received(&queue, Outgoing::new("x".repeat(5000))).await;
    let refused = bury(&queue, &dead, &delivery, "not_json", "it is not JSON").await;
    assert!(matches!(refused, Err(Error::TooLarge { .. })), "{refused:?}");
    assert_eq!((queue.len(), dead.len()), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_message_that_dies_twice_says_why_it_died_last() {
    let (queue, dead) = (MemoryQueue::new("ingest"), MemoryQueue::new("dead"));
    let attributes: BTreeMap<_, _> =
        (0..10).map(|number| (format!("a{number}"), number.to_string())).collect();
    let first = received(&queue, Outgoing { attributes, ..Outgoing::new("x") }).await;
    bury(&queue, &dead, &first, "first", "").await.unwrap();
    let request = Receive { max: 1, wait: Duration::ZERO, visibility: Duration::ZERO };
    let letter = dead.receive(request).await.unwrap().remove(0);
    // No more than a message can have, and none that is empty.
    assert_eq!(letter.attributes.len(), 5 + 3);
    assert!(!letter.attributes.contains_key(DETAIL));
    bury(&dead, &dead, &letter, "second", "\u{7}\u{ffff}").await.unwrap();
    let letters = list(&dead, 10).await.unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].reason.as_deref(), Some("second"));
    assert_eq!(letters[0].source.as_deref(), Some("dead"));
    assert!(!letters[0].attributes.contains_key(REASON));
}

#[tokio::test(start_paused = true)]
async fn what_dies_again_at_once_is_not_moved_again() {
    let (queue, dead) = (MemoryQueue::new("ingest"), MemoryQueue::new("dead"));
    for number in 0..30 {
        let delivery = received(&queue, Outgoing::new(number.to_string())).await;
        bury(&queue, &dead, &delivery, "bad_key", "it has no key").await.unwrap();
    }
    // The worst case: what is moved back is in the same queue at once.
    let told = redrive(&dead, &dead, usize::MAX, None).await.unwrap();
    assert_eq!((told.moved, told.more), (30, false));
    assert_eq!(dead.len(), 30);
}

#[tokio::test(start_paused = true)]
async fn many_others_do_not_hide_what_is_asked_for() {
    let (queue, dead) = (MemoryQueue::new("ingest"), MemoryQueue::new("dead"));
    for number in 0..50 {
        let delivery = received(&queue, Outgoing::new(number.to_string())).await;
        let reason = if number == 49 { "filing" } else { "bad_key" };
        bury(&queue, &dead, &delivery, reason, "it has no key").await.unwrap();
    }
    let told = redrive(&dead, &queue, 1, Some("filing")).await.unwrap();
    assert_eq!((told.moved, told.others), (1, 49));
    assert_eq!((queue.len(), dead.len()), (1, 49));
    assert_eq!(list(&dead, 100).await.unwrap().len(), 49);
}
