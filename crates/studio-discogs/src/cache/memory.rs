//! Answers in the memory of this process.

use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use moka::sync::Cache;

use super::front::{Front, Shelf};
use crate::{Found, Keeping, Lifetimes, Lookup, Metadata, Result, Urgency};

/// A cache in memory, bounded by its size: what is asked for seldom goes first.
pub struct MemoryCache {
    front: Front<MemoryShelf>,
}

struct MemoryShelf(Cache<Lookup, Arc<Found>>);

impl MemoryCache {
    /// A good size, in bytes.
    pub const USUAL: u64 = 32 * 1024 * 1024;

    /// An empty cache of about that many bytes.
    pub fn new(upstream: Arc<dyn Metadata>, keeping: impl Into<Keeping>, bytes: u64) -> Self {
        let weigh = |_: &Lookup, found: &Arc<Found>| weight(found);
        let cache = Cache::builder().max_capacity(bytes).weigher(weigh).build();
        Self { front: Front::new(MemoryShelf(cache), upstream, keeping.into()) }
    }
}

#[async_trait]
impl Metadata for MemoryCache {
    async fn look_up(&self, lookup: &Lookup, urgency: Urgency) -> Result<Arc<Found>> {
        self.front.look_up(lookup, urgency).await
    }

    async fn settled(&self) {
        self.front.settled().await;
    }
}

#[async_trait]
impl Shelf for MemoryShelf {
    async fn get(&self, lookup: &Lookup) -> Option<Arc<Found>> {
        self.0.get(lookup)
    }

    async fn put(&self, lookup: &Lookup, found: &Arc<Found>, _: &Lifetimes) {
        self.0.insert(lookup.clone(), Arc::clone(found));
    }
}

/// About what an answer takes: the length of its JSON, twice, for all that points to texts.
fn weight(found: &Found) -> u32 {
    struct Count(u64);
    impl io::Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len() as u64;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(200);
    // Nothing in these values cannot be written, and a count does not fail.
    let _ = serde_json::to_writer(&mut count, found);
    u32::try_from(count.0.saturating_mul(2)).unwrap_or(u32::MAX)
}
