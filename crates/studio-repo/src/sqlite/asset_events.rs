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

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection as _;

    use super::*;
    use crate::sqlite::SqliteCatalog;
    use crate::sqlite::plan::{assert_searches, plan};
    use crate::{AssetRepo as _, Result};

    #[tokio::test]
    async fn old_events_are_searched_and_never_sorted() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| -> Outcome<()> {
            let steps = plan(c, diesel::dsl::sql::<BigInt>(&FORGET.replace('?', "7")))?;
            assert_searches("to forget", &steps);
            let finds = |part: &str| steps.iter().any(|step| step.contains(part));
            assert!(finds("asset_events_by_age (recorded_at<?)"), "{steps:?}");
            assert!(finds("(bucket=? AND object_key=? AND identity=?)"), "{steps:?}");
            let known = asset_events::table.find(("b", &b"k"[..], "i"));
            let known = plan(c, known.select(asset_events::recorded_at))?;
            assert_searches("an event", &known);
            Ok(())
        };
        catalog.connections.read("explain the events", explain).await
    }

    #[tokio::test]
    async fn some_thousands_of_events_are_forgotten_at_once() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let fill = |c: &mut SqliteConnection| {
            Ok(c.batch_execute(
                "WITH RECURSIVE numbers (n) AS \
                     (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 12000) \
                 INSERT INTO asset_events SELECT 'b', x'6b', n, n FROM numbers;",
            )?)
        };
        catalog.connections.write("fill the events", fill).await?;
        let before = Timestamp::from_micros(11_001);
        for forgotten in [5000, 5000, 1000, 0] {
            assert_eq!(catalog.forget_events(before).await?, forgotten);
        }
        assert_eq!(catalog.forget_events(Timestamp::from_micros(i64::MAX)).await?, 1000);
        Ok(())
    }
}
