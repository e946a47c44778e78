//! What is known of the files that others put into buckets, for a service that tells of it.

mod relay;

use std::fmt;
use std::sync::Arc;

use studio_domain::{
    Asset, AssetEvent, AssetFacts, AssetId, AssetKey, AssetStatus, BucketName, Moment, Timestamp,
};
use studio_repo::{
    AssetFilter, AssetRepo, Error as RepoError, Judged, Judgement, NewAsset, OrderRepo, Registered,
    Standing,
};
use tokio::sync::Notify;
use uuid::Uuid;

pub use self::relay::{Relay, RelayOptions, RelayWatch};
use crate::Result;
use crate::studio::{Clock, system_time};

/// How often the order to delete a file is tried again when the file changes meanwhile.
const TRIES: usize = 8;

/// The assets of a catalogue.
#[derive(Clone)]
pub struct Assets {
    assets: Arc<dyn AssetRepo>,
    orders: Arc<dyn OrderRepo>,
    /// Told of each order, so that the relay need not wait for its next look.
    ordered: Arc<Notify>,
    clock: Clock,
}

impl fmt::Debug for Assets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assets").finish_non_exhaustive()
    }
}

/// What came of telling of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// What it did.
    pub change: Change,
    /// The asset as it is from now on.
    pub asset: Asset,
}

/// What telling of an asset did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// The asset is new, or was deleted before.
    New,
    /// The asset was there, and now has what was told.
    Updated,
    /// Nothing: it was there, and what was told is known or out of date.
    Nothing,
}

/// A part of a listing, and what comes after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssetList {
    /// The assets.
    pub items: Vec<Asset>,
    /// The last of them, if others come after it.
    pub next: Option<AssetId>,
}

