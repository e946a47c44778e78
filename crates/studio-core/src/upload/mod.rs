//! Upload: a local file becomes a version.

mod source;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use studio_audio::gate::Finding;
use studio_blob::Attributes;
use studio_domain::{
    AudioFormat, Check, Digest, NewVersion, ObjectKey, ReservationId, Version, VersionId,
    VersionPath,
};
use studio_repo::{Error as CatalogError, Reservation, Reserved};
use uuid::Uuid;

use self::source::Source;
pub(crate) use self::source::{open, open_file};
use crate::care::check::{Depth, Expected};
use crate::lease::{Heartbeat, end_of_lease};
use crate::sound::gate::{Heard, Hearing, hear_file};
use crate::step::step;
use crate::transfer::inspect::Presence;
use crate::transfer::send::{Moved, Sent, Shipment};
use crate::{Error, Fingerprint, Job, Result, Studio, manifest};

/// How often an upload looks again whether the removal of its object is over.
const REMOVAL_PATIENCE: u32 = 40;
/// How long it waits each time.
const REMOVAL_PAUSE: Duration = Duration::from_millis(250);

/// A file to upload, and the place of the version that it will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Artist, song, track and version tag.
    pub path: VersionPath,
    /// The local file. Kept as it is given here as the version's original path.
    pub file: PathBuf,
}

impl Uploaded {
    /// Of a version that is there, for which nothing was to be done.
    pub(crate) fn already(version: &Version) -> Self {
        Self {
            version: version.clone(),
            outcome: UploadOutcome::AlreadyStored,
            sent_bytes: 0,
            kept_bytes: 0,
            warnings: Vec::new(),
            findings: Vec::new(),
            format: None,
        }
    }
}

/// What an upload did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uploaded {
    /// The version as the catalogue has it.
    pub version: Version,
    /// What was done for it.
    pub outcome: UploadOutcome,
    /// Bytes of the file that went to the store: none if its object was there already.
    pub sent_bytes: u64,
    /// Bytes of the file that an earlier attempt had sent before it broke off.
    pub kept_bytes: u64,
    /// Things to know that kept nothing from being done.
    pub warnings: Vec<Warning>,
    /// What the gate found, and let pass.
    pub findings: Vec<Finding>,
    /// What its header says, if it is sound.
    pub format: Option<AudioFormat>,
}

/// What an upload did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadOutcome {
    /// The version is new.
    Stored,
    /// The version was there with the same bytes.
    AlreadyStored,
    /// The version was there with the same bytes, but its object was missing from the
    /// store or not whole; now it is there.
    ObjectRestored,
}

/// What an upload would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadPlan {
    /// What one reading of the file tells about it.
    pub fingerprint: Fingerprint,
    /// The version that is there with the same bytes, if there is one.
    pub existing: Option<Version>,
    /// What it would do.
    pub outcome: UploadOutcome,
    /// Bytes of the file that would go to the store.
    pub bytes_to_send: u64,
    /// Things to know that would keep nothing from being done.
    pub warnings: Vec<Warning>,
    /// What the gate found, and would let pass.
    pub findings: Vec<Finding>,
}

/// Something to know about a file that was taken all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// It has no bytes.
    EmptyFile,
    /// The version was stored in another store than this one, which does not have its
    /// bytes; nothing was sent.
    StoredElsewhere,
}

impl Studio {
    /// Uploads a file as a new version.
    ///
    /// Idempotent: the same file to the same place succeeds again, sends nothing that is
    /// stored, and completes what an earlier attempt left undone. Nothing is visible in
    /// the catalogue before all of it is in the store.
    ///
    /// # Errors
    /// Of the file: [`SourceMissing`](Error::SourceMissing),
    /// [`SourceNotAFile`](Error::SourceNotAFile),
    /// [`SourceUnreadable`](Error::SourceUnreadable),
    /// [`SourceChanged`](Error::SourceChanged), and [`Refused`](Error::Refused) when it does
    /// not keep to [the gate](Self::with_gate). [`Catalog`](Error::Catalog) with
    /// `VersionExists` or `PlaceTaken` when other bytes are there or on their way;
    /// [`StoreEmpty`](Error::StoreEmpty) when a new version would go to a store that has
    /// lost everything, such as a disk that is not mounted; whatever else the catalogue or the store say; [`NotStored`](Error::NotStored);
    /// [`Cancelled`](Error::Cancelled).
    pub async fn upload(&self, request: &Upload, job: &Job) -> Result<Uploaded> {
        let original = request.file.to_string_lossy().into_owned();
        self.upload_from(request, original, job).await
    }

