//! Reading a range to its end, whatever happens to the connection.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use studio_domain::ObjectKey;

use crate::{BlobStore, ETag, Error, Result};

/// How often in a row a transfer may break off without bringing a byte.
const FRUITLESS_TRIES: u32 = 4;

/// Reads the bytes of `range`, which must lie within the object, into memory.
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
) -> Result<Bytes> {
    let wanted = usize::try_from(range.end.saturating_sub(range.start)).unwrap_or(usize::MAX);
    let mut buffer = BytesMut::with_capacity(wanted);
    let mut fruitless = 0;
    while buffer.len() < wanted {
        let before = buffer.len();
        let rest = range.start + before as u64..range.end;
        match append(store, key, rest, etag, &mut buffer, wanted).await {
            Ok(()) if buffer.len() > before => fruitless = 0,
            Ok(()) => {
                let source = "the object ends too early".into();
                return Err(Error::Interrupted { object: store.url().locate(key), source });
            }
            Err(error @ Error::Interrupted { .. }) => {
                fruitless = if buffer.len() > before { 0 } else { fruitless + 1 };
                if fruitless >= FRUITLESS_TRIES {
                    return Err(error);
                }
                tracing::warn!(%key, received = buffer.len(), wanted, "transfer broke off, goes on");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(buffer.freeze())
}

async fn append(
    store: &dyn BlobStore,
    key: &ObjectKey,
    range: Range<u64>,
    etag: Option<&ETag>,
    buffer: &mut BytesMut,
    limit: usize,
) -> Result<()> {
    let mut body = store.get(key, Some(range), etag.cloned()).await?;
    while let Some(chunk) = body.chunks.try_next().await? {
        // A server that sends more than was asked for is not to fill the memory.
        let room = limit - buffer.len();
        buffer.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            break;
        }
    }
    Ok(())
}
