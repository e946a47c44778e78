//! Repair: what an examination found is put right. Each repair can be done again, and none
//! removes bytes that a version names.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use studio_api::v1::Tombstone;
use studio_blob::{Attributes, Error as StoreError, OpenUpload};
use studio_domain::{Damage, NewVersion, ObjectKey, TrashedVersion, VersionId};
use studio_repo::StoredObject;

use super::check::{Depth, Expected};
use super::doctor::{Diagnosis, Problem};
use super::gc::{CLOCKS_APART, long_ended};
use super::named::Named;
use super::recover::is_taken;
use crate::transfer::fingerprint::Fingerprint;
use crate::transfer::send::{Moved, Shipment};
use crate::{Error, Job, Result, Studio, manifest};

/// What became of a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is gone; what was done.
    Repaired(String),
    /// It is still there; why.
    Left(String),
}

/// What became of all problems.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Treatment {
    /// Each problem, in the order of the diagnosis.
    pub outcomes: Vec<(Problem, Outcome)>,
}

impl Treatment {
    /// How many problems are still there.
    pub fn left(&self) -> usize {
        let left = |outcome: &Outcome| matches!(outcome, Outcome::Left(_));
        self.outcomes.iter().filter(|(_, outcome)| left(outcome)).count()
    }
}

impl Studio {
    /// Repairs what can be repaired of a diagnosis, one problem after the other.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog), [`Store`](Error::Store), [`Cancelled`](Error::Cancelled):
    /// what was repaired by then stays so.
    pub async fn repair(&self, diagnosis: &Diagnosis, job: &Job) -> Result<Treatment> {
        let mut treatment = Treatment::default();
        let by_age = diagnosis.problems.iter().any(|problem| problem.is_by_age());
        let apart = match by_age {
            true => self.careful_time().await?.1,
            false => Duration::ZERO,
        };
        let named = match diagnosis.problems.iter().any(Problem::removes_an_object) {
            true => self.named_beside_catalogue(job).await?,
            false => Named::default(),
        };
        for problem in &diagnosis.problems {
            job.check()?;
            let left = |why: &str| Outcome::Left(why.to_owned());
            let in_doubt = !diagnosis.unreadable.is_empty();
            let outcome = match problem {
                problem if problem.is_by_age() && apart > CLOCKS_APART => {
                    left("the clocks of this machine and the store differ")
                }
                Problem::Orphan { .. } if in_doubt => {
                    left("a manifest that cannot be read may name it")
                }
                problem => self.treat(problem, &named, job).await?,
            };
            treatment.outcomes.push((problem.clone(), outcome));
        }
        Ok(treatment)
    }

    async fn treat(&self, problem: &Problem, named: &Named, job: &Job) -> Result<Outcome> {
        let store = &*self.store;
        let repaired = |what: &str| Ok(Outcome::Repaired(what.to_owned()));
        match problem {
            Problem::Damaged { object, damage, versions } => {
                self.treat_damage(object, *damage, versions, job).await
            }
            Problem::Orphan { object_key, .. } => {
                let now = self.now();
                let removal = self.care.propose_removal(store.url(), object_key, now).await?;
                match self.carry_out(&removal, named).await? {
                    true => repaired("removed"),
                    false => Ok(Outcome::Left("something has come to need it".to_owned())),
                }
            }
            Problem::DeadUpload { upload } | Problem::TemporaryFile { upload } => {
                self.abort(upload).await?;
                repaired("given up")
            }
            Problem::LeftDownload { path } => Ok(remove_file(path)),
            Problem::ManifestWithoutRow { version, .. } => self.take_in(version).await,
            Problem::RowWithoutManifest { version } | Problem::WrongManifest { version } => {
                manifest::rewrite(store, version).await?;
                repaired("manifest written from the catalogue")
            }
            Problem::ForeignManifest { .. } => {
                Ok(Outcome::Left("it is not studio's to remove; look at it".to_owned()))
            }
            Problem::StrayTombstone { version } => {
                store.delete(&ObjectKey::of_tombstone(version.id)).await?;
                repaired("tombstone removed")
            }
            Problem::TombstoneWithoutRow { version, trashed_at } => {
                let record = NewVersion { store: store.url().clone(), ..(**version).clone() };
                let trashed = TrashedVersion { record, check: None, trashed_at: *trashed_at };
                self.trash.adopt_trashed(&[trashed]).await?;
                repaired("back in the trash")
            }
            Problem::RowWithoutTombstone { version } => {
                self.write_tombstone_of(version).await?;
                repaired("tombstone written from the catalogue")
            }
            Problem::UnknownChoice { choice } => self.take_in_choice(choice).await,
            Problem::ChoiceWithoutManifest { choice } => self.write_choice(choice).await,
            Problem::UnknownPublished { what, removed } => {
                self.take_in_published(what, *removed).await
            }
            Problem::PublishedWithoutManifest { what } => self.write_published(what).await,
            Problem::EndedClaim { .. } => {
                self.care.forget_claims(long_ended(self.now())).await?;
                repaired("forgotten")
            }
            Problem::PendingRemoval { removal } => {
                self.carry_out(removal, named).await?;
                repaired("carried out")
            }
        }
    }

