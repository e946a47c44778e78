//! The trash.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary};
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{Timestamp, TrashedVersion, Version, VersionId, VersionPath};

use super::error::Outcome;
use super::read::row_is_behind;
use super::schema::{trash, versions};
use super::trash_rows::{NewTrashRow, TrashRow};
use super::write::bytes;
use super::{SqliteCatalog, read, release, removals, write};
use crate::{Error, MAX_PAGE, Page, Removal, Result, TrashRepo};

#[async_trait]
impl TrashRepo for SqliteCatalog {
    async fn trash(&self, path: &VersionPath, at: Timestamp) -> Result<TrashedVersion> {
        let path = path.clone();
        self.connections
            .write("move a version to the trash", move |c| throw_away(c, path, at))
            .await
    }

    async fn trashed(&self, after: Option<VersionId>, limit: u32) -> Result<Page<TrashedVersion>> {
        self.connections.read("list the trash", move |c| page(c, after, limit)).await
    }

    async fn find_trashed(&self, path: &VersionPath) -> Result<Vec<TrashedVersion>> {
        let path = path.clone();
        self.connections.read("look into the trash", move |c| of_place(c, &path)).await
    }

    async fn untrash(&self, id: VersionId, now: Timestamp) -> Result<Version> {
        self.connections
            .write("take a version back from the trash", move |c| take_back(c, id, now))
            .await
    }

    async fn purge(&self, id: VersionId, at: Timestamp) -> Result<Removal> {
        self.connections.write("purge a version", move |c| purge(c, id, at)).await
    }

    async fn adopt_trashed(&self, versions: &[TrashedVersion]) -> Result<usize> {
        let versions = versions.to_vec();
        self.connections.write("take in the trash of a store", move |c| adopt(c, versions)).await
    }

    async fn forget(&self, ids: &[VersionId]) -> Result<usize> {
        let ids = ids.to_vec();
        self.connections.write("forget versions", move |c| forget(c, &ids)).await
    }
}

fn throw_away(
    c: &mut SqliteConnection,
    path: VersionPath,
    at: Timestamp,
) -> Outcome<TrashedVersion> {
    let Version { record, check, .. } = read::version(c, path)?;
    let trashed = TrashedVersion { record, check, trashed_at: at };
    move_in(c, &trashed)?;
    Ok(trashed)
}

/// Puts a version into the trash, out of the catalogue and out of reach of its claims.
fn move_in(c: &mut SqliteConnection, trashed: &TrashedVersion) -> Outcome<()> {
    write::lose_claims(c, trashed.id)?;
    write::take_out(c, trashed.id)?;
    diesel::replace_into(trash::table).values(NewTrashRow::new(trashed)?).execute(c)?;
    Ok(())
}

/// Where a version stands in the listing: the columns of its index.
type Position = (i64, Vec<u8>);

fn page(
    c: &mut SqliteConnection,
    after: Option<VersionId>,
    limit: u32,
) -> Outcome<Page<TrashedVersion>> {
    let limit = limit.clamp(1, MAX_PAGE);
    let after = match after {
        Some(id) => position(c, id)?,
        // Before all: no identity is empty.
        None => (i64::MIN, Vec::new()),
    };
    // One more than asked for tells whether there is a next page.
    let rows: Vec<TrashRow> =
        listing(after, i64::from(limit) + 1).select(TrashRow::as_select()).load(c)?;
    let mut items = into_trashed(rows)?;
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = items.last().map(|last| last.id).filter(|_| more);
    Ok(Page { items, next })
}

fn position(c: &mut SqliteConnection, id: VersionId) -> Outcome<Position> {
    trash::table
        .find(bytes(id.as_uuid()))
        .select((trash::trashed_at, trash::id))
        .first(c)
        .optional()?
        .ok_or_else(|| Error::UnknownCursor { id }.into())
}

fn listing(after: Position, limit: i64) -> trash::BoxedQuery<'static, Sqlite> {
    let (trashed_at, id) = after;
    trash::table
        .into_boxed()
        .filter(row_is_behind!("trashed_at, id", BigInt = trashed_at, Binary = id))
        .order((trash::trashed_at, trash::id))
        .limit(limit)
}

fn into_trashed(rows: Vec<TrashRow>) -> Outcome<Vec<TrashedVersion>> {
    rows.into_iter().map(TrashRow::into_trashed).collect()
}

