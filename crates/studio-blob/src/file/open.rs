//! Uploads that are still open: what writes left in the staging directory.
//!
//! An upload is two files: `ID.parts` has the bytes, each part at its place, and
//! `ID.upload` tells which object they are to be, then the number and the checksum of each
//! part that has been written. Whatever else stands there was left by a write that died.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use studio_domain::{Crc64Nvme, ObjectKey, Timestamp};

use super::{Root, STAGING};
use crate::{
    Error, MAX_LISTED, MultipartUpload, OpenUpload, PartReceipt, Result, StoredPart, StoredParts,
};

/// The first line of a record.
const FORMAT: &str = "studio-upload/1";

/// What the name of a record ends in.
const RECORD: &str = ".upload";
/// What the name of the bytes ends in.
const PARTS: &str = ".parts";

pub(super) fn record_path(root: &Root, id: &str) -> PathBuf {
    root.directory.join(STAGING).join(format!("{id}{RECORD}"))
}

pub(super) fn parts_path(root: &Root, id: &str) -> PathBuf {
    root.directory.join(STAGING).join(format!("{id}{PARTS}"))
}

/// What an upload is of, and which of its parts were written, with the checksums that they
/// had when they came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    key: ObjectKey,
    size: u64,
    part_size: u64,
    written: BTreeMap<u32, Crc64Nvme>,
}

impl Record {
    pub(super) fn of(upload: &MultipartUpload, size: u64) -> Self {
        let MultipartUpload { key, part_size, .. } = upload;
        Self { key: key.clone(), size, part_size: *part_size, written: BTreeMap::new() }
    }

    pub(super) fn encode(&self) -> String {
        let Self { key, size, part_size, .. } = self;
        format!("{FORMAT}\n{key}\n{size} {part_size}\n")
    }

    fn decode(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next() != Some(FORMAT) {
            return None;
        }
        let key = lines.next()?.parse().ok()?;
        let (size, part_size) = lines.next()?.split_once(' ')?;
        let (size, part_size) = (size.parse().ok()?, part_size.parse().ok()?);
        // A line that was cut off names no part. Of a part that came twice the last one counts.
        let written = lines.filter_map(|line| {
            let (number, crc) = line.split_once(' ')?;
            Some((number.parse().ok()?, crc.parse().ok()?))
        });
        let written = written.collect();
        (part_size > 0).then_some(Self { key, size, part_size, written })
    }

    /// Where a part lies in the bytes: its offset and its length.
    fn place(&self, number: u32) -> Option<(u64, u64)> {
        let start = u64::from(number.checked_sub(1)?).checked_mul(self.part_size)?;
        (start < self.size).then(|| (start, self.part_size.min(self.size - start)))
    }
}

/// Remembers that a part was written.
pub(super) fn note_part(root: &Root, id: &str, number: u32, crc: Crc64Nvme) -> Result<()> {
    let path = record_path(root, id);
    // One write of a short line: lines of several writers do not mix.
    OpenOptions::new()
        .append(true)
        .open(&path)
        .and_then(|mut file| file.write_all(format!("{number} {crc}\n").as_bytes()))
        .map_err(|error| root.io_error("write", &path, error))
}

