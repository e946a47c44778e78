//! A store that counts what is read of it, and can be told to refuse.
#![allow(dead_code, reason = "each test file uses its part")]

use std::ops::Range;
use std::sync::Arc;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use studio_core::blob::{
    Attributes, ETag, MultipartUpload, ObjectBody, ObjectInfo, OpenUpload, PartReceipt, Result,
    StoredParts, WriteMode,
};
use studio_core::{BlobStore, Crc64Nvme, ObjectKey, StoreUrl};

/// Says what comes of a read instead of the store, if anything.
type Refusal = Box<dyn Fn(&ObjectKey) -> Option<studio_core::StoreError> + Send + Sync>;

pub(crate) struct Watched {
    inner: Arc<dyn BlobStore>,
    /// The ranges that were asked for.
    reads: Mutex<Vec<Range<u64>>>,
    refusal: Mutex<Option<Refusal>>,
}

impl Watched {
    pub(crate) fn new(inner: Arc<dyn BlobStore>) -> Arc<Self> {
        Arc::new(Self { inner, reads: Mutex::default(), refusal: Mutex::default() })
    }

    /// What was read since this was asked before: how many requests, how many bytes.
    pub(crate) fn reads(&self) -> (usize, u64) {
        let reads = std::mem::take(&mut *self.reads.lock().unwrap());
        (reads.len(), reads.iter().map(|range| range.end - range.start).sum())
    }

    /// Lets reads fail from now on where this says so.
    pub(crate) fn refuse(
        &self,
        refusal: impl Fn(&ObjectKey) -> Option<studio_core::StoreError> + Send + Sync + 'static,
    ) {
        *self.refusal.lock().unwrap() = Some(Box::new(refusal));
    }
}

#[async_trait]
impl BlobStore for Watched {
    fn url(&self) -> &StoreUrl {
        self.inner.url()
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo> {
        self.inner.head(key).await
    }

    async fn get(
        &self,
        key: &ObjectKey,
        range: Option<Range<u64>>,
        if_match: Option<ETag>,
    ) -> Result<ObjectBody> {
        if let Some(error) = self.refusal.lock().unwrap().as_ref().and_then(|refuse| refuse(key)) {
            return Err(error);
        }
        let body = self.inner.get(key, range, if_match).await?;
        self.reads.lock().unwrap().push(body.range.clone());
        Ok(body)
    }

    async fn put(
        &self,
        key: &ObjectKey,
        body: Bytes,
        crc64nvme: Crc64Nvme,
        attributes: &Attributes,
        mode: WriteMode,
    ) -> Result<()> {
        self.inner.put(key, body, crc64nvme, attributes, mode).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<()> {
        self.inner.delete(key).await
    }

    async fn list(&self, prefix: &str, after: Option<ObjectKey>) -> Result<Vec<ObjectInfo>> {
        self.inner.list(prefix, after).await
    }

    async fn begin(
        &self,
        key: &ObjectKey,
        size: u64,
        part_size: u64,
        attributes: &Attributes,
    ) -> Result<MultipartUpload> {
        self.inner.begin(key, size, part_size, attributes).await
    }

    async fn put_part(
        &self,
        upload: &MultipartUpload,
        number: u32,
        body: Bytes,
        crc64nvme: Crc64Nvme,
    ) -> Result<PartReceipt> {
        self.inner.put_part(upload, number, body, crc64nvme).await
    }

    async fn complete(
        &self,
        upload: &MultipartUpload,
        parts: &[PartReceipt],
        crc64nvme: Crc64Nvme,
        mode: WriteMode,
    ) -> Result<()> {
        self.inner.complete(upload, parts, crc64nvme, mode).await
    }

    async fn presigned_url(
        &self,
        key: &ObjectKey,
        expires: Duration,
        file_name: Option<String>,
    ) -> Result<Option<String>> {
        self.inner.presigned_url(key, expires, file_name).await
    }

    async fn abort(&self, upload: &OpenUpload) -> Result<()> {
        self.inner.abort(upload).await
    }

    async fn open_uploads(&self, prefix: &str) -> Result<Vec<OpenUpload>> {
        self.inner.open_uploads(prefix).await
    }

    async fn parts(&self, upload: &OpenUpload) -> Result<StoredParts> {
        self.inner.parts(upload).await
    }
}
