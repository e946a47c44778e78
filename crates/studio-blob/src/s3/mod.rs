//! Objects in a bucket of Amazon S3 or a compatible server.
//!
//! Bodies are sent as bytes with their checksum in a header, never as a stream with a
//! trailer: some servers answer 200 to the latter and store it corrupt. A server checks
//! each part against its CRC-64/NVME and the whole object against that of the whole.

mod answer;
mod archive;
mod attributes;
mod client;
mod copy;
mod error;
mod intake;
mod link;
mod list;
mod notify;
mod open;
mod play;
mod renamed;
mod settings;
mod write;

use std::ops::Range;
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_s3::Client;
use aws_sdk_s3::config::SharedCredentialsProvider;
use aws_sdk_s3::types::{ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use futures_util::stream::StreamExt as _;
pub use studio_aws::Ensured;
use studio_domain::{Crc64Nvme, ObjectKey, StoreUrl};
use tokio::sync::OnceCell;

use self::answer::{chunks, size_of_whole, timestamp};
use self::client::promptly;
use self::error::{Condition, Context};
pub use self::intake::S3Intake;
pub use self::notify::{BucketAdmin, BucketNotification};
pub use self::settings::{
    Encryption, EncryptionError, S3Settings, StorageClass, UnknownStorageClass,
};
use crate::{
    Attributes, BlobStore, ETag, Error, MultipartUpload, ObjectBody, ObjectInfo, OpenUpload,
    PartReceipt, Result, StoredParts, WriteMode,
};

/// A [`BlobStore`] in an S3 bucket.
#[derive(Debug)]
pub struct S3Store {
    url: StoreUrl,
    bucket: String,
    prefix: Option<String>,
    settings: S3Settings,
    /// Made when first used: reading certificates and credentials takes a while, and
    /// much of what studio does needs no store.
    connection: OnceCell<Connection>,
    /// Whether the server compares whole objects with their checksum. It tells so when an
    /// upload begins, and not always when one goes on.
    checks_whole: OnceCell<bool>,
    /// Made when something is first played.
    lean: OnceCell<play::Lean>,
}

/// A client and what to call its server in messages.
#[derive(Debug)]
struct Connection {
    client: Client,
    credentials: Option<SharedCredentialsProvider>,
    region: String,
    endpoint: String,
    /// Whether signatures cover the bodies too.
    signs_bodies: bool,
}

impl S3Store {
    /// A store in `bucket`, all of whose keys begin with `prefix`. Does nothing yet.
    pub fn new(bucket: &str, prefix: Option<&str>, settings: S3Settings) -> Self {
        let (bucket, prefix) = (bucket.to_owned(), prefix.map(str::to_owned));
        let url = StoreUrl::S3 { bucket: bucket.clone(), prefix: prefix.clone() };
        Self {
            url,
            bucket,
            prefix,
            settings,
            connection: OnceCell::new(),
            checks_whole: OnceCell::new(),
            lean: OnceCell::new(),
        }
    }

    async fn connection(&self) -> &Connection {
        self.connection.get_or_init(|| client::connect(&self.settings)).await
    }

    /// The key in the bucket.
    fn full_key(&self, key: &str) -> String {
        match &self.prefix {
            Some(prefix) => format!("{prefix}/{key}"),
            None => key.to_owned(),
        }
    }

    /// The key in this store, or nothing for an object that is not ours.
    fn own_key(&self, full: &str) -> Option<ObjectKey> {
        let key = match &self.prefix {
            Some(prefix) => full.strip_prefix(prefix.as_str())?.strip_prefix('/')?,
            None => full,
        };
        key.parse().ok()
    }

    fn context<'a>(
        &'a self,
        connection: &'a Connection,
        action: &'static str,
        key: Option<&'a ObjectKey>,
    ) -> Context<'a> {
        let Connection { region, endpoint, .. } = connection;
        let condition = Condition::None;
        let (store, foreign, may_miss) = (&self.url, None, false);
        Context { store, region, endpoint, action, key, foreign, condition, may_miss }
    }

    /// Makes the bucket. That somebody else has made it, or is about to, is left to the
    /// write that comes next: it goes through, or says what is wrong.
    async fn create_bucket(&self) -> Result<()> {
        use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
        let connection = self.connection().await;
        // us-east-1 is the one region that must not be named (S3 API, CreateBucket).
        let elsewhere = (connection.region != "us-east-1").then(|| {
            CreateBucketConfiguration::builder()
                .location_constraint(BucketLocationConstraint::from(connection.region.as_str()))
                .build()
        });
        tracing::info!(bucket = self.bucket, "making the bucket");
        let made = connection
            .client
            .create_bucket()
            .bucket(&self.bucket)
            .set_create_bucket_configuration(elsewhere)
            .customize()
            .config_override(promptly())
            .send()
            .await;
        match made {
            Ok(_) => Ok(()),
            Err(error) if error.raw_response().is_some_and(|r| r.status().as_u16() == 409) => {
                Ok(())
            }
            Err(error) => Err(self.context(connection, "make the bucket", None).read(error)),
        }
    }

    /// A write, and where the bucket is missing the making of it and the write again.
    async fn with_bucket<T, W>(&self, write: impl Fn() -> W + Sync) -> Result<T>
    where
        W: Future<Output = Result<T>> + Send,
    {
        const TRIES: u32 = 5;
        const PAUSE: Duration = Duration::from_millis(200);
        let mut result = write().await;
        for n in 0..TRIES {
            if !matches!(result, Err(Error::NoSuchStore { .. })) {
                break;
            }
            if n > 0 {
                tokio::time::sleep(PAUSE * n).await;
            }
            self.create_bucket().await?;
            result = write().await;
        }
        result
    }

    /// HEAD answers carry no body, so a refusal has no reason; a ranged GET tells it.
    async fn reason_of_refusal(&self, key: &ObjectKey, refusal: Error) -> Error {
        match self.get(key, Some(0..1), None).await {
            Err(error @ (Error::Denied { .. } | Error::Credentials { .. })) => error,
            Err(error @ (Error::WrongRegion { .. } | Error::Unreachable { .. })) => error,
            _ => refusal,
        }
    }
}

