//! What a catalogue knows of a library and a listing did not show.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use studio_blob::Error as StoreError;
use studio_domain::{AssetKey, LibraryId};
use studio_repo::LibraryRepo;

use super::{LibrarySource, PAGE};
use crate::{Job, Result};

/// How many objects are looked for at once.
const AT_ONCE: usize = 8;

/// The keys that a listing showed. Of each only a number of 64 bits is kept: a listing has an
/// order of its own, so it cannot be merged with what is known, and not everything that is in
/// a bucket fits into memory. Where two keys have one number, a removal is not noticed; that
/// takes some thousand million objects, and the numbers differ at the next scan.
#[derive(Debug, Default)]
pub(super) struct Seen {
    keys: HashSet<u64>,
    numbers: RandomState,
}

impl Seen {
    pub(super) fn add(&mut self, key: &AssetKey) {
        self.keys.insert(self.numbers.hash_one(key.as_str()));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    fn has(&self, key: &AssetKey) -> bool {
        self.keys.contains(&self.numbers.hash_one(key.as_str()))
    }
}

/// Keys that are known behind `after` and were not seen, each looked for once more, since it
/// may have come behind the listing; with where to go on.
pub(super) async fn gone(
    known: &dyn LibraryRepo,
    source: &LibrarySource,
    library: LibraryId,
    seen: &Seen,
    after: Option<&AssetKey>,
    job: &Job,
) -> Result<(Vec<AssetKey>, Option<AssetKey>)> {
    let page = job.unless_cancelled(known.scanned_between(library, after, None, PAGE)).await?;
    let last = page.last().map(|object| object.key.clone());
    let unseen = page.into_iter().map(|object| object.key).filter(|key| !seen.has(key));
    let unseen: Vec<AssetKey> = unseen.collect();
    let gone = stream::iter(unseen)
        .map(|key| async move { Ok(is_gone(source, &key).await?.then_some(key)) })
        .buffered(AT_ONCE)
        .try_filter_map(|key| async move { Ok::<_, crate::Error>(key) })
        .try_collect();
    Ok((job.unless_cancelled(gone).await?, last))
}

async fn is_gone(source: &LibrarySource, key: &AssetKey) -> Result<bool> {
    let Some(full) = source.full_key(key) else { return Ok(true) };
    match source.intake.head(&full).await {
        Ok(_) => Ok(false),
        Err(StoreError::NotFound { .. }) => Ok(true),
        Err(error) => Err(error.into()),
    }
}
