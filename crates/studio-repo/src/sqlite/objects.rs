//! Objects, as the versions that name them tell of them.

use std::collections::HashMap;

use diesel::dsl::{IntoBoxed, Select, exists, select};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{Check, ObjectKey, StoreUrl, Timestamp};

use super::error::{Failure, Outcome};
use super::read::row_is_behind;
use super::removals::{is_being_removed, is_claimed};
use super::rows::{check, check_columns, digest};
use super::schema::{albums, kept_objects, recordings, release_stems, releases, trash, versions};
use crate::{MAX_PAGE, ObjectPosition, ObjectUse, StoredObject, Volume};

/// What one version tells of its object.
#[derive(Queryable)]
struct ObjectRow {
    object_key: String,
    checked_at: Option<i64>,
    damage: Option<String>,
    size: i64,
    digest: Vec<u8>,
    crc64nvme: String,
}

impl ObjectRow {
    fn position(&self) -> Position {
        Position { checked_at: self.checked_at, object_key: self.object_key.clone() }
    }

    fn into_object(self, store: &StoreUrl) -> Outcome<StoredObject> {
        Ok(StoredObject {
            store: store.clone(),
            object_key: self.object_key.parse().map_err(Failure::bad_row)?,
            size: u64::try_from(self.size).map_err(Failure::bad_row)?,
            digest: digest(&self.digest)?,
            crc64nvme: match self.crc64nvme.as_str() {
                "" => None,
                crc => Some(crc.parse().map_err(Failure::bad_row)?),
            },
            check: check(self.checked_at, self.damage.as_deref())?,
        })
    }
}

/// Where a row stands in the index by check: `None` (NULL there) comes first in both.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Position {
    checked_at: Option<i64>,
    object_key: String,
}

impl Position {
    fn first_never_checked() -> Self {
        Self { checked_at: None, object_key: String::new() }
    }

    fn first_checked() -> Self {
        Self { checked_at: Some(i64::MIN), object_key: String::new() }
    }
}

/// The walk along a table's index by check, from behind a position to the end of those
/// never checked, or of those checked.
macro_rules! walk {
    ($walk:ident, $table:ident) => {
        fn $walk<'a>(
            store: &'a str,
            after: &'a Position,
            limit: i64,
        ) -> IntoBoxed<
            'a,
            Select<
                $table::table,
                (
                    $table::object_key,
                    $table::checked_at,
                    $table::damage,
                    $table::size,
                    $table::digest,
                    $table::crc64nvme,
                ),
            >,
            Sqlite,
        > {
            let of_store = $table::table
                .select((
                    $table::object_key,
                    $table::checked_at,
                    $table::damage,
                    $table::size,
                    $table::digest,
                    $table::crc64nvme,
                ))
                .into_boxed()
                .filter($table::store.eq(store))
                .limit(limit);
            let key = after.object_key.as_str();
            match after.checked_at {
                // A row value with NULL in it is behind nothing.
                None => of_store
                    .filter($table::checked_at.is_null())
                    .filter($table::object_key.gt(key))
                    .order($table::object_key),
                Some(at) => of_store
                    .filter(row_is_behind!("checked_at, object_key", BigInt = at, Text = key))
                    .order(($table::checked_at, $table::object_key)),
            }
        }
    };
}

walk!(walk_versions, versions);
walk!(walk_trash, trash);
walk!(walk_kept, kept_objects);

pub(super) fn to_check(
    c: &mut SqliteConnection,
    store: &StoreUrl,
    after: Option<&ObjectPosition>,
    limit: u32,
) -> Outcome<Vec<StoredObject>> {
    let limit = limit.clamp(1, MAX_PAGE) as usize;
    let mut after = match after {
        None => Position::first_never_checked(),
        Some(after) => Position {
            checked_at: after.checked_at.map(Timestamp::as_micros),
            object_key: after.object_key.to_string(),
        },
    };
    let mut objects = Vec::new();
    while objects.len() < limit {
        let rows = step(c, store, &after, limit - objects.len())?;
        match (rows.last(), after.checked_at) {
            (Some(last), _) => after = last.position(),
            (None, None) => after = Position::first_checked(),
            (None, Some(_)) => break,
        }
        for row in only_first(c, store, rows)? {
            objects.push(row.into_object(store)?);
        }
    }
    Ok(objects)
}

