//! The first reading of a file: its size, digest, checksums and media type.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use studio_blob::{CrcHasher, combine, crc64nvme};
use studio_domain::{Crc64Nvme, Digest};

use super::content_type;
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
    /// The checksums of its blocks: a second reading that differs is noticed at once.
    pub(crate) blocks: Blocks,
}

/// The CRC-64/NVME of each block of a file. Those of parts of any whole number of blocks
/// follow from them, so that an upload can go on with the parts of an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Blocks {
    size: u64,
    block_size: u64,
    checksums: Vec<Crc64Nvme>,
}

impl Blocks {
    /// The bytes in each block but the last.
    pub(crate) fn block_size(&self) -> u64 {
        self.block_size
    }

    /// The checksums of parts of `part_size` bytes, a whole number of blocks.
    pub(crate) fn parts(&self, part_size: u64) -> Vec<Crc64Nvme> {
        let in_part = (part_size / self.block_size).max(1) as usize;
        self.checksums
            .chunks(in_part)
            .zip(0..)
            .map(|(part, n)| self.join(part, n * in_part))
            .collect()
    }

    /// The checksum of blocks that follow each other, from the `first` on.
    fn join(&self, blocks: &[Crc64Nvme], first: usize) -> Crc64Nvme {
        let numbered = blocks.iter().zip(first as u64..);
        numbered.fold(crc64nvme(&[]), |joined, (&crc, n)| {
            let start = n * self.block_size;
            combine(joined, crc, self.block_size.min(self.size - start))
        })
    }
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

    let mut reading = Fingerprinting::new(expected, options);
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
        reading.update(&buffer[..read]);
        job.tell(Event::Moved { bytes: read as u64 });
    }
    job.tell(Event::End);
    let fingerprint = reading.finish();
    match fingerprint.size == expected {
        true => Ok(fingerprint),
        false => Err(Error::SourceChanged { file: path.to_owned() }),
    }
}

/// A fingerprint being taken of bytes as they come.
pub(crate) struct Fingerprinting {
    sha256: Sha256,
    blocks: BlockChecksums,
    head: Vec<u8>,
    size: u64,
}

impl Fingerprinting {
    /// Of about so many bytes.
    pub(crate) fn new(expected: u64, options: TransferOptions) -> Self {
        let blocks = BlockChecksums::new(block_size(expected, options));
        Self { sha256: Sha256::new(), blocks, head: Vec::new(), size: 0 }
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        if self.head.len() < content_type::PROBE_BYTES {
            let wanted = content_type::PROBE_BYTES - self.head.len();
            self.head.extend_from_slice(&bytes[..wanted.min(bytes.len())]);
        }
        self.sha256.update(bytes);
        self.blocks.update(bytes);
        self.size += bytes.len() as u64;
    }

    pub(crate) fn finish(self) -> Fingerprint {
        let blocks = self.blocks.finish(self.size);
        Fingerprint {
            size: self.size,
            digest: Digest::from_bytes(self.sha256.finalize().into()),
            crc64nvme: blocks.join(&blocks.checksums, 0),
            content_type: content_type::of(&self.head),
            blocks,
        }
    }
}

/// A MiB, or in files that are larger than most, what their parts will have: a hundred
/// thousand checksums are kept, and no more.
fn block_size(size: u64, options: TransferOptions) -> u64 {
    const SMALL: u64 = 1 << 20;
    const MOST: u64 = 100_000;
    match size.div_ceil(SMALL) {
        0..=MOST => SMALL,
        _ => options.part_size_for(size),
    }
}

/// Takes in bytes as they come, and ends a block where it is full.
struct BlockChecksums {
    block_size: u64,
    block: CrcHasher,
    in_block: u64,
    done: Vec<Crc64Nvme>,
}

impl BlockChecksums {
    fn new(block_size: u64) -> Self {
        Self { block_size, block: CrcHasher::default(), in_block: 0, done: Vec::new() }
    }

    fn update(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = usize::try_from(self.block_size - self.in_block).unwrap_or(usize::MAX);
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.block.update(now);
            self.in_block += now.len() as u64;
            if self.in_block == self.block_size {
                self.end_block();
            }
            bytes = later;
        }
    }

    fn end_block(&mut self) {
        self.done.push(std::mem::take(&mut self.block).finish());
        self.in_block = 0;
    }

    fn finish(mut self, size: u64) -> Blocks {
        if self.in_block > 0 {
            self.end_block();
        }
        Blocks { size, block_size: self.block_size, checksums: self.done }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_of_blocks_join_to_those_of_parts_and_of_the_whole() {
        let bytes: Vec<u8> = (0..1000u32).map(|i| ((i * 31) >> 3) as u8).collect();
        for block_size in [1, 7, 250, 999, 1000, 1001] {
            for step in [1, 13, 1000] {
                let mut checksums = BlockChecksums::new(block_size);
                bytes.chunks(step).for_each(|chunk| checksums.update(chunk));
                let blocks = checksums.finish(bytes.len() as u64);
                assert_eq!(blocks.join(&blocks.checksums, 0), crc64nvme(&bytes));
                for in_part in [1, 2, 3, 2000] {
                    let part_size = block_size * in_part;
                    let expected = bytes.chunks(part_size as usize).map(crc64nvme);
                    assert_eq!(blocks.parts(part_size), expected.collect::<Vec<_>>());
                }
            }
        }
    }

    #[test]
    fn nothing_has_no_parts() {
        let blocks = BlockChecksums::new(8).finish(0);
        assert_eq!(blocks.parts(8), []);
        assert_eq!(blocks.join(&[], 0), crc64nvme(&[]));
    }

    #[test]
    fn few_checksums_are_kept_of_the_largest_file() {
        let options = TransferOptions::default();
        for size in [0, 1, 100 << 20, 90_000 << 20, 200_000 << 20, 5 << 40] {
            let block = block_size(size, options);
            assert!(size.div_ceil(block) <= 100_000, "{size} bytes in blocks of {block}");
            assert!(options.part_size_for(size).is_multiple_of(block));
        }
    }
}
