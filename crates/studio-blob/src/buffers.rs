//! Large buffers that are used again.
//!
//! Parts of a transfer are megabytes long, made on one thread and dropped on another. An
//! allocator that keeps memory by thread would hold on to several times what is in use;
//! a pool holds what was in use at once, and no more.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// A pool of buffers; clones share it.
#[derive(Clone, Default)]
pub struct BufferPool(Arc<Mutex<Vec<Vec<u8>>>>);

/// A buffer that goes back to its pool when dropped.
pub struct PooledBuffer {
    bytes: Vec<u8>,
    pool: BufferPool,
}

impl BufferPool {
    /// A buffer of `length` zeros or bytes of an earlier use, to be written over.
    pub fn take(&self, length: usize) -> PooledBuffer {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut bytes = free.unwrap_or_default();
        bytes.resize(length, 0);
        PooledBuffer { bytes, pool: self.clone() }
    }
}

impl fmt::Debug for BufferPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).len();
        f.debug_struct("BufferPool").field("free", &free).finish()
    }
}

impl PooledBuffer {
    /// The bytes to write to.
    pub fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// The buffer as bytes to send; it goes back when the last of their clones is dropped.
    pub fn freeze(self) -> Bytes {
        Bytes::from_owner(self)
    }
}

impl AsRef<[u8]> for PooledBuffer {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl fmt::Debug for PooledBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PooledBuffer").field("length", &self.bytes.len()).finish()
    }
}

impl Drop for PooledBuffer {
    fn drop(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        self.pool.0.lock().unwrap_or_else(PoisonError::into_inner).push(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_is_used_again_when_nobody_holds_it() {
        let pool = BufferPool::default();
        let mut buffer = pool.take(8);
        buffer.as_mut_slice().copy_from_slice(b"12345678");
        let bytes = buffer.freeze();
        let part = bytes.slice(2..4);
        drop(bytes);
        assert_eq!(format!("{pool:?}"), "BufferPool { free: 0 }");
        assert_eq!(part, &b"34"[..]);
        drop(part);
        assert_eq!(format!("{pool:?}"), "BufferPool { free: 1 }");
        assert_eq!(pool.take(3).as_ref().len(), 3);
        assert_eq!(pool.take(100).as_ref().len(), 100);
        assert_eq!(format!("{pool:?}"), "BufferPool { free: 1 }");
    }
}
