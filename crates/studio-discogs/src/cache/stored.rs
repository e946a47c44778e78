//! Answers as bytes, for what is not in memory.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{Entry, Found, Lookup};

/// No kept answer is larger, in bytes.
pub(super) const MAX_STORED: usize = 4 * 1024 * 1024;

#[derive(Serialize)]
struct Written<'a> {
    lookup: &'a Lookup,
    found: &'a Found,
}

#[derive(Deserialize)]
struct Read {
    lookup: Lookup,
    found: Found,
}

/// The bytes of an answer; `None` for one that is too large to be kept.
pub(super) fn encode(lookup: &Lookup, found: &Found) -> Option<Vec<u8>> {
    let bytes = serde_json::to_vec(&Written { lookup, found }).ok()?;
    (bytes.len() <= MAX_STORED).then_some(bytes)
}

/// The answer to this question, if the bytes are one. Others may write where they came from.
pub(super) fn decode(lookup: &Lookup, bytes: &[u8]) -> Option<Arc<Found>> {
    if bytes.len() > MAX_STORED {
        return None;
    }
    let read: Read = serde_json::from_slice(bytes).ok()?;
    let fits = match (lookup, &read.found.entry) {
        (Lookup::Search(_), entry) => matches!(entry, Some(Entry::Hits(_))),
        (Lookup::Artist(id), Some(Entry::Artist(artist))) => artist.id == *id,
        (Lookup::Master(id), Some(Entry::Master(album))) => album.id == *id,
        (Lookup::Release(id), Some(Entry::Release(album))) => album.id == *id,
        (_, entry) => entry.is_none(),
    };
    (fits && read.lookup == *lookup).then(|| Arc::new(read.found))
}
