//! Addresses that albums and recordings had before. Each function that changes something runs
//! inside one immediate transaction.

use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::Slug;

use super::entries::Query;
use super::error::Outcome;
use super::rows::slug;
use super::schema::{albums, artists, old_album_slugs, old_recording_slugs, recordings};

// The artists of what is there now, who can be others than those of the old address.
diesel::alias! {
    const NEW_ARTISTS: Alias<NewArtists> = artists as new_artists;
}

/// An album has another address from now on.
pub(super) fn album_left(
    c: &mut SqliteConnection,
    artist: &[u8],
    old: &str,
    album: &[u8],
) -> QueryResult<()> {
    use old_album_slugs::{album_id, artist_id, slug, table};
    let row = (artist_id.eq(artist), slug.eq(old), album_id.eq(album));
    diesel::replace_into(table).values(row).execute(c).map(|_| ())
}

/// A recording has another address from now on.
pub(super) fn recording_left(
    c: &mut SqliteConnection,
    artist: &[u8],
    old: &str,
    recording: &[u8],
) -> QueryResult<()> {
    use old_recording_slugs::{artist_id, recording_id, slug, table};
    let row = (artist_id.eq(artist), slug.eq(old), recording_id.eq(recording));
    diesel::replace_into(table).values(row).execute(c).map(|_| ())
}

/// The slug of an artist, and that of something of theirs.
type Address = (String, String);

pub(super) fn of_moved_album<'q>(artist: &'q Slug, old: &'q Slug) -> impl Query<'q, Address> {
    old_album_slugs::table
        .inner_join(artists::table)
        .inner_join(albums::table.on(albums::id.eq(old_album_slugs::album_id)))
        .inner_join(NEW_ARTISTS.on(NEW_ARTISTS.field(artists::id).eq(albums::artist_id)))
        .filter(artists::slug.eq(artist.as_str()))
        .filter(old_album_slugs::slug.eq(old.as_str()))
        .filter(albums::published)
        .select((NEW_ARTISTS.field(artists::slug), albums::slug))
}

pub(super) fn of_moved_recording<'q>(artist: &'q Slug, old: &'q Slug) -> impl Query<'q, Address> {
    old_recording_slugs::table
        .inner_join(artists::table)
        .inner_join(recordings::table.on(recordings::id.eq(old_recording_slugs::recording_id)))
        .inner_join(NEW_ARTISTS.on(NEW_ARTISTS.field(artists::id).eq(recordings::artist_id)))
        .filter(artists::slug.eq(artist.as_str()))
        .filter(old_recording_slugs::slug.eq(old.as_str()))
        .filter(recordings::published)
        .select((NEW_ARTISTS.field(artists::slug), recordings::slug))
}

/// Where something is now, by one of the queries above.
pub(super) fn found<'q>(
    c: &mut SqliteConnection,
    query: impl Query<'q, Address>,
) -> Outcome<Option<(Slug, Slug)>> {
    let rows: Vec<Address> = query.load(c)?;
    let address = |(artist, own): Address| Ok((slug(&artist)?, slug(&own)?));
    rows.into_iter().next().map(address).transpose()
}
