//! A bucket with its queues, its catalogue and its workers, where a test decides what happens.
#![allow(dead_code, reason = "each target has a use for a part of it")]

use std::sync::Arc;
use std::time::Duration;

use studio_core::ingest::{Herald, Ingest, IngestRules};
use studio_core::queue::Error as QueueError;
use studio_core::queue::dead_letter::DeadLetter;
use studio_core::queue::event::encode;
use studio_core::repo::AssetRepo as _;
use studio_core::{CancellationToken, SqliteCatalog};
use studio_domain::{Asset, AssetEvent, AssetKey};
use studio_testkit::wav::Wav;
use studio_worker::{DeleteHandler, Handler, ProbeHandler, Tally, Worker, WorkerOptions};
use tempfile::TempDir;
use tokio::task::JoinHandle;

use crate::bucket::Bucket;
use crate::catalog::Flaky;
use crate::dice::Dice;
use crate::queue::TestQueue;

pub(crate) struct Rig {
    pub(crate) bucket: Arc<Bucket>,
    pub(crate) catalog: Arc<SqliteCatalog>,
    pub(crate) flaky: Arc<Flaky>,
    pub(crate) queue: Arc<TestQueue>,
    pub(crate) dead: Arc<TestQueue>,
    pub(crate) ingest: Ingest,
    pub(crate) directory: TempDir,
}

/// A worker that runs.
pub(crate) struct Running {
    pub(crate) worker: Worker,
    pub(crate) task: JoinHandle<Result<Tally, QueueError>>,
    shutdown: CancellationToken,
}

impl Running {
    pub(crate) async fn stop(self) -> Tally {
        self.shutdown.cancel();
        self.task.await.unwrap().unwrap()
    }
}

pub(crate) fn key(text: &str) -> AssetKey {
    text.parse().unwrap()
}

/// A file that is valid, and one that is not.
pub(crate) fn good() -> Vec<u8> {
    Wav::good(2).build()
}

pub(crate) fn bad() -> Vec<u8> {
    Wav::pcm(44_100, 2, 16).frames(100, |_, _| 0.1).build()
}

impl Rig {
    pub(crate) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let catalog = Arc::new(SqliteCatalog::open(&directory.path().join("a.db")).unwrap());
        let bucket = Bucket::new("ingest", Dice::new(1));
        let flaky = Flaky::new(catalog.clone(), Dice::new(2));
        let intakes: Vec<Arc<dyn studio_core::blob::intake::Intake>> = vec![bucket.clone()];
        let ingest = Ingest::new(intakes, flaky.repositories(), IngestRules::default());
        let (queue, dead) = (TestQueue::new("events"), TestQueue::new("events-dead"));
        Self { bucket, catalog, flaky, queue, dead, ingest, directory }
    }

    pub(crate) fn telling(mut self, herald: Herald) -> Self {
        self.ingest = self.ingest.clone().telling(herald);
        self
    }

    pub(crate) fn probe(&self) -> Running {
        self.work(ProbeHandler::new(self.ingest.clone()), 50)
    }

    pub(crate) fn probe_trying(&self, most_tries: u32) -> Running {
        self.work(ProbeHandler::new(self.ingest.clone()), most_tries)
    }

    pub(crate) fn delete(&self) -> Running {
        self.work(DeleteHandler::new(self.ingest.clone()), 50)
    }

    fn work(&self, handler: impl Handler + 'static, most_tries: u32) -> Running {
        let options = WorkerOptions {
            visibility: Duration::from_secs(1),
            first_pause: Duration::from_millis(20),
            longest_pause: Duration::from_millis(200),
            longest_outage_pause: Duration::from_millis(100),
            most_tries,
            ..WorkerOptions::default()
        };
        let worker = Worker::new(self.queue.clone(), self.dead.clone(), handler, options);
        let shutdown = CancellationToken::new();
        let (own, token) = (worker.clone(), shutdown.clone());
        let task = tokio::spawn(async move { own.run(token).await });
        Running { worker, task, shutdown }
    }

    /// Puts a file into the bucket, and its event into the queue.
    pub(crate) async fn put(&self, name: &str, bytes: Vec<u8>) -> AssetEvent {
        let event = self.bucket.put(&key(name), bytes);
        self.queue.put(&[&encode(std::slice::from_ref(&event))]).await;
        event
    }

    /// Waits until the queue is empty, messages in hand included.
    pub(crate) async fn drained(&self) {
        let drained = async {
            while self.queue.len() > 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let long = Duration::from_secs(120);
        tokio::time::timeout(long, drained).await.expect("the queue is never empty");
    }

    pub(crate) async fn asset(&self, name: &str) -> Option<Asset> {
        let bucket = self.bucket.place(&key(name)).bucket;
        self.catalog.asset_at(Some(&bucket), &key(name)).await.unwrap()
    }

    pub(crate) async fn letters(&self) -> Vec<DeadLetter> {
        self.dead.take().await.into_iter().map(DeadLetter::from).collect()
    }
}
