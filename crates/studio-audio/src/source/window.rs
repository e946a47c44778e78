//! Few large reads in place of many small ones.

use std::io;
use std::sync::{Mutex, PoisonError};

use super::ByteSource;

/// What the first read fetches (bytes): some recorders put their samples at byte 131,072,
/// and all that stands before those is wanted.
pub const HEAD_BYTES: u64 = 160 << 10;
/// What the second fetches (bytes): what stands behind the samples.
pub const SECOND_BYTES: u64 = 64 << 10;
/// What all further ones fetch (bytes).
pub const LATER_BYTES: u64 = 4 << 10;

/// Judges headers of a source whose reads are dear, such as an object in a store.
///
/// The first read fetches the head of the source, the second more around where it is
/// needed; what was fetched is kept. The header of a file of the RIFF family is judged with
/// one read or two, whatever its size, unless its chunks lie in more than two places; all
/// of them together fetch no more than 256 KiB. Not meant for reading samples: a read that
/// is larger than a window goes straight to the source, and so does all beyond the first
/// eight windows.
#[derive(Debug)]
pub struct Windowed<S> {
    source: S,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    windows: Vec<Window>,
    reads: u64,
    bytes: u64,
}

#[derive(Debug)]
struct Window {
    start: u64,
    bytes: Vec<u8>,
}

impl<S: ByteSource> Windowed<S> {
    /// Windows that are kept.
    const MOST: usize = 8;

    /// Reads nothing yet.
    pub fn new(source: S) -> Self {
        Self { source, state: Mutex::default() }
    }

    /// How many reads the source has had.
    pub fn reads(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).reads
    }

    /// How many bytes it has given.
    pub fn bytes(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }
}

impl State {
    fn fetch(
        &mut self,
        source: &impl ByteSource,
        offset: u64,
        buffer: &mut [u8],
    ) -> io::Result<usize> {
        self.reads += 1;
        let read = source.read_at(offset, buffer)?;
        self.bytes += read as u64;
        Ok(read)
    }

    /// What the windows have from a place on.
    fn kept(&self, offset: u64) -> Option<&[u8]> {
        self.windows.iter().find_map(|window| {
            let from = usize::try_from(offset.checked_sub(window.start)?).ok()?;
            window.bytes.get(from..).filter(|rest| !rest.is_empty())
        })
    }
}

impl<S: ByteSource> ByteSource for Windowed<S> {
    fn size(&self) -> u64 {
        self.source.size()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let rest = self.size().saturating_sub(offset);
        if rest == 0 || buffer.is_empty() {
            return Ok(0);
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.kept(offset).is_none() {
            let length = match state.windows.len() {
                0 => HEAD_BYTES,
                1 => SECOND_BYTES,
                _ => LATER_BYTES,
            };
            let length = length.min(rest) as usize;
            if state.windows.len() == Self::MOST || buffer.len() > length {
                return state.fetch(&self.source, offset, buffer);
            }
            let mut bytes = vec![0; length];
            let read = state.fetch(&self.source, offset, &mut bytes)?;
            bytes.truncate(read);
            state.windows.push(Window { start: offset, bytes });
        }
        let kept = state.kept(offset).unwrap_or_default();
        let read = kept.len().min(buffer.len());
        buffer[..read].copy_from_slice(&kept[..read]);
        Ok(read)
    }
}