    /// The same of a file that came from elsewhere: that is recorded as where it is from.
    pub(crate) async fn upload_from(
        &self,
        request: &Upload,
        original: String,
        job: &Job,
    ) -> Result<Uploaded> {
        let source = Source { original, ..Source::read(request, self, job).await? };
        step!("fingerprinted");
        let hearing = Hearing { measures: self.measures_uploads };
        let heard = self.listen_to(request, &source, hearing, job).await?;
        self.expect_store_to_send_to().await?;
        let reserved = self.reserve(&request.path, source.fingerprint.digest, job).await?;
        step!("reserved");
        let mut uploaded = match reserved {
            Reserved::Stored(version) => {
                self.see_that_object_is_there(request, &source, job, version).await?
            }
            Reserved::Granted(reservation) => {
                self.store_reserved(request, &source, job, &reservation).await?
            }
        };
        if let Some(facts) = heard.facts {
            let sounds = [(source.fingerprint.digest, facts)];
            // Stored is stored: what it sounds like can be found out again.
            if let Err(error) = self.choices.record_sounds(&sounds).await {
                tracing::warn!(%error, "what is known of the sound was not recorded");
            }
        }
        uploaded.findings = heard.verdict.warnings;
        uploaded.format = heard.facts.map(|facts| facts.format);
        Ok(uploaded)
    }

    /// Lets the gate judge a file that was read, and measures it if that is asked for.
    async fn listen_to(
        &self,
        request: &Upload,
        source: &Source,
        hearing: Hearing,
        job: &Job,
    ) -> Result<Heard> {
        let heard = self.pass_gate(request, &source.file, hearing, job).await;
        // What was heard is of the bytes that were read before, or of no use.
        source.expect_unchanged(request)?;
        heard
    }

    /// Lets the gate judge a file.
    pub(crate) async fn pass_gate(
        &self,
        request: &Upload,
        file: &File,
        hearing: Hearing,
        job: &Job,
    ) -> Result<Heard> {
        let gate = Arc::clone(&self.gate);
        let heard = hear_file(file, &request.file, gate, hearing, job).await?;
        match heard.verdict.is_accepted() {
            true => Ok(heard),
            false => Err(Error::Refused {
                file: request.file.clone(),
                profile: self.gate.name().to_owned(),
                findings: heard.verdict.refusals,
            }),
        }
    }

    /// Tells what [`upload`](Self::upload) would do, and changes nothing.
    ///
    /// # Errors
    /// Those of `upload`, as far as they can be foreseen.
    pub async fn plan_upload(&self, request: &Upload, job: &Job) -> Result<UploadPlan> {
        let source = Source::read(request, self, job).await?;
        let hearing = Hearing { measures: false };
        let findings = self.listen_to(request, &source, hearing, job).await?.verdict.warnings;
        let fingerprint = &source.fingerprint;
        let existing = match self.catalog.version(&request.path).await {
            Ok(existing) if existing.digest == fingerprint.digest => Some(existing),
            Ok(existing) => {
                let offered = fingerprint.digest;
                let existing = Box::new(existing);
                return Err(CatalogError::VersionExists { existing, offered }.into());
            }
            Err(CatalogError::NotFound { .. }) => None,
            Err(error) => return Err(error.into()),
        };
        self.expect_store_to_send_to().await?;
        let doubt = self.is_in_doubt(&source.fingerprint.digest).await?;
        let shipment = Shipment { doubt, ..self.shipment(request, &source, job) };
        let presence = shipment.inspect().await?;
        let mut warnings = source.warnings();
        let elsewhere = existing.as_ref().is_some_and(|v| v.store != *self.store.url());
        let (outcome, bytes_to_send) = match (&existing, presence) {
            (None, Presence::Whole) => (UploadOutcome::Stored, 0),
            (None, _) => (UploadOutcome::Stored, source.fingerprint.size),
            (Some(_), Presence::Whole) => (UploadOutcome::AlreadyStored, 0),
            (Some(_), _) if elsewhere => {
                warnings.push(Warning::StoredElsewhere);
                (UploadOutcome::AlreadyStored, 0)
            }
            (Some(_), _) => (UploadOutcome::ObjectRestored, source.fingerprint.size),
        };
        let fingerprint = source.fingerprint;
        Ok(UploadPlan { fingerprint, existing, outcome, bytes_to_send, warnings, findings })
    }