/// Up to `limit` rows behind a position, of all tables in one order.
fn step(
    c: &mut SqliteConnection,
    store: &StoreUrl,
    after: &Position,
    limit: usize,
) -> Outcome<Vec<ObjectRow>> {
    let store = store.to_string();
    let most = i64::try_from(limit).map_err(Failure::bad_row)?;
    let mut rows: Vec<ObjectRow> = walk_versions(&store, after, most).load(c)?;
    rows.extend(walk_trash(&store, after, most).load::<ObjectRow>(c)?);
    rows.extend(walk_kept(&store, after, most).load::<ObjectRow>(c)?);
    rows.sort_by_cached_key(ObjectRow::position);
    rows.truncate(limit);
    Ok(rows)
}

/// Keeps one row of each object, and that only where no row of it stands further ahead.
fn only_first(
    c: &mut SqliteConnection,
    store: &StoreUrl,
    mut rows: Vec<ObjectRow>,
) -> Outcome<Vec<ObjectRow>> {
    rows.dedup_by(|later, first| later.object_key == first.object_key);
    // Nothing stands ahead of those never checked.
    if rows.last().is_none_or(|last| last.checked_at.is_none()) {
        return Ok(rows);
    }
    let earliest = earliest_checks(c, store, &rows)?;
    rows.retain(|row| earliest.get(&row.object_key) == Some(&row.checked_at));
    Ok(rows)
}

fn earliest_checks(
    c: &mut SqliteConnection,
    store: &StoreUrl,
    rows: &[ObjectRow],
) -> Outcome<HashMap<String, Option<i64>>> {
    let store = store.to_string();
    let keys: Vec<&str> = rows.iter().map(|row| row.object_key.as_str()).collect();
    let mut named: Vec<(String, Option<i64>)> = checks_in_versions(&store, &keys).load(c)?;
    named.extend(checks_in_trash(&store, &keys).load::<(String, Option<i64>)>(c)?);
    named.extend(checks_in_kept(&store, &keys).load::<(String, Option<i64>)>(c)?);
    let mut earliest = HashMap::with_capacity(rows.len());
    for (key, checked_at) in named {
        let least = earliest.entry(key).or_insert(checked_at);
        *least = (*least).min(checked_at);
    }
    Ok(earliest)
}

/// The checks of some objects in one table.
macro_rules! checks {
    ($checks:ident, $table:ident) => {
        fn $checks<'a>(
            store: &'a str,
            keys: &'a [&'a str],
        ) -> IntoBoxed<'a, Select<$table::table, ($table::object_key, $table::checked_at)>, Sqlite>
        {
            $table::table
                .select(($table::object_key, $table::checked_at))
                .into_boxed()
                .filter($table::object_key.eq_any(keys))
                .filter($table::store.eq(store))
        }
    };
}

checks!(checks_in_versions, versions);
checks!(checks_in_trash, trash);
checks!(checks_in_kept, kept_objects);

pub(super) fn record_checks(
    c: &mut SqliteConnection,
    store: &StoreUrl,
    checks: &[(ObjectKey, Check)],
) -> Outcome<()> {
    let store = store.to_string();
    for (key, check) in checks {
        let (at, damage) = check_columns(Some(*check));
        diesel::update(versions::table)
            .filter(unchecked_versions(&store, key.as_str(), at))
            .set((versions::checked_at.eq(at), versions::damage.eq(damage)))
            .execute(c)?;
        diesel::update(trash::table)
            .filter(unchecked_trash(&store, key.as_str(), at))
            .set((trash::checked_at.eq(at), trash::damage.eq(damage)))
            .execute(c)?;
        diesel::update(kept_objects::table)
            .filter(unchecked_kept(&store, key.as_str(), at))
            .set((kept_objects::checked_at.eq(at), kept_objects::damage.eq(damage)))
            .execute(c)?;
    }
    Ok(())
}

/// The rows of an object that were not checked after a time.
macro_rules! unchecked {
    ($unchecked:ident, $table:ident) => {
        #[diesel::dsl::auto_type(no_type_alias)]
        fn $unchecked<'a>(store: &'a str, key: &'a str, at: Option<i64>) -> _ {
            $table::object_key
                .eq(key)
                .and($table::store.eq(store))
                .and($table::checked_at.is_null().or($table::checked_at.le(at)))
        }
    };
}

