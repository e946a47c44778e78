//! Care for what is stored: checking it, removing what nothing names, copying the catalogue.

use std::path::Path;

use async_trait::async_trait;
use studio_domain::{
    Check, Crc64Nvme, Digest, ObjectKey, RemovalId, ReservationId, StoreUrl, Timestamp, VersionId,
};

use crate::Result;

/// An object that versions name, in the trash or not, or something that is published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// The store that it is in.
    pub store: StoreUrl,
    /// Its key there.
    pub object_key: ObjectKey,
    /// How many bytes it has.
    pub size: u64,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// CRC-64/NVME of its bytes, where that is known.
    pub crc64nvme: Option<Crc64Nvme>,
    /// Its last check; where its versions were checked at different times, the earliest,
    /// and none while one of them never was.
    pub check: Option<Check>,
}

impl ObjectUse {
    /// Whether something names it for good: a version, in the trash or not, a release,
    /// a recording, or an album or a recording that has it for a picture.
    pub fn is_named(&self) -> bool {
        let Self { versions, trashed, releases, recordings, pictures, .. } = *self;
        [versions, trashed, releases, recordings, pictures].into_iter().any(|names| names > 0)
    }
}

impl StoredObject {
    /// Where it stands in the order of [`CareRepo::objects_to_check`].
    pub fn position(&self) -> ObjectPosition {
        ObjectPosition {
            checked_at: self.check.map(|check| check.at),
            object_key: self.object_key.clone(),
        }
    }
}

/// A place in the order of [`CareRepo::objects_to_check`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ObjectPosition {
    /// When the object was checked; `None`, for never, comes before all.
    pub checked_at: Option<Timestamp>,
    /// Its key.
    pub object_key: ObjectKey,
}

/// What a catalogue knows about one object of a store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ObjectUse {
    /// How many versions name it.
    pub versions: u32,
    /// How many versions in the trash name it.
    pub trashed: u32,
    /// How many stems of releases name it.
    pub releases: u32,
    /// How many recordings are these bytes.
    pub recordings: u32,
    /// How many albums and recordings have it for a picture, in whatever store.
    pub pictures: u32,
    /// Whether its last check found damage, by the word of any of these.
    pub damaged: bool,
    /// Whether a live claim is for these bytes.
    pub claimed: bool,
    /// Whether it is being removed.
    pub being_removed: bool,
}

/// How much versions, in the trash or not, and what is published have in a store; each object
/// counted once.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Volume {
    /// How many objects.
    pub objects: u64,
    /// How many bytes they have together.
    pub bytes: u64,
}

/// Something that is to leave a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Identity of the removal.
    pub id: RemovalId,
    /// The store.
    pub store: StoreUrl,
    /// The object, which goes if nothing needs it when the removal is carried out.
    pub object_key: ObjectKey,
    /// The version whose manifest goes too; `None` for an orphan.
    pub version: Option<VersionId>,
}

/// What the holder of a removal may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RemovalPermit {
    /// Whether the object may be deleted; the manifest may in any case.
    pub object: bool,
}

/// A claim whose lease has ended: of an upload that died, or sleeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedClaim {
    /// Identity of the claim.
    pub id: ReservationId,
    /// The place that was claimed, for people; its names in their case-folded form.
    pub place: String,
    /// The object that the bytes would have been.
    pub object_key: ObjectKey,
    /// SHA-256 of the bytes.
    pub digest: Digest,
    /// When the lease ended.
    pub ended_at: Timestamp,
}

