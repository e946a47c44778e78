//! A bound on the bytes that are in memory on their way, however many files move at once.

use std::sync::Arc;

use studio_blob::BufferPool;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many bytes may be on their way to the store at once.
const MOST_IN_FLIGHT: u64 = 48 << 20;
/// The unit in which they are counted.
const UNIT: u64 = 1 << 10;

/// The memory that all transfers of a studio share.
#[derive(Debug, Clone)]
pub(crate) struct Memory {
    pub(crate) buffers: BufferPool,
    in_flight: Arc<Semaphore>,
}

impl Memory {
    /// Waits until so many bytes may be taken on; they count until the permit is dropped.
    pub(crate) async fn take(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        // A part larger than all of it goes alone.
        let units = bytes.min(MOST_IN_FLIGHT).div_ceil(UNIT);
        let units = u32::try_from(units).unwrap_or(u32::MAX);
        // It is never closed, so there always is one.
        Arc::clone(&self.in_flight).acquire_many_owned(units).await.ok()
    }
}

impl Default for Memory {
    fn default() -> Self {
        let in_flight = Arc::new(Semaphore::new((MOST_IN_FLIGHT / UNIT) as usize));
        Self { buffers: BufferPool::default(), in_flight }
    }
}
