//! Playlists.

use std::collections::BTreeSet;

use async_trait::async_trait;
use diesel::dsl::{count_star, exists, select};
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{Playlist, PlaylistId, PlaylistName, RecordingId, Timestamp};

use super::entries::{Query, entry_columns, named_recordings};
use super::error::{Failure, Outcome};
use super::publish_rows::EntryRow;
use super::rows::uuid;
use super::schema::{playlist_items, playlists, recordings};
use super::write::bytes;
use super::{SqliteCatalog, shares};
use crate::{Error, MAX_PAGE, PlaylistRepo, RecordingEntry, Result};

#[async_trait]
impl PlaylistRepo for SqliteCatalog {
    async fn put_playlist(&self, playlist: &Playlist) -> Result<()> {
        let playlist = playlist.clone();
        self.connections.write("keep a playlist", move |c| put(c, &playlist)).await
    }

    async fn playlist(&self, id: PlaylistId) -> Result<Option<Playlist>> {
        self.connections
            .read("find a playlist", move |c| {
                let row = playlists::table.find(bytes(id.as_uuid()));
                let row = row.select(PlaylistRow::as_select()).first(c).optional()?;
                row.map(|row| whole(c, row)).transpose()
            })
            .await
    }

    async fn playlist_named(&self, name: &PlaylistName) -> Result<Option<Playlist>> {
        let name = name.clone();
        self.connections
            .read("find a playlist", move |c| {
                let row = playlists::table.filter(playlists::name_key.eq(name.key()));
                let row = row.select(PlaylistRow::as_select()).first(c).optional()?;
                row.map(|row| whole(c, row)).transpose()
            })
            .await
    }

    async fn playlists(
        &self,
        after: Option<&PlaylistName>,
        limit: u32,
    ) -> Result<Vec<(PlaylistId, PlaylistName, u32)>> {
        let after = after.cloned();
        self.connections
            .alone("list playlists", move |c| {
                let rows: Vec<LineRow> = listing(after.as_ref(), limit).load(c)?;
                rows.into_iter().map(line).collect()
            })
            .await
    }

    async fn playlist_recordings(
        &self,
        id: PlaylistId,
        from: u32,
        limit: u32,
        published_only: bool,
    ) -> Result<Vec<(u32, RecordingEntry)>> {
        self.connections
            .alone("list what is on a playlist", move |c| {
                let rows: Vec<(i32, EntryRow)> =
                    on_it(bytes(id.as_uuid()), from, limit, published_only).load(c)?;
                let placed = |(place, row): (i32, EntryRow)| {
                    Ok((u32::try_from(place).map_err(Failure::bad_row)?, row.into_entry()?))
                };
                rows.into_iter().map(placed).collect()
            })
            .await
    }

    async fn remove_playlist(&self, id: PlaylistId) -> Result<()> {
        self.connections
            .write("remove a playlist", move |c| {
                let id = bytes(id.as_uuid());
                empty(c, id)?;
                shares::forget(c, "playlist", id)?;
                diesel::delete(playlists::table.find(id)).execute(c)?;
                Ok(())
            })
            .await
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = playlists, check_for_backend(diesel::sqlite::Sqlite))]
struct PlaylistRow {
    id: Vec<u8>,
    name: String,
    updated_at: i64,
}

fn put(c: &mut SqliteConnection, playlist: &Playlist) -> Outcome<()> {
    let id = bytes(playlist.id.as_uuid());
    let same_name = playlists::table
        .filter(playlists::name_key.eq(playlist.name.key()))
        .filter(playlists::id.ne(id));
    if select(exists(same_name)).get_result(c)? {
        return Err(Error::PlaylistExists { name: playlist.name.clone() }.into());
    }
    for recording in &playlist.recordings {
        let row = recordings::table.find(bytes(recording.as_uuid()));
        if !select(exists(row)).get_result(c)? {
            return Err(Error::NoRecording { id: *recording }.into());
        }
    }
    let columns = (
        playlists::name.eq(playlist.name.as_str()),
        playlists::name_key.eq(playlist.name.key()),
        playlists::updated_at.eq(playlist.updated_at.as_micros()),
    );
    diesel::insert_into(playlists::table)
        .values((playlists::id.eq(id), columns))
        .on_conflict(playlists::id)
        .do_update()
        .set(columns)
        .execute(c)?;
    let items: Vec<&[u8]> = playlist.recordings.iter().map(|id| bytes(id.as_uuid())).collect();
    fill(c, id, &items)
}

