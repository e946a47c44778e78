//! A fast level that is out of order: a miss and one warning, not a wait for each page.

use std::error::Error as StdError;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::chain;

/// For how long it is left alone after it has failed.
const PAUSE: Duration = Duration::from_secs(30);

/// Whether something works.
#[derive(Debug)]
pub(super) struct Outage {
    name: String,
    /// When it may be tried again, while it does not work.
    until: Mutex<Option<Instant>>,
}

impl Outage {
    /// `name` is told in messages, and must hold no secret.
    pub(super) fn new(name: String) -> Self {
        Self { name, until: Mutex::new(None) }
    }

    /// Whether it may be asked.
    pub(super) fn is_over(&self) -> bool {
        self.until().is_none_or(|until| until <= Instant::now())
    }

    /// It has answered.
    pub(super) fn works(&self) {
        if self.until().take().is_some() {
            tracing::info!(cache = self.name, "the cache works again");
        }
    }

    /// It has not.
    pub(super) fn failed(&self, error: &dyn StdError) {
        let before = self.until().replace(Instant::now() + PAUSE);
        if before.is_none() {
            tracing::warn!(
                cache = self.name,
                error = chain(error),
                "a cache of Discogs' answers does not work, and is done without"
            );
        }
    }

    fn until(&self) -> MutexGuard<'_, Option<Instant>> {
        self.until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
