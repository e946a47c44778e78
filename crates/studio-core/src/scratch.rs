//! Temporary files and directories of jobs. They go with the job; what a killed process has
//! left of them goes when the next one works at the same place, a week later.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::{Builder, NamedTempFile, TempDir};

/// No job works so long on what it made at once.
const LONGEST_JOB: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How the names of such files end.
const PART: &str = ".part";

/// The directory that a path is in: a rename within it is atomic.
pub(crate) fn directory_of(target: &Path) -> PathBuf {
    match target.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A new directory in another, which goes with the value. All whose names begin with `prefix`
/// are taken for ones of ours.
pub(crate) fn directory_in(near: &Path, prefix: &str) -> io::Result<TempDir> {
    clear_left(near, |name, there| there.is_dir() && name.starts_with(prefix));
    Builder::new().prefix(prefix).tempdir_in(near)
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
    builder.tempfile_in(near)
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
        let age = there.modified().ok().and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age > LONGEST_JOB)
            && ours(&entry.file_name().to_string_lossy(), &there)
        {
            let _ = match there.is_dir() {
                true => fs::remove_dir_all(entry.path()),
                false => fs::remove_file(entry.path()),
            };
        }
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

    /// Makes it as old as what a process left that was killed last week.
    fn age(path: &Path) {
        let then = SystemTime::now() - LONGEST_JOB - Duration::from_secs(60);
        File::open(path).unwrap().set_modified(then).unwrap();
    }

    #[test]
    fn what_was_left_long_ago_goes_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        for directory in ["mine-old", "mine-new", "other-old"] {
            fs::create_dir(place.path().join(directory)).unwrap();
            fs::write(place.path().join(directory).join("take.wav"), b"bytes").unwrap();
        }
        for file in ["mine-old.part", "mine-old.wav", "mine-new.part", "other-old.part"] {
            fs::write(place.path().join(file), b"bytes").unwrap();
        }
        for old in ["mine-old", "other-old", "mine-old.part", "mine-old.wav", "other-old.part"] {
            age(&place.path().join(old));
        }
        let made = directory_in(place.path(), "mine-").unwrap();
        drop(made);
        let left = [
            "mine-new",
            "mine-new.part",
            "mine-old.part",
            "mine-old.wav",
            "other-old",
            "other-old.part",
        ];
        assert_eq!(names_in(place.path()), left);
        drop(file_in(place.path(), "mine-").unwrap());
        let left = left.into_iter().filter(|name| *name != "mine-old.part");
        assert_eq!(names_in(place.path()), left.collect::<Vec<_>>());
    }
}
