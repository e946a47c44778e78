//! A catalogue that fails when it is told to: before it does what is asked, or after.
#![allow(dead_code, reason = "each target has a use for a part of it")]

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use studio_core::SqliteCatalog;
use studio_core::ingest::AssetRepositories;
use studio_core::repo::{
    AssetFilter, AssetRepo, Error, Judged, NewAsset, OrderRepo, Registered, Result, Settlement,
    Standing,
};
use studio_domain::{
    Asset, AssetEvent, AssetId, AssetKey, AssetPlace, AssetStatus, BucketName, DeletionOrder,
    ObjectState, OrderId, Reason, Timestamp,
};

use crate::dice::Dice;

pub(crate) struct Flaky {
    inner: Arc<SqliteCatalog>,
    /// How many calls in a hundred fail; at most so many of them.
    failing: Mutex<(Dice, usize, usize)>,
}

impl Flaky {
    pub(crate) fn new(inner: Arc<SqliteCatalog>, dice: Dice) -> Arc<Self> {
        Arc::new(Self { inner, failing: Mutex::new((dice, 0, 0)) })
    }

    pub(crate) fn fail(&self, percent: usize, most: usize) {
        let mut failing = self.failing.lock().unwrap();
        (failing.1, failing.2) = (percent, most);
    }

    /// The views on it; nothing is known to fail with what lies aside.
    pub(crate) fn repositories(self: &Arc<Self>) -> AssetRepositories {
        AssetRepositories {
            assets: self.clone(),
            orders: self.clone(),
            quarantine: self.inner.clone(),
        }
    }

    /// Lets a moment pass, and others come in between.
    async fn luck(&self) -> Result<()> {
        let (wait, fails) = {
            let (dice, percent, left) = &mut *self.failing.lock().unwrap();
            let fails = *left > 0 && dice.percent(*percent);
            *left -= usize::from(fails);
            (dice.below(20), fails)
        };
        tokio::time::sleep(Duration::from_millis(wait as u64)).await;
        match fails {
            true => Err(Error::Busy { action: "do anything" }),
            false => Ok(()),
        }
    }
}

/// Does it between two chances to fail.
macro_rules! flaky {
    ($self:ident, $call:expr) => {{
        $self.luck().await?;
        let answer = $call.await;
        $self.luck().await?;
        answer
    }};
}

#[async_trait]
impl AssetRepo for Flaky {
    async fn standing(&self, event: &AssetEvent) -> Result<Standing> {
        flaky!(self, self.inner.standing(event))
    }

    async fn record(&self, judged: &Judged, now: Timestamp) -> Result<Standing> {
        flaky!(self, self.inner.record(judged, now))
    }

    async fn receive(&self, event: &AssetEvent, reason: &Reason, now: Timestamp) -> Result<Asset> {
        flaky!(self, self.inner.receive(event, reason, now))
    }

    async fn register(&self, new: &NewAsset, now: Timestamp) -> Result<Registered> {
        flaky!(self, self.inner.register(new, now))
    }

    async fn settle(
        &self,
        id: AssetId,
        state: &ObjectState,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Result<Asset> {
        flaky!(self, self.inner.settle(id, state, settlement, now))
    }

    async fn asset(&self, id: AssetId) -> Result<Asset> {
        flaky!(self, self.inner.asset(id))
    }

    async fn asset_at(&self, bucket: Option<&BucketName>, key: &AssetKey) -> Result<Option<Asset>> {
        flaky!(self, self.inner.asset_at(bucket, key))
    }

    async fn assets(
        &self,
        filter: &AssetFilter,
        after: Option<AssetId>,
        limit: u32,
    ) -> Result<Vec<Asset>> {
        flaky!(self, self.inner.assets(filter, after, limit))
    }

    async fn count_assets(&self) -> Result<Vec<(AssetStatus, u64)>> {
        flaky!(self, self.inner.count_assets())
    }

    async fn forget_events(&self, before: Timestamp) -> Result<u64> {
        flaky!(self, self.inner.forget_events(before))
    }
}

#[async_trait]
impl OrderRepo for Flaky {
    async fn order_deletion(
        &self,
        id: AssetId,
        if_revision: Option<u64>,
        now: Timestamp,
    ) -> Result<Asset> {
        flaky!(self, self.inner.order_deletion(id, if_revision, now))
    }

    async fn due_orders(&self, sent_before: Timestamp, limit: u32) -> Result<Vec<DeletionOrder>> {
        flaky!(self, self.inner.due_orders(sent_before, limit))
    }

    async fn orders_sent(&self, ids: &[OrderId], now: Timestamp) -> Result<()> {
        flaky!(self, self.inner.orders_sent(ids, now))
    }

    async fn order_at(&self, place: &AssetPlace) -> Result<Option<DeletionOrder>> {
        flaky!(self, self.inner.order_at(place))
    }
}
