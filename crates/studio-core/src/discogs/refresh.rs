//! The daily look at all artists.

use std::time::Duration;

use studio_discogs::Urgency;
use studio_domain::{SubjectId, Timestamp};
use studio_repo::DiscogsLink;
use tokio_util::sync::CancellationToken;

use super::{Discogs, lookup};
use crate::Result;

/// How the artists are refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefreshOptions {
    /// An artist who was looked at so long ago is looked at again.
    pub every: Duration,
    /// How soon it is looked whether there is something to do.
    pub poll: Duration,
    /// How long nothing is asked after a failure; doubled with each further one.
    pub retry: Duration,
    /// The longest that nothing is asked.
    pub longest_retry: Duration,
}

impl Default for RefreshOptions {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(24 * 60 * 60),
            poll: Duration::from_secs(60),
            retry: Duration::from_secs(30),
            longest_retry: Duration::from_secs(30 * 60),
        }
    }
}

/// How many artists are asked the catalogue for at once.
const BATCH: u32 = 20;

/// Looks at each artist once a day, behind all who wait for an answer.
#[derive(Debug)]
pub struct Refresh {
    discogs: Discogs,
    options: RefreshOptions,
}

impl Refresh {
    /// A refresh of all artists of a catalogue.
    pub fn new(discogs: &Discogs, options: RefreshOptions) -> Self {
        Self { discogs: discogs.clone(), options }
    }

    /// Goes on until it is told to stop. What fails is logged and tried again.
    pub async fn run(&self, shutdown: CancellationToken) {
        let mut failures = 0_u32;
        loop {
            let pause = tokio::select! {
                done = self.round() => match done {
                    Ok(count) => {
                        failures = 0;
                        if count == u64::from(BATCH) { Duration::ZERO } else { self.options.poll }
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the artists are not refreshed now");
                        let longer = self.options.retry.saturating_mul(1 << failures.min(16));
                        failures = failures.saturating_add(1);
                        longer.min(self.options.longest_retry)
                    }
                },
                () = shutdown.cancelled() => return,
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = shutdown.cancelled() => return,
            }
        }
    }

    /// Looks at those who have waited longest; how many these were.
    ///
    /// # Errors
    /// The first of Discogs or of the catalogue: who comes after is looked at the next time.
    pub async fn round(&self) -> Result<u64> {
        let now = (self.discogs.clock)();
        let every = i64::try_from(self.options.every.as_micros()).unwrap_or(i64::MAX);
        let before = Timestamp::from_micros(now.as_micros().saturating_sub(every));
        let artists = self.discogs.links.artists_to_look_at(before, BATCH).await?;
        for artist in &artists {
            self.look_at(SubjectId::Artist(artist.id)).await?;
        }
        Ok(artists.len() as u64)
    }

    async fn look_at(&self, subject: SubjectId) -> Result<()> {
        let link = self.discogs.links.discogs_link(subject).await?;
        let entry = match link {
            Some(DiscogsLink { entry: Some(entry), .. }) => Some(entry),
            _ => self.discogs.find(subject, Urgency::Background).await?.link.entry,
        };
        if let Some(entry) = entry {
            self.discogs.metadata.look_up(&lookup(entry), Urgency::Background).await?;
        }
        Ok(self.discogs.links.looked_at(subject, (self.discogs.clock)()).await?)
    }
}
