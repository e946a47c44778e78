//! What renditions are made of.

use std::fmt;
use std::io;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sha2::{Digest as _, Sha256};
use studio_audio::ByteSource;
use studio_blob::{BlobStore, BufferPool, fetch_range};
use studio_domain::{Digest, ObjectKey, SoundPlace, StoreUrl};
use tokio::runtime::Handle;

/// Bytes of sound or a picture, and the digest that names them.
#[derive(Clone)]
pub struct Original {
    source: Digest,
    name: String,
    /// What they must be, where that is known.
    digest: Option<Digest>,
    bytes: Arc<dyn ByteSource>,
}

impl Original {
    /// The bytes that lie at a place. They are read on threads that may wait. Those of the
    /// studio's own are compared with their digest; `bytes` sees to it that those of others
    /// are in the state that the place names.
    pub fn of_place(place: &SoundPlace, bytes: Arc<dyn ByteSource>) -> Self {
        match place {
            SoundPlace::Own { digest, .. } => Self::of_digest(*digest, bytes),
            SoundPlace::Found { store, key, etag } => {
                Self::of_found(store, key.as_str(), etag, bytes)
            }
        }
    }

    /// Bytes with a digest, such as an object of the studio's own.
    pub fn of_digest(digest: Digest, bytes: Arc<dyn ByteSource>) -> Self {
        let name = ObjectKey::of_object(&digest).to_string();
        Self { source: digest, name, digest: Some(digest), bytes }
    }

    /// An object of others that is in a state, and whose digest nobody knows.
    pub fn of_found(store: &StoreUrl, key: &str, etag: &str, bytes: Arc<dyn ByteSource>) -> Self {
        let source = source_of_found(store, key, etag);
        Self { source, name: format!("{store}/{key}"), digest: None, bytes }
    }

    /// An object of the studio's own in its store, `size` bytes of it. Must be called within a
    /// runtime.
    pub fn own(store: &Arc<dyn BlobStore>, digest: Digest, size: u64) -> Self {
        let (store, key) = (Arc::clone(store), ObjectKey::of_object(&digest));
        let buffers = BufferPool::default();
        let ranges = Ranges::new(size, move |range| {
            let (store, key, buffers) = (Arc::clone(&store), key.clone(), buffers.clone());
            async move {
                let fetched = fetch_range(&*store, &key, range, None, &buffers).await;
                fetched.map_err(io::Error::other)
            }
            .boxed()
        });
        Self::of_digest(digest, Arc::new(ranges))
    }

    /// The digest that renditions of it are kept under: that of its bytes, or
    /// [`source_of_found`].
    pub fn source(&self) -> Digest {
        self.source
    }

    /// What the bytes must have, where that is known.
    pub(super) fn digest(&self) -> Option<Digest> {
        self.digest
    }

    /// What it is called in messages.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn bytes(&self) -> &Arc<dyn ByteSource> {
        &self.bytes
    }
}

impl fmt::Debug for Original {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, name, .. } = self;
        f.debug_struct("Original").field("source", source).field("name", name).finish()
    }
}

/// The digest that stands for an object of others in a state: what is made of it is not taken
/// for what was made of another state.
pub fn source_of_found(store: &StoreUrl, key: &str, etag: &str) -> Digest {
    let mut hasher = Sha256::new();
    hasher.update(b"studio: an object of others, version 1");
    for part in [&*store.to_string(), key, etag] {
        // With their lengths: no two triples have the same bytes.
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    Digest::from_bytes(hasher.finalize().into())
}

/// Reads a range of some bytes, all of it.
type Read = dyn Fn(Range<u64>) -> BoxFuture<'static, io::Result<Bytes>> + Send + Sync;

/// Bytes that are fetched range by range, for those who read and wait. Only for threads that
/// may.
pub struct Ranges {
    size: u64,
    read: Box<Read>,
    runtime: Handle,
}

impl Ranges {
    /// `size` bytes, of which `read` gives ranges within them; a
    /// [`studio_blob::Error`] within an [`io::Error`] is told as such. Must be called within a
    /// runtime.
    pub fn new(
        size: u64,
        read: impl Fn(Range<u64>) -> BoxFuture<'static, io::Result<Bytes>> + Send + Sync + 'static,
    ) -> Self {
        Self { size, read: Box::new(read), runtime: Handle::current() }
    }
}

impl ByteSource for Ranges {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let end = offset.saturating_add(buffer.len() as u64).min(self.size);
        if offset >= end {
            return Ok(0);
        }
        let bytes = self.runtime.block_on((self.read)(offset..end))?;
        let read = bytes.len().min(buffer.len());
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer[..read].copy_from_slice(&bytes[..read]);
        Ok(read)
    }
}

impl fmt::Debug for Ranges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ranges").field("size", &self.size).finish_non_exhaustive()
    }
}
