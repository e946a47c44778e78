//! Doctor: finds what is wrong between catalogue and store.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use studio_api::v1::Tombstone;
use studio_blob::{Error as StoreError, OpenUpload};
use studio_domain::{
    Damage, NewVersion, ObjectKey, Timestamp, TrashedVersion, Version, VersionId, VersionPath,
};
use studio_repo::{EndedClaim, Removal, StoredObject};

use super::check::{Depth, Expected, Record};
use super::choices::Choice;
use super::gc::long_ended;
use super::inventory::{Inventory, Known};
use super::published::Published;
use crate::transfer::part_file;
use crate::{Error, Event, Job, Phase, Result, Studio, manifest};

/// How many things are looked up in the catalogue at once.
const PAGE: u32 = 1000;
/// How many objects the store is asked about at once.
const PARALLEL_QUESTIONS: usize = 16;
/// How many objects are read at once.
const PARALLEL_READINGS: usize = 2;

/// How to look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examination {
    /// Whether every byte is read, and every manifest.
    pub depth: Depth,
    /// From what age on an object, an unfinished upload or a temporary file that nothing
    /// names is called left behind.
    pub grace: Duration,
    /// Local directories to look for what downloads left behind.
    pub downloads: Vec<PathBuf>,
}

/// Something that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// The bytes of versions are not those that were stored.
    Damaged {
        /// The object.
        object: StoredObject,
        /// What is wrong with it.
        damage: Damage,
        /// The versions whose bytes it has, those in the trash included.
        versions: Vec<NewVersion>,
    },
    /// An object that nothing names.
    Orphan {
        /// Its key.
        object_key: ObjectKey,
        /// Its bytes.
        size: u64,
    },
    /// An upload in parts that nobody is at any more.
    DeadUpload {
        /// The upload.
        upload: OpenUpload,
    },
    /// A temporary file that a write to the store left.
    TemporaryFile {
        /// Its name in the store.
        upload: OpenUpload,
    },
    /// A temporary file that a download left.
    LeftDownload {
        /// The file.
        path: PathBuf,
    },
    /// A manifest of a version that is not in the catalogue.
    ManifestWithoutRow {
        /// What it says.
        version: Box<NewVersion>,
        /// The version that has its place, if one does.
        place_taken: bool,
    },
    /// A version without a manifest.
    RowWithoutManifest {
        /// The version.
        version: Box<NewVersion>,
    },
    /// A version whose manifest does not say what the catalogue says.
    WrongManifest {
        /// The version.
        version: Box<NewVersion>,
    },
    /// Something among the manifests that nobody knows how to read.
    ForeignManifest {
        /// Its URL.
        location: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A tombstone of a version that is not in the trash.
    StrayTombstone {
        /// The version.
        version: Box<NewVersion>,
    },
    /// A tombstone of a version that neither the trash nor the catalogue knows.
    TombstoneWithoutRow {
        /// What it says.
        version: Box<NewVersion>,
        /// When it was thrown away.
        trashed_at: Timestamp,
    },
    /// A version in the trash without a tombstone.
    RowWithoutTombstone {
        /// The version.
        version: Box<TrashedVersion>,
    },
    /// A pick, a mark or a release in the store that the catalogue does not know.
    UnknownChoice {
        /// What it is.
        choice: Choice,
    },
    /// A pick, a mark or a release in the catalogue that the store does not have, or of which
    /// it says something else.
    ChoiceWithoutManifest {
        /// What it is.
        choice: Choice,
    },
    /// Something published that the store tells of, and that the catalogue does not know, or
    /// not in that state.
    UnknownPublished {
        /// What it is.
        what: Published,
        /// Whether the store tells that it was taken out.
        removed: bool,
    },
    /// Something published that the catalogue has, and of which the store tells nothing, or
    /// something older.
    PublishedWithoutManifest {
        /// What it is.
        what: Published,
    },
    /// The claim of an upload that died.
    EndedClaim {
        /// The claim.
        claim: EndedClaim,
    },
    /// A removal that was decided and not carried out.
    PendingRemoval {
        /// The removal.
        removal: Removal,
    },
}

impl Problem {
    /// Whether bytes of a version are lost or in doubt, not only something left over.
    pub fn concerns_bytes(&self) -> bool {
        matches!(self, Self::Damaged { .. })
    }

