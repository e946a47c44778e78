//! A folder of this machine as an intake.
//!
//! A file's path below the folder is its key, with slashes between. Its state is the time of
//! its last change, its size and its number in the file system. To take a file away, it is
//! renamed into a directory of our own first and looked at there: if somebody replaced it in
//! that moment, it is put back, and so is, when work begins, what a killed program left there.

mod play;
mod taken;

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind};
use std::ops::Range;
use std::os::unix::fs::{FileExt as _, MetadataExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::UNIX_EPOCH;

use async_trait::async_trait;
use bytes::Bytes;
use studio_domain::{AssetKey, BucketName, ObjectKey, ObjectState, StoreUrl, Timestamp};

use super::{FoundObject, Intake, Piece, Relocation, Removal};
use crate::local::{blocking, io_error, is_missing};
use crate::{Attributes, Error, MAX_LISTED, Result};

/// The directory below the folder that is ours: nothing in it is taken for a file that
/// somebody dropped.
pub const FOLDERS_OWN: &str = ".studio-intake";

/// An [`Intake`] in a directory of this machine.
#[derive(Debug, Clone)]
pub struct FolderIntake(Arc<Root>);

#[derive(Debug)]
struct Root {
    directory: PathBuf,
    url: StoreUrl,
    bucket: BucketName,
    taken: AtomicU64,
}

impl FolderIntake {
    /// An intake in `directory`, which must be there when it is used.
    ///
    /// # Errors
    /// [`Backend`](Error::Backend) when its path cannot be a name.
    pub fn new(directory: &Path) -> Result<Self> {
        let directory = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
        let url = StoreUrl::File(directory.clone());
        let object = url.to_string();
        let bucket = match object.parse::<BucketName>() {
            Ok(bucket) => bucket,
            Err(error) => {
                let source = Box::new(error);
                return Err(Error::Backend { action: "use", object, source });
            }
        };
        Ok(Self(Arc::new(Root { directory, url, bucket, taken: AtomicU64::new(0) })))
    }

    /// The folder.
    pub fn directory(&self) -> &Path {
        &self.0.directory
    }

    /// Puts back what somebody took who was killed before it was where it goes; for whoever
    /// begins to work on the folder, not to look at it. Blocks as long as the disk takes.
    ///
    /// # Errors
    /// What the system says of the folder.
    pub fn put_back_lost(&self) -> Result<()> {
        self.0.put_back_lost()
    }

    /// The key of a file, if it lies in the folder and its path is one that can be told.
    pub fn key_of(&self, file: &Path) -> Option<AssetKey> {
        let below = file.strip_prefix(&self.0.directory).ok()?;
        let parts = below.iter().map(|part| part.to_str()).collect::<Option<Vec<_>>>()?;
        let key = parts.join("/").parse().ok()?;
        plain(&key).map(|_| key)
    }

    /// Runs `work` on a thread that may block.
    async fn blocking<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Root) -> Result<T> + Send + 'static,
    {
        blocking(&self.0, &self.0.url, work).await
    }
}

impl Root {
    fn object(&self, key: &AssetKey) -> String {
        format!("{}/{key}", self.url)
    }

    /// Where a key's file lies. A key that is no plain path below the folder has none.
    fn path(&self, key: &AssetKey) -> Result<PathBuf> {
        let missing = || Error::NotFound { object: self.object(key) };
        let plain = plain(key).ok_or_else(missing)?;
        let mut path = self.directory.clone();
        let mut parts = plain.as_str().split('/').peekable();
        while let Some(part) = parts.next() {
            path.push(part);
            // A link could lead anywhere.
            let is_directory = parts.peek().is_some();
            match fs::symlink_metadata(&path) {
                Ok(there) if there.is_symlink() => return Err(missing()),
                Ok(there) if is_directory && !there.is_dir() => return Err(missing()),
                _ => {}
            }
        }
        Ok(path)
    }

    /// What is known of a key's file; the folder itself must be there.
    fn look(&self, key: &AssetKey) -> Result<(PathBuf, FoundObject)> {
        let path = self.path(key)?;
        match path.symlink_metadata() {
            Ok(there) if there.is_file() => {
                let found = found(key, &there);
                Ok((path, found))
            }
            Ok(_) => Err(Error::NotFound { object: self.object(key) }),
            Err(error) if is_missing(&error) => Err(self.missing(key)),
            Err(error) => Err(self.io_error("look at", &path, error)),
        }
    }

