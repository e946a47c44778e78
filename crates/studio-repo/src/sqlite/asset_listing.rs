//! Listings of assets.

use diesel::dsl::{AsSelect, IntoBoxed, Select, count_star};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{Asset, AssetId, AssetKey, AssetStatus};

use super::asset_rows::{AssetRow, key_bytes};
use super::error::{Failure, Outcome};
use super::read::row_is_behind;
use super::schema::assets;
use super::write::bytes;
use crate::{AssetFilter, Error, MAX_PAGE};

/// A query for assets.
type Assets = IntoBoxed<'static, Select<assets::table, AsSelect<AssetRow, Sqlite>>, Sqlite>;

/// Where an asset stands in the listing: its bucket and its key.
type Position = (String, Vec<u8>);

pub(super) fn page(
    c: &mut SqliteConnection,
    filter: &AssetFilter,
    after: Option<AssetId>,
    limit: u32,
) -> Outcome<Vec<Asset>> {
    let after = after.map(|id| position(c, id)).transpose()?;
    let rows: Vec<AssetRow> = listing(filter, after, limit.clamp(1, MAX_PAGE).into()).load(c)?;
    // The end is cut here: given both ends SQLite goes by the place, status or not.
    let prefix = filter.prefix.as_deref().filter(|_| filter.bucket.is_some()).unwrap_or_default();
    let begins_so = |row: &AssetRow| row.object_key.starts_with(prefix.as_bytes());
    rows.into_iter().take_while(begins_so).map(|row| Ok(row.into_kept()?.asset)).collect()
}

fn position(c: &mut SqliteConnection, id: AssetId) -> Outcome<Position> {
    assets::table
        .find(bytes(id.as_uuid()))
        .select((assets::bucket, assets::object_key))
        .first(c)
        .optional()?
        .ok_or_else(|| Error::NoAsset { id }.into())
}

/// The listing, in the order of its index and cut by it.
fn listing(filter: &AssetFilter, after: Option<Position>, limit: i64) -> Assets {
    let mut query = assets::table.select(AssetRow::as_select()).into_boxed();
    if let Some(status) = filter.status {
        query = query.filter(assets::status.eq(status.as_str()));
    }
    let query = match &filter.bucket {
        Some(bucket) => of_bucket(query, bucket.as_str(), filter.prefix.as_deref(), after),
        None => {
            // No name is empty: this makes even the first page of all a search of the index.
            let (bucket, key) = after.unwrap_or_default();
            query.filter(row_is_behind!("bucket, object_key", Text = bucket, Binary = key))
        }
    };
    query.order((assets::bucket, assets::object_key)).limit(limit)
}

/// Only the keys of one bucket from those that begin with a prefix on, behind a position.
fn of_bucket(query: Assets, bucket: &str, prefix: Option<&str>, after: Option<Position>) -> Assets {
    let query = query.filter(assets::bucket.eq(bucket.to_owned()));
    let prefix = prefix.unwrap_or_default().as_bytes();
    // One bound, not two: SQLite goes by the first that it meets.
    match after {
        // Nothing is left of this bucket, and nothing is before all.
        Some((other, _)) if other.as_str() > bucket => {
            query.filter(assets::object_key.lt(Vec::new()))
        }
        Some((other, key)) if other == bucket && key.as_slice() >= prefix => {
            query.filter(assets::object_key.gt(key))
        }
        _ => query.filter(assets::object_key.ge(prefix.to_vec())),
    }
}

/// The asset with a key in whatever bucket: the valid one that changed last, or else just
/// the one that changed last.
pub(super) fn with_key(c: &mut SqliteConnection, key: &AssetKey) -> Outcome<Option<Asset>> {
    let valid = newest_with(key).filter(assets::status.eq(AssetStatus::Valid.as_str()));
    let row: Option<AssetRow> = match valid.first(c).optional()? {
        Some(row) => Some(row),
        None => newest_with(key).first(c).optional()?,
    };
    row.map(|row| Ok(row.into_kept()?.asset)).transpose()
}

fn newest_with(key: &AssetKey) -> Assets {
    assets::table
        .select(AssetRow::as_select())
        .into_boxed()
        .filter(assets::object_key.eq(key_bytes(key).to_vec()))
        .order((assets::updated_at.desc(), assets::id.desc()))
}

pub(super) fn count(c: &mut SqliteConnection) -> Outcome<Vec<(AssetStatus, u64)>> {
    let counts: Vec<(String, i64)> = counts().load(c)?;
    let read = |(status, count): (String, i64)| {
        let status = status.parse().map_err(Failure::bad_row)?;
        Ok((status, u64::try_from(count).map_err(Failure::bad_row)?))
    };
    counts.into_iter().map(read).collect()
}

#[diesel::dsl::auto_type]
fn counts() -> _ {
    assets::table.group_by(assets::status).select((assets::status, count_star()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Result;
    use crate::sqlite::SqliteCatalog;
    use crate::sqlite::plan::{assert_leads, assert_searches, plan};

    #[tokio::test]
    async fn assets_are_searched_and_never_sorted() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| -> Outcome<()> {
            for (bucket, prefix, status, leads) in [
                (false, None, false, "((bucket,object_key)>(?,?))"),
                (false, None, true, "(status=? AND (bucket,object_key)>(?,?))"),
                (true, None, false, "(bucket=? AND object_key>?)"),
                (true, None, true, "(status=? AND bucket=? AND object_key>?)"),
                (true, Some("é/"), false, "(bucket=? AND object_key>?)"),
                (true, Some("é/"), true, "(status=? AND bucket=? AND object_key>?)"),
            ] {
                let filter = AssetFilter {
                    bucket: bucket.then(|| "b".parse()).transpose().map_err(Failure::bad_row)?,
                    prefix: prefix.map(str::to_owned),
                    status: status.then_some(AssetStatus::Valid),
                };
                let afters = ["a", "b"].map(|bucket| (bucket.to_owned(), b"\xC3\xA9/1".to_vec()));
                for after in [None].into_iter().chain(afters.map(Some)) {
                    let what = format!("{filter:?} after {after:?}");
                    assert_leads(&what, &plan(c, listing(&filter, after, 10))?, leads);
                }
                let beyond = Some(("c".to_owned(), vec![7]));
                let what = format!("{filter:?} after {beyond:?}");
                assert_searches(&what, &plan(c, listing(&filter, beyond, 10))?);
            }
            Ok(())
        };
        catalog.connections.read("explain the listings", explain).await
    }

    #[tokio::test]
    async fn an_asset_is_searched_by_its_key_alone() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| -> Outcome<()> {
            let key = "k".parse().map_err(Failure::bad_row)?;
            let newest = plan(c, newest_with(&key).limit(1))?;
            assert_leads("newest", &newest, "assets_by_key (object_key=?)");
            let valid = newest_with(&key).filter(assets::status.eq("valid")).limit(1);
            assert_leads("valid", &plan(c, valid)?, "assets_by_key (object_key=?)");
            // To count is to walk, along the index alone.
            let counted = plan(c, counts())?;
            assert_eq!(counted, ["SCAN assets USING COVERING INDEX assets_by_status"]);
            Ok(())
        };
        catalog.connections.read("explain a key", explain).await
    }
}
