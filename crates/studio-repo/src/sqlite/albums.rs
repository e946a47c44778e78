//! Albums: put, found and removed. Each function that changes something runs inside one
//! immediate transaction.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{
    Album, AlbumId, AlbumTitle, ArtistName, Artwork, ObjectKey, Picture, Subject, SubjectId,
    Timestamp,
};

use super::entries::Query;
use super::error::{Failure, Outcome};
use super::publish_rows::AlbumRow;
use super::rows::{ArtistRow, uuid};
use super::schema::{albums, recordings};
use super::search::{self, Kind, Line};
use super::write::{bytes, free_slug};
use super::{
    artists as catalogue_artists, genres, listeners, recordings as catalogue_recordings, removals,
    slugs,
};
use crate::{AlbumEntry, Error};

/// Takes an album in, or its new state.
pub(super) fn put_album(c: &mut SqliteConnection, album: &Album) -> Outcome<AlbumEntry> {
    let id = bytes(album.id.as_uuid());
    refuse_leaving_picture(c, album.artwork.as_ref(), album.updated_at)?;
    let known: Option<AlbumRow> =
        albums::table.find(id).select(AlbumRow::as_select()).first(c).optional()?;
    let artist_id = catalogue_artists::id_of(c, &album.artist)?;
    refuse_same_title(c, album, &artist_id)?;
    let kept_slug = known
        .as_ref()
        .filter(|known| known.artist_id == artist_id && known.title_key == album.title.key())
        .map(|known| known.slug.clone());
    let slug = match kept_slug {
        Some(slug) => slug,
        None => free_slug(album.title.as_str(), |slug| {
            let taken = albums::table
                .filter(albums::artist_id.eq(&artist_id))
                .filter(albums::slug.eq(slug.as_str()))
                .filter(albums::id.ne(id));
            select(exists(taken)).get_result(c)
        })?
        .to_string(),
    };
    let row = AlbumRow::new(album, artist_id, slug);
    match &known {
        Some(_) => diesel::update(albums::table.find(id)).set(&row).execute(c)?,
        None => diesel::insert_into(albums::table)
            .values((&row, albums::added_at.eq(album.updated_at.as_micros())))
            .execute(c)?,
    };
    let entry = album_by_id(c, album.id)?.ok_or(Error::NoAlbum { id: album.id })?;
    put_line(c, &entry)?;
    if let Some(known) = &known {
        if (&known.artist_id, &known.slug) != (&row.artist_id, &row.slug) {
            slugs::album_left(c, &known.artist_id, &known.slug, id)?;
        }
        genres::settle_album(c, id)?;
        if !known.looks_like(&row) {
            catalogue_recordings::put_lines_of_album(c, id)?;
        }
        if known.artist_id != row.artist_id {
            catalogue_artists::settle(c, &known.artist_id)?;
        }
    }
    catalogue_artists::settle(c, &row.artist_id)?;
    Ok(entry)
}

/// Refuses a picture of the studio's own whose object is on its way out.
pub(super) fn refuse_leaving_picture(
    c: &mut SqliteConnection,
    artwork: Option<&Artwork>,
    now: Timestamp,
) -> Outcome<()> {
    match artwork.map(|artwork| &artwork.picture) {
        Some(Picture::Own(digest)) => {
            removals::refuse_if_being_removed(c, &ObjectKey::of_object(digest), now)
        }
        _ => Ok(()),
    }
}

fn refuse_same_title(c: &mut SqliteConnection, album: &Album, artist: &[u8]) -> Outcome<()> {
    let other: Option<Vec<u8>> = albums::table
        .filter(albums::artist_id.eq(artist))
        .filter(albums::title_key.eq(album.title.key()))
        .filter(albums::id.ne(bytes(album.id.as_uuid())))
        .select(albums::id)
        .first(c)
        .optional()?;
    let Some(other) = other else { return Ok(()) };
    let (artist, title) = (Box::new(album.artist.clone()), Box::new(album.title.clone()));
    Err(Error::AlbumExists { artist, title, id: AlbumId::from_uuid(uuid(&other)?) }.into())
}

fn put_line(c: &mut SqliteConnection, entry: &AlbumEntry) -> Outcome<()> {
    let AlbumEntry { album, artist, slug } = entry;
    let line = Line {
        kind: Kind::Album,
        id: bytes(album.id.as_uuid()),
        title: album.title.as_str(),
        slug: slug.as_str(),
        artist: Some((artist.name.as_str(), artist.slug.as_str())),
        album: None,
        published: album.published,
    };
    search::put(c, &line)
}

/// An album with its artist.
pub(super) type Row = (AlbumRow, ArtistRow);

/// All albums with their artists, still open for filters.
macro_rules! album_entries {
    () => {
        $crate::sqlite::schema::albums::table
            .inner_join($crate::sqlite::schema::artists::table)
            .select(($crate::sqlite::publish_rows::AlbumRow::as_select(), ArtistRow::as_select()))
    };
}

pub(super) use album_entries;

/// The album with an identity, with its artist.
pub(super) fn with_id(id: &[u8]) -> impl Query<'_, Row> {
    album_entries!().filter(albums::id.eq(id))
}

pub(super) fn with_title<'q>(artist: &'q ArtistName, title: &'q AlbumTitle) -> impl Query<'q, Row> {
    album_entries!()
        .filter(albums::artist_key.eq(artist.key()))
        .filter(albums::title_key.eq(title.key()))
}

pub(super) fn one<'q>(
    c: &mut SqliteConnection,
    query: impl Query<'q, Row>,
) -> Outcome<Option<AlbumEntry>> {
    let rows: Vec<Row> = query.load(c)?;
    rows.into_iter().next().map(|(album, artist)| album.into_entry(artist)).transpose()
}

/// The album with an identity.
pub(super) fn album_by_id(c: &mut SqliteConnection, id: AlbumId) -> Outcome<Option<AlbumEntry>> {
    one(c, with_id(bytes(id.as_uuid())))
}

/// The album of an artist with a title.
pub(super) fn album_titled(
    c: &mut SqliteConnection,
    artist: &ArtistName,
    title: &AlbumTitle,
) -> Outcome<Option<AlbumEntry>> {
    one(c, with_title(artist, title))
}

/// Takes an album out on which nothing is.
pub(super) fn remove_album(c: &mut SqliteConnection, id: AlbumId) -> Outcome<()> {
    let key = bytes(id.as_uuid());
    let known: Option<(Vec<u8>, String)> =
        albums::table.find(key).select((albums::artist_id, albums::title)).first(c).optional()?;
    let Some((artist, title)) = known else { return Ok(()) };
    let on_it: i64 =
        recordings::table.filter(recordings::album_id.eq(key)).count().get_result(c)?;
    if on_it > 0 {
        let title = AlbumTitle::new(&title).map_err(Failure::bad_row)?;
        let recordings = u64::try_from(on_it).map_err(Failure::bad_row)?;
        return Err(Error::AlbumInUse { title, recordings }.into());
    }
    diesel::delete(albums::table.find(key)).execute(c)?;
    search::remove(c, Kind::Album, key)?;
    listeners::forget(c, &Subject::Album(id))?;
    catalogue_artists::forget_link(c, SubjectId::Album(id))?;
    catalogue_artists::settle(c, &artist)
}
