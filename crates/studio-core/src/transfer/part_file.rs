//! The temporary file of a download, which a later attempt can go on with.
//!
//! It stands beside the target, so that a rename makes it the target, under a name that
//! follows from the target and the version's digest. A journal beside it has the checksum of
//! each run of bytes that was written: what a crash or a loss of power left is relied on
//! only as far as its bytes have these checksums.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use sha2::{Digest as _, Sha256};
use studio_blob::{CrcHasher, crc64nvme};
use studio_domain::{Crc64Nvme, Digest};

/// What every temporary file of a download begins with.
const PREFIX: &str = ".studio-";
/// What it ends with.
const SUFFIX: &str = ".part";
/// What is added for its journal.
const JOURNAL_SUFFIX: &str = ".journal";

/// Whether a file's name is that of a temporary file of a download, or of its journal.
pub(crate) fn is_one(name: &str) -> bool {
    let name = name.strip_suffix(JOURNAL_SUFFIX).unwrap_or(name);
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// Whether somebody is writing to a temporary file, or to the one of this journal.
pub(crate) fn is_in_use(path: &Path) -> bool {
    let text = path.to_string_lossy();
    let part = text.strip_suffix(JOURNAL_SUFFIX).map_or_else(|| path.to_owned(), PathBuf::from);
    let opened = File::open(part);
    opened.is_ok_and(|file| matches!(file.try_lock(), Err(TryLockError::WouldBlock)))
}

/// Smaller files are fetched again sooner than a journal of them is kept.
const LEAST_RESUMED: u64 = 16 << 20;
/// No run of bytes is longer than what a transfer holds in memory.
const MOST_IN_RUN: u64 = 1 << 30;
/// The bytes of one entry of a journal: the offset of the run's end, and its checksum.
const ENTRY: usize = 16;
/// The bytes that are hashed and written at once: still in the processor's cache from one
/// to the next, and measured to take less system time than megabytes at once.
const SLICE: usize = 256 << 10;
/// How many bytes are written before the disk is asked to take them, while more are coming:
/// what is left to wait for at the end is then little.
const SYNCED_AT_ONCE: u64 = 64 << 20;

impl Drop for EarlySync {
    /// Its thread has the file open, and so holds the lock on it.
    fn drop(&mut self) {
        let _ = self.wait();
    }
}

/// The bytes of a version on their way to a target.
#[derive(Debug)]
pub(crate) struct PartFile {
    file: File,
    path: PathBuf,
    journal: Option<File>,
    sha256: Sha256,
    length: u64,
    sync: EarlySync,
}

/// Bytes on their way to the disk, beside those that are being written.
#[derive(Debug, Default)]
struct EarlySync {
    running: Option<JoinHandle<io::Result<()>>>,
    /// How many bytes had been written when it was begun.
    from: u64,
}

impl EarlySync {
    /// Begins to sync the file if there is enough of it and nothing is under way.
    fn after(&mut self, written: u64, file: &File) -> io::Result<()> {
        let under_way = self.running.as_ref().is_some_and(|running| !running.is_finished());
        if under_way || written - self.from < SYNCED_AT_ONCE {
            return Ok(());
        }
        self.wait()?;
        self.from = written;
        let file = file.try_clone()?;
        // Without a thread the last sync does it all.
        self.running = thread::Builder::new().spawn(move || file.sync_data()).ok();
        Ok(())
    }

    /// Waits for what is under way. The system tells an error of writing once, so that it
    /// must be heard here.
    fn wait(&mut self) -> io::Result<()> {
        let Some(running) = self.running.take() else { return Ok(()) };
        running.join().unwrap_or_else(|_| Err(io::Error::other("a thread that syncs panicked")))
    }
}

/// Why there is no part file.
#[derive(Debug)]
pub(crate) enum OpenError {
    /// Somebody else is downloading the same to the same target.
    InUse,
    Io(io::Error),
}

impl From<io::Error> for OpenError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl PartFile {
    /// Opens or makes the part file of `target`, and reads what an earlier attempt left:
    /// what of it can be relied on is [`length`](Self::length).
    pub(crate) fn open(target: &Path, digest: &Digest, size: u64) -> Result<Self, OpenError> {
        let path = path_for(target, digest);
        let file = open_locked(&path)?;
        let (sha256, sync) = (Sha256::new(), EarlySync::default());
        let mut part = Self { file, path, journal: None, sha256, length: 0, sync };
        if size >= LEAST_RESUMED {
            let journal = options().open(part.journal_path())?;
            part.resume(journal, size)?;
        }
        part.file.set_len(part.length)?;
        part.file.seek(SeekFrom::Start(part.length))?;
        Ok(part)
    }

    /// How many bytes are there.
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    fn journal_path(&self) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(JOURNAL_SUFFIX);
        name.into()
    }

    /// Takes over each run whose bytes are still those that were written.
    fn resume(&mut self, mut journal: File, size: u64) -> io::Result<()> {
        let mut entry = [0; ENTRY];
        let mut good = 0;
        let mut bytes = Vec::new();
        while journal.read_exact(&mut entry).is_ok() {
            let (end, crc) = decode(&entry);
            let length = end.saturating_sub(self.length);
            if length == 0 || length > MOST_IN_RUN || end > size {
                break;
            }
            bytes.clear();
            (&self.file).take(length).read_to_end(&mut bytes)?;
            if bytes.len() as u64 != length || crc64nvme(&bytes) != crc {
                break;
            }
            self.sha256.update(&bytes);
            self.length = end;
            self.sync.from = end;
            good += ENTRY as u64;
        }
        journal.set_len(good)?;
        journal.seek(SeekFrom::Start(good))?;
        self.journal = Some(journal);
        Ok(())
    }

    /// Adds the next run of bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut crc = CrcHasher::default();
        for slice in bytes.chunks(SLICE) {
            self.sha256.update(slice);
            crc.update(slice);
            self.file.write_all(slice)?;
        }
        self.length += bytes.len() as u64;
        if let Some(journal) = &mut self.journal {
            journal.write_all(&encode(self.length, crc.finish()))?;
        }
        self.sync.after(self.length, &self.file)
    }

    /// Forgets all bytes.
    pub(crate) fn restart(&mut self) -> io::Result<()> {
        self.sha256 = Sha256::new();
        self.length = 0;
        self.sync.wait()?;
        self.sync.from = 0;
        for file in std::iter::once(&mut self.file).chain(self.journal.as_mut()) {
            file.set_len(0)?;
            file.rewind()?;
        }
        Ok(())
    }

    /// SHA-256 of the bytes that are there.
    pub(crate) fn digest(&self) -> Digest {
        Digest::from_bytes(self.sha256.clone().finalize().into())
    }

    /// Gives the file, on the disk, the target's name; without `overwrite` only if nothing
    /// has it. Where that fails, the file goes.
    pub(crate) fn move_to(mut self, target: &Path, overwrite: bool) -> io::Result<()> {
        let synced = self.sync.wait().and_then(|()| self.file.sync_all());
        let moved = synced.and_then(|()| self.rename_to(target, overwrite));
        match moved {
            Ok(()) if self.journal.is_none() => {}
            Ok(()) => {
                let _ = std::fs::remove_file(self.journal_path());
            }
            Err(_) => self.discard(),
        }
        moved
    }

    fn rename_to(&self, target: &Path, overwrite: bool) -> io::Result<()> {
        match overwrite {
            true => std::fs::rename(&self.path, target)?,
            // A rename that refuses to replace: a second name, then away with the first.
            false => match std::fs::hard_link(&self.path, target) {
                Ok(()) => std::fs::remove_file(&self.path)?,
                Err(error) if error.kind() == ErrorKind::AlreadyExists => return Err(error),
                // Some file systems have no second names.
                Err(_) => rename_to_new(&self.path, target)?,
            },
        }
        Ok(())
    }

    /// Removes the file: nothing is to be resumed from it.
    pub(crate) fn discard(self) {
        let _ = std::fs::remove_file(&self.path);
        if self.journal.is_some() {
            let _ = std::fs::remove_file(self.journal_path());
        }
    }

    /// Leaves the file to a later attempt, if that can make use of it.
    pub(crate) fn keep(self) {
        if self.journal.is_none() || self.length == 0 {
            self.discard();
        }
    }
}

