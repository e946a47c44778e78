//! Objects in the memory of this process.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt as _};
use studio_domain::{Crc64Nvme, ObjectKey, StoreUrl, Timestamp};
use uuid::Uuid;

use crate::multipart::{check_bytes, check_parts};
use crate::range::within;
use crate::{
    Attributes, BlobStore, ETag, Error, MAX_LISTED, MultipartUpload, ObjectBody, ObjectInfo,
    OpenUpload, PartReceipt, Result, StoredPart, StoredParts, WriteMode, crc64nvme,
};

/// A [`BlobStore`] in memory: for tests, and for trying things out.
pub struct MemoryStore {
    url: StoreUrl,
    state: Mutex<State>,
    clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

#[derive(Debug, Default)]
struct State {
    objects: BTreeMap<ObjectKey, Object>,
    uploads: BTreeMap<String, Upload>,
}

#[derive(Debug)]
struct Upload {
    key: ObjectKey,
    begun: Timestamp,
    parts: BTreeMap<u32, Bytes>,
}

#[derive(Debug)]
struct Object {
    bytes: Bytes,
    etag: ETag,
    modified: Timestamp,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::with_clock(now)
    }

    /// An empty store whose objects are written when `clock` says.
    pub fn with_clock(clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { url: StoreUrl::Memory, state: Mutex::default(), clock: Box::new(clock) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self, key: &ObjectKey, bytes: Bytes, mode: WriteMode) -> Result<()> {
        let mut state = self.state();
        if mode == WriteMode::CreateNew && state.objects.contains_key(key) {
            return Err(Error::AlreadyExists { object: self.url.locate(key) });
        }
        let etag = ETag(format!("\"{}\"", Uuid::now_v7().simple()));
        let object = Object { bytes, etag, modified: (self.clock)() };
        state.objects.insert(key.clone(), object);
        Ok(())
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("state", &self.state).finish_non_exhaustive()
    }
}

impl Default for MemoryStore {
    fn default() -> Self {
        Self::new()
    }
}

fn now() -> Timestamp {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(0).after(since_epoch)
}

fn info(key: &ObjectKey, object: &Object) -> ObjectInfo {
    ObjectInfo {
        key: key.clone(),
        size: object.bytes.len() as u64,
        etag: Some(object.etag.clone()),
        modified: Some(object.modified),
        crc64nvme: Some(crc64nvme(&object.bytes)),
    }
}

#[async_trait]
impl BlobStore for MemoryStore {
    fn url(&self) -> &StoreUrl {
        &self.url
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo> {
        let state = self.state();
        match state.objects.get(key) {
            Some(object) => Ok(info(key, object)),
            None => Err(Error::NotFound { object: self.url.locate(key) }),
        }
    }

    async fn get(
        &self,
        key: &ObjectKey,
        range: Option<Range<u64>>,
        if_match: Option<ETag>,
    ) -> Result<ObjectBody> {
        let url = || self.url.locate(key);
        let (info, bytes) = match self.state().objects.get(key) {
            Some(object) => (info(key, object), object.bytes.clone()),
            None => return Err(Error::NotFound { object: url() }),
        };
        if if_match.is_some() && if_match != info.etag {
            return Err(Error::Changed { object: url() });
        }
        let range = within(&url(), info.size, range)?;
        // In range by the checks above, and the bytes are in memory, so offsets fit.
        let part = bytes.slice(range.start as usize..range.end as usize);
        let chunks = stream::iter([Ok(part)]).boxed();
        Ok(ObjectBody { info, range, chunks })
    }

    async fn put(
        &self,
        key: &ObjectKey,
        body: Bytes,
        crc64nvme: Crc64Nvme,
        _attributes: &Attributes,
        mode: WriteMode,
    ) -> Result<()> {
        check_bytes(&self.url.locate(key), &body, crc64nvme)?;
        self.write(key, body, mode)
    }

    async fn delete(&self, key: &ObjectKey) -> Result<()> {
        self.state().objects.remove(key);
        Ok(())
    }

    async fn list(&self, prefix: &str, after: Option<ObjectKey>) -> Result<Vec<ObjectInfo>> {
        let state = self.state();
        let objects = state.objects.iter();
        Ok(objects
            .filter(|(key, _)| key.as_str().starts_with(prefix))
            .filter(|(key, _)| after.as_ref().is_none_or(|after| *key > after))
            .take(MAX_LISTED)
            .map(|(key, object)| info(key, object))
            .collect())
    }

    async fn begin(
        &self,
        key: &ObjectKey,
        _size: u64,
        part_size: u64,
        _attributes: &Attributes,
    ) -> Result<MultipartUpload> {
        let id = Uuid::now_v7().simple().to_string();
        let upload = Upload { key: key.clone(), begun: (self.clock)(), parts: BTreeMap::new() };
        self.state().uploads.insert(id.clone(), upload);
        Ok(MultipartUpload { key: key.clone(), id, part_size, checks_whole: true })
    }

    async fn put_part(
        &self,
        upload: &MultipartUpload,
        number: u32,
        body: Bytes,
        crc64nvme: Crc64Nvme,
    ) -> Result<PartReceipt> {
        let object = self.url.locate(&upload.key);
        check_bytes(&object, &body, crc64nvme)?;
        let size = body.len() as u64;
        match self.state().uploads.get_mut(&upload.id) {
            Some(upload) => upload.parts.insert(number, body),
            None => return Err(Error::NotFound { object }),
        };
        Ok(PartReceipt { number, size, crc64nvme, etag: None })
    }

    async fn complete(
        &self,
        upload: &MultipartUpload,
        parts: &[PartReceipt],
        crc64nvme: Crc64Nvme,
        mode: WriteMode,
    ) -> Result<()> {
        let object = self.url.locate(&upload.key);
        check_parts(&object, parts, crc64nvme)?;
        let mut whole = BytesMut::new();
        {
            let state = self.state();
            let taken = state.uploads.get(&upload.id);
            for part in parts {
                match taken.and_then(|taken| taken.parts.get(&part.number)) {
                    Some(bytes) => whole.extend_from_slice(bytes),
                    None => return Err(Error::NotFound { object }),
                }
            }
        }
        let whole = whole.freeze();
        check_bytes(&object, &whole, crc64nvme)?;
        self.write(&upload.key, whole, mode)?;
        self.state().uploads.remove(&upload.id);
        Ok(())
    }

    async fn presigned_url(
        &self,
        _key: &ObjectKey,
        _expires: Duration,
        _file_name: Option<String>,
    ) -> Result<Option<String>> {
        Ok(None)
    }

    async fn abort(&self, upload: &OpenUpload) -> Result<()> {
        self.state().uploads.remove(&upload.id);
        Ok(())
    }

    async fn open_uploads(&self, prefix: &str) -> Result<Vec<OpenUpload>> {
        let state = self.state();
        let open = state.uploads.iter();
        Ok(open
            .filter(|(_, upload)| upload.key.as_str().starts_with(prefix))
            .take(MAX_LISTED)
            .map(|(id, upload)| OpenUpload {
                key: Some(upload.key.clone()),
                id: id.clone(),
                begun: Some(upload.begun),
            })
            .collect())
    }

    async fn parts(&self, upload: &OpenUpload) -> Result<StoredParts> {
        let state = self.state();
        let Some(open) = state.uploads.get(&upload.id) else {
            let object =
                upload.key.as_ref().map_or_else(|| upload.id.clone(), |k| self.url.locate(k));
            return Err(Error::NotFound { object });
        };
        let parts = open.parts.iter().map(|(&number, bytes)| StoredPart {
            number,
            size: bytes.len() as u64,
            crc64nvme: Some(crc64nvme(bytes)),
            md5: None,
            etag: None,
        });
        Ok(StoredParts { parts: parts.collect(), checks_whole: true })
    }
}