    fn missing(&self, key: &AssetKey) -> Error {
        match self.directory.is_dir() {
            true => Error::NotFound { object: self.object(key) },
            false => Error::NoSuchStore { store: self.url.clone() },
        }
    }

    fn io_error(&self, action: &'static str, path: &Path, error: io::Error) -> Error {
        io_error(&self.url, action, path, error)
    }

    fn read(&self, key: &AssetKey, range: Range<u64>, state: &ObjectState) -> Result<Piece> {
        let (path, _) = self.look(key)?;
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if is_missing(&error) => return Err(self.missing(key)),
            Err(error) => return Err(self.io_error("read", &path, error)),
        };
        // Of the very file that was opened: its name may come to be another one's.
        let unreadable = |error| self.io_error("read", &path, error);
        let object = found(key, &file.metadata().map_err(unreadable)?);
        let changed = || Error::Changed { object: self.object(key) };
        if is_named(state) && !object.state.is_same(state) {
            return Err(changed());
        }
        let length = range.end.min(object.size).saturating_sub(range.start);
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        match file.read_exact_at(&mut bytes, range.start) {
            Ok(()) => Ok(Piece { object, bytes: Bytes::from(bytes) }),
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => Err(changed()),
            Err(error) => Err(unreadable(error)),
        }
    }

    fn relocate(
        &self,
        key: &AssetKey,
        state: &ObjectState,
        to: &AssetKey,
        only_new: bool,
    ) -> Result<Relocation> {
        let target = self.path(to)?;
        // Before anything is made: a folder that is not mounted must not come to be.
        match self.look(key) {
            Ok((_, found)) if found.state.is_same(state) => {}
            Ok(_) => return Ok(Relocation::Changed),
            Err(Error::NotFound { .. }) => return Ok(Relocation::Gone),
            Err(error) => return Err(error),
        }
        if only_new && target.symlink_metadata().is_ok() {
            return Ok(Relocation::Occupied);
        }
        let parent = target.parent().unwrap_or(&self.directory);
        fs::create_dir_all(parent).map_err(|error| self.io_error("make", parent, error))?;
        let taken = match self.take(key, state)? {
            Ok(taken) => taken,
            Err(Removal::Changed) => return Ok(Relocation::Changed),
            Err(_) => return Ok(Relocation::Gone),
        };
        let moved = match only_new {
            // A rename would replace what has come meanwhile.
            true => fs::hard_link(&taken.file, &target).and_then(|()| fs::remove_file(&taken.file)),
            false => fs::rename(&taken.file, &target),
        };
        match moved {
            Ok(()) => taken.let_go(),
            Err(error) => {
                self.put_back(taken, &self.path(key)?)?;
                return match error.kind() {
                    ErrorKind::AlreadyExists => Ok(Relocation::Occupied),
                    _ => Err(self.io_error("move to", &target, error)),
                };
            }
        }
        let there = target.symlink_metadata();
        let there = there.map_err(|error| self.io_error("look at", &target, error))?;
        Ok(Relocation::Moved(found(to, &there).state))
    }

    /// Files in the order of their keys' parts, from behind `after` on.
    fn list(&self, prefix: &str, after: Option<&AssetKey>) -> Result<Vec<FoundObject>> {
        if !self.directory.is_dir() {
            return Err(Error::NoSuchStore { store: self.url.clone() });
        }
        let after: Vec<&str> =
            after.map(|key| key.as_str().split('/').collect()).unwrap_or_default();
        let mut listed = Vec::new();
        self.walk(&mut Vec::new(), prefix, &after, &mut listed)?;
        Ok(listed)
    }

    fn walk(
        &self,
        parts: &mut Vec<String>,
        prefix: &str,
        after: &[&str],
        listed: &mut Vec<FoundObject>,
    ) -> Result<()> {
        let directory = parts.iter().fold(self.directory.clone(), |path, part| path.join(part));
        let entries = match fs::read_dir(&directory) {
            Ok(entries) => entries,
            // Gone while we looked.
            Err(error) if is_missing(&error) && !parts.is_empty() => return Ok(()),
            Err(error) => return Err(self.io_error("list", &directory, error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|error| self.io_error("list", &directory, error))?;
            match entry.file_name().into_string() {
                Ok(name) if parts.is_empty() && name == FOLDERS_OWN => {}
                Ok(name) => names.push((name, entry.path())),
                Err(name) => tracing::warn!(?name, "a file whose name is not UTF-8 is left alone"),
            }
        }
        names.sort();
        for (name, path) in names {
            let bound = after.first().copied().unwrap_or_default();
            if name.as_str() < bound {
                continue;
            }
            let on_the_way = name == bound;
            let Ok(there) = path.symlink_metadata() else { continue };
            parts.push(name);
            let rest = if on_the_way { after.get(1..).unwrap_or_default() } else { &[] };
            let behind = !on_the_way || !rest.is_empty();
            if there.is_dir() {
                self.walk(parts, prefix, rest, listed)?;
            } else if there.is_file()
                && behind
                && let Some(key) = key_of_parts(parts)
                && key.as_str().starts_with(prefix)
            {
                listed.push(found(&key, &there));
            }
            parts.pop();
            if listed.len() >= MAX_LISTED {
                break;
            }
        }
        Ok(())
    }
}

