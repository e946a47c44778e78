//! The contract of a store, and the values that cross it.

use std::fmt;
use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use studio_domain::{Crc64Nvme, ObjectKey, StoreUrl, Timestamp};

use crate::Result;

/// The most objects one call of [`BlobStore::list`] returns (the page of S3).
pub const MAX_LISTED: usize = 1000;

/// The longest that a link may hold (S3 API, signature version 4).
pub const LONGEST_LINK: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The store's name for one state of an object: compared, never understood.
///
/// It is no checksum: the ETag of an object that S3 took in parts is not the MD5 of its bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag(pub String);

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a store says about an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Its key.
    pub key: ObjectKey,
    /// How many bytes it has.
    pub size: u64,
    /// Its present state, where the store gives that a name.
    pub etag: Option<ETag>,
    /// When it was written, where the store says so.
    pub modified: Option<Timestamp>,
    /// Its checksum, where the store keeps one and was asked about this one object.
    pub crc64nvme: Option<Crc64Nvme>,
}

/// An object, or a range of one, being read.
pub struct ObjectBody {
    /// The whole object, even where only a range of it comes.
    pub info: ObjectInfo,
    /// The bytes that come, as offsets in the object.
    pub range: Range<u64>,
    /// The bytes, in order. Ends with
    /// [`Interrupted`](crate::Error::Interrupted) where they break off.
    pub chunks: BoxStream<'static, Result<Bytes>>,
}

impl fmt::Debug for ObjectBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { info, range, .. } = self;
        f.debug_struct("ObjectBody").field("info", info).field("range", range).finish()
    }
}

/// What a person in the bucket's own console sees of an object. Kept by stores that can
/// (S3), dropped by those that cannot (a directory).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attributes {
    /// The media type (RFC 6838).
    pub content_type: Option<String>,
    /// The name to save it under.
    pub file_name: Option<String>,
    /// Short texts by name, as user metadata.
    pub labels: Vec<(&'static str, String)>,
}

/// Whether an object may be there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WriteMode {
    /// It must not: of several writers at once, one makes it. (Servers without
    /// conditional writes cannot tell; there the last one stays.)
    CreateNew,
    /// It may, and is replaced.
    Replace,
}

/// An object being written in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultipartUpload {
    /// The object's key.
    pub key: ObjectKey,
    /// The store's name for this upload.
    pub id: String,
    /// The bytes in every part but the last.
    pub part_size: u64,
    /// Whether the store compares the whole object with its checksum when it is completed.
    /// One that does not has still compared each part.
    pub checks_whole: bool,
}

/// What the store said when it took a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartReceipt {
    /// Which part, from 1.
    pub number: u32,
    /// How many bytes it has.
    pub size: u64,
    /// Its checksum.
    pub crc64nvme: Crc64Nvme,
    /// The store's name for it.
    pub etag: Option<ETag>,
}

/// An upload in parts that was begun, and neither completed nor given up: by a process that
/// is still at it, or by one that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OpenUpload {
    /// The object that it is to be; `None` for a temporary file that a write left behind.
    pub key: Option<ObjectKey>,
    /// The store's name for it.
    pub id: String,
    /// When it was begun, where the store says so.
    pub begun: Option<Timestamp>,
}

impl From<&MultipartUpload> for OpenUpload {
    fn from(upload: &MultipartUpload) -> Self {
        Self { key: Some(upload.key.clone()), id: upload.id.clone(), begun: None }
    }
}

/// A part that an open upload has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPart {
    /// Which part, from 1.
    pub number: u32,
    /// How many bytes it has.
    pub size: u64,
    /// Its checksum, where the store tells it.
    pub crc64nvme: Option<Crc64Nvme>,
    /// Its name in the store where that has the form of an MD5, as many stores name parts.
    /// Being equal to the MD5 of some bytes proves that it has them; being different
    /// proves nothing.
    pub md5: Option<[u8; 16]>,
    /// The store's name for it.
    pub etag: Option<ETag>,
}

/// What an open upload has so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredParts {
    /// Its parts, by number.
    pub parts: Vec<StoredPart>,
    /// Whether the store compares the whole object with its checksum when it is completed.
    pub checks_whole: bool,
}

