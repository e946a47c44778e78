//! The trash: a version is thrown away, and can be taken back until it is purged.

use std::collections::BTreeMap;
use std::time::Duration;

use studio_api::v1::Tombstone;
use studio_blob::Error as StoreError;
use studio_domain::{NewVersion, ObjectKey, TrashedVersion, Version, VersionId, VersionPath};
use studio_repo::{Error as CatalogError, Page};

use super::named::Named;
use crate::{Error, Job, Result, Studio, manifest};

/// How many trashed versions are looked up at once.
const PAGE: u32 = 1000;

/// What was purged from the trash.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Emptied {
    /// The versions that are gone.
    pub versions: Vec<TrashedVersion>,
    /// Objects that went with them.
    pub objects: u64,
    /// The bytes that these had.
    pub bytes: u64,
    /// Versions that stay in the trash because a release uses them.
    pub kept: Vec<TrashedVersion>,
    /// Manifests that cannot be read, and kept all objects from going: they may name them.
    pub unreadable: Vec<String>,
}

impl Studio {
    /// Throws a version away. Its bytes stay until it is purged; until then it can be
    /// [taken back](Self::restore_from_trash). Its place is free at once.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog) with `NotFound`;
    /// [`StoredElsewhere`](Error::StoredElsewhere), [`StoreEmpty`](Error::StoreEmpty); what
    /// the store says.
    pub async fn throw_away(&self, path: &VersionPath) -> Result<TrashedVersion> {
        let version = self.catalog.version(path).await?;
        self.check_is_here(&version)?;
        self.expect_store().await?;
        let trashed_at = self.now();
        // First: should this break off here, the version is still there, and a tombstone
        // of a version that is there counts for nothing.
        let tombstone = Tombstone { version: version.record, trashed_at, purged_at: None };
        manifest::write_tombstone(&*self.store, &tombstone).await?;
        Ok(self.trash.trash(path, trashed_at).await?)
    }

    /// One page of the trash, oldest first.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog).
    pub async fn trashed(
        &self,
        after: Option<VersionId>,
        limit: u32,
    ) -> Result<Page<TrashedVersion>> {
        Ok(self.trash.trashed(after, limit).await?)
    }

    /// The versions in the trash that stood at a place, newest first.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog).
    pub async fn find_trashed(&self, path: &VersionPath) -> Result<Vec<TrashedVersion>> {
        Ok(self.trash.find_trashed(path).await?)
    }

    /// Takes a version back from the trash.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog) with `NotInTrash`, or `VersionExists` or `PlaceTaken`
    /// when its place has been taken; [`StoredElsewhere`](Error::StoredElsewhere),
    /// [`StoreEmpty`](Error::StoreEmpty); what the store says.
    pub async fn restore_from_trash(&self, version: &TrashedVersion) -> Result<Version> {
        self.check_is_here(version)?;
        self.expect_store().await?;
        let id = version.id;
        let tombstone = self.tombstone_of_trashed(id).await?;
        if tombstone.is_some() {
            // First: left behind, it would throw the version away again as soon as the
            // catalogue is recovered. A version in the trash without one loses nothing.
            self.store.delete(&ObjectKey::of_tombstone(id)).await?;
        }
        let restored = self.trash.untrash(id, self.now()).await;
        if let (Some(tombstone), Err(error)) = (&tombstone, &restored)
            && is_refused(error)
            && let Err(error) = manifest::write_tombstone(&*self.store, tombstone).await
        {
            tracing::warn!(%error, "the tombstone of a version that stays in the trash is gone");
        }
        Ok(restored?)
    }

