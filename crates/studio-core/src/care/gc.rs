//! Garbage collection: removes what nothing names, past its grace period.

use std::time::Duration;

use futures_util::{TryStreamExt as _, stream};
use studio_blob::{Error as StoreError, OpenUpload};
use studio_domain::{ObjectKey, Timestamp};

use super::inventory::Inventory;
use super::named::Named;
use super::trash::Emptied;
use crate::{Error, Job, Result, Studio};

/// How many objects are looked up in the catalogue at once.
const BATCH: usize = 1000;
/// How many manifests are read at once.
const PARALLEL: usize = 16;
/// From what difference on clocks are worth a word.
pub(super) const CLOCKS_APART: Duration = Duration::from_secs(5 * 60);

/// What garbage collection may remove.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clearing {
    /// How old an object, an unfinished upload or a temporary file that nothing names must
    /// be: longer than any upload takes.
    pub grace: Duration,
    /// How long versions stay in the trash.
    pub retention: Duration,
    /// Whether nothing is to be removed, only told.
    pub dry_run: bool,
}

impl Default for Clearing {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self { grace: 7 * DAY, retention: 30 * DAY, dry_run: false }
    }
}

/// What garbage collection removed, or in a dry run would.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleared {
    /// Removals that had been decided before, and were still to be carried out.
    pub pending: u64,
    /// Versions whose time in the trash was over.
    pub purged: Emptied,
    /// Objects that nothing named, and their sizes in bytes.
    pub orphans: Vec<(ObjectKey, u64)>,
    /// Objects that nothing names, but which are too young to tell.
    pub young: u64,
    /// What had been made of sources that are gone, and the sizes in bytes.
    pub renditions: Vec<(ObjectKey, u64)>,
    /// Unfinished uploads, and temporary files that writes had left.
    pub uploads: Vec<OpenUpload>,
    /// Claims of uploads that died.
    pub claims: u64,
    /// Manifests that cannot be read: as long as they are there no orphan is removed,
    /// because they may name it.
    pub unreadable: Vec<String>,
    /// How far the clocks of this machine and the store are apart, where that is much.
    pub clocks_apart: Option<Duration>,
}

impl Studio {
    /// Removes what is of no use any more: versions past their time in the trash, and,
    /// past a grace period, objects that nothing names, what was made of sources that are
    /// gone, unfinished uploads, temporary files. Whatever a version, the trash, a running upload or a manifest in the store
    /// names, stays.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog), [`Store`](Error::Store),
    /// [`StoreEmpty`](Error::StoreEmpty), [`Cancelled`](Error::Cancelled); the next one does what this one left.
    pub async fn collect_garbage(&self, clearing: &Clearing, job: &Job) -> Result<Cleared> {
        self.expect_store().await?;
        let mut cleared = Cleared::default();
        let now = match clearing.dry_run {
            true => self.now(),
            false => {
                let (now, apart) = self.careful_time().await?;
                cleared.clocks_apart = (apart > CLOCKS_APART).then_some(apart);
                cleared.pending = self.carry_out_pending(job).await?;
                now
            }
        };
        cleared.purged = self.purge_expired(clearing, now, job).await?;
        let renditions = self.stored_renditions(job).await?;
        // The store before the catalogue: an upload that ends in between is in the latter.
        let inventory = self.take_inventory(job).await?;
        self.clear_orphans(&inventory, clearing, now, job, &mut cleared).await?;
        self.clear_renditions(renditions, &inventory, clearing, now, job, &mut cleared).await?;
        self.clear_uploads(clearing, now, job, &mut cleared).await?;
        cleared.claims = match clearing.dry_run {
            true => self.care.ended_claims(long_ended(now), BATCH as u32).await?.len() as u64,
            false => self.care.forget_claims(long_ended(now)).await? as u64,
        };
        Ok(cleared)
    }

    async fn purge_expired(
        &self,
        clearing: &Clearing,
        now: Timestamp,
        job: &Job,
    ) -> Result<Emptied> {
        let expired = self.expired_at(clearing.retention, now).await?;
        if clearing.dry_run {
            return self.plan_purge(&expired, job).await;
        }
        self.purge_all(&expired, job).await
    }

    async fn clear_orphans(
        &self,
        inventory: &Inventory,
        clearing: &Clearing,
        now: Timestamp,
        job: &Job,
        cleared: &mut Cleared,
    ) -> Result<()> {
        let (orphans, named) = self.orphans(inventory, clearing.grace, now, job).await?;
        cleared.young = orphans.young;
        cleared.unreadable = orphans.unreadable;
        if !cleared.unreadable.is_empty() {
            return Ok(());
        }
        for (key, size) in orphans.old {
            job.check()?;
            let went = clearing.dry_run || {
                let removal = self.care.propose_removal(self.store.url(), &key, now).await?;
                self.carry_out(&removal, &named).await?
            };
            if went {
                cleared.orphans.push((key, size));
            }
        }
        Ok(())
    }

