//! Uploads in parts.

use std::collections::BTreeMap;
use std::time::SystemTime;

use bytes::{Bytes, BytesMut};
use s3s::dto::*;
use s3s::{S3Result, s3_error};

use super::objects::full_object;
use super::state::{Completed, Headers, Object, Part, State, Upload};
use super::weakness::Weakness;

/// The least bytes of a part that is not the last (S3 API, EntityTooSmall).
const LEAST_PART: usize = 5 << 20;
/// The numbers a part can have (S3 API, UploadPart).
pub(super) const PART_NUMBERS: std::ops::RangeInclusive<i32> = 1..=10_000;
/// The most parts or uploads in one answer (S3 API, ListParts and ListMultipartUploads).
const PAGE: usize = 1000;

impl State {
    pub(super) fn create_upload(
        &mut self,
        input: CreateMultipartUploadInput,
    ) -> S3Result<CreateMultipartUploadOutput> {
        self.bucket(&input.bucket)?;
        let headers = Headers {
            content_type: input.content_type,
            content_disposition: input.content_disposition,
            metadata: input.metadata,
            storage_class: input.storage_class,
            encryption: input.server_side_encryption,
            kms_key: input.ssekms_key_id,
        };
        headers.check()?;
        let strong = !self.weak.has(Weakness::NoCrc64Nvme);
        let checksum_type = input.checksum_type.filter(|_| strong);
        let id = format!("upload-{:08}", self.next());
        let answer = CreateMultipartUploadOutput {
            bucket: Some(input.bucket.clone()),
            key: Some(input.key.clone()),
            upload_id: Some(id.clone()),
            checksum_algorithm: input.checksum_algorithm.filter(|_| strong),
            checksum_type: checksum_type.clone(),
            server_side_encryption: headers.encryption.clone(),
            ssekms_key_id: headers.kms_key.clone(),
            ..Default::default()
        };
        let upload = Upload {
            bucket: input.bucket,
            key: input.key,
            begun: SystemTime::now(),
            headers,
            checksum_type,
            parts: BTreeMap::new(),
        };
        self.uploads.insert(id, upload);
        Ok(answer)
    }

    pub(super) fn upload_part(
        &mut self,
        input: UploadPartInput,
        bytes: Bytes,
    ) -> S3Result<UploadPartOutput> {
        if !PART_NUMBERS.contains(&input.part_number) {
            return Err(s3_error!(InvalidArgument));
        }
        let crc64nvme = self.check(&bytes, input.checksum_crc64nvme.as_ref())?;
        let e_tag = self.e_tag(&bytes);
        let upload = self.upload(&input.bucket, &input.key, &input.upload_id)?;
        let answer = UploadPartOutput {
            e_tag: Some(e_tag.clone()),
            checksum_crc64nvme: crc64nvme.clone(),
            server_side_encryption: upload.headers.encryption.clone(),
            ssekms_key_id: upload.headers.kms_key.clone(),
            ..Default::default()
        };
        let part = Part { bytes, e_tag, crc64nvme, modified: SystemTime::now() };
        upload.parts.insert(input.part_number, part);
        Ok(answer)
    }

