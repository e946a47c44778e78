//! A version of what lies in somebody's bucket: copied by the server, read once for its
//! digest.

use studio_blob::Error as StoreError;
use studio_blob::intake::{FoundObject, Intake};
use studio_domain::{AssetPlace, NewVersion, ObjectKey, Version, VersionPath};
use studio_repo::{Reservation, Reserved};

use super::filing::as_path;
use crate::lease::{Heartbeat, end_of_lease};
use crate::transfer::fingerprint::Fingerprinting;
use crate::transfer::inspect::{Inspection, Presence};
use crate::upload::attributes;
use crate::{Error, Fingerprint, Job, Result, Studio, Upload, manifest};

/// An object that is to become a version.
pub(super) struct Adoption<'a> {
    pub(super) intake: &'a dyn Intake,
    pub(super) place: &'a AssetPlace,
    pub(super) found: &'a FoundObject,
    /// Which version.
    pub(super) path: VersionPath,
}

impl Studio {
    /// Makes a version of an object, by the protocol of [`upload`](Self::upload): its bytes
    /// are read once, for their digest, and the server copies them into the store. Only where
    /// it cannot, they are brought here and uploaded.
    pub(super) async fn adopt(&self, adoption: &Adoption<'_>, job: &Job) -> Result<Version> {
        if !adoption.intake.hands_over_to(self.store.url()) {
            return self.upload_copy(adoption, job).await;
        }
        let fingerprint = self.read_through(adoption, job).await?;
        self.expect_store_to_send_to().await?;
        let reserved = self.reserve(&adoption.path, fingerprint.digest, job).await?;
        let reservation = match reserved {
            Reserved::Stored(version) => {
                if version.store == *self.store.url() {
                    self.bring(adoption, &fingerprint, job).await?;
                    manifest::write(&*self.store, version.record.clone()).await?;
                }
                return Ok(version);
            }
            Reserved::Granted(reservation) => reservation,
        };
        let _heartbeat = Heartbeat::start(self, reservation.id);
        let brought = async {
            self.bring(adoption, &fingerprint, job).await?;
            Ok(self.catalog.renew(reservation.id, end_of_lease(self.now())).await?)
        };
        match brought.await {
            Ok(()) => self.commit_adopted(adoption, &fingerprint, &reservation).await,
            Err(error) => {
                if let Err(error) = self.catalog.release(reservation.id).await {
                    tracing::warn!(%error, "could not release the reservation");
                }
                match error {
                    // A bucket that is still to be made, or that is another server's.
                    Error::Store(
                        StoreError::NoSuchStore { .. } | StoreError::Unsupported { .. },
                    ) => self.upload_copy(adoption, job).await,
                    error => Err(error),
                }
            }
        }
    }

    async fn commit_adopted(
        &self,
        adoption: &Adoption<'_>,
        fingerprint: &Fingerprint,
        reservation: &Reservation,
    ) -> Result<Version> {
        let version = NewVersion {
            id: reservation.version,
            path: adoption.path.clone(),
            original_path: adoption.place.to_string(),
            uploaded_at: self.now(),
            size: fingerprint.size,
            digest: fingerprint.digest,
            crc64nvme: fingerprint.crc64nvme,
            content_type: fingerprint.content_type.to_owned(),
            store: self.store.url().clone(),
            object_key: reservation.object_key.clone(),
        };
        let version = manifest::write(&*self.store, version).await?;
        Ok(self.catalog.commit(&version, reservation.id).await?.version)
    }

    /// Reads an object to its end, in one state, and keeps nothing of it.
    async fn read_through(&self, adoption: &Adoption<'_>, job: &Job) -> Result<Fingerprint> {
        let Adoption { intake, found, .. } = adoption;
        let mut reading = Fingerprinting::new(found.size, self.transfer);
        let step = self.transfer.range_size.max(1);
        let mut start = 0;
        while start < found.size {
            let end = found.size.min(start + step);
            self.rate.take(end - start).await;
            let read = intake.read(&found.key, start..end, &found.state);
            let piece = job.unless_cancelled(read).await?;
            if piece.bytes.len() as u64 != end - start {
                let object = adoption.place.to_string();
                return Err(StoreError::Changed { object }.into());
            }
            reading.update(&piece.bytes);
            start = end;
        }
        Ok(reading.finish())
    }

    /// Sees to it that the object is in the store, whole.
    async fn bring(
        &self,
        adoption: &Adoption<'_>,
        fingerprint: &Fingerprint,
        job: &Job,
    ) -> Result<()> {
        let key = ObjectKey::of_object(&fingerprint.digest);
        let doubt = self.is_in_doubt(&fingerprint.digest).await?;
        let inspection = Inspection {
            store: &*self.store,
            key: &key,
            fingerprint,
            doubt,
            options: self.transfer,
            memory: &self.memory,
            rate: &self.rate,
            job,
        };
        if inspection.presence().await? == Presence::Whole {
            return Ok(());
        }
        let Adoption { intake, place, found, path } = adoption;
        let attributes = attributes(path, as_path(place.key.as_str()), fingerprint);
        let copied = intake.hand_over(found, self.store.url(), &key, &attributes);
        job.unless_cancelled(copied).await?;
        match inspection.presence().await? {
            Presence::Whole => Ok(()),
            _ => Err(Error::NotStored {
                digest: fingerprint.digest,
                detail: "the copy that the server made has other bytes".to_owned(),
            }),
        }
    }

    /// Brings the bytes here, and uploads them.
    async fn upload_copy(&self, adoption: &Adoption<'_>, job: &Job) -> Result<Version> {
        use std::io::Write as _;
        let Adoption { intake, place, found, path } = adoption;
        let spool = self.spool()?;
        let file = spool.path().join(crate::link::file_name(path, as_path(place.key.as_str())));
        let unwritable = |source| Error::TargetUnwritable { target: file.clone(), source };
        let mut target = std::fs::File::create(&file).map_err(unwritable)?;
        let step = self.transfer.range_size.max(1);
        let mut start = 0;
        while start < found.size {
            let end = found.size.min(start + step);
            self.rate.take(end - start).await;
            let read = intake.read(&found.key, start..end, &found.state);
            let piece = job.unless_cancelled(read).await?;
            if piece.bytes.len() as u64 != end - start {
                return Err(StoreError::Changed { object: place.to_string() }.into());
            }
            target.write_all(&piece.bytes).map_err(unwritable)?;
            start = end;
        }
        drop(target);
        let request = Upload { path: path.clone(), file: file.clone() };
        Ok(self.upload_from(&request, place.to_string(), job).await?.version)
    }
}
