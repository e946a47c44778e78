//! The orders of recordings, and of the artists that somebody starred.

use std::cmp::Reverse;

use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{AccountId, ArtistId};

use super::album_orders::page;
use super::browse::in_sight;
use super::entries::Query;
use super::error::Outcome;
use super::rows::ArtistRow;
use super::schema::{artists, listener_marks as marks, recordings};
use super::sounds::AT_ONCE;
use super::write::bytes;
use crate::{RecordingOrder, Sight, Stretch};

/// The identities of the recordings of a stretch.
pub(super) fn ids(
    c: &mut SqliteConnection,
    order: &RecordingOrder,
    sight: &Sight,
    stretch: Stretch,
) -> Outcome<Vec<Vec<u8>>> {
    match order {
        RecordingOrder::Starred(account) => {
            Ok(starred(bytes(account.as_uuid()), sight, stretch).load(c)?)
        }
        RecordingOrder::Genre(name) => Ok(of_genre(name.key(), sight, stretch).load(c)?),
        RecordingOrder::Played(account, artist) => played(c, *account, *artist, sight, stretch),
    }
}

pub(super) fn starred<'q>(
    account: &'q [u8],
    sight: &Sight,
    stretch: Stretch,
) -> impl Query<'q, Vec<u8>> {
    let (offset, limit) = page(stretch);
    let all = marks::table
        .inner_join(recordings::table.on(recordings::id.eq(marks::subject_id)))
        .select(recordings::id)
        .into_boxed::<Sqlite>()
        .filter(marks::account_id.eq(account))
        .filter(marks::kind.eq("recording"))
        .filter(marks::starred_at.is_not_null())
        .order((marks::starred_at.desc(), marks::subject_id.desc()))
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, recordings::published, "+recordings.artist_id")
}

pub(super) fn of_genre<'q>(
    genre: &'q str,
    sight: &Sight,
    stretch: Stretch,
) -> impl Query<'q, Vec<u8>> {
    let (offset, limit) = page(stretch);
    let all = recordings::table
        .select(recordings::id)
        .into_boxed::<Sqlite>()
        .filter(recordings::genre_key.eq(genre))
        .order((recordings::artist_key, recordings::title_key, recordings::id))
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, recordings::published, "+recordings.artist_id")
}

/// What of an artist an account played. The recordings of one artist are few, and looked through.
fn played(
    c: &mut SqliteConnection,
    account: AccountId,
    artist: ArtistId,
    sight: &Sight,
    stretch: Stretch,
) -> Outcome<Vec<Vec<u8>>> {
    let (account, artist) = (bytes(account.as_uuid()), bytes(artist.as_uuid()));
    let all: Vec<Vec<u8>> = of_artist(artist, sight).load(c)?;
    let mut heard = Vec::new();
    for some in all.chunks(AT_ONCE) {
        let some: Vec<&[u8]> = some.iter().map(Vec::as_slice).collect();
        heard.extend(plays_of(account, &some).load::<(Vec<u8>, i64, Option<i64>)>(c)?);
    }
    heard.retain(|(_, plays, _)| *plays > 0);
    heard.sort_by_key(|(id, plays, last)| Reverse((*plays, *last, id.clone())));
    let (offset, limit) = page(stretch);
    let [offset, limit] = [offset, limit].map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    Ok(heard.into_iter().skip(offset).take(limit).map(|(id, ..)| id).collect())
}

pub(super) fn of_artist<'q>(artist: &'q [u8], sight: &Sight) -> impl Query<'q, Vec<u8>> {
    let all = recordings::table
        .select(recordings::id)
        .into_boxed::<Sqlite>()
        .filter(recordings::artist_id.eq(artist));
    in_sight!(all, sight, recordings::published, "+recordings.artist_id")
}

pub(super) fn plays_of<'q>(
    account: &'q [u8],
    ids: &'q [&'q [u8]],
) -> impl Query<'q, (Vec<u8>, i64, Option<i64>)> {
    marks::table
        .filter(marks::account_id.eq(account))
        .filter(marks::kind.eq("recording"))
        .filter(marks::subject_id.eq_any(ids))
        .select((marks::subject_id, marks::plays, marks::last_played_at))
}

pub(super) fn starred_artists<'q>(
    account: &'q [u8],
    sight: &Sight,
    stretch: Stretch,
) -> impl Query<'q, ArtistRow> {
    let (offset, limit) = page(stretch);
    let all = marks::table
        .inner_join(artists::table.on(artists::id.eq(marks::subject_id)))
        .select(ArtistRow::as_select())
        .into_boxed::<Sqlite>()
        .filter(marks::account_id.eq(account))
        .filter(marks::kind.eq("artist"))
        .filter(marks::starred_at.is_not_null())
        .order((marks::starred_at.desc(), marks::subject_id.desc()))
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, artists::published, "+artists.id")
}
