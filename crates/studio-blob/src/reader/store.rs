//! Any store as a reader.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use studio_domain::{AssetKey, ObjectKey};

use super::{RangeReader, Reading, Wanted, unquoted};
use crate::{BlobStore, ETag, Error, Result};

/// A [`RangeReader`] of whatever store there is. Stores that are readers themselves do it
/// with less work.
#[derive(Clone)]
pub struct StoreReader(Arc<dyn BlobStore>);

impl StoreReader {
    /// A reader of a store.
    pub fn new(store: Arc<dyn BlobStore>) -> Self {
        Self(store)
    }

    /// The key as one of the store's; another one names nothing in it.
    fn key(&self, key: &AssetKey) -> Result<ObjectKey> {
        let missing = |_| Error::NotFound { object: format!("{}/{key}", self.0.url()) };
        key.as_str().parse().map_err(missing)
    }
}

impl fmt::Debug for StoreReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("StoreReader").field(self.0.url()).finish()
    }
}

#[async_trait]
impl RangeReader for StoreReader {
    async fn open(&self, key: &AssetKey, range: Range<u64>, wanted: &Wanted) -> Result<Reading> {
        read(&*self.0, &self.key(key)?, range, wanted).await
    }

    async fn look(&self, key: &AssetKey) -> Result<Wanted> {
        look(&*self.0, key).await
    }

    async fn link(
        &self,
        key: &AssetKey,
        expires: Duration,
        file_name: Option<String>,
    ) -> Result<Option<String>> {
        self.0.presigned_url(&self.key(key)?, expires, file_name).await
    }
}

/// Looks at an object by [`BlobStore::head`].
pub(super) async fn look(store: &dyn BlobStore, key: &AssetKey) -> Result<Wanted> {
    let missing = |_| Error::NotFound { object: format!("{}/{key}", store.url()) };
    let info = store.head(&key.as_str().parse().map_err(missing)?).await?;
    Ok(Wanted { size: info.size, etag: info.etag.as_ref().and_then(|etag| unquoted(&etag.0)) })
}

/// Reads a range by [`BlobStore::get`].
pub(super) async fn read(
    store: &dyn BlobStore,
    key: &ObjectKey,
    range: Range<u64>,
    wanted: &Wanted,
) -> Result<Reading> {
    let changed = || Error::Changed { object: store.url().locate(key) };
    let if_match = wanted.etag.as_ref().map(|etag| ETag(format!("\"{etag}\"")));
    let body = match store.get(key, Some(range.clone()), if_match).await {
        // It is shorter than it was.
        Err(Error::RangeNotSatisfiable { .. }) => return Err(changed()),
        body => body?,
    };
    let etag = body.info.etag.as_ref().and_then(|etag| unquoted(&etag.0));
    // Not every server heeds the condition.
    let other = wanted.etag.is_some() && etag.is_some() && etag != wanted.etag;
    if body.info.size != wanted.size || body.range != range || other {
        return Err(changed());
    }
    Ok(Reading { etag, chunks: body.chunks })
}
