//! The outbox of removals.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{ObjectKey, RemovalId, StoreUrl, Timestamp, VersionId};
use uuid::Uuid;

use super::error::{Failure, Outcome};
use super::objects::{of_kept, of_recordings, of_stems, of_trash, of_versions, pictures};
use super::rows::uuid;
use super::schema::{removals, reservations};
use super::write::bytes;
use crate::{Error, MAX_PAGE, Removal, RemovalPermit};

/// What a removal is of.
#[derive(Queryable, Selectable)]
#[diesel(table_name = removals, check_for_backend(diesel::sqlite::Sqlite))]
struct RemovalRow {
    id: Vec<u8>,
    store: String,
    object_key: String,
    version_id: Option<Vec<u8>>,
}

impl RemovalRow {
    fn into_removal(self) -> Outcome<Removal> {
        let version = self.version_id.as_deref().map(uuid).transpose()?;
        Ok(Removal {
            id: RemovalId::from_uuid(uuid(&self.id)?),
            store: self.store.parse().map_err(Failure::bad_row)?,
            object_key: self.object_key.parse().map_err(Failure::bad_row)?,
            version: version.map(VersionId::from_uuid),
        })
    }
}

pub(super) fn write_down(
    c: &mut SqliteConnection,
    store: StoreUrl,
    object_key: ObjectKey,
    version: Option<VersionId>,
    at: Timestamp,
) -> Outcome<Removal> {
    let id = RemovalId::from_uuid(Uuid::now_v7());
    diesel::insert_into(removals::table)
        .values((
            removals::id.eq(bytes(id.as_uuid())),
            removals::store.eq(store.to_string()),
            removals::object_key.eq(object_key.as_str()),
            removals::version_id.eq(version.as_ref().map(|id| bytes(id.as_uuid()))),
            removals::created_at.eq(at.as_micros()),
        ))
        .execute(c)?;
    Ok(Removal { id, store, object_key, version })
}

pub(super) fn propose(
    c: &mut SqliteConnection,
    store: StoreUrl,
    object_key: ObjectKey,
    at: Timestamp,
) -> Outcome<Removal> {
    let known: Option<RemovalRow> = removals::table
        .filter(removals::object_key.eq(object_key.as_str()))
        .filter(removals::store.eq(store.to_string()))
        .order((removals::created_at, removals::id))
        .select(RemovalRow::as_select())
        .first(c)
        .optional()?;
    match known {
        Some(known) => known.into_removal(),
        None => write_down(c, store, object_key, None, at),
    }
}

/// Refuses a claim on bytes while a removal that may take them is in hand, in whatever
/// store: a claim names none.
pub(super) fn refuse_if_being_removed(
    c: &mut SqliteConnection,
    object_key: &ObjectKey,
    now: Timestamp,
) -> Outcome<()> {
    let until: Option<i64> = removals::table
        .filter(removals::object_key.eq(object_key.as_str()))
        .filter(removals::takes_object)
        .filter(removals::deleting_until.gt(now.as_micros()))
        .select(diesel::dsl::max(removals::deleting_until))
        .first(c)?;
    match until {
        Some(until) => Err(being_removed(object_key.clone(), until)),
        None => Ok(()),
    }
}

fn being_removed(object_key: ObjectKey, until: i64) -> Failure {
    Error::BeingRemoved { object_key, until: Timestamp::from_micros(until) }.into()
}

/// Whether a removal that may take this object of this store is in hand.
pub(super) fn is_being_removed(
    c: &mut SqliteConnection,
    store: &str,
    object_key: &str,
    now: Timestamp,
) -> QueryResult<bool> {
    let in_hand = removals::table
        .filter(removals::object_key.eq(object_key))
        .filter(removals::store.eq(store))
        .filter(removals::takes_object)
        .filter(removals::deleting_until.gt(now.as_micros()));
    select(exists(in_hand)).get_result(c)
}

/// Whether a live claim is for these bytes.
pub(super) fn is_claimed(
    c: &mut SqliteConnection,
    object_key: &str,
    now: Timestamp,
) -> QueryResult<bool> {
    let live = reservations::table
        .filter(reservations::object_key.eq(object_key))
        .filter(reservations::expires_at.gt(now.as_micros()));
    select(exists(live)).get_result(c)
}

pub(super) fn claim(
    c: &mut SqliteConnection,
    id: RemovalId,
    now: Timestamp,
    until: Timestamp,
) -> Outcome<RemovalPermit> {
    let this = removals::table.find(bytes(id.as_uuid()));
    let found: Option<(String, String, Option<i64>)> = this
        .select((removals::store, removals::object_key, removals::deleting_until))
        .first(c)
        .optional()?;
    let (store, object_key, deleting_until) = found.ok_or(Error::RemovalGone { id })?;
    if let Some(held) = deleting_until.filter(|&held| held > now.as_micros()) {
        return Err(being_removed(object_key.parse().map_err(Failure::bad_row)?, held));
    }
    let object = !is_needed(c, &store, &object_key, now)?;
    if object {
        diesel::delete(reservations::table.filter(reservations::object_key.eq(&object_key)))
            .execute(c)?;
    }
    diesel::update(this)
        .set((removals::deleting_until.eq(until.as_micros()), removals::takes_object.eq(object)))
        .execute(c)?;
    Ok(RemovalPermit { object })
}

/// Whether an object has to stay, or is somebody else's to delete.
fn is_needed(
    c: &mut SqliteConnection,
    store: &str,
    object_key: &str,
    now: Timestamp,
) -> QueryResult<bool> {
    Ok(select(exists(of_versions(store, object_key))).get_result(c)?
        || select(exists(of_trash(store, object_key))).get_result(c)?
        || select(exists(of_stems(store, object_key))).get_result(c)?
        || select(exists(of_recordings(store, object_key))).get_result(c)?
        || pictures(c, object_key)? > 0
        || is_claimed(c, object_key, now)?
        || is_being_removed(c, store, object_key, now)?)
}

pub(super) fn oldest(c: &mut SqliteConnection, limit: u32) -> Outcome<Vec<Removal>> {
    let rows: Vec<RemovalRow> = removals::table
        .order((removals::created_at, removals::id))
        .limit(limit.clamp(1, MAX_PAGE).into())
        .select(RemovalRow::as_select())
        .load(c)?;
    rows.into_iter().map(RemovalRow::into_removal).collect()
}

pub(super) fn finish(c: &mut SqliteConnection, id: RemovalId) -> Outcome<()> {
    let this = removals::table.find(bytes(id.as_uuid()));
    let taken: Option<(String, String)> = this
        .filter(removals::takes_object)
        .select((removals::store, removals::object_key))
        .first(c)
        .optional()?;
    if let Some((store, object_key)) = taken {
        // It may stay all the same, if a manifest names it; it is kept again when that is read.
        diesel::delete(of_kept(&store, &object_key)).execute(c)?;
    }
    diesel::delete(this).execute(c)?;
    Ok(())
}