/// Forgets an upload, or a file that a write left.
pub(super) fn abort(root: &Root, upload: &OpenUpload) -> Result<()> {
    let id = &upload.id;
    let staging = root.directory.join(STAGING);
    // Not a way to remove anything else.
    if id.contains(['/', '\0']) || id.is_empty() || id.starts_with("..") {
        return Ok(());
    }
    let paths = match &upload.key {
        Some(_) => vec![parts_path(root, id), record_path(root, id)],
        None => vec![staging.join(id)],
    };
    for path in paths {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(root.io_error("remove", &path, error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Open uploads and what else was left, by the names of their files.
pub(super) fn list(root: &Root, prefix: &str) -> Result<Vec<OpenUpload>> {
    let mut open = Vec::new();
    let names = names(root)?;
    for name in &names {
        let has = |ending: &str, of: &str| names.binary_search(&format!("{of}{ending}")).is_ok();
        let upload = match (name.strip_suffix(RECORD), name.strip_suffix(PARTS)) {
            (Some(id), _) if has(PARTS, id) => match read(root, id)? {
                Some(record) => (Some(record.key), id),
                None => (None, name.as_str()),
            },
            // Told with its record, if that can be read.
            (_, Some(id)) if has(RECORD, id) && read(root, id)?.is_some() => continue,
            _ => (None, name.as_str()),
        };
        let (key, id) = (upload.0, upload.1.to_owned());
        let wanted = match &key {
            Some(key) => key.as_str().starts_with(prefix),
            None => prefix.is_empty(),
        };
        if !wanted {
            continue;
        }
        let begun = modified(&root.directory.join(STAGING).join(name));
        open.push(OpenUpload { key, id, begun });
    }
    open.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    open.truncate(MAX_LISTED);
    Ok(open)
}

/// What an upload has: the checksums are those of the bytes that are there now.
pub(super) fn parts(root: &Root, upload: &OpenUpload) -> Result<StoredParts> {
    let missing = || Error::NotFound {
        object: upload.key.as_ref().map_or_else(|| upload.id.clone(), |key| root.url.locate(key)),
    };
    let record = read(root, &upload.id)?.ok_or_else(missing)?;
    let path = parts_path(root, &upload.id);
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Err(missing()),
        Err(error) => return Err(root.io_error("read", &path, error)),
    };
    let mut parts = Vec::new();
    for &number in record.written.keys() {
        let Some((start, size)) = record.place(number) else { continue };
        let crc = checksum(&file, start, size);
        let crc64nvme = Some(crc.map_err(|error| root.io_error("read", &path, error))?);
        parts.push(StoredPart { number, size, crc64nvme, md5: None, etag: None });
    }
    Ok(StoredParts { parts, checks_whole: true })
}

/// Refuses parts that are not those that came: one that never did, or that another has
/// taken the place of.
pub(super) fn compare(root: &Root, upload: &MultipartUpload, parts: &[PartReceipt]) -> Result<()> {
    let object = root.url.locate(&upload.key);
    let Some(record) = read(root, &upload.id)? else {
        return Err(Error::NotFound { object });
    };
    for PartReceipt { number, crc64nvme, .. } in parts {
        let detail = match record.written.get(number) {
            Some(written) if written == crc64nvme => continue,
            Some(written) => format!("part {number} has CRC-64/NVME {written}, not {crc64nvme}"),
            None => format!("part {number} never came"),
        };
        return Err(Error::Corrupted { object, detail });
    }
    Ok(())
}

fn checksum(file: &File, start: u64, size: u64) -> io::Result<Crc64Nvme> {
    const STEP: u64 = 1 << 20;
    let mut crc = crate::CrcHasher::default();
    let mut buffer = vec![0; STEP.min(size) as usize];
    let mut done = 0;
    while done < size {
        let step = &mut buffer[..STEP.min(size - done) as usize];
        file.read_exact_at(step, start + done)?;
        crc.update(step);
        done += step.len() as u64;
    }
    Ok(crc.finish())
}

fn read(root: &Root, id: &str) -> Result<Option<Record>> {
    let path = record_path(root, id);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Record::decode(&text)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::InvalidData) => {
            Ok(None)
        }
        Err(error) => Err(root.io_error("read", &path, error)),
    }
}

/// The names in the staging directory, sorted.
fn names(root: &Root) -> Result<Vec<String>> {
    let staging = root.directory.join(STAGING);
    let entries = match std::fs::read_dir(&staging) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(root.io_error("list", &staging, error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| root.io_error("list", &staging, error))?;
        names.extend(entry.file_name().into_string());
    }
    names.sort_unstable();
    Ok(names)
}

fn modified(path: &Path) -> Option<Timestamp> {
    let modified = path.metadata().and_then(|metadata| metadata.modified()).ok()?;
    let since = modified.duration_since(UNIX_EPOCH).ok()?;
    Some(Timestamp::from_micros(0).after(since))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_comes_back_whatever_was_cut_off() -> Result<(), Box<dyn std::error::Error>> {
        let (old, new) = (Crc64Nvme::from_u64(1), Crc64Nvme::from_u64(2));
        let written = BTreeMap::from([(1, new), (3, old)]);
        let record = Record { key: "objects/ab/c".parse()?, size: 25, part_size: 10, written };
        let text = format!("{}3 {old}\n1 {old}\n1 {new}\n", record.encode());
        assert_eq!(Record::decode(&text).as_ref(), Some(&record));
        assert_eq!(record.place(3), Some((20, 5)));
        assert_eq!((record.place(0), record.place(4)), (None, None));
        for length in 0..text.len() {
            if let Some(cut) = Record::decode(&text[..length]) {
                assert_eq!(cut.key, record.key, "cut at {length}");
                let known = |crc: &Crc64Nvme| [old, new].contains(crc);
                assert!(cut.written.values().all(known), "cut at {length}: {cut:?}");
            }
        }
        Ok(())
    }
}
