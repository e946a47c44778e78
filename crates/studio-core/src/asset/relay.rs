//! From the catalogue to the queue: orders to delete objects.
//!
//! An order is written in the transaction that marks its asset, and is in the catalogue until
//! it is carried out. So none is lost, however often this stops or the queue fails; one may
//! be sent more than once, which is no harm: an order names the bytes that it means.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use studio_domain::{OrderId, Timestamp};
use studio_queue::event::DeleteRequest;
use studio_queue::{MOST_RECEIVED, Outgoing, Queue};
use studio_repo::OrderRepo;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::Assets;
use crate::studio::Clock;

/// How patient a relay is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RelayOptions {
    /// How soon it looks for orders of other processes; when there are none, it looks less
    /// and less often.
    pub poll: Duration,
    /// The longest that it goes without looking.
    pub longest_poll: Duration,
    /// How soon it tries again after a failure; each further one doubles that.
    pub retry: Duration,
    /// The longest that it waits after a failure.
    pub longest_retry: Duration,
    /// After how long an order that was sent and is still there is sent again: its message
    /// was lost with the queue or with a worker.
    pub resend: Duration,
}

impl Default for RelayOptions {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(1),
            longest_poll: Duration::from_secs(5),
            retry: Duration::from_secs(1),
            longest_retry: Duration::from_secs(60),
            resend: Duration::from_secs(15 * 60),
        }
    }
}

/// How long a batch under way may take when the relay is to stop.
const LAST_BATCH: Duration = Duration::from_secs(5);

/// What a relay has done so far, for those who watch it.
#[derive(Debug, Clone, Default)]
pub struct RelayWatch(Arc<Done>);

#[derive(Debug, Default)]
struct Done {
    sent: AtomicU64,
    failures: AtomicU64,
    failing: AtomicBool,
}

impl RelayWatch {
    /// How many messages it sent.
    pub fn sent(&self) -> u64 {
        self.0.sent.load(Ordering::Relaxed)
    }

    /// How often it failed to send some.
    pub fn failures(&self) -> u64 {
        self.0.failures.load(Ordering::Relaxed)
    }

    /// Whether it failed the last time it tried.
    pub fn is_failing(&self) -> bool {
        self.0.failing.load(Ordering::Relaxed)
    }
}

/// Sends the orders to delete objects to a queue.
pub struct Relay {
    orders: Arc<dyn OrderRepo>,
    queue: Arc<dyn Queue>,
    ordered: Arc<Notify>,
    clock: Clock,
    options: RelayOptions,
    watch: RelayWatch,
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relay")
            .field("queue", &self.queue.name())
            .field("options", &self.options)
            .field("watch", &self.watch)
            .finish_non_exhaustive()
    }
}

/// Why nothing was sent. It is only ever logged.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    Catalog(#[from] studio_repo::Error),
    #[error(transparent)]
    Queue(#[from] studio_queue::Error),
}

impl Relay {
    /// A relay for the orders of these assets, which hears of each that they give.
    pub fn new(assets: &Assets, queue: Arc<dyn Queue>) -> Self {
        Self {
            orders: assets.orders.clone(),
            queue,
            ordered: assets.ordered.clone(),
            clock: assets.clock.clone(),
            options: RelayOptions::default(),
            watch: RelayWatch::default(),
        }
    }

    /// Has other patience from now on.
    pub fn with_options(self, options: RelayOptions) -> Self {
        Self { options, ..self }
    }

    /// What it does, for those who watch it.
    pub fn watch(&self) -> RelayWatch {
        self.watch.clone()
    }

    /// Sends what is to be sent until it is told to stop; finishes a batch then, if that
    /// takes no longer than some seconds. A failure is logged once until all is well again.
    pub async fn run(&self, shutdown: CancellationToken) {
        let RelayOptions { poll, longest_poll, retry, longest_retry, .. } = self.options;
        let (mut pause, mut patience) = (poll, retry);
        while !shutdown.is_cancelled() {
            let outcome = tokio::select! {
                outcome = self.send_due() => outcome,
                () = stopped(&shutdown) => return,
            };
            match outcome {
                Ok(sent) => {
                    patience = retry;
                    self.note_success();
                    if sent > 0 {
                        pause = poll;
                        continue;
                    }
                    tokio::select! {
                        () = self.ordered.notified() => pause = poll,
                        () = tokio::time::sleep(pause) => pause = (pause * 2).min(longest_poll),
                        () = shutdown.cancelled() => {}
                    }
                }
                Err(trouble) => {
                    self.note_failure(&trouble, patience);
                    tokio::select! {
                        () = tokio::time::sleep(patience) => {}
                        () = shutdown.cancelled() => {}
                    }
                    patience = (patience * 2).min(longest_retry);
                }
            }
        }
    }

    /// Sends a batch of orders that are due; how many.
    async fn send_due(&self) -> Result<usize, Trouble> {
        let now = (self.clock)();
        let sent_before = before(now, self.options.resend);
        let limit = u32::try_from(MOST_RECEIVED).unwrap_or(u32::MAX);
        let due = self.orders.due_orders(sent_before, limit).await?;
        if due.is_empty() {
            return Ok(0);
        }
        let again = due.iter().filter(|order| order.sent_at.is_some()).count();
        let messages: Vec<Outgoing> =
            due.iter().map(|order| Outgoing::new(DeleteRequest::from(order).encode())).collect();
        self.queue.send(&messages).await?;
        self.watch.0.sent.fetch_add(due.len() as u64, Ordering::Relaxed);
        let ids: Vec<OrderId> = due.iter().map(|order| order.id).collect();
        self.orders.orders_sent(&ids, (self.clock)()).await?;
        let queue = self.queue.name();
        tracing::debug!(queue, orders = due.len(), again, "sent orders to delete objects");
        Ok(due.len())
    }

    fn note_success(&self) {
        if self.watch.0.failing.swap(false, Ordering::Relaxed) {
            tracing::info!(queue = self.queue.name(), "orders to delete objects can be sent again");
        }
    }

    fn note_failure(&self, trouble: &Trouble, patience: Duration) {
        self.watch.0.failures.fetch_add(1, Ordering::Relaxed);
        let (queue, error) = (self.queue.name(), chain(trouble));
        match self.watch.0.failing.swap(true, Ordering::Relaxed) {
            false => tracing::warn!(queue, error, "orders to delete objects cannot be sent now"),
            true => tracing::debug!(queue, error, ?patience, "orders still cannot be sent"),
        }
    }
}

/// Ends some time after the relay was told to stop.
async fn stopped(shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    tokio::time::sleep(LAST_BATCH).await;
}

/// The time that was this long ago.
fn before(now: Timestamp, span: Duration) -> Timestamp {
    let micros = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(now.as_micros().saturating_sub(micros))
}

/// An error and its sources, in one line.
fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