/// A key as a path below the folder, if it is a plain one and leads to nothing of ours.
fn plain(key: &AssetKey) -> Option<ObjectKey> {
    let plain: ObjectKey = key.as_str().parse().ok()?;
    (plain.as_str().split('/').next() != Some(FOLDERS_OWN)).then_some(plain)
}

/// The key of a file that was come across. Without one nothing could be done with it later.
fn key_of_parts(parts: &[String]) -> Option<AssetKey> {
    let key = parts.join("/").parse::<AssetKey>().ok().filter(|key| plain(key).is_some());
    if key.is_none() {
        tracing::warn!(name = ?parts.join("/"), "a file whose name is no key is left alone");
    }
    key
}

fn found(key: &AssetKey, metadata: &Metadata) -> FoundObject {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    FoundObject {
        key: key.clone(),
        size: metadata.len(),
        state: ObjectState { etag: Some(state_of(metadata)), version_id: None },
        modified: since.map(|since| Timestamp::from_micros(0).after(since)),
    }
}

/// The name of a file's state.
fn state_of(metadata: &Metadata) -> String {
    let since = metadata.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let nanos = since.unwrap_or_default().as_nanos();
    format!("{nanos:x}-{:x}-{:x}", metadata.len(), metadata.ino())
}

fn is_named(state: &ObjectState) -> bool {
    state.etag.is_some() || state.version_id.is_some()
}

#[async_trait]
impl Intake for FolderIntake {
    fn bucket(&self) -> &BucketName {
        &self.0.bucket
    }

    async fn head(&self, key: &AssetKey) -> Result<FoundObject> {
        let key = key.clone();
        self.blocking(move |root| root.look(&key).map(|(_, found)| found)).await
    }

    async fn read(&self, key: &AssetKey, range: Range<u64>, state: &ObjectState) -> Result<Piece> {
        let (key, state) = (key.clone(), state.clone());
        self.blocking(move |root| root.read(&key, range, &state)).await
    }

    async fn remove(&self, key: &AssetKey, state: &ObjectState) -> Result<Removal> {
        let (key, state) = (key.clone(), state.clone());
        self.blocking(move |root| match root.take(&key, &state)? {
            Ok(taken) => match fs::remove_file(&taken.file) {
                Ok(()) => {
                    taken.let_go();
                    Ok(Removal::Removed)
                }
                Err(error) => Err(root.io_error("remove", &taken.file, error)),
            },
            Err(other) => Ok(other),
        })
        .await
    }

    async fn relocate(
        &self,
        key: &AssetKey,
        state: &ObjectState,
        to: &AssetKey,
        only_new: bool,
    ) -> Result<Relocation> {
        let (key, state, to) = (key.clone(), state.clone(), to.clone());
        self.blocking(move |root| root.relocate(&key, &state, &to, only_new)).await
    }

    async fn list(&self, prefix: &str, after: Option<AssetKey>) -> Result<Vec<FoundObject>> {
        let prefix = prefix.to_owned();
        self.blocking(move |root| root.list(&prefix, after.as_ref())).await
    }

    async fn local_file(&self, found: &FoundObject) -> Result<Option<PathBuf>> {
        let (key, state) = (found.key.clone(), found.state.clone());
        self.blocking(move |root| {
            let (path, now) = root.look(&key)?;
            match now.state.is_same(&state) {
                true => Ok(Some(path)),
                false => Err(Error::Changed { object: root.object(&key) }),
            }
        })
        .await
    }

    fn hands_over_to(&self, _store: &StoreUrl) -> bool {
        false
    }

    async fn hand_over(
        &self,
        _found: &FoundObject,
        _store: &StoreUrl,
        _object: &ObjectKey,
        _attributes: &Attributes,
    ) -> Result<()> {
        let source = "its files are uploaded".into();
        Err(Error::Unsupported { store: self.0.url.clone(), action: "copy to a store", source })
    }
}
