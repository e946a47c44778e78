//! Keys of stored objects. Every key that studio writes is made here and nowhere else.

use std::fmt;
use std::str::FromStr;

use crate::{Digest, VersionId};

/// The most bytes a key may have (the limit of S3).
pub const MAX_KEY_BYTES: usize = 1024;

/// The name of one object in a store: segments joined by `/`, in UTF-8.
///
/// No segment is empty, `.` or `..`, and none holds a control character, so that a
/// key is also a safe relative path and survives every S3 server.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey(String);

/// A text that cannot be a key, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` cannot be an object key: {problem}", key.escape_debug())]
pub struct ObjectKeyError {
    key: String,
    problem: &'static str,
}

impl ObjectKey {
    /// Where the bytes with this digest live: `objects/ab/abcdef…`.
    pub fn of_object(digest: &Digest) -> Self {
        let hex = digest.to_string();
        Self(format!("{OBJECTS}{}/{hex}", &hex[..2]))
    }

    /// Where the manifest of a version lives: `versions/<uuid>.json`.
    pub fn of_version_manifest(id: VersionId) -> Self {
        Self(format!("{VERSION_MANIFESTS}{id}.json"))
    }

    /// The digest in a key made by [`of_object`](Self::of_object).
    pub fn digest(&self) -> Option<Digest> {
        let (fan, hex) = self.0.strip_prefix(OBJECTS)?.split_once('/')?;
        let digest = hex.parse().ok()?;
        hex.starts_with(fan).then_some(digest).filter(|_| fan.len() == 2)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The prefix of every key made by [`ObjectKey::of_object`].
const OBJECTS: &str = "objects/";
/// The prefix of every key made by [`ObjectKey::of_version_manifest`].
const VERSION_MANIFESTS: &str = "versions/";

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for ObjectKey {
    type Err = ObjectKeyError;

    fn from_str(text: &str) -> Result<Self, ObjectKeyError> {
        match problem_of(text) {
            None => Ok(Self(text.to_owned())),
            Some(problem) => Err(ObjectKeyError { key: text.to_owned(), problem }),
        }
    }
}

fn problem_of(key: &str) -> Option<&'static str> {
    if key.is_empty() {
        return Some("it is empty");
    }
    if key.len() > MAX_KEY_BYTES {
        return Some("it is longer than 1024 bytes");
    }
    if key.chars().any(char::is_control) {
        return Some("it has a control character");
    }
    key.split('/').find_map(|segment| match segment {
        "" => Some("it has an empty segment"),
        "." | ".." => Some("it has a segment of dots"),
        _ => None,
    })
}
