//! Playlists of listeners.

use std::collections::BTreeSet;

use async_trait::async_trait;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{
    AccountId, Note, OwnPlaylist, OwnPlaylistId, PlaylistName, RecordingId, Timestamp, UserName,
};

use super::SqliteCatalog;
use super::browse::in_sight;
use super::entries::{Query, entry_columns, named_recordings};
use super::error::{Failure, Outcome};
use super::listeners::note_of;
use super::publish_rows::EntryRow;
use super::rows::uuid;
use super::schema::{accounts, own_playlist_items as items, own_playlists as lists, recordings};
use super::write::bytes;
use crate::{Error, MAX_PAGE, OwnPlaylistLine, OwnPlaylistRepo, RecordingEntry, Result, Sight};

#[async_trait]
impl OwnPlaylistRepo for SqliteCatalog {
    async fn put_own_playlist(&self, playlist: &OwnPlaylist) -> Result<()> {
        let playlist = playlist.clone();
        self.connections.write("keep a playlist", move |c| put(c, &playlist)).await
    }

    async fn own_playlist(&self, id: OwnPlaylistId) -> Result<Option<OwnPlaylist>> {
        self.connections
            .read("find a playlist", move |c| {
                let row = lists::table.find(bytes(id.as_uuid()));
                let row = row.select(ListRow::as_select()).first(c).optional()?;
                let Some(row) = row else { return Ok(None) };
                let on_it: Vec<Vec<u8>> = items_of(&row.id).load(c)?;
                let mut playlist = row.into_playlist()?;
                let ids = on_it.iter().map(|id| uuid(id).map(RecordingId::from_uuid));
                playlist.recordings = ids.collect::<Outcome<_>>()?;
                Ok(Some(playlist))
            })
            .await
    }

    async fn own_playlists(
        &self,
        account: AccountId,
        sight: &Sight,
    ) -> Result<Vec<OwnPlaylistLine>> {
        let sight = sight.clone();
        self.connections
            .read("list playlists", move |c| {
                let account = bytes(account.as_uuid());
                let mut rows: Vec<(ListRow, String)> = of_account(account).load(c)?;
                rows.extend(of_others(account).load::<(ListRow, String)>(c)?);
                rows.into_iter().map(|row| line(c, row, &sight)).collect()
            })
            .await
    }

    async fn own_playlist_recordings(
        &self,
        id: OwnPlaylistId,
        sight: &Sight,
        from: u32,
    ) -> Result<Vec<(u32, RecordingEntry)>> {
        let sight = sight.clone();
        self.connections
            .alone("list what is on a playlist", move |c| {
                let rows: Vec<(i32, EntryRow)> =
                    on_it(bytes(id.as_uuid()), &sight, from).load(c)?;
                let placed = |(place, row): (i32, EntryRow)| {
                    Ok((u32::try_from(place).map_err(Failure::bad_row)?, row.into_entry()?))
                };
                rows.into_iter().map(placed).collect()
            })
            .await
    }

    async fn remove_own_playlist(&self, id: OwnPlaylistId) -> Result<bool> {
        self.connections
            .write("remove a playlist", move |c| {
                let id = bytes(id.as_uuid());
                diesel::delete(items::table.filter(items::playlist_id.eq(id))).execute(c)?;
                super::shares::forget(c, "own playlist", id)?;
                Ok(diesel::delete(lists::table.find(id)).execute(c)? > 0)
            })
            .await
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = lists, check_for_backend(Sqlite))]
pub(super) struct ListRow {
    id: Vec<u8>,
    account_id: Vec<u8>,
    name: String,
    comment: Option<String>,
    is_public: bool,
    created_at: i64,
    changed_at: i64,
}

impl ListRow {
    fn into_playlist(self) -> Outcome<OwnPlaylist> {
        Ok(OwnPlaylist {
            id: OwnPlaylistId::from_uuid(uuid(&self.id)?),
            owner: AccountId::from_uuid(uuid(&self.account_id)?),
            name: PlaylistName::new(&self.name).map_err(Failure::bad_row)?,
            comment: note_of(self.comment)?,
            is_public: self.is_public,
            recordings: Vec::new(),
            created_at: Timestamp::from_micros(self.created_at),
            changed_at: Timestamp::from_micros(self.changed_at),
        })
    }
}

