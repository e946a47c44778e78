//! A queue in the memory of this process.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use studio_domain::Timestamp;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::{
    Delivery, Error, LARGEST_MESSAGE, LONGEST_DELAY, LONGEST_VISIBILITY, LONGEST_WAIT,
    MOST_RECEIVED, Outgoing, Queue, Receipt, Receive, Result, size_of,
};

/// A [`Queue`] in memory: gone with the process, and without bounds but those of memory.
///
/// Visibility and delays go by tokio's clock, so that tests can let them pass.
#[derive(Debug)]
pub struct MemoryQueue {
    name: String,
    largest: usize,
    messages: Mutex<Messages>,
    /// Somebody may have something to receive sooner than it thought.
    changed: Notify,
}

#[derive(Debug, Default)]
struct Messages {
    /// Each message by its number.
    kept: HashMap<u64, Message>,
    /// The same numbers in the order in which they can be received.
    order: BTreeSet<(Instant, u64)>,
    /// The last number that was given.
    last: u64,
}

#[derive(Debug)]
struct Message {
    body: String,
    attributes: BTreeMap<String, String>,
    sent_at: Timestamp,
    visible_at: Instant,
    received: u32,
}

impl MemoryQueue {
    /// An empty queue.
    pub fn new(name: impl Into<String>) -> Self {
        Self::with_largest(name, LARGEST_MESSAGE)
    }

    /// An empty queue that takes messages of this many bytes at most, attributes included.
    pub fn with_largest(name: impl Into<String>, largest: usize) -> Self {
        let (messages, changed) = (Mutex::default(), Notify::new());
        Self { name: name.into(), largest, messages, changed }
    }

    /// How many messages there are, those in somebody's hands included.
    pub fn len(&self) -> usize {
        self.messages().kept.len()
    }

    /// Whether there is no message at all.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn messages(&self) -> MutexGuard<'_, Messages> {
        // Nothing in here is left half done.
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Messages {
    fn add(&mut self, message: Message) {
        self.last += 1;
        self.order.insert((message.visible_at, self.last));
        self.kept.insert(self.last, message);
    }

    fn hide(&mut self, number: u64, until: Instant) {
        if let Some(message) = self.kept.get_mut(&number) {
            self.order.remove(&(message.visible_at, number));
            self.order.insert((until, number));
            message.visible_at = until;
        }
    }

    fn remove(&mut self, number: u64) {
        if let Some(message) = self.kept.remove(&number) {
            self.order.remove(&(message.visible_at, number));
        }
    }

    fn take(&mut self, max: usize, visibility: Duration) -> Vec<Delivery> {
        let now = Instant::now();
        let visible = self.order.range(..=(now, u64::MAX)).take(max);
        let numbers: Vec<u64> = visible.map(|(_, number)| *number).collect();
        let deliveries = numbers.into_iter().map(|number| self.deliver(number, now + visibility));
        deliveries.flatten().collect()
    }

    fn deliver(&mut self, number: u64, until: Instant) -> Option<Delivery> {
        self.hide(number, until);
        let message = self.kept.get_mut(&number)?;
        message.received = message.received.saturating_add(1);
        Some(Delivery {
            id: number.to_string(),
            receipt: Receipt(format!("{number}-{}", message.received)),
            body: message.body.clone(),
            attributes: message.attributes.clone(),
            received_count: message.received,
            sent_at: Some(message.sent_at),
        })
    }

    /// The number of the message whose last delivery this is the receipt of.
    fn number(&self, receipt: &Receipt) -> Option<u64> {
        let (number, received) = receipt.0.split_once('-')?;
        let number = number.parse().ok()?;
        (self.kept.get(&number)?.received.to_string() == received).then_some(number)
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    fn name(&self) -> &str {
        &self.name
    }

    async fn receive(&self, request: Receive) -> Result<Vec<Delivery>> {
        let max = request.max.clamp(1, MOST_RECEIVED);
        let visibility = request.visibility.min(LONGEST_VISIBILITY);
        let deadline = Instant::now() + request.wait.min(LONGEST_WAIT);
        loop {
            let changed = self.changed.notified();
            let next = {
                let mut messages = self.messages();
                let deliveries = messages.take(max, visibility);
                if !deliveries.is_empty() || Instant::now() >= deadline {
                    return Ok(deliveries);
                }
                messages.order.first().map_or(deadline, |(visible_at, _)| *visible_at)
            };
            tokio::select! {
                () = changed => {}
                () = tokio::time::sleep_until(next.min(deadline)) => {}
            }
        }
    }

    async fn extend(&self, receipt: &Receipt, visibility: Duration) -> Result<()> {
        let now = Instant::now();
        let mut messages = self.messages();
        let held = |number: &u64| {
            messages.kept.get(number).is_some_and(|message| message.visible_at > now)
        };
        let Some(number) = messages.number(receipt).filter(held) else {
            return Err(Error::ReceiptGone { queue: self.name.clone() });
        };
        messages.hide(number, now + visibility.min(LONGEST_VISIBILITY));
        drop(messages);
        self.changed.notify_waiters();
        Ok(())
    }

    async fn ack(&self, receipts: &[Receipt]) -> Result<()> {
        let mut messages = self.messages();
        for receipt in receipts {
            if let Some(number) = messages.number(receipt) {
                messages.remove(number);
            }
        }
        Ok(())
    }

    async fn send(&self, outgoing: &[Outgoing]) -> Result<()> {
        let too_large = outgoing.iter().map(size_of).find(|size| *size > self.largest);
        if let Some(bytes) = too_large {
            return Err(Error::TooLarge { queue: self.name.clone(), bytes });
        }
        let (now, sent_at) = (Instant::now(), wall_clock());
        let mut messages = self.messages();
        for Outgoing { body, attributes, delay } in outgoing {
            messages.add(Message {
                body: body.clone(),
                attributes: attributes.clone(),
                sent_at,
                visible_at: now + (*delay).min(LONGEST_DELAY),
                received: 0,
            });
        }
        drop(messages);
        self.changed.notify_waiters();
        Ok(())
    }
}

fn wall_clock() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}
