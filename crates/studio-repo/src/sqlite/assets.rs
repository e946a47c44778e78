//! Assets: what events and people tell of them.

use async_trait::async_trait;
use diesel::dsl::AsSelect;
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{
    Asset, AssetEvent, AssetId, AssetKey, AssetPlace, AssetStatus, BucketName, ObjectState,
    QuarantineId, Quarantined, Reason, Timestamp,
};
use uuid::Uuid;

use super::asset_rows::{AssetRow, key_bytes};
use super::asset_rules::{Kept, Verdict};
use super::error::Outcome;
use super::schema::assets;
use super::write::bytes;
use super::{SqliteCatalog, asset_events, asset_listing, orders, quarantine};
use crate::{
    AssetFilter, AssetRepo, Error, Judged, Judgement, NewAsset, Registered, Result, Settlement,
    Standing,
};

#[async_trait]
impl AssetRepo for SqliteCatalog {
    async fn standing(&self, event: &AssetEvent) -> Result<Standing> {
        let event = event.clone();
        self.connections.read("look an event up", move |c| standing(c, &event)).await
    }

    async fn record(&self, judged: &Judged, now: Timestamp) -> Result<Standing> {
        let judged = judged.clone();
        let work = move |c: &mut SqliteConnection| record(c, &judged, now);
        self.connections.write_together("record an event", work).await
    }

    async fn receive(&self, event: &AssetEvent, reason: &Reason, now: Timestamp) -> Result<Asset> {
        let (event, reason) = (event.clone(), reason.clone());
        self.connections
            .write("note that an object came", move |c| receive(c, &event, &reason, now))
            .await
    }

    async fn register(&self, new: &NewAsset, now: Timestamp) -> Result<Registered> {
        let new = new.clone();
        self.connections.write("register an asset", move |c| register(c, &new, now)).await
    }

    async fn settle(
        &self,
        id: AssetId,
        state: &ObjectState,
        settlement: &Settlement,
        now: Timestamp,
    ) -> Result<Asset> {
        let (state, settlement) = (state.clone(), settlement.clone());
        self.connections
            .write("record what became of an asset", move |c| {
                settle(c, id, &state, &settlement, now)
            })
            .await
    }

    async fn asset(&self, id: AssetId) -> Result<Asset> {
        self.connections.read("find an asset", move |c| Ok(with_id(c, id)?.asset)).await
    }

    async fn asset_at(&self, bucket: Option<&BucketName>, key: &AssetKey) -> Result<Option<Asset>> {
        let (bucket, key) = (bucket.cloned(), key.clone());
        self.connections
            .read("find an asset", move |c| match bucket {
                Some(bucket) => Ok(at(c, &AssetPlace { bucket, key })?.map(|kept| kept.asset)),
                None => asset_listing::with_key(c, &key),
            })
            .await
    }

    async fn assets(
        &self,
        filter: &AssetFilter,
        after: Option<AssetId>,
        limit: u32,
    ) -> Result<Vec<Asset>> {
        let filter = filter.clone();
        self.connections
            .read("list assets", move |c| asset_listing::page(c, &filter, after, limit))
            .await
    }

    async fn count_assets(&self) -> Result<Vec<(AssetStatus, u64)>> {
        self.connections.read("count assets", asset_listing::count).await
    }

    async fn forget_events(&self, before: Timestamp) -> Result<u64> {
        self.connections.write("forget events", move |c| asset_events::forget(c, before)).await
    }
}

fn standing(c: &mut SqliteConnection, event: &AssetEvent) -> Outcome<Standing> {
    let kept = at(c, &event.place)?;
    if asset_events::is_known(c, event)? {
        return Ok(Standing::Seen(boxed(kept)));
    }
    Ok(older(event, kept.as_ref()).unwrap_or_else(|| Standing::New(boxed(kept))))
}

/// The standing of an event behind which its place is already.
fn older(event: &AssetEvent, kept: Option<&Kept>) -> Option<Standing> {
    let asset = &kept?.asset;
    event.moment.is_before(&asset.moment).then(|| Standing::Older(Box::new(asset.clone())))
}

