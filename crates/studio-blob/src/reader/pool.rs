//! Buffers for pieces of files that are played.
//!
//! Large pieces are read with less work, small ones hold less memory while a slow listener
//! takes his time. So there is a fixed number of large buffers for those who are quick.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// Bytes in a large buffer.
pub(super) const LARGE: usize = 256 << 10;
/// Bytes in a small one.
pub(super) const SMALL: usize = 64 << 10;

static LARGE_ONES: Pool = Pool::new(LARGE, 64, 64);
static SMALL_ONES: Pool = Pool::new(SMALL, usize::MAX, 256);

/// Buffers of one size.
struct Pool {
    size: usize,
    most_in_use: usize,
    most_free: usize,
    in_use: AtomicUsize,
    free: Mutex<Vec<Vec<u8>>>,
}

/// A buffer, which goes back to its pool when dropped.
pub(super) struct Buffer {
    bytes: Vec<u8>,
    filled: usize,
    pool: &'static Pool,
}

impl Pool {
    const fn new(size: usize, most_in_use: usize, most_free: usize) -> Self {
        Self {
            size,
            most_in_use,
            most_free,
            in_use: AtomicUsize::new(0),
            free: Mutex::new(Vec::new()),
        }
    }

    fn take(&'static self) -> Option<Buffer> {
        if self.in_use.fetch_add(1, Ordering::Relaxed) >= self.most_in_use {
            self.in_use.fetch_sub(1, Ordering::Relaxed);
            return None;
        }
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let bytes = free.unwrap_or_else(|| vec![0; self.size]);
        Some(Buffer { bytes, filled: 0, pool: self })
    }
}

/// A buffer for up to `wanted` bytes, which it may have too few of: a large one only if
/// `large` and there is one.
pub(super) fn buffer(wanted: u64, large: bool) -> Buffer {
    let large = large && wanted > SMALL as u64;
    let taken = if large { LARGE_ONES.take() } else { None };
    // The other pool has no bound, so it always gives one.
    taken.or_else(|| SMALL_ONES.take()).unwrap_or_else(|| Buffer {
        bytes: vec![0; SMALL],
        filled: 0,
        pool: &SMALL_ONES,
    })
}

impl Buffer {
    /// Room for up to `wanted` bytes.
    pub(super) fn room(&mut self, wanted: u64) -> &mut [u8] {
        let length = usize::try_from(wanted).unwrap_or(usize::MAX).min(self.bytes.len());
        &mut self.bytes[..length]
    }

    /// The first `filled` bytes; the buffer goes back when the last of their clones is dropped.
    pub(super) fn freeze(mut self, filled: usize) -> Bytes {
        self.filled = filled.min(self.bytes.len());
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for Buffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes[..self.filled]
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.pool.in_use.fetch_sub(1, Ordering::Relaxed);
        let bytes = std::mem::take(&mut self.bytes);
        let mut free = self.pool.free.lock().unwrap_or_else(PoisonError::into_inner);
        if free.len() < self.pool.most_free {
            free.push(bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_buffers_are_few_and_come_back() {
        let taken: Vec<_> = (0..1000).map(|_| buffer(u64::MAX, true)).collect();
        let large = taken.iter().filter(|buffer| buffer.bytes.len() == LARGE).count();
        assert!((1..=64).contains(&large), "{large}");
        assert!(taken.iter().all(|buffer| buffer.bytes.len() >= SMALL));
        drop(taken);
        assert!(SMALL_ONES.free.lock().unwrap_or_else(PoisonError::into_inner).len() <= 256);
        assert_eq!(buffer(10, true).bytes.len(), SMALL);
        let mut some = buffer(10, false);
        some.room(3).copy_from_slice(b"abc");
        assert_eq!(some.freeze(3), "abc");
    }
}