/// A place for immutable objects.
///
/// A write is atomic: its object appears whole, at once and for every handle on the same
/// store, or not at all. The bucket or directory is made by the first write that needs
/// it. Operations that fail for a passing reason have been tried again before they return.
///
/// Besides the errors named, each method can fail with the errors that concern the store
/// as a whole: [`Denied`](crate::Error::Denied), [`Credentials`](crate::Error::Credentials),
/// [`WrongRegion`](crate::Error::WrongRegion), [`Unreachable`](crate::Error::Unreachable),
/// [`Full`](crate::Error::Full), [`Io`](crate::Error::Io) or
/// [`Backend`](crate::Error::Backend).
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait BlobStore: Send + Sync {
    /// The store's name.
    fn url(&self) -> &StoreUrl;

    /// What the store says about an object.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound).
    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo>;

    /// Begins to read an object, or the part of `range` (offsets in bytes, end excluded)
    /// that it has. With `if_match`, only in that state.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound), [`NoSuchStore`](crate::Error::NoSuchStore),
    /// [`Changed`](crate::Error::Changed), and
    /// [`RangeNotSatisfiable`](crate::Error::RangeNotSatisfiable) when the range is empty
    /// or begins at or behind the object's end.
    async fn get(
        &self,
        key: &ObjectKey,
        range: Option<Range<u64>>,
        if_match: Option<ETag>,
    ) -> Result<ObjectBody>;

    /// Writes an object in one piece. `crc64nvme` is that of `body`.
    ///
    /// # Errors
    /// [`AlreadyExists`](crate::Error::AlreadyExists) or
    /// [`Contended`](crate::Error::Contended) with [`WriteMode::CreateNew`];
    /// [`Corrupted`](crate::Error::Corrupted) when the checksum is not that of the bytes
    /// that arrived.
    async fn put(
        &self,
        key: &ObjectKey,
        body: Bytes,
        crc64nvme: Crc64Nvme,
        attributes: &Attributes,
        mode: WriteMode,
    ) -> Result<()>;

    /// Removes an object; one that is not there is no error.
    async fn delete(&self, key: &ObjectKey) -> Result<()>;

    /// Up to [`MAX_LISTED`] objects whose keys begin with `prefix` and come after `after`,
    /// in an order that the store keeps: that of the keys' bytes on most, that of
    /// directories on some. Fewer than that many means there are no more.
    async fn list(&self, prefix: &str, after: Option<ObjectKey>) -> Result<Vec<ObjectInfo>>;

    /// Begins an object of `size` bytes in parts of `part_size` (the last may be shorter).
    /// It stays invisible until completed.
    async fn begin(
        &self,
        key: &ObjectKey,
        size: u64,
        part_size: u64,
        attributes: &Attributes,
    ) -> Result<MultipartUpload>;

    /// Writes part `number` (from 1), in any order; a part written again is replaced.
    ///
    /// # Errors
    /// [`Corrupted`](crate::Error::Corrupted) when `crc64nvme` is not that of the bytes
    /// that arrived.
    async fn put_part(
        &self,
        upload: &MultipartUpload,
        number: u32,
        body: Bytes,
        crc64nvme: Crc64Nvme,
    ) -> Result<PartReceipt>;

    /// Makes the object from its parts, all of them, in order. `crc64nvme` is that of the
    /// whole object.
    ///
    /// # Errors
    /// [`AlreadyExists`](crate::Error::AlreadyExists) or
    /// [`Contended`](crate::Error::Contended) with [`WriteMode::CreateNew`];
    /// [`Corrupted`](crate::Error::Corrupted) when parts are missing or do not add up to
    /// the whole; [`NotFound`](crate::Error::NotFound) when there is no such upload, be it
    /// that an earlier call completed it and its answer was lost.
    async fn complete(
        &self,
        upload: &MultipartUpload,
        parts: &[PartReceipt],
        crc64nvme: Crc64Nvme,
        mode: WriteMode,
    ) -> Result<()>;

    /// A link by which anybody who has it can read the object until `expires` has passed,
    /// at most [`LONGEST_LINK`], and save it under `file_name`; `None` where the store has
    /// no links. Nobody looks whether the object is there.
    async fn presigned_url(
        &self,
        key: &ObjectKey,
        expires: Duration,
        file_name: Option<String>,
    ) -> Result<Option<String>>;

    /// Forgets an upload and its parts; one that is not there is no error.
    async fn abort(&self, upload: &OpenUpload) -> Result<()>;

    /// Open uploads of objects whose keys begin with `prefix`; with an empty one also what
    /// writes that died left behind. Up to [`MAX_LISTED`] of them: more are told when some
    /// of these are gone. (Servers differ too much in how they order and page them.)
    ///
    /// # Errors
    /// [`Unsupported`](crate::Error::Unsupported) where the store has no such list.
    async fn open_uploads(&self, prefix: &str) -> Result<Vec<OpenUpload>>;

    /// What an open upload has so far.
    ///
    /// # Errors
    /// [`NotFound`](crate::Error::NotFound) when there is no such upload, and
    /// [`Unsupported`](crate::Error::Unsupported) where the store cannot tell.
    async fn parts(&self, upload: &OpenUpload) -> Result<StoredParts>;
}
