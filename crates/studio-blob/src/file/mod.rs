//! Objects as files in a directory.
//!
//! An object's key is its path below the directory. What is being written stands in
//! [`STAGING`] until it is whole and on the disk; then it is renamed to its place, which
//! is atomic. Attributes are not kept: a file has a name and bytes.

mod open;
mod play;
mod staging;
mod walk;

use std::fs::{File, Metadata};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt as _};
use studio_domain::{Crc64Nvme, ObjectKey, StoreUrl, Timestamp};

use crate::local::{blocking, io_error, is_missing};
use crate::multipart::{check_bytes, check_parts};
use crate::range::within;
use crate::{
    Attributes, BlobStore, ETag, Error, MultipartUpload, ObjectBody, ObjectInfo, OpenUpload,
    PartReceipt, Result, StoredParts, WriteMode,
};

/// The directory, below the store's own, that holds what is not whole yet.
const STAGING: &str = ".studio-staging";

/// How many bytes are read from a file at once.
const READ_CHUNK: usize = 256 << 10;

/// A [`BlobStore`] in a directory of this machine.
#[derive(Debug, Clone)]
pub struct FileStore(Arc<Root>);

#[derive(Debug)]
struct Root {
    directory: PathBuf,
    url: StoreUrl,
}

impl FileStore {
    /// A store in `directory`, which the first write makes if it is not there.
    pub fn new(directory: &Path) -> Self {
        let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        let url = StoreUrl::File(directory.clone());
        Self(Arc::new(Root { directory, url }))
    }

    /// Runs `work` on a thread that may block.
    async fn blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Root) -> Result<T> + Send + 'static,
    {
        blocking(&self.0, &self.0.url, work).await
    }
}

impl Root {
    fn path(&self, key: &ObjectKey) -> Result<PathBuf> {
        let ours = key.as_str().split('/').next() == Some(STAGING);
        if ours {
            let source = format!("keys below {STAGING} are the store's own").into();
            return Err(Error::Backend { action: "use", object: self.url.locate(key), source });
        }
        Ok(self.directory.join(key.as_str()))
    }

    fn info(&self, key: &ObjectKey, path: &Path) -> Result<ObjectInfo> {
        self.info_of(key, path, path.metadata())
    }

    fn info_of(
        &self,
        key: &ObjectKey,
        path: &Path,
        metadata: io::Result<Metadata>,
    ) -> Result<ObjectInfo> {
        let missing = || Error::NotFound { object: self.url.locate(key) };
        let metadata = match metadata {
            Ok(metadata) if metadata.is_file() => metadata,
            Ok(_) => return Err(missing()),
            Err(error) if is_missing(&error) => return Err(missing()),
            Err(error) => return Err(self.io_error("look at", path, error)),
        };
        let modified =
            metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
        let etag = state_of(&metadata).map(|state| ETag(format!("\"{state}\"")));
        Ok(ObjectInfo {
            key: key.clone(),
            size: metadata.len(),
            etag,
            modified: modified.map(|since| Timestamp::from_micros(0).after(since)),
            crc64nvme: None,
        })
    }

    fn io_error(&self, action: &'static str, path: &Path, error: io::Error) -> Error {
        io_error(&self.url, action, path, error)
    }

    /// An object, and what is known of the very file that was opened: its name may come to
    /// be another one's at any time.
    fn open(&self, key: &ObjectKey) -> Result<(ObjectInfo, File)> {
        let path = self.path(key)?;
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if is_missing(&error) => {
                return Err(Error::NotFound { object: self.url.locate(key) });
            }
            Err(error) => return Err(self.io_error("read", &path, error)),
        };
        let info = self.info_of(key, &path, file.metadata())?;
        Ok((info, file))
    }
}

/// The name of a file's state, from its last change and its size.
fn state_of(metadata: &Metadata) -> Option<String> {
    let since = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Some(format!("{:x}-{:x}", since.as_nanos(), metadata.len()))
}

