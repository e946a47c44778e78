//! The assets of the buckets into which others put files.

use async_trait::async_trait;
use studio_domain::{
    Asset, AssetEvent, AssetFacts, AssetId, AssetKey, AssetPlace, AssetStatus, BucketName,
    DeletionOrder, ObjectState, OrderId, QuarantineId, Quarantined, Reason, Timestamp, VersionId,
};

use crate::Result;

/// What was found out about the object that an event tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It is good.
    Valid {
        /// Its sound.
        facts: AssetFacts,
        /// What is wrong with it nevertheless.
        warnings: Vec<Reason>,
    },
    /// It is bad.
    Invalid {
        /// Its sound, if it has any.
        facts: Option<AssetFacts>,
        /// Why.
        reasons: Vec<Reason>,
        /// What else is wrong with it.
        warnings: Vec<Reason>,
    },
    /// There is no object under its key.
    Gone {
        /// What is told of that.
        reason: Reason,
    },
    /// There is another object under its key by now, of which another event tells.
    Superseded,
}

/// An event, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The event.
    pub event: AssetEvent,
    /// The state that was judged: that of the event, or the one that was found there.
    pub state: ObjectState,
    /// How many bytes the object has, where that was found out.
    pub size: Option<u64>,
    /// What was found out.
    pub judgement: Judgement,
    /// The profile by which it was judged.
    pub profile: Option<String>,
}

/// What is known of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// It is news. The asset at its place, if there is one.
    New(Option<Box<Asset>>),
    /// It was taken into account before. The asset at its place, if there is one.
    Seen(Option<Box<Asset>>),
    /// Something that happened later at its place is known already.
    Older(Box<Asset>),
}

/// What somebody tells of an asset by its name, without an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAsset {
    /// Where it lies.
    pub place: AssetPlace,
    /// Which bytes it has, if that was told.
    pub state: ObjectState,
    /// How many, if that was told.
    pub size: Option<u64>,
    /// Its sound.
    pub facts: AssetFacts,
}

/// What came of registering an asset by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Registered {
    /// It is new, or was deleted before.
    New(Asset),
    /// It is there; nothing was changed.
    Known(Asset),
}

/// What was done to the object of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It was moved aside.
    Quarantined {
        /// The key of its bucket under which it lies now.
        stored_as: AssetKey,
        /// Why.
        reasons: Vec<Reason>,
        /// How many bytes it has, where that is known.
        size: Option<u64>,
    },
    /// It is gone.
    Deleted,
    /// It became a version.
    Filed(VersionId),
    /// It was to become a version and could not, for this reason.
    NotFiled(String),
}

/// Which assets a listing shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssetFilter {
    /// Only those of this bucket.
    pub bucket: Option<BucketName>,
    /// Only those whose keys begin so.
    pub prefix: Option<String>,
    /// Only those with this status.
    pub status: Option<AssetStatus>,
}

/// Events on assets, and what is known of assets.
///
/// As with [`CatalogRepo`](crate::CatalogRepo), every method is one transaction, and each can
/// fail with [`Error::Busy`](crate::Error::Busy), [`Error::Full`](crate::Error::Full) or
/// [`Error::Backend`](crate::Error::Backend) besides the errors named.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AssetRepo: Send + Sync {
    /// What is known of an event before it is looked into.
    async fn standing(&self, event: &AssetEvent) -> Result<Standing>;

    /// Takes an event into account: its identity is written in the transaction that changes
    /// the asset, so that it has its effect once, however often it is delivered.
    ///
    /// The answer is that of [`standing`](Self::standing), but that `New` has the asset as it
    /// is from now on. `Seen` and `Older` change nothing but that the event is known.
    ///
    /// - Valid and invalid make the asset `valid` or `rejected`, with the state judged.
    ///   Invalid makes it `valid` with its reasons as warnings if somebody
    ///   [released](QuarantineRepo::begin_release) it. Whatever deletion was ordered ends,
    ///   unless it is of that very state and the moment of the asset is not known to be before
    ///   that of the event: then it goes on, and the moment stays as it is. Both moments are
    ///   the bucket's word; the clock by which the order was given is not asked.
    /// - Gone makes an asset `deleted` and ends the order to delete it. One that is rejected,
    ///   quarantined or deleted becomes so if the event tells of a new object with another
    ///   state; else it stays as it is: its object is where we put it. Its moment stays, too, if
    ///   not the event tells of a new object with that very state. Where nothing was known, a
    ///   deleted asset is made.
    /// - Superseded changes nothing, and the answer is `Seen`, or `Older`.
    ///
    /// The moment of the asset becomes that of the event, as far as the event tells one. What
    /// it was filed as, or why not, stays known as long as its state is the same.
    async fn record(&self, judged: &Judged, now: Timestamp) -> Result<Standing>;

    /// Notes that an object came which could not be judged yet, and why: a `received` asset,
    /// where nothing is known of its place, or where what is known is itself `received` or
    /// `deleted`, and not later. What else is known stays, and all of it if the event was
    /// recorded by then. The event is news afterwards, too.
    async fn receive(&self, event: &AssetEvent, reason: &Reason, now: Timestamp) -> Result<Asset>;

    /// Takes an asset in as valid on somebody's word, unless one is there that is neither
    /// deleted nor being deleted. The order to delete it ends.
    async fn register(&self, new: &NewAsset, now: Timestamp) -> Result<Registered>;

    /// Records what was done to the object of an asset that had a state; what it says now.
    ///
    /// - Quarantined puts the object under quarantine, once for each key that it was moved to,
    ///   and makes a rejected asset `quarantined`.
    /// - Deleted makes an asset that is being deleted `deleted`, whatever its state.
    /// - Filed and not filed are noted.
    ///
    /// If the asset has another state by now, or one that cannot be told from it, nothing of
    /// the asset changes but by deleted. Its object is under quarantine all the same, for the
    /// reasons and with the size that the settlement tells.
    ///
    /// # Errors
    /// [`NoAsset`](crate::Error::NoAsset).
    async fn settle(
        &self,
        id: AssetId,
        state: &ObjectState,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Result<Asset>;

    /// The asset with an identity.
    ///
    /// # Errors
    /// [`NoAsset`](crate::Error::NoAsset).
    async fn asset(&self, id: AssetId) -> Result<Asset>;

    /// The asset at a place; without a bucket, the one with this key that changed last (by
    /// `updated_at`) among the valid ones, or else among all.
    #[cfg_attr(feature = "mock", mockall::concretize)]
    async fn asset_at(&self, bucket: Option<&BucketName>, key: &AssetKey) -> Result<Option<Asset>>;

    /// Up to `limit` assets by bucket and key (by their bytes) that come after another one.
    /// A prefix counts only with a bucket.
    ///
    /// # Errors
    /// [`NoAsset`](crate::Error::NoAsset) when there is none with the identity `after`.
    async fn assets(
        &self,
        filter: &AssetFilter,
        after: Option<AssetId>,
        limit: u32,
    ) -> Result<Vec<Asset>>;

    /// How many assets there are of each status that any has, in no order. Every one of them
    /// is counted each time.
    async fn count_assets(&self) -> Result<Vec<(AssetStatus, u64)>>;

    /// Forgets which events were recorded before a time, up to some thousands at once; how
    /// many, which is 0 when nothing is left. Their queue must not deliver them any more.
    async fn forget_events(&self, before: Timestamp) -> Result<u64>;
}

