//! Writes, and what they say besides their bytes: where the object is to lie, how it is to be
//! encrypted, and whether the signature covers the body.

use std::net::IpAddr;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, ServerSideEncryption, StorageClass};
use bytes::Bytes;
use studio_domain::{Crc64Nvme, ObjectKey};

use super::client::promptly;
use super::{Encryption, S3Settings, S3Store, attributes};
use crate::{Attributes, ETag, MultipartUpload, PartReceipt, Result, WriteMode};

/// The most bytes of a body that every line has sent in seconds: manifests and the like.
const SMALL_BODY: usize = 64 << 10;

impl S3Settings {
    /// The storage class for `key`. Only what is large goes where reading is slow or
    /// dear: a manifest in an archive could not be read when the catalogue must be
    /// rebuilt from the bucket, which is what it is there for; nor could a backup.
    pub(super) fn class_of(&self, key: &ObjectKey) -> Option<StorageClass> {
        key.digest().and_then(|_| self.class_of_objects())
    }

    /// The storage class for what is large.
    pub(super) fn class_of_objects(&self) -> Option<StorageClass> {
        self.storage_class.map(|class| StorageClass::from(class.name()))
    }

    /// How the server is to encrypt what is written.
    pub(super) fn encryption_header(&self) -> Option<ServerSideEncryption> {
        self.encryption.as_ref().map(|encryption| ServerSideEncryption::from(encryption.name()))
    }

    /// With which key of the key service.
    pub(super) fn encryption_key(&self) -> Option<String> {
        self.encryption.as_ref().and_then(Encryption::key).map(str::to_owned)
    }
}

impl S3Store {
    /// Writes an object if the bucket is there.
    pub(super) async fn put_once(
        &self,
        key: &ObjectKey,
        body: Bytes,
        crc64nvme: Crc64Nvme,
        attributes: &Attributes,
        mode: WriteMode,
    ) -> Result<()> {
        let connection = self.connection().await;
        let is_small = body.len() <= SMALL_BODY;
        let request = connection
            .client
            .put_object()
            .bucket(&self.bucket)
            .key(self.full_key(key.as_str()))
            .body(ByteStream::from(body))
            .checksum_crc64_nvme(crc64nvme.to_string())
            .set_content_type(attributes.content_type.clone())
            .set_content_disposition(attributes::disposition(attributes))
            .set_metadata(attributes::metadata(attributes))
            .set_if_none_match(only_new(mode))
            .set_storage_class(self.settings.class_of(key))
            .set_server_side_encryption(self.settings.encryption_header())
            .set_ssekms_key_id(self.settings.encryption_key())
            .customize();
        let request = match is_small {
            true => request.config_override(promptly()),
            false => request,
        };
        let request = match connection.signs_bodies {
            true => request,
            false => request.disable_payload_signing(),
        };
        request.send().await.map_err(|error| {
            self.context(connection, "write", Some(key)).if_absent().read(error)
        })?;
        Ok(())
    }

    /// Begins an upload; gives its id, and whether the server will check the whole object.
    pub(super) async fn begin_once(
        &self,
        key: &ObjectKey,
        attributes: &Attributes,
    ) -> Result<(String, bool)> {
        let connection = self.connection().await;
        let context = || self.context(connection, "write", Some(key));
        let begun = connection
            .client
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(self.full_key(key.as_str()))
            .checksum_algorithm(ChecksumAlgorithm::Crc64Nvme)
            .checksum_type(ChecksumType::FullObject)
            .set_content_type(attributes.content_type.clone())
            .set_content_disposition(attributes::disposition(attributes))
            .set_metadata(attributes::metadata(attributes))
            .set_storage_class(self.settings.class_of(key))
            .set_server_side_encryption(self.settings.encryption_header())
            .set_ssekms_key_id(self.settings.encryption_key())
            .customize()
            .config_override(promptly())
            .send()
            .await
            .map_err(|error| context().read(error))?;
        // Some servers answer that they will check something else.
        let checks_whole = begun.checksum_type.is_none_or(|kind| kind == ChecksumType::FullObject);
        // Said once: that it cannot be set means that it is known already.
        if self.checks_whole.set(checks_whole).is_ok() && !checks_whole {
            tracing::warn!(
                endpoint = connection.endpoint,
                "this server checks the parts of an object, but not the whole"
            );
        }
        match begun.upload_id {
            Some(id) => Ok((id, checks_whole)),
            None => Err(context().broken_answer("it has no upload id")),
        }
    }

