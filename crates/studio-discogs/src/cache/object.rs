//! Answers as objects of a store: kept for good, and shared by all who have the store.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use studio_blob::{Attributes, BlobStore, Error as StoreError, WriteMode, crc64nvme};
use studio_domain::ObjectKey;
use tokio::time::timeout;

use super::front::{Front, Shelf};
use super::outage::Outage;
use super::stored::{MAX_STORED, decode, encode};
use crate::{Found, Keeping, Lifetimes, Lookup, Metadata, Result, Urgency};

/// How long the store may take: it tries again for longer than anybody waits.
const PATIENCE: Duration = Duration::from_secs(5);

/// A cache of JSON objects in a store, such as `discogs/v1/artists/45.json`. Nothing removes
/// them, and whoever removes them loses nothing; they are replaced when newer answers come.
pub struct ObjectCache {
    front: Front<ObjectShelf>,
}

struct ObjectShelf {
    store: Arc<dyn BlobStore>,
    /// Whether it can be read: what cannot is not written either.
    reading: Outage,
    /// Whether it can be written: a bucket may permit only to read it.
    writing: Outage,
}

impl ObjectCache {
    /// A cache in this store. Writes nothing yet.
    pub fn new(
        upstream: Arc<dyn Metadata>,
        keeping: impl Into<Keeping>,
        store: Arc<dyn BlobStore>,
    ) -> Self {
        let reading = Outage::new(format!("reading {}", store.url()));
        let writing = Outage::new(format!("writing {}", store.url()));
        let shelf = ObjectShelf { store, reading, writing };
        Self { front: Front::new(shelf, upstream, keeping.into()) }
    }
}

#[async_trait]
impl Metadata for ObjectCache {
    async fn look_up(&self, lookup: &Lookup, urgency: Urgency) -> Result<Arc<Found>> {
        self.front.look_up(lookup, urgency).await
    }

    async fn settled(&self) {
        self.front.settled().await;
    }
}

#[async_trait]
impl Shelf for ObjectShelf {
    async fn get(&self, lookup: &Lookup) -> Option<Arc<Found>> {
        let key = lookup.object_key();
        let bytes = run(&self.reading, self.read(&key)).await.flatten()?;
        let found = decode(lookup, &bytes);
        if found.is_none() {
            tracing::warn!(%key, "an object is no answer of Discogs, and will be replaced");
        }
        found
    }

    async fn put(&self, lookup: &Lookup, found: &Arc<Found>, _: &Lifetimes) {
        if !self.reading.is_over() {
            return;
        }
        let Some(bytes) = encode(lookup, found) else { return };
        let (key, bytes) = (lookup.object_key(), Bytes::from(bytes));
        let kind = Some("application/json".to_owned());
        let attributes = Attributes { content_type: kind, ..Attributes::default() };
        let (crc, replace) = (crc64nvme(&bytes), WriteMode::Replace);
        let put = self.store.put(&key, bytes, crc, &attributes, replace);
        let _ = run(&self.writing, put).await;
    }
}

impl ObjectShelf {
    async fn read(&self, key: &ObjectKey) -> studio_blob::Result<Option<Vec<u8>>> {
        let mut body = match self.store.get(key, None, None).await {
            Ok(body) => body,
            Err(StoreError::NotFound { .. } | StoreError::NoSuchStore { .. }) => return Ok(None),
            // An empty object has no first byte, and is no answer.
            Err(StoreError::RangeNotSatisfiable { .. }) => return Ok(Some(Vec::new())),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        // One byte more than can be an answer tells that it is none.
        while bytes.len() <= MAX_STORED
            && let Some(chunk) = body.chunks.try_next().await?
        {
            let room = MAX_STORED + 1 - bytes.len();
            bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
        }
        Ok(Some(bytes))
    }
}

/// What the store says, unless it does not work.
async fn run<T>(outage: &Outage, asked: impl Future<Output = studio_blob::Result<T>>) -> Option<T> {
    if !outage.is_over() {
        return None;
    }
    match timeout(PATIENCE, asked).await {
        Ok(Ok(value)) => {
            outage.works();
            Some(value)
        }
        Ok(Err(error)) => {
            outage.failed(&error);
            None
        }
        Err(late) => {
            outage.failed(&late);
            None
        }
    }
}
