//! Uploads that are still open (S3 API: ListMultipartUploads, ListParts,
//! AbortMultipartUpload).

use aws_sdk_s3::types::{ChecksumType, MultipartUpload as ListedUpload, Part};
use studio_domain::ObjectKey;

use super::S3Store;
use super::answer::timestamp;
use super::client::promptly;
use crate::{Attributes, ETag, Error, MAX_LISTED, OpenUpload, Result, StoredPart, StoredParts};

impl S3Store {
    pub(super) async fn abort_upload(&self, upload: &OpenUpload) -> Result<()> {
        let Some(key) = &upload.key else { return Ok(()) };
        let connection = self.connection().await;
        let aborted = connection
            .client
            .abort_multipart_upload()
            .bucket(&self.bucket)
            .key(self.full_key(key.as_str()))
            .upload_id(&upload.id)
            .customize()
            .config_override(promptly())
            .send()
            .await;
        match aborted {
            Ok(_) => Ok(()),
            Err(error) => {
                match self.context(connection, "give up", Some(key)).may_miss().read(error) {
                    Error::NotFound { .. } | Error::NoSuchStore { .. } => Ok(()),
                    error => Err(error),
                }
            }
        }
    }

    pub(super) async fn list_uploads(&self, prefix: &str) -> Result<Vec<OpenUpload>> {
        let connection = self.connection().await;
        let context = || self.context(connection, "list unfinished uploads", None);
        let mut marker = (None, None);
        let mut open = Vec::new();
        loop {
            let answer = connection
                .client
                .list_multipart_uploads()
                .bucket(&self.bucket)
                .prefix(self.full_key(prefix))
                .max_uploads(MAX_LISTED as i32)
                .set_key_marker(marker.0.clone())
                .set_upload_id_marker(marker.1.clone())
                .customize()
                .config_override(promptly())
                .send()
                .await;
            let page = match answer.map_err(|error| context().read(error)) {
                Ok(page) => page,
                Err(Error::NoSuchStore { .. }) => return Ok(open),
                Err(error) => return Err(error),
            };
            open.extend(page.uploads().iter().filter_map(|upload| self.open_upload(upload)));
            if open.len() >= MAX_LISTED || page.is_truncated() != Some(true) {
                open.truncate(MAX_LISTED);
                return Ok(open);
            }
            let next = (page.next_key_marker, page.next_upload_id_marker);
            if next.0.as_ref().is_none_or(String::is_empty) {
                return Err(context().endless());
            }
            if next == marker {
                return Err(context().circular());
            }
            marker = next;
        }
    }

    /// Nothing for an upload of an object that is not ours.
    fn open_upload(&self, listed: &ListedUpload) -> Option<OpenUpload> {
        Some(OpenUpload {
            key: Some(self.own_key(listed.key()?)?),
            id: listed.upload_id()?.to_owned(),
            begun: timestamp(listed.initiated()),
        })
    }

    pub(super) async fn list_parts(&self, upload: &OpenUpload) -> Result<StoredParts> {
        let connection = self.connection().await;
        let Some(key) = &upload.key else {
            return Err(Error::NotFound { object: upload.id.clone() });
        };
        let context = || self.context(connection, "list the parts of", Some(key));
        let mut parts = Vec::new();
        let mut marker: Option<String> = None;
        loop {
            let page = connection
                .client
                .list_parts()
                .bucket(&self.bucket)
                .key(self.full_key(key.as_str()))
                .upload_id(&upload.id)
                .set_part_number_marker(marker.clone())
                .customize()
                .config_override(promptly())
                .send()
                .await
                .map_err(|error| context().read(error))?;
            parts.extend(page.parts().iter().filter_map(stored_part));
            if page.is_truncated() != Some(true) {
                parts.sort_unstable_by_key(|part: &StoredPart| part.number);
                let checks_whole = self.checks_whole(key, page.checksum_type.as_ref()).await?;
                return Ok(StoredParts { parts, checks_whole });
            }
            let next = page.next_part_number_marker.filter(|next| !next.is_empty());
            if next.is_none() {
                return Err(context().endless());
            }
            if next == marker {
                return Err(context().circular());
            }
            marker = next;
        }
    }

    /// Whether the server will compare a whole object with its checksum. Where it does not
    /// say so of an upload that is open, it is asked by beginning another one.
    async fn checks_whole(&self, key: &ObjectKey, told: Option<&ChecksumType>) -> Result<bool> {
        if let Some(kind) = told {
            return Ok(*kind == ChecksumType::FullObject);
        }
        if let Some(known) = self.checks_whole.get() {
            return Ok(*known);
        }
        let (id, checks_whole) = self.begin_once(key, &Attributes::default()).await?;
        self.abort_upload(&OpenUpload { key: Some(key.clone()), id, begun: None }).await?;
        Ok(checks_whole)
    }
}

fn stored_part(part: &Part) -> Option<StoredPart> {
    Some(StoredPart {
        number: part.part_number().and_then(|number| u32::try_from(number).ok())?,
        size: part.size().and_then(|size| u64::try_from(size).ok())?,
        crc64nvme: part.checksum_crc64_nvme().and_then(|crc| crc.parse().ok()),
        md5: part.e_tag().and_then(md5_form),
        etag: part.e_tag().map(|etag| ETag(etag.to_owned())),
    })
}

/// The MD5 that an ETag has the form of: 32 hex digits, in quotes or not.
fn md5_form(etag: &str) -> Option<[u8; 16]> {
    let digits = etag.trim_matches('"');
    if digits.len() != 32 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u128::from_str_radix(digits, 16).ok().map(u128::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::md5_form;

    #[test]
    fn an_etag_may_have_the_form_of_an_md5() {
        let of_nothing = [
            0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8,
            0x42, 0x7e,
        ];
        assert_eq!(md5_form("\"d41d8cd98f00b204e9800998ecf8427e\""), Some(of_nothing));
        for other in
            ["", "\"d41d8cd98f00b204e9800998ecf8427e-2\"", "+41d8cd98f00b204e9800998ecf8427e"]
        {
            assert_eq!(md5_form(other), None, "{other}");
        }
    }
}