    pub(super) fn complete_upload(
        &mut self,
        input: CompleteMultipartUploadInput,
    ) -> S3Result<CompleteMultipartUploadOutput> {
        let wanted = input.multipart_upload.and_then(|wanted| wanted.parts).unwrap_or_default();
        let (bucket, key, id) = (&input.bucket, &input.key, &input.upload_id);
        if let Some(answer) = self.completed_before(bucket, key, id, &wanted) {
            return Ok(answer);
        }
        let upload = self.upload(bucket, key, id)?;
        let pieces = choose(upload, &wanted)?;
        let full_object_crc = upload.checksum_type == Some(full_object());
        let headers = upload.headers.clone();
        let bytes = join(&pieces);
        if input.mpu_object_size.is_some_and(|size| size != bytes.len() as i64) {
            return Err(s3_error!(InvalidRequest));
        }
        let announced = input.checksum_crc64nvme.as_ref().filter(|_| full_object_crc);
        let crc64nvme = self.check(&bytes, announced)?.filter(|_| full_object_crc);
        self.check_new(bucket, key, input.if_none_match.as_ref())?;
        let e_tag = self.e_tag_of_parts(pieces.iter().map(|piece| &piece[..]));
        let answer = CompleteMultipartUploadOutput {
            bucket: Some(bucket.clone()),
            key: Some(key.clone()),
            e_tag: Some(e_tag.clone()),
            checksum_type: crc64nvme.is_some().then(full_object),
            checksum_crc64nvme: crc64nvme.clone(),
            server_side_encryption: headers.encryption.clone(),
            ssekms_key_id: headers.kms_key.clone(),
            ..Default::default()
        };
        let object =
            Object { crc64nvme, bytes, e_tag: e_tag.clone(), modified: SystemTime::now(), headers };
        self.bucket(bucket)?.insert(key.clone(), object);
        self.uploads.remove(id);
        let (bucket, key, parts) = (bucket.clone(), key.clone(), named(&wanted));
        self.completed.insert(id.clone(), Completed { bucket, key, parts, e_tag });
        Ok(answer)
    }

    /// Amazon gives the first answer again when the same parts are completed once more
    /// (its manual allows it NoSuchUpload too), as long as the object is the one they made.
    fn completed_before(
        &mut self,
        bucket: &str,
        key: &str,
        id: &str,
        wanted: &[CompletedPart],
    ) -> Option<CompleteMultipartUploadOutput> {
        if self.weak.has(Weakness::ForgetsCompleted) {
            return None;
        }
        let done = self.completed.get(id)?;
        let object = self.buckets.get(bucket)?.get(key)?;
        let same = done.bucket == bucket && done.key == key && done.parts == named(wanted);
        (same && object.e_tag == done.e_tag).then(|| CompleteMultipartUploadOutput {
            bucket: Some(bucket.to_owned()),
            key: Some(key.to_owned()),
            e_tag: Some(done.e_tag.clone()),
            checksum_type: object.crc64nvme.is_some().then(full_object),
            checksum_crc64nvme: object.crc64nvme.clone(),
            ..Default::default()
        })
    }

    pub(super) fn abort_upload(&mut self, input: AbortMultipartUploadInput) -> S3Result<()> {
        self.upload(&input.bucket, &input.key, &input.upload_id)?;
        self.uploads.remove(&input.upload_id);
        Ok(())
    }

    pub(super) fn list_parts(&mut self, input: ListPartsInput) -> S3Result<ListPartsOutput> {
        let told = !self.weak.has(Weakness::NoPartChecksums);
        let with_type = !self.weak.has(Weakness::NoChecksumType);
        let marker = input.part_number_marker.unwrap_or(0);
        let most = page(input.max_parts);
        let upload = self.upload(&input.bucket, &input.key, &input.upload_id)?;
        let mut parts: Vec<_> = upload
            .parts
            .range(marker.saturating_add(1)..)
            .take(most + 1)
            .map(|(number, part)| s3s::dto::Part {
                part_number: Some(*number),
                size: i64::try_from(part.bytes.len()).ok(),
                e_tag: Some(part.e_tag.clone()),
                last_modified: Some(part.modified.into()),
                checksum_crc64nvme: part.crc64nvme.clone().filter(|_| told),
                ..Default::default()
            })
            .collect();
        let is_truncated = parts.len() > most;
        parts.truncate(most);
        let kind = upload.checksum_type.clone().filter(|_| with_type);
        Ok(ListPartsOutput {
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            part_number_marker: Some(marker),
            next_part_number_marker: parts.last().and_then(|part| part.part_number),
            max_parts: i32::try_from(most).ok(),
            is_truncated: Some(is_truncated),
            parts: Some(parts),
            checksum_algorithm: kind.as_ref().map(|_| crc64nvme_algorithm()),
            checksum_type: kind,
            storage_class: Some(upload.headers.storage_class.clone().unwrap_or_else(standard)),
            ..Default::default()
        })
    }

