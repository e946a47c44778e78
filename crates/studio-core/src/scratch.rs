//! Temporary files and directories of jobs. They go with the job; what a killed process has
//! left of them goes when the next one works at the same place. Whoever works on one holds a
//! lock on it, which ends with the process.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::{Builder, NamedTempFile, TempDir};

/// How the names of such files end.
const PART: &str = ".part";
/// The file in such a directory that is locked while somebody works there.
const LOCK: &str = ".lock";
/// How long one may be without its lock, which is taken just after it is made.
const UNLOCKED: Duration = Duration::from_secs(60);
/// No job works so long, where nothing can be locked.
const LONGEST_JOB: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// A directory that goes with the value.
#[derive(Debug)]
pub(crate) struct ScratchDirectory {
    // Closed first: not everywhere can a file be removed that is open.
    _lock: Option<File>,
    directory: TempDir,
}

impl ScratchDirectory {
    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }
}

/// The directory that a path is in: a rename within it is atomic.
pub(crate) fn directory_of(target: &Path) -> PathBuf {
    match target.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A new directory in another. All whose names begin with `prefix` are taken for ones of ours.
pub(crate) fn directory_in(near: &Path, prefix: &str) -> io::Result<ScratchDirectory> {
    clear_left(near, |name, there| there.is_dir() && name.starts_with(prefix));
    let directory = Builder::new().prefix(prefix).tempdir_in(near)?;
    let path = directory.path().join(LOCK);
    let lock = File::create_new(&path)?;
    let locked = lock.try_lock().is_ok();
    if !locked {
        // A disk that knows no locks: without the file nobody takes it for unlocked.
        fs::remove_file(&path)?;
    }
    Ok(ScratchDirectory { _lock: locked.then_some(lock), directory })
}

/// A new file in a directory, which goes with the value, readable for whom the umask says.
pub(crate) fn file_in(near: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    clear_left(near, |name, there| {
        there.is_file() && name.starts_with(prefix) && name.ends_with(PART)
    });
    let mut builder = Builder::new();
    builder.prefix(prefix).suffix(PART);
    // What tempfile makes is for nobody else; what people make is for whom their umask says.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(near)?;
    // Without it only its age tells that nobody works on it.
    let _ = file.as_file().try_lock();
    Ok(file)
}

/// Brings the names in a directory onto the disk. What has just got its name is there and
/// whole; without this it can only lose its name with the power.
pub(crate) fn sync_names(directory: &Path) {
    if let Err(error) = File::open(directory).and_then(|directory| directory.sync_all()) {
        tracing::warn!(%error, "could not sync the directory");
    }
}

/// Removes what killed processes have left. What cannot be removed is in nobody's way.
fn clear_left(near: &Path, ours: impl Fn(&str, &fs::Metadata) -> bool) {
    let Ok(entries) = fs::read_dir(near) else { return };
    for entry in entries.flatten() {
        // Of a link itself: nothing behind it is touched.
        let Ok(there) = entry.metadata() else { continue };
        let (path, name) = (entry.path(), entry.file_name());
        if ours(&name.to_string_lossy(), &there) && is_left(&path, &there) {
            let _ = match there.is_dir() {
                true => fs::remove_dir_all(path),
                false => fs::remove_file(path),
            };
        }
    }
}

/// Whether nobody works on something any more.
fn is_left(path: &Path, there: &fs::Metadata) -> bool {
    let age = there.modified().ok().and_then(|at| at.elapsed().ok()).unwrap_or_default();
    let lock = if there.is_dir() { path.join(LOCK) } else { path.to_owned() };
    match File::open(lock).map(|lock| lock.try_lock()) {
        // The lock ends here with the file.
        Ok(Ok(())) => age > UNLOCKED,
        Ok(Err(TryLockError::WouldBlock)) => false,
        Ok(Err(TryLockError::Error(_))) | Err(_) => age > LONGEST_JOB,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test's way to fail")]
mod tests {
    use std::time::SystemTime;

    use super::*;

    fn names_in(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort_unstable();
        names
    }

    fn age(path: &Path, by: Duration) {
        File::open(path).unwrap().set_modified(SystemTime::now() - by).unwrap();
    }

    #[test]
    fn what_was_left_goes_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        for directory in ["mine-left", "mine-new", "mine-ancient", "mine-no-lock", "other-left"] {
            fs::create_dir(at(directory)).unwrap();
            fs::write(at(directory).join("take.wav"), b"bytes").unwrap();
        }
        for directory in ["mine-left", "mine-new", "other-left"] {
            fs::write(at(directory).join(LOCK), b"").unwrap();
        }
        for file in ["mine-left.part", "mine-left.wav", "mine-new.part", "other-left.part"] {
            fs::write(at(file), b"bytes").unwrap();
        }
        let hour = Duration::from_secs(3600);
        for left in fs::read_dir(place.path()).unwrap() {
            age(&left.unwrap().path(), hour);
        }
        for new in ["mine-new", "mine-new.part"] {
            age(&at(new), Duration::ZERO);
        }
        age(&at("mine-ancient"), LONGEST_JOB + hour);

        let made = directory_in(place.path(), "mine-").unwrap();
        age(made.path(), hour);
        // Somebody else works there, however long ago it was made.
        drop(directory_in(place.path(), "mine-").unwrap());
        assert!(made.path().join(LOCK).exists());
        drop(made);
        let left = [
            "mine-left.part",
            "mine-left.wav",
            "mine-new",
            "mine-new.part",
            "mine-no-lock",
            "other-left",
            "other-left.part",
        ];
        assert_eq!(names_in(place.path()), left);

        let made = file_in(place.path(), "mine-").unwrap();
        age(made.path(), hour);
        drop(file_in(place.path(), "mine-").unwrap());
        assert!(made.path().exists());
        drop(made);
        let left = left.into_iter().filter(|name| *name != "mine-left.part");
        assert_eq!(names_in(place.path()), left.collect::<Vec<_>>());
    }
}
