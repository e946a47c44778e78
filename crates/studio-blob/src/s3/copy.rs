//! Copies that the server makes.

use aws_sdk_s3::types::{
    ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart, MetadataDirective,
};
use studio_domain::ObjectState;

use super::attributes::{disposition, metadata};
use super::intake::{S3Intake, quoted, state_of};
use crate::intake::FoundObject;
use crate::{Attributes, Result};

/// S3 takes no more parts of one object.
const MOST_PARTS: u64 = 10_000;

/// An object to copy, and where to.
pub(super) struct Copying<'a> {
    pub(super) found: &'a FoundObject,
    pub(super) bucket: &'a str,
    pub(super) key: &'a str,
    /// What is told of the copy; as of the object itself if `None`.
    pub(super) attributes: Option<&'a Attributes>,
    /// Whether nothing may be replaced.
    pub(super) only_new: bool,
}

impl S3Intake {
    /// Copies an object that is in the state in which it was found.
    pub(super) async fn copy(&self, copying: &Copying<'_>) -> Result<ObjectState> {
        if copying.found.size > self.largest_copy {
            return self.copy_in_parts(copying).await;
        }
        let Copying { found, bucket, key, attributes, only_new } = *copying;
        let connection = self.store.connection().await;
        let settings = &self.store.settings;
        let request = connection
            .client
            .copy_object()
            .bucket(bucket)
            .key(key)
            .copy_source(self.source_of(found))
            .set_copy_source_if_match(quoted(&found.state))
            .set_if_none_match(only_new.then(|| "*".to_owned()))
            .set_server_side_encryption(settings.encryption_header())
            .set_ssekms_key_id(settings.encryption_key());
        let request = match attributes {
            None => request,
            Some(attributes) => request
                .metadata_directive(MetadataDirective::Replace)
                .set_metadata(metadata(attributes))
                .set_content_type(attributes.content_type.clone())
                .set_content_disposition(disposition(attributes))
                .set_storage_class(settings.class_of_objects())
                // The server tells it from then on, where it can.
                .checksum_algorithm(ChecksumAlgorithm::Crc64Nvme),
        };
        let context = || self.context(connection, "copy", &found.key).if_match(0);
        let answer = request.send().await.map_err(|error| context().read(error))?;
        let etag = answer.copy_object_result().and_then(|copy| copy.e_tag());
        Ok(state_of(etag, answer.version_id()))
    }

    /// The same of an object that is too large for one request.
    async fn copy_in_parts(&self, copying: &Copying<'_>) -> Result<ObjectState> {
        let Copying { found, bucket, key, attributes, .. } = *copying;
        let connection = self.store.connection().await;
        let settings = &self.store.settings;
        let context = || self.context(connection, "copy", &found.key).if_match(0);
        let begun = connection
            .client
            .create_multipart_upload()
            .bucket(bucket)
            .key(key)
            .set_metadata(attributes.and_then(metadata))
            .set_content_type(attributes.and_then(|attributes| attributes.content_type.clone()))
            .set_content_disposition(attributes.and_then(disposition))
            .set_storage_class(attributes.and_then(|_| settings.class_of_objects()))
            .set_server_side_encryption(settings.encryption_header())
            .set_ssekms_key_id(settings.encryption_key())
            .send()
            .await
            .map_err(|error| context().read(error))?;
        let id = begun.upload_id().ok_or_else(|| context().broken_answer("it has no upload id"))?;
        let copied = self.copy_parts(copying, id).await;
        if copied.is_err() {
            let upload = connection.client.abort_multipart_upload();
            let given_up = upload.bucket(bucket).key(key).upload_id(id).send().await;
            if let Err(error) = given_up {
                let error = context().read(error);
                tracing::warn!(%error, "a copy that failed was not cleared away");
            }
        }
        copied
    }

    async fn copy_parts(&self, copying: &Copying<'_>, id: &str) -> Result<ObjectState> {
        let Copying { found, bucket, key, .. } = *copying;
        let connection = self.store.connection().await;
        let client = &connection.client;
        let context = || self.context(connection, "copy", &found.key).if_match(0);
        let step = self.copied_part.max(found.size.div_ceil(MOST_PARTS));
        let starts = (0..found.size).step_by(usize::try_from(step).unwrap_or(usize::MAX));
        let mut parts = Vec::new();
        for (number, start) in (1..).zip(starts) {
            let end = found.size.min(start + step) - 1;
            let part = client
                .upload_part_copy()
                .bucket(bucket)
                .key(key)
                .upload_id(id)
                .part_number(number)
                .copy_source(self.source_of(found))
                .copy_source_range(format!("bytes={start}-{end}"))
                .set_copy_source_if_match(quoted(&found.state))
                .send()
                .await
                .map_err(|error| context().read(error))?;
            let etag = part.copy_part_result().and_then(|part| part.e_tag()).map(str::to_owned);
            parts.push(CompletedPart::builder().part_number(number).set_e_tag(etag).build());
        }
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let upload = client.complete_multipart_upload().bucket(bucket).key(key).upload_id(id);
        let done = upload.multipart_upload(parts).send().await;
        let done = done.map_err(|error| context().read(error))?;
        Ok(state_of(done.e_tag(), done.version_id()))
    }
}
