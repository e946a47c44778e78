//! Messages in hand: how long, whose, and until when.

use std::time::{Duration, Instant};

use studio_queue::{Error, Receipt};

use super::{LONG, QueueFixture, none, one, seconds, send};

/// Nobody else gets a message that somebody has in hand.
pub async fn a_message_in_hand_is_not_delivered(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    send(&*queue, "mine").await;
    one(&*queue, LONG).await;
    none(&*queue).await;
    none(&*fixture.open()).await;
}

/// When its time has passed, a message comes again: the same, with another receipt.
pub async fn what_is_not_acknowledged_comes_again(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    send(&*queue, "again").await;
    let first = one(&*queue, seconds(1)).await;
    let second = one(&*queue, LONG).await;
    assert_eq!(second.body, first.body);
    assert_eq!(second.id, first.id);
    assert_ne!(second.receipt, first.receipt);
    assert_eq!((first.received_count, second.received_count), (1, 2));
    assert_eq!(second.sent_at, first.sent_at);
}

/// A message can be held for longer, and comes again when that has passed.
pub async fn what_is_extended_is_held_longer(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    send(&*queue, "long work").await;
    let first = one(&*queue, seconds(2)).await;
    let begun = Instant::now();
    queue.extend(&first.receipt, seconds(5)).await.unwrap();
    tokio::time::sleep(seconds(3)).await;
    none(&*queue).await;
    let second = one(&*queue, LONG).await;
    assert_eq!(second.id, first.id);
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(4000), "{took:?}");
}

/// A message given back comes at once, also to those who wait already.
pub async fn what_is_given_back_comes_at_once(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    send(&*queue, "not for me").await;
    let first = one(&*queue, LONG).await;
    let other = fixture.open();
    let waiting = tokio::spawn(async move { one(&*other, LONG).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    queue.extend(&first.receipt, Duration::ZERO).await.unwrap();
    let second = waiting.await.unwrap();
    assert_eq!(second.id, first.id);
    assert_eq!(second.received_count, 2);
    none(&*queue).await;
}

/// What was acknowledged does not come again, however often that is said.
pub async fn what_is_acknowledged_is_gone(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    for text in ["kept", "done"] {
        send(&*queue, text).await;
    }
    let (left, right) = (one_of(fixture).await, one_of(fixture).await);
    let (kept, done) = if left.body == "kept" { (left, right) } else { (right, left) };
    let receipts = [done.receipt];
    queue.ack(&receipts).await.unwrap();
    queue.ack(&receipts).await.unwrap();
    queue.extend(&kept.receipt, Duration::ZERO).await.unwrap();
    assert_eq!(one(&*queue, LONG).await.body, "kept");
    none(&*queue).await;
}

async fn one_of(fixture: &impl QueueFixture) -> studio_queue::Delivery {
    let request = studio_queue::Receive { max: 1, wait: seconds(10), visibility: LONG };
    fixture.open().receive(request).await.unwrap().into_iter().next().unwrap()
}

/// Holding on to what is gone, or was never there, is told as such.
pub async fn receipts_that_are_not_good_are_told(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    send(&*queue, "gone").await;
    let delivery = one(&*queue, LONG).await;
    queue.ack(std::slice::from_ref(&delivery.receipt)).await.unwrap();
    for receipt in [delivery.receipt, Receipt("no receipt at all".to_owned())] {
        let refused = queue.extend(&receipt, LONG).await;
        assert!(matches!(refused, Err(Error::ReceiptGone { .. })), "{refused:?}");
    }
}

/// Acknowledging with receipts that are not good any more is no error, and ends none but
/// their own messages.
pub async fn old_receipts_do_no_harm(fixture: &impl QueueFixture) {
    let queue = fixture.open();
    send(&*queue, "first").await;
    let first = one(&*queue, LONG).await;
    send(&*queue, "second").await;
    let gone = [first.receipt, Receipt("no receipt at all".to_owned())];
    queue.ack(&gone[..1]).await.unwrap();
    queue.ack(&gone).await.unwrap();
    assert_eq!(one(&*queue, LONG).await.body, "second");
}