fn record(c: &mut SqliteConnection, judged: &Judged, now: Timestamp) -> Outcome<Standing> {
    let place = &judged.event.place;
    let kept = at(c, place)?;
    if !asset_events::remember(c, &judged.event, now)? {
        return Ok(Standing::Seen(boxed(kept)));
    }
    if let Some(older) = older(&judged.event, kept.as_ref()) {
        return Ok(older);
    }
    let verdict = match &judged.judgement {
        Judgement::Superseded => return Ok(Standing::Seen(boxed(kept))),
        Judgement::Gone { reason } => {
            let next = match kept.clone() {
                Some(kept) => kept.gone(judged, reason),
                None => fresh(place, now).absent(judged, reason),
            };
            return save(c, kept, next, now).map(|asset| Standing::New(Some(Box::new(asset))));
        }
        Judgement::Valid { facts, warnings } => Verdict {
            status: AssetStatus::Valid,
            facts: Some(facts.clone()),
            reasons: Vec::new(),
            warnings: warnings.clone(),
        },
        Judgement::Invalid { facts, reasons, warnings } => Verdict {
            status: AssetStatus::Rejected,
            facts: facts.clone(),
            reasons: reasons.clone(),
            warnings: warnings.clone(),
        },
    };
    let before = kept.clone().unwrap_or_else(|| fresh(place, now));
    let asset = save(c, kept, before.judged(judged, verdict), now)?;
    Ok(Standing::New(Some(Box::new(asset))))
}

fn receive(
    c: &mut SqliteConnection,
    event: &AssetEvent,
    reason: &Reason,
    now: Timestamp,
) -> Outcome<Asset> {
    let kept = at(c, &event.place)?;
    let before = kept.clone().unwrap_or_else(|| fresh(&event.place, now));
    // Judged meanwhile by somebody to whom it came as well: it will not be judged again.
    if asset_events::is_known(c, event)? {
        return Ok(before.asset);
    }
    save(c, kept, before.received(event, reason), now)
}

fn register(c: &mut SqliteConnection, new: &NewAsset, now: Timestamp) -> Outcome<Registered> {
    let kept = at(c, &new.place)?;
    let is_going =
        |kept: &Kept| matches!(kept.asset.status, AssetStatus::Deleting | AssetStatus::Deleted);
    if let Some(kept) = kept.as_ref().filter(|kept| !is_going(kept)) {
        return Ok(Registered::Known(kept.asset.clone()));
    }
    let before = kept.clone().unwrap_or_else(|| fresh(&new.place, now));
    save(c, kept, before.registered(new), now).map(Registered::New)
}

fn settle(
    c: &mut SqliteConnection,
    id: AssetId,
    state: &ObjectState,
    settlement: &Settlement,
    now: Timestamp,
) -> Outcome<Asset> {
    let kept = with_id(c, id)?;
    if let Settlement::Quarantined { stored_as, reasons, size } = settlement {
        let object = Quarantined {
            id: QuarantineId::from_uuid(Uuid::now_v7()),
            asset: id,
            place: kept.asset.place.clone(),
            stored_as: stored_as.clone(),
            state: state.clone(),
            size: *size,
            reasons: reasons.clone(),
            at: now,
        };
        quarantine::put(c, &object)?;
    }
    let next = kept.clone().settled(state, settlement);
    save(c, Some(kept), next, now)
}

fn fresh(place: &AssetPlace, now: Timestamp) -> Kept {
    Kept::new(AssetId::from_uuid(Uuid::now_v7()), place.clone(), now)
}

fn boxed(kept: Option<Kept>) -> Option<Box<Asset>> {
    kept.map(|kept| Box::new(kept.asset))
}

