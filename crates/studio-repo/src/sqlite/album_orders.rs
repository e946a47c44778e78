//! The orders of albums: which identities, by one walk along an index each.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::sqlite::{Sqlite, SqliteConnection};

use super::browse::in_sight;
use super::chance;
use super::entries::Query;
use super::error::Outcome;
use super::schema::{album_genres, albums, listener_marks as marks};
use super::search::{self, Kind};
use super::write::bytes;
use crate::{AlbumOrder, MAX_LISTED, Sight, Stretch};

/// The identities of the albums of a stretch.
pub(super) fn ids(
    c: &mut SqliteConnection,
    order: &AlbumOrder,
    sight: &Sight,
    stretch: Stretch,
) -> Outcome<Vec<Vec<u8>>> {
    let ids = match order {
        AlbumOrder::Newest => newest(sight, stretch).load(c)?,
        AlbumOrder::Title => by_title(sight, stretch).load(c)?,
        AlbumOrder::Artist => by_artist(sight, stretch).load(c)?,
        AlbumOrder::Of(artist) => of_artist(bytes(artist.as_uuid()), sight, stretch).load(c)?,
        AlbumOrder::Found(text) => search::listed(c, Kind::Album, text, sight, stretch)?,
        AlbumOrder::Years { from, to } => by_year(*from, *to, sight, stretch).load(c)?,
        AlbumOrder::Genre(name) => of_genre(name.key(), sight, stretch).load(c)?,
        AlbumOrder::Chance => chance::draw(c, chance::From::Albums, sight, stretch.limit)?,
        AlbumOrder::Starred(account)
        | AlbumOrder::Recent(account)
        | AlbumOrder::Frequent(account)
        | AlbumOrder::Rated(account) => {
            marked(order, bytes(account.as_uuid()), sight, stretch).load(c)?
        }
    };
    Ok(ids)
}

/// A page in the terms of SQL.
pub(super) fn page(stretch: Stretch) -> (i64, i64) {
    (stretch.offset.into(), stretch.limit.clamp(1, MAX_LISTED).into())
}

pub(super) fn newest(sight: &Sight, stretch: Stretch) -> impl Query<'static, Vec<u8>> {
    let (offset, limit) = page(stretch);
    let all = albums::table
        .select(albums::id)
        .into_boxed::<Sqlite>()
        // Nothing came before all time: this makes it a search of the index.
        .filter(albums::added_at.gt(i64::MIN))
        .order((albums::added_at.desc(), albums::id.desc()))
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, albums::published, "+albums.artist_id")
}

pub(super) fn by_title(sight: &Sight, stretch: Stretch) -> impl Query<'static, Vec<u8>> {
    let (offset, limit) = page(stretch);
    let all = albums::table
        .select(albums::id)
        .into_boxed::<Sqlite>()
        .filter(albums::title_key.gt(""))
        .order((albums::title_key, albums::id))
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, albums::published, "+albums.artist_id")
}

pub(super) fn by_artist(sight: &Sight, stretch: Stretch) -> impl Query<'static, Vec<u8>> {
    let (offset, limit) = page(stretch);
    let all = albums::table
        .select(albums::id)
        .into_boxed::<Sqlite>()
        .filter(albums::artist_key.gt(""))
        .order((albums::artist_key, albums::title_key, albums::id))
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, albums::published, "+albums.artist_id")
}

pub(super) fn of_artist<'q>(
    artist: &'q [u8],
    sight: &Sight,
    stretch: Stretch,
) -> impl Query<'q, Vec<u8>> {
    let (offset, limit) = page(stretch);
    let all = albums::table
        .select(albums::id)
        .into_boxed::<Sqlite>()
        .filter(albums::artist_id.eq(artist))
        .order(albums::title_key)
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, albums::published, "+albums.artist_id")
}

pub(super) fn by_year(
    from: u16,
    to: u16,
    sight: &Sight,
    stretch: Stretch,
) -> impl Query<'static, Vec<u8>> {
    let (offset, limit) = page(stretch);
    let all = albums::table
        .select(albums::id)
        .into_boxed::<Sqlite>()
        .filter(albums::year.ge(i32::from(from.min(to))))
        .filter(albums::year.le(i32::from(from.max(to))))
        .offset(offset)
        .limit(limit);
    let all = match from <= to {
        true => all.order((albums::year.asc(), albums::id.asc())),
        false => all.order((albums::year.desc(), albums::id.desc())),
    };
    in_sight!(all, sight, albums::published, "+albums.artist_id")
}

pub(super) fn of_genre<'q>(
    genre: &'q str,
    sight: &Sight,
    stretch: Stretch,
) -> impl Query<'q, Vec<u8>> {
    let (offset, limit) = page(stretch);
    let all = album_genres::table
        .inner_join(albums::table)
        .select(album_genres::album_id)
        .into_boxed::<Sqlite>()
        .filter(album_genres::genre_key.eq(genre))
        .order((album_genres::artist_key, album_genres::title_key, album_genres::album_id))
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, album_genres::shown, "+albums.artist_id")
}

/// Those that an account marked: the last, the most or the best first.
pub(super) fn marked<'q>(
    order: &AlbumOrder,
    account: &'q [u8],
    sight: &Sight,
    stretch: Stretch,
) -> impl Query<'q, Vec<u8>> {
    let (offset, limit) = page(stretch);
    let all = marks::table
        .inner_join(albums::table.on(albums::id.eq(marks::subject_id)))
        .select(albums::id)
        .into_boxed::<Sqlite>()
        .filter(marks::account_id.eq(account))
        .filter(marks::kind.eq("album"))
        .offset(offset)
        .limit(limit);
    let all = match order {
        AlbumOrder::Recent(_) => all
            .filter(marks::last_played_at.is_not_null())
            .order((marks::last_played_at.desc(), marks::subject_id.desc())),
        AlbumOrder::Frequent(_) => all
            .filter(sql::<Bool>("listener_marks.plays > 0"))
            .order((marks::plays.desc(), marks::subject_id.desc())),
        AlbumOrder::Rated(_) => all
            .filter(marks::rating.is_not_null())
            .order((marks::rating.desc(), marks::subject_id.desc())),
        _ => all
            .filter(marks::starred_at.is_not_null())
            .order((marks::starred_at.desc(), marks::subject_id.desc())),
    };
    in_sight!(all, sight, albums::published, "+albums.artist_id")
}
