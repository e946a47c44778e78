//! The loop.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt as _;
use studio_core::ErrorKind;
use studio_core::queue::dead_letter::bury;
use studio_core::queue::{
    Delivery, Error as QueueError, LONGEST_WAIT, MOST_RECEIVED, Queue, Receipt, Receive,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::acknowledge::Acknowledger;
use crate::backoff::pause;
use crate::error::chain;
use crate::hold::hold;
use crate::{Handled, Handler};

/// How a worker works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerOptions {
    /// Messages that are worked on at once.
    pub parallel: usize,
    /// How long nobody else gets a message, in whole seconds; it is held again after half of
    /// that.
    pub visibility: Duration,
    /// How long one request waits for messages.
    pub wait: Duration,
    /// How long messages under way may take when the worker is to stop; then they are given
    /// back.
    pub grace: Duration,
    /// How often a message is tried before it is put aside. Tries that fail because something
    /// cannot be reached put none aside.
    pub most_tries: u32,
    /// The pause before a message is tried the second time; each further one is twice as long.
    pub first_pause: Duration,
    /// The longest such pause.
    pub longest_pause: Duration,
    /// The longest pause of the whole loop while something cannot be reached.
    pub longest_outage_pause: Duration,
}

impl Default for WorkerOptions {
    fn default() -> Self {
        Self {
            parallel: 8,
            visibility: Duration::from_secs(60),
            wait: LONGEST_WAIT,
            grace: Duration::from_secs(25),
            most_tries: 50,
            first_pause: Duration::from_secs(2),
            longest_pause: Duration::from_secs(15 * 60),
            longest_outage_pause: Duration::from_secs(60),
        }
    }
}

/// What a worker has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Messages that are done.
    pub done: u64,
    /// Messages that were given back to be tried again.
    pub retried: u64,
    /// Messages that were put aside.
    pub dead: u64,
}

#[derive(Debug, Default)]
struct Counters {
    done: AtomicU64,
    retried: AtomicU64,
    dead: AtomicU64,
    /// How often in a row something could not be reached by those that handle messages.
    outage: AtomicU32,
}

/// A message that comes this many times as often as any is tried ends the program, or its
/// handling never ends: then nobody is left who could say why.
const DELIVERIES_PER_TRY: u32 = 20;

/// How long a request for messages waits for more places: it costs a queue as much to hand out
/// one message as to hand out ten.
const GATHERING: Duration = Duration::from_millis(20);

/// Takes messages from a queue and has them handled.
#[derive(Clone)]
pub struct Worker {
    queue: Arc<dyn Queue>,
    dead: Arc<dyn Queue>,
    handler: Arc<dyn Handler>,
    options: WorkerOptions,
    counters: Arc<Counters>,
}

impl Worker {
    /// A worker on `queue` that puts aside into `dead` what nobody can do anything with.
    pub fn new(
        queue: Arc<dyn Queue>,
        dead: Arc<dyn Queue>,
        handler: impl Handler + 'static,
        options: WorkerOptions,
    ) -> Self {
        Self { queue, dead, handler: Arc::new(handler), options, counters: Arc::default() }
    }