fn of_place(c: &mut SqliteConnection, path: &VersionPath) -> Outcome<Vec<TrashedVersion>> {
    into_trashed(at_place(path).select(TrashRow::as_select()).load(c)?)
}

fn at_place(path: &VersionPath) -> trash::BoxedQuery<'_, Sqlite> {
    trash::table
        .into_boxed()
        .filter(trash::artist_key.eq(path.artist.key()))
        .filter(trash::song_key.eq(path.song.key()))
        .filter(trash::track_key.eq(path.track.key()))
        .filter(trash::tag_key.eq(path.tag.key()))
        .order((trash::trashed_at.desc(), trash::id.desc()))
}

/// A version out of the trash, which has it no more.
fn move_out(c: &mut SqliteConnection, id: VersionId) -> Outcome<TrashedVersion> {
    let row = trash::table.find(bytes(id.as_uuid()));
    let found: Option<TrashRow> = row.select(TrashRow::as_select()).first(c).optional()?;
    let trashed = found.ok_or(Error::NotInTrash { id })?.into_trashed()?;
    diesel::delete(row).execute(c)?;
    Ok(trashed)
}

fn take_back(c: &mut SqliteConnection, id: VersionId, now: Timestamp) -> Outcome<Version> {
    let TrashedVersion { record, check, .. } = move_out(c, id)?;
    if let Some(existing) = read::find(c, &record.path)? {
        return Err(write::exists_already(existing, record.digest));
    }
    write::same_upload(c, &record.path, &record.digest, now)?;
    write::insert(c, &record, check)?;
    // Read back for its slug.
    read::version(c, record.path)
}

fn purge(c: &mut SqliteConnection, id: VersionId, at: Timestamp) -> Outcome<Removal> {
    let purged = move_out(c, id)?.record;
    release::refuse_if_released(c, id, &purged.path)?;
    removals::write_down(c, purged.store, purged.object_key, Some(id), at)
}

fn adopt(c: &mut SqliteConnection, versions: Vec<TrashedVersion>) -> Outcome<usize> {
    let mut changed = 0;
    for mut trashed in versions {
        let known: Option<TrashRow> = trash::table
            .find(bytes(trashed.id.as_uuid()))
            .select(TrashRow::as_select())
            .first(c)
            .optional()?;
        if known.is_some() {
            write::lose_claims(c, trashed.id)?;
            changed += usize::from(write::take_out(c, trashed.id)?);
            continue;
        }
        if trashed.check.is_none() {
            trashed.check = check_of_version(c, trashed.id)?;
        }
        move_in(c, &trashed)?;
        changed += 1;
    }
    Ok(changed)
}

/// What is known here of the bytes of a version that is in the catalogue.
fn check_of_version(
    c: &mut SqliteConnection,
    id: VersionId,
) -> Outcome<Option<studio_domain::Check>> {
    let columns: Option<(Option<i64>, Option<String>)> = versions::table
        .find(bytes(id.as_uuid()))
        .select((versions::checked_at, versions::damage))
        .first(c)
        .optional()?;
    let (at, damage) = columns.unwrap_or_default();
    super::rows::check(at, damage.as_deref())
}

fn forget(c: &mut SqliteConnection, ids: &[VersionId]) -> Outcome<usize> {
    let mut forgotten = 0;
    for &id in ids {
        write::lose_claims(c, id)?;
        let lived = write::take_out(c, id)?;
        let trashed = diesel::delete(trash::table.find(bytes(id.as_uuid()))).execute(c)? > 0;
        forgotten += usize::from(lived || trashed);
    }
    Ok(forgotten)
}

#[cfg(test)]
mod tests {
    use studio_testkit::catalog_suite::path;

    use super::*;
    use crate::sqlite::plan::{assert_searches, plan};

    #[tokio::test]
    async fn the_trash_is_searched_and_never_sorted() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| -> Outcome<()> {
            let listed = plan(c, listing((7, vec![0; 16]), 10))?;
            assert_searches("the listing", &listed);
            assert!(listed[0].contains("((trashed_at,id)>(?,?))"), "{listed:?}");
            let found = plan(c, at_place(&path("a", "s", "t", "v")))?;
            assert_searches("a place", &found);
            let leads = "(artist_key=? AND song_key=? AND track_key=? AND tag_key=?)";
            assert!(found[0].contains(leads), "{found:?}");
            Ok(())
        };
        catalog.connections.read("explain the trash", explain).await
    }
}
