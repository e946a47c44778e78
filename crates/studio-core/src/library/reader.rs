//! Reading as little as possible of an object, and never more than a budget.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use studio_audio::ByteSource;
use studio_blob::intake::{FoundObject, Intake};
use tokio::runtime::Handle;

/// The most bytes that a scan reads of one object.
pub const MOST_READ: u64 = 256 << 10;
/// What the first read fetches: most headers, with their tags.
const HEAD_BYTES: u64 = 64 << 10;
/// What all others fetch at least.
const BLOCK_BYTES: u64 = 16 << 10;

/// An object in the state in which it was listed. What was read is kept. When the budget is
/// used up, it ends there: parsers take it for a file that was cut off. Only for threads that
/// may wait.
pub(super) struct Frugal {
    intake: Arc<dyn Intake>,
    object: FoundObject,
    runtime: Handle,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    blocks: Vec<(u64, Bytes)>,
    used: u64,
    exhausted: bool,
}

impl Frugal {
    /// Reads nothing yet. Must be called within a runtime.
    pub(super) fn new(intake: &Arc<dyn Intake>, object: FoundObject) -> Self {
        let (intake, state) = (Arc::clone(intake), Mutex::default());
        Self { intake, object, runtime: Handle::current(), state }
    }

    /// How many bytes were asked for.
    pub(super) fn used(&self) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).used
    }

    /// Whether something was not read because the budget was used up.
    pub(super) fn is_exhausted(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).exhausted
    }
}

impl State {
    /// What the blocks have from a place on.
    fn kept(&self, offset: u64) -> Option<&[u8]> {
        self.blocks.iter().find_map(|(start, bytes)| {
            let from = usize::try_from(offset.checked_sub(*start)?).ok()?;
            bytes.get(from..).filter(|rest| !rest.is_empty())
        })
    }

    /// The place behind `offset` from which on there is a block.
    fn next_kept(&self, offset: u64) -> Option<u64> {
        self.blocks.iter().map(|(start, _)| *start).filter(|start| *start > offset).min()
    }
}

impl ByteSource for Frugal {
    fn size(&self) -> u64 {
        self.object.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        if offset >= self.object.size || buffer.is_empty() {
            return Ok(0);
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.kept(offset).is_none() {
            let least = if state.blocks.is_empty() { HEAD_BYTES } else { BLOCK_BYTES };
            // Never more than was asked for beyond a block: a reader may ask for all there is.
            let wanted = least.min(state.next_kept(offset).map_or(u64::MAX, |next| next - offset));
            let left = MOST_READ - state.used;
            let length = wanted.min(self.object.size - offset).min(left);
            if length == 0 {
                state.exhausted = true;
                return Ok(0);
            }
            // Counted before it is tried: what broke off was read too.
            state.used += length;
            let (key, range) = (&self.object.key, offset..offset + length);
            let read = self.intake.read(key, range, &self.object.state);
            let piece = self.runtime.block_on(read).map_err(io::Error::other)?;
            state.blocks.push((offset, piece.bytes));
        }
        let kept = state.kept(offset).unwrap_or_default();
        let length = kept.len().min(buffer.len());
        buffer[..length].copy_from_slice(&kept[..length]);
        Ok(length)
    }
}
