//! The orders of artists, with how many albums each has.

use std::collections::HashMap;

use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{ArtistId, ArtistName};

use super::album_orders::page;
use super::browse::in_sight;
use super::chance::own_list;
use super::entries::Query;
use super::error::{Failure, Outcome};
use super::rows::{ArtistRow, uuid};
use super::schema::{artists, listener_marks as marks};
use super::search::{self, Kind};
use super::sounds::AT_ONCE;
use super::write::bytes;
use crate::{ArtistOrder, ListedArtist, Sight, Stretch};

/// An artist, and how many albums of theirs are in sight.
type Row = (ArtistRow, i64);

/// The artists of a stretch.
pub(super) fn listed(
    c: &mut SqliteConnection,
    order: &ArtistOrder,
    sight: &Sight,
    stretch: Stretch,
) -> Outcome<Vec<ListedArtist>> {
    let rows: Vec<Row> = match order {
        ArtistOrder::Name => by_name(sight, stretch).load(c)?,
        ArtistOrder::Starred(account) => {
            starred(bytes(account.as_uuid()), sight, stretch).load(c)?
        }
        ArtistOrder::Found(text) => {
            let ids = search::listed(c, Kind::Artist, text, sight, stretch)?;
            return with(c, &ids, sight);
        }
    };
    rows.into_iter().map(line).collect()
}

fn line((artist, albums): Row) -> Outcome<ListedArtist> {
    let albums = u32::try_from(albums).map_err(Failure::bad_row)?;
    Ok(ListedArtist { artist: artist.into_artist()?, albums })
}

/// How many albums an artist has in sight, counted in an index: by the key, which stands in
/// front of it.
fn albums_of(sight: &Sight) -> SqlLiteral<BigInt> {
    let all = "(SELECT count(*) FROM albums WHERE albums.artist_key = artists.name_key)";
    let shown = "(SELECT count(*) FROM albums \
                 WHERE albums.artist_key = artists.name_key AND albums.published)";
    match sight {
        Sight::Everything => sql(all),
        Sight::Published => sql(shown),
        Sight::PublishedAnd(own) => {
            let own = own_list(own);
            sql(&format!("CASE WHEN artists.id IN ({own}) THEN {all} ELSE {shown} END"))
        }
    }
}

pub(super) fn by_name(sight: &Sight, stretch: Stretch) -> impl Query<'static, Row> {
    let (offset, limit) = page(stretch);
    let all = artists::table
        .select((ArtistRow::as_select(), albums_of(sight)))
        .into_boxed::<Sqlite>()
        .filter(artists::name_key.gt(""))
        .order(artists::name_key)
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, artists::published, "+artists.id")
}

pub(super) fn starred<'q>(
    account: &'q [u8],
    sight: &Sight,
    stretch: Stretch,
) -> impl Query<'q, Row> {
    let (offset, limit) = page(stretch);
    let all = marks::table
        .inner_join(artists::table.on(artists::id.eq(marks::subject_id)))
        .select((ArtistRow::as_select(), albums_of(sight)))
        .into_boxed::<Sqlite>()
        .filter(marks::account_id.eq(account))
        .filter(marks::kind.eq("artist"))
        .filter(marks::starred_at.is_not_null())
        .order((marks::starred_at.desc(), marks::subject_id.desc()))
        .offset(offset)
        .limit(limit);
    in_sight!(all, sight, artists::published, "+artists.id")
}

pub(super) fn some<'q>(ids: &'q [&'q [u8]], sight: &Sight) -> impl Query<'q, Row> {
    let all = artists::table
        .select((ArtistRow::as_select(), albums_of(sight)))
        .into_boxed::<Sqlite>()
        .filter(artists::id.eq_any(ids));
    in_sight!(all, sight, artists::published, "+artists.id")
}

/// Artists by their identities, in their order.
pub(super) fn with(
    c: &mut SqliteConnection,
    ids: &[Vec<u8>],
    sight: &Sight,
) -> Outcome<Vec<ListedArtist>> {
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(AT_ONCE) {
        let ids: Vec<&[u8]> = ids.iter().map(Vec::as_slice).collect();
        for row in some(&ids, sight).load::<Row>(c)? {
            let line = line(row)?;
            found.insert(bytes(line.artist.id.as_uuid()).to_vec(), line);
        }
    }
    Ok(ids.iter().filter_map(|id| found.get(id).cloned()).collect())
}

pub(super) fn named<'q>(keys: &'q [&'q str]) -> impl Query<'q, Vec<u8>> {
    artists::table.filter(artists::name_key.eq_any(keys)).select(artists::id)
}

/// The identities of those of some artists that are there.
pub(super) fn ids_of(c: &mut SqliteConnection, names: &[ArtistName]) -> Outcome<Vec<ArtistId>> {
    let mut ids = Vec::new();
    for some in names.chunks(AT_ONCE) {
        let keys: Vec<&str> = some.iter().map(ArtistName::key).collect();
        for id in named(&keys).load::<Vec<u8>>(c)? {
            ids.push(ArtistId::from_uuid(uuid(&id)?));
        }
    }
    Ok(ids)
}