    /// Claims the place. The bytes may just be being removed from the store: that takes a
    /// moment, and they are not to be relied on.
    pub(crate) async fn reserve(
        &self,
        path: &VersionPath,
        digest: Digest,
        job: &Job,
    ) -> Result<Reserved> {
        let mut patience = REMOVAL_PATIENCE;
        loop {
            let now = self.now();
            let wanted = Reservation {
                id: ReservationId::from_uuid(Uuid::now_v7()),
                version: VersionId::from_uuid(Uuid::now_v7()),
                path: path.clone(),
                digest,
                object_key: ObjectKey::of_object(&digest),
                expires_at: end_of_lease(now),
            };
            match self.catalog.reserve(&wanted, now).await {
                Err(CatalogError::BeingRemoved { .. }) if patience > 0 => {
                    patience -= 1;
                    let pause = async {
                        tokio::time::sleep(REMOVAL_PAUSE).await;
                        Ok::<_, Error>(())
                    };
                    job.unless_cancelled(pause).await?;
                }
                reserved => return Ok(reserved?),
            }
        }
    }

    /// Object, manifest, catalogue: in this order, so that a version never names bytes
    /// that are not there.
    async fn store_reserved(
        &self,
        request: &Upload,
        source: &Source,
        job: &Job,
        reservation: &Reservation,
    ) -> Result<Uploaded> {
        let _heartbeat = Heartbeat::start(self, reservation.id);
        let stored = async {
            let doubt = self.is_in_doubt(&source.fingerprint.digest).await?;
            let shipment = Shipment { doubt, ..self.shipment(request, source, job) };
            let sent = shipment.ensure_stored().await?;
            source.check_size(request)?;
            job.check()?;
            // Held up for longer than the lease, another upload may have come here.
            self.catalog.renew(reservation.id, end_of_lease(self.now())).await?;
            step!("renewed");
            Ok((sent, doubt))
        };
        let (Sent { bytes: sent_bytes, kept: kept_bytes }, doubt) = match stored.await {
            Ok(sent) => sent,
            Err(error) => {
                if let Err(error) = self.catalog.release(reservation.id).await {
                    tracing::warn!(%error, "could not release the reservation");
                }
                return Err(error);
            }
        };
        // From here on it is quicker to finish than to stop, and the claim is kept should
        // that fail: the manifest then belongs to whoever uploads the same bytes again.
        let version = NewVersion {
            id: reservation.version,
            path: request.path.clone(),
            original_path: source.original.clone(),
            uploaded_at: self.now(),
            size: source.fingerprint.size,
            digest: source.fingerprint.digest,
            crc64nvme: source.fingerprint.crc64nvme,
            content_type: source.fingerprint.content_type.to_owned(),
            store: self.store.url().clone(),
            object_key: reservation.object_key.clone(),
        };
        let version = manifest::write(&*self.store, version).await?;
        step!("manifest_written");
        let committed = self.catalog.commit(&version, reservation.id).await?;
        step!("committed");
        if doubt {
            self.confirm_all(&committed.version, job).await?;
        }
        let outcome = match committed.fresh {
            true => UploadOutcome::Stored,
            false => UploadOutcome::AlreadyStored,
        };
        let warnings = source.warnings();
        Ok(Uploaded::new(committed.version, outcome, sent_bytes, kept_bytes, warnings))
    }