#[async_trait]
impl BlobStore for S3Store {
    fn url(&self) -> &StoreUrl {
        &self.url
    }

    async fn head(&self, key: &ObjectKey) -> Result<ObjectInfo> {
        let connection = self.connection().await;
        let context = || self.context(connection, "look at", Some(key)).may_miss();
        let answer = connection
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(self.full_key(key.as_str()))
            .checksum_mode(ChecksumMode::Enabled)
            .customize()
            .config_override(promptly())
            .send()
            .await;
        let head = match answer {
            Ok(head) => head,
            Err(error) => {
                // No object, or no S3: that a page would tell it makes one wonder.
                let doubtful = error.raw_response().is_some_and(studio_aws::is_page);
                let refusal = context().read(error);
                let unclear = matches!(refusal, Error::Denied { .. } | Error::Backend { .. })
                    || doubtful && matches!(refusal, Error::NotFound { .. });
                return Err(match unclear {
                    true => self.reason_of_refusal(key, refusal).await,
                    false => refusal,
                });
            }
        };
        let size = head.content_length().and_then(|size| u64::try_from(size).ok());
        Ok(ObjectInfo {
            key: key.clone(),
            size: size.ok_or_else(|| context().broken_answer("it has no size"))?,
            modified: timestamp(head.last_modified()),
            crc64nvme: head.checksum_crc64_nvme().and_then(|crc| crc.parse().ok()),
            etag: head.e_tag.map(ETag),
        })
    }

    async fn get(
        &self,
        key: &ObjectKey,
        range: Option<Range<u64>>,
        if_match: Option<ETag>,
    ) -> Result<ObjectBody> {
        let object = self.url.locate(key);
        if let Some(Range { start, end }) = range
            && start >= end
        {
            return Err(Error::RangeNotSatisfiable { object, start });
        }
        let connection = self.connection().await;
        let start = range.as_ref().map_or(0, |range| range.start);
        let context = || self.context(connection, "read", Some(key)).may_miss().if_match(start);
        let header = range.as_ref().map(|range| format!("bytes={}-{}", range.start, range.end - 1));
        let request = connection
            .client
            .get_object()
            .bucket(&self.bucket)
            .key(self.full_key(key.as_str()))
            .set_range(header)
            // Told for the whole alone; the SDK compares it with what comes.
            .set_checksum_mode(range.is_none().then_some(ChecksumMode::Enabled))
            .set_if_match(if_match.map(|etag| etag.0))
            .customize();
        // Large objects may lie on slow disks; what leads to them does not.
        let request = match key.digest() {
            Some(_) => request,
            None => request.config_override(promptly()),
        };
        let answer = match request.send().await.map_err(|error| context().read(error)) {
            Ok(answer) => answer,
            Err(refusal) => return Err(self.archived(key, refusal).await),
        };
        let length = answer.content_length().and_then(|length| u64::try_from(length).ok());
        let length = length.ok_or_else(|| context().broken_answer("it has no length"))?;
        let size = match (&range, answer.content_range()) {
            (None, _) => length,
            (Some(_), Some(sent)) => size_of_whole(sent, start)
                .ok_or_else(|| context().broken_answer("its Content-Range is wrong"))?,
            (Some(_), None) => return Err(context().broken_answer("it ignores the range")),
        };
        let info = ObjectInfo {
            key: key.clone(),
            size,
            modified: timestamp(answer.last_modified()),
            crc64nvme: None,
            etag: answer.e_tag.map(ETag),
        };
        let chunks = chunks(answer.body, object, length).boxed();
        Ok(ObjectBody { info, range: start..start + length, chunks })
    }