fn empty(c: &mut SqliteConnection, playlist: &[u8]) -> QueryResult<usize> {
    diesel::delete(playlist_items::table.filter(playlist_items::playlist_id.eq(playlist)))
        .execute(c)
}

/// Lets a playlist have these recordings, at the places 0, 1 and so on.
fn fill(c: &mut SqliteConnection, playlist: &[u8], items: &[&[u8]]) -> Outcome<()> {
    empty(c, playlist)?;
    for (place, recording) in (0_i32..).zip(items) {
        diesel::insert_into(playlist_items::table)
            .values((
                playlist_items::playlist_id.eq(playlist),
                playlist_items::place.eq(place),
                playlist_items::recording_id.eq(recording),
            ))
            .execute(c)?;
    }
    Ok(())
}

fn items_of(playlist: &[u8]) -> impl Query<'_, Vec<u8>> {
    playlist_items::table
        .filter(playlist_items::playlist_id.eq(playlist))
        .order(playlist_items::place)
        .select(playlist_items::recording_id)
}

fn whole(c: &mut SqliteConnection, row: PlaylistRow) -> Outcome<Playlist> {
    let items: Vec<Vec<u8>> = items_of(&row.id).load(c)?;
    let recordings = items.iter().map(|id| Ok(RecordingId::from_uuid(uuid(id)?)));
    Ok(Playlist {
        id: PlaylistId::from_uuid(uuid(&row.id)?),
        name: PlaylistName::new(&row.name).map_err(Failure::bad_row)?,
        recordings: recordings.collect::<Outcome<_>>()?,
        updated_at: Timestamp::from_micros(row.updated_at),
    })
}

type LineRow = (Vec<u8>, String, Option<i64>);

fn listing(after: Option<&PlaylistName>, limit: u32) -> impl Query<'_, LineRow> {
    let count = playlist_items::table
        .filter(playlist_items::playlist_id.eq(playlists::id))
        .select(count_star())
        .single_value();
    playlists::table
        .filter(playlists::name_key.gt(after.map_or("", PlaylistName::key)))
        .order(playlists::name_key)
        .limit(limit.clamp(1, MAX_PAGE).into())
        .select((playlists::id, playlists::name, count))
}

fn line((id, name, count): LineRow) -> Outcome<(PlaylistId, PlaylistName, u32)> {
    Ok((
        PlaylistId::from_uuid(uuid(&id)?),
        PlaylistName::new(&name).map_err(Failure::bad_row)?,
        u32::try_from(count.unwrap_or(0)).map_err(Failure::bad_row)?,
    ))
}

pub(super) fn on_it(
    playlist: &[u8],
    from: u32,
    limit: u32,
    published_only: bool,
) -> impl Query<'_, (i32, EntryRow)> {
    // No playlist has a place beyond.
    let from = i32::try_from(from).unwrap_or(i32::MAX);
    let all = playlist_items::table
        .inner_join(named_recordings!())
        .select((playlist_items::place, entry_columns!()))
        .into_boxed::<Sqlite>()
        .filter(playlist_items::playlist_id.eq(playlist))
        .filter(playlist_items::place.ge(from))
        .order(playlist_items::place)
        .limit(limit.clamp(1, MAX_PAGE).into());
    match published_only {
        true => all.filter(recordings::published),
        false => all,
    }
}

/// Takes recordings out of all playlists; those behind them move up.
pub(super) fn take_out(c: &mut SqliteConnection, ids: &[RecordingId]) -> Outcome<()> {
    let gone: BTreeSet<&[u8]> = ids.iter().map(|id| bytes(id.as_uuid())).collect();
    let mut touched: BTreeSet<Vec<u8>> = BTreeSet::new();
    for id in &gone {
        let with_it = playlist_items::table
            .filter(playlist_items::recording_id.eq(id))
            .select(playlist_items::playlist_id);
        touched.extend(with_it.load::<Vec<u8>>(c)?);
    }
    for playlist in touched {
        let items: Vec<Vec<u8>> = items_of(&playlist).load(c)?;
        let left: Vec<&[u8]> =
            items.iter().map(Vec::as_slice).filter(|id| !gone.contains(id)).collect();
        fill(c, &playlist, &left)?;
    }
    Ok(())
}
