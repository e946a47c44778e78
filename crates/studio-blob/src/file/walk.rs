//! Listing: a walk over the directory in the order of the keys' bytes.

use std::fs::DirEntry;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use studio_domain::{KeyKind, ObjectKey};

use super::{Root, STAGING};
use crate::local::is_missing;
use crate::{Error, MAX_LISTED, ObjectInfo, Result};

/// How deep a walk goes where links lead it, in directories: links that lead to each other
/// make paths without an end. No key of ours has half as many.
const MOST_LINKED: usize = 8;

/// The first objects below `prefix` and behind `after`, at most [`MAX_LISTED`].
pub(super) fn list(
    root: &Root,
    prefix: &str,
    after: Option<&ObjectKey>,
) -> Result<Vec<ObjectInfo>> {
    let after = after.map_or("", ObjectKey::as_str);
    let mut walk = Walk { root, prefix, after, above: vec![], found: vec![] };
    walk.directory(&root.directory, "")?;
    Ok(walk.found)
}

struct Walk<'a> {
    root: &'a Root,
    prefix: &'a str,
    after: &'a str,
    /// The directories on the way to the one that is visited, itself included, by device and
    /// inode: none is visited once more below itself.
    above: Vec<(u64, u64)>,
    found: Vec<ObjectInfo>,
}

impl Walk<'_> {
    /// Visits `directory`, whose keys begin with `base` (empty, or ending in a slash).
    fn directory(&mut self, directory: &Path, base: &str) -> Result<()> {
        let place = match directory.metadata() {
            Ok(metadata) => (metadata.dev(), metadata.ino()),
            Err(error) if is_missing(&error) => return Ok(()),
            Err(error) => return Err(self.root.io_error("list", directory, error)),
        };
        if self.above.contains(&place) {
            return Ok(());
        }
        self.above.push(place);
        let visited = self.names_in(directory, base);
        self.above.pop();
        visited
    }

    fn names_in(&mut self, directory: &Path, base: &str) -> Result<()> {
        for name in self.sorted_names(directory, base)? {
            if self.found.len() == MAX_LISTED {
                break;
            }
            let key = format!("{base}{name}");
            if name.ends_with('/') {
                if self.may_hold(&key) {
                    self.directory(&self.root.directory.join(&key), &key)?;
                }
            } else if self.is_wanted(&key) {
                self.object(&key)?;
            }
        }
        Ok(())
    }

    /// Whether a key is among those wanted.
    fn is_wanted(&self, key: &str) -> bool {
        key.starts_with(self.prefix) && key > self.after
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
            let key = format!("{base}{name}");
            let may_lead = self.may_hold(&format!("{key}/"));
            // What is of no use is not looked at either: `lost+found` may not be.
            if !may_lead && !self.is_wanted(&key) {
                continue;
            }
            if self.is_directory(&entry, &key)? {
                name.push('/');
            }
            names.push(name);
        }
        names.sort_unstable();
        Ok(names)
    }

    /// Whether keys go on behind this name. A link is what it leads to, as it is for whoever
    /// reads: a directory may have been moved to another disk and linked.
    fn is_directory(&self, entry: &DirEntry, key: &str) -> Result<bool> {
        let path = entry.path();
        match entry.file_type() {
            Ok(kind) if !kind.is_symlink() => return Ok(kind.is_dir()),
            Ok(_) => {}
            Err(error) if is_missing(&error) => return Ok(false),
            Err(error) => return Err(self.root.io_error("look at", &path, error)),
        }
        match path.metadata() {
            Ok(metadata) => Ok(metadata.is_dir() && self.above.len() < MOST_LINKED),
            // It leads nowhere. An object is missing then, and that is told of it; but what
            // may be on a disk that is not mounted is not to be taken for nothing.
            Err(error) if is_missing(&error) && is_object(key) => Ok(false),
            Err(error) => Err(self.root.io_error("look at", &path, error)),
        }
    }
}

fn is_object(key: &str) -> bool {
    key.parse::<ObjectKey>().is_ok_and(|key| matches!(key.kind(), KeyKind::Object(_)))
}