/// Where the bytes for `target` are gathered: for one version always at the same place.
fn path_for(target: &Path, digest: &Digest) -> PathBuf {
    let name = target.file_name().unwrap_or_default().as_encoded_bytes();
    let name = crc64nvme(name).as_u64();
    let digest = &digest.to_string()[..16];
    target.with_file_name(format!("{PREFIX}{digest}-{name:016x}{SUFFIX}"))
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    options
}

/// Opens a file and locks it, for as long as it is open.
fn open_locked(path: &Path) -> Result<File, OpenError> {
    loop {
        let file = options().open(path)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse),
            // A file system without locks; then nobody else has one either.
            Err(TryLockError::Error(_)) => {}
        }
        // Its name may have been taken away since, by a download that was just completed.
        let (opened, named) = (file.metadata()?, path.metadata());
        match named {
            Ok(named) if (named.dev(), named.ino()) == (opened.dev(), opened.ino()) => {
                return Ok(file);
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn rename_to_new(path: &Path, target: &Path) -> io::Result<()> {
    // Makes the name ours, or fails because it is somebody else's.
    OpenOptions::new().write(true).create_new(true).open(target)?;
    std::fs::rename(path, target)
}

fn encode(end: u64, crc: Crc64Nvme) -> [u8; ENTRY] {
    let mut entry = [0; ENTRY];
    entry[..8].copy_from_slice(&end.to_le_bytes());
    entry[8..].copy_from_slice(&crc.as_u64().to_le_bytes());
    entry
}

fn decode(entry: &[u8; ENTRY]) -> (u64, Crc64Nvme) {
    let number = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_le_bytes);
    (number(&entry[..8]), Crc64Nvme::from_u64(number(&entry[8..])))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test's way to fail")]
mod tests {
    use super::*;

    const SIZE: u64 = 20 << 20;

    fn digest() -> Digest {
        Digest::from_bytes([7; 32])
    }

    fn open(target: &Path) -> PartFile {
        PartFile::open(target, &digest(), SIZE).unwrap()
    }

    #[test]
    fn what_was_written_is_there_the_next_time() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        let target = place.path().join("take.wav");
        let mut part = open(&target);
        part.write(b"first run, ")?;
        part.write(b"second run")?;
        let whole = part.digest();
        part.keep();
        let part = open(&target);
        assert_eq!((part.length(), part.digest()), (21, whole));
        part.move_to(&target, false)?;
        assert_eq!(std::fs::read(&target)?, b"first run, second run");
        assert_eq!(std::fs::read_dir(place.path())?.count(), 1);
        Ok(())
    }

    #[test]
    fn only_runs_that_are_still_whole_are_relied_on() -> io::Result<()> {
        for damage in 0..21 {
            let place = tempfile::tempdir()?;
            let target = place.path().join("take.wav");
            let mut part = open(&target);
            part.write(b"first run, ")?;
            part.write(b"second run")?;
            let path = part.path.clone();
            part.keep();
            let mut bytes = std::fs::read(&path)?;
            bytes[damage] ^= 1;
            std::fs::write(&path, &bytes)?;
            let part = open(&target);
            let expected: &[u8] = if damage < 11 { b"" } else { b"first run, " };
            assert_eq!(part.length(), expected.len() as u64, "byte {damage}");
            assert_eq!(part.digest(), Digest::from_bytes(Sha256::digest(expected).into()));
        }
        Ok(())
    }

    #[test]
    fn a_journal_cut_anywhere_is_no_danger() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        let target = place.path().join("take.wav");
        for cut in 0..=2 * ENTRY {
            let mut part = open(&target);
            part.restart()?;
            part.write(b"first run, ")?;
            part.write(b"second run")?;
            let journal = part.journal_path();
            part.keep();
            OpenOptions::new().write(true).open(&journal)?.set_len(cut as u64)?;
            let length = open(&target).length();
            assert_eq!(length, [0, 11, 21][cut / ENTRY], "cut at {cut}");
        }
        Ok(())
    }

    #[test]
    fn what_a_large_file_is_synced_with_is_waited_for_and_heard() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        let target = place.path().join("take.wav");
        let run = vec![7; SYNCED_AT_ONCE as usize];
        let mut part = PartFile::open(&target, &digest(), 3 * SYNCED_AT_ONCE).unwrap();
        part.write(&run)?;
        assert!(part.sync.running.is_some());
        part.write(&run)?;
        part.keep();
        // Nobody holds the lock any more.
        let mut part = PartFile::open(&target, &digest(), 3 * SYNCED_AT_ONCE).unwrap();
        assert_eq!(part.length(), 2 * SYNCED_AT_ONCE);
        part.write(&run)?;
        part.move_to(&target, false)?;
        assert_eq!(target.metadata()?.len(), 3 * SYNCED_AT_ONCE);
        // A device that cannot be synced says so, and is not taken for a disk.
        let mut sync = EarlySync::default();
        sync.after(SYNCED_AT_ONCE, &File::open("/dev/null")?)?;
        assert_eq!(sync.wait().map_err(|error| error.kind()), Err(ErrorKind::InvalidInput));
        Ok(())
    }

    #[test]
    fn two_downloads_do_not_write_to_one_file() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        let target = place.path().join("take.wav");
        let first = open(&target);
        let second = PartFile::open(&target, &digest(), SIZE);
        assert!(matches!(second, Err(OpenError::InUse)), "{second:?}");
        first.discard();
        assert_eq!(open(&target).length(), 0);
        Ok(())
    }

    #[test]
    fn a_target_that_is_there_is_not_replaced() -> io::Result<()> {
        let place = tempfile::tempdir()?;
        let target = place.path().join("take.wav");
        std::fs::write(&target, "kept")?;
        let moved = open(&target).move_to(&target, false);
        assert_eq!(moved.map_err(|error| error.kind()), Err(ErrorKind::AlreadyExists));
        assert_eq!(std::fs::read(&target)?, b"kept");
        open(&target).move_to(&target, true)?;
        assert_eq!(std::fs::read(&target)?, b"");
        Ok(())
    }
}