unchecked!(unchecked_versions, versions);
unchecked!(unchecked_trash, trash);
unchecked!(unchecked_kept, kept_objects);

pub(super) fn keep(c: &mut SqliteConnection, objects: &[StoredObject]) -> Outcome<()> {
    for object in objects {
        let (at, damage) = check_columns(object.check);
        let crc = object.crc64nvme.map(|crc| crc.to_string()).unwrap_or_default();
        diesel::insert_into(kept_objects::table)
            .values((
                kept_objects::store.eq(object.store.to_string()),
                kept_objects::object_key.eq(object.object_key.as_str()),
                kept_objects::size.eq(i64::try_from(object.size).map_err(Failure::bad_row)?),
                kept_objects::digest.eq(object.digest.as_bytes().as_slice()),
                kept_objects::crc64nvme.eq(&crc),
                kept_objects::checked_at.eq(at),
                kept_objects::damage.eq(damage),
            ))
            .on_conflict_do_nothing()
            .execute(c)?;
        if !crc.is_empty() {
            let store = object.store.to_string();
            diesel::update(kept_objects::table)
                .filter(kept_objects::object_key.eq(object.object_key.as_str()))
                .filter(kept_objects::store.eq(&store))
                .filter(kept_objects::crc64nvme.eq(""))
                .set(kept_objects::crc64nvme.eq(&crc))
                .execute(c)?;
        }
    }
    Ok(())
}

/// The rows of an object.
macro_rules! of_object {
    ($of_object:ident, $table:ident) => {
        #[diesel::dsl::auto_type(no_type_alias)]
        pub(super) fn $of_object<'a>(store: &'a str, key: &'a str) -> _ {
            $table::table.filter($table::object_key.eq(key)).filter($table::store.eq(store))
        }
    };
}

/// The stems of releases that name an object.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn of_stems<'a>(store: &'a str, key: &'a str) -> _ {
    release_stems::table
        .inner_join(releases::table)
        .filter(release_stems::object_key.eq(key))
        .filter(releases::store.eq(store))
}

of_object!(of_versions, versions);
of_object!(of_trash, trash);
of_object!(of_kept, kept_objects);

/// The recordings that are an object of the studio's own.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn of_recordings<'a>(store: &'a str, key: &'a str) -> _ {
    let key: &'a [u8] = key.as_bytes();
    recordings::table
        .filter(recordings::sound_key.eq(key))
        .filter(recordings::store.eq(store))
        .filter(recordings::digest.is_not_null())
}

/// How many albums and recordings have an object for a picture, in whatever store: they name
/// none.
pub(super) fn pictures(c: &mut SqliteConnection, key: &str) -> QueryResult<i64> {
    let Some(digest) = key.parse().ok().and_then(|key: ObjectKey| key.digest()) else {
        return Ok(0);
    };
    let digest = digest.as_bytes().as_slice();
    let albums = albums::table.filter(albums::artwork_digest.eq(digest)).count();
    let own = recordings::table.filter(recordings::artwork_digest.eq(digest)).count();
    Ok(albums.get_result::<i64>(c)? + own.get_result::<i64>(c)?)
}

pub(super) fn uses(
    c: &mut SqliteConnection,
    store: &StoreUrl,
    keys: &[ObjectKey],
    now: Timestamp,
) -> Outcome<Vec<ObjectUse>> {
    let store = store.to_string();
    let mut uses = Vec::with_capacity(keys.len());
    for key in keys {
        let key = key.as_str();
        let versions: i64 = of_versions(&store, key).count().get_result(c)?;
        let trashed: i64 = of_trash(&store, key).count().get_result(c)?;
        let releases: i64 = of_stems(&store, key).count().get_result(c)?;
        let recordings: i64 = of_recordings(&store, key).count().get_result(c)?;
        let pictures = pictures(c, key)?;
        let damaged = of_versions(&store, key).filter(versions::damage.is_not_null());
        let damaged_trash = of_trash(&store, key).filter(trash::damage.is_not_null());
        let damaged_kept = of_kept(&store, key).filter(kept_objects::damage.is_not_null());
        uses.push(ObjectUse {
            versions: u32::try_from(versions).unwrap_or(u32::MAX),
            trashed: u32::try_from(trashed).unwrap_or(u32::MAX),
            releases: u32::try_from(releases).unwrap_or(u32::MAX),
            recordings: u32::try_from(recordings).unwrap_or(u32::MAX),
            pictures: u32::try_from(pictures).unwrap_or(u32::MAX),
            damaged: select(exists(damaged)).get_result(c)?
                || select(exists(damaged_trash)).get_result(c)?
                || select(exists(damaged_kept)).get_result(c)?,
            claimed: is_claimed(c, key, now)?,
            being_removed: is_being_removed(c, &store, key, now)?,
        });
    }
    Ok(uses)
}

