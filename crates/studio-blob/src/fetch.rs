//! Reading a range to its end, whatever happens to the connection.

use std::ops::Range;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use studio_domain::ObjectKey;

use crate::{BlobStore, BufferPool, ETag, Error, Result};

/// How often in a row a transfer may break off without bringing a byte.
const FRUITLESS_TRIES: u32 = 4;

/// Reads the bytes of `range`, which must lie within the object, into a buffer of `pool`.
///
/// A transfer that breaks off goes on where it stopped, as long as the object is still
/// the one named by `etag`.
///
/// # Errors
/// Those of [`BlobStore::get`], and [`Interrupted`](Error::Interrupted) when transfers
/// keep breaking off without bringing anything.
pub async fn fetch_range(
    store: &dyn BlobStore,
    key: &ObjectKey,
    range: Range<u64>,
    etag: Option<&ETag>,
    pool: &BufferPool,
) -> Result<Bytes> {
    let wanted = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
    let mut buffer = pool.take(wanted);
    let mut received = 0;
    let mut fruitless = 0;
    while received < wanted {
        let rest = range.start + received as u64..range.end;
        let before = received;
        let room = buffer.as_mut_slice();
        match receive(store, key, rest, etag, room, &mut received).await {
            Ok(()) if received > before => fruitless = 0,
            Ok(()) => {
                let source = "the object ends too early".into();
                return Err(Error::Interrupted { object: store.url().locate(key), source });
            }
            Err(error @ Error::Interrupted { .. }) => {
                fruitless = if received > before { 0 } else { fruitless + 1 };
                if fruitless >= FRUITLESS_TRIES {
                    return Err(error);
                }
                tracing::warn!(%key, received, wanted, "transfer broke off, goes on");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(buffer.freeze())
}

/// Writes what comes behind the first `received` bytes of `buffer`, and counts it.
async fn receive(
    store: &dyn BlobStore,
    key: &ObjectKey,
    range: Range<u64>,
    etag: Option<&ETag>,
    buffer: &mut [u8],
    received: &mut usize,
) -> Result<()> {
    let mut body = store.get(key, Some(range), etag.cloned()).await?;
    while let Some(chunk) = body.chunks.try_next().await? {
        // A server may send more than was asked for; it is not taken.
        let room = &mut buffer[*received..];
        let taken = chunk.len().min(room.len());
        room[..taken].copy_from_slice(&chunk[..taken]);
        *received += taken;
        if taken < chunk.len() {
            break;
        }
    }
    Ok(())
}