    /// Whether its repair may remove an object.
    pub(super) fn removes_an_object(&self) -> bool {
        matches!(self, Self::Orphan { .. } | Self::PendingRemoval { .. })
    }

    /// Whether it is one only from a certain age on.
    pub(super) fn is_by_age(&self) -> bool {
        matches!(self, Self::Orphan { .. } | Self::DeadUpload { .. } | Self::TemporaryFile { .. })
    }
}

/// What an examination found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// Versions in the catalogue.
    pub versions: u64,
    /// Versions in the trash.
    pub trashed: u64,
    /// Objects in the store.
    pub objects: u64,
    /// Objects of which nothing but the size could be compared.
    pub by_size_only: u64,
    /// Objects that are in an archive, and could not be read.
    pub archived: u64,
    /// Objects that nothing names and that are too young to tell.
    pub young: u64,
    /// Manifests that cannot be read: as long as they are there no orphan is removed,
    /// because they may name it.
    pub unreadable: Vec<String>,
    /// What is wrong.
    pub problems: Vec<Problem>,
}

impl Studio {
    /// Looks for what crashes, other programs and rot have left. Changes nothing, but that
    /// damage and full readings are recorded in the catalogue.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog), [`Store`](Error::Store),
    /// [`StoreEmpty`](Error::StoreEmpty), [`Cancelled`](Error::Cancelled).
    pub async fn examine(&self, examination: &Examination, job: &Job) -> Result<Diagnosis> {
        self.examine_and(Record::Checks, examination, job).await
    }

    /// The same, and nothing at all is changed.
    ///
    /// # Errors
    /// Those of [`examine`](Self::examine).
    pub async fn look_over(&self, examination: &Examination, job: &Job) -> Result<Diagnosis> {
        self.examine_and(Record::Nothing, examination, job).await
    }

    async fn examine_and(
        &self,
        record: Record,
        examination: &Examination,
        job: &Job,
    ) -> Result<Diagnosis> {
        self.expect_store().await?;
        // The store before the catalogue: an upload that ends in between is in the latter.
        let inventory = self.take_inventory(job).await?;
        let known = self.known().await?;
        let mut diagnosis = Diagnosis {
            versions: known.versions.len() as u64,
            trashed: known.trashed.len() as u64,
            objects: inventory.objects.len() as u64,
            ..Diagnosis::default()
        };
        self.find_damage(record, examination.depth, &known, job, &mut diagnosis).await?;
        self.find_manifests(examination.depth, &inventory, &known, job, &mut diagnosis).await?;
        self.find_tombstones(&inventory, &known, job, &mut diagnosis).await?;
        let depth = examination.depth;
        self.find_choices(&inventory, &known, depth, job, &mut diagnosis).await?;
        self.find_published(&inventory, depth, job, &mut diagnosis).await?;
        self.find_leftovers(examination, &inventory, job, &mut diagnosis).await?;
        for directory in &examination.downloads {
            diagnosis.problems.extend(left_downloads(directory, examination.grace));
        }
        Ok(diagnosis)
    }

    async fn find_damage(
        &self,
        record: Record,
        depth: Depth,
        known: &Known,
        job: &Job,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        let objects = self.all_objects().await?;
        let parallel = match depth {
            Depth::Quick => PARALLEL_QUESTIONS,
            Depth::Full => PARALLEL_READINGS,
        };
        if depth == Depth::Full {
            let total = objects.iter().map(|object| object.size).sum();
            job.tell(Event::Begin { phase: Phase::Verifying, total });
        }
        let mut compared = stream::iter(objects)
            .map(async |object| {
                let expected = Expected::from(&object);
                let compared = self.compare_and(record, &expected, depth, job).await?;
                Ok::<_, Error>((object, compared))
            })
            .buffer_unordered(parallel);
        let mut damaged = Vec::new();
        while let Some((object, compared)) = compared.try_next().await? {
            diagnosis.by_size_only += u64::from(!compared.by_content);
            diagnosis.archived += u64::from(compared.archived);
            // A look from outside does not disprove what was found by reading.
            let known = object.check.and_then(|check| check.damage);
            let known = known.filter(|damage| damage.shows_by_reading());
            let known = known.filter(|_| depth == Depth::Quick || compared.archived);
            damaged.extend(compared.damage.or(known).map(|damage| (object, damage)));
        }
        job.tell(Event::End);
        let mut needed = Vec::with_capacity(damaged.len());
        for (object, damage) in damaged {
            // Of what was taken out, nobody misses the bytes.
            if self.is_needed(&object).await? {
                needed.push((object, damage));
            }
        }
        let mut damaged = needed;
        damaged.sort_by(|a, b| a.0.object_key.cmp(&b.0.object_key));
        let mut named = versions_of(&damaged, known);
        diagnosis.problems.extend(damaged.into_iter().map(|(object, damage)| {
            let versions = named.remove(&object.object_key).unwrap_or_default();
            Problem::Damaged { object, damage, versions }
        }));
        Ok(())
    }

