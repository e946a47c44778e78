//! What is shared by links.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{
    Account, AccountId, AlbumId, Note, OwnPlaylistId, PlaylistId, RecordingId, Share, ShareId,
    Shared, Timestamp, UserName,
};

use super::SqliteCatalog;
use super::account_rows::AccountRow;
use super::entries::Query;
use super::error::{Failure, Outcome};
use super::listeners::note_of;
use super::rows::uuid;
use super::schema::{accounts, shares};
use super::write::bytes;
use crate::{MAX_PAGE, Result, ShareRepo};

const RECORDING: &str = "recording";
const ALBUM: &str = "album";
const OWN_PLAYLIST: &str = "own playlist";
const PLAYLIST: &str = "playlist";

#[async_trait]
impl ShareRepo for SqliteCatalog {
    async fn put_share(&self, share: &Share) -> Result<()> {
        let share = share.clone();
        self.connections.write("keep a share", move |c| put(c, &share)).await
    }

    async fn share(&self, id: ShareId) -> Result<Option<(Share, Account)>> {
        self.connections
            .alone("find a share", move |c| {
                let rows: Vec<(ShareRow, AccountRow)> = with_id(bytes(id.as_uuid())).load(c)?;
                let found = rows.into_iter().next();
                found.map(|(row, owner)| Ok((row.into_share()?, owner.into_account()?))).transpose()
            })
            .await
    }

    async fn shares(
        &self,
        account: Option<AccountId>,
        offset: u32,
        limit: u32,
    ) -> Result<Vec<(Share, UserName)>> {
        self.connections
            .alone("list shares", move |c| {
                let account = account.as_ref().map(|id| bytes(id.as_uuid()));
                let rows: Vec<Row> = listing(account, offset, limit).load(c)?;
                rows.into_iter().map(whole).collect()
            })
            .await
    }

    async fn visit_share(&self, id: ShareId, at: Timestamp) -> Result<()> {
        self.connections
            .write_together("note a visit", move |c| {
                diesel::update(shares::table.find(bytes(id.as_uuid())))
                    .set((
                        shares::visits.eq(shares::visits + 1),
                        shares::visited_at.eq(at.as_micros()),
                    ))
                    .execute(c)?;
                Ok(())
            })
            .await
    }

    async fn remove_share(&self, id: ShareId) -> Result<bool> {
        self.connections
            .write("remove a share", move |c| {
                let removed = diesel::delete(shares::table.find(bytes(id.as_uuid())));
                Ok(removed.execute(c)? > 0)
            })
            .await
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = shares, check_for_backend(Sqlite))]
pub(super) struct ShareRow {
    id: Vec<u8>,
    account_id: Vec<u8>,
    kind: String,
    subject_id: Vec<u8>,
    note: Option<String>,
    created_at: i64,
    expires_at: Option<i64>,
    revoked_at: Option<i64>,
    visits: i64,
    visited_at: Option<i64>,
}

/// A share, and the name of who made it.
type Row = (ShareRow, String);

impl ShareRow {
    fn into_share(self) -> Outcome<Share> {
        let subject = uuid(&self.subject_id)?;
        Ok(Share {
            id: ShareId::from_uuid(uuid(&self.id)?),
            owner: AccountId::from_uuid(uuid(&self.account_id)?),
            subject: match self.kind.as_str() {
                RECORDING => Shared::Recording(RecordingId::from_uuid(subject)),
                ALBUM => Shared::Album(AlbumId::from_uuid(subject)),
                OWN_PLAYLIST => Shared::OwnPlaylist(OwnPlaylistId::from_uuid(subject)),
                PLAYLIST => Shared::Playlist(PlaylistId::from_uuid(subject)),
                other => return Err(Failure::BadRow(format!("`{other}` cannot be shared").into())),
            },
            note: note_of(self.note)?,
            created_at: Timestamp::from_micros(self.created_at),
            expires_at: self.expires_at.map(Timestamp::from_micros),
            revoked_at: self.revoked_at.map(Timestamp::from_micros),
            visits: u64::try_from(self.visits).map_err(Failure::bad_row)?,
            visited_at: self.visited_at.map(Timestamp::from_micros),
        })
    }
}

fn whole((row, owner): Row) -> Outcome<(Share, UserName)> {
    Ok((row.into_share()?, UserName::new(&owner).map_err(Failure::bad_row)?))
}

fn put(c: &mut SqliteConnection, share: &Share) -> Outcome<()> {
    let (kind, subject) = match &share.subject {
        Shared::Recording(id) => (RECORDING, id.as_uuid()),
        Shared::Album(id) => (ALBUM, id.as_uuid()),
        Shared::OwnPlaylist(id) => (OWN_PLAYLIST, id.as_uuid()),
        Shared::Playlist(id) => (PLAYLIST, id.as_uuid()),
    };
    let changes = (
        shares::note.eq(share.note.as_ref().map(Note::as_str)),
        shares::expires_at.eq(share.expires_at.map(Timestamp::as_micros)),
        shares::revoked_at.eq(share.revoked_at.map(Timestamp::as_micros)),
    );
    diesel::insert_into(shares::table)
        .values((
            shares::id.eq(bytes(share.id.as_uuid())),
            shares::account_id.eq(bytes(share.owner.as_uuid())),
            shares::kind.eq(kind),
            shares::subject_id.eq(bytes(subject)),
            shares::created_at.eq(share.created_at.as_micros()),
            shares::visits.eq(i64::try_from(share.visits).map_err(Failure::bad_row)?),
            shares::visited_at.eq(share.visited_at.map(Timestamp::as_micros)),
            changes,
        ))
        .on_conflict(shares::id)
        .do_update()
        .set(changes)
        .execute(c)?;
    Ok(())
}

pub(super) fn with_id(id: &[u8]) -> impl Query<'_, (ShareRow, AccountRow)> {
    shares::table
        .inner_join(accounts::table)
        .filter(shares::id.eq(id))
        .select((ShareRow::as_select(), AccountRow::as_select()))
}

pub(super) fn listing(account: Option<&[u8]>, offset: u32, limit: u32) -> impl Query<'_, Row> {
    let all = shares::table
        .inner_join(accounts::table)
        .select((ShareRow::as_select(), accounts::name))
        .into_boxed::<Sqlite>()
        .order((shares::created_at.desc(), shares::id.desc()))
        .offset(offset.into())
        .limit(limit.clamp(1, MAX_PAGE).into());
    match account {
        Some(account) => all.filter(shares::account_id.eq(account)),
        // Nothing was made before all time: this makes it a search.
        None => all.filter(shares::created_at.gt(i64::MIN)),
    }
}

/// Takes the links to something out that goes.
pub(super) fn forget(c: &mut SqliteConnection, kind: &str, subject: &[u8]) -> Outcome<()> {
    let links = shares::table.filter(shares::kind.eq(kind));
    diesel::delete(links.filter(shares::subject_id.eq(subject))).execute(c)?;
    Ok(())
}
