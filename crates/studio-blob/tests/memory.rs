//! The memory store passes the suite of every store.

use std::sync::Arc;

use async_trait::async_trait;
use studio_blob::{BlobStore, MemoryStore};
use studio_testkit::blob_suite::BlobFixture;

struct Memory(Arc<MemoryStore>);

#[async_trait]
impl BlobFixture for Memory {
    async fn set_up() -> Option<Self> {
        Some(Self(Arc::new(MemoryStore::new())))
    }

    fn open(&self) -> Arc<dyn BlobStore> {
        Arc::clone(&self.0) as Arc<dyn BlobStore>
    }
}

studio_testkit::blob_conformance!(Memory);
