//! A part of a source, as a source of its own.

use std::io;

use super::ByteSource;

/// The bytes of a source from one place to another.
#[derive(Debug, Clone)]
pub(crate) struct Part<S> {
    source: S,
    start: u64,
    size: u64,
}

impl<S: ByteSource> Part<S> {
    /// As many bytes as are there, of those from `start` to `end`.
    pub(crate) fn new(source: S, start: u64, end: u64) -> Self {
        let end = end.min(source.size());
        Self { source, start, size: end.saturating_sub(start) }
    }
}

impl<S: ByteSource> ByteSource for Part<S> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = usize::try_from(self.size.saturating_sub(offset)).unwrap_or(usize::MAX);
        let wanted = rest.min(buffer.len());
        match self.start.checked_add(offset) {
            Some(at) if wanted > 0 => self.source.read_at(at, &mut buffer[..wanted]),
            _ => Ok(0),
        }
    }
}
