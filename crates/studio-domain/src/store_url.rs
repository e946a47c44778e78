//! Names of stores: `s3://bucket/prefix`, `file:///path`, `memory:`.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use crate::{Digest, ObjectKey};

/// Where objects are kept.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum StoreUrl {
    /// A bucket on Amazon S3 or a compatible server.
    S3 {
        /// The bucket.
        bucket: String,
        /// What every key begins with, without the slash that follows it.
        prefix: Option<String>,
    },
    /// A directory of this machine.
    File(PathBuf),
    /// The memory of this process.
    Memory,
}

/// A text that names no store, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` names no store: {problem}", url.escape_debug())]
pub struct StoreUrlError {
    url: String,
    problem: &'static str,
}

/// What has a meaning of its own in the path of a URL (RFC 3986), or cannot stand in one.
const RESERVED: &AsciiSet = &CONTROLS.add(b' ').add(b'%').add(b'?').add(b'#').add(b'"');

impl StoreUrl {
    /// The URL of one object in this store, for people and records.
    pub fn locate(&self, key: &ObjectKey) -> String {
        match self {
            Self::File(directory) => Self::File(directory.join(key.as_str())).to_string(),
            Self::S3 { .. } | Self::Memory => format!("{self}/{key}"),
        }
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::S3 { bucket, prefix: None } => write!(f, "s3://{bucket}"),
            Self::S3 { bucket, prefix: Some(prefix) } => write!(f, "s3://{bucket}/{prefix}"),
            Self::File(path) => {
                let path = path.to_string_lossy();
                write!(f, "file://{}", utf8_percent_encode(&path, RESERVED))
            }
            Self::Memory => f.write_str("memory:"),
        }
    }
}

impl FromStr for StoreUrl {
    type Err = StoreUrlError;

    fn from_str(text: &str) -> Result<Self, StoreUrlError> {
        parse(text).map_err(|problem| StoreUrlError { url: text.to_owned(), problem })
    }
}

fn parse(text: &str) -> Result<StoreUrl, &'static str> {
    if let Some(rest) = text.strip_prefix("s3://") {
        return parse_s3(rest);
    }
    if let Some(rest) = text.strip_prefix("file://") {
        let path = percent_decode_str(rest).decode_utf8().map_err(|_| "its path is not UTF-8")?;
        return absolute(Path::new(path.as_ref()));
    }
    match text {
        "memory:" => Ok(StoreUrl::Memory),
        "" => Err("it is empty"),
        _ if text.contains("://") => Err("only s3:// and file:// are known"),
        _ => absolute(Path::new(text)),
    }
}

fn absolute(path: &Path) -> Result<StoreUrl, &'static str> {
    if path.to_str().is_some_and(|path| path.contains('\0')) {
        return Err("its path has a NUL character");
    }
    if path.has_root() {
        Ok(StoreUrl::File(path.to_owned()))
    } else {
        Err("a directory is given by its absolute path, as in file:///srv/studio")
    }
}

fn parse_s3(rest: &str) -> Result<StoreUrl, &'static str> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    if !is_bucket_name(bucket) {
        return Err("a bucket's name has 3 to 63 lower-case letters, digits, dots or hyphens");
    }
    let prefix = prefix.trim_end_matches('/');
    // The longest key that studio makes, below the prefix, has to be a key too.
    let longest = format!("{prefix}/{}", ObjectKey::of_object(&Digest::from_bytes([0; 32])));
    if !prefix.is_empty() && longest.parse::<ObjectKey>().is_err() {
        return Err("its prefix cannot begin an object key");
    }
    Ok(StoreUrl::S3 {
        bucket: bucket.to_owned(),
        prefix: (!prefix.is_empty()).then(|| prefix.to_owned()),
    })
}

/// The naming rules of S3 that every server shares.
fn is_bucket_name(name: &str) -> bool {
    let ends_well = |c: Option<&u8>| c.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    (3..=63).contains(&bytes.len())
        && bytes
            .iter()
            .all(|&b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-'))
        && ends_well(bytes.first())
        && ends_well(bytes.last())
}
