//! A bucket, its queues, what is known of it, and workers that come and go.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use studio_core::ingest::{Ingest, IngestRules, OnInvalid};
use studio_core::queue::{Outgoing, Queue as _};
use studio_core::repo::OrderRepo as _;
use studio_core::{Assets, CancellationToken, Relay, RelayOptions, SqliteCatalog};
use studio_domain::{AssetEvent, AssetKey, Timestamp};
use studio_worker::{DeleteHandler, ProbeHandler, Worker, WorkerOptions};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::bucket::Bucket;
use crate::catalog::Flaky;
use crate::dice::Dice;
use crate::history::Figures;
use crate::queue::{Call, Failure, TestQueue};

/// What the model knows of a key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fate {
    /// The last upload: of which content, and when.
    pub(crate) put: Option<(usize, Timestamp)>,
    /// Whether somebody deleted that.
    pub(crate) deleted: bool,
    /// The contents of the uploads before it.
    pub(crate) earlier: Vec<usize>,
}

/// An order that was accepted.
#[derive(Debug, Clone)]
pub(crate) struct Ordered {
    pub(crate) key: AssetKey,
    pub(crate) etag: String,
    /// When the upload was that the order means, as far as that was known.
    pub(crate) moment: Timestamp,
    pub(crate) at: Timestamp,
}

pub(crate) struct World {
    pub(crate) dice: Dice,
    pub(crate) bucket: Arc<Bucket>,
    pub(crate) catalog: Arc<SqliteCatalog>,
    pub(crate) assets: Assets,
    pub(crate) rules: IngestRules,
    pub(crate) events: Arc<TestQueue>,
    pub(crate) orders: Arc<TestQueue>,
    pub(crate) events_dead: Arc<TestQueue>,
    pub(crate) orders_dead: Arc<TestQueue>,
    pub(crate) fates: BTreeMap<AssetKey, Fate>,
    pub(crate) ordered: Vec<Ordered>,
    pub(crate) junk: Vec<(String, &'static str)>,
    pub(crate) figures: Figures,
    /// What happened, for those who look into a failure.
    pub(crate) log: Vec<String>,
    /// Events that are still to be delivered, each as often as it stands here.
    pub(crate) under_way: Vec<AssetEvent>,
    /// Events that came before.
    pub(crate) told: Vec<AssetEvent>,
    workers: Vec<(JoinHandle<()>, CancellationToken)>,
    relay: Option<JoinHandle<()>>,
    flaky: Vec<Arc<Flaky>>,
    failing: usize,
    directory: TempDir,
}

impl World {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let directory = tempfile::tempdir().unwrap();
        let bucket = Bucket::new("ingest", Dice::new(dice.roll()));
        let catalog = Arc::new(SqliteCatalog::open(&directory.path().join("assets.db")).unwrap());
        let clock = bucket.clone();
        let assets = Assets::new(catalog.clone()).with_clock(move || clock.now());
        let on_invalid = match dice.percent(25) {
            true => OnInvalid::Delete,
            false => OnInvalid::Quarantine,
        };
        let failing = if dice.percent(50) { 4 } else { 0 };
        bucket.behave(dice.percent(75), failing, 40);
        Self {
            bucket,
            catalog,
            assets,
            rules: IngestRules { on_invalid, ..IngestRules::default() },
            events: TestQueue::new("events"),
            orders: TestQueue::new("orders"),
            events_dead: TestQueue::new("events-dead"),
            orders_dead: TestQueue::new("orders-dead"),
            fates: BTreeMap::new(),
            ordered: Vec::new(),
            junk: Vec::new(),
            figures: Figures { histories: 1, ..Figures::default() },
            log: Vec::new(),
            under_way: Vec::new(),
            told: Vec::new(),
            workers: Vec::new(),
            relay: None,
            flaky: Vec::new(),
            failing,
            directory,
            dice,
        }
    }

    /// A worker that begins, in a process of its own as far as the catalogue goes.
    pub(crate) fn start_worker(&mut self) {
        let file = self.directory.path().join("assets.db");
        let catalog = Arc::new(SqliteCatalog::open(&file).unwrap());
        let flaky = Flaky::new(catalog, Dice::new(self.dice.roll()));
        flaky.fail(self.failing, usize::MAX);
        let clock = self.bucket.clone();
        let ingest =
            Ingest::new(vec![self.bucket.clone()], flaky.repositories(), self.rules.clone())
                .with_clock(move || clock.now());
        self.flaky.push(flaky);
        let options = WorkerOptions {
            parallel: 1 + self.dice.below(6),
            visibility: Duration::from_secs(20),
            wait: Duration::from_secs(1),
            grace: Duration::from_millis(self.dice.below(200) as u64),
            most_tries: 1000,
            first_pause: Duration::from_millis(50),
            longest_pause: Duration::from_secs(2),
            longest_outage_pause: Duration::from_secs(1),
        };
        let (events, dead) = (self.events.clone(), self.events_dead.clone());
        let probe = Worker::new(events, dead, ProbeHandler::new(ingest.clone()), options);
        let (orders, dead) = (self.orders.clone(), self.orders_dead.clone());
        let delete = Worker::new(orders, dead, DeleteHandler::new(ingest), options);
        let shutdown = CancellationToken::new();
        let token = shutdown.clone();
        let work = async move {
            let both = tokio::join!(probe.run(token.clone()), delete.run(token));
            both.0.unwrap();
            both.1.unwrap();
        };
        self.workers.push((tokio::spawn(work), shutdown));
        self.figures.workers += 1;
    }