    async fn find_manifests(
        &self,
        depth: Depth,
        inventory: &Inventory,
        known: &Known,
        job: &Job,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        let problems = &mut diagnosis.problems;
        for key in &inventory.foreign {
            let location = self.store.url().locate(key);
            let reason = "studio makes no such name".to_owned();
            problems.push(Problem::ForeignManifest { location, reason });
        }
        let rows = known.versions.values().map(|version| &version.record);
        let rows: HashMap<VersionId, &NewVersion> = rows
            .chain(known.trashed.values().map(|version| &version.record))
            .map(|record| (record.id, record))
            .collect();
        let mut without: Vec<_> =
            rows.values().filter(|row| !inventory.manifests.contains(&row.id)).collect();
        without.sort_unstable_by_key(|row| row.id);
        problems.extend(without.into_iter().map(|row| {
            let version = Box::new((*row).clone());
            Problem::RowWithoutManifest { version }
        }));
        // Those of versions that are known are read only where everything is.
        let read = |id: &&VersionId| match rows.contains_key(id) {
            true => depth == Depth::Full,
            false => !known.purged.contains(id) && !known.elsewhere.contains(id),
        };
        let mut ids: Vec<_> = inventory.manifests.iter().filter(read).copied().collect();
        ids.sort_unstable();
        let mut manifests = stream::iter(ids)
            .map(async |id| {
                let key = ObjectKey::of_version_manifest(id);
                (id, manifest::read(&*self.store, &key).await)
            })
            .buffered(PARALLEL_QUESTIONS);
        while let Some((id, read)) = manifests.next().await {
            job.check()?;
            let row = rows.get(&id).copied();
            problems.extend(self.problem_of_manifest(id, read, row, known)?);
        }
        Ok(())
    }

    fn problem_of_manifest(
        &self,
        id: VersionId,
        read: Result<NewVersion>,
        row: Option<&NewVersion>,
        known: &Known,
    ) -> Result<Option<Problem>> {
        Ok(match (read, row) {
            (Ok(manifest), Some(row)) if manifest::describes(&manifest, row) => None,
            (Ok(_) | Err(Error::ForeignManifest { .. }), Some(row)) => {
                Some(Problem::WrongManifest { version: Box::new(row.clone()) })
            }
            (Ok(version), None) if version.id == id => {
                let same_place = |there: &&Version| there.path.is_same_place(&version.path);
                let place_taken = known.versions.values().find(same_place).is_some();
                Some(Problem::ManifestWithoutRow { version: Box::new(version), place_taken })
            }
            (Ok(_), None) => {
                let location = self.store.url().locate(&ObjectKey::of_version_manifest(id));
                let reason = "it describes another version than its name says".to_owned();
                Some(Problem::ForeignManifest { location, reason })
            }
            (Err(Error::ForeignManifest { location, source }), None) => {
                Some(Problem::ForeignManifest { location, reason: source.to_string() })
            }
            // Removed since it was listed.
            (Err(Error::Store(StoreError::NotFound { .. })), _) => None,
            (Err(error), _) => return Err(error),
        })
    }

