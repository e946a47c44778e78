//! The upkeep's part of the catalogue.

use std::path::Path;

use async_trait::async_trait;
use studio_domain::{Check, ObjectKey, RemovalId, StoreUrl, Timestamp};

use super::{SqliteCatalog, claims, objects, removals, snapshot};
use crate::{
    CareRepo, EndedClaim, ObjectPosition, ObjectUse, Removal, RemovalPermit, Result, StoredObject,
    Volume,
};

#[async_trait]
impl CareRepo for SqliteCatalog {
    async fn objects_to_check(
        &self,
        store: &StoreUrl,
        after: Option<&ObjectPosition>,
        limit: u32,
    ) -> Result<Vec<StoredObject>> {
        let (store, after) = (store.clone(), after.cloned());
        self.connections
            .read("list objects to check", move |c| {
                objects::to_check(c, &store, after.as_ref(), limit)
            })
            .await
    }

    async fn keep_objects(&self, objects: &[StoredObject]) -> Result<()> {
        let objects = objects.to_vec();
        self.connections.write("keep objects", move |c| objects::keep(c, &objects)).await
    }

    async fn record_checks(&self, store: &StoreUrl, checks: &[(ObjectKey, Check)]) -> Result<()> {
        let (store, checks) = (store.clone(), checks.to_vec());
        self.connections
            .write("record checks", move |c| objects::record_checks(c, &store, &checks))
            .await
    }

    async fn uses(
        &self,
        store: &StoreUrl,
        keys: &[ObjectKey],
        now: Timestamp,
    ) -> Result<Vec<ObjectUse>> {
        let (store, keys) = (store.clone(), keys.to_vec());
        self.connections
            .read("look up objects", move |c| objects::uses(c, &store, &keys, now))
            .await
    }

    async fn volume(&self, store: &StoreUrl) -> Result<Volume> {
        let store = store.clone();
        self.connections.read("add up objects", move |c| objects::volume(c, &store)).await
    }

    async fn propose_removal(
        &self,
        store: &StoreUrl,
        object_key: &ObjectKey,
        at: Timestamp,
    ) -> Result<Removal> {
        let (store, object_key) = (store.clone(), object_key.clone());
        self.connections
            .write("write a removal down", move |c| removals::propose(c, store, object_key, at))
            .await
    }

    async fn claim_removal(
        &self,
        id: RemovalId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<RemovalPermit> {
        self.connections
            .write("take a removal in hand", move |c| removals::claim(c, id, now, until))
            .await
    }

    async fn removals(&self, limit: u32) -> Result<Vec<Removal>> {
        self.connections.read("list removals", move |c| removals::oldest(c, limit)).await
    }

    async fn finish_removal(&self, id: RemovalId) -> Result<()> {
        self.connections.write("finish a removal", move |c| removals::finish(c, id)).await
    }

    async fn ended_claims(&self, now: Timestamp, limit: u32) -> Result<Vec<EndedClaim>> {
        self.connections.read("list ended claims", move |c| claims::ended(c, now, limit)).await
    }

    async fn forget_claims(&self, now: Timestamp) -> Result<usize> {
        self.connections.write("drop ended claims", move |c| claims::forget(c, now)).await
    }

    async fn snapshot(&self, to: &Path) -> Result<()> {
        let to = to.to_owned();
        self.connections.alone(snapshot::ACTION, move |c| snapshot::write(c, &to)).await
    }
}
