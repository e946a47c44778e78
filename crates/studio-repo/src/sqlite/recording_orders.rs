//! The orders of recordings: which identities, by one walk along an index each.

use std::cmp::Reverse;

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Bool};
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{AccountId, ArtistId};

use super::album_orders::page;
use super::browse::in_sight;
use super::entries::Query;
use super::error::Outcome;
use super::schema::{listener_marks as marks, recordings};
use super::search::{self, Kind};
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
        RecordingOrder::Artist => Ok(by_artist(sight, stretch).load(c)?),
        RecordingOrder::Of(artist) => {
            Ok(by_title_of(bytes(artist.as_uuid()), sight, stretch).load(c)?)
        }
        RecordingOrder::On(album) => Ok(on_album(bytes(album.as_uuid()), sight, stretch).load(c)?),
        RecordingOrder::Found(text) => search::listed(c, Kind::Recording, text, sight, stretch),
        RecordingOrder::Starred(account) => {
            Ok(starred(bytes(account.as_uuid()), sight, stretch).load(c)?)
        }
        RecordingOrder::Genre(name) => Ok(of_genre(name.key(), sight, stretch).load(c)?),
        RecordingOrder::Played(account, artist) => played(c, *account, *artist, sight, stretch),
    }
}

pub(super) fn by_artist(sight: &Sight, stretch: Stretch) -> impl Query<'static, Vec<u8>> {
    let (offset, limit) = page(stretch);
    let all = recordings::table
        .select(recordings::id)
        .into_boxed::<Sqlite>()
        .filter(recordings::artist_key.gt(""))
        .order((recordings::artist_key, recordings::title_key, recordings::id))
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, recordings::published, "+recordings.artist_id")
}

pub(super) fn by_title_of<'q>(
    artist: &'q [u8],
    sight: &Sight,
    stretch: Stretch,
) -> impl Query<'q, Vec<u8>> {
    let (offset, limit) = page(stretch);
    // By the key, which stands in front of the index.
    let key = "recordings.artist_key = (SELECT one.name_key FROM artists AS one WHERE one.id = ";
    let all = recordings::table
        .select(recordings::id)
        .into_boxed::<Sqlite>()
        .filter(sql::<Bool>(key).bind::<Binary, _>(artist).sql(")"))
        .order((recordings::title_key, recordings::id))
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, recordings::published, "+recordings.artist_id")
}

pub(super) fn on_album<'q>(
    album: &'q [u8],
    sight: &Sight,
    stretch: Stretch,
) -> impl Query<'q, Vec<u8>> {
    let (offset, limit) = page(stretch);
    let all = recordings::table
        .select(recordings::id)
        .into_boxed::<Sqlite>()
        .filter(recordings::album_id.eq(album))
        .order((recordings::disc, recordings::number, recordings::title_key, recordings::id))
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, recordings::published, "+recordings.artist_id")
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
