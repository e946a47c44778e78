//! What commands share that go on until they are stopped.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use studio_core::ingest::Ingest;
use studio_core::queue::sqs::AwsSettings;
use studio_core::queue::{Queue, SqsQueue};
use studio_core::{CancellationToken, Error};
use studio_worker::{Worker, WorkerOptions};
use tokio::task::JoinSet;

use crate::config::Config;
use crate::failure::Result;
use crate::units::Span;

/// How often old events are forgotten.
const HOUSEKEEPING: Duration = Duration::from_secs(6 * 60 * 60);

/// A queue of SQS, by its name or URL; nothing is sent yet.
pub(super) fn queue(config: &Config, name: &str) -> Arc<dyn Queue> {
    Arc::new(SqsQueue::new(name, queue_settings(config)))
}

/// How to reach the queues' server: as the buckets', but for an endpoint of its own.
pub(super) fn queue_settings(config: &Config) -> AwsSettings {
    let s3 = config.s3.settings();
    let endpoint = config.ingest.queue_endpoint.as_ref().map(|set| set.value.clone());
    AwsSettings {
        endpoint: endpoint.or(s3.endpoint),
        region: s3.region,
        credentials: s3.credentials,
        profile: s3.profile,
        attempts: s3.attempts,
        patience: s3.patience,
    }
}

/// How workers work, by the flags and the settings.
pub(super) fn worker_options(
    config: &Config,
    parallel: Option<u16>,
    visibility: Option<Span>,
) -> WorkerOptions {
    let usual = WorkerOptions::default();
    let settings = &config.ingest;
    let parallel = parallel.or(settings.parallel.as_ref().map(|set| set.value));
    let visibility = visibility.or(settings.visibility.as_ref().map(|set| set.value));
    WorkerOptions {
        parallel: parallel.map_or(usual.parallel, usize::from),
        visibility: visibility.map_or(usual.visibility, |span| span.0),
        ..usual
    }
}

/// Parts of a service that end together: when one ends, whatever the reason, the others are
/// told to stop.
pub(super) struct Parts {
    shutdown: CancellationToken,
    running: JoinSet<Result<(), Error>>,
}

impl Parts {
    pub(super) fn new(shutdown: CancellationToken) -> Self {
        Self { shutdown, running: JoinSet::new() }
    }

    /// What tells a part to stop.
    pub(super) fn shutdown(&self) -> CancellationToken {
        self.shutdown.clone()
    }

    /// Begins a part.
    pub(super) fn begin(&mut self, part: impl Future<Output = Result<(), Error>> + Send + 'static) {
        let guard = self.shutdown.clone().drop_guard();
        self.running.spawn(async move {
            let _guard = guard;
            part.await
        });
    }

    /// Begins a worker.
    pub(super) fn work(&mut self, worker: Worker) {
        let shutdown = self.shutdown();
        self.begin(async move {
            let tally = worker.run(shutdown).await.map_err(Error::from)?;
            let (done, retried, dead) = (tally.done, tally.retried, tally.dead);
            tracing::info!(worker = worker.name(), done, retried, dead, "stopped");
            Ok(())
        });
    }

    /// Begins to forget now and then what nobody needs to remember.
    pub(super) fn keep_house(&mut self, ingest: Ingest) {
        let shutdown = self.shutdown();
        self.begin(async move {
            while !shutdown.is_cancelled() {
                match ingest.forget_old_events().await {
                    Ok(0) => {}
                    Ok(events) => tracing::info!(events, "forgot old events"),
                    Err(error) => tracing::warn!(%error, "old events were not forgotten"),
                }
                tokio::select! {
                    () = tokio::time::sleep(HOUSEKEEPING) => {}
                    () = shutdown.cancelled() => {}
                }
            }
            Ok(())
        });
    }

    /// Waits until all have ended: the first failure, if one failed.
    pub(super) async fn join(mut self) -> Result<()> {
        let mut result = Ok(());
        while let Some(ended) = self.running.join_next().await {
            let ended = ended.unwrap_or_else(|error| Err(Error::Internal(Box::new(error))));
            result = result.and(ended);
        }
        Ok(result?)
    }
}
