//! How to reach a bucket, and how to write into it.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// What to know of an S3 server beyond the standard AWS configuration.
///
/// Whatever is `None` comes from there: the `AWS_*` variables, the profile, the
/// instance's role.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct S3Settings {
    /// The server's URL, for servers other than Amazon's.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` if it stands nowhere.
    pub region: Option<String>,
    /// Whether the bucket stands in the URL's path, not in its host name. By default it
    /// does so with an endpoint of its own.
    pub path_style: Option<bool>,
    /// Access key id and secret access key.
    pub credentials: Option<(String, String)>,
    /// The profile of the AWS configuration; otherwise the one that `AWS_PROFILE` names.
    pub profile: Option<String>,
    /// The storage class of objects. What leads to them (manifests and the like) stays in
    /// the bucket's default class.
    pub storage_class: Option<StorageClass>,
    /// How the server is to encrypt what is written; otherwise as the bucket says.
    pub encryption: Option<Encryption>,
    /// How often a request is sent before its failure counts, the first time included; 4
    /// if nothing else is said. Between two attempts there is a pause of random length,
    /// twice as long each time.
    pub attempts: Option<u32>,
    /// How long a connection may stand still before it is given up and tried again:
    /// without a byte of a body that comes, and without an answer to what was sent. So it
    /// must be longer than a part takes on its way. If it is not set, a body has 20
    /// seconds, an answer 15 minutes. A request without a large body has a minute in all,
    /// however much patience there is.
    pub patience: Option<Duration>,
}

impl fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Secrets do not belong in logs.
        f.debug_struct("S3Settings")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("path_style", &self.path_style)
            .field("credentials", &self.credentials.as_ref().map(|(id, _)| id))
            .field("profile", &self.profile)
            .field("storage_class", &self.storage_class)
            .field("encryption", &self.encryption)
            .field("attempts", &self.attempts)
            .field("patience", &self.patience)
            .finish()
    }
}

/// Where in a bucket an object lies: how dear it is to keep, and to read (S3 API,
/// `x-amz-storage-class`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StorageClass(&'static str);

impl StorageClass {
    /// The classes that an object can be written into. Not those that a kind of bucket
    /// brings with it, which a write cannot choose.
    pub const ALL: [Self; 8] = [
        Self("STANDARD"),
        Self("STANDARD_IA"),
        Self("ONEZONE_IA"),
        Self("INTELLIGENT_TIERING"),
        Self("GLACIER_IR"),
        Self("GLACIER"),
        Self("DEEP_ARCHIVE"),
        Self("REDUCED_REDUNDANCY"),
    ];

    /// Its name in S3.
    pub fn name(self) -> &'static str {
        self.0
    }

    /// Whether an object in it must be restored before it can be read.
    pub fn is_archive(self) -> bool {
        matches!(self.0, "GLACIER" | "DEEP_ARCHIVE")
    }
}

impl fmt::Display for StorageClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// A text that names no storage class.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no storage class `{name}`; there are {}", names(&StorageClass::ALL))]
pub struct UnknownStorageClass {
    /// The text.
    pub name: String,
}

fn names(classes: &[StorageClass]) -> String {
    classes.iter().map(|class| class.name()).collect::<Vec<_>>().join(", ")
}

impl FromStr for StorageClass {
    type Err = UnknownStorageClass;

    /// Reads a name, in upper or lower case, with `_` or `-`. A slip would only be found
    /// by the server, after the first part was sent, or not at all: some servers keep
    /// whatever they are told.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.trim().to_ascii_uppercase().replace('-', "_");
        let known = Self::ALL.into_iter().find(|class| class.0 == wanted);
        known.ok_or_else(|| UnknownStorageClass { name: text.to_owned() })
    }
}

