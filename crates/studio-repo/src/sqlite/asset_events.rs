//! Which events on assets were taken into account.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::sqlite::SqliteConnection;
use studio_domain::{AssetEvent, Timestamp};

use super::asset_rows::key_bytes;
use super::error::{Failure, Outcome};
use super::schema::asset_events;

/// How many are forgotten in one transaction: others wait for it.
const FORGOTTEN_AT_ONCE: i64 = 5000;

const FORGET: &str = "DELETE FROM asset_events WHERE (bucket, object_key, identity) IN \
    (SELECT bucket, object_key, identity FROM asset_events \
     WHERE recorded_at < ? ORDER BY recorded_at LIMIT ?)";

pub(super) fn is_known(c: &mut SqliteConnection, event: &AssetEvent) -> Outcome<bool> {
    let key = (event.place.bucket.as_str(), key_bytes(&event.place.key), event.identity());
    Ok(select(exists(asset_events::table.find(key))).get_result(c)?)
}

/// Writes down that an event was taken into account; whether that is news.
pub(super) fn remember(
    c: &mut SqliteConnection,
    event: &AssetEvent,
    now: Timestamp,
) -> Outcome<bool> {
    let written = diesel::insert_into(asset_events::table)
        .values((
            asset_events::bucket.eq(event.place.bucket.as_str()),
            asset_events::object_key.eq(key_bytes(&event.place.key)),
            asset_events::identity.eq(event.identity()),
            asset_events::recorded_at.eq(now.as_micros()),
        ))
        .on_conflict_do_nothing()
        .execute(c)?;
    Ok(written > 0)
}

pub(super) fn forget(c: &mut SqliteConnection, before: Timestamp) -> Outcome<u64> {
    let forgotten = diesel::sql_query(FORGET)
        .bind::<BigInt, _>(before.as_micros())
        .bind::<BigInt, _>(FORGOTTEN_AT_ONCE)
        .execute(c)?;
    u64::try_from(forgotten).map_err(Failure::bad_row)
}