    /// The objects that nothing names, and those that manifests name.
    pub(super) async fn orphans(
        &self,
        inventory: &Inventory,
        grace: Duration,
        now: Timestamp,
        job: &Job,
    ) -> Result<(Orphans, Named)> {
        let mut orphans = Orphans::default();
        let mut keys: Vec<ObjectKey> = inventory.objects.keys().cloned().collect();
        keys.sort_unstable();
        let mut unused = Vec::new();
        for batch in keys.chunks(BATCH) {
            let uses = self.care.uses(self.store.url(), batch, now).await?;
            let pairs = batch.iter().zip(uses);
            unused.extend(
                pairs
                    .filter(|(_, used)| !used.is_named() && !used.claimed)
                    .map(|(key, _)| key.clone()),
            );
        }
        if unused.is_empty() {
            return Ok((orphans, Named::default()));
        }
        let named = self.named_by_manifests(inventory, &self.known().await?, job).await?;
        orphans.unreadable = named.unreadable.clone();
        for key in unused {
            let Some(info) = inventory.objects.get(&key) else { continue };
            if named.keys.contains(&key) {
                continue;
            }
            match info.modified {
                Some(modified) if modified.after(grace) <= now => {
                    orphans.old.push((key, info.size));
                }
                _ => orphans.young += 1,
            }
        }
        Ok((orphans, named))
    }

    async fn clear_uploads(
        &self,
        clearing: &Clearing,
        now: Timestamp,
        job: &Job,
        cleared: &mut Cleared,
    ) -> Result<()> {
        loop {
            let dead = self.dead_uploads(clearing.grace, now, job).await?;
            // More are told once these are gone.
            let more = dead.len() >= studio_blob::MAX_LISTED && !clearing.dry_run;
            if !clearing.dry_run {
                let aborted = stream::iter(dead.iter().map(Ok::<_, Error>));
                aborted
                    .try_for_each_concurrent(PARALLEL, async |upload| {
                        Ok(self.store.abort(upload).await?)
                    })
                    .await?;
            }
            cleared.uploads.extend(dead);
            if !more {
                return Ok(());
            }
        }
    }

    /// Unfinished uploads that nobody is at any more, and temporary files.
    pub(super) async fn dead_uploads(
        &self,
        grace: Duration,
        now: Timestamp,
        job: &Job,
    ) -> Result<Vec<OpenUpload>> {
        let open = match job.unless_cancelled(self.store.open_uploads("")).await {
            Ok(open) => open,
            // Then there is nothing that could be done about them either.
            Err(Error::Store(StoreError::Unsupported { .. } | StoreError::Denied { .. })) => {
                return Ok(Vec::new());
            }
            Err(error) => return Err(error),
        };
        let old = |upload: &OpenUpload| upload.begun.is_some_and(|begun| begun.after(grace) <= now);
        let (mut dead, mut keyed) = (Vec::new(), Vec::new());
        for upload in open.into_iter().filter(old) {
            match upload.key.clone() {
                // Not everything that is being written below our prefix is ours.
                Some(key) if key.kind() == studio_domain::KeyKind::Foreign => {}
                Some(key) => keyed.push((key, upload)),
                None => dead.push(upload),
            }
        }
        let keys: Vec<_> = keyed.iter().map(|(key, _)| key.clone()).collect();
        let uses = self.care.uses(self.store.url(), &keys, now).await?;
        let unclaimed = keyed.into_iter().zip(uses).filter(|(_, used)| !used.claimed);
        dead.extend(unclaimed.map(|((_, upload), _)| upload));
        Ok(dead)
    }
}

/// Up to when a claim must have ended for its upload to be taken for dead: one that a
/// machine's sleep has held up finds its claim.
pub(super) fn long_ended(now: Timestamp) -> Timestamp {
    const HELD_UP: i64 = 10 * 60 * 1_000_000;
    Timestamp::from_micros(now.as_micros().saturating_sub(HELD_UP))
}

/// Objects that nothing names.
#[derive(Debug, Default)]
pub(super) struct Orphans {
    /// Those past their grace period, with their sizes.
    pub(super) old: Vec<(ObjectKey, u64)>,
    /// How many others there are.
    pub(super) young: u64,
    /// Manifests that cannot be read, and may name some of them.
    pub(super) unreadable: Vec<String>,
}
