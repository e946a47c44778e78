//! Putting a delivery into its place.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};
use studio_domain::Digest;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{Delivered, DeliveredFile};
use crate::release::place::{DIRECTORY, beside, exists, put_in_place};
use crate::scratch::directory_of;
use crate::transfer::receive::target_error;
use crate::{Error, Job, Result};

/// The file with the checksums of the others.
pub(super) const CHECKSUMS: &str = "checksums.txt";
/// How many bytes are read at once.
const BUFFER: usize = 1 << 18;

/// Whether a delivery goes into an archive: its name says so.
pub(super) fn is_zip(target: &Path) -> bool {
    target.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"))
}

/// Refuses a place where something is, or one that is nowhere.
pub(in crate::release) fn expect_free(target: &Path) -> Result<()> {
    match target.symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let directory = directory_of(target);
            match directory.is_dir() {
                true => Ok(()),
                false => Err(Error::TargetDirectoryMissing { directory }),
            }
        }
        Err(error) => Err(target_error(target, error)),
        // Be it behind a link.
        Ok(_) if target.is_dir() && !is_zip(target) => {
            let mut entries = fs::read_dir(target).map_err(|e| target_error(target, e))?;
            // What a delivery left that was killed is in nobody's way.
            let ours = |entry: io::Result<fs::DirEntry>| {
                entry.is_ok_and(|e| e.file_name().to_string_lossy().starts_with(DIRECTORY))
            };
            if entries.all(ours) { Ok(()) } else { Err(exists(target)) }
        }
        Ok(_) => Err(exists(target)),
    }
}

/// Reads every file and writes down its checksum, as `sha256sum` does.
pub(super) fn checksums(directory: &Path, target: &Path, job: &Job) -> Result<Delivered> {
    let failed = |error| target_error(target, error);
    let mut names = Vec::new();
    for entry in fs::read_dir(directory).map_err(failed)? {
        names.push(entry.map_err(failed)?.file_name().to_string_lossy().into_owned());
    }
    names.sort_unstable();
    let digest = |name: String| digest(&directory.join(&name), name, target, job);
    let (mut files, mut text) = (Vec::with_capacity(names.len() + 1), String::new());
    for name in names {
        let file = digest(name)?;
        text.push_str(&format!("{}  {}\n", file.digest, file.name));
        files.push(file);
    }
    fs::write(directory.join(CHECKSUMS), text).map_err(failed)?;
    files.push(digest(CHECKSUMS.to_owned())?);
    files.sort_unstable_by(|a, b| a.name.cmp(&b.name));
    Ok(Delivered { files })
}

/// Reads a file, once it is on the disk.
pub(super) fn digest(path: &Path, name: String, target: &Path, job: &Job) -> Result<DeliveredFile> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| target_error(target, error))?;
    let (mut sha256, mut size) = (Sha256::new(), 0);
    read_all(path, target, job, |bytes| {
        sha256.update(bytes);
        size += bytes.len() as u64;
        Ok(())
    })?;
    Ok(DeliveredFile { name, size, digest: Digest::from_bytes(sha256.finalize().into()) })
}

/// Reads a file to its end, unless the job is cancelled.
pub(super) fn read_all(
    path: &Path,
    target: &Path,
    job: &Job,
    mut take: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<()> {
    let failed = |error| target_error(target, error);
    let mut file = File::open(path).map_err(failed)?;
    let mut buffer = vec![0; BUFFER];
    loop {
        job.check()?;
        match file.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => take(&buffer[..read]).map_err(failed)?,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(failed(error)),
        }
    }
}

/// Puts the files into an archive. They are stored as they are: sound hardly gets smaller.
pub(super) fn zip(directory: &Path, delivered: &Delivered, target: &Path, job: &Job) -> Result<()> {
    let failed = |error: io::Error| target_error(target, error);
    let temporary = beside(target)?;
    let inside = target.file_stem().map_or_else(String::new, |stem| {
        format!("{}/", stem.to_string_lossy().replace(['/', '\\'], "_"))
    });
    let mut archive = ZipWriter::new(BufWriter::new(temporary.reopen().map_err(failed)?));
    for DeliveredFile { name, size, .. } in &delivered.files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .unix_permissions(0o644)
            .large_file(*size >= u64::from(u32::MAX));
        archive
            .start_file(format!("{inside}{name}"), options)
            .map_err(|error| failed(error.into()))?;
        read_all(&directory.join(name), target, job, |bytes| archive.write_all(bytes))?;
    }
    let writer = archive.finish().map_err(|error| failed(error.into()))?;
    writer.into_inner().map_err(|error| failed(error.into_error()))?;
    put_in_place(temporary, target, false)
}
