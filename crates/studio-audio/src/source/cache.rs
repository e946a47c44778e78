//! Blocks that are kept, for readers that go back and forth.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use super::{ByteSource, read_full_at};

/// Reads a source in blocks of 64 KiB and keeps the latest of them, 4 MiB at most: a parser
/// that reads a few bytes here and there costs few reads.
#[derive(Debug)]
pub struct Cached<S> {
    source: S,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Their numbers and bytes, the one used last behind the others.
    blocks: Vec<(u64, Arc<[u8]>)>,
    reads: u64,
}

impl<S: ByteSource> Cached<S> {
    /// Bytes of a block.
    pub const BLOCK_BYTES: usize = 64 << 10;
    /// Blocks that are kept.
    const MOST: usize = 64;

    /// Reads nothing yet.
    pub fn new(source: S) -> Self {
        Self { source, state: Mutex::default() }
    }

    /// How many blocks were read from the source.
    pub fn reads(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).reads
    }

    fn block(&self, number: u64) -> io::Result<Arc<[u8]>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = state.blocks.iter().position(|(known, _)| *known == number) {
            let block = state.blocks.remove(at);
            let bytes = Arc::clone(&block.1);
            state.blocks.push(block);
            return Ok(bytes);
        }
        state.reads += 1;
        // Others wait meanwhile, mostly for the same block.
        let start = number * Self::BLOCK_BYTES as u64;
        let rest = usize::try_from(self.size().saturating_sub(start)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; rest.min(Self::BLOCK_BYTES)];
        let read = read_full_at(&self.source, start, &mut bytes)?;
        bytes.truncate(read);
        let bytes: Arc<[u8]> = bytes.into();
        if state.blocks.len() == Self::MOST {
            state.blocks.remove(0);
        }
        state.blocks.push((number, Arc::clone(&bytes)));
        Ok(bytes)
    }
}

impl<S: ByteSource> ByteSource for Cached<S> {
    fn size(&self) -> u64 {
        self.source.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if offset >= self.size() || buffer.is_empty() {
            return Ok(0);
        }
        let block = self.block(offset / Self::BLOCK_BYTES as u64)?;
        let within = (offset % Self::BLOCK_BYTES as u64) as usize;
        let rest = block.get(within..).unwrap_or_default();
        let read = rest.len().min(buffer.len());
        buffer[..read].copy_from_slice(&rest[..read]);
        Ok(read)
    }
}