/// The part of a catalogue that its upkeep works with.
///
/// As with [`CatalogRepo`](crate::CatalogRepo), every method but
/// [`snapshot`](Self::snapshot) is one transaction, and each can fail with
/// [`Error::Busy`](crate::Error::Busy), [`Error::Full`](crate::Error::Full) or
/// [`Error::Backend`](crate::Error::Backend) besides the errors named.
///
/// Versions name an object by store and key. Claims do so by the key alone, whatever store
/// their upload goes to: where one key stands for objects in several stores, a claim keeps
/// all of them, and the removal of one keeps uploads of the same bytes out everywhere.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait CareRepo: Send + Sync {
    /// The objects of a store that versions name, in the trash or not, and those that are
    /// [kept](Self::keep_objects), each once: least recently checked first, never checked before all, then by key; up to `limit` (cut to
    /// 1 ..= [`MAX_PAGE`](crate::MAX_PAGE)) that come after `after`.
    ///
    /// What [`record_checks`](Self::record_checks) records between two pages moves to the
    /// end: whoever walks stops at what was checked since the walk began.
    #[cfg_attr(feature = "mock", mockall::concretize)]
    async fn objects_to_check(
        &self,
        store: &StoreUrl,
        after: Option<&ObjectPosition>,
        limit: u32,
    ) -> Result<Vec<StoredObject>>;

    /// Writes down objects that something published is made of, so that they are checked like
    /// those of versions. Those that are written down already are left as they are, but for a
    /// checksum that was not known. They are forgotten with the removal of the object.
    async fn keep_objects(&self, objects: &[StoredObject]) -> Result<()>;

    /// Records checks of objects with every version that names them, in the trash or not. A
    /// check earlier than the one that is recorded, and one of an object that nothing names,
    /// changes nothing.
    async fn record_checks(&self, store: &StoreUrl, checks: &[(ObjectKey, Check)]) -> Result<()>;

    /// What is known about each of these objects as of the time `now`, in their order.
    async fn uses(
        &self,
        store: &StoreUrl,
        keys: &[ObjectKey],
        now: Timestamp,
    ) -> Result<Vec<ObjectUse>>;

    /// How much there is in a store. Takes time in proportion to it.
    async fn volume(&self, store: &StoreUrl) -> Result<Volume>;

    /// Writes down, as of the time `at`, that an object is to be removed; where its removal
    /// is written down already, that one is returned.
    async fn propose_removal(
        &self,
        store: &StoreUrl,
        object_key: &ObjectKey,
        at: Timestamp,
    ) -> Result<Removal>;

    /// Takes a removal in hand until `until`, as of the time `now`.
    ///
    /// The object may go if no version names it, in the trash or not, no release, no recording, nothing
    /// that has it for a picture, no live claim is for
    /// its bytes and no other removal that may take it is in hand. From then until `until`,
    /// or until the removal is finished,
    /// [`CatalogRepo::reserve`](crate::CatalogRepo::reserve) refuses its bytes; and ended
    /// claims for them are dropped, so that an upload that was held up finds its claim lost
    /// instead of relying on an object that is going. The holder deletes nothing after
    /// `until`.
    ///
    /// # Errors
    /// [`RemovalGone`](crate::Error::RemovalGone) when it is finished;
    /// [`BeingRemoved`](crate::Error::BeingRemoved) when somebody else has it in hand.
    async fn claim_removal(
        &self,
        id: RemovalId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<RemovalPermit>;

    /// Up to `limit` removals (cut to 1 ..= [`MAX_PAGE`](crate::MAX_PAGE)) that are not
    /// finished, oldest first.
    async fn removals(&self, limit: u32) -> Result<Vec<Removal>>;

    /// Strikes a removal that has been carried out; one that is gone is no error.
    async fn finish_removal(&self, id: RemovalId) -> Result<()>;

    /// Up to `limit` claims (cut to 1 ..= [`MAX_PAGE`](crate::MAX_PAGE)) whose lease has
    /// ended at the time `now`, in the order in which they did.
    async fn ended_claims(&self, now: Timestamp, limit: u32) -> Result<Vec<EndedClaim>>;

    /// Drops the claims whose lease has ended at the time `now` and returns how many there
    /// were. An upload begun again after that is no longer the same upload.
    async fn forget_claims(&self, now: Timestamp) -> Result<usize>;

    /// Writes a copy of the whole catalogue, as it is at one moment, to a new file that can
    /// be opened as a catalogue. Others may write meanwhile.
    ///
    /// # Errors
    /// [`SnapshotFile`](crate::Error::SnapshotFile) when there is something at `to`, or it
    /// cannot be written.
    async fn snapshot(&self, to: &Path) -> Result<()>;
}