    async fn abort(&self, upload: &OpenUpload) -> Result<()> {
        Ok(self.store.abort(upload).await?)
    }

    async fn write_tombstone_of(&self, version: &TrashedVersion) -> Result<()> {
        let TrashedVersion { record, trashed_at, .. } = version.clone();
        let tombstone = Tombstone { version: record, trashed_at, purged_at: None };
        manifest::write_tombstone(&*self.store, &tombstone).await
    }

    /// Takes a version into the catalogue that only its manifest knows.
    async fn take_in(&self, version: &NewVersion) -> Result<Outcome> {
        let here = NewVersion { store: self.store.url().clone(), ..version.clone() };
        if self.was_purged(version.id).await? {
            self.store.delete(&ObjectKey::of_version_manifest(version.id)).await?;
            return Ok(Outcome::Repaired("it was purged; manifest removed".to_owned()));
        }
        match self.catalog.restore(std::slice::from_ref(&here)).await {
            Ok(0) if self.catalog.version(&here.path).await?.id == here.id => {
                Ok(Outcome::Repaired("in the catalogue already".to_owned()))
            }
            Ok(0) => {
                // The same bytes are at its place under another id: this manifest is of an
                // attempt that was begun again, and nothing is lost with it.
                self.store.delete(&ObjectKey::of_version_manifest(version.id)).await?;
                Ok(Outcome::Repaired("the same version is there; manifest removed".to_owned()))
            }
            Ok(_) => Ok(Outcome::Repaired("taken into the catalogue".to_owned())),
            Err(error) if is_taken(&error) => {
                // Its bytes are kept, and it can be looked at.
                let trashed_at = self.now();
                let trashed = TrashedVersion { record: here, check: None, trashed_at };
                self.write_tombstone_of(&trashed).await?;
                self.trash.adopt_trashed(&[trashed]).await?;
                Ok(Outcome::Repaired("its place has other bytes: put into the trash".to_owned()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a version was purged, by the word of its tombstone.
    async fn was_purged(&self, id: VersionId) -> Result<bool> {
        match manifest::read_tombstone(&*self.store, &ObjectKey::of_tombstone(id)).await {
            Ok(tombstone) => Ok(tombstone.purged_at.is_some()),
            Err(Error::ForeignManifest { .. } | Error::Store(StoreError::NotFound { .. })) => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Brings an object back from the local file that it was uploaded from, if that still
    /// has its bytes.
    async fn treat_damage(
        &self,
        object: &StoredObject,
        damage: Damage,
        versions: &[NewVersion],
        job: &Job,
    ) -> Result<Outcome> {
        for version in versions {
            if self.send_original(version, job).await? {
                let expected = Expected::from(object);
                let compared = self.compare(&expected, Depth::Full, job).await?;
                if compared.damage.is_none() {
                    let from = &version.original_path;
                    return Ok(Outcome::Repaired(format!("sent again from {from}")));
                }
            }
        }
        let advice = match damage {
            Damage::Missing => "no copy of its bytes was found",
            _ => "no good copy was found; what is there stays",
        };
        Ok(Outcome::Left(format!("{advice}: upload the original file to the same version again")))
    }

    /// Whether the local original was there with the right bytes, and was sent.
    async fn send_original(&self, version: &NewVersion, job: &Job) -> Result<bool> {
        let path = PathBuf::from(&version.original_path);
        let is_same_size = |file: &File| {
            file.metadata().is_ok_and(|there| there.is_file() && there.len() == version.size)
        };
        // Looked at before it is opened: opening a pipe would wait for its other end.
        let is_file = path.metadata().is_ok_and(|there| there.is_file());
        let Some(file) = is_file.then(|| File::open(&path).ok()).flatten().filter(is_same_size)
        else {
            return Ok(false);
        };
        let file = Arc::new(file);
        let read = Fingerprint::read(Arc::clone(&file), &path, self.transfer, job).await;
        let fingerprint = match read {
            Ok(fingerprint) if fingerprint.digest == version.digest => fingerprint,
            Ok(_) | Err(Error::SourceChanged { .. } | Error::SourceUnreadable { .. }) => {
                return Ok(false);
            }
            Err(error) => return Err(error),
        };
        let shipment = Shipment {
            store: &*self.store,
            key: version.object_key.clone(),
            file,
            path: &path,
            fingerprint: &fingerprint,
            attributes: Attributes::default(),
            doubt: true,
            options: self.transfer,
            memory: self.memory.clone(),
            rate: self.rate.clone(),
            job,
            moved: Moved::default(),
        };
        match shipment.ensure_stored().await {
            Ok(_) => Ok(true),
            Err(Error::SourceChanged { .. } | Error::SourceUnreadable { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

fn remove_file(path: &PathBuf) -> Outcome {
    match std::fs::remove_file(path) {
        Ok(()) => Outcome::Repaired("removed".to_owned()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Outcome::Repaired("gone already".to_owned())
        }
        Err(error) => Outcome::Left(error.to_string()),
    }
}
