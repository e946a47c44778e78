//! Buckets as another program than studio sees them, through AWS's own library.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::Result;

const SCRIPT: &str = include_str!("s3.py");

/// A server's buckets, through boto3.
#[derive(Debug)]
pub(crate) struct Buckets {
    python: PathBuf,
    environment: Vec<(String, String)>,
}

/// One object.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) key: String,
    pub(crate) size: u64,
    /// Of the bytes as they were read back, in hex.
    pub(crate) sha256: String,
}

/// What a bucket holds.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) objects: Vec<Object>,
    /// The keys of the multipart uploads that are neither completed nor given up.
    pub(crate) open_uploads: Vec<String>,
}

impl Buckets {
    /// `python` has boto3; the environment leads to the server.
    pub(crate) fn new(python: PathBuf, environment: Vec<(String, String)>) -> Self {
        Self { python, environment }
    }

    pub(crate) fn create(&self, bucket: &str) -> Result {
        self.run("create", bucket).map(drop)
    }

    /// Removes a bucket and all that is in it.
    pub(crate) fn drop(&self, bucket: &str) -> Result {
        self.run("drop", bucket).map(drop)
    }

    /// Reads everything in a bucket.
    pub(crate) fn look(&self, bucket: &str) -> Result<Contents> {
        contents(&serde_json::from_str(&self.run("look", bucket)?)?)
            .ok_or_else(|| "the listing of a bucket is not as expected".into())
    }

    fn run(&self, verb: &str, bucket: &str) -> Result<String> {
        let mut command = Command::new(&self.python);
        command.args(["-c", SCRIPT, verb, bucket]).envs(self.environment.iter().cloned());
        alone(&mut command);
        let done = command.output()?;
        match done.status.success() {
            true => Ok(String::from_utf8(done.stdout)?),
            false => {
                let text = String::from_utf8_lossy(&done.stderr);
                Err(format!("cannot {verb} the bucket {bucket}: {}", text.trim_end()).into())
            }
        }
    }
}

/// Keeps a person's own AWS configuration out of a command.
pub(crate) fn alone(command: &mut Command) {
    for file in ["AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"] {
        command.env(file, "/dev/null");
    }
    command.env("AWS_EC2_METADATA_DISABLED", "true").env_remove("AWS_PROFILE");
}

fn contents(json: &Value) -> Option<Contents> {
    let text = |item: &Value, name: &str| Some(item.get(name)?.as_str()?.to_owned());
    let object = |item: &Value| {
        let size = item.get("size")?.as_u64()?;
        Some(Object { key: text(item, "key")?, size, sha256: text(item, "sha256")? })
    };
    let objects = json.get("objects")?.as_array()?.iter().map(object);
    let uploads = json.get("uploads")?.as_array()?.iter().map(|item| text(item, "key"));
    Some(Contents {
        objects: objects.collect::<Option<_>>()?,
        open_uploads: uploads.collect::<Option<_>>()?,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_listing_is_read_whole_or_not_at_all() {
        let listing = json!({
            "objects": [{ "key": "k", "size": 3, "sha256": "ab" }],
            "uploads": [{ "key": "u", "id": "1" }],
        });
        let found = contents(&listing).map(|found| (found.objects, found.open_uploads));
        let object = Object { key: "k".to_owned(), size: 3, sha256: "ab".to_owned() };
        assert_eq!(found, Some((vec![object], vec!["u".to_owned()])));
        assert!(contents(&json!({ "objects": [{ "key": "k" }], "uploads": [] })).is_none());
        assert!(contents(&json!({ "objects": [] })).is_none());
    }
}
