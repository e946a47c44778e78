//! Carrying out the order to delete an asset's object.

use studio_blob::Error as StoreError;
use studio_blob::intake::{FoundObject, Intake, Removal};
use studio_domain::{
    Asset, AssetEvent, AssetPlace, AssetStatus, DeletionOrder, EventKind, ObjectState, Timestamp,
};
use studio_repo::{Judged, Judgement, Settlement};

use super::Ingest;
use super::judge::reason;
use crate::Result;

/// How much later than its event an object may say that it was written: both times are the
/// bucket's, one of them in whole seconds.
const SLACK_MICROS: i64 = 2_000_000;

/// What asks for the deletion of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeletionRequest {
    /// The object's place.
    pub place: AssetPlace,
    /// Which bytes are meant, if that was said.
    pub state: ObjectState,
    /// When it was ordered, if an asset service of ours says so: then there is an order, or
    /// it was taken back.
    pub ordered_at: Option<Timestamp>,
    /// When the message was sent, by the queue's clock.
    pub sent_at: Option<Timestamp>,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// The object was there and was removed.
    Removed,
    /// There was no object.
    Gone,
    /// There is another object by now, which stays.
    Replaced,
    /// The order was taken back: the file was uploaded again, or it is done.
    Void,
}

impl Deletion {
    /// Its stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Removed => "removed",
            Self::Gone => "gone",
            Self::Replaced => "replaced",
            Self::Void => "void",
        }
    }
}

impl Ingest {
    /// Deletes the object that a request means: the one that was known when its deletion was
    /// ordered, and no later one under the same key.
    ///
    /// # Errors
    /// [`OtherBucket`](crate::Error::OtherBucket); whatever the bucket or the catalogue say.
    pub async fn delete(&self, request: &DeletionRequest) -> Result<Deletion> {
        let intake = self.intake(&request.place.bucket)?;
        let (asset, order) = self.asset_and_order(&request.place).await?;
        if order.is_none() && request.ordered_at.is_some() && asset.is_some() {
            return Ok(Deletion::Void);
        }
        let meant = match &order {
            Some(order) => &order.state,
            None => &request.state,
        };
        let deletion = remove_meant(&**intake, request, meant, asset.as_ref()).await?;
        if let Some(asset) = asset {
            self.settle_deletion(&asset, deletion).await?;
        }
        Ok(deletion)
    }

    /// What is known of a place, and the order to delete it, both as they were at one time:
    /// with the order from before an upload and the asset from after it, the order would seem
    /// to mean what was uploaded.
    async fn asset_and_order(
        &self,
        place: &AssetPlace,
    ) -> Result<(Option<Asset>, Option<DeletionOrder>)> {
        let (assets, orders) = (&self.known.assets, &self.known.orders);
        let mut asset = assets.asset_at(Some(&place.bucket), &place.key).await?;
        loop {
            let order = orders.order_at(place).await?;
            let after = assets.asset_at(Some(&place.bucket), &place.key).await?;
            if after == asset {
                return Ok((asset, order));
            }
            asset = after;
        }
    }

    /// Says of the asset that its object is gone.
    async fn settle_deletion(&self, asset: &Asset, deletion: Deletion) -> Result<()> {
        let (assets, now) = (&self.known.assets, self.now());
        if asset.status == AssetStatus::Deleting {
            assets.settle(asset.id, &asset.state, &Settlement::Deleted, now).await?;
            return Ok(());
        }
        if deletion == Deletion::Removed {
            // By the word of another service: as if the bucket had told.
            let event = AssetEvent {
                place: asset.place.clone(),
                kind: EventKind::Removed,
                state: asset.state.clone(),
                size: None,
                moment: asset.moment.clone(),
            };
            let reason = reason("deleted", "its deletion was ordered");
            let (state, judgement) = (asset.state.clone(), Judgement::Gone { reason });
            let judged = Judged { event, state, size: None, judgement, profile: None };
            assets.record(&judged, now).await?;
        }
        Ok(())
    }
}

/// Removes the object, if it is the one that is meant.
async fn remove_meant(
    intake: &dyn Intake,
    request: &DeletionRequest,
    meant: &ObjectState,
    asset: Option<&Asset>,
) -> Result<Deletion> {
    let DeletionRequest { place, .. } = request;
    let found = match intake.head(&place.key).await {
        Ok(found) => found,
        Err(StoreError::NotFound { .. }) => return Ok(Deletion::Gone),
        Err(error) => return Err(error.into()),
    };
    if !is_meant(&found, meant, asset, request) {
        return Ok(Deletion::Replaced);
    }
    Ok(match intake.remove(&place.key, &found.state).await? {
        Removal::Removed => Deletion::Removed,
        Removal::Gone => Deletion::Gone,
        Removal::Changed => Deletion::Replaced,
    })
}

/// Whether an object is the one that was to be deleted.
fn is_meant(
    found: &FoundObject,
    meant: &ObjectState,
    asset: Option<&Asset>,
    request: &DeletionRequest,
) -> bool {
    if *meant != ObjectState::default() {
        if !found.state.is_same(meant) {
            return false;
        }
        // The same bytes uploaded again have the same ETag; but they were written later than
        // the bucket said of those that the asset knows.
        let known_at = asset
            .filter(|asset| found.state.version_id.is_none() && asset.state.is_same(meant))
            .and_then(|asset| asset.moment.at);
        return !is_later(found.modified, known_at);
    }
    // An order by name alone means what was there when it was sent.
    !is_later(found.modified, request.sent_at)
}

fn is_later(modified: Option<Timestamp>, than: Option<Timestamp>) -> bool {
    let both = modified.zip(than);
    both.is_some_and(|(at, than)| at.as_micros() > than.as_micros().saturating_add(SLACK_MICROS))
}
