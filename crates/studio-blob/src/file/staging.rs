//! Writing: first into the staging directory, whole and on the disk, then to its place.

use std::fs::{File, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::{FileExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use studio_domain::{Crc64Nvme, ObjectKey};
use tempfile::{NamedTempFile, TempPath};
use uuid::Uuid;

use super::{Root, STAGING, open};
use crate::{Error, MultipartUpload, OpenUpload, Result, WriteMode};

/// Writes an object from bytes in memory.
pub(super) fn put(root: &Root, key: &ObjectKey, bytes: &[u8], mode: WriteMode) -> Result<()> {
    let target = root.path(key)?;
    let staging = staging_directory(root)?;
    let file = tempfile::Builder::new()
        // The umask decides, as for every other file.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(&staging)
        .map_err(|error| root.io_error("write in", &staging, error))?;
    write_at(file.as_file(), bytes, 0)
        .and_then(|()| file.as_file().sync_all())
        .map_err(|error| root.io_error("write", file.path(), error))?;
    move_into_place(root, key, file, &target, mode)
}

/// Makes room for an object that comes in parts.
pub(super) fn begin(
    root: &Root,
    key: ObjectKey,
    size: u64,
    part_size: u64,
) -> Result<MultipartUpload> {
    root.path(&key)?;
    staging_directory(root)?;
    let id = Uuid::now_v7().simple().to_string();
    let upload = MultipartUpload { key, id, part_size, checks_whole: true };
    if let Err((path, error)) = make_room(root, &upload, size) {
        // It may be there, and nobody would ask for it again.
        let _ = open::abort(root, &OpenUpload::from(&upload));
        return Err(root.io_error("make", &path, error));
    }
    Ok(upload)
}

fn make_room(root: &Root, upload: &MultipartUpload, size: u64) -> Result<(), (PathBuf, io::Error)> {
    let create = |path: &Path| OpenOptions::new().write(true).create_new(true).open(path);
    // What it is comes first: parts that nothing tells the object of are of no use.
    let record = open::record_path(root, &upload.id);
    create(&record)
        .and_then(|mut file| file.write_all(open::Record::of(upload, size).encode().as_bytes()))
        .map_err(|error| (record, error))?;
    let path = open::parts_path(root, &upload.id);
    create(&path).and_then(|file| file.set_len(size)).map_err(|error| (path, error))
}

/// Writes one part at its place in the object to be.
pub(super) fn put_part(
    root: &Root,
    upload: &MultipartUpload,
    number: u32,
    bytes: &[u8],
    crc: Crc64Nvme,
) -> Result<()> {
    let path = open::parts_path(root, &upload.id);
    let offset = u64::from(number.saturating_sub(1)) * upload.part_size;
    OpenOptions::new()
        .write(true)
        .open(&path)
        .and_then(|file| write_at(&file, bytes, offset))
        .map_err(|error| upload_error(root, upload, "write", &path, error))?;
    open::note_part(root, &upload.id, number, crc)
}

/// In slices: measured to take less system time than megabytes at once.
fn write_at(file: &File, bytes: &[u8], offset: u64) -> io::Result<()> {
    const SLICE: usize = 256 << 10;
    let offsets = (offset..).step_by(SLICE);
    bytes.chunks(SLICE).zip(offsets).try_for_each(|(slice, at)| file.write_all_at(slice, at))
}

/// Gives an object that came in parts its name.
pub(super) fn complete(
    root: &Root,
    upload: &MultipartUpload,
    size: u64,
    mode: WriteMode,
) -> Result<()> {
    let target = root.path(&upload.key)?;
    let path = open::parts_path(root, &upload.id);
    let file = OpenOptions::new()
        .write(true)
        .open(&path)
        .map_err(|error| upload_error(root, upload, "finish", &path, error))?;
    file.set_len(size)
        .and_then(|()| file.sync_all())
        .map_err(|error| root.io_error("write", &path, error))?;
    let staged =
        TempPath::try_from_path(&path).map_err(|error| root.io_error("finish", &path, error))?;
    let staged = NamedTempFile::from_parts(file, staged);
    let moved = move_into_place(root, &upload.key, staged, &target, mode);
    // The parts went either to their place or away; nothing is left of the upload.
    open::abort(root, &OpenUpload::from(upload))?;
    moved
}

fn upload_error(
    root: &Root,
    upload: &MultipartUpload,
    action: &'static str,
    path: &Path,
    error: io::Error,
) -> Error {
    match error.kind() {
        ErrorKind::NotFound => Error::NotFound { object: root.url.locate(&upload.key) },
        _ => root.io_error(action, path, error),
    }
}

fn staging_directory(root: &Root) -> Result<PathBuf> {
    let staging = root.directory.join(STAGING);
    make_directory(root, &staging)?;
    Ok(staging)
}

fn move_into_place(
    root: &Root,
    key: &ObjectKey,
    file: NamedTempFile,
    target: &Path,
    mode: WriteMode,
) -> Result<()> {
    if let Some(parent) = target.parent() {
        make_directory(root, parent)?;
    }
    let moved = match mode {
        WriteMode::CreateNew => file.persist_noclobber(target),
        WriteMode::Replace => file.persist(target),
    };
    match moved {
        Ok(_) => {
            // The object is there, whole and synced; only its name may not outlive a loss of
            // power, and what the caller does next does not depend on that.
            if let Err(error) = sync_parent(root, target) {
                tracing::warn!(%error, "could not sync the directory");
            }
            Ok(())
        }
        Err(failed) if failed.error.kind() == ErrorKind::AlreadyExists => {
            Err(Error::AlreadyExists { object: root.url.locate(key) })
        }
        Err(failed) => Err(root.io_error("write", target, failed.error)),
    }
}

/// Makes a directory and those above it, so that they too last through a loss of power.
fn make_directory(root: &Root, directory: &Path) -> Result<()> {
    if directory.is_dir() {
        return Ok(());
    }
    if let Some(parent) = directory.parent() {
        make_directory(root, parent)?;
    }
    match std::fs::create_dir(directory) {
        Ok(()) => sync_parent(root, directory),
        // Another writer was first.
        Err(error) if error.kind() == ErrorKind::AlreadyExists && directory.is_dir() => Ok(()),
        Err(error) => Err(root.io_error("make", directory, error)),
    }
}

/// Makes a rename or removal in a directory last through a loss of power.
pub(super) fn sync_parent(root: &Root, path: &Path) -> Result<()> {
    let Some(parent) = path.parent() else {
        return Ok(());
    };
    File::open(parent)
        .and_then(|directory| directory.sync_all())
        .map_err(|error| root.io_error("write", parent, error))
}
