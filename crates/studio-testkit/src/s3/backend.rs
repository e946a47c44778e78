//! Buckets in memory, as strict as Amazon's where studio relies on it.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard};
use std::time::SystemTime;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::{Bytes, BytesMut};
use crc_fast::CrcAlgorithm::Crc64Nvme;
use futures_util::TryStreamExt as _;
use s3s::dto::*;
use s3s::{S3, S3Request, S3Response, S3Result, s3_error};

/// The least bytes of a part that is not the last (S3 API, EntityTooSmall).
const LEAST_PART: usize = 5 << 20;

#[derive(Debug, Default)]
pub(super) struct Backend(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    buckets: HashMap<String, BTreeMap<String, Object>>,
    uploads: HashMap<String, Upload>,
    count: u64,
}

#[derive(Debug, Clone)]
struct Object {
    bytes: Bytes,
    e_tag: ETag,
    modified: SystemTime,
    crc64nvme: Option<String>,
    headers: Headers,
}

#[derive(Debug, Clone, Default)]
struct Headers {
    content_type: Option<ContentType>,
    content_disposition: Option<ContentDisposition>,
    metadata: Option<Metadata>,
}

#[derive(Debug)]
struct Upload {
    bucket: String,
    key: String,
    headers: Headers,
    full_object_crc: bool,
    parts: BTreeMap<i32, Part>,
}

#[derive(Debug, Clone)]
struct Part {
    bytes: Bytes,
    e_tag: ETag,
}

impl State {
    fn bucket(&mut self, name: &str) -> S3Result<&mut BTreeMap<String, Object>> {
        self.buckets.get_mut(name).ok_or_else(|| s3_error!(NoSuchBucket))
    }

    fn upload(&mut self, id: &str) -> S3Result<&mut Upload> {
        self.uploads.get_mut(id).ok_or_else(|| s3_error!(NoSuchUpload))
    }

    /// A name for a state, which says nothing about the bytes.
    fn e_tag(&mut self) -> ETag {
        self.count += 1;
        ETag::Strong(format!("state-{}", self.count))
    }
}

impl Backend {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }
}

