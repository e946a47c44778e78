//! Files on their way to their names: nothing half done has one.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use tempfile::{NamedTempFile, TempDir};

use crate::scratch::{directory_in, directory_of, file_in, sync_names};
use crate::transfer::receive::target_error;
use crate::{Error, Result};

/// What the names of such files begin with.
const FILE: &str = ".studio-mix-";
/// What the names of such directories begin with.
const DIRECTORY: &str = ".studio-delivery-";

/// A temporary file beside the one that it will be.
pub(super) fn beside(target: &Path) -> Result<NamedTempFile> {
    file_in(&directory_of(target), FILE).map_err(|error| target_error(target, error))
}

/// A directory beside the target, on the same disk.
pub(super) fn workplace(target: &Path) -> Result<TempDir> {
    let parent = directory_of(target);
    if !parent.is_dir() {
        return Err(Error::TargetDirectoryMissing { directory: parent });
    }
    directory_in(&parent, DIRECTORY).map_err(|error| target_error(target, error))
}

/// Gives a whole file its name, once it is on the disk.
pub(super) fn put_in_place(temporary: NamedTempFile, target: &Path, overwrite: bool) -> Result<()> {
    temporary.as_file().sync_all().map_err(|error| target_error(target, error))?;
    let placed = match overwrite {
        true => temporary.persist(target),
        false => temporary.persist_noclobber(target),
    };
    match placed {
        Ok(_) => sync_names(&directory_of(target)),
        Err(error) if error.error.kind() == ErrorKind::AlreadyExists => return Err(exists(target)),
        Err(error) => return Err(target_error(target, error.error)),
    }
    Ok(())
}

/// Gives a whole directory its name, once the names in it are on the disk.
pub(super) fn move_in(directory: &Path, target: &Path) -> Result<()> {
    sync_names(directory);
    if target.is_dir() {
        // Empty, or this fails: something came there meanwhile.
        fs::remove_dir(target).map_err(|_| exists(target))?;
    }
    fs::rename(directory, target).map_err(|error| target_error(target, error))?;
    sync_names(&directory_of(target));
    Ok(())
}

/// What keeps something from its place.
pub(super) fn exists(target: &Path) -> Error {
    Error::TargetExists { target: target.to_owned() }
}
