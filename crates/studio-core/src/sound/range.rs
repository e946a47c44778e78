//! An object of a store as a source of bytes.

use std::io;
use std::sync::Arc;

use studio_audio::ByteSource;
use studio_blob::{BlobStore, BufferPool, ETag, fetch_range};
use studio_domain::{ObjectKey, Version};
use tokio::runtime::Handle;

use crate::{RateLimit, Studio};

/// Reads ranges of an object. Only for threads that may wait.
pub(super) struct StoredObject {
    store: Arc<dyn BlobStore>,
    key: ObjectKey,
    size: u64,
    etag: Option<ETag>,
    buffers: BufferPool,
    rate: RateLimit,
    runtime: Handle,
}

impl StoredObject {
    /// Must be called within a runtime.
    pub(super) fn new(studio: &Studio, version: &Version, etag: Option<ETag>) -> Self {
        Self::of(studio, version.object_key.clone(), version.size, etag)
    }

    /// The same of any object.
    pub(super) fn of(studio: &Studio, key: ObjectKey, size: u64, etag: Option<ETag>) -> Self {
        Self {
            store: Arc::clone(&studio.store),
            key,
            size,
            etag,
            buffers: studio.memory.buffers.clone(),
            rate: studio.rate.clone(),
            runtime: Handle::current(),
        }
    }
}

impl ByteSource for StoredObject {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let end = offset.saturating_add(buffer.len() as u64).min(self.size);
        if offset >= end {
            return Ok(0);
        }
        let fetched = self.runtime.block_on(async {
            self.rate.take(end - offset).await;
            let (store, etag) = (&*self.store, self.etag.as_ref());
            fetch_range(store, &self.key, offset..end, etag, &self.buffers).await
        });
        let bytes = fetched.map_err(io::Error::other)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}