    /// Writes one part.
    pub(super) async fn put_one_part(
        &self,
        upload: &MultipartUpload,
        number: u32,
        body: Bytes,
        crc64nvme: Crc64Nvme,
    ) -> Result<PartReceipt> {
        let connection = self.connection().await;
        let size = body.len() as u64;
        let request = connection
            .client
            .upload_part()
            .bucket(&self.bucket)
            .key(self.full_key(upload.key.as_str()))
            .upload_id(&upload.id)
            .part_number(number as i32)
            .body(ByteStream::from(body))
            .checksum_crc64_nvme(crc64nvme.to_string())
            .customize();
        let request = match connection.signs_bodies {
            true => request,
            false => request.disable_payload_signing(),
        };
        let answer = request
            .send()
            .await
            .map_err(|error| self.context(connection, "write", Some(&upload.key)).read(error))?;
        Ok(PartReceipt { number, size, crc64nvme, etag: answer.e_tag.map(ETag) })
    }
}

/// The condition under which a write makes a new object.
pub(super) fn only_new(mode: WriteMode) -> Option<String> {
    match mode {
        WriteMode::CreateNew => Some("*".to_owned()),
        WriteMode::Replace => None,
    }
}

/// Whether the signatures of writes to `endpoint` (Amazon's if there is none) cover the
/// body, for which the body must be read through SHA-256 once more.
///
/// TLS keeps a body as it is, and a loopback address has no wire to change it on; there
/// the checksum in the signed header is enough to find a slip. On the open wire it is
/// not: whoever changes the body could do so to the same CRC.
pub(super) fn signs_bodies(endpoint: Option<&str>) -> bool {
    let Some(endpoint) = endpoint else { return false };
    match endpoint.split_once("://") {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("https") => false,
        Some((_, rest)) => !is_loopback(host(rest)),
        None => true,
    }
}

/// The host in the rest of a URL behind its scheme (RFC 3986, 3.2).
fn host(rest: &str) -> &str {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let address = authority.rsplit_once('@').map_or(authority, |(_, address)| address);
    match address.strip_prefix('[').and_then(|ipv6| ipv6.split_once(']')) {
        Some((ipv6, _)) => ipv6,
        None => address.split(':').next().unwrap_or_default(),
    }
}

fn is_loopback(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        // As RFC 6761, 6.3 has it.
        Err(_) => {
            let host = host.to_ascii_lowercase();
            host == "localhost" || host.ends_with(".localhost")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_signed_where_the_wire_is_open() {
        for safe in [
            None,
            Some("https://s3.example.org"),
            Some("HTTPS://10.0.0.1:9000/"),
            Some("http://127.0.0.1:8333"),
            Some("http://127.9.8.7"),
            Some("http://[::1]:9000/path"),
            Some("http://LocalHost:9000"),
            Some("http://s3.localhost"),
        ] {
            assert!(!signs_bodies(safe), "{safe:?}");
        }
        for open in [
            "http://s3.example.org",
            "http://10.0.0.1:9000",
            "http://localhost.example.org",
            "http://127.0.0.1.example.org",
            "http://127.0.0.1@example.org/",
            "http://example.org/127.0.0.1",
            "http://example.org?@127.0.0.1",
            "http://[2001:db8::1]",
            "http://",
            "",
        ] {
            assert!(signs_bodies(Some(open)), "{open}");
        }
    }

    #[test]
    fn only_objects_have_a_class_of_their_own() {
        let settings = S3Settings {
            storage_class: "GLACIER".parse().ok(),
            encryption: Encryption::new("aws:kms", Some("alias/vault".to_owned())).ok(),
            ..S3Settings::default()
        };
        let class = |key: &str| key.parse().ok().and_then(|key| settings.class_of(&key));
        let object = format!("objects/ab/ab{}", "0".repeat(62));
        assert_eq!(class(&object), Some(StorageClass::Glacier));
        for key in ["versions/a.json", "trash/a.json", "backups/a.db", "objects/a"] {
            assert_eq!(class(key), None, "{key}");
        }
        assert_eq!(settings.encryption_header(), Some(ServerSideEncryption::AwsKms));
        assert_eq!(settings.encryption_key().as_deref(), Some("alias/vault"));
        assert_eq!(S3Settings::default().encryption_header(), None);
    }
}