/// How a server encrypts what it keeps (S3 API, `x-amz-server-side-encryption`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encryption {
    /// With keys of the server's own (SSE-S3).
    Aes256,
    /// With a key of the key service (SSE-KMS).
    Kms {
        /// Its id, alias or ARN; the account's own key for S3 if there is none.
        key: Option<String>,
    },
    /// Twice, with a key of the key service (DSSE-KMS).
    KmsTwice {
        /// Its id, alias or ARN; the account's own key for S3 if there is none.
        key: Option<String>,
    },
}

/// A way to encrypt that S3 does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncryptionError {
    /// There is no such way.
    #[error("there is no encryption `{name}`; there are AES256, aws:kms and aws:kms:dsse")]
    Unknown {
        /// The text.
        name: String,
    },
    /// A key was named for a way that takes none.
    #[error("AES256 takes no key; with a key, encryption is aws:kms or aws:kms:dsse")]
    KeyWithoutUse,
}

impl Encryption {
    /// Reads S3's name of a way to encrypt, and the key that goes with it.
    ///
    /// # Errors
    /// When there is no such way, or when it takes no key and there is one.
    pub fn new(name: &str, key: Option<String>) -> Result<Self, EncryptionError> {
        match (name.trim().to_ascii_lowercase().as_str(), key) {
            ("aes256", None) => Ok(Self::Aes256),
            ("aes256", Some(_)) => Err(EncryptionError::KeyWithoutUse),
            ("aws:kms", key) => Ok(Self::Kms { key }),
            ("aws:kms:dsse", key) => Ok(Self::KmsTwice { key }),
            _ => Err(EncryptionError::Unknown { name: name.to_owned() }),
        }
    }

    /// Its name in S3.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Aes256 => "AES256",
            Self::Kms { .. } => "aws:kms",
            Self::KmsTwice { .. } => "aws:kms:dsse",
        }
    }

    /// The key of the key service, if one is named.
    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Aes256 => None,
            Self::Kms { key } | Self::KmsTwice { key } => key.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_in_a_storage_class_is_told_with_all_there_are() {
        for class in StorageClass::ALL {
            assert_eq!(class.name().to_lowercase().replace('_', "-").parse(), Ok(class));
            // The SDK knows them all by the same names.
            let known = aws_sdk_s3::types::StorageClass::values();
            assert!(known.contains(&class.name()), "{class}");
        }
        let error = "STANDART_IA".parse::<StorageClass>().map_err(|error| error.to_string());
        assert_eq!(
            error,
            Err("there is no storage class `STANDART_IA`; there are STANDARD, STANDARD_IA, \
                 ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR, GLACIER, DEEP_ARCHIVE, \
                 REDUCED_REDUNDANCY"
                .to_owned())
        );
        assert!("".parse::<StorageClass>().is_err());
    }

    #[test]
    fn only_a_key_service_takes_a_key() {
        let key = || Some("alias/vault".to_owned());
        assert_eq!(Encryption::new("aes256", None), Ok(Encryption::Aes256));
        assert_eq!(Encryption::new("AES256", key()), Err(EncryptionError::KeyWithoutUse));
        assert_eq!(Encryption::new("aws:kms", None), Ok(Encryption::Kms { key: None }));
        let twice = Encryption::new("aws:kms:dsse", key());
        assert_eq!(twice, Ok(Encryption::KmsTwice { key: key() }));
        for way in [Encryption::Aes256, Encryption::Kms { key: key() }] {
            assert_eq!(Encryption::new(way.name(), way.key().map(str::to_owned)), Ok(way));
        }
        let unknown = Encryption::new("kms", None);
        assert_eq!(unknown, Err(EncryptionError::Unknown { name: "kms".to_owned() }));
    }

    #[test]
    fn no_secret_is_shown() {
        let credentials = Some(("AKIA".to_owned(), "hidden".to_owned()));
        let shown = format!("{:?}", S3Settings { credentials, ..S3Settings::default() });
        assert!(shown.contains("AKIA") && !shown.contains("hidden"), "{shown}");
    }
}
