//! Recover: the catalogue is rebuilt from what stands in the store.

use std::collections::HashMap;

use futures_util::{StreamExt as _, stream};
use studio_api::v1::Tombstone;
use studio_blob::Error as StoreError;
use studio_domain::{NewVersion, ObjectKey, TrashedVersion, Version, VersionId, VersionPath};
use studio_repo::Error as CatalogError;

use super::inventory::{Inventory, Known};
use crate::{Error, Event, Job, Phase, Result, Studio, manifest};

/// How many manifests are read at once.
const PARALLEL: usize = 32;
/// How many versions go into the catalogue in one transaction.
const BATCH: usize = 1000;

/// Two versions with other bytes at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The one that is in the catalogue.
    pub kept: NewVersion,
    /// The one that was uploaded earlier, and went to the trash.
    pub trashed: NewVersion,
}

/// What was recovered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recovered {
    /// Versions that were in the catalogue before (from a backup, for example).
    pub known: u64,
    /// Versions that came from their manifests.
    pub versions: u64,
    /// Versions that came into the trash.
    pub trashed: u64,
    /// Versions that left the catalogue because they had been purged.
    pub forgotten: u64,
    /// Versions that came back from the trash: a backup has them there, and they have been
    /// taken back since.
    pub taken_back: u64,
    /// Picks that came from the store.
    pub picks: u64,
    /// Marks that came from the store.
    pub marks: u64,
    /// Releases that came from their manifests.
    pub releases: u64,
    /// Albums that came, or came to a later state, from their manifests.
    pub albums: u64,
    /// Recordings that did.
    pub recordings: u64,
    /// Playlists that did.
    pub playlists: u64,
    /// Albums, recordings and playlists that left the catalogue because they had been taken
    /// out.
    pub unpublished: u64,
    /// Places with two versions.
    pub conflicts: Vec<Conflict>,
    /// What stands among the manifests and cannot be read, and why.
    pub unreadable: Vec<(String, String)>,
    /// What stands beside the manifests and is not studio's.
    pub foreign: Vec<String>,
    /// Versions whose bytes are not in the store.
    pub without_object: Vec<VersionPath>,
    /// Recordings whose bytes are not in the store.
    pub recordings_without_object: Vec<String>,
}

