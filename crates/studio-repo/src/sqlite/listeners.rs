//! What listeners think of what there is, and what they hear.

use std::collections::HashMap;

use async_trait::async_trait;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{
    AccountId, AlbumId, ArtistId, Bookmark, Marks, Note, PlayQueue, Rating, RecordingId, Subject,
    Timestamp,
};
use uuid::Uuid;

use super::SqliteCatalog;
use super::browse::in_sight;
use super::entries::{Query, entry_columns, named_recordings};
use super::error::{Failure, Outcome};
use super::publish_rows::EntryRow;
use super::rows::uuid;
use super::schema::{
    albums, artists, bookmarks, listener_marks as marks, own_playlist_items, own_playlists,
    play_queues, plays, recordings, shares,
};
use super::sounds::AT_ONCE;
use super::write::bytes;
use crate::{Error, ListenerRepo, RecordingEntry, Result, Sight};

#[async_trait]
impl ListenerRepo for SqliteCatalog {
    async fn star(&self, account: AccountId, subjects: &[Subject], at: Timestamp) -> Result<()> {
        let subjects = subjects.to_vec();
        self.connections
            .write("star something", move |c| {
                for subject in subjects {
                    if mark(c, account, subject)? {
                        let unstarred = one(account, &subject).filter(marks::starred_at.is_null());
                        diesel::update(unstarred)
                            .set(marks::starred_at.eq(at.as_micros()))
                            .execute(c)?;
                    }
                }
                Ok(())
            })
            .await
    }

    async fn unstar(&self, account: AccountId, subjects: &[Subject]) -> Result<()> {
        let subjects = subjects.to_vec();
        self.connections
            .write("take stars back", move |c| {
                for subject in subjects {
                    diesel::update(one(account, &subject))
                        .set(marks::starred_at.eq(None::<i64>))
                        .execute(c)?;
                    forget_if_empty(c, account, &subject)?;
                }
                Ok(())
            })
            .await
    }

    async fn rate(
        &self,
        account: AccountId,
        subject: Subject,
        rating: Option<Rating>,
    ) -> Result<()> {
        self.connections
            .write("rate something", move |c| {
                if rating.is_none() || mark(c, account, subject)? {
                    diesel::update(one(account, &subject))
                        .set(marks::rating.eq(rating.map(|rating| i32::from(rating.stars()))))
                        .execute(c)?;
                }
                forget_if_empty(c, account, &subject)
            })
            .await
    }

    async fn note_plays(
        &self,
        account: AccountId,
        plays: &[(RecordingId, Timestamp)],
    ) -> Result<usize> {
        let plays = plays.to_vec();
        self.connections.write("note plays", move |c| note_plays(c, account, &plays)).await
    }

    async fn marks(
        &self,
        account: AccountId,
        subjects: &[Subject],
    ) -> Result<HashMap<Subject, Marks>> {
        let subjects = subjects.to_vec();
        self.connections
            .read("find what a listener thinks", move |c| find(c, account, &subjects))
            .await
    }

    async fn put_bookmark(&self, account: AccountId, bookmark: &Bookmark) -> Result<()> {
        let bookmark = bookmark.clone();
        self.connections.write("set a bookmark", move |c| put_bookmark(c, account, &bookmark)).await
    }

    async fn bookmarks(
        &self,
        account: AccountId,
        sight: &Sight,
    ) -> Result<Vec<(Bookmark, RecordingEntry)>> {
        let sight = sight.clone();
        self.connections
            .alone("list bookmarks", move |c| {
                let rows: Vec<(BookmarkRow, EntryRow)> =
                    bookmarks_of(bytes(account.as_uuid()), &sight).load(c)?;
                let whole = |(bookmark, entry): (BookmarkRow, EntryRow)| {
                    Ok((bookmark.into_bookmark()?, entry.into_entry()?))
                };
                let mut all = rows.into_iter().map(whole).collect::<Outcome<Vec<_>>>()?;
                all.sort_by_key(|(bookmark, _)| std::cmp::Reverse(bookmark.changed_at));
                Ok(all)
            })
            .await
    }

    async fn remove_bookmark(&self, account: AccountId, recording: RecordingId) -> Result<()> {
        self.connections
            .write("take a bookmark out", move |c| {
                let key = (bytes(account.as_uuid()), bytes(recording.as_uuid()));
                diesel::delete(bookmarks::table.find(key)).execute(c)?;
                Ok(())
            })
            .await
    }

