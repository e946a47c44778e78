//! Copies that the server makes.

use std::time::SystemTime;

use bytes::Bytes;
use s3s::dto::*;
use s3s::{S3Result, s3_error};

use super::objects::full_object;
use super::state::{Headers, Object, Part, State};
use super::uploads::PART_NUMBERS;
use super::weakness::Weakness;

impl State {
    /// `if_none_match` is that of the target; s3s does not hand it over.
    pub(super) fn copy_object(
        &mut self,
        input: CopyObjectInput,
        if_none_match: Option<&IfNoneMatch>,
    ) -> S3Result<CopyObjectOutput> {
        let replaces = matches!(&input.metadata_directive,
            Some(directive) if directive.as_str() == MetadataDirective::REPLACE);
        let given = Headers {
            content_type: input.content_type,
            content_disposition: input.content_disposition,
            metadata: input.metadata,
            storage_class: input.storage_class,
            encryption: input.server_side_encryption,
            kms_key: input.ssekms_key_id,
        };
        given.check()?;
        let (from, key) = named(&input.copy_source)?;
        let is_itself = from == input.bucket && key == input.key;
        if is_itself && !replaces && given.storage_class.is_none() && given.encryption.is_none() {
            return Err(s3_error!(InvalidRequest));
        }
        let source = self.source(&from, &key, input.copy_source_if_match.as_ref())?;
        let if_none_match = if_none_match.filter(|_| !self.weak.has(Weakness::NoCopyConditions));
        self.check_new(&input.bucket, &input.key, if_none_match)?;
        // The class and the encryption are never copied (S3 API, CopyObject).
        let headers = match replaces {
            true => given,
            false => Headers {
                storage_class: given.storage_class,
                encryption: given.encryption,
                kms_key: given.kms_key,
                ..source.headers
            },
        };
        let crc64nvme = self.check(&source.bytes, None)?;
        let (e_tag, modified) = (self.e_tag(&source.bytes), SystemTime::now());
        let result = CopyObjectResult {
            e_tag: Some(e_tag.clone()),
            last_modified: Some(modified.into()),
            checksum_type: crc64nvme.is_some().then(full_object),
            checksum_crc64nvme: crc64nvme.clone(),
            ..Default::default()
        };
        let answer = CopyObjectOutput {
            copy_object_result: Some(result),
            server_side_encryption: headers.encryption.clone(),
            ssekms_key_id: headers.kms_key.clone(),
            ..Default::default()
        };
        let object = Object { bytes: source.bytes, e_tag, modified, crc64nvme, headers };
        self.bucket(&input.bucket)?.insert(input.key, object);
        Ok(answer)
    }

    pub(super) fn copy_part(
        &mut self,
        input: UploadPartCopyInput,
    ) -> S3Result<UploadPartCopyOutput> {
        if !PART_NUMBERS.contains(&input.part_number) {
            return Err(s3_error!(InvalidArgument));
        }
        let (from, key) = named(&input.copy_source)?;
        let source = self.source(&from, &key, input.copy_source_if_match.as_ref())?;
        let bytes = match &input.copy_source_range {
            None => source.bytes,
            Some(range) => piece(&source.bytes, range)?,
        };
        let crc64nvme = self.check(&bytes, None)?;
        let (e_tag, modified) = (self.e_tag(&bytes), SystemTime::now());
        let upload = self.upload(&input.bucket, &input.key, &input.upload_id)?;
        let result = CopyPartResult {
            e_tag: Some(e_tag.clone()),
            last_modified: Some(modified.into()),
            checksum_crc64nvme: crc64nvme.clone(),
            ..Default::default()
        };
        let part = Part { bytes, e_tag, crc64nvme, modified };
        upload.parts.insert(input.part_number, part);
        Ok(UploadPartCopyOutput { copy_part_result: Some(result), ..Default::default() })
    }

    pub(super) fn delete_object(
        &mut self,
        input: DeleteObjectInput,
    ) -> S3Result<DeleteObjectOutput> {
        let heeded = !self.weak.has(Weakness::NoConditionalDeletes);
        let objects = self.bucket(&input.bucket)?;
        let found = objects.get(&input.key);
        match input.if_match.filter(|_| heeded) {
            Some(_) if found.is_none() => return Err(s3_error!(NoSuchKey)),
            Some(condition) if !fits(Some(&condition), found) => {
                return Err(s3_error!(PreconditionFailed));
            }
            _ => {}
        }
        objects.remove(&input.key);
        Ok(DeleteObjectOutput::default())
    }

    /// What is to be copied, if it is as the condition says.
    fn source(
        &mut self,
        bucket: &str,
        key: &str,
        condition: Option<&ETagCondition>,
    ) -> S3Result<Object> {
        let heeded = !self.weak.has(Weakness::NoCopyConditions);
        let found = self.bucket(bucket)?.get(key).cloned();
        let object = found.ok_or_else(|| s3_error!(NoSuchKey))?;
        if object.headers.is_archived() {
            return Err(s3_error!(InvalidObjectState));
        }
        match fits(condition.filter(|_| heeded), Some(&object)) {
            true => Ok(object),
            false => Err(s3_error!(PreconditionFailed)),
        }
    }
}

fn fits(condition: Option<&ETagCondition>, object: Option<&Object>) -> bool {
    let wanted = condition.and_then(ETagCondition::as_etag);
    wanted.is_none_or(|e_tag| object.is_some_and(|object| object.e_tag == *e_tag))
}

/// Bucket and key. There are no versions here, and whichever is asked for is the one there is.
fn named(source: &CopySource) -> S3Result<(String, String)> {
    match source {
        CopySource::Bucket { bucket, key, .. } => Ok((bucket.to_string(), key.to_string())),
        _ => Err(s3_error!(NotImplemented)),
    }
}

/// `bytes=first-last`, both of which the object must have (S3 API, UploadPartCopy).
fn piece(bytes: &Bytes, range: &str) -> S3Result<Bytes> {
    let ends = range.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
    let ends = ends.and_then(|(first, last)| first.parse::<usize>().ok().zip(last.parse().ok()));
    match ends {
        Some((first, last)) if first <= last && last < bytes.len() => Ok(bytes.slice(first..=last)),
        Some(_) => Err(s3_error!(InvalidRange)),
        None => Err(s3_error!(InvalidArgument)),
    }
}
