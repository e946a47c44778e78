//! The store in memory as a reader.

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use studio_domain::AssetKey;

use super::store::{look, read};
use super::{RangeReader, Reading, Wanted};
use crate::{BlobStore as _, Error, MemoryStore, Result};

#[async_trait]
impl RangeReader for MemoryStore {
    async fn open(&self, key: &AssetKey, range: Range<u64>, wanted: &Wanted) -> Result<Reading> {
        match key.as_str().parse() {
            Ok(key) => read(self, &key, range, wanted).await,
            Err(_) => Err(Error::NotFound { object: format!("{}/{key}", self.url()) }),
        }
    }

    async fn look(&self, key: &AssetKey) -> Result<Wanted> {
        look(self, key).await
    }

    async fn link(
        &self,
        _key: &AssetKey,
        _expires: Duration,
        _file_name: Option<String>,
    ) -> Result<Option<String>> {
        Ok(None)
    }
}
