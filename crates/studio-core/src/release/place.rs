//! Files on their way to their names: nothing half done has one.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use tempfile::NamedTempFile;

use crate::scratch::{ScratchDirectory, directory_in, directory_of, file_in, sync_names};
use crate::transfer::receive::target_error;
use crate::{Error, Result};

/// What the names of such files begin with.
const FILE: &str = ".studio-mix-";
/// What the names of such directories begin with.
pub(super) const DIRECTORY: &str = ".studio-delivery-";

/// A temporary file beside the one that it will be.
pub(super) fn beside(target: &Path) -> Result<NamedTempFile> {
    file_in(&directory_of(target), FILE).map_err(|error| target_error(target, error))
}

/// A directory on the same disk as the target: beside it, or in it if it is a directory, which
/// may be the only one that may be written to.
pub(super) fn workplace(target: &Path) -> Result<ScratchDirectory> {
    let near = if target.is_dir() { target.to_owned() } else { directory_of(target) };
    if !near.is_dir() {
        return Err(Error::TargetDirectoryMissing { directory: near });
    }
    directory_in(&near, DIRECTORY).map_err(|error| target_error(target, error))
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

/// Gives a whole directory its name, or, if there is an empty one of that name, its files
/// theirs in it, `last` at last: without that one it is not whole. What fails in the middle is
/// taken back.
pub(super) fn move_in(directory: &Path, target: &Path, last: &str) -> Result<()> {
    let failed = |error| target_error(target, error);
    sync_names(directory);
    if !target.is_dir() {
        fs::rename(directory, target).map_err(failed)?;
        sync_names(&directory_of(target));
        return Ok(());
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name());
    }
    names.sort_unstable_by(|a, b| (a == last, a).cmp(&(b == last, b)));
    for (n, name) in names.iter().enumerate() {
        if name == last {
            sync_names(target);
        }
        if let Err(error) = move_file(&directory.join(name), &target.join(name)) {
            for moved in &names[..n] {
                // Ours: it was not there before.
                let _ = fs::remove_file(target.join(moved));
            }
            return Err(error);
        }
    }
    sync_names(target);
    Ok(())
}

/// Gives a file another name, if nothing has it.
fn move_file(file: &Path, to: &Path) -> Result<()> {
    match fs::hard_link(file, to) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Err(exists(to)),
        // Not every disk has links; those of cameras and sticks do not.
        Err(_) if to.symlink_metadata().is_ok() => Err(exists(to)),
        Err(_) => fs::rename(file, to).map_err(|error| target_error(to, error)),
    }
}

/// A file that could not be written is told of as that.
pub(super) fn in_target(target: &Path, error: Error) -> Error {
    match error {
        Error::Sound { source: studio_audio::Error::Io(source), .. } => {
            target_error(target, source)
        }
        error => error,
    }
}

/// What keeps something from its place.
pub(super) fn exists(target: &Path) -> Error {
    Error::TargetExists { target: target.to_owned() }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test's way to fail")]
mod tests {
    use super::*;

    #[test]
    fn what_came_to_the_target_meanwhile_stays_and_is_alone_there() {
        let place = tempfile::tempdir().unwrap();
        let (directory, target) = (place.path().join("delivery"), place.path().join("disk"));
        for name in ["a.wav", "b.wav", "c.wav", "sums"] {
            fs::create_dir_all(&directory).unwrap();
            fs::write(directory.join(name), b"ours").unwrap();
        }
        fs::create_dir(&target).unwrap();
        fs::write(target.join("b.wav"), b"theirs").unwrap();
        let error = move_in(&directory, &target, "sums").unwrap_err();
        assert!(matches!(error, Error::TargetExists { target } if target.ends_with("b.wav")));
        assert_eq!(fs::read_dir(&target).unwrap().count(), 1);
        assert_eq!(fs::read(target.join("b.wav")).unwrap(), b"theirs");
        fs::remove_file(target.join("b.wav")).unwrap();
        move_in(&directory, &target, "sums").unwrap();
        assert_eq!(fs::read_dir(&target).unwrap().count(), 4);
        assert_eq!(fs::read(target.join("sums")).unwrap(), b"ours");
    }
}