#[derive(QueryableByName)]
struct VolumeRow {
    #[diesel(sql_type = BigInt)]
    objects: i64,
    #[diesel(sql_type = BigInt)]
    bytes: i64,
}

pub(super) fn volume(c: &mut SqliteConnection, store: &StoreUrl) -> Outcome<Volume> {
    let store = store.to_string();
    let row: VolumeRow = diesel::sql_query(
        "SELECT count(*) AS objects, coalesce(sum(size), 0) AS bytes FROM ( \
            SELECT object_key, size FROM versions WHERE store = ? \
            UNION SELECT object_key, size FROM trash WHERE store = ? \
            UNION SELECT object_key, size FROM kept_objects WHERE store = ? \
            UNION SELECT CAST(sound_key AS TEXT), size FROM recordings \
                WHERE store = ? AND digest IS NOT NULL)",
    )
    .bind::<Text, _>(&store)
    .bind::<Text, _>(&store)
    .bind::<Text, _>(&store)
    .bind::<Text, _>(&store)
    .get_result(c)?;
    Ok(Volume {
        objects: u64::try_from(row.objects).map_err(Failure::bad_row)?,
        bytes: u64::try_from(row.bytes).map_err(Failure::bad_row)?,
    })
}

#[cfg(test)]
mod tests {
    use studio_testkit::catalog_suite::{path, version};

    use super::*;
    use crate::sqlite::SqliteCatalog;
    use crate::sqlite::plan::{assert_searches, plan};
    use crate::{CatalogRepo as _, Result};

    #[tokio::test]
    async fn objects_are_searched_and_never_sorted() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let versions: Vec<_> =
            (0..200).map(|n| version(path("a", "s", "t", &format!("{n}")), n)).collect();
        catalog.restore(&versions).await?;
        let explain = |c: &mut SqliteConnection| -> Outcome<()> {
            for (after, leads) in [
                (Position::first_never_checked(), "(store=? AND checked_at=? AND object_key>?)"),
                (Position::first_checked(), "(store=? AND (checked_at,object_key)>(?,?))"),
            ] {
                let plans = [
                    plan(c, walk_versions("s3://music", &after, 10))?,
                    plan(c, walk_trash("s3://music", &after, 10))?,
                    plan(c, walk_kept("s3://music", &after, 10))?,
                ];
                for plan in plans {
                    assert_searches("the walk", &plan);
                    assert!(plan[0].contains(leads), "{after:?}: {plan:?}");
                }
            }
            let leads = "(object_key=? AND store=?)";
            let lookups = [
                plan(c, checks_in_versions("s3://music", &["1", "2"]))?,
                plan(c, checks_in_trash("s3://music", &["1", "2"]))?,
                plan(c, checks_in_kept("s3://music", &["1", "2"]))?,
                plan(c, of_versions("s3://music", "1").count())?,
                plan(c, of_trash("s3://music", "1").count())?,
                plan(c, of_versions("s3://music", "1").filter(versions::damage.is_not_null()))?,
                plan(c, of_trash("s3://music", "1").filter(trash::damage.is_not_null()))?,
                plan(c, versions::table.filter(unchecked_versions("s3://music", "1", Some(7))))?,
                plan(c, trash::table.filter(unchecked_trash("s3://music", "1", Some(7))))?,
            ];
            for plan in lookups {
                assert_searches("of an object", &plan);
                assert!(plan[0].contains(leads), "{plan:?}");
            }
            Ok(())
        };
        catalog.connections.read("explain the walks", explain).await
    }
}
