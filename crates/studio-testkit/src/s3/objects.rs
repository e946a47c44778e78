//! Whole objects.

use std::ops::Bound;
use std::time::SystemTime;

use bytes::Bytes;
use s3s::dto::*;
use s3s::{S3Result, s3_error};

use super::state::{Headers, Object, State};

impl State {
    pub(super) fn create_bucket(&mut self, input: CreateBucketInput) -> S3Result<()> {
        if self.buckets.contains_key(&input.bucket) {
            return Err(s3_error!(BucketAlreadyOwnedByYou));
        }
        self.buckets.insert(input.bucket, Default::default());
        Ok(())
    }

    pub(super) fn put_object(
        &mut self,
        input: PutObjectInput,
        bytes: Bytes,
    ) -> S3Result<PutObjectOutput> {
        let headers = Headers {
            content_type: input.content_type,
            content_disposition: input.content_disposition,
            metadata: input.metadata,
            storage_class: input.storage_class,
            encryption: input.server_side_encryption,
            kms_key: input.ssekms_key_id,
        };
        headers.check()?;
        let crc64nvme = self.check(&bytes, input.checksum_crc64nvme.as_ref())?;
        self.check_new(&input.bucket, &input.key, input.if_none_match.as_ref())?;
        let e_tag = self.e_tag(&bytes);
        let answer = PutObjectOutput {
            e_tag: Some(e_tag.clone()),
            checksum_type: crc64nvme.is_some().then(full_object),
            checksum_crc64nvme: crc64nvme.clone(),
            server_side_encryption: headers.encryption.clone(),
            ssekms_key_id: headers.kms_key.clone(),
            ..Default::default()
        };
        let object = Object { crc64nvme, bytes, e_tag, modified: SystemTime::now(), headers };
        self.bucket(&input.bucket)?.insert(input.key, object);
        Ok(answer)
    }

    fn object(&mut self, bucket: &str, key: &str) -> S3Result<Object> {
        self.bucket(bucket)?.get(key).cloned().ok_or_else(|| s3_error!(NoSuchKey))
    }

    pub(super) fn head_object(&mut self, input: HeadObjectInput) -> S3Result<HeadObjectOutput> {
        let object = self.object(&input.bucket, &input.key)?;
        let storage_class = object.headers.told_class();
        let crc64nvme = object.crc64nvme.filter(|_| input.checksum_mode.is_some());
        Ok(HeadObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: i64::try_from(object.bytes.len()).ok(),
            e_tag: Some(object.e_tag),
            last_modified: Some(object.modified.into()),
            checksum_type: crc64nvme.is_some().then(full_object),
            checksum_crc64nvme: crc64nvme,
            content_type: object.headers.content_type,
            content_disposition: object.headers.content_disposition,
            metadata: object.headers.metadata,
            storage_class,
            server_side_encryption: object.headers.encryption,
            ssekms_key_id: object.headers.kms_key,
            ..Default::default()
        })
    }

    pub(super) fn get_object(&mut self, input: GetObjectInput) -> S3Result<GetObjectOutput> {
        let object = self.object(&input.bucket, &input.key)?;
        if let Some(condition) = input.if_match
            && condition.as_etag().is_some_and(|e_tag| *e_tag != object.e_tag)
        {
            return Err(s3_error!(PreconditionFailed));
        }
        if object.headers.is_archived() {
            return Err(s3_error!(InvalidObjectState));
        }
        let size = object.bytes.len();
        let storage_class = object.headers.told_class();
        let (bytes, content_range) = match input.range {
            None => (object.bytes, None),
            Some(range) => {
                let range = range.check(size as u64)?;
                let sent = format!("bytes {}-{}/{size}", range.start, range.end - 1);
                (object.bytes.slice(range.start as usize..range.end as usize), Some(sent))
            }
        };
        // A checksum of the whole is no use to who reads a part, and is not told there.
        let crc64nvme = object.crc64nvme.filter(|_| input.checksum_mode.is_some());
        let crc64nvme = crc64nvme.filter(|_| content_range.is_none());
        let disposition = input.response_content_disposition;
        Ok(GetObjectOutput {
            accept_ranges: Some("bytes".to_owned()),
            content_length: i64::try_from(bytes.len()).ok(),
            content_range,
            body: Some(StreamingBlob::from(s3s::Body::from(bytes))),
            e_tag: Some(object.e_tag),
            last_modified: Some(object.modified.into()),
            checksum_type: crc64nvme.is_some().then(full_object),
            checksum_crc64nvme: crc64nvme,
            content_type: input.response_content_type.or(object.headers.content_type),
            content_disposition: disposition.or(object.headers.content_disposition),
            metadata: object.headers.metadata,
            storage_class,
            server_side_encryption: object.headers.encryption,
            ssekms_key_id: object.headers.kms_key,
            ..Default::default()
        })
    }

    pub(super) fn list_objects(
        &mut self,
        input: ListObjectsV2Input,
    ) -> S3Result<ListObjectsV2Output> {
        let prefix = input.prefix.unwrap_or_default();
        let after = input.start_after.unwrap_or_default();
        let most = usize::try_from(input.max_keys.unwrap_or(1000)).unwrap_or(0).min(1000);
        let first = match after < prefix {
            true => Bound::Included(prefix.as_str()),
            false => Bound::Excluded(after.as_str()),
        };
        let objects = self.bucket(&input.bucket)?.range::<str, _>((first, Bound::Unbounded));
        let mut contents: Vec<_> = objects
            .take_while(|(key, _)| key.starts_with(&prefix))
            .take(most + 1)
            .map(|(key, object)| s3s::dto::Object {
                key: Some(key.clone()),
                size: i64::try_from(object.bytes.len()).ok(),
                e_tag: Some(object.e_tag.clone()),
                last_modified: Some(object.modified.into()),
                storage_class: Some(listed_class(object.headers.storage_class.as_ref())),
                ..Default::default()
            })
            .collect();
        let is_truncated = contents.len() > most;
        contents.truncate(most);
        if input.encoding_type.is_some() {
            contents.iter_mut().for_each(|object| object.key = object.key.take().map(form_encoded));
        }
        Ok(ListObjectsV2Output {
            encoding_type: input.encoding_type,
            key_count: i32::try_from(contents.len()).ok(),
            contents: Some(contents),
            is_truncated: Some(is_truncated),
            ..Default::default()
        })
    }
}

/// What checksums are made of here: all of the bytes.
pub(super) fn full_object() -> ChecksumType {
    ChecksumType::from_static(ChecksumType::FULL_OBJECT)
}

/// As Amazon writes keys in a listing with `encoding-type=url`: as in a form, but for slashes.
fn form_encoded(key: String) -> String {
    let mut text = String::new();
    for byte in key.bytes() {
        match byte {
            b' ' => text.push('+'),
            b'/' | b'-' | b'.' | b'_' | b'*' => text.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => text.push(char::from(byte)),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// In a listing each object has a class.
fn listed_class(class: Option<&StorageClass>) -> ObjectStorageClass {
    match class {
        Some(class) => ObjectStorageClass::from(class.as_str().to_owned()),
        None => ObjectStorageClass::from_static(ObjectStorageClass::STANDARD),
    }
}