impl Studio {
    /// Brings the catalogue to what stands in the store: each manifest that it does not
    /// know becomes a version, each tombstone takes one to the trash or away; picks, marks,
    /// releases and what is published come after them. Nothing in
    /// the store is changed. Can be done again, and goes on where it was interrupted. What
    /// leaves the catalogue for the trash has its whole time there from now on.
    ///
    /// A version is then in this store, whatever its manifest says: a bucket may have been
    /// copied.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog), [`Store`](Error::Store),
    /// [`Cancelled`](Error::Cancelled). Manifests that cannot be read are no error: they are
    /// told.
    pub async fn recover(&self, dry_run: bool, job: &Job) -> Result<Recovered> {
        let inventory = self.take_inventory(job).await?;
        let known = self.known().await?;
        // What is in another store is nobody's business here, whatever stands here of it.
        let elsewhere = self.known_elsewhere().await?;
        let mut recovered = Recovered {
            known: (known.versions.len() + known.trashed.len()) as u64,
            ..Recovered::default()
        };
        recovered.foreign =
            inventory.foreign.iter().map(|key| self.store.url().locate(key)).collect();
        let mut tombstones = self.read_tombstones(&inventory, &known, job, &mut recovered).await?;
        tombstones.retain(|&id, _| !elsewhere.has(id));
        let manifests =
            self.read_manifests(&inventory, &known, &tombstones, job, &mut recovered).await?;
        let live = manifests
            .into_iter()
            .filter(|version| !tombstones.contains_key(&version.id) && !elsewhere.has(version.id));
        let stays = |version: &&Version| !tombstones.contains_key(&version.id);
        let standing = known.versions.values().filter(stays).chain(elsewhere.versions.values());
        let sorted = sort_out(live.collect(), standing, &mut recovered);
        let without =
            sorted.live.iter().filter(|new| !inventory.objects.contains_key(&new.object_key));
        recovered.without_object = without.map(|new| new.path.clone()).collect();
        let (purged, thrown): (Vec<_>, Vec<_>) =
            tombstones.into_values().partition(|tombstone| tombstone.purged_at.is_some());
        let thrown = thrown.into_iter().map(|tombstone| self.trashed_by(tombstone, &known));
        let changes = Changes {
            to_trash: thrown
                .chain(sorted.superseded.into_iter().map(|n| self.trashed_now(n)))
                .collect(),
            purged: purged.iter().map(|tombstone| tombstone.version.id).collect(),
            live: sorted.live,
            taken_back: self.taken_back(&inventory, &known).await?,
        };
        let mut choices = self.unknown_choices(&inventory, job, &mut recovered).await?;
        self.leave_taken_names(&mut choices, &mut recovered).await?;
        if dry_run {
            self.recover_published(&inventory, true, job, &mut recovered).await?;
            recovered.picks = choices.picks.len() as u64;
            recovered.marks = choices.marks.len() as u64;
            recovered.releases = choices.releases.len() as u64;
            let Changes { to_trash, purged, live, taken_back } = changes;
            let new = |version: &&TrashedVersion| !known.trashed.contains_key(&version.id);
            let free =
                |version: &&TrashedVersion| !sorted.taken.contains_key(&place(&version.path));
            recovered.versions = live.len() as u64;
            recovered.trashed = to_trash.iter().filter(new).count() as u64;
            recovered.forgotten = purged.iter().filter(|id| known.has(**id)).count() as u64;
            recovered.taken_back = taken_back.iter().filter(free).count() as u64;
            return Ok(recovered);
        }
        self.carry_out_changes(changes, job, &mut recovered).await?;
        self.adopt_choices(&choices, &mut recovered).await?;
        self.recover_published(&inventory, false, job, &mut recovered).await?;
        Ok(recovered)
    }

    async fn carry_out_changes(
        &self,
        changes: Changes,
        job: &Job,
        recovered: &mut Recovered,
    ) -> Result<()> {
        let Changes { to_trash, purged, live, taken_back } = changes;
        recovered.trashed = self.trash.adopt_trashed(&to_trash).await? as u64;
        recovered.forgotten = self.trash.forget(&purged).await? as u64;
        for batch in live.chunks(BATCH) {
            job.check()?;
            recovered.versions += self.catalog.restore(batch).await? as u64;
        }
        for version in taken_back {
            recovered.taken_back += u64::from(self.take_back(version).await?);
        }
        Ok(())
    }

    fn trashed_now(&self, record: NewVersion) -> TrashedVersion {
        TrashedVersion { record, check: None, trashed_at: self.now() }
    }

    /// The versions that a backup has in the trash and that were taken back since: their
    /// tombstones are gone, and their manifests are not.
    async fn taken_back(
        &self,
        inventory: &Inventory,
        known: &Known,
    ) -> Result<Vec<TrashedVersion>> {
        let mut found = Vec::new();
        for version in known.trashed.values() {
            if inventory.tombstones.contains(&version.id)
                || !inventory.manifests.contains(&version.id)
            {
                continue;
            }
            // It may have been thrown away since the store was listed.
            match self.store.head(&ObjectKey::of_tombstone(version.id)).await {
                Ok(_) => {}
                Err(StoreError::NotFound { .. }) => found.push(version.clone()),
                Err(error) => return Err(error.into()),
            }
        }
        found.sort_unstable_by_key(|version| (version.uploaded_at, version.id));
        Ok(found)
    }

