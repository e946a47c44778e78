//! What every [`Queue`] must do, one case a function.
//!
//! A test crate implements [`QueueFixture`] for its backend and calls
//! [`queue_conformance!`](crate::queue_conformance): each case becomes a test of its own.

mod dead_letters;
mod deliveries;
mod holding;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use studio_queue::{Delivery, Outgoing, Queue, Receive};

pub use self::dead_letters::*;
pub use self::deliveries::*;
pub use self::holding::*;

/// Two empty queues of one backend.
#[async_trait]
pub trait QueueFixture: Sized + Send + Sync {
    /// Makes the queues; `None` where the backend cannot be had, after saying why.
    async fn set_up() -> Option<Self>;

    /// A new handle on the queue; all handles are on the same one.
    fn open(&self) -> Arc<dyn Queue>;

    /// A new handle on the queue for dead letters.
    fn open_dead(&self) -> Arc<dyn Queue>;
}

/// Makes a test of each case for a [`QueueFixture`].
#[macro_export]
macro_rules! queue_conformance {
    ($fixture:ty) => {
        $crate::queue_conformance!($fixture:
            what_was_sent_arrives,
            nothing_comes_of_an_empty_queue,
            a_waiting_receiver_gets_what_is_sent,
            attributes_come_through,
            any_text_comes_through,
            large_texts_come_through_and_larger_ones_do_not,
            many_messages_come_ten_at_a_time,
            a_delayed_message_waits,
            handles_see_each_others_messages,
            receivers_share_what_there_is,
            a_message_in_hand_is_not_delivered,
            what_is_not_acknowledged_comes_again,
            what_is_extended_is_held_longer,
            what_is_given_back_comes_at_once,
            what_is_acknowledged_is_gone,
            receipts_that_are_not_good_are_told,
            old_receipts_do_no_harm,
            a_dead_letter_says_what_is_wrong,
            a_dead_letter_of_any_size_is_kept,
            dead_letters_are_listed_and_stay,
            dead_letters_move_back_as_they_were,
            dead_letters_move_back_by_their_reason,
        );
    };
    ($fixture:ty: $($case:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                use $crate::queue_suite::QueueFixture as _;
                if let Some(fixture) = <$fixture>::set_up().await {
                    $crate::queue_suite::$case(&fixture).await;
                }
            }
        )+
    };
}

/// Long enough that nothing comes again in the course of a case.
const LONG: Duration = Duration::from_secs(120);

fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn request(wait: Duration, visibility: Duration) -> Receive {
    Receive { max: 10, wait, visibility }
}

async fn send(queue: &dyn Queue, body: &str) {
    queue.send(&[Outgoing::new(body)]).await.unwrap();
}

/// The one message that is there, or comes soon.
async fn one(queue: &dyn Queue, visibility: Duration) -> Delivery {
    let deliveries = queue.receive(request(seconds(10), visibility)).await.unwrap();
    assert_eq!(deliveries.len(), 1, "{deliveries:?}");
    deliveries.into_iter().next().unwrap()
}

/// Asserts that nothing can be received now.
async fn none(queue: &dyn Queue) {
    let deliveries = queue.receive(request(Duration::ZERO, LONG)).await.unwrap();
    assert_eq!(deliveries, []);
}

/// Receives until there is nothing, and keeps all in hand.
async fn drain(queue: &dyn Queue) -> Vec<Delivery> {
    let mut all = Vec::new();
    loop {
        let deliveries = queue.receive(request(seconds(1), LONG)).await.unwrap();
        if deliveries.is_empty() {
            return all;
        }
        assert!(deliveries.len() <= 10, "{}", deliveries.len());
        all.extend(deliveries);
    }
}

fn bodies(deliveries: &[Delivery]) -> BTreeSet<&str> {
    deliveries.iter().map(|delivery| delivery.body.as_str()).collect()
}
