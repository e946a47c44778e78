//! What the catalogue just said of recordings that are played.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use moka::sync::Cache;
use studio_core::repo::RecordingEntry;
use studio_domain::RecordingId;

/// How long the catalogue's word holds: a player that skips about asks many times in a second.
const HOLDS: Duration = Duration::from_secs(1);

/// Of how many recordings it is kept.
const MOST: u64 = 1024;

/// The recordings that were asked for within the last second, so that each of a player's many
/// ranges need not ask the catalogue again. What there is not is not kept.
#[derive(Clone)]
pub(super) struct Recent(Cache<RecordingId, Arc<RecordingEntry>>);

impl Recent {
    pub(super) fn new() -> Self {
        Self::holding(HOLDS)
    }

    fn holding(time: Duration) -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(time).build())
    }

    /// The recording as it was within the last second, or else as `ask` says. Who may hear it
    /// is still to be asked.
    pub(super) async fn recording<F, E>(
        &self,
        id: RecordingId,
        ask: impl FnOnce() -> F,
    ) -> Result<Option<Arc<RecordingEntry>>, E>
    where
        F: Future<Output = Result<Option<RecordingEntry>, E>>,
    {
        if let Some(known) = self.0.get(&id) {
            return Ok(Some(known));
        }
        let found = ask().await?.map(Arc::new);
        if let Some(found) = &found {
            self.0.insert(id, Arc::clone(found));
        }
        Ok(found)
    }
}

impl fmt::Debug for Recent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recent").field(&self.0.entry_count()).finish()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test's way to fail")]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;

    use studio_core::repo::{PublishRepo as _, SqliteCatalog};
    use studio_domain::Recording;
    use studio_testkit::publish_suite::single;

    use super::*;

    /// Asks for a recording, and counts how often the catalogue was asked for it.
    struct Asking {
        recent: Recent,
        catalog: SqliteCatalog,
        single: Recording,
        asked: Cell<usize>,
    }

    impl Asking {
        async fn of(recent: Recent) -> Self {
            let catalog = SqliteCatalog::in_memory().unwrap();
            let single = single("Khruangbin", "White Gloves", 1);
            catalog.put_recordings(std::slice::from_ref(&single)).await.unwrap();
            Self { recent, catalog, single, asked: Cell::new(0) }
        }

        async fn ask(&self, known: bool) -> (bool, usize) {
            let ask = || async {
                self.asked.set(self.asked.get() + 1);
                let entry = self.catalog.recording(self.single.id).await.unwrap();
                Ok::<_, Infallible>(entry.filter(|_| known))
            };
            let Ok(found) = self.recent.recording(self.single.id, ask).await;
            assert!(found.as_ref().is_none_or(|entry| entry.recording == self.single));
            (found.is_some(), self.asked.get())
        }
    }

    #[tokio::test]
    async fn a_player_that_skips_about_asks_the_catalogue_once() {
        let asking = Asking::of(Recent::holding(Duration::from_secs(3600))).await;
        // What there is not is asked for each time.
        assert_eq!(asking.ask(false).await, (false, 1));
        assert_eq!(asking.ask(true).await, (true, 2));
        assert_eq!(asking.ask(false).await, (true, 2));
    }

    #[tokio::test]
    async fn what_was_taken_back_is_heard_no_longer_than_that() {
        let asking = Asking::of(Recent::holding(Duration::from_millis(10))).await;
        assert_eq!(asking.ask(true).await, (true, 1));
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(asking.ask(false).await, (false, 2));
    }
}
