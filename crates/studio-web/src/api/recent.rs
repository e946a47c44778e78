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
pub(super) struct Recent(Cache<(RecordingId, bool), Arc<RecordingEntry>>);

impl Recent {
    pub(super) fn new() -> Self {
        Self(Cache::builder().max_capacity(MOST).time_to_live(HOLDS).build())
    }

    /// The recording as it was within the last second, or else as `ask` says. Who may hear
    /// only what is published is told nothing that others asked for.
    pub(super) async fn recording<F, E>(
        &self,
        id: RecordingId,
        published_only: bool,
        ask: impl FnOnce() -> F,
    ) -> Result<Option<Arc<RecordingEntry>>, E>
    where
        F: Future<Output = Result<Option<RecordingEntry>, E>>,
    {
        if let Some(known) = self.0.get(&(id, published_only)) {
            return Ok(Some(known));
        }
        let found = ask().await?.map(Arc::new);
        if let Some(found) = &found {
            self.0.insert((id, published_only), Arc::clone(found));
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
    use studio_testkit::publish_suite::single;

    use super::*;

    #[tokio::test]
    async fn a_player_that_skips_about_asks_the_catalogue_once() {
        let catalog = SqliteCatalog::in_memory().unwrap();
        let single = single("Khruangbin", "White Gloves", 1);
        catalog.put_recordings(std::slice::from_ref(&single)).await.unwrap();
        let (recent, asked) = (Recent::new(), Cell::new(0));
        let ask = |known: bool, published_only| {
            let (recent, catalog, asked, id) = (&recent, &catalog, &asked, single.id);
            async move {
                let ask = || async move {
                    asked.set(asked.get() + 1);
                    let entry = catalog.recording(id).await.unwrap();
                    Ok::<_, Infallible>(entry.filter(|_| known))
                };
                let Ok(found) = recent.recording(id, published_only, ask).await;
                found.map(|entry| entry.recording.clone())
            }
        };
        // What there is not is asked for each time.
        assert_eq!((ask(false, false).await, asked.get()), (None, 1));
        assert_eq!((ask(true, false).await, asked.get()), (Some(single.clone()), 2));
        assert_eq!((ask(false, false).await, asked.get()), (Some(single.clone()), 2));
        // Who may hear less is not told of it.
        assert_eq!((ask(false, true).await, asked.get()), (None, 3));
        tokio::time::sleep(HOLDS + Duration::from_millis(50)).await;
        assert_eq!((ask(false, false).await, asked.get()), (None, 4));
    }
}
