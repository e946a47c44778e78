//! Where the bytes of versions live.
//!
//! [`BlobStore`] is the contract: immutable objects under [`ObjectKey`]s, written whole
//! or in parts, read whole or by ranges. [`MemoryStore`] keeps them in memory,
//! [`FileStore`] in a directory, `S3Store` (feature `s3`, on by default) in a bucket.
//! Feature `mock` adds `MockBlobStore` for injecting failures.
//!
//! [`ObjectKey`]: studio_domain::ObjectKey

mod buffers;
mod crc;
mod error;
mod fetch;
mod file;
pub mod intake;
mod local;
mod memory;
mod multipart;
mod range;
pub mod reader;
#[cfg(feature = "s3")]
pub mod s3;
mod store;

pub use buffers::{BufferPool, PooledBuffer};
pub use crc::{CrcHasher, combine, crc64nvme};
pub use error::{BoxError, CredentialProblem, Error, Result};
pub use fetch::fetch_range;
pub use file::FileStore;
pub use memory::MemoryStore;
#[cfg(feature = "s3")]
pub use s3::{
    Encryption, EncryptionError, S3Intake, S3Settings, S3Store, StorageClass, UnknownStorageClass,
};
#[cfg(feature = "mock")]
pub use store::MockBlobStore;
pub use store::{
    Attributes, BlobStore, ETag, LONGEST_LINK, MAX_LISTED, MultipartUpload, ObjectBody, ObjectInfo,
    OpenUpload, PartReceipt, StoredPart, StoredParts, WriteMode,
};