    async fn find_tombstones(
        &self,
        inventory: &Inventory,
        known: &Known,
        job: &Job,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        let mut trashed: Vec<_> = known.trashed.values().collect();
        trashed.sort_unstable_by_key(|version| version.id);
        let without = trashed.into_iter().filter(|row| !inventory.tombstones.contains(&row.id));
        diagnosis.problems.extend(
            without.map(|row| Problem::RowWithoutTombstone { version: Box::new(row.clone()) }),
        );
        let looked_at = |id: &&VersionId| {
            !known.trashed.contains_key(id)
                && !known.purged.contains(id)
                && !known.elsewhere.contains(id)
        };
        let mut ids: Vec<_> = inventory.tombstones.iter().filter(looked_at).collect();
        ids.sort_unstable();
        for id in ids {
            job.check()?;
            let key = ObjectKey::of_tombstone(*id);
            let row = known.versions.get(id);
            diagnosis.problems.extend(match manifest::read_tombstone(&*self.store, &key).await {
                Ok(tombstone) => problem_of_tombstone(tombstone, row),
                Err(Error::ForeignManifest { location, source }) => {
                    Some(Problem::ForeignManifest { location, reason: source.to_string() })
                }
                Err(Error::Store(StoreError::NotFound { .. })) => None,
                Err(error) => return Err(error),
            });
        }
        Ok(())
    }

    async fn find_leftovers(
        &self,
        examination: &Examination,
        inventory: &Inventory,
        job: &Job,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        let now = self.now();
        let (orphans, _) = self.orphans(inventory, examination.grace, now, job).await?;
        diagnosis.young = orphans.young;
        diagnosis.unreadable = orphans.unreadable;
        let problems = &mut diagnosis.problems;
        problems.extend(
            orphans.old.into_iter().map(|(object_key, size)| Problem::Orphan { object_key, size }),
        );
        let dead = self.dead_uploads(examination.grace, now, job).await?;
        problems.extend(dead.into_iter().map(|upload| match upload.key {
            Some(_) => Problem::DeadUpload { upload },
            None => Problem::TemporaryFile { upload },
        }));
        let claims = self.care.ended_claims(long_ended(now), PAGE).await?;
        problems.extend(claims.into_iter().map(|claim| Problem::EndedClaim { claim }));
        let removals = self.care.removals(PAGE).await?.into_iter();
        let here = removals.filter(|removal| removal.store == *self.store.url());
        problems.extend(here.map(|removal| Problem::PendingRemoval { removal }));
        Ok(())
    }
}

fn problem_of_tombstone(tombstone: Tombstone, row: Option<&Version>) -> Option<Problem> {
    match (row, tombstone.purged_at) {
        (Some(row), _) => Some(Problem::StrayTombstone { version: Box::new(row.record.clone()) }),
        (None, None) => Some(Problem::TombstoneWithoutRow {
            version: Box::new(tombstone.version),
            trashed_at: tombstone.trashed_at,
        }),
        // Purged: it stays, so that no backup brings the version back.
        (None, Some(_)) => None,
    }
}

fn versions_of(
    damaged: &[(StoredObject, Damage)],
    known: &Known,
) -> HashMap<ObjectKey, Vec<NewVersion>> {
    let mut named: HashMap<ObjectKey, Vec<NewVersion>> =
        damaged.iter().map(|(object, _)| (object.object_key.clone(), Vec::new())).collect();
    let rows = known.versions.values().map(|version| &version.record);
    for row in rows.chain(known.trashed.values().map(|version| &version.record)) {
        if let Some(versions) = named.get_mut(&row.object_key) {
            versions.push(row.clone());
        }
    }
    let order =
        |version: &NewVersion| -> (VersionPath, VersionId) { (version.path.clone(), version.id) };
    for versions in named.values_mut() {
        versions.sort_by_key(|version| {
            let (path, id) = order(version);
            (path.to_string(), id)
        });
    }
    named
}

/// What downloads left in a directory and nobody is writing to.
fn left_downloads(directory: &Path, grace: Duration) -> Vec<Problem> {
    let Ok(entries) = std::fs::read_dir(directory) else { return Vec::new() };
    let mut left: Vec<PathBuf> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let path = entry.path();
            let age = entry.metadata().ok()?.modified().ok()?.elapsed().unwrap_or_default();
            (part_file::is_one(&name) && age >= grace && !part_file::is_in_use(&path))
                .then_some(path)
        })
        .collect();
    left.sort_unstable();
    left.into_iter().map(|path| Problem::LeftDownload { path }).collect()
}