    pub(super) fn list_uploads(
        &mut self,
        input: ListMultipartUploadsInput,
    ) -> S3Result<ListMultipartUploadsOutput> {
        if self.weak.has(Weakness::NoUploadListing) {
            return Err(s3_error!(NotImplemented));
        }
        self.bucket(&input.bucket)?;
        let prefix = input.prefix.clone().unwrap_or_default();
        let most = page(input.max_uploads);
        let mut open: Vec<_> = self
            .uploads
            .iter()
            .filter(|(_, upload)| upload.bucket == input.bucket && upload.key.starts_with(&prefix))
            .map(|(id, upload)| (upload.key.as_str(), id.as_str(), upload))
            .filter(|(key, id, _)| comes_after(&input, key, id))
            .collect();
        open.sort_unstable_by_key(|(key, id, _)| (*key, *id));
        let is_truncated = open.len() > most;
        open.truncate(most);
        let last = open.last().filter(|_| is_truncated);
        let (next_key, next_id) =
            last.map(|(key, id, _)| (key.to_string(), id.to_string())).unzip();
        let uploads = open.iter().map(|(_, id, upload)| listed(id, upload)).collect();
        Ok(ListMultipartUploadsOutput {
            bucket: Some(input.bucket),
            prefix: input.prefix,
            key_marker: input.key_marker,
            upload_id_marker: input.upload_id_marker,
            next_key_marker: next_key,
            next_upload_id_marker: next_id,
            max_uploads: i32::try_from(most).ok(),
            is_truncated: Some(is_truncated),
            uploads: Some(uploads),
            ..Default::default()
        })
    }
}

/// How many entries an answer may have.
fn page(wanted: Option<i32>) -> usize {
    wanted.and_then(|wanted| usize::try_from(wanted).ok()).unwrap_or(PAGE).min(PAGE)
}

/// Whether an upload comes after the markers. That of the id counts only along with that
/// of the key (S3 API, ListMultipartUploads).
fn comes_after(input: &ListMultipartUploadsInput, key: &str, id: &str) -> bool {
    match (input.key_marker.as_deref(), input.upload_id_marker.as_deref()) {
        (None, _) => true,
        (Some(last), None) => key > last,
        (Some(last), Some(last_id)) => (key, id) > (last, last_id),
    }
}

fn listed(id: &str, upload: &Upload) -> MultipartUpload {
    MultipartUpload {
        key: Some(upload.key.clone()),
        upload_id: Some(id.to_owned()),
        initiated: Some(upload.begun.into()),
        checksum_algorithm: upload.checksum_type.as_ref().map(|_| crc64nvme_algorithm()),
        checksum_type: upload.checksum_type.clone(),
        storage_class: Some(upload.headers.storage_class.clone().unwrap_or_else(standard)),
        ..Default::default()
    }
}

fn crc64nvme_algorithm() -> ChecksumAlgorithm {
    ChecksumAlgorithm::from_static(ChecksumAlgorithm::CRC64NVME)
}

fn standard() -> StorageClass {
    StorageClass::from_static(StorageClass::STANDARD)
}

/// What a request names, to compare it with another one.
fn named(wanted: &[CompletedPart]) -> Vec<(i32, Option<ETag>)> {
    wanted.iter().map(|part| (part.part_number.unwrap_or(0), part.e_tag.clone())).collect()
}

/// The parts that are named, checked as S3 checks them.
fn choose(upload: &Upload, wanted: &[CompletedPart]) -> S3Result<Vec<Bytes>> {
    if wanted.is_empty() {
        return Err(s3_error!(MalformedXML));
    }
    let mut chosen = Vec::with_capacity(wanted.len());
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
        chosen.push(part.bytes.clone());
    }
    Ok(chosen)
}

fn join(pieces: &[Bytes]) -> Bytes {
    let mut whole = BytesMut::with_capacity(pieces.iter().map(Bytes::len).sum());
    for piece in pieces {
        whole.extend_from_slice(piece);
    }
    whole.freeze()
}
