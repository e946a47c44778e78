//! Objects that were found bad and lie aside.

use async_trait::async_trait;
use diesel::dsl::{AsSelect, IntoBoxed, Select};
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{Asset, BucketName, ObjectState, QuarantineId, Quarantined, Timestamp};

use super::SqliteCatalog;
use super::asset_rows::QuarantineRow;
use super::asset_rules::Waiver;
use super::assets::{save, with_id};
use super::error::Outcome;
use super::schema::quarantine;
use super::write::bytes;
use crate::{Error, MAX_PAGE, QuarantineRepo, Result};

#[async_trait]
impl QuarantineRepo for SqliteCatalog {
    async fn quarantined(
        &self,
        bucket: Option<&BucketName>,
        after: Option<QuarantineId>,
        limit: u32,
    ) -> Result<Vec<Quarantined>> {
        let bucket = bucket.cloned();
        self.connections
            .read("list the quarantine", move |c| {
                let rows = listing(bucket.as_ref(), after, limit).load(c)?;
                rows.into_iter().map(QuarantineRow::into_quarantined).collect()
            })
            .await
    }

    async fn quarantined_by_id(&self, id: QuarantineId) -> Result<Quarantined> {
        self.connections.read("look into the quarantine", move |c| with(c, id)).await
    }

    async fn begin_release(&self, id: QuarantineId, now: Timestamp) -> Result<Quarantined> {
        self.connections.write("begin a release", move |c| begin(c, id, now)).await
    }

    async fn end_release(
        &self,
        id: QuarantineId,
        state: &ObjectState,
        now: Timestamp,
    ) -> Result<Asset> {
        let state = state.clone();
        self.connections.write("end a release", move |c| end(c, id, &state, now)).await
    }

    async fn cancel_release(&self, id: QuarantineId, now: Timestamp) -> Result<()> {
        self.connections.write("take a release back", move |c| cancel(c, id, now)).await
    }

    async fn forget_quarantined(&self, id: QuarantineId, now: Timestamp) -> Result<()> {
        self.connections.write("forget a quarantined object", move |c| forget(c, id, now)).await
    }
}

/// A query for quarantined objects.
type Objects =
    IntoBoxed<'static, Select<quarantine::table, AsSelect<QuarantineRow, Sqlite>>, Sqlite>;

/// In the order of the identities, which are made in the order of time: a page can go on
/// behind an object that is gone by now.
fn listing(bucket: Option<&BucketName>, after: Option<QuarantineId>, limit: u32) -> Objects {
    // No identity is empty: this makes even the first page of all a search of the index.
    let after = after.map(|id| bytes(id.as_uuid()).to_vec()).unwrap_or_default();
    let behind = quarantine::table
        .select(QuarantineRow::as_select())
        .into_boxed()
        .filter(quarantine::id.gt(after))
        .order(quarantine::id)
        .limit(limit.clamp(1, MAX_PAGE).into());
    match bucket {
        Some(bucket) => behind.filter(quarantine::bucket.eq(bucket.to_string())),
        None => behind,
    }
}

fn find(c: &mut SqliteConnection, id: QuarantineId) -> Outcome<Option<Quarantined>> {
    let row: Option<QuarantineRow> = quarantine::table
        .find(bytes(id.as_uuid()))
        .select(QuarantineRow::as_select())
        .first(c)
        .optional()?;
    row.map(QuarantineRow::into_quarantined).transpose()
}

fn with(c: &mut SqliteConnection, id: QuarantineId) -> Outcome<Quarantined> {
    find(c, id)?.ok_or_else(|| Error::NotQuarantined { id }.into())
}

/// Takes in an object that was moved aside, if it was not taken in before.
pub(super) fn put(c: &mut SqliteConnection, object: &Quarantined) -> Outcome<()> {
    diesel::insert_into(quarantine::table)
        .values(QuarantineRow::new(object)?)
        .on_conflict((quarantine::bucket, quarantine::stored_as))
        .do_nothing()
        .execute(c)?;
    Ok(())
}

fn begin(c: &mut SqliteConnection, id: QuarantineId, now: Timestamp) -> Outcome<Quarantined> {
    let object = with(c, id)?;
    let kept = with_id(c, object.asset)?;
    let mut next = kept.clone();
    next.waiver = Waiver::Open(id);
    save(c, Some(kept), next, now)?;
    Ok(object)
}

fn end(
    c: &mut SqliteConnection,
    id: QuarantineId,
    state: &ObjectState,
    now: Timestamp,
) -> Outcome<Asset> {
    let object = with(c, id)?;
    let kept = with_id(c, object.asset)?;
    let next = kept.clone().released(&object, state);
    diesel::delete(quarantine::table.find(bytes(id.as_uuid()))).execute(c)?;
    save(c, Some(kept), next, now)
}

fn cancel(c: &mut SqliteConnection, id: QuarantineId, now: Timestamp) -> Outcome<()> {
    let object = with(c, id)?;
    let kept = with_id(c, object.asset)?;
    let mut next = kept.clone();
    if next.waiver == Waiver::Open(id) {
        next.waiver = Waiver::None;
    }
    save(c, Some(kept), next, now)?;
    Ok(())
}

fn forget(c: &mut SqliteConnection, id: QuarantineId, now: Timestamp) -> Outcome<()> {
    let Some(object) = find(c, id)? else { return Ok(()) };
    let kept = with_id(c, object.asset)?;
    let next = kept.clone().forgotten(&object);
    diesel::delete(quarantine::table.find(bytes(id.as_uuid()))).execute(c)?;
    save(c, Some(kept), next, now)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::sqlite::error::Failure;
    use crate::sqlite::plan::{assert_leads, plan};

    #[tokio::test]
    async fn the_quarantine_is_searched_and_never_sorted() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| -> Outcome<()> {
            let bucket = "b".parse().map_err(Failure::bad_row)?;
            for after in [None, Some(QuarantineId::from_uuid(Uuid::nil()))] {
                assert_leads("all", &plan(c, listing(None, after, 10))?, "(id>?)");
                let of_bucket = plan(c, listing(Some(&bucket), after, 10))?;
                assert_leads("of a bucket", &of_bucket, "(bucket=? AND id>?)");
            }
            Ok(())
        };
        catalog.connections.read("explain the quarantine", explain).await
    }
}
