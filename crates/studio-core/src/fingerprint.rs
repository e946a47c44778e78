//! The first reading of a file: its size, digest, checksums and media type.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use studio_blob::{CrcHasher, combine, crc64nvme};
use studio_domain::{Crc64Nvme, Digest};

use crate::content_type;
use crate::{Error, Event, Job, Phase, Result, TransferOptions};

/// How many bytes are read at once.
const READ_BUFFER: usize = 1 << 20;

/// What one reading of a file tells about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fingerprint {
    /// Bytes.
    pub size: u64,
    /// SHA-256.
    pub digest: Digest,
    /// CRC-64/NVME.
    pub crc64nvme: Crc64Nvme,
    /// The media type, from the first bytes.
    pub content_type: &'static str,
    /// The bytes in each part but the last.
    pub(crate) part_size: u64,
    /// The CRC-64/NVME of each part: a second reading that differs is noticed at once.
    pub(crate) parts: Vec<Crc64Nvme>,
}

impl Fingerprint {
    /// Reads `file` (shown as `path`) from its present position to its end.
    pub(crate) async fn read(
        file: Arc<File>,
        path: &Path,
        options: TransferOptions,
        job: &Job,
    ) -> Result<Self> {
        let (path, job) = (path.to_owned(), job.clone());
        tokio::task::spawn_blocking(move || read(&file, &path, options, &job))
            .await
            .map_err(|error| Error::Internal(Box::new(error)))?
    }
}

fn read(file: &File, path: &Path, options: TransferOptions, job: &Job) -> Result<Fingerprint> {
    let unreadable = |source: io::Error| Error::SourceUnreadable { file: path.to_owned(), source };
    let expected = file.metadata().map_err(unreadable)?.len();
    job.tell(Event::Begin { phase: Phase::Reading, total: expected });

    let part_size = options.part_size_for(expected);
    let mut sha256 = Sha256::new();
    let mut parts = PartChecksums::new(part_size);
    let mut head = Vec::new();
    let mut size = 0;
    let mut buffer = vec![0; READ_BUFFER];
    let mut file = file;
    loop {
        job.check()?;
        let read = match file.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(unreadable(error)),
        };
        let bytes = &buffer[..read];
        if head.len() < content_type::PROBE_BYTES {
            let wanted = content_type::PROBE_BYTES - head.len();
            head.extend_from_slice(&bytes[..wanted.min(read)]);
        }
        sha256.update(bytes);
        parts.update(bytes);
        size += read as u64;
        job.tell(Event::Moved { bytes: read as u64 });
    }
    job.tell(Event::End);
    if size != expected {
        return Err(Error::SourceChanged { file: path.to_owned() });
    }
    let (crc64nvme, parts) = parts.finish();
    Ok(Fingerprint {
        size,
        digest: Digest::from_bytes(sha256.finalize().into()),
        crc64nvme,
        content_type: content_type::of(&head),
        part_size,
        parts,
    })
}

/// Checksums of equal parts, and from them that of the whole: each byte is taken in once.
struct PartChecksums {
    part_size: u64,
    part: CrcHasher,
    in_part: u64,
    whole: Crc64Nvme,
    done: Vec<Crc64Nvme>,
}

impl PartChecksums {
    fn new(part_size: u64) -> Self {
        let part = CrcHasher::default();
        Self { part_size, part, in_part: 0, whole: crc64nvme(&[]), done: Vec::new() }
    }

    fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = usize::try_from(self.part_size - self.in_part).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.part.update(now);
            self.in_part += now.len() as u64;
            if self.in_part == self.part_size {
                self.end_part();
            }
            bytes = later;
        }
    }

    fn end_part(&mut self) {
        let crc = std::mem::take(&mut self.part).finish();
        self.whole = combine(self.whole, crc, self.in_part);
        self.done.push(crc);
        self.in_part = 0;
    }

    fn finish(mut self) -> (Crc64Nvme, Vec<Crc64Nvme>) {
        if self.in_part > 0 {
            self.end_part();
        }
        (self.whole, self.done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_of_parts_join_to_that_of_the_whole() {
        let bytes: Vec<u8> = (0..1000u32).map(|i| ((i * 31) >> 3) as u8).collect();
        for part_size in [1, 7, 250, 999, 1000, 1001] {
            for step in [1, 13, 1000] {
                let mut checksums = PartChecksums::new(part_size);
                bytes.chunks(step).for_each(|chunk| checksums.update(chunk));
                let (whole, parts) = checksums.finish();
                assert_eq!(whole, crc64nvme(&bytes));
                let expected = bytes.chunks(part_size as usize).map(crc64nvme);
                assert_eq!(parts, expected.collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn nothing_has_no_parts() {
        assert_eq!(PartChecksums::new(8).finish(), (crc64nvme(&[]), vec![]));
    }
}
