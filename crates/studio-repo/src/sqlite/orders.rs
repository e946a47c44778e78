//! Orders to delete the objects of assets.

use async_trait::async_trait;
use diesel::dsl::{IntoBoxed, Select, exists, select};
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{Asset, AssetId, AssetPlace, AssetStatus, DeletionOrder, OrderId, Timestamp};
use uuid::Uuid;

use super::SqliteCatalog;
use super::asset_rows::{OrderRow, key_bytes};
use super::assets::{save, with_id};
use super::error::Outcome;
use super::schema::{assets, deletion_orders};
use super::write::bytes;
use crate::{Error, MAX_PAGE, OrderRepo, Result};

#[async_trait]
impl OrderRepo for SqliteCatalog {
    async fn order_deletion(
        &self,
        id: AssetId,
        if_revision: Option<u64>,
        now: Timestamp,
    ) -> Result<Asset> {
        self.connections
            .write("order the deletion of an asset", move |c| order(c, id, if_revision, now))
            .await
    }

    async fn due_orders(&self, sent_before: Timestamp, limit: u32) -> Result<Vec<DeletionOrder>> {
        self.connections.read("list orders to delete", move |c| due(c, sent_before, limit)).await
    }

    async fn orders_sent(&self, ids: &[OrderId], now: Timestamp) -> Result<()> {
        let ids = ids.to_vec();
        self.connections.write("note that orders were sent", move |c| sent(c, &ids, now)).await
    }

    async fn order_at(&self, place: &AssetPlace) -> Result<Option<DeletionOrder>> {
        let place = place.clone();
        self.connections
            .read("look for an order to delete", move |c| {
                let row: Option<OrderRow> = at_place(&place).first(c).optional()?;
                row.map(OrderRow::into_order).transpose()
            })
            .await
    }
}

fn order(
    c: &mut SqliteConnection,
    id: AssetId,
    if_revision: Option<u64>,
    now: Timestamp,
) -> Outcome<Asset> {
    let kept = with_id(c, id)?;
    if kept.asset.status == AssetStatus::Deleted {
        return Err(Error::NoAsset { id }.into());
    }
    let found = kept.asset.revision;
    if if_revision.is_some_and(|expected| expected != found) {
        return Err(Error::AssetChanged { id, found }.into());
    }
    let of_asset = deletion_orders::table.filter(deletion_orders::asset_id.eq(bytes(id.as_uuid())));
    if !select(exists(of_asset)).get_result(c)? {
        diesel::insert_into(deletion_orders::table)
            .values((
                deletion_orders::id.eq(bytes(&Uuid::now_v7())),
                deletion_orders::asset_id.eq(bytes(id.as_uuid())),
                deletion_orders::etag.eq(&kept.asset.state.etag),
                deletion_orders::version_id.eq(&kept.asset.state.version_id),
                deletion_orders::ordered_at.eq(now.as_micros()),
            ))
            .execute(c)?;
    }
    let mut next = kept.clone();
    next.asset.status = AssetStatus::Deleting;
    save(c, Some(kept), next, now)
}

/// Ends the order to delete an asset.
pub(super) fn end(c: &mut SqliteConnection, id: AssetId) -> Outcome<()> {
    let of_asset = deletion_orders::table.filter(deletion_orders::asset_id.eq(bytes(id.as_uuid())));
    diesel::delete(of_asset).execute(c)?;
    Ok(())
}

/// Orders with the assets that they are on.
#[diesel::dsl::auto_type]
fn placed_orders() -> _ {
    deletion_orders::table.inner_join(assets::table)
}

/// A query for orders.
type Orders =
    IntoBoxed<'static, Select<placed_orders, diesel::dsl::AsSelect<OrderRow, Sqlite>>, Sqlite>;

fn orders() -> Orders {
    placed_orders().select(OrderRow::as_select()).into_boxed()
}

fn due(
    c: &mut SqliteConnection,
    sent_before: Timestamp,
    limit: u32,
) -> Outcome<Vec<DeletionOrder>> {
    let limit = i64::from(limit.clamp(1, MAX_PAGE));
    // Two searches of one index, where one condition with OR would be a scan.
    let mut rows: Vec<OrderRow> = never_sent(limit).load(c)?;
    let left = limit - i64::try_from(rows.len()).unwrap_or(limit);
    if left > 0 {
        rows.extend(last_sent(sent_before, left).load(c)?);
    }
    rows.into_iter().map(OrderRow::into_order).collect()
}

fn never_sent(limit: i64) -> Orders {
    orders()
        .filter(deletion_orders::sent_at.is_null())
        .order((deletion_orders::ordered_at, deletion_orders::id))
        .limit(limit)
}

fn last_sent(before: Timestamp, limit: i64) -> Orders {
    orders()
        .filter(deletion_orders::sent_at.lt(before.as_micros()))
        .order((deletion_orders::sent_at, deletion_orders::ordered_at, deletion_orders::id))
        .limit(limit)
}

fn sent(c: &mut SqliteConnection, ids: &[OrderId], now: Timestamp) -> Outcome<()> {
    for id in ids {
        diesel::update(deletion_orders::table.find(bytes(id.as_uuid())))
            .set(deletion_orders::sent_at.eq(now.as_micros()))
            .execute(c)?;
    }
    Ok(())
}

fn at_place(place: &AssetPlace) -> Orders {
    orders()
        .filter(assets::bucket.eq(place.bucket.to_string()))
        .filter(assets::object_key.eq(key_bytes(&place.key).to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sqlite::error::Failure;
    use crate::sqlite::plan::{assert_leads, plan};

    #[tokio::test]
    async fn orders_are_searched_and_never_sorted() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| -> Outcome<()> {
            let never = plan(c, never_sent(10))?;
            assert_leads("never sent", &never, "deletion_orders_by_sending (sent_at=?)");
            let last = plan(c, last_sent(Timestamp::from_micros(7), 10))?;
            let leads = "deletion_orders_by_sending (sent_at<?)";
            assert_leads("last sent", &last, leads);
            let bucket = "b".parse().map_err(Failure::bad_row)?;
            let place = AssetPlace { bucket, key: "k".parse().map_err(Failure::bad_row)? };
            let found = plan(c, at_place(&place).limit(1))?;
            assert_leads("at a place", &found, "(bucket=? AND object_key=?)");
            assert!(found[1].contains("(asset_id=?)"), "{found:?}");
            Ok(())
        };
        catalog.connections.read("explain the orders", explain).await
    }
}