impl Assets {
    /// The assets of a catalogue that does both.
    pub fn new<R: AssetRepo + OrderRepo + 'static>(catalog: Arc<R>) -> Self {
        Self::from_parts(catalog.clone(), catalog)
    }

    /// The assets of a catalogue in two parts.
    pub fn from_parts(assets: Arc<dyn AssetRepo>, orders: Arc<dyn OrderRepo>) -> Self {
        Self { assets, orders, ordered: Arc::default(), clock: Arc::new(system_time) }
    }

    /// Goes by another clock from now on: for tests of what takes days.
    pub fn with_clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    /// Takes in that a file lies somewhere and is good.
    ///
    /// Without the name of a state this is somebody's word, and an asset that is there
    /// already stays as it is. With one it is a verdict on these bytes: it has its effect
    /// once however often it is told, takes the place of an older one, and never that of a
    /// younger one.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn register(&self, event: AssetEvent, facts: AssetFacts) -> Result<Registration> {
        if event.state.etag.is_none() && event.state.version_id.is_none() {
            return self.register_by_name(event, facts).await;
        }
        let before = match self.assets.standing(&event).await? {
            Standing::New(before) => before,
            // Without a time or a sequencer it is told in the same words each time, also of
            // the same bytes put there again after they were deleted.
            Standing::Seen(Some(asset))
                if event.moment == Moment::default() && asset.status == AssetStatus::Deleted =>
            {
                return self.register_by_name(event, facts).await;
            }
            Standing::Seen(Some(asset)) | Standing::Older(asset) => {
                return Ok(Registration { change: Change::Nothing, asset: *asset });
            }
            // Known, and yet nothing came of it: what is told now is more than that.
            Standing::Seen(None) => return self.register_by_name(event, facts).await,
        };
        let judged = Judged {
            state: event.state.clone(),
            size: event.size,
            judgement: Judgement::Valid { facts: facts.clone(), warnings: Vec::new() },
            profile: None,
            event,
        };
        match self.assets.record(&judged, self.now()).await? {
            Standing::New(Some(asset)) => {
                let change = match before.map(|before| before.status) {
                    _ if asset.status != AssetStatus::Valid => Change::Nothing,
                    None | Some(AssetStatus::Deleted) => Change::New,
                    Some(_) => Change::Updated,
                };
                Ok(Registration { change, asset: *asset })
            }
            // Somebody else told of it meanwhile.
            Standing::Seen(Some(asset)) | Standing::Older(asset) => {
                Ok(Registration { change: Change::Nothing, asset: *asset })
            }
            Standing::New(None) | Standing::Seen(None) => {
                self.register_by_name(judged.event, facts).await
            }
        }
    }

    async fn register_by_name(&self, event: AssetEvent, facts: AssetFacts) -> Result<Registration> {
        let new = NewAsset { place: event.place, state: event.state, size: event.size, facts };
        Ok(match self.assets.register(&new, self.now()).await? {
            Registered::New(asset) => Registration { change: Change::New, asset },
            Registered::Known(asset) => Registration { change: Change::Nothing, asset },
        })
    }

    /// The valid asset with a key; without a bucket, the one that changed last.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn find(&self, bucket: Option<&BucketName>, key: &AssetKey) -> Result<Option<Asset>> {
        let found = self.assets.asset_at(bucket, key).await?;
        Ok(found.filter(|asset| asset.status == AssetStatus::Valid))
    }

    /// The asset with an identity, whatever its status.
    ///
    /// # Errors
    /// [`NoAsset`](RepoError::NoAsset), and those of the catalogue.
    pub async fn get(&self, id: AssetId) -> Result<Asset> {
        Ok(self.assets.asset(id).await?)
    }

    /// Up to `limit` assets by bucket and key that come after another one.
    ///
    /// # Errors
    /// [`NoAsset`](RepoError::NoAsset) when there is none with the identity `after`, and
    /// those of the catalogue.
    pub async fn list(
        &self,
        filter: &AssetFilter,
        after: Option<AssetId>,
        limit: u32,
    ) -> Result<AssetList> {
        let mut items = self.assets.assets(filter, after, limit.saturating_add(1)).await?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|asset| asset.id);
        Ok(AssetList { items, next })
    }

    /// Orders the deletion of the object of an asset, and gives the asset as it is from now
    /// on. One whose deletion was ordered already stays as it is.
    ///
    /// # Errors
    /// [`NoAsset`](RepoError::NoAsset), also of one that is deleted;
    /// [`AssetChanged`](RepoError::AssetChanged) when its revision is not `if_revision`; and
    /// those of the catalogue.
    pub async fn order_deletion(&self, id: AssetId, if_revision: Option<u64>) -> Result<Asset> {
        let asset = self.orders.order_deletion(id, if_revision, self.now()).await?;
        self.ordered.notify_one();
        Ok(asset)
    }

    /// Orders the deletion of the valid asset with a key; without a bucket, of the one that
    /// changed last. Of several that ask at once, one gets it.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn order_deletion_at(
        &self,
        bucket: Option<&BucketName>,
        key: &AssetKey,
    ) -> Result<Option<Asset>> {
        let mut tries = 0;
        loop {
            let Some(asset) = self.find(bucket, key).await? else { return Ok(None) };
            tries += 1;
            match self.order_deletion(asset.id, Some(asset.revision)).await {
                Err(crate::Error::Catalog(RepoError::AssetChanged { .. })) if tries < TRIES => {}
                Err(crate::Error::Catalog(RepoError::NoAsset { .. })) => return Ok(None),
                ordered => return ordered.map(Some),
            }
        }
    }

    /// How many assets there are of each status that any has.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn counts(&self) -> Result<Vec<(AssetStatus, u64)>> {
        Ok(self.assets.count_assets().await?)
    }

    /// Whether the catalogue answers at all.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn ping(&self) -> Result<()> {
        match self.assets.asset(AssetId::from_uuid(Uuid::nil())).await {
            Ok(_) | Err(RepoError::NoAsset { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }
}
