//! Keeping a reservation alive while its upload lasts.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use studio_domain::{ReservationId, Timestamp};
use studio_repo::CatalogRepo;
use tokio::task::JoinHandle;

/// How long a claim outlives its process.
const LEASE: Duration = Duration::from_secs(120);
/// How often it is renewed; a few renewals may fail.
const RENEWAL: Duration = Duration::from_secs(30);

/// The present time.
pub(crate) fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(0).after(since_epoch)
}

/// When a claim made or renewed now ends.
pub(crate) fn end_of_lease() -> Timestamp {
    now().after(LEASE)
}

/// Renews a claim until dropped.
pub(crate) struct Heartbeat(JoinHandle<()>);

impl Heartbeat {
    pub(crate) fn start(catalog: Arc<dyn CatalogRepo>, reservation: ReservationId) -> Self {
        Self(tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEWAL).await;
                if let Err(error) = catalog.renew(reservation, end_of_lease()).await {
                    tracing::warn!(%error, "could not renew the reservation");
                }
            }
        }))
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.0.abort();
    }
}
