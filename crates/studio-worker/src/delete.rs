//! Deleting objects.

use async_trait::async_trait;
use studio_core::Error as CoreError;
use studio_core::ingest::{DeletionRequest, Ingest};
use studio_core::queue::Delivery;
use studio_core::queue::event::DeleteRequest;

use crate::{Handled, Handler};

/// Handles requests to delete objects.
pub struct DeleteHandler {
    ingest: Ingest,
}

impl DeleteHandler {
    /// Deletes objects of these buckets.
    pub fn new(ingest: Ingest) -> Self {
        Self { ingest }
    }
}

#[async_trait]
impl Handler for DeleteHandler {
    fn name(&self) -> &'static str {
        "delete"
    }

    async fn handle(&self, delivery: &Delivery) -> Handled {
        let request = match DeleteRequest::parse(&delivery.body) {
            Ok(request) => request,
            Err(problem) => {
                return Handled::Dead { code: problem.code, detail: problem.detail };
            }
        };
        let DeleteRequest { place, state, ordered_at, .. } = request;
        let (bucket, key) = (place.bucket.as_str().to_owned(), place.key.to_string());
        let sent_at = delivery.sent_at;
        let request = DeletionRequest { place, state, ordered_at, sent_at };
        match self.ingest.delete(&request).await {
            Ok(deletion) => {
                tracing::info!(bucket, key, outcome = deletion.as_str(), "deletion");
                Handled::Done
            }
            Err(error @ CoreError::OtherBucket { .. }) => {
                Handled::Dead { code: "other_bucket", detail: error.to_string() }
            }
            Err(error) => Handled::Retry(error),
        }
    }
}
