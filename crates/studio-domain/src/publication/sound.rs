//! The bytes of a recording.

use crate::{AssetKey, AudioFormat, Digest, ObjectKey, StoreUrl, Timestamp};

/// Where the bytes of a recording lie, and what they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSound {
    /// Where.
    pub place: SoundPlace,
    /// How many bytes.
    pub size: u64,
    /// Their media type (RFC 6838).
    pub content_type: String,
    /// When they came there, by the store's clock where they are a library's.
    pub modified_at: Timestamp,
    /// What their header says, if it could be read.
    pub format: Option<AudioFormat>,
}

/// Where the bytes of a recording lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SoundPlace {
    /// In an object of the studio's own, which never changes.
    Own {
        /// The store.
        store: StoreUrl,
        /// The object.
        key: ObjectKey,
        /// SHA-256 of the bytes.
        digest: Digest,
    },
    /// In an object of others, which is played where it lies and can change at any time.
    Found {
        /// The library's store.
        store: StoreUrl,
        /// The object, without the prefix of that store.
        key: AssetKey,
        /// The state that it was found in: an opaque text, without the quotes of HTTP.
        etag: String,
    },
}

impl SoundPlace {
    /// The store.
    pub fn store(&self) -> &StoreUrl {
        match self {
            Self::Own { store, .. } | Self::Found { store, .. } => store,
        }
    }

    /// The object's key as text.
    pub fn key(&self) -> &str {
        match self {
            Self::Own { key, .. } => key.as_str(),
            Self::Found { key, .. } => key.as_str(),
        }
    }
}

impl StoredSound {
    /// What HTTP calls a strong entity tag (RFC 9110, 8.8.3), without its quotes: the same
    /// as long as the bytes are the same.
    pub fn etag(&self) -> String {
        match &self.place {
            SoundPlace::Own { digest, .. } => digest.to_string(),
            SoundPlace::Found { etag, .. } => etag.clone(),
        }
    }
}