    /// A worker ends: it is killed, or told to stop.
    pub(crate) fn end_worker(&mut self) {
        if self.workers.is_empty() {
            return;
        }
        let index = self.dice.below(self.workers.len());
        let (task, shutdown) = self.workers.swap_remove(index);
        match self.dice.percent(70) {
            true => {
                task.abort();
                self.figures.kills += 1;
            }
            false => {
                shutdown.cancel();
                tokio::spawn(task);
            }
        }
    }

    /// What sends the orders begins anew, as after the end of its process.
    pub(crate) fn start_relay(&mut self) {
        if let Some(relay) = self.relay.take() {
            relay.abort();
        }
        let options = RelayOptions {
            poll: Duration::from_millis(20),
            longest_poll: Duration::from_millis(100),
            retry: Duration::from_millis(20),
            longest_retry: Duration::from_millis(200),
            // By the bucket's clock, which each step moves on by 10 seconds.
            resend: Duration::from_secs(30),
        };
        let relay = Relay::new(&self.assets, self.orders.clone()).with_options(options);
        self.relay = Some(tokio::spawn(async move {
            relay.run(CancellationToken::new()).await;
        }));
    }

    /// The queues fail at some of the next requests.
    pub(crate) fn trouble_queues(&mut self) {
        const FAILURES: [Failure; 4] =
            [Failure::Unreachable, Failure::NoSuchQueue, Failure::Expired, Failure::Backend];
        const CALLS: [Call; 3] = [Call::Extend, Call::Ack, Call::Send];
        let failure = FAILURES[self.dice.below(FAILURES.len())];
        let call = CALLS[self.dice.below(CALLS.len())];
        let times = 1 + self.dice.below(4);
        let queues = [&self.events, &self.orders, &self.events_dead, &self.orders_dead];
        let queue = queues[self.dice.below(queues.len())].clone();
        // Those who send events try until it is done.
        if !(call == Call::Send && Arc::ptr_eq(&queue, &self.events)) {
            queue.fail(call, failure, times);
        }
    }

    /// Takes what the bucket tells: each event comes once to three times.
    pub(crate) fn hear(&mut self) {
        for event in self.bucket.take_events() {
            self.figures.events += 1;
            for _ in 0..1 + self.dice.below(3) {
                self.under_way.push(event.clone());
            }
            self.log.push(told(&event));
            self.told.push(event);
        }
    }

    /// Delivers some of what is under way, in any order, one or two events in a message.
    pub(crate) async fn deliver(&mut self, most: usize) {
        self.hear();
        for _ in 0..most.min(self.under_way.len()) {
            let mut events = Vec::new();
            for _ in 0..1 + usize::from(self.dice.percent(20)) {
                if !self.under_way.is_empty() {
                    let index = self.dice.below(self.under_way.len());
                    events.push(self.under_way.swap_remove(index));
                }
            }
            if !events.is_empty() {
                self.log.extend(events.iter().map(|event| format!("delivered: {}", told(event))));
                let body = studio_core::queue::event::encode(&events);
                let body = match self.dice.percent(15) {
                    true => in_sns(&body),
                    false => body,
                };
                self.send_event(body).await;
            }
        }
    }

    pub(crate) async fn send_event(&mut self, body: String) {
        self.figures.messages += 1;
        let delay = Duration::from_millis(self.dice.below(100) as u64);
        let message = Outgoing { delay, ..Outgoing::new(body) };
        self.events.send(&[message]).await.unwrap();
    }

    /// Lets all come to its end, with nothing failing any more.
    pub(crate) async fn settle(&mut self) -> Result<(), String> {
        self.failing = 0;
        self.bucket.behave(true, 0, 5);
        for flaky in &self.flaky {
            flaky.fail(0, 0);
        }
        self.start_relay();
        self.start_worker();
        self.start_worker();
        for round in 0..2000 {
            self.deliver(usize::MAX).await;
            self.bucket.pass(60);
            tokio::time::sleep(Duration::from_millis(500)).await;
            self.hear();
            let far = Timestamp::from_micros(i64::MAX);
            let due = self.catalog.due_orders(far, 10).await.unwrap().len();
            let left = self.under_way.len() + self.events.len() + self.orders.len() + due;
            if left == 0 && round > 4 {
                return Ok(());
            }
        }
        let (events, orders) = (self.events.len(), self.orders.len());
        Err(format!("it never ends: {events} events, {orders} orders are left"))
    }
}

/// An event in short.
fn told(event: &AssetEvent) -> String {
    let AssetEvent { place, kind, state, moment, .. } = event;
    let key: String = place.key.to_string().chars().rev().take(24).collect();
    let key: String = key.chars().rev().collect();
    let at = moment.at.map_or(0, |at| at.as_micros() / 1000 % 100_000_000);
    let etag = state.etag.as_deref().unwrap_or("-");
    format!("{at} {} {key} {}", kind.as_str(), etag.get(..4).unwrap_or("-"))
}

fn in_sns(body: &str) -> String {
    let fields = [("Type", "Notification"), ("Message", body)];
    serde_json::to_string(&BTreeMap::from(fields)).unwrap()
}