async fn collect(body: Option<StreamingBlob>) -> S3Result<Bytes> {
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

fn crc64nvme(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(crc_fast::checksum(Crc64Nvme, bytes).to_be_bytes())
}

fn check(bytes: &[u8], announced: Option<&String>) -> S3Result<()> {
    match announced {
        Some(announced) if *announced != crc64nvme(bytes) => Err(s3_error!(BadDigest)),
        _ => Ok(()),
    }
}

/// Refuses a write that is to make a new object where one is.
fn check_new(
    objects: &BTreeMap<String, Object>,
    key: &str,
    if_none_match: Option<&IfNoneMatch>,
) -> S3Result<()> {
    match if_none_match {
        Some(condition) if condition.is_any() && objects.contains_key(key) => {
            Err(s3_error!(PreconditionFailed))
        }
        _ => Ok(()),
    }
}

#[async_trait::async_trait]
impl S3 for Backend {
    async fn create_bucket(
        &self,
        request: S3Request<CreateBucketInput>,
    ) -> S3Result<S3Response<CreateBucketOutput>> {
        let mut state = self.state();
        if state.buckets.contains_key(&request.input.bucket) {
            return Err(s3_error!(BucketAlreadyOwnedByYou));
        }
        state.buckets.insert(request.input.bucket, BTreeMap::new());
        Ok(S3Response::new(CreateBucketOutput::default()))
    }

    async fn put_object(
        &self,
        request: S3Request<PutObjectInput>,
    ) -> S3Result<S3Response<PutObjectOutput>> {
        let input = request.input;
        let bytes = collect(input.body).await?;
        check(&bytes, input.checksum_crc64nvme.as_ref())?;
        let mut state = self.state();
        let e_tag = state.e_tag();
        let objects = state.bucket(&input.bucket)?;
        check_new(objects, &input.key, input.if_none_match.as_ref())?;
        let object = Object {
            crc64nvme: Some(crc64nvme(&bytes)),
            bytes,
            e_tag: e_tag.clone(),
            modified: SystemTime::now(),
            headers: Headers {
                content_type: input.content_type,
                content_disposition: input.content_disposition,
                metadata: input.metadata,
            },
        };
        objects.insert(input.key, object);
        Ok(S3Response::new(PutObjectOutput { e_tag: Some(e_tag), ..Default::default() }))
    }

    async fn head_object(
        &self,
        request: S3Request<HeadObjectInput>,
    ) -> S3Result<S3Response<HeadObjectOutput>> {
        let input = request.input;
        let mut state = self.state();
        let object = state.bucket(&input.bucket)?.get(&input.key);
        let object = object.ok_or_else(|| s3_error!(NoSuchKey))?.clone();
        Ok(S3Response::new(HeadObjectOutput {
            content_length: i64::try_from(object.bytes.len()).ok(),
            e_tag: Some(object.e_tag),
            last_modified: Some(object.modified.into()),
            checksum_crc64nvme: object.crc64nvme.filter(|_| input.checksum_mode.is_some()),
            content_type: object.headers.content_type,
            content_disposition: object.headers.content_disposition,
            metadata: object.headers.metadata,
            ..Default::default()
        }))
    }

    async fn get_object(
        &self,
        request: S3Request<GetObjectInput>,
    ) -> S3Result<S3Response<GetObjectOutput>> {
        let input = request.input;
        let mut state = self.state();
        let object = state.bucket(&input.bucket)?.get(&input.key);
        let object = object.ok_or_else(|| s3_error!(NoSuchKey))?.clone();
        if let Some(condition) = input.if_match
            && condition.as_etag().is_some_and(|e_tag| *e_tag != object.e_tag)
        {
            return Err(s3_error!(PreconditionFailed));
        }
        let size = object.bytes.len();
        let (bytes, content_range) = match input.range {
            None => (object.bytes, None),
            Some(range) => {
                let range = range.check(size as u64)?;
                let sent = format!("bytes {}-{}/{size}", range.start, range.end - 1);
                (object.bytes.slice(range.start as usize..range.end as usize), Some(sent))
            }
        };
        Ok(S3Response::new(GetObjectOutput {
            content_length: i64::try_from(bytes.len()).ok(),
            content_range,
            body: Some(StreamingBlob::from(s3s::Body::from(bytes))),
            e_tag: Some(object.e_tag),
            last_modified: Some(object.modified.into()),
            content_type: object.headers.content_type,
            ..Default::default()
        }))
    }

    async fn delete_object(
        &self,
        request: S3Request<DeleteObjectInput>,
    ) -> S3Result<S3Response<DeleteObjectOutput>> {
        self.state().bucket(&request.input.bucket)?.remove(&request.input.key);
        Ok(S3Response::new(DeleteObjectOutput::default()))
    }

    async fn list_objects_v2(
        &self,
        request: S3Request<ListObjectsV2Input>,
    ) -> S3Result<S3Response<ListObjectsV2Output>> {
        let input = request.input;
        let prefix = input.prefix.unwrap_or_default();
        let after = input.start_after.unwrap_or_default();
        let most = usize::try_from(input.max_keys.unwrap_or(1000)).unwrap_or(0).min(1000);
        let mut state = self.state();
        let wanted = state
            .bucket(&input.bucket)?
            .iter()
            .filter(|(key, _)| key.starts_with(&prefix) && **key > after);
        let mut contents: Vec<_> = wanted
            .take(most + 1)
            .map(|(key, object)| s3s::dto::Object {
                key: Some(key.clone()),
                size: i64::try_from(object.bytes.len()).ok(),
                e_tag: Some(object.e_tag.clone()),
                last_modified: Some(object.modified.into()),
                ..Default::default()
            })
            .collect();
        let is_truncated = contents.len() > most;
        contents.truncate(most);
        Ok(S3Response::new(ListObjectsV2Output {
            key_count: i32::try_from(contents.len()).ok(),
            contents: Some(contents),
            is_truncated: Some(is_truncated),
            ..Default::default()
        }))
    }

    async fn create_multipart_upload(
        &self,
        request: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let input = request.input;
        let mut state = self.state();
        state.bucket(&input.bucket)?;
        state.count += 1;
        let id = format!("upload-{}", state.count);
        let full_object = ChecksumType::from_static(ChecksumType::FULL_OBJECT);
        let upload = Upload {
            bucket: input.bucket,
            key: input.key,
            headers: Headers {
                content_type: input.content_type,
                content_disposition: input.content_disposition,
                metadata: input.metadata,
            },
            full_object_crc: input.checksum_type.as_ref() == Some(&full_object),
            parts: BTreeMap::new(),
        };
        state.uploads.insert(id.clone(), upload);
        Ok(S3Response::new(CreateMultipartUploadOutput {
            upload_id: Some(id),
            checksum_type: input.checksum_type,
            ..Default::default()
        }))
    }

    async fn upload_part(
        &self,
        request: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let input = request.input;
        let bytes = collect(input.body).await?;
        check(&bytes, input.checksum_crc64nvme.as_ref())?;
        let mut state = self.state();
        let e_tag = state.e_tag();
        let part = Part { bytes, e_tag: e_tag.clone() };
        state.upload(&input.upload_id)?.parts.insert(input.part_number, part);
        Ok(S3Response::new(UploadPartOutput { e_tag: Some(e_tag), ..Default::default() }))
    }

    async fn complete_multipart_upload(
        &self,
        request: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let input = request.input;
        let mut state = self.state();
        let e_tag = state.e_tag();
        let upload = state.upload(&input.upload_id)?;
        let wanted = input.multipart_upload.and_then(|wanted| wanted.parts).unwrap_or_default();
        let bytes = join(upload, &wanted)?;
        if input.mpu_object_size.is_some_and(|size| size != bytes.len() as i64) {
            return Err(s3_error!(InvalidRequest));
        }
        check(&bytes, input.checksum_crc64nvme.as_ref().filter(|_| upload.full_object_crc))?;
        let object = Object {
            crc64nvme: upload.full_object_crc.then(|| crc64nvme(&bytes)),
            bytes,
            e_tag: e_tag.clone(),
            modified: SystemTime::now(),
            headers: upload.headers.clone(),
        };
        let (bucket, key) = (upload.bucket.clone(), upload.key.clone());
        let objects = state.bucket(&bucket)?;
        check_new(objects, &key, input.if_none_match.as_ref())?;
        objects.insert(key, object);
        state.uploads.remove(&input.upload_id);
        Ok(S3Response::new(CompleteMultipartUploadOutput {
            e_tag: Some(e_tag),
            ..Default::default()
        }))
    }

    async fn abort_multipart_upload(
        &self,
        request: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        match self.state().uploads.remove(&request.input.upload_id) {
            Some(_) => Ok(S3Response::new(AbortMultipartUploadOutput::default())),
            None => Err(s3_error!(NoSuchUpload)),
        }
    }
}

/// The parts that are named, checked as S3 checks them.
fn join(upload: &Upload, wanted: &[CompletedPart]) -> S3Result<Bytes> {
    if wanted.is_empty() {
        return Err(s3_error!(MalformedXML));
    }
    let mut whole = BytesMut::new();
    let mut last = 0;
    for (index, named) in wanted.iter().enumerate() {
        let number = named.part_number.unwrap_or(0);
        if number <= last {
            return Err(s3_error!(InvalidPartOrder));
        }
        last = number;
        let part = upload.parts.get(&number).ok_or_else(|| s3_error!(InvalidPart))?;
        if named.e_tag.as_ref() != Some(&part.e_tag) {
            return Err(s3_error!(InvalidPart));
        }
        if index + 1 < wanted.len() && part.bytes.len() < LEAST_PART {
            return Err(s3_error!(EntityTooSmall));
        }
        whole.extend_from_slice(&part.bytes);
    }
    Ok(whole.freeze())
}