    /// The tombstone of a version that is in the trash.
    async fn tombstone_of_trashed(&self, id: VersionId) -> Result<Option<Tombstone>> {
        let key = ObjectKey::of_tombstone(id);
        let tombstone = match manifest::read_tombstone(&*self.store, &key).await {
            Ok(tombstone) => tombstone,
            Err(Error::ForeignManifest { .. } | Error::Store(StoreError::NotFound { .. })) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let trashed = self.trash.find_trashed(&tombstone.version.path).await?;
        Ok(trashed.iter().any(|version| version.id == id).then_some(tombstone))
    }

    /// Removes a version from the trash for good, and its bytes if nothing else has them.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog) with `NotInTrash`, or `InRelease` when a release uses it;
    /// [`StoredElsewhere`](Error::StoredElsewhere); what the store says. The version may be
    /// gone from the trash then; what is left to do is done by the next
    /// [`collect_garbage`](Self::collect_garbage).
    pub async fn purge(&self, version: &TrashedVersion) -> Result<Emptied> {
        self.check_is_here(version)?;
        let named = self.named_beside_catalogue(&Job::default()).await?;
        let purged = self.purge_one(version, &named).await?;
        Ok(Emptied { unreadable: named.unreadable, ..purged })
    }

    async fn purge_one(&self, version: &TrashedVersion, named: &Named) -> Result<Emptied> {
        self.check_is_here(version)?;
        if let Some(name) = named.released.get(&version.id) {
            let (version, name) = (Box::new(version.path.clone()), name.clone());
            return Err(CatalogError::InRelease { version, name }.into());
        }
        let removal = self.trash.purge(version.id, self.now()).await?;
        let object_went = self.carry_out(&removal, named).await?;
        let bytes = if object_went { version.size } else { 0 };
        let versions = vec![version.clone()];
        let objects = u64::from(object_went);
        Ok(Emptied { versions, objects, bytes, ..Emptied::default() })
    }

    /// Purges several versions; those that are in the trash no more are passed over.
    ///
    /// # Errors
    /// Those of [`purge`](Self::purge); [`StoreEmpty`](Error::StoreEmpty);
    /// [`Cancelled`](Error::Cancelled).
    pub async fn purge_all(&self, versions: &[TrashedVersion], job: &Job) -> Result<Emptied> {
        let mut emptied = Emptied::default();
        if versions.is_empty() {
            return Ok(emptied);
        }
        self.expect_store().await?;
        let named = self.named_beside_catalogue(job).await?;
        for version in versions {
            job.check()?;
            match self.purge_one(version, &named).await {
                Ok(purged) => emptied.add(purged),
                // Somebody was quicker, to purge it or to take it back.
                Err(error) if is_gone(&error) => {}
                Err(Error::Catalog(CatalogError::InRelease { .. })) => {
                    emptied.kept.push(version.clone());
                }
                Err(error) => return Err(error),
            }
        }
        emptied.unreadable = named.unreadable;
        Ok(emptied)
    }

    /// Tells what [`purge_all`](Self::purge_all) would remove, and changes nothing: objects that
    /// several of these versions have once, and none that anything else names.
    ///
    /// # Errors
    /// Those of `purge_all`, as far as they can be foreseen.
    pub async fn plan_purge(&self, versions: &[TrashedVersion], job: &Job) -> Result<Emptied> {
        versions.iter().try_for_each(|version| self.check_is_here(version))?;
        let mut emptied = Emptied::default();
        if versions.is_empty() {
            return Ok(emptied);
        }
        self.expect_store().await?;
        let beside = self.named_beside_catalogue(job).await?;
        for version in versions {
            let released = beside.released.contains_key(&version.id)
                || !self.releases.releases_with(version.id).await?.is_empty();
            match released {
                true => emptied.kept.push(version.clone()),
                false => emptied.versions.push(version.clone()),
            }
        }
        // Each object, with how many of them name it, and its size.
        let mut named: BTreeMap<ObjectKey, (u32, u64)> = BTreeMap::new();
        for version in &emptied.versions {
            named.entry(version.object_key.clone()).or_insert((0, version.size)).0 += 1;
        }
        let keys: Vec<ObjectKey> = named.keys().cloned().collect();
        for batch in keys.chunks(PAGE as usize) {
            let uses = self.care.uses(self.store.url(), batch, self.now()).await?;
            for (key, used) in batch.iter().zip(uses) {
                let (doomed, size) = named.get(key).copied().unwrap_or_default();
                let unused = used.versions == 0
                    && used.releases == 0
                    && used.trashed <= doomed
                    && !used.claimed;
                if unused && beside.frees(key) {
                    emptied.objects += 1;
                    emptied.bytes += size;
                }
            }
        }
        emptied.unreadable = beside.unreadable;
        Ok(emptied)
    }

    /// The versions that have been in the trash for longer than `retention`.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog).
    pub async fn expired(&self, retention: Duration) -> Result<Vec<TrashedVersion>> {
        let now = self.now();
        self.expired_at(retention, now).await
    }

    pub(super) async fn expired_at(
        &self,
        retention: Duration,
        now: studio_domain::Timestamp,
    ) -> Result<Vec<TrashedVersion>> {
        let mut expired = Vec::new();
        let mut after = None;
        loop {
            let page = self.trash.trashed(after, PAGE).await?;
            for version in page.items {
                // Oldest first: behind one that has time left, all have.
                if version.trashed_at.after(retention) > now {
                    return Ok(expired);
                }
                if version.store == *self.store.url() {
                    expired.push(version);
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(expired),
            }
        }
    }

    pub(crate) fn check_is_here(&self, version: &NewVersion) -> Result<()> {
        match version.store == *self.store.url() {
            true => Ok(()),
            false => Err(Error::StoredElsewhere {
                path: Box::new(version.path.clone()),
                store: Box::new(version.store.clone()),
                configured: Box::new(self.store.url().clone()),
            }),
        }
    }
}

impl Emptied {
    /// Adds what was purged otherwise.
    fn add(&mut self, other: Self) {
        self.versions.extend(other.versions);
        self.objects += other.objects;
        self.bytes += other.bytes;
    }
}

/// Whether an error says that a version has to stay in the trash.
fn is_refused(error: &CatalogError) -> bool {
    matches!(error, CatalogError::VersionExists { .. } | CatalogError::PlaceTaken { .. })
}

/// Whether an error says that a version is not in the trash any more.
fn is_gone(error: &Error) -> bool {
    matches!(error, Error::Catalog(CatalogError::NotInTrash { .. }))
}
