//! Listing: a walk over the directory in the order of the keys' bytes.

use std::path::Path;

use studio_domain::ObjectKey;

use super::{Root, STAGING, is_missing};
use crate::{Error, MAX_LISTED, ObjectInfo, Result};

/// The first objects below `prefix` and behind `after`, at most [`MAX_LISTED`].
pub(super) fn list(
    root: &Root,
    prefix: &str,
    after: Option<&ObjectKey>,
) -> Result<Vec<ObjectInfo>> {
    let mut walk = Walk { root, prefix, after: after.map_or("", ObjectKey::as_str), found: vec![] };
    walk.directory(&root.directory, "")?;
    Ok(walk.found)
}

struct Walk<'a> {
    root: &'a Root,
    prefix: &'a str,
    after: &'a str,
    found: Vec<ObjectInfo>,
}

impl Walk<'_> {
    /// Visits `directory`, whose keys begin with `base` (empty, or ending in a slash).
    fn directory(&mut self, directory: &Path, base: &str) -> Result<()> {
        for name in self.sorted_names(directory, base)? {
            if self.found.len() == MAX_LISTED {
                break;
            }
            let key = format!("{base}{name}");
            if name.ends_with('/') {
                if self.may_hold(&key) {
                    self.directory(&self.root.directory.join(&key), &key)?;
                }
            } else if key.starts_with(self.prefix) && key.as_str() > self.after {
                self.object(&key)?;
            }
        }
        Ok(())
    }

    /// Whether keys that begin with `base` can be among those wanted.
    fn may_hold(&self, base: &str) -> bool {
        let in_prefix = base.starts_with(self.prefix) || self.prefix.starts_with(base);
        let behind = base > self.after || self.after.starts_with(base);
        in_prefix && behind
    }

    fn object(&mut self, key: &str) -> Result<()> {
        // What cannot be a key was put there by somebody else.
        let Ok(key) = key.parse::<ObjectKey>() else {
            return Ok(());
        };
        match self.root.info(&key, &self.root.directory.join(key.as_str())) {
            Ok(info) => self.found.push(info),
            // Removed since the directory was read.
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// The names in a directory in the order of their keys; those of directories end in a slash.
    fn sorted_names(&self, directory: &Path, base: &str) -> Result<Vec<String>> {
        let entries = match std::fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if is_missing(&error) => return Ok(Vec::new()),
            Err(error) => return Err(self.root.io_error("list", directory, error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| self.root.io_error("list", directory, error))?;
            let Ok(mut name) = entry.file_name().into_string() else {
                continue;
            };
            if base.is_empty() && name == STAGING {
                continue;
            }
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                name.push('/');
            }
            names.push(name);
        }
        names.sort_unstable();
        Ok(names)
    }
}
