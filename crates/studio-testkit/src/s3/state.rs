//! What the server keeps.

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use md5::{Digest as _, Md5};
use s3s::dto::*;
use s3s::{S3Result, s3_error};

use super::weakness::{Weakness, Weaknesses};

/// The objects of a bucket by their keys.
pub(super) type Objects = BTreeMap<String, Object>;

#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) weak: Weaknesses,
    pub(super) buckets: HashMap<String, Objects>,
    /// The open uploads by their ids, whose order is that in which they were begun.
    pub(super) uploads: BTreeMap<String, Upload>,
    /// What completed uploads became.
    pub(super) completed: HashMap<String, Completed>,
    count: u64,
}

#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) bytes: Bytes,
    pub(super) e_tag: ETag,
    pub(super) modified: SystemTime,
    pub(super) crc64nvme: Option<String>,
    pub(super) headers: Headers,
}

/// What came with an object and goes out with it again.
#[derive(Debug, Clone, Default)]
pub(super) struct Headers {
    pub(super) content_type: Option<ContentType>,
    pub(super) content_disposition: Option<ContentDisposition>,
    pub(super) metadata: Option<Metadata>,
    pub(super) storage_class: Option<StorageClass>,
    pub(super) encryption: Option<ServerSideEncryption>,
    pub(super) kms_key: Option<SSEKMSKeyId>,
}

#[derive(Debug)]
pub(super) struct Upload {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) begun: SystemTime,
    pub(super) headers: Headers,
    pub(super) checksum_type: Option<ChecksumType>,
    pub(super) parts: BTreeMap<i32, Part>,
}

#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) bytes: Bytes,
    pub(super) e_tag: ETag,
    pub(super) crc64nvme: Option<String>,
    pub(super) modified: SystemTime,
}

/// An upload that has become an object.
#[derive(Debug)]
pub(super) struct Completed {
    pub(super) bucket: String,
    pub(super) key: String,
    pub(super) parts: Vec<(i32, Option<ETag>)>,
    pub(super) e_tag: ETag,
}

impl State {
    pub(super) fn with(weak: Weaknesses) -> Self {
        Self { weak, ..Self::default() }
    }

    pub(super) fn bucket(&mut self, name: &str) -> S3Result<&mut Objects> {
        self.buckets.get_mut(name).ok_or_else(|| s3_error!(NoSuchBucket))
    }

    pub(super) fn upload(&mut self, bucket: &str, key: &str, id: &str) -> S3Result<&mut Upload> {
        match self.uploads.get_mut(id) {
            Some(upload) if upload.bucket == bucket && upload.key == key => Ok(upload),
            _ => Err(s3_error!(NoSuchUpload)),
        }
    }

    /// A number that nothing had before.
    pub(super) fn next(&mut self) -> u64 {
        self.count += 1;
        self.count
    }

    /// A name for a state of `bytes`, which as a rule says nothing about them.
    pub(super) fn e_tag(&mut self, bytes: &[u8]) -> ETag {
        match self.weak.has(Weakness::Md5ETags) {
            true => ETag::Strong(hex(&Md5::digest(bytes))),
            false => ETag::Strong(format!("state-{}", self.next())),
        }
    }

    /// The same for an object of several parts (S3 API, "Checking object integrity").
    pub(super) fn e_tag_of_parts<'a>(&mut self, parts: impl Iterator<Item = &'a [u8]>) -> ETag {
        if !self.weak.has(Weakness::Md5ETags) {
            return ETag::Strong(format!("state-{}", self.next()));
        }
        let (mut all, mut count) = (Md5::new(), 0);
        for part in parts {
            all.update(Md5::digest(part));
            count += 1;
        }
        ETag::Strong(format!("{}-{count}", hex(&all.finalize())))
    }

    /// The checksum to keep of `bytes`; refuses them when another one was announced.
    pub(super) fn check(
        &self,
        bytes: &[u8],
        announced: Option<&String>,
    ) -> S3Result<Option<String>> {
        if self.weak.has(Weakness::NoCrc64Nvme) {
            return Ok(None);
        }
        let found = crc64nvme(bytes);
        match announced {
            Some(announced) if *announced != found => Err(s3_error!(BadDigest)),
            _ => Ok(Some(found)),
        }
    }

    /// Refuses a write that is to make a new object where one is.
    pub(super) fn check_new(
        &mut self,
        bucket: &str,
        key: &str,
        if_none_match: Option<&IfNoneMatch>,
    ) -> S3Result<()> {
        let heeded = !self.weak.has(Weakness::NoConditionalWrites);
        let there = self.bucket(bucket)?.contains_key(key);
        match if_none_match {
            Some(condition) if condition.is_any() && there && heeded => {
                Err(s3_error!(PreconditionFailed))
            }
            _ => Ok(()),
        }
    }
}

impl Headers {
    /// Refuses a class that S3 does not have.
    pub(super) fn check(&self) -> S3Result<()> {
        const CLASSES: [&str; 8] = [
            StorageClass::STANDARD,
            StorageClass::STANDARD_IA,
            StorageClass::ONEZONE_IA,
            StorageClass::INTELLIGENT_TIERING,
            StorageClass::REDUCED_REDUNDANCY,
            StorageClass::GLACIER_IR,
            StorageClass::GLACIER,
            StorageClass::DEEP_ARCHIVE,
        ];
        match &self.storage_class {
            Some(class) if !CLASSES.contains(&class.as_str()) => {
                Err(s3_error!(InvalidStorageClass))
            }
            _ => Ok(()),
        }
    }

    /// The class as HEAD and GET tell it: not at all if it is the usual one.
    pub(super) fn told_class(&self) -> Option<StorageClass> {
        self.storage_class.clone().filter(|class| class.as_str() != StorageClass::STANDARD)
    }

    /// Whether the bytes must be brought back from an archive before they can be read.
    pub(super) fn is_archived(&self) -> bool {
        let class = self.storage_class.as_ref().map(StorageClass::as_str);
        matches!(class, Some(StorageClass::GLACIER | StorageClass::DEEP_ARCHIVE))
    }
}

/// All of a body.
pub(super) async fn collect(body: Option<StreamingBlob>) -> S3Result<Bytes> {
    let Some(body) = body else { return Ok(Bytes::new()) };
    let collected = body.try_fold(BytesMut::new(), async |mut all, chunk| {
        all.extend_from_slice(&chunk);
        Ok(all)
    });
    match collected.await {
        Ok(all) => Ok(all.freeze()),
        Err(_) => Err(s3_error!(IncompleteBody)),
    }
}

/// How S3 writes a CRC-64/NVME.
pub(super) fn crc64nvme(bytes: &[u8]) -> String {
    studio_blob::crc64nvme(bytes).to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
