//! Where assets lie: a bucket that others put files into, and the key of a file in it.

use std::fmt;
use std::str::FromStr;

use crate::MAX_KEY_BYTES;

/// The name of a bucket into which files are dropped: that of an S3 bucket, or the URL
/// (`file:///…`) of a folder that is watched as if it were one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BucketName(String);

/// The key of an object that somebody else put into a bucket.
///
/// Unlike an [`ObjectKey`](crate::ObjectKey) it can be any text that S3 takes (1 to 1024
/// bytes of UTF-8, S3 API): with empty segments, dots, line breaks. It is never used as a
/// path as it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetKey(String);

/// A text that is no bucket or key, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {problem}")]
pub struct AssetPlaceError {
    what: &'static str,
    problem: &'static str,
}

/// The most bytes in the name of a bucket: a watched folder's URL is longer than S3's 63.
const MAX_BUCKET_BYTES: usize = 4096;

impl BucketName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BucketName {
    type Err = AssetPlaceError;

    fn from_str(text: &str) -> Result<Self, AssetPlaceError> {
        let problem = match text {
            "" => "is empty",
            text if text.len() > MAX_BUCKET_BYTES => "is longer than 4096 bytes",
            text if text.chars().any(char::is_control) => "has a control character",
            text => return Ok(Self(text.to_owned())),
        };
        Err(AssetPlaceError { what: "the name of the bucket", problem })
    }
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl AssetKey {
    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What follows its last slash, which is nothing for a key that ends in one.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

impl FromStr for AssetKey {
    type Err = AssetPlaceError;

    fn from_str(text: &str) -> Result<Self, AssetPlaceError> {
        let problem = match text {
            "" => "is empty",
            text if text.len() > MAX_KEY_BYTES => "is longer than 1024 bytes",
            text => return Ok(Self(text.to_owned())),
        };
        Err(AssetPlaceError { what: "the object key", problem })
    }
}

/// Control characters are shown as escapes, so that a key never breaks a line or a terminal.
impl fmt::Display for AssetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use std::fmt::Write as _;
        for c in self.0.chars() {
            match c.is_control() {
                true => write!(f, "{}", c.escape_default())?,
                false => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// A bucket and a key in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssetPlace {
    /// The bucket.
    pub bucket: BucketName,
    /// The key.
    pub key: AssetKey,
}

impl fmt::Display for AssetPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { bucket, key } = self;
        match bucket.0.contains("://") {
            true => write!(f, "{bucket}/{key}"),
            false => write!(f, "s3://{bucket}/{key}"),
        }
    }
}
