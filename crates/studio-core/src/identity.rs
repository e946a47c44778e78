//! Identities that are made of names, so that all who make one thing come to one identity.

use sha2::{Digest as _, Sha256};
use uuid::{Builder, Uuid};

/// The identity that is made of these texts, the first of which says what it is for.
pub(crate) fn made_of(parts: &[&str]) -> Uuid {
    let mut sha256 = Sha256::new();
    for part in parts {
        sha256.update((part.len() as u64).to_be_bytes());
        sha256.update(part);
    }
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&sha256.finalize()[..16]);
    // Version 8 of RFC 9562: a UUID of one's own making.
    Builder::from_custom_bytes(bytes).into_uuid()
}