    /// What it does, for people.
    pub fn name(&self) -> &'static str {
        self.handler.name()
    }

    /// What it has done so far.
    pub fn tally(&self) -> Tally {
        let Counters { done, retried, dead, .. } = &*self.counters;
        Tally {
            done: done.load(Ordering::Relaxed),
            retried: retried.load(Ordering::Relaxed),
            dead: dead.load(Ordering::Relaxed),
        }
    }

    /// Works until `shutdown` is cancelled. Messages under way are finished then, or given
    /// back when the grace is over.
    ///
    /// # Errors
    /// What the queue says to the first request, if it is not that it cannot be reached: it
    /// is missing, or this program may not use it. Later the same is waited out.
    pub async fn run(&self, shutdown: CancellationToken) -> Result<Tally, QueueError> {
        let (queue, worker) = (self.queue.name(), self.handler.name());
        tracing::info!(worker, queue, parallel = self.options.parallel, "listening");
        let acknowledger = Acknowledger::start(Arc::clone(&self.queue));
        let slots = Arc::new(Semaphore::new(self.options.parallel.max(1)));
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        let mut is_first = true;
        let mut failed = None;
        let mut failures = 0;
        while let Some(mut places) = self.next_places(&slots, failures, &shutdown).await {
            while tasks.try_join_next().is_some() {}
            let request = self.request(&places);
            let received = tokio::select! {
                received = self.queue.receive(request) => received,
                () = shutdown.cancelled() => break,
            };
            match received {
                Ok(deliveries) => {
                    self.tell_recovery(failures);
                    failures = 0;
                    let outage = self.counters.outage.load(Ordering::Relaxed);
                    for delivery in deliveries {
                        // A queue that hands out more than it was asked for waits for places.
                        let place = match places.split(1) {
                            Some(place) => place,
                            None => match Arc::clone(&slots).acquire_owned().await {
                                Ok(place) => place,
                                Err(_) => break,
                            },
                        };
                        let (own, stop) = (self.clone(), stop.clone());
                        let acks = acknowledger.sender();
                        tasks.spawn(async move {
                            own.work(delivery, outage, acks, stop).await;
                            drop(place);
                        });
                    }
                }
                Err(error) if is_first && is_wrong_for_good(&error) => {
                    failed = Some(error);
                    break;
                }
                Err(error) => {
                    failures += 1;
                    tell_outage(failures, &format!("cannot receive: {}", chain(&error)));
                }
            }
            is_first = false;
        }
        self.finish(tasks, stop).await;
        acknowledger.finish().await;
        match failed {
            Some(error) => Err(error),
            None => Ok(self.tally()),
        }
    }

    /// Places for more messages, one at least; none when the worker is to stop. While something
    /// cannot be reached, that takes longer and longer: the queue, which failed so many times in
    /// a row, or what messages need.
    async fn next_places(
        &self,
        slots: &Arc<Semaphore>,
        failures: u32,
        shutdown: &CancellationToken,
    ) -> Option<OwnedSemaphorePermit> {
        let WorkerOptions { first_pause, longest_outage_pause, .. } = self.options;
        let next = async {
            let failures = self.counters.outage.load(Ordering::Relaxed).max(failures);
            if failures > 0 {
                tokio::time::sleep(pause(failures, first_pause / 2, longest_outage_pause)).await;
            }
            let most = self.options.parallel.clamp(1, MOST_RECEIVED);
            let all = Arc::clone(slots).acquire_many_owned(u32::try_from(most).unwrap_or(1));
            match tokio::time::timeout(GATHERING, all).await {
                Ok(places) => places.ok(),
                Err(_) => self.some_places(slots, most).await,
            }
        };
        tokio::select! {
            // Looked at first: a full queue is no reason not to stop.
            biased;
            () = shutdown.cancelled() => None,
            places = next => places,
        }
    }

    /// The places that there are, as soon as there is one.
    async fn some_places(
        &self,
        slots: &Arc<Semaphore>,
        most: usize,
    ) -> Option<OwnedSemaphorePermit> {
        let mut places = Arc::clone(slots).acquire_owned().await.ok()?;
        while places.num_permits() < most
            && let Ok(place) = Arc::clone(slots).try_acquire_owned()
        {
            places.merge(place);
        }
        Some(places)
    }

    /// As many messages as there are places, or one while something cannot be reached.
    fn request(&self, places: &OwnedSemaphorePermit) -> Receive {
        let max = match self.counters.outage.load(Ordering::Relaxed) {
            0 => places.num_permits(),
            _ => 1,
        };
        Receive { max, wait: self.options.wait, visibility: self.options.visibility }
    }

    fn tell_recovery(&self, failures: u32) {
        let (queue, worker) = (self.queue.name(), self.handler.name());
        if failures > 0 {
            tracing::info!(worker, queue, failures, "the queue can be reached again");
        }
    }

    /// Something could not be reached. Of several messages that came while so many failures were
    /// known, one counts: together they are one failure.
    fn note_outage(&self, known: u32, what: &str) {
        let failures = known.saturating_add(1);
        let outage = &self.counters.outage;
        let noted = outage.compare_exchange(known, failures, Ordering::Relaxed, Ordering::Relaxed);
        match noted {
            Ok(_) => tell_outage(failures, what),
            Err(_) => tracing::debug!("{what}; tried again"),
        }
    }

    /// Handles one message and sees to it that its queue hears of that. So many failures in a
    /// row were known when it came.
    async fn work(
        &self,
        delivery: Delivery,
        outage: u32,
        acks: mpsc::UnboundedSender<Receipt>,
        stop: CancellationToken,
    ) {
        let (queue, visibility) = (&*self.queue, self.options.visibility);
        if delivery.received_count > self.options.most_tries.saturating_mul(DELIVERIES_PER_TRY) {
            let detail = format!("delivered {} times and never done", delivery.received_count);
            return self.put_aside(&delivery, "too_many_tries", &detail, outage).await;
        }
        let handled = tokio::select! {
            handled = self.handle(&delivery) => handled,
            () = hold(queue, &delivery.receipt, visibility) => {
                tracing::warn!(id = delivery.id, "in other hands now");
                return;
            }
            () = stop.cancelled() => {
                self.give_back(&delivery, Duration::ZERO).await;
                return;
            }
        };
        match handled {
            Handled::Done => {
                self.counters.done.fetch_add(1, Ordering::Relaxed);
                self.end_outage();
                // The receiver lives as long as anybody sends.
                let _ = acks.send(delivery.receipt);
            }
            Handled::Dead { code, detail } => {
                self.put_aside(&delivery, code, &detail, outage).await;
            }
            Handled::Retry(error) => self.try_later(&delivery, &error, outage).await,
        }
    }

    /// A handler that panics has failed at this message; the others go on.
    async fn handle(&self, delivery: &Delivery) -> Handled {
        let handled = AssertUnwindSafe(self.handler.handle(delivery)).catch_unwind().await;
        handled.unwrap_or_else(|panic| {
            let said = panic.downcast_ref::<&str>().copied();
            let said = said.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
            let said = format!("the handler panicked: {}", said.unwrap_or_default());
            tracing::error!(id = delivery.id, "{said}");
            Handled::Retry(studio_core::Error::Internal(said.into()))
        })
    }

    fn end_outage(&self) {
        let failures = self.counters.outage.swap(0, Ordering::Relaxed);
        if failures > 0 {
            tracing::info!(failures, "all can be reached again");
        }
    }

    async fn try_later(&self, delivery: &Delivery, error: &studio_core::Error, outage: u32) {
        let text = chain(error);
        let tries = delivery.received_count;
        let is_outage = error.kind() == ErrorKind::Unavailable;
        if tries >= self.options.most_tries && !is_outage {
            return self.put_aside(delivery, "too_many_tries", &text, outage).await;
        }
        self.counters.retried.fetch_add(1, Ordering::Relaxed);
        let WorkerOptions { first_pause, longest_pause, .. } = self.options;
        let later = pause(tries, first_pause, longest_pause);
        match is_outage {
            true => self.note_outage(outage, &text),
            false => {
                let later = later.as_secs();
                tracing::warn!(id = delivery.id, tries, later, "{text}; tried again");
            }
        }
        self.give_back(delivery, later).await;
    }

    async fn give_back(&self, delivery: &Delivery, later: Duration) {
        match self.queue.extend(&delivery.receipt, later).await {
            Ok(()) | Err(QueueError::ReceiptGone { .. }) => {}
            // It comes back by itself then.
            Err(error) => tracing::warn!(error = chain(&error), "a message was not given back"),
        }
    }

    async fn put_aside(&self, delivery: &Delivery, code: &str, detail: &str, outage: u32) {
        match bury(&*self.queue, &*self.dead, delivery, code, detail).await {
            Ok(()) => {
                self.counters.dead.fetch_add(1, Ordering::Relaxed);
                self.end_outage();
                let (id, to) = (&delivery.id, self.dead.name());
                tracing::error!(id, reason = code, detail, to, "a message was put aside");
            }
            Err(error) => {
                let text = format!("a message could not be put aside: {}", chain(&error));
                self.note_outage(outage, &text);
                let WorkerOptions { first_pause, longest_pause, .. } = self.options;
                let later = pause(delivery.received_count, first_pause, longest_pause);
                self.give_back(delivery, later).await;
            }
        }
    }

    /// Lets messages under way come to their end, for as long as the grace lasts.
    async fn finish(&self, mut tasks: JoinSet<()>, stop: CancellationToken) {
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(self.options.grace, all).await.is_err() {
            tracing::warn!(messages = tasks.len(), "not done in time, given back");
            stop.cancel();
            while tasks.join_next().await.is_some() {}
        }
    }
}

/// Tells that something cannot be reached, at the beginning, and then now and again.
fn tell_outage(failures: u32, what: &str) {
    match failures.is_power_of_two() {
        true => tracing::warn!(failures, "{what}; tried again"),
        false => tracing::debug!(failures, "{what}; tried again"),
    }
}

/// Whether waiting would not help.
fn is_wrong_for_good(error: &QueueError) -> bool {
    matches!(
        error,
        QueueError::NoSuchQueue { .. } | QueueError::Denied { .. } | QueueError::Credentials { .. }
    )
}
