//! What the sink holds: objects as lists of files, in memory as far as it is not bytes.

use std::collections::BTreeMap;

use super::http::Piece;

/// An object, or a part of one.
#[derive(Debug, Clone)]
pub(super) struct Object {
    pub(super) pieces: Vec<Piece>,
    pub(super) etag: String,
    /// The checksum that its writer gave, if it gave one. Nobody computed it.
    pub(super) crc64nvme: Option<String>,
}

impl Object {
    pub(super) fn size(&self) -> u64 {
        self.pieces.iter().map(|piece| piece.length).sum()
    }

    /// The pieces that make up so many bytes from `start` on.
    pub(super) fn range(&self, mut start: u64, mut length: u64) -> Vec<Piece> {
        let mut found = Vec::new();
        for piece in &self.pieces {
            if start >= piece.length {
                start -= piece.length;
                continue;
            }
            let taken = length.min(piece.length - start);
            if taken > 0 {
                let start = piece.start + start;
                found.push(Piece { file: piece.file.clone(), start, length: taken });
            }
            length -= taken;
            start = 0;
        }
        found
    }
}

/// An upload in parts.
#[derive(Debug, Default)]
pub(super) struct Upload {
    pub(super) key: String,
    pub(super) parts: BTreeMap<u32, Object>,
}

/// A bucket.
#[derive(Debug, Default)]
pub(super) struct Bucket {
    pub(super) objects: BTreeMap<String, Object>,
    pub(super) uploads: BTreeMap<String, Upload>,
}

/// The bytes of a `range` header in an object of this size, as start and length.
pub(super) fn parse_range(header: &str, size: u64) -> Option<(u64, u64)> {
    let (first, last) = header.strip_prefix("bytes=")?.split_once('-')?;
    let first = first.parse::<u64>().ok()?;
    let last = if last.is_empty() { size } else { last.parse::<u64>().ok()? };
    let end = last.saturating_add(1).min(size);
    (first < end).then(|| (first, end - first))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(file: &str, start: u64, length: u64) -> Piece {
        Piece { file: file.into(), start, length }
    }

    #[test]
    fn a_range_goes_over_parts() {
        let pieces = vec![piece("a", 0, 10), piece("b", 0, 10), piece("c", 0, 5)];
        let object = Object { pieces, etag: String::new(), crc64nvme: None };
        assert_eq!(object.size(), 25);
        assert_eq!(object.range(0, 25), object.pieces);
        assert_eq!(object.range(8, 4), [piece("a", 8, 2), piece("b", 0, 2)]);
        assert_eq!(object.range(10, 10), [piece("b", 0, 10)]);
        assert_eq!(object.range(24, 1), [piece("c", 4, 1)]);
    }

    #[test]
    fn ranges_are_read() {
        assert_eq!(parse_range("bytes=0-3", 10), Some((0, 4)));
        assert_eq!(parse_range("bytes=4-", 10), Some((4, 6)));
        assert_eq!(parse_range("bytes=4-99", 10), Some((4, 6)));
        assert_eq!(parse_range("bytes=10-", 10), None);
        assert_eq!(parse_range("lines=1-2", 10), None);
    }
}
