//! Keeping a reservation alive while its upload lasts.

use std::time::Duration;

use studio_domain::{ReservationId, Timestamp};
use tokio::task::JoinHandle;

use crate::Studio;

/// How long a claim outlives its process.
const LEASE: Duration = Duration::from_secs(120);
/// How often it is renewed; a few renewals may fail.
const RENEWAL: Duration = Duration::from_secs(30);

/// When a claim made or renewed at `now` ends.
pub(crate) fn end_of_lease(now: Timestamp) -> Timestamp {
    now.after(LEASE)
}

/// Renews a claim until dropped.
pub(crate) struct Heartbeat(JoinHandle<()>);

impl Heartbeat {
    pub(crate) fn start(studio: &Studio, reservation: ReservationId) -> Self {
        let studio = studio.clone();
        Self(tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEWAL).await;
                let until = end_of_lease(studio.now());
                if let Err(error) = studio.catalog.renew(reservation, until).await {
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
