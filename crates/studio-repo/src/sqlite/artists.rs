//! Artists: they come with the first of what is theirs and go with the last.

use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{ArtistId, ArtistName, Subject, SubjectId};

use super::error::Outcome;
use super::listeners;
use super::rows::uuid;
use super::schema::{albums, artists, discogs_links, recordings, songs};
use super::search::{self, Kind, Line};
use super::write::{bytes, free_slug, new_id};

/// The identity of an artist, who is taken in if need be.
pub(super) fn id_of(c: &mut SqliteConnection, name: &ArtistName) -> Outcome<Vec<u8>> {
    let known = artists::table
        .filter(artists::name_key.eq(name.key()))
        .select(artists::id)
        .first(c)
        .optional()?;
    if let Some(id) = known {
        return Ok(id);
    }
    let slug = free_slug(name.as_str(), |slug| {
        select(exists(artists::table.filter(artists::slug.eq(slug.as_str())))).get_result(c)
    })?;
    let id = new_id();
    diesel::insert_into(artists::table)
        .values((
            artists::id.eq(&id),
            artists::name.eq(name.as_str()),
            artists::name_key.eq(name.key()),
            artists::slug.eq(slug.as_str()),
        ))
        .execute(c)?;
    put_line(c, &id, name.as_str(), slug.as_str(), false)?;
    Ok(id)
}

fn put_line(
    c: &mut SqliteConnection,
    id: &[u8],
    name: &str,
    slug: &str,
    published: bool,
) -> Outcome<()> {
    let kind = Kind::Artist;
    search::put(c, &Line { kind, id, title: name, slug, artist: None, album: None, published })
}

/// Lets an artist go of whom nothing is left, and says of one who stays whether something of
/// theirs is published.
pub(super) fn settle(c: &mut SqliteConnection, id: &[u8]) -> Outcome<()> {
    let known: Option<(String, String, String, bool)> = artists::table
        .find(id)
        .select((artists::name, artists::name_key, artists::slug, artists::published))
        .first(c)
        .optional()?;
    let Some((name, key, slug, was_published)) = known else { return Ok(()) };
    // By the key: the index of what is published has it in front.
    let albums = albums::table.filter(albums::artist_key.eq(&key)).filter(albums::published);
    let recordings =
        recordings::table.filter(recordings::artist_key.eq(&key)).filter(recordings::published);
    let is_published: bool =
        select(exists(albums)).get_result(c)? || select(exists(recordings)).get_result(c)?;
    if !is_published && !has_anything(c, id)? {
        return remove(c, id);
    }
    if is_published != was_published {
        diesel::update(artists::table.find(id))
            .set(artists::published.eq(is_published))
            .execute(c)?;
        put_line(c, id, &name, &slug, is_published)?;
    }
    Ok(())
}

fn has_anything(c: &mut SqliteConnection, id: &[u8]) -> QueryResult<bool> {
    Ok(select(exists(songs::table.filter(songs::artist_id.eq(id)))).get_result(c)?
        || select(exists(albums::table.filter(albums::artist_id.eq(id)))).get_result(c)?
        || select(exists(recordings::table.filter(recordings::artist_id.eq(id)))).get_result(c)?)
}

fn remove(c: &mut SqliteConnection, id: &[u8]) -> Outcome<()> {
    diesel::delete(artists::table.find(id)).execute(c)?;
    search::remove(c, Kind::Artist, id)?;
    listeners::forget(c, &Subject::Artist(ArtistId::from_uuid(uuid(id)?)))?;
    remove_link(c, "artist", id)
}

/// Forgets which entry of Discogs something is that goes.
pub(super) fn forget_link(c: &mut SqliteConnection, subject: SubjectId) -> Outcome<()> {
    match subject {
        SubjectId::Artist(id) => remove_link(c, "artist", bytes(id.as_uuid())),
        SubjectId::Album(id) => remove_link(c, "album", bytes(id.as_uuid())),
    }
}

fn remove_link(c: &mut SqliteConnection, kind: &str, id: &[u8]) -> Outcome<()> {
    diesel::delete(discogs_links::table.find((kind, id))).execute(c)?;
    Ok(())
}