    async fn put_play_queue<'a>(
        &self,
        account: AccountId,
        queue: Option<&'a PlayQueue>,
    ) -> Result<()> {
        let queue = queue.cloned();
        self.connections.write("keep a queue", move |c| put_queue(c, account, queue.as_ref())).await
    }

    async fn play_queue(&self, account: AccountId) -> Result<Option<PlayQueue>> {
        self.connections
            .alone("find a queue", move |c| {
                let row = play_queues::table.find(bytes(account.as_uuid()));
                let row = row.select(QueueRow::as_select()).first(c).optional()?;
                row.map(QueueRow::into_queue).transpose()
            })
            .await
    }
}

const ARTIST: &str = "artist";
const ALBUM: &str = "album";
const RECORDING: &str = "recording";

/// The kind of a subject, as a column has it, and its identity.
pub(super) fn columns(subject: &Subject) -> (&'static str, &[u8]) {
    match subject {
        Subject::Artist(id) => (ARTIST, bytes(id.as_uuid())),
        Subject::Album(id) => (ALBUM, bytes(id.as_uuid())),
        Subject::Recording(id) => (RECORDING, bytes(id.as_uuid())),
    }
}

/// A subject of one of the three kinds.
fn subject(kind: &str, id: Uuid) -> Subject {
    match kind {
        ARTIST => Subject::Artist(ArtistId::from_uuid(id)),
        ALBUM => Subject::Album(AlbumId::from_uuid(id)),
        _ => Subject::Recording(RecordingId::from_uuid(id)),
    }
}

#[diesel::dsl::auto_type]
fn one(account: AccountId, subject: &Subject) -> _ {
    let account: Vec<u8> = account.as_uuid().as_bytes().to_vec();
    let (kind, id): (&'static str, &[u8]) = columns(subject);
    let id: Vec<u8> = id.to_vec();
    marks::table
        .filter(marks::account_id.eq(account))
        .filter(marks::kind.eq(kind))
        .filter(marks::subject_id.eq(id))
}

/// Makes room for what an account says of something; not of what is not there.
fn mark(c: &mut SqliteConnection, account: AccountId, subject: Subject) -> Outcome<bool> {
    let (kind, id) = columns(&subject);
    let is_there: bool = match subject {
        Subject::Artist(_) => select(exists(artists::table.find(id))).get_result(c)?,
        Subject::Album(_) => select(exists(albums::table.find(id))).get_result(c)?,
        Subject::Recording(_) => select(exists(recordings::table.find(id))).get_result(c)?,
    };
    if is_there {
        diesel::insert_into(marks::table)
            .values((
                marks::account_id.eq(bytes(account.as_uuid())),
                marks::kind.eq(kind),
                marks::subject_id.eq(id),
                marks::plays.eq(0),
            ))
            .on_conflict_do_nothing()
            .execute(c)?;
    }
    Ok(is_there)
}

fn forget_if_empty(c: &mut SqliteConnection, account: AccountId, subject: &Subject) -> Outcome<()> {
    let empty = one(account, subject)
        .filter(marks::starred_at.is_null())
        .filter(marks::rating.is_null())
        .filter(marks::plays.eq(0));
    diesel::delete(empty).execute(c)?;
    Ok(())
}

fn note_plays(
    c: &mut SqliteConnection,
    account: AccountId,
    all: &[(RecordingId, Timestamp)],
) -> Outcome<usize> {
    let mut new = 0;
    for (recording, at) in all {
        let subject = Subject::Recording(*recording);
        if !mark(c, account, subject)? {
            continue;
        }
        let id = bytes(recording.as_uuid());
        let noted = diesel::insert_into(plays::table)
            .values((
                plays::account_id.eq(bytes(account.as_uuid())),
                plays::recording_id.eq(id),
                plays::played_at.eq(at.as_micros()),
            ))
            .on_conflict_do_nothing()
            .execute(c)?;
        if noted == 0 {
            continue;
        }
        new += noted;
        count_play(c, account, &subject, *at)?;
        let album: Option<Vec<u8>> =
            recordings::table.find(id).select(recordings::album_id).first(c)?;
        if let Some(album) = album {
            let album = Subject::Album(AlbumId::from_uuid(uuid(&album)?));
            mark(c, account, album)?;
            count_play(c, account, &album, *at)?;
        }
    }
    Ok(new)
}

fn count_play(
    c: &mut SqliteConnection,
    account: AccountId,
    subject: &Subject,
    at: Timestamp,
) -> QueryResult<()> {
    let at = at.as_micros();
    diesel::update(one(account, subject)).set(marks::plays.eq(marks::plays + 1)).execute(c)?;
    let earlier =
        marks::last_played_at.is_null().or(marks::last_played_at.assume_not_null().lt(at));
    diesel::update(one(account, subject).filter(earlier))
        .set(marks::last_played_at.eq(at))
        .execute(c)?;
    Ok(())
}

type MarkRow = (Vec<u8>, Option<i64>, Option<i32>, i64, Option<i64>);

pub(super) fn some<'q>(
    account: &'q [u8],
    kind: &'static str,
    ids: &'q [&'q [u8]],
) -> impl Query<'q, MarkRow> {
    marks::table
        .filter(marks::account_id.eq(account))
        .filter(marks::kind.eq(kind))
        .filter(marks::subject_id.eq_any(ids))
        .select((
            marks::subject_id,
            marks::starred_at,
            marks::rating,
            marks::plays,
            marks::last_played_at,
        ))
}

