//! Judging files that came into a bucket.

use async_trait::async_trait;
use studio_core::ingest::{Ingest, Outcome, Taken};
use studio_core::queue::Delivery;
use studio_core::queue::event::{Parsed, Problem, parse};
use studio_core::{AssetEvent, Error as CoreError};

use crate::{Handled, Handler};

/// Handles what buckets tell of their objects.
pub struct ProbeHandler {
    ingest: Ingest,
}

impl ProbeHandler {
    /// Judges by these rules, and keeps what it finds there.
    pub fn new(ingest: Ingest) -> Self {
        Self { ingest }
    }

    /// All events of a message, one after the other: those behind one that fails as well.
    async fn take_all(&self, events: &[AssetEvent]) -> Handled {
        let mut dead = None;
        let mut failed = None;
        for event in events {
            match self.ingest.take(event).await {
                Ok(taken) => tell(event, &taken),
                Err(error @ CoreError::OtherBucket { .. }) => {
                    dead = Some(("other_bucket", error.to_string()));
                }
                Err(error) => failed = Some(error),
            }
        }
        match (failed, dead) {
            (Some(error), _) => Handled::Retry(error),
            (None, Some((code, detail))) => Handled::Dead { code, detail },
            (None, None) => Handled::Done,
        }
    }
}

fn tell(event: &AssetEvent, taken: &Taken) {
    let (bucket, key) = (event.place.bucket.as_str(), event.place.key.to_string());
    let outcome = taken.outcome.as_str();
    // Of what came before, they would not say why this came.
    let is_bad =
        matches!(taken.outcome, Outcome::Quarantined(_) | Outcome::Removed | Outcome::Replaced);
    let asset = taken.asset.as_deref().filter(|_| is_bad);
    let reasons = asset.map(|asset| {
        let codes = asset.reasons.iter().map(|reason| reason.code.as_str());
        codes.collect::<Vec<_>>().join(",")
    });
    let reasons = reasons.filter(|codes| !codes.is_empty());
    tracing::info!(bucket, key, outcome, reasons, event = event.kind.as_str(), "judged");
}

#[async_trait]
impl Handler for ProbeHandler {
    fn name(&self) -> &'static str {
        "probe"
    }

    async fn handle(&self, delivery: &Delivery) -> Handled {
        let dead = |Problem { code, detail }: Problem| Handled::Dead { code, detail };
        match parse(&delivery.body) {
            Parsed::Test => {
                tracing::debug!(id = delivery.id, "a bucket tried its queue");
                Handled::Done
            }
            Parsed::Events(events) => self.take_all(&events).await,
            Parsed::Partly { events, problem } => match self.take_all(&events).await {
                Handled::Done => dead(problem),
                other => other,
            },
            Parsed::Unknown(problem) => dead(problem),
        }
    }
}
