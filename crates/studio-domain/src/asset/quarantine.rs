//! What became of objects that were found bad, or that somebody wants to be rid of.

use super::{AssetKey, AssetPlace, ObjectState, Reason};
use crate::{AssetId, OrderId, QuarantineId, Timestamp};

/// An object that was found bad and lies aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quarantined {
    /// Identity.
    pub id: QuarantineId,
    /// The asset that it was.
    pub asset: AssetId,
    /// Where it lay.
    pub place: AssetPlace,
    /// Where it lies now, in the same bucket.
    pub stored_as: AssetKey,
    /// Which bytes it had where it lay.
    pub state: ObjectState,
    /// How many bytes, where that is known.
    pub size: Option<u64>,
    /// Why it was found bad.
    pub reasons: Vec<Reason>,
    /// Since when it lies aside.
    pub at: Timestamp,
}

/// The order to delete an object, from the decision until it is carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionOrder {
    /// Identity.
    pub id: OrderId,
    /// The asset.
    pub asset: AssetId,
    /// Where it lies.
    pub place: AssetPlace,
    /// Which bytes it had when its deletion was ordered: others stay.
    pub state: ObjectState,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// When it was last sent to the queue.
    pub sent_at: Option<Timestamp>,
}