fn find(
    c: &mut SqliteConnection,
    account: AccountId,
    subjects: &[Subject],
) -> Outcome<HashMap<Subject, Marks>> {
    let mut found = HashMap::new();
    for kind in [ARTIST, ALBUM, RECORDING] {
        let ids = subjects.iter().map(columns).filter(|(of, _)| *of == kind);
        let ids: Vec<&[u8]> = ids.map(|(_, id)| id).collect();
        for ids in ids.chunks(AT_ONCE) {
            let rows: Vec<MarkRow> = some(bytes(account.as_uuid()), kind, ids).load(c)?;
            for (id, starred_at, rating, plays, last_played_at) in rows {
                let rating = rating.map(|stars| u8::try_from(stars).map_err(Failure::bad_row));
                let marks = Marks {
                    starred_at: starred_at.map(Timestamp::from_micros),
                    rating: rating.transpose()?.and_then(Rating::new),
                    plays: u64::try_from(plays).map_err(Failure::bad_row)?,
                    last_played_at: last_played_at.map(Timestamp::from_micros),
                };
                found.insert(subject(kind, uuid(&id)?), marks);
            }
        }
    }
    Ok(found)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = bookmarks, check_for_backend(Sqlite))]
pub(super) struct BookmarkRow {
    recording_id: Vec<u8>,
    position_ms: i64,
    comment: Option<String>,
    created_at: i64,
    changed_at: i64,
}

impl BookmarkRow {
    fn into_bookmark(self) -> Outcome<Bookmark> {
        Ok(Bookmark {
            recording: RecordingId::from_uuid(uuid(&self.recording_id)?),
            position_ms: u64::try_from(self.position_ms).map_err(Failure::bad_row)?,
            comment: note_of(self.comment)?,
            created_at: Timestamp::from_micros(self.created_at),
            changed_at: Timestamp::from_micros(self.changed_at),
        })
    }
}

/// A note in a column.
pub(super) fn note_of(text: Option<String>) -> Outcome<Option<Note>> {
    text.map(|text| Note::new(&text)).transpose().map_err(Failure::bad_row)
}

/// A number of milliseconds in a column: no sound is longer than the most that fits.
fn millis(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn put_bookmark(c: &mut SqliteConnection, account: AccountId, bookmark: &Bookmark) -> Outcome<()> {
    let id = bytes(bookmark.recording.as_uuid());
    if !select(exists(recordings::table.find(id))).get_result(c)? {
        return Err(Error::NoRecording { id: bookmark.recording }.into());
    }
    let changes = (
        bookmarks::position_ms.eq(millis(bookmark.position_ms)),
        bookmarks::comment.eq(bookmark.comment.as_ref().map(Note::as_str)),
        bookmarks::changed_at.eq(bookmark.changed_at.as_micros()),
    );
    diesel::insert_into(bookmarks::table)
        .values((
            bookmarks::account_id.eq(bytes(account.as_uuid())),
            bookmarks::recording_id.eq(id),
            bookmarks::created_at.eq(bookmark.created_at.as_micros()),
            changes,
        ))
        .on_conflict((bookmarks::account_id, bookmarks::recording_id))
        .do_update()
        .set(changes)
        .execute(c)?;
    Ok(())
}

pub(super) fn bookmarks_of<'q>(
    account: &'q [u8],
    sight: &Sight,
) -> impl Query<'q, (BookmarkRow, EntryRow)> {
    let all = bookmarks::table
        .inner_join(named_recordings!())
        .select((BookmarkRow::as_select(), entry_columns!()))
        .into_boxed::<Sqlite>()
        .filter(bookmarks::account_id.eq(account));
    in_sight!(all, sight, recordings::published, "+recordings.artist_id")
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = play_queues, check_for_backend(Sqlite))]
struct QueueRow {
    recordings: Vec<u8>,
    current: Option<i64>,
    position_ms: i64,
    changed_at: i64,
    changed_by: String,
}

