//! What manifests name of which the catalogue knows nothing: those of another catalogue on
//! the same store, and those that a recovery has not come to yet.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};
use studio_blob::Error as StoreError;
use studio_domain::{
    Album, Artwork, ObjectKey, Picture, RELEASES, Recording, Release, ReleaseName, SoundPlace,
    Timestamp, VERSION_MANIFESTS, VersionId,
};

use super::inventory::{Inventory, Known};
use crate::publish::manifest as published;
use crate::{Error, Job, Result, Studio, manifest};

/// How many manifests are read at once.
const PARALLEL: usize = 16;
/// How long the objects of what is published are kept after it was taken out.
const KEPT_AFTER_REMOVAL: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The objects that such manifests name.
#[derive(Debug, Default)]
pub(super) struct Named {
    pub(super) keys: HashSet<ObjectKey>,
    /// Manifests that cannot be read, and may name any object.
    pub(super) unreadable: Vec<String>,
    /// Versions that releases use of which the catalogue knows nothing, and one of these.
    pub(super) released: HashMap<VersionId, ReleaseName>,
}

impl Named {
    fn add_release(&mut self, release: Release) {
        for stem in release.stems {
            self.keys.insert(stem.object_key);
            self.released.insert(stem.version, release.name.clone());
        }
    }

    fn add_artwork(&mut self, artwork: Option<&Artwork>) {
        if let Some(Artwork { picture: Picture::Own(digest), .. }) = artwork {
            self.keys.insert(ObjectKey::of_object(digest));
        }
    }

    /// Whether none of them has anything against the removal of an object.
    pub(super) fn frees(&self, key: &ObjectKey) -> bool {
        self.unreadable.is_empty() && !self.keys.contains(key)
    }
}

impl Studio {
    /// Lists the manifests, and reads those that the catalogue does not know.
    pub(super) async fn named_beside_catalogue(&self, job: &Job) -> Result<Named> {
        // The store before the catalogue: what is uploaded in between is in the latter.
        let inventory = self.list_manifests(job).await?;
        self.named_by_manifests(&inventory, &self.known().await?, job).await
    }

    /// The objects that manifests name of which the catalogue knows nothing.
    pub(super) async fn named_by_manifests(
        &self,
        inventory: &Inventory,
        known: &Known,
        job: &Job,
    ) -> Result<Named> {
        let unknown = inventory.manifests.iter().filter(|id| !known.has(**id));
        let unknown: Vec<_> = unknown.map(|id| ObjectKey::of_version_manifest(*id)).collect();
        let mut read = stream::iter(unknown)
            .map(async |key| manifest::read(&*self.store, &key).await)
            .buffer_unordered(PARALLEL);
        let mut named = self.named_by_renamed(inventory, job).await?;
        self.name_by_releases(inventory, job, &mut named).await?;
        self.name_by_published(inventory, job, &mut named).await?;
        while let Some(read) = read.next().await {
            job.check()?;
            match read {
                Ok(version) => {
                    named.keys.insert(version.object_key);
                }
                Err(Error::ForeignManifest { location, .. }) => named.unreadable.push(location),
                Err(Error::Store(StoreError::NotFound { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        named.unreadable.sort_unstable();
        Ok(named)
    }

    /// Adds the objects that releases name of which the catalogue knows nothing.
    async fn name_by_releases(
        &self,
        inventory: &Inventory,
        job: &Job,
        named: &mut Named,
    ) -> Result<()> {
        for &id in &inventory.releases {
            job.check()?;
            let known = self.releases.release_by_id(id).await?;
            if known.is_some_and(|release| release.store == *self.store.url()) {
                continue;
            }
            match manifest::read_release(&*self.store, &ObjectKey::of_release(id)).await {
                Ok(release) => named.add_release(release),
                Err(Error::ForeignManifest { location, .. }) => named.unreadable.push(location),
                Err(Error::Store(StoreError::NotFound { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Adds the objects of what is published, and of what was taken out not long ago. All of
    /// these manifests are read: they change, and the catalogue may know an older state.
    async fn name_by_published(
        &self,
        inventory: &Inventory,
        job: &Job,
        named: &mut Named,
    ) -> Result<()> {
        let now = self.now();
        let keeps = |removed_at: Option<Timestamp>| {
            removed_at.is_none_or(|at| at.after(KEPT_AFTER_REMOVAL) > now)
        };
        let albums: Vec<_> = inventory.albums.iter().map(|id| ObjectKey::of_album(*id)).collect();
        let mut albums = stream::iter(albums)
            .map(async |key| published::read::<Album>(&*self.store, &key).await)
            .buffer_unordered(PARALLEL);
        while let Some(read) = albums.next().await {
            job.check()?;
            match read {
                Ok(told) if keeps(told.removed_at) => {
                    named.add_artwork(told.value.artwork.as_ref());
                }
                Ok(_) | Err(Error::Store(StoreError::NotFound { .. })) => {}
                Err(Error::ForeignManifest { location, .. }) => named.unreadable.push(location),
                Err(error) => return Err(error),
            }
        }
        let recordings = inventory.recordings.iter();
        let recordings: Vec<_> = recordings.map(|id| ObjectKey::of_recording(*id)).collect();
        let mut recordings = stream::iter(recordings)
            .map(async |key| published::read::<Recording>(&*self.store, &key).await)
            .buffer_unordered(PARALLEL);
        while let Some(read) = recordings.next().await {
            job.check()?;
            match read {
                Ok(told) if keeps(told.removed_at) => {
                    named.add_artwork(told.value.artwork.as_ref());
                    if let SoundPlace::Own { key, .. } = told.value.sound.place {
                        named.keys.insert(key);
                    }
                }
                Ok(_) | Err(Error::Store(StoreError::NotFound { .. })) => {}
                Err(Error::ForeignManifest { location, .. }) => named.unreadable.push(location),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// The objects that manifests name which another tool has given other names.
    async fn named_by_renamed(&self, inventory: &Inventory, job: &Job) -> Result<Named> {
        let mut named = Named::default();
        let beside = |key: &&ObjectKey| key.as_str().starts_with(VERSION_MANIFESTS);
        for key in inventory.foreign.iter().filter(beside) {
            job.check()?;
            match manifest::read(&*self.store, key).await {
                Ok(version) => {
                    named.keys.insert(version.object_key);
                }
                // Somebody's file, which names nothing.
                Err(Error::ForeignManifest { .. })
                | Err(Error::Store(StoreError::NotFound { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        let beside = |key: &&ObjectKey| key.as_str().starts_with(RELEASES);
        for key in inventory.foreign.iter().filter(beside) {
            job.check()?;
            match manifest::read_renamed_release(&*self.store, key).await {
                Ok(release) => named.add_release(release),
                Err(Error::ForeignManifest { .. })
                | Err(Error::Store(StoreError::NotFound { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(named)
    }
}