    /// Mends what may have been lost of a version since it was stored: its object, its
    /// manifest. Another store than its own is not filled behind its back.
    async fn see_that_object_is_there(
        &self,
        request: &Upload,
        source: &Source,
        job: &Job,
        version: Version,
    ) -> Result<Uploaded> {
        let doubt = self.is_in_doubt(&source.fingerprint.digest).await?;
        let shipment = Shipment { doubt, ..self.shipment(request, source, job) };
        let mut warnings = source.warnings();
        if version.store != *self.store.url() {
            if shipment.inspect().await? != Presence::Whole {
                warnings.push(Warning::StoredElsewhere);
            }
            let outcome = UploadOutcome::AlreadyStored;
            return Ok(Uploaded::new(version, outcome, 0, 0, warnings));
        }
        let Sent { bytes: sent_bytes, kept: kept_bytes } = shipment.ensure_stored().await?;
        manifest::write(&*self.store, version.record.clone()).await?;
        if doubt {
            self.confirm_all(&version, job).await?;
        }
        // An empty object is restored by sending no bytes; nothing to tell then.
        let outcome = match sent_bytes + kept_bytes {
            0 => UploadOutcome::AlreadyStored,
            _ => UploadOutcome::ObjectRestored,
        };
        Ok(Uploaded::new(version, outcome, sent_bytes, kept_bytes, warnings))
    }

    /// Whether an object with these bytes was found damaged: then what the store says of
    /// its checksum is not relied on.
    pub(crate) async fn is_in_doubt(&self, digest: &Digest) -> Result<bool> {
        let key = ObjectKey::of_object(digest);
        let uses = self.care.uses(self.store.url(), &[key], self.now()).await?;
        Ok(uses.iter().any(|used| used.damaged))
    }

    /// Reads back what was known to be damaged, so that it is known to be right now.
    pub(crate) async fn confirm_all(&self, version: &Version, job: &Job) -> Result<()> {
        let compared = self.compare(&Expected::from(&version.record), Depth::Full, job).await?;
        match compared.damage {
            // Sent to an archive, it cannot be read; its checksum is of what was just sent.
            None if compared.archived && compared.by_content => {
                let checks = [(version.object_key.clone(), Check { at: self.now(), damage: None })];
                Ok(self.care.record_checks(self.store.url(), &checks).await?)
            }
            None => Ok(()),
            Some(damage) => Err(Error::NotStored {
                digest: version.digest,
                detail: format!("read back, its bytes are {damage}"),
            }),
        }
    }

    fn shipment<'a>(
        &'a self,
        request: &'a Upload,
        source: &'a Source,
        job: &'a Job,
    ) -> Shipment<'a> {
        Shipment {
            store: &*self.store,
            key: ObjectKey::of_object(&source.fingerprint.digest),
            file: Arc::clone(&source.file),
            path: &request.file,
            fingerprint: &source.fingerprint,
            attributes: attributes(&request.path, &request.file, &source.fingerprint),
            doubt: false,
            options: self.transfer,
            memory: self.memory.clone(),
            rate: self.rate.clone(),
            job,
            moved: Moved::default(),
        }
    }
}

impl Uploaded {
    /// What was done, before anything is said of the sound.
    fn new(
        version: Version,
        outcome: UploadOutcome,
        sent_bytes: u64,
        kept_bytes: u64,
        warnings: Vec<Warning>,
    ) -> Self {
        let (findings, format) = (Vec::new(), None);
        Self { version, outcome, sent_bytes, kept_bytes, warnings, findings, format }
    }
}

/// What somebody who finds the object in the bucket's own console sees of it.
pub(crate) fn attributes(path: &VersionPath, file: &Path, fingerprint: &Fingerprint) -> Attributes {
    let VersionPath { artist, song, track, tag } = path;
    Attributes {
        content_type: Some(fingerprint.content_type.to_owned()),
        file_name: Some(crate::link::file_name(path, file)),
        labels: vec![
            ("artist", artist.to_string()),
            ("song", song.to_string()),
            ("track", track.to_string()),
            ("version", tag.to_string()),
        ],
    }
}
