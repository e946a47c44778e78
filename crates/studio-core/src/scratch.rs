//! Temporary files and directories of jobs. They go with the job; what a killed process has
//! left of them goes when the next one works at the same place.
//!
//! Whoever works in such a directory holds a lock on a file in it, which ends with the process.
//! Not every disk tells of the locks of other machines, so the file says which machine, and
//! since when it runs: only there a lock that is free tells that nobody works any more.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::{Builder, NamedTempFile, TempDir};

/// How the names of such files end.
const PART: &str = ".part";
/// The file in such a directory that is locked while somebody works there. What has none is
/// none of ours.
const LOCK: &str = ".lock";
/// No job works so long, where no lock tells.
const LONGEST_JOB: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// The letters and digits that make a name one that nothing else has.
const RANDOM: usize = 6;

/// A directory that goes with the value.
#[derive(Debug)]
pub(crate) struct ScratchDirectory {
    // Closed first: not everywhere can a file be removed that is open.
    _lock: File,
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

/// A new directory in another; what was left there of earlier ones goes.
pub(crate) fn directory_in(near: &Path, prefix: &str) -> io::Result<ScratchDirectory> {
    let directory = Builder::new().prefix(prefix).rand_bytes(RANDOM).tempdir_in(near)?;
    let mut lock = File::create_new(directory.path().join(LOCK))?;
    // A disk may know no locks. Then the age of what was left has to tell.
    if lock.lock().is_ok() {
        // Not before it is locked: who reads it may rely on the lock.
        lock.write_all(this_machine().as_bytes())?;
    }
    let own = directory.path().metadata()?;
    clear_left(near, |name, there, path| {
        there.is_dir()
            && is_named(name, prefix, "")
            && is_of_same_owner(there, &own)
            && is_left(path, there)
    });
    Ok(ScratchDirectory { _lock: lock, directory })
}

/// A new file in a directory, which goes with the value, readable for whom the umask says.
pub(crate) fn file_in(near: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    let mut builder = Builder::new();
    builder.prefix(prefix).suffix(PART).rand_bytes(RANDOM);
    // What tempfile makes is for nobody else; what people make is for whom their umask says.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(near)?;
    let own = file.as_file().metadata()?;
    clear_left(near, |name, there, _| {
        there.is_file()
            && is_named(name, prefix, PART)
            && is_of_same_owner(there, &own)
            && is_old(there)
    });
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
fn clear_left(near: &Path, left: impl Fn(&str, &Metadata, &Path) -> bool) {
    let Ok(entries) = fs::read_dir(near) else { return };
    for entry in entries.flatten() {
        // Of a link itself: nothing behind it is touched.
        let Ok(there) = entry.metadata() else { continue };
        let path = entry.path();
        if left(&entry.file_name().to_string_lossy(), &there, &path) {
            let _ = match there.is_dir() {
                true => fs::remove_dir_all(path),
                false => fs::remove_file(path),
            };
        }
    }
}

/// Whether a name is one that is given here.
fn is_named(name: &str, prefix: &str, suffix: &str) -> bool {
    let random = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(suffix));
    random.is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Whether something belongs to whom our own belongs.
#[cfg(unix)]
fn is_of_same_owner(there: &Metadata, own: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    there.uid() == own.uid()
}

/// Elsewhere everybody has directories of their own.
#[cfg(not(unix))]
fn is_of_same_owner(_: &Metadata, _: &Metadata) -> bool {
    true
}

/// Whether nobody works in a directory any more.
fn is_left(directory: &Path, there: &Metadata) -> bool {
    let path = directory.join(LOCK);
    if !path.symlink_metadata().is_ok_and(|lock| lock.is_file()) {
        return false;
    }
    let Ok(mut lock) = OpenOptions::new().read(true).write(true).open(path) else { return false };
    // It ends here with the file.
    let free = lock.try_lock().is_ok();
    let mut machine = String::new();
    let read = lock.read_to_string(&mut machine);
    match read.is_ok() && !machine.is_empty() && machine == this_machine() {
        true => free,
        false => free && is_old(there),
    }
}

fn is_old(there: &Metadata) -> bool {
    let age = there.modified().ok().and_then(|at| at.elapsed().ok());
    age.is_some_and(|age| age > LONGEST_JOB)
}

/// What this machine and no other says since it was started; nothing where it does not.
fn this_machine() -> String {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default().trim().to_owned()
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

    /// A directory as somebody left it, with a take in it: its lock says what it says.
    fn left(near: &Path, name: &str, lock: Option<&str>) {
        fs::create_dir(near.join(name)).unwrap();
        fs::write(near.join(name).join("take.wav"), b"bytes").unwrap();
        if let Some(machine) = lock {
            fs::write(near.join(name).join(LOCK), machine).unwrap();
        }
    }

    #[test]
    fn a_directory_that_was_left_goes_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let near = place.path();
        let here = this_machine();
        for (name, lock, old) in [
            ("mine-abcdef", Some(&*here), false),
            ("mine-other1", Some("another machine"), false),
            ("mine-other2", Some("another machine"), true),
            ("mine-nolock", Some(""), false),
            ("mine-OLDNOL", Some(""), true),
            // None of ours, however old.
            ("mine-session", Some(&*here), true),
            ("mine-a b c ", Some(&*here), true),
            ("mine-markno", None, true),
            ("yours-abcde", Some(&*here), true),
        ] {
            left(near, name, lock);
            if old {
                age(&near.join(name));
            }
        }
        let live = directory_in(near, "mine-").unwrap();
        age(live.path());
        drop(directory_in(near, "mine-").unwrap());
        assert!(live.path().join(LOCK).exists(), "somebody works there");
        drop(live);
        let mut expected = vec![
            "mine-a b c ",
            "mine-markno",
            "mine-nolock",
            "mine-other1",
            "mine-session",
            "yours-abcde",
        ];
        if here.is_empty() {
            expected.insert(1, "mine-abcdef");
        }
        assert_eq!(names_in(near), expected);
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_lock_is_not_opened() {
        let place = tempfile::tempdir().unwrap();
        left(place.path(), "mine-abcdef", None);
        let lock = place.path().join("mine-abcdef").join(LOCK);
        std::os::unix::fs::symlink("/dev/zero", lock).unwrap();
        age(&place.path().join("mine-abcdef"));
        drop(directory_in(place.path(), "mine-").unwrap());
        assert_eq!(names_in(place.path()), ["mine-abcdef"]);
    }

    #[test]
    fn a_file_that_was_left_goes_when_it_is_old() {
        let place = tempfile::tempdir().unwrap();
        for name in ["mine-abcdef.part", "mine-ABCDE1.part", "mine-abcdef.wav", "mine-abc.part"] {
            fs::write(place.path().join(name), b"bytes").unwrap();
            if name != "mine-ABCDE1.part" {
                age(&place.path().join(name));
            }
        }
        drop(file_in(place.path(), "mine-").unwrap());
        let left = ["mine-ABCDE1.part", "mine-abc.part", "mine-abcdef.wav"];
        assert_eq!(names_in(place.path()), left);
    }
}
