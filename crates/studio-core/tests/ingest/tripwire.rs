//! An intake and a catalogue in which something happens before and after each call.

use std::future::Future;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use studio_core::blob::intake::{FoundObject, Intake, Piece, Relocation, Removal};
use studio_core::blob::{self, Attributes};
use studio_core::ingest::AssetRepositories;
use studio_core::repo::{
    self, AssetFilter, AssetRepo, Judged, NewAsset, OrderRepo, QuarantineRepo, Registered,
    Settlement, Standing,
};
use studio_core::{ObjectKey, SqliteCatalog, StoreUrl, Timestamp};
use studio_domain::{
    Asset, AssetEvent, AssetId, AssetKey, AssetPlace, AssetStatus, BucketName, DeletionOrder,
    ObjectState, OrderId, QuarantineId, Quarantined, Reason,
};

/// At which side of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Before,
    After,
}

/// Does something, and tells whether the call is to fail there.
pub(crate) type Hook = Arc<dyn Fn(&'static str, Side) -> bool + Send + Sync>;

pub(crate) struct WiredIntake {
    pub(crate) inner: Arc<dyn Intake>,
    pub(crate) hook: Hook,
}

fn cut_off(name: &str) -> blob::Error {
    blob::Error::Interrupted { object: name.to_owned(), source: "by the test".into() }
}

impl WiredIntake {
    async fn call<T>(
        &self,
        name: &'static str,
        work: impl Future<Output = blob::Result<T>> + Send,
    ) -> blob::Result<T> {
        if (self.hook)(name, Side::Before) {
            return Err(cut_off(name));
        }
        let answer = work.await;
        match (self.hook)(name, Side::After) {
            true => Err(cut_off(name)),
            false => answer,
        }
    }
}

#[async_trait]
impl Intake for WiredIntake {
    fn bucket(&self) -> &BucketName {
        self.inner.bucket()
    }

    async fn head(&self, key: &AssetKey) -> blob::Result<FoundObject> {
        self.call("head", self.inner.head(key)).await
    }

    async fn read(
        &self,
        key: &AssetKey,
        range: Range<u64>,
        state: &ObjectState,
    ) -> blob::Result<Piece> {
        self.call("read", self.inner.read(key, range, state)).await
    }

    async fn remove(&self, key: &AssetKey, state: &ObjectState) -> blob::Result<Removal> {
        self.call("remove", self.inner.remove(key, state)).await
    }

    async fn relocate(
        &self,
        key: &AssetKey,
        state: &ObjectState,
        to: &AssetKey,
        only_new: bool,
    ) -> blob::Result<Relocation> {
        self.call("relocate", self.inner.relocate(key, state, to, only_new)).await
    }

    async fn list(&self, prefix: &str, after: Option<AssetKey>) -> blob::Result<Vec<FoundObject>> {
        self.call("list", self.inner.list(prefix, after)).await
    }

    async fn local_file(&self, found: &FoundObject) -> blob::Result<Option<PathBuf>> {
        self.call("local_file", self.inner.local_file(found)).await
    }

    fn hands_over_to(&self, store: &StoreUrl) -> bool {
        self.inner.hands_over_to(store)
    }

    async fn hand_over(
        &self,
        found: &FoundObject,
        store: &StoreUrl,
        object: &ObjectKey,
        attributes: &Attributes,
    ) -> blob::Result<()> {
        self.call("hand_over", self.inner.hand_over(found, store, object, attributes)).await
    }
}

pub(crate) struct WiredCatalog {
    inner: Arc<SqliteCatalog>,
    hook: Hook,
}

impl WiredCatalog {
    pub(crate) fn repositories(inner: Arc<SqliteCatalog>, hook: Hook) -> AssetRepositories {
        Arc::new(Self { inner, hook }).into()
    }

    async fn call<T>(
        &self,
        name: &'static str,
        work: impl Future<Output = repo::Result<T>> + Send,
    ) -> repo::Result<T> {
        if (self.hook)(name, Side::Before) {
            return Err(repo::Error::Busy { action: name });
        }
        let answer = work.await;
        match (self.hook)(name, Side::After) {
            true => Err(repo::Error::Busy { action: name }),
            false => answer,
        }
    }
}

macro_rules! wire {
    ($trait:ident: $(fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl $trait for WiredCatalog {
            $(
                async fn $name(&self, $($argument: $type),*) -> repo::Result<$answer> {
                    self.call(stringify!($name), self.inner.$name($($argument),*)).await
                }
            )*
        }
    };
}

wire! { AssetRepo:
    fn standing(event: &AssetEvent) -> Standing;
    fn record(judged: &Judged, now: Timestamp) -> Standing;
    fn receive(event: &AssetEvent, reason: &Reason, now: Timestamp) -> Asset;
    fn register(new: &NewAsset, now: Timestamp) -> Registered;
    fn settle(id: AssetId, state: &ObjectState, settlement: &Settlement, now: Timestamp) -> Asset;
    fn asset(id: AssetId) -> Asset;
    fn asset_at(bucket: Option<&BucketName>, key: &AssetKey) -> Option<Asset>;
    fn assets(filter: &AssetFilter, after: Option<AssetId>, limit: u32) -> Vec<Asset>;
    fn count_assets() -> Vec<(AssetStatus, u64)>;
    fn forget_events(before: Timestamp) -> u64;
}

wire! { OrderRepo:
    fn order_deletion(id: AssetId, if_revision: Option<u64>, now: Timestamp) -> Asset;
    fn due_orders(sent_before: Timestamp, limit: u32) -> Vec<DeletionOrder>;
    fn orders_sent(ids: &[OrderId], now: Timestamp) -> ();
    fn order_at(place: &AssetPlace) -> Option<DeletionOrder>;
}

wire! { QuarantineRepo:
    fn quarantined(
        bucket: Option<&BucketName>,
        after: Option<QuarantineId>,
        limit: u32
    ) -> Vec<Quarantined>;
    fn quarantined_by_id(id: QuarantineId) -> Quarantined;
    fn begin_release(id: QuarantineId, now: Timestamp) -> Quarantined;
    fn end_release(id: QuarantineId, state: &ObjectState, now: Timestamp) -> Asset;
    fn cancel_release(id: QuarantineId, now: Timestamp) -> ();
    fn forget_quarantined(id: QuarantineId, now: Timestamp) -> ();
}
