//! A byte source with a position: what parsers of files ask for.

use std::io::{self, Read, Seek, SeekFrom};

use symphonia::core::io::MediaSource;

use super::ByteSource;

/// Reads a [`ByteSource`] from a position that can be moved.
#[derive(Debug, Clone)]
pub struct Reader<S> {
    source: S,
    position: u64,
}

impl<S: ByteSource> Reader<S> {
    /// Starts at the first byte.
    pub fn new(source: S) -> Self {
        Self { source, position: 0 }
    }
}

impl<S: ByteSource> Read for Reader<S> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read_at(self.position, buffer)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl<S: ByteSource> Seek for Reader<S> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let (base, offset) = match to {
            SeekFrom::Start(position) => (position, 0),
            SeekFrom::End(offset) => (self.source.size(), offset),
            SeekFrom::Current(offset) => (self.position, offset),
        };
        self.position = base
            .checked_add_signed(offset)
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no such position"))?;
        Ok(self.position)
    }
}

impl<S: ByteSource> MediaSource for Reader<S> {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.source.size())
    }
}
