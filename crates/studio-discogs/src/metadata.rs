//! The contract of whatever knows about music, and what is easier said on top of it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use studio_domain::Timestamp;

use crate::error::chain;
use crate::lifetimes::system_clock;
use crate::{Album, Artist, Found, Lookup, Result, SearchHit, SearchQuery, Urgency};

/// Somebody who can be asked: Discogs itself, a cache before it, or nobody.
///
/// One method, so that a cache has one to front; [`MetadataExt`] says the rest. Dropping the
/// future is always fine.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Metadata: Send + Sync {
    /// Answers a question. That there is no such entry is an answer.
    ///
    /// # Errors
    /// Any [`Error`](crate::Error); none of them says anything of what was asked for.
    async fn look_up(&self, lookup: &Lookup, urgency: Urgency) -> Result<Arc<Found>>;

    /// Waits until nothing is asked for behind any more, and all that came is kept: for
    /// programs that end.
    async fn settled(&self) {}
}

/// The questions by their names.
#[async_trait]
pub trait MetadataExt: Metadata {
    /// What has such names, best first. Nobody is asked for nothing.
    async fn search(&self, query: &SearchQuery, urgency: Urgency) -> Result<Vec<SearchHit>> {
        if query.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.look_up(&Lookup::Search(query.clone()), urgency).await?;
        Ok(found.hits().to_vec())
    }

    /// An artist; `None` where Discogs has none with this number.
    async fn artist(&self, id: u64, urgency: Urgency) -> Result<Option<Artist>> {
        Ok(self.look_up(&Lookup::Artist(id), urgency).await?.artist().cloned())
    }

    /// A master release.
    async fn master(&self, id: u64, urgency: Urgency) -> Result<Option<Album>> {
        Ok(self.look_up(&Lookup::Master(id), urgency).await?.album().cloned())
    }

    /// A release.
    async fn release(&self, id: u64, urgency: Urgency) -> Result<Option<Album>> {
        Ok(self.look_up(&Lookup::Release(id), urgency).await?.album().cloned())
    }

    /// The answer for a page, which must not wait: what is known within `patience`, and
    /// `None` otherwise, be it that there was an error. A cache goes on asking behind, so
    /// that the next page has it.
    async fn within(&self, patience: Duration, lookup: &Lookup) -> Option<Arc<Found>> {
        let asked = self.look_up(lookup, Urgency::Interactive);
        match tokio::time::timeout(patience, asked).await {
            Ok(Ok(found)) => Some(found),
            Ok(Err(error)) => {
                tracing::debug!(%lookup, error = chain(&error), "a page goes without");
                None
            }
            Err(_) => None,
        }
    }
}

impl<M: Metadata + ?Sized> MetadataExt for M {}

/// Knows nothing: for a studio without a token.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nobody;

#[async_trait]
impl Metadata for Nobody {
    async fn look_up(&self, lookup: &Lookup, _: Urgency) -> Result<Arc<Found>> {
        let entry = match lookup {
            Lookup::Search(_) => Some(crate::Entry::Hits(Vec::new())),
            _ => None,
        };
        let fetched_at: Timestamp = system_clock()();
        Ok(Arc::new(Found { entry, fetched_at }))
    }
}
