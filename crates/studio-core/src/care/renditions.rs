//! What was made of sources that are gone.

use std::collections::HashSet;

use studio_domain::{Digest, KeyKind, ObjectKey, RENDITIONS, Timestamp};
use studio_repo::LibraryRepo;

use super::gc::{Cleared, Clearing};
use super::inventory::Inventory;
use crate::rendition::source_of_found;
use crate::{Job, Result, Studio};

/// How many objects of a library are looked up at once.
const PAGE: u32 = 1000;

/// A rendition in the store.
#[derive(Debug)]
pub(super) struct StoredRendition {
    key: ObjectKey,
    source: Digest,
    size: u64,
    modified: Option<Timestamp>,
}

impl Studio {
    /// All renditions in the store.
    pub(super) async fn stored_renditions(&self, job: &Job) -> Result<Vec<StoredRendition>> {
        let listed = self.list_all(RENDITIONS, job).await?.into_iter();
        let ours = listed.filter_map(|info| match info.key.kind() {
            KeyKind::Rendition { source, .. } => {
                let (key, size, modified) = (info.key, info.size, info.modified);
                Some(StoredRendition { key, source, size, modified })
            }
            _ => None,
        });
        Ok(ours.collect())
    }

    /// Removes renditions whose source is neither an object in the store nor one that a
    /// library has in that state. `there` was listed before `inventory` was taken: a source
    /// that came in between is not missed.
    ///
    /// Where nobody told which libraries there are, what may have been made of theirs stays as
    /// long as versions stay in the trash. At worst it is made again.
    pub(super) async fn clear_renditions(
        &self,
        there: Vec<StoredRendition>,
        inventory: &Inventory,
        clearing: &Clearing,
        now: Timestamp,
        job: &Job,
        cleared: &mut Cleared,
    ) -> Result<()> {
        let went: HashSet<_> = cleared.orphans.iter().map(|(key, _)| key).collect();
        let own = |source: &Digest| {
            let object = ObjectKey::of_object(source);
            inventory.objects.contains_key(&object) && !went.contains(&object)
        };
        let mut gone: Vec<_> =
            there.into_iter().filter(|rendition| !own(&rendition.source)).collect();
        if gone.is_empty() {
            return Ok(());
        }
        let age = match &self.libraries {
            Some(libraries) => {
                let live = sources_in(&**libraries, job).await?;
                gone.retain(|rendition| !live.contains(&rendition.source));
                clearing.grace
            }
            None => clearing.grace.max(clearing.retention),
        };
        gone.retain(|rendition| rendition.modified.is_some_and(|at| at.after(age) <= now));
        for StoredRendition { key, size, .. } in gone {
            job.check()?;
            if !clearing.dry_run {
                self.store.delete(&key).await?;
            }
            cleared.renditions.push((key, size));
        }
        Ok(())
    }
}

/// The digests that stand for the objects of all libraries.
async fn sources_in(libraries: &dyn LibraryRepo, job: &Job) -> Result<HashSet<Digest>> {
    let mut sources = HashSet::new();
    for (library, _) in libraries.libraries().await? {
        let mut after = None;
        loop {
            job.check()?;
            let page = libraries.scanned_between(library.id, after.as_ref(), None, PAGE).await?;
            let full = page.len() >= PAGE as usize;
            sources
                .extend(page.iter().map(|object| {
                    source_of_found(&library.url, object.key.as_str(), &object.etag)
                }));
            after = page.into_iter().next_back().map(|object| object.key);
            if !full {
                break;
            }
        }
    }
    Ok(sources)
}
