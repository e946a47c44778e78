//! Bytes of what is published, in objects of the studio's own.

use std::path::Path;
use std::sync::Arc;

use studio_blob::Attributes;
use studio_domain::{
    ArtistName, Check, Digest, ObjectKey, ReservationId, SongTitle, TrackName, VersionPath,
    VersionTag,
};
use studio_repo::{Reserved, StoredObject};

use crate::care::check::{Depth, Expected};
use crate::lease::{Heartbeat, end_of_lease};
use crate::step::step;
use crate::transfer::fingerprint::Fingerprint;
use crate::transfer::send::{Moved, Shipment};
use crate::upload::open_file;
use crate::{Error, Job, Result, Studio};

/// What the claims of such objects have in the place of a track.
const CLAIMED_FOR: &str = "published";

/// A claim on some bytes: as long as it stands nobody removes their object.
pub(super) struct Claim {
    id: Option<ReservationId>,
    _heartbeat: Option<Heartbeat>,
}

/// An object that is in the store now.
pub(super) struct Kept {
    pub(super) fingerprint: Fingerprint,
    /// Bytes that were sent for it.
    pub(super) sent: u64,
    pub(super) claim: Claim,
}

impl Studio {
    /// Sees to it that the bytes of a local file are in the store, and claims them.
    pub(super) async fn keep_file(
        &self,
        file: &Path,
        (artist, title): (&ArtistName, &str),
        attributes: Attributes,
        job: &Job,
    ) -> Result<Kept> {
        let opened = Arc::new(open_file(file)?);
        let fingerprint = Fingerprint::read(Arc::clone(&opened), file, self.transfer, job).await?;
        step!("fingerprinted");
        self.expect_store_to_send_to().await?;
        let claim = self.claim_bytes(artist, title, fingerprint.digest, job).await?;
        step!("reserved");
        let stored = self.ship(opened, file, &fingerprint, attributes, job).await;
        let sent = match stored {
            Ok(sent) => sent,
            Err(error) => {
                self.give_up(claim).await;
                return Err(error);
            }
        };
        self.still_claimed(&claim).await?;
        step!("renewed");
        Ok(Kept { fingerprint, sent, claim })
    }

    async fn ship(
        &self,
        opened: Arc<std::fs::File>,
        file: &Path,
        fingerprint: &Fingerprint,
        attributes: Attributes,
        job: &Job,
    ) -> Result<u64> {
        let key = ObjectKey::of_object(&fingerprint.digest);
        let doubt = self.is_in_doubt(&fingerprint.digest).await?;
        let content_type =
            attributes.content_type.unwrap_or_else(|| fingerprint.content_type.to_owned());
        let shipment = Shipment {
            store: &*self.store,
            key: key.clone(),
            file: opened,
            path: file,
            fingerprint,
            attributes: Attributes { content_type: Some(content_type), ..attributes },
            doubt,
            options: self.transfer,
            memory: self.memory.clone(),
            rate: self.rate.clone(),
            job,
            moved: Moved::default(),
        };
        let sent = shipment.ensure_stored().await?;
        let object = StoredObject {
            store: self.store.url().clone(),
            object_key: key,
            size: fingerprint.size,
            digest: fingerprint.digest,
            crc64nvme: Some(fingerprint.crc64nvme),
            check: None,
        };
        let expected = Expected::from(&object);
        self.care.keep_objects(&[object]).await?;
        if doubt {
            self.confirm(&expected, job).await?;
        }
        Ok(sent.bytes)
    }

    /// Reads back what was known to be damaged.
    async fn confirm(&self, expected: &Expected, job: &Job) -> Result<()> {
        let compared = self.compare(expected, Depth::Full, job).await?;
        match compared.damage {
            // Sent to an archive, it cannot be read; its checksum is of what was just sent.
            None if compared.archived && compared.by_content => {
                let check = Check { at: self.now(), damage: None };
                let checks = [(expected.object_key.clone(), check)];
                Ok(self.care.record_checks(self.store.url(), &checks).await?)
            }
            None => Ok(()),
            Some(damage) => Err(Error::NotStored {
                digest: expected.digest,
                detail: format!("read back, its bytes are {damage}"),
            }),
        }
    }

    /// Claims bytes, as uploads do: in their place stand artist and title, and the digest, so
    /// that no two claims are in each other's way.
    pub(super) async fn claim_bytes(
        &self,
        artist: &ArtistName,
        title: &str,
        digest: Digest,
        job: &Job,
    ) -> Result<Claim> {
        let nameless = |error| Error::Internal(Box::new(error));
        let path = VersionPath {
            artist: artist.clone(),
            song: SongTitle::new(title).map_err(nameless)?,
            track: TrackName::new(CLAIMED_FOR).map_err(nameless)?,
            tag: VersionTag::new(&digest.to_string()).map_err(nameless)?,
        };
        let id = match self.reserve(&path, digest, job).await? {
            Reserved::Granted(reservation) => Some(reservation.id),
            // Somebody calls a version so; it keeps the object.
            Reserved::Stored(_) => None,
        };
        let heartbeat = id.map(|id| Heartbeat::start(self, id));
        Ok(Claim { id, _heartbeat: heartbeat })
    }

    /// Held up for longer than the lease, somebody may have removed the object.
    pub(super) async fn still_claimed(&self, claim: &Claim) -> Result<()> {
        match claim.id {
            Some(id) => Ok(self.catalog.renew(id, end_of_lease(self.now())).await?),
            None => Ok(()),
        }
    }

    /// Gives a claim up: something names the bytes now, or nothing will.
    pub(super) async fn give_up(&self, claim: Claim) {
        let Some(id) = claim.id else { return };
        if let Err(error) = self.catalog.release(id).await {
            tracing::warn!(%error, "could not release the reservation");
        }
    }
}