fn put(c: &mut SqliteConnection, playlist: &OwnPlaylist) -> Outcome<()> {
    let id = bytes(playlist.id.as_uuid());
    let mut looked_up = BTreeSet::new();
    for recording in &playlist.recordings {
        let row = recordings::table.find(bytes(recording.as_uuid()));
        if looked_up.insert(*recording) && !select(exists(row)).get_result(c)? {
            return Err(Error::NoRecording { id: *recording }.into());
        }
    }
    let changes = (
        lists::name.eq(playlist.name.as_str()),
        lists::name_key.eq(playlist.name.key()),
        lists::comment.eq(playlist.comment.as_ref().map(Note::as_str)),
        lists::is_public.eq(playlist.is_public),
        lists::changed_at.eq(playlist.changed_at.as_micros()),
    );
    diesel::insert_into(lists::table)
        .values((
            lists::id.eq(id),
            lists::account_id.eq(bytes(playlist.owner.as_uuid())),
            lists::created_at.eq(playlist.created_at.as_micros()),
            changes,
        ))
        .on_conflict(lists::id)
        .do_update()
        .set(changes)
        .execute(c)?;
    let all: Vec<&[u8]> = playlist.recordings.iter().map(|id| bytes(id.as_uuid())).collect();
    fill(c, id, &all)
}

/// Lets a playlist have these recordings, at the places 0, 1 and so on.
fn fill(c: &mut SqliteConnection, playlist: &[u8], all: &[&[u8]]) -> Outcome<()> {
    diesel::delete(items::table.filter(items::playlist_id.eq(playlist))).execute(c)?;
    for (place, recording) in (0_i32..).zip(all) {
        diesel::insert_into(items::table)
            .values((
                items::playlist_id.eq(playlist),
                items::place.eq(place),
                items::recording_id.eq(recording),
            ))
            .execute(c)?;
    }
    Ok(())
}

fn items_of(playlist: &[u8]) -> impl Query<'_, Vec<u8>> {
    items::table
        .filter(items::playlist_id.eq(playlist))
        .order(items::place)
        .select(items::recording_id)
}

pub(super) fn of_account(account: &[u8]) -> impl Query<'_, (ListRow, String)> {
    lists::table
        .inner_join(accounts::table)
        .filter(lists::account_id.eq(account))
        .order((lists::name_key, lists::id))
        .limit(MAX_PAGE.into())
        .select((ListRow::as_select(), accounts::name))
}

pub(super) fn of_others(account: &[u8]) -> impl Query<'_, (ListRow, String)> {
    lists::table
        .inner_join(accounts::table)
        .filter(lists::is_public)
        .filter(lists::name_key.gt(""))
        .filter(lists::account_id.ne(account))
        .order((lists::name_key, lists::id))
        .limit(MAX_PAGE.into())
        .select((ListRow::as_select(), accounts::name))
}

fn line(
    c: &mut SqliteConnection,
    (row, owner): (ListRow, String),
    sight: &Sight,
) -> Outcome<OwnPlaylistLine> {
    let lengths: Vec<(Option<i64>, Option<i64>)> = lengths_on(&row.id, sight).load(c)?;
    let length = |(frames, rate): &(Option<i64>, Option<i64>)| {
        let (frames, rate) = (u64::try_from((*frames)?).ok()?, u64::try_from((*rate)?).ok()?);
        frames.checked_mul(1000)?.checked_div(rate)
    };
    Ok(OwnPlaylistLine {
        playlist: row.into_playlist()?,
        owner: UserName::new(&owner).map_err(Failure::bad_row)?,
        songs: u32::try_from(lengths.len()).map_err(Failure::bad_row)?,
        length_ms: lengths.iter().filter_map(length).fold(0, u64::saturating_add),
    })
}

/// Frames and sample rates of what is on a playlist and in sight.
pub(super) fn lengths_on<'q>(
    playlist: &'q [u8],
    sight: &Sight,
) -> impl Query<'q, (Option<i64>, Option<i64>)> {
    let all = items::table
        .inner_join(recordings::table)
        .select((recordings::frames, recordings::sample_rate))
        .into_boxed::<Sqlite>()
        .filter(items::playlist_id.eq(playlist));
    in_sight!(all, sight, recordings::published, "+recordings.artist_id")
}

pub(super) fn on_it<'q>(
    playlist: &'q [u8],
    sight: &Sight,
    from: u32,
) -> impl Query<'q, (i32, EntryRow)> {
    // No playlist has a place beyond.
    let from = i32::try_from(from).unwrap_or(i32::MAX);
    let all = items::table
        .inner_join(named_recordings!())
        .select((items::place, entry_columns!()))
        .into_boxed::<Sqlite>()
        .filter(items::playlist_id.eq(playlist))
        .filter(items::place.ge(from))
        .order(items::place)
        .limit(MAX_PAGE.into());
    in_sight!(all, sight, recordings::published, "+recordings.artist_id")
}

/// Takes a recording out of all playlists; those behind it move up.
pub(super) fn take_out(c: &mut SqliteConnection, recording: &[u8]) -> Outcome<()> {
    let with_it: Vec<Vec<u8>> = items::table
        .filter(items::recording_id.eq(recording))
        .select(items::playlist_id)
        .distinct()
        .load(c)?;
    for playlist in with_it {
        let all: Vec<Vec<u8>> = items_of(&playlist).load(c)?;
        let left: Vec<&[u8]> =
            all.iter().map(Vec::as_slice).filter(|id| *id != recording).collect();
        fill(c, &playlist, &left)?;
    }
    Ok(())
}
