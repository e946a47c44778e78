//! Files that are being taken away: out of the folder, and not yet where they go.
//!
//! Each lies in a directory of its own below ours, under the path that it had in the folder.
//! Who takes one shares a lock; who has that lock alone knows that whatever lies there was
//! left by somebody who was killed, and puts it back.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

use studio_domain::{AssetKey, ObjectState};

use super::{FOLDERS_OWN, Root, found};
use crate::intake::Removal;
use crate::local::is_missing;
use crate::{Error, Result};

/// A file on its way, which nobody takes for a lost one as long as this lives.
pub(super) struct Taken {
    /// Where it lies.
    pub(super) file: PathBuf,
    /// The directory of its own that it lies in.
    place: PathBuf,
    _shared: Option<File>,
}

impl Taken {
    /// To be called when the file is where it goes: its directories are of no use any more.
    pub(super) fn let_go(self) {
        // What is left of them is removed when somebody looks for lost files.
        let _ = remove_empty(&self.place);
    }
}

impl Root {
    fn aside(&self) -> PathBuf {
        self.directory.join(FOLDERS_OWN)
    }

    fn lock_file(&self) -> Result<File> {
        let path = self.aside().join("lock");
        let opened = File::options().create(true).write(true).truncate(false).open(&path);
        opened.map_err(|error| self.io_error("open", &path, error))
    }

    /// Takes a file out of the folder if it is in a state.
    pub(super) fn take(
        &self,
        key: &AssetKey,
        state: &ObjectState,
    ) -> Result<Result<Taken, Removal>> {
        let path = match self.look(key) {
            Ok((path, found)) if found.state.is_same(state) => path,
            Ok(_) => return Ok(Err(Removal::Changed)),
            Err(Error::NotFound { .. }) => return Ok(Err(Removal::Gone)),
            Err(error) => return Err(error),
        };
        let aside = self.aside();
        fs::create_dir_all(&aside).map_err(|error| self.io_error("make", &aside, error))?;
        let lock = self.lock_file()?;
        // Some file systems of networks have no locks: nobody has one alone there either.
        let shared = lock.lock_shared().is_ok().then_some(lock);
        let number = self.taken.fetch_add(1, Ordering::Relaxed);
        let place = aside.join(format!("taken-{}-{number}", std::process::id()));
        let file = place.join(key.as_str());
        let parent = file.parent().unwrap_or(&place);
        fs::create_dir_all(parent).map_err(|error| self.io_error("make", parent, error))?;
        let taken = Taken { file, place, _shared: shared };
        match fs::rename(&path, &taken.file) {
            Ok(()) => {}
            Err(error) => {
                taken.let_go();
                return match is_missing(&error) {
                    true => Ok(Err(Removal::Gone)),
                    false => Err(self.io_error("move", &path, error)),
                };
            }
        }
        let there = taken.file.symlink_metadata();
        let there = there.map_err(|error| self.io_error("look at", &taken.file, error))?;
        if found(key, &there).state.is_same(state) {
            return Ok(Ok(taken));
        }
        // Somebody was quicker: theirs goes back, unless yet another one has come.
        self.put_back(taken, &path)?;
        Ok(Err(Removal::Changed))
    }

    pub(super) fn put_back(&self, taken: Taken, path: &Path) -> Result<()> {
        self.name_again(&taken.file, path)?;
        taken.let_go();
        Ok(())
    }

    /// Gives a file its name again. A newer one of that name stays, and this one beside it.
    fn name_again(&self, aside: &Path, path: &Path) -> Result<()> {
        let mut target = path.to_owned();
        for n in 1.. {
            match fs::hard_link(aside, &target) {
                Ok(()) => break,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    target = path.with_file_name(format!("{name}.{n}"));
                }
                Err(error) => return Err(self.io_error("put back", path, error)),
            }
        }
        fs::remove_file(aside).map_err(|error| self.io_error("remove", aside, error))
    }

    /// Puts back what somebody took who was killed before it was where it goes.
    pub(super) fn put_back_lost(&self) -> Result<()> {
        let aside = self.aside();
        if !aside.is_dir() {
            return Ok(());
        }
        let lock = match self.lock_file() {
            Ok(lock) => lock,
            // Who may only look can put nothing back.
            Err(Error::Denied { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock | TryLockError::Error(_)) => return Ok(()),
        }
        let unreadable = |error| self.io_error("list", &aside, error);
        for entry in fs::read_dir(&aside).map_err(unreadable)? {
            let place = entry.map_err(unreadable)?.path();
            let name = place.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if !name.starts_with("taken-") || !place.is_dir() {
                continue;
            }
            for lost in files_below(&place).map_err(unreadable)? {
                // Its directory may be a link by now, which leads anywhere.
                let key = key_below(&place, &lost).ok_or_else(|| ErrorKind::InvalidFilename.into());
                let path = self.path(&key.map_err(unreadable)?)?;
                let parent = path.parent().unwrap_or(&self.directory);
                fs::create_dir_all(parent).map_err(|e| self.io_error("make", parent, e))?;
                tracing::warn!(file = %path.display(), "put back a file that was left on its way");
                self.name_again(&lost, &path)?;
            }
            remove_empty(&place).map_err(|error| self.io_error("remove", &place, error))?;
        }
        Ok(())
    }
}

fn key_below(directory: &Path, file: &Path) -> Option<AssetKey> {
    let parts = file.strip_prefix(directory).ok()?.iter().map(|part| part.to_str());
    parts.collect::<Option<Vec<_>>>()?.join("/").parse().ok()
}

/// All files below a directory; directories that are links are not followed.
fn files_below(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let (mut files, mut directories) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory)? {
            let entry = entry?;
            match entry.file_type()?.is_dir() {
                true => directories.push(entry.path()),
                false => files.push(entry.path()),
            }
        }
    }
    Ok(files)
}

/// Removes a directory in which there are only directories; a file in it stays, with its way.
fn remove_empty(directory: &Path) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            remove_empty(&entry.path())?;
        }
    }
    fs::remove_dir(directory)
}