    async fn put(
        &self,
        key: &ObjectKey,
        body: Bytes,
        crc64nvme: Crc64Nvme,
        attributes: &Attributes,
        mode: WriteMode,
    ) -> Result<()> {
        self.with_bucket(|| self.put_once(key, body.clone(), crc64nvme, attributes, mode)).await
    }

    async fn delete(&self, key: &ObjectKey) -> Result<()> {
        let connection = self.connection().await;
        let deleted = connection
            .client
            .delete_object()
            .bucket(&self.bucket)
            .key(self.full_key(key.as_str()))
            .customize()
            .config_override(promptly())
            .send()
            .await;
        match deleted {
            Ok(_) => Ok(()),
            Err(error) => {
                match self.context(connection, "remove", Some(key)).may_miss().read(error) {
                    Error::NotFound { .. } | Error::NoSuchStore { .. } => Ok(()),
                    error => Err(error),
                }
            }
        }
    }

    async fn list(&self, prefix: &str, after: Option<ObjectKey>) -> Result<Vec<ObjectInfo>> {
        self.list_objects(prefix, after).await
    }

    async fn begin(
        &self,
        key: &ObjectKey,
        _size: u64,
        part_size: u64,
        attributes: &Attributes,
    ) -> Result<MultipartUpload> {
        let (id, checks_whole) = self.with_bucket(|| self.begin_once(key, attributes)).await?;
        Ok(MultipartUpload { key: key.clone(), id, part_size, checks_whole })
    }

    async fn put_part(
        &self,
        upload: &MultipartUpload,
        number: u32,
        body: Bytes,
        crc64nvme: Crc64Nvme,
    ) -> Result<PartReceipt> {
        self.put_one_part(upload, number, body, crc64nvme).await
    }

    async fn complete(
        &self,
        upload: &MultipartUpload,
        parts: &[PartReceipt],
        crc64nvme: Crc64Nvme,
        mode: WriteMode,
    ) -> Result<()> {
        let connection = self.connection().await;
        // Checked here too, for servers that do not check the whole.
        let size = crate::multipart::check_parts(&self.url.locate(&upload.key), parts, crc64nvme)?;
        let completed = parts.iter().map(|part| {
            CompletedPart::builder()
                .part_number(part.number as i32)
                .set_e_tag(part.etag.as_ref().map(|etag| etag.0.clone()))
                .checksum_crc64_nvme(part.crc64nvme.to_string())
                .build()
        });
        connection
            .client
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(self.full_key(upload.key.as_str()))
            .upload_id(&upload.id)
            .multipart_upload(
                CompletedMultipartUpload::builder().set_parts(Some(completed.collect())).build(),
            )
            .set_checksum_type(upload.checks_whole.then_some(ChecksumType::FullObject))
            .set_checksum_crc64_nvme(upload.checks_whole.then(|| crc64nvme.to_string()))
            .mpu_object_size(i64::try_from(size).unwrap_or(i64::MAX))
            .set_if_none_match(write::only_new(mode))
            .send()
            .await
            .map_err(|error| {
                self.context(connection, "finish", Some(&upload.key)).if_absent().read(error)
            })?;
        Ok(())
    }

    async fn presigned_url(
        &self,
        key: &ObjectKey,
        expires: Duration,
        file_name: Option<String>,
    ) -> Result<Option<String>> {
        self.presign(key, expires, file_name.as_deref()).await.map(Some)
    }

    async fn abort(&self, upload: &OpenUpload) -> Result<()> {
        self.abort_upload(upload).await
    }

    async fn open_uploads(&self, prefix: &str) -> Result<Vec<OpenUpload>> {
        self.list_uploads(prefix).await
    }

    async fn parts(&self, upload: &OpenUpload) -> Result<StoredParts> {
        self.list_parts(upload).await
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_come_back_from_their_full_form(key in "[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,3}") {
            for prefix in [None, Some("a/b")] {
                let store = S3Store::new("bucket", prefix, S3Settings::default());
                let own = store.own_key(&store.full_key(&key)).map(|own| own.to_string());
                prop_assert_eq!(own.as_deref(), Some(key.as_str()));
            }
            let store = S3Store::new("bucket", Some("a"), S3Settings::default());
            prop_assert_eq!(store.own_key(&format!("ab/{key}")), None);
        }
    }
}