/// Writes down what an asset is from now on. An order to delete it ends with its being
/// deleted, one way or the other.
pub(super) fn save(
    c: &mut SqliteConnection,
    before: Option<Kept>,
    mut next: Kept,
    now: Timestamp,
) -> Outcome<Asset> {
    let Some(before) = before else {
        diesel::insert_into(assets::table).values(AssetRow::new(&next)?).execute(c)?;
        return Ok(next.asset);
    };
    if next == before {
        return Ok(next.asset);
    }
    if next.asset != before.asset {
        next.asset.revision += 1;
        next.asset.updated_at = now;
    }
    let is_deleting = |kept: &Kept| kept.asset.status == AssetStatus::Deleting;
    if is_deleting(&before) && !is_deleting(&next) {
        orders::end(c, next.asset.id)?;
    }
    diesel::update(assets::table.find(bytes(next.asset.id.as_uuid())))
        .set(AssetRow::new(&next)?)
        .execute(c)?;
    Ok(next.asset)
}

/// The asset with an identity.
pub(super) fn with_id(c: &mut SqliteConnection, id: AssetId) -> Outcome<Kept> {
    let row: Option<AssetRow> = assets::table
        .find(bytes(id.as_uuid()))
        .select(AssetRow::as_select())
        .first(c)
        .optional()?;
    row.ok_or(Error::NoAsset { id })?.into_kept()
}

/// The asset at a place, if there is one.
fn at(c: &mut SqliteConnection, place: &AssetPlace) -> Outcome<Option<Kept>> {
    let row: Option<AssetRow> = at_place(place).first(c).optional()?;
    row.map(AssetRow::into_kept).transpose()
}

#[diesel::dsl::auto_type]
fn at_place<'a>(place: &'a AssetPlace) -> _ {
    let bucket: &'a str = place.bucket.as_str();
    let key: &'a [u8] = key_bytes(&place.key);
    let selected: AsSelect<AssetRow, Sqlite> = AssetRow::as_select();
    assets::table
        .filter(assets::bucket.eq(bucket))
        .filter(assets::object_key.eq(key))
        .select(selected)
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;
    use studio_domain::Reason;
    use studio_testkit::asset_suite::created;

    use super::*;
    use crate::sqlite::error::Failure;
    use crate::sqlite::plan::{assert_leads, plan};

    #[tokio::test]
    async fn an_asset_is_searched_by_its_place() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| -> Outcome<()> {
            let bucket = "b".parse().map_err(Failure::bad_row)?;
            let place = AssetPlace { bucket, key: "k".parse().map_err(Failure::bad_row)? };
            let found = plan(c, at_place(&place).limit(1))?;
            assert_leads("a place", &found, "(bucket=? AND object_key=?)");
            Ok(())
        };
        catalog.connections.read("explain an asset", explain).await
    }

    fn gone(event: AssetEvent) -> Judged {
        let reason = Reason { code: "absent".to_owned(), detail: "no object".to_owned() };
        let judgement = Judgement::Gone { reason };
        Judged { state: event.state.clone(), size: None, event, judgement, profile: None }
    }

    #[tokio::test]
    async fn an_event_that_could_not_be_recorded_is_still_news() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let now = Timestamp::from_micros(7);
        for (judged, broken) in
            [(gone(created("k", 1)), "INSERT"), (gone(created("k", 2)), "UPDATE")]
        {
            let refuse = move |c: &mut SqliteConnection| {
                Ok(c.batch_execute(&format!(
                    "CREATE TRIGGER broken BEFORE {broken} ON assets \
                     BEGIN SELECT RAISE(ABORT, 'broken'); END"
                ))?)
            };
            catalog.connections.write("break the table", refuse).await?;
            let before = catalog.standing(&judged.event).await?;
            let refused = catalog.record(&judged, now).await;
            assert!(matches!(refused, Err(Error::Backend { .. })), "{refused:?}");
            assert_eq!(catalog.standing(&judged.event).await?, before);
            let mend = |c: &mut SqliteConnection| Ok(c.batch_execute("DROP TRIGGER broken")?);
            catalog.connections.write("mend the table", mend).await?;
            let recorded = catalog.record(&judged, now).await?;
            assert!(matches!(recorded, Standing::New(Some(_))), "{recorded:?}");
        }
        Ok(())
    }
}
