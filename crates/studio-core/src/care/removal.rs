//! Carrying out removals: the only place where an object of a version is deleted.
//!
//! A removal is a row of the catalogue, made in the transaction that decides it. To carry
//! it out it is claimed for a while; the claim is given only for an object that nothing
//! names, and as long as it lasts no upload may begin that would rely on the object.

use std::time::Duration;

use studio_domain::{ObjectKey, VersionId};
use studio_repo::{Error as CatalogError, Removal};

use super::named::Named;
use crate::{Error, Job, Result, Studio, manifest};

/// How long a claim lasts.
const CLAIM: Duration = Duration::from_secs(10 * 60);
/// How long one deletion may take: well within the claim, so that none of ours is on its
/// way when the claim has ended.
const DELETION: Duration = Duration::from_secs(60);
/// How many removals are looked up at once.
const PAGE: u32 = 1000;

impl Studio {
    /// Carries out a removal. Returns whether the object went: it stays if something
    /// names it again, or a manifest does of which this catalogue knows nothing.
    pub(super) async fn carry_out(&self, removal: &Removal, named: &Named) -> Result<bool> {
        let now = self.now();
        let permit = self.care.claim_removal(removal.id, now, now.after(CLAIM)).await;
        let permit = match permit {
            Ok(permit) => permit,
            // Somebody else did it, or is at it.
            Err(CatalogError::RemovalGone { .. } | CatalogError::BeingRemoved { .. }) => {
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(version) = removal.version {
            // First, so that a catalogue rebuilt in between does not bring it back.
            self.mark_purged(version).await?;
        }
        if self.now() > now.after(CLAIM / 2) {
            // Held up, as by a machine's sleep: the claim may end before the deletion does.
            return Ok(false);
        }
        let object = permit.object && named.frees(&removal.object_key);
        if object {
            self.delete(&removal.object_key).await?;
        }
        if let Some(version) = removal.version {
            self.delete(&ObjectKey::of_version_manifest(version)).await?;
        }
        self.care.finish_removal(removal.id).await?;
        Ok(object)
    }

    /// Carries out all that was decided and not done, as by a process that died.
    pub(super) async fn carry_out_pending(&self, job: &Job) -> Result<u64> {
        let mut pending = self.care.removals(PAGE).await?;
        pending.retain(|removal| removal.store == *self.store.url());
        if pending.is_empty() {
            return Ok(0);
        }
        let named = self.named_beside_catalogue(job).await?;
        for removal in &pending {
            self.carry_out(removal, &named).await?;
        }
        Ok(pending.len() as u64)
    }

    async fn delete(&self, key: &ObjectKey) -> Result<()> {
        match tokio::time::timeout(DELETION, self.store.delete(key)).await {
            Ok(deleted) => Ok(deleted?),
            Err(source) => Err(Error::Store(studio_blob::Error::Interrupted {
                object: self.store.url().locate(key),
                source: Box::new(source),
            })),
        }
    }

    /// Notes in the tombstone of a version that it was purged.
    async fn mark_purged(&self, id: VersionId) -> Result<()> {
        let key = ObjectKey::of_tombstone(id);
        let mut tombstone = match manifest::read_tombstone(&*self.store, &key).await {
            Ok(tombstone) => tombstone,
            // There is none to be noted in; without its manifest the version stays away too.
            Err(Error::Store(studio_blob::Error::NotFound { .. }))
            | Err(Error::ForeignManifest { .. }) => return Ok(()),
            Err(error) => return Err(error),
        };
        tombstone.purged_at = Some(self.now());
        manifest::write_tombstone(&*self.store, &tombstone).await
    }
}