/// Orders to delete the objects of assets, sent to a queue until they are carried out.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait OrderRepo: Send + Sync {
    /// Marks an asset as being deleted and leaves the order for that, in one transaction. One
    /// that is being deleted already stays so, with the order there is: an asset has an order
    /// as long as it is `deleting`.
    ///
    /// # Errors
    /// [`NoAsset`](crate::Error::NoAsset), also of one that is deleted;
    /// [`AssetChanged`](crate::Error::AssetChanged) when its revision is not `if_revision`,
    /// even if it is being deleted already.
    async fn order_deletion(
        &self,
        id: AssetId,
        if_revision: Option<u64>,
        now: Timestamp,
    ) -> Result<Asset>;

    /// Up to `limit` orders that are to be sent: first those that never were, by the time they
    /// were given, then those that were last sent before `sent_before`, by that time.
    async fn due_orders(&self, sent_before: Timestamp, limit: u32) -> Result<Vec<DeletionOrder>>;

    /// Notes that orders were sent; those that are gone are passed over.
    async fn orders_sent(&self, ids: &[OrderId], now: Timestamp) -> Result<()>;

    /// The order to delete the asset at a place, if there is one.
    async fn order_at(&self, place: &AssetPlace) -> Result<Option<DeletionOrder>>;
}

/// Objects that were found bad and lie aside.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait QuarantineRepo: Send + Sync {
    /// Up to `limit` of them that come after another one, which need not be there any more:
    /// oldest first; of one bucket if one is named.
    #[cfg_attr(feature = "mock", mockall::concretize)]
    async fn quarantined(
        &self,
        bucket: Option<&BucketName>,
        after: Option<QuarantineId>,
        limit: u32,
    ) -> Result<Vec<Quarantined>>;

    /// The one with an identity.
    ///
    /// # Errors
    /// [`NotQuarantined`](crate::Error::NotQuarantined).
    async fn quarantined_by_id(&self, id: QuarantineId) -> Result<Quarantined>;

    /// Makes it known that somebody lets it in nevertheless: whatever the next verdict on an
    /// object at its place says, it is taken for valid, and so are later ones on the same
    /// state until another state is judged. Of several such releases to one place the last
    /// one counts.
    ///
    /// # Errors
    /// [`NotQuarantined`](crate::Error::NotQuarantined).
    async fn begin_release(&self, id: QuarantineId, now: Timestamp) -> Result<Quarantined>;

    /// Ends that: the object lies at its place again, in this state, and its asset is valid
    /// with its reasons as warnings. It is valid in this state for good, until another state
    /// is judged. It is under quarantine no more.
    ///
    /// If another state was judged meanwhile, that is what is known of the place: the asset
    /// stays as it is, and a verdict on this state will make it valid. It stays `deleting`,
    /// too, if it is this very state that is being deleted.
    ///
    /// # Errors
    /// [`NotQuarantined`](crate::Error::NotQuarantined).
    async fn end_release(
        &self,
        id: QuarantineId,
        state: &ObjectState,
        now: Timestamp,
    ) -> Result<Asset>;

    /// Takes back [`begin_release`](Self::begin_release), unless a verdict has made use of it.
    ///
    /// # Errors
    /// [`NotQuarantined`](crate::Error::NotQuarantined).
    async fn cancel_release(&self, id: QuarantineId, now: Timestamp) -> Result<()>;

    /// Forgets one whose object is gone, and takes back its release if that has begun; one that
    /// is not there is no error. Its asset, if it is quarantined in this state, is `deleted`
    /// then.
    async fn forget_quarantined(&self, id: QuarantineId, now: Timestamp) -> Result<()>;
}