#[async_trait]
impl BlobStore for FileStore {
    fn url(&self) -> &StoreUrl {
        &self.0.url
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo> {
        let key = key.clone();
        self.blocking(move |root| root.info(&key, &root.path(&key)?)).await
    }

    async fn get(
        &self,
        key: &ObjectKey,
        range: Option<Range<u64>>,
        if_match: Option<ETag>,
    ) -> Result<ObjectBody> {
        let object = self.0.url.locate(key);
        let key = key.clone();
        let (info, file) = self.blocking(move |root| root.open(&key)).await?;
        if if_match.is_some() && if_match != info.etag {
            return Err(Error::Changed { object });
        }
        let range = within(&object, info.size, range)?;
        let chunks = read_chunks(self.clone(), object, file, range.clone()).boxed();
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
        let key = key.clone();
        self.blocking(move |root| {
            check_bytes(&root.url.locate(&key), &body, crc64nvme)?;
            staging::put(root, &key, &body, mode)
        })
        .await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<()> {
        let key = key.clone();
        self.blocking(move |root| {
            let path = root.path(&key)?;
            match std::fs::remove_file(&path) {
                Ok(()) => staging::sync_parent(root, &path),
                Err(error) if is_missing(&error) => Ok(()),
                Err(error) => Err(root.io_error("remove", &path, error)),
            }
        })
        .await
    }

    async fn list(&self, prefix: &str, after: Option<ObjectKey>) -> Result<Vec<ObjectInfo>> {
        let prefix = prefix.to_owned();
        self.blocking(move |root| walk::list(root, &prefix, after.as_ref())).await
    }

    async fn begin(
        &self,
        key: &ObjectKey,
        size: u64,
        part_size: u64,
        _attributes: &Attributes,
    ) -> Result<MultipartUpload> {
        let key = key.clone();
        self.blocking(move |root| staging::begin(root, key, size, part_size)).await
    }

    async fn put_part(
        &self,
        upload: &MultipartUpload,
        number: u32,
        body: Bytes,
        crc64nvme: Crc64Nvme,
    ) -> Result<PartReceipt> {
        let upload = upload.clone();
        self.blocking(move |root| {
            check_bytes(&root.url.locate(&upload.key), &body, crc64nvme)?;
            staging::put_part(root, &upload, number, &body, crc64nvme)?;
            let size = body.len() as u64;
            Ok(PartReceipt { number, size, crc64nvme, etag: None })
        })
        .await
    }

    async fn complete(
        &self,
        upload: &MultipartUpload,
        parts: &[PartReceipt],
        crc64nvme: Crc64Nvme,
        mode: WriteMode,
    ) -> Result<()> {
        let (upload, parts) = (upload.clone(), parts.to_vec());
        self.blocking(move |root| {
            let object = root.url.locate(&upload.key);
            let size = check_parts(&object, &parts, crc64nvme)?;
            open::compare(root, &upload, &parts)?;
            staging::complete(root, &upload, size, mode)
        })
        .await
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
        let upload = upload.clone();
        self.blocking(move |root| open::abort(root, &upload)).await
    }

    async fn open_uploads(&self, prefix: &str) -> Result<Vec<OpenUpload>> {
        let prefix = prefix.to_owned();
        self.blocking(move |root| open::list(root, &prefix)).await
    }

    async fn parts(&self, upload: &OpenUpload) -> Result<StoredParts> {
        let upload = upload.clone();
        self.blocking(move |root| open::parts(root, &upload)).await
    }
}

/// The bytes of `range`, read as they are asked for.
fn read_chunks(
    store: FileStore,
    object: String,
    file: File,
    range: Range<u64>,
) -> impl stream::Stream<Item = Result<Bytes>> + Send {
    let file = Arc::new(file);
    stream::try_unfold(range, move |mut range| {
        let (store, object, file) = (store.clone(), object.clone(), Arc::clone(&file));
        async move {
            if range.is_empty() {
                return Ok(None);
            }
            let start = range.start;
            let length = READ_CHUNK.min(usize::try_from(range.end - start).unwrap_or(READ_CHUNK));
            let chunk = store.blocking(move |_| read_at(&file, object, start, length)).await?;
            range.start += chunk.len() as u64;
            Ok(Some((chunk, range)))
        }
    })
}

fn read_at(file: &File, object: String, start: u64, length: usize) -> Result<Bytes> {
    use std::os::unix::fs::FileExt as _;
    let mut buffer = BytesMut::zeroed(length);
    match file.read_exact_at(&mut buffer, start) {
        Ok(()) => Ok(buffer.freeze()),
        Err(source) => Err(Error::Interrupted { object, source: Box::new(source) }),
    }
}
