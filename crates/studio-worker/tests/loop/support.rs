//! Handlers made of closures, and a worker that runs beside a test.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use studio_core::queue::{Delivery, Error as QueueError};
use studio_core::{CancellationToken, CatalogError, Error};
use studio_worker::{Handled, Handler, Tally, Worker, WorkerOptions};
use tokio::task::JoinHandle;

use crate::queue::TestQueue;

type Handling = Pin<Box<dyn Future<Output = Handled> + Send>>;

pub(crate) struct Fake<F>(F);

/// A handler that does what a function says.
pub(crate) fn fake<F, T>(work: F) -> impl Handler + 'static
where
    F: Fn(Delivery) -> T + Send + Sync + 'static,
    T: Future<Output = Handled> + Send + 'static,
{
    Fake(move |delivery| -> Handling { Box::pin(work(delivery)) })
}

#[async_trait]
impl<F: Fn(Delivery) -> Handling + Send + Sync> Handler for Fake<F> {
    fn name(&self) -> &'static str {
        "fake"
    }

    async fn handle(&self, delivery: &Delivery) -> Handled {
        self.0(delivery.clone()).await
    }
}

/// Something cannot be reached.
pub(crate) fn unavailable() -> Handled {
    Handled::Retry(Error::Catalog(CatalogError::Busy { action: "record an event" }))
}

/// Something is wrong, and nobody knows what.
pub(crate) fn broken() -> Handled {
    Handled::Retry(Error::Internal("it is broken".into()))
}

/// A worker that runs, its queue and its dead letters.
pub(crate) struct Running {
    pub(crate) queue: Arc<TestQueue>,
    pub(crate) dead: Arc<TestQueue>,
    pub(crate) worker: Worker,
    pub(crate) shutdown: CancellationToken,
    pub(crate) task: JoinHandle<Result<Tally, QueueError>>,
}

impl Running {
    pub(crate) fn start(handler: impl Handler + 'static, options: WorkerOptions) -> Self {
        Self::on(TestQueue::new("work"), TestQueue::new("work-dead"), handler, options)
    }

    pub(crate) fn on(
        queue: Arc<TestQueue>,
        dead: Arc<TestQueue>,
        handler: impl Handler + 'static,
        options: WorkerOptions,
    ) -> Self {
        let worker = Worker::new(queue.clone(), dead.clone(), handler, options);
        let shutdown = CancellationToken::new();
        let (own, token) = (worker.clone(), shutdown.clone());
        let task = tokio::spawn(async move { own.run(token).await });
        Self { queue, dead, worker, shutdown, task }
    }

    /// Waits until a queue of it is empty, messages in hand included; the clock is held.
    pub(crate) async fn drained(&self) {
        let drained = async {
            while self.queue.len() > 0 {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        let day = Duration::from_secs(24 * 60 * 60);
        tokio::time::timeout(day, drained).await.expect("the queue is never empty");
    }

    pub(crate) async fn stop(self) -> Tally {
        self.shutdown.cancel();
        self.task.await.unwrap().unwrap()
    }
}