    /// Takes a version out of the trash. Where its place is another one's it stays there,
    /// with its whole time from now on.
    async fn take_back(&self, version: TrashedVersion) -> Result<bool> {
        match self.trash.untrash(version.id, self.now()).await {
            Ok(_) => Ok(true),
            Err(CatalogError::NotInTrash { .. }) => Ok(false),
            Err(CatalogError::VersionExists { .. } | CatalogError::PlaceTaken { .. }) => {
                self.trash.forget(&[version.id]).await?;
                let again = TrashedVersion { trashed_at: self.now(), ..version };
                self.trash.adopt_trashed(&[again]).await?;
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Takes for versions of this store those that the catalogue has in another one and
    /// whose manifests or tombstones stand here: this store is a copy of that one, or the
    /// same under another name. Returns how many there were.
    ///
    /// For a catalogue from a backup that nobody works with yet: each version leaves it and
    /// comes back, and is not there in between.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog), [`Store`](Error::Store), [`Cancelled`](Error::Cancelled).
    pub async fn move_in(&self, job: &Job) -> Result<u64> {
        let inventory = self.take_inventory(job).await?;
        let known = self.known_elsewhere().await?;
        let stands_here =
            |id: &VersionId| inventory.manifests.contains(id) || inventory.tombstones.contains(id);
        let mut versions: Vec<Version> = known.versions.into_values().collect();
        versions.retain(|version| stands_here(&version.id));
        // In the order in which they came, so that the names are those first typed.
        versions.sort_unstable_by_key(|version| (version.uploaded_at, version.id));
        let mut trashed: Vec<TrashedVersion> = known.trashed.into_values().collect();
        trashed.retain(|version| stands_here(&version.id));
        for version in &mut trashed {
            version.record = self.as_stored_here(version.record.clone());
        }
        for batch in trashed.chunks(BATCH) {
            job.check()?;
            self.trash.forget(&batch.iter().map(|version| version.id).collect::<Vec<_>>()).await?;
            self.trash.adopt_trashed(batch).await?;
        }
        for batch in versions.chunks(BATCH) {
            job.check()?;
            let ids: Vec<_> = batch.iter().map(|version| version.id).collect();
            let here = batch.iter().map(|version| self.as_stored_here(version.record.clone()));
            self.trash.forget(&ids).await?;
            self.catalog.restore(&here.collect::<Vec<_>>()).await?;
            let checks = batch.iter().filter_map(|version| {
                version.check.map(|check| (version.object_key.clone(), check))
            });
            self.care.record_checks(self.store.url(), &checks.collect::<Vec<_>>()).await?;
        }
        let mut here = Vec::new();
        for &id in &inventory.releases {
            let known = self.releases.release_by_id(id).await?;
            here.extend(known.filter(|made| made.store != *self.store.url()).map(|made| made.id));
        }
        self.releases.move_releases(&here, self.store.url()).await?;
        self.move_in_published(&inventory, job).await?;
        Ok((versions.len() + trashed.len()) as u64)
    }

    fn trashed_by(&self, tombstone: Tombstone, known: &Known) -> TrashedVersion {
        let record = self.as_stored_here(tombstone.version);
        // One that was there until now may be missed only now: it has its whole time.
        let trashed_at = match known.versions.contains_key(&record.id) {
            true => self.now(),
            false => tombstone.trashed_at,
        };
        TrashedVersion { record, check: None, trashed_at }
    }

    fn as_stored_here(&self, version: NewVersion) -> NewVersion {
        NewVersion { store: self.store.url().clone(), ..version }
    }

    async fn read_tombstones(
        &self,
        inventory: &Inventory,
        known: &Known,
        job: &Job,
        recovered: &mut Recovered,
    ) -> Result<HashMap<VersionId, Tombstone>> {
        let there = inventory.tombstones.iter().filter(|id| !known.purged.contains(id));
        let keys = there.map(|id| ObjectKey::of_tombstone(*id));
        let read = async |key: ObjectKey| manifest::read_tombstone(&*self.store, &key).await;
        let tombstones = read_all(keys.collect(), read, job, recovered).await?;
        Ok(tombstones.into_iter().map(|tombstone| (tombstone.version.id, tombstone)).collect())
    }

    /// The manifests of versions that the catalogue does not know.
    async fn read_manifests(
        &self,
        inventory: &Inventory,
        known: &Known,
        tombstones: &HashMap<VersionId, Tombstone>,
        job: &Job,
        recovered: &mut Recovered,
    ) -> Result<Vec<NewVersion>> {
        let unknown = inventory.manifests.iter().filter(|id| !known.has(**id));
        let unknown = unknown.filter(|id| !tombstones.contains_key(id));
        let keys = unknown.map(|id| ObjectKey::of_version_manifest(*id));
        let read = async |key: ObjectKey| {
            let version = manifest::read(&*self.store, &key).await?;
            if ObjectKey::of_version_manifest(version.id) != key {
                let location = self.store.url().locate(&key);
                let source = "it describes another version than its name says".into();
                return Err(Error::ForeignManifest { location, source });
            }
            Ok(self.as_stored_here(version))
        };
        read_all(keys.collect(), read, job, recovered).await
    }
}

/// Reads many small objects; those that are not what they should be are told.
pub(super) async fn read_all<T, R>(
    keys: Vec<ObjectKey>,
    read: impl Fn(ObjectKey) -> R,
    job: &Job,
    recovered: &mut Recovered,
) -> Result<Vec<T>>
where
    R: Future<Output = Result<T>>,
{
    job.tell(Event::Begin { phase: Phase::Recovering, total: keys.len() as u64 });
    let mut reads = stream::iter(keys).map(read).buffer_unordered(PARALLEL);
    let mut all = Vec::new();
    while let Some(read) =
        job.unless_cancelled(async { Ok::<_, Error>(reads.next().await) }).await?
    {
        match read {
            Ok(value) => all.push(value),
            Err(Error::ForeignManifest { location, source }) => {
                recovered.unreadable.push((location, source.to_string()));
            }
            // Removed since it was listed.
            Err(Error::Store(StoreError::NotFound { .. })) => {}
            Err(error) => return Err(error),
        }
        job.tell(Event::Moved { bytes: 1 });
    }
    job.tell(Event::End);
    recovered.unreadable.sort();
    Ok(all)
}

/// The case-folded names of artist, song, track and tag.
type Place = (String, String, String, String);

/// What a recovery brings into the catalogue.
struct Changes {
    to_trash: Vec<TrashedVersion>,
    purged: Vec<VersionId>,
    live: Vec<NewVersion>,
    taken_back: Vec<TrashedVersion>,
}

/// Versions of manifests, by what becomes of them.
struct Sorted {
    live: Vec<NewVersion>,
    superseded: Vec<NewVersion>,
    /// Who is at which place afterwards.
    taken: HashMap<Place, NewVersion>,
}

/// Of versions at one place the one uploaded last counts: an upload that came to a taken
/// place never reported success. What stands in the catalogue, and stays there, stays at
/// its place.
fn sort_out<'a>(
    mut found: Vec<NewVersion>,
    standing: impl Iterator<Item = &'a Version>,
    recovered: &mut Recovered,
) -> Sorted {
    let mut taken: HashMap<Place, NewVersion> = HashMap::new();
    for version in standing {
        taken.insert(place(&version.path), version.record.clone());
    }
    // Newest first; the id decides between two of one microsecond.
    found.sort_unstable_by_key(|version| std::cmp::Reverse((version.uploaded_at, version.id)));
    let (mut live, mut superseded) = (Vec::new(), Vec::new());
    for version in found {
        match taken.get(&place(&version.path)) {
            None => {
                taken.insert(place(&version.path), version.clone());
                live.push(version);
            }
            // In another store, with the same bytes: it is there twice.
            Some(kept) if kept.store != version.store && kept.digest == version.digest => {}
            Some(kept) => {
                let conflict = Conflict { kept: kept.clone(), trashed: version.clone() };
                recovered.conflicts.push(conflict);
                superseded.push(version);
            }
        }
    }
    // In the order in which they came, so that the names are those first typed.
    live.reverse();
    Sorted { live, superseded, taken }
}

fn place(path: &VersionPath) -> Place {
    let VersionPath { artist, song, track, tag } = path;
    (artist.key().into(), song.key().into(), track.key().into(), tag.key().into())
}

/// Whether an error says that there is a version with other bytes.
pub(super) fn is_taken(error: &CatalogError) -> bool {
    matches!(error, CatalogError::VersionExists { .. })
}