impl QueueRow {
    fn into_queue(self) -> Outcome<PlayQueue> {
        let ids = self.recordings.chunks(size_of::<Uuid>());
        let ids = ids.map(|id| uuid(id).map(RecordingId::from_uuid));
        Ok(PlayQueue {
            recordings: ids.collect::<Outcome<_>>()?,
            current: self.current.map(usize::try_from).transpose().map_err(Failure::bad_row)?,
            position_ms: u64::try_from(self.position_ms).map_err(Failure::bad_row)?,
            changed_at: Timestamp::from_micros(self.changed_at),
            changed_by: self.changed_by,
        })
    }
}

fn put_queue(
    c: &mut SqliteConnection,
    account: AccountId,
    queue: Option<&PlayQueue>,
) -> Outcome<()> {
    let account = bytes(account.as_uuid());
    diesel::delete(play_queues::table.find(account)).execute(c)?;
    let Some(queue) = queue else { return Ok(()) };
    let current = queue.current.map(i64::try_from).transpose().map_err(Failure::bad_row)?;
    let ids: Vec<&[u8]> = queue.recordings.iter().map(|id| bytes(id.as_uuid())).collect();
    diesel::insert_into(play_queues::table)
        .values((
            play_queues::account_id.eq(account),
            play_queues::recordings.eq(ids.concat()),
            play_queues::current.eq(current),
            play_queues::position_ms.eq(millis(queue.position_ms)),
            play_queues::changed_at.eq(queue.changed_at.as_micros()),
            play_queues::changed_by.eq(&queue.changed_by),
        ))
        .execute(c)?;
    Ok(())
}

/// Forgets what anybody said of something that goes, and the links to it.
pub(super) fn forget(c: &mut SqliteConnection, subject: &Subject) -> Outcome<()> {
    let (kind, id) = columns(subject);
    let said = marks::table.filter(marks::kind.eq(kind)).filter(marks::subject_id.eq(id));
    diesel::delete(said).execute(c)?;
    if kind != ARTIST {
        super::shares::forget(c, kind, id)?;
    }
    if kind == RECORDING {
        diesel::delete(plays::table.filter(plays::recording_id.eq(id))).execute(c)?;
        diesel::delete(bookmarks::table.filter(bookmarks::recording_id.eq(id))).execute(c)?;
        super::own_playlists::take_out(c, id)?;
    }
    Ok(())
}

/// Takes out all that is an account's own.
pub(super) fn forget_account(c: &mut SqliteConnection, account: &[u8]) -> Outcome<()> {
    diesel::delete(marks::table.filter(marks::account_id.eq(account))).execute(c)?;
    diesel::delete(plays::table.filter(plays::account_id.eq(account))).execute(c)?;
    diesel::delete(bookmarks::table.filter(bookmarks::account_id.eq(account))).execute(c)?;
    diesel::delete(play_queues::table.find(account)).execute(c)?;
    let own: Vec<Vec<u8>> = own_playlists::table
        .filter(own_playlists::account_id.eq(account))
        .select(own_playlists::id)
        .load(c)?;
    for id in &own {
        // Others can have shared it.
        super::shares::forget(c, "own playlist", id)?;
        let items = own_playlist_items::table.filter(own_playlist_items::playlist_id.eq(id));
        diesel::delete(items).execute(c)?;
    }
    diesel::delete(own_playlists::table.filter(own_playlists::account_id.eq(account)))
        .execute(c)?;
    diesel::delete(shares::table.filter(shares::account_id.eq(account))).execute(c)?;
    Ok(())
}
