//! What a write says besides its bytes: where the object is to lie, how it is to be
//! encrypted, and whether the signature covers the body.

use std::net::IpAddr;

use aws_sdk_s3::types::{ServerSideEncryption, StorageClass};
use studio_domain::ObjectKey;

use super::{Encryption, S3Settings};

impl S3Settings {
    /// The storage class for `key`. Only what is large goes where reading is slow or
    /// dear: a manifest in an archive could not be read when the catalogue must be
    /// rebuilt from the bucket, which is what it is there for; nor could a backup.
    pub(super) fn class_of(&self, key: &ObjectKey) -> Option<StorageClass> {
        let class = self.storage_class?;
        key.digest().is_some().then(|| StorageClass::from(class.name()))
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
