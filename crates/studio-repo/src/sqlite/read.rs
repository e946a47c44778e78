//! Queries that only look.

use diesel::dsl::{exists, select, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{
    Artist, ArtistName, NameKind, Song, SongTitle, Track, TrackName, Version, VersionId,
    VersionPath,
};

use super::error::Outcome;
use super::rows::{ArtistRow, SongRow, TrackRow, VersionRow};
use super::schema::{artists, songs, tracks, versions};
use crate::{Error, MAX_PAGE, Page, PageRequest, VersionFilter};

/// Versions joined with the names that lead to them.
#[diesel::dsl::auto_type]
fn named_versions() -> _ {
    versions::table.inner_join(tracks::table.inner_join(songs::table.inner_join(artists::table)))
}

/// A query for versions, still open for filters.
type Versions<'a> = diesel::dsl::IntoBoxed<'a, named_versions, Sqlite>;

pub(super) fn version(c: &mut SqliteConnection, path: VersionPath) -> Outcome<Version> {
    match find(c, &path)? {
        Some(version) => Ok(version),
        None => {
            let missing = first_missing(c, &path)?;
            Err(Error::NotFound { path: Box::new(path), missing }.into())
        }
    }
}

/// The version at a place, if there is one.
pub(super) fn find(c: &mut SqliteConnection, path: &VersionPath) -> Outcome<Option<Version>> {
    let row = at_place(path).select(VersionRow::as_select()).first(c).optional()?;
    row.map(VersionRow::into_version).transpose()
}

fn at_place(path: &VersionPath) -> Versions<'_> {
    below(&VersionFilter::Version(path.clone()))
}

fn first_missing(c: &mut SqliteConnection, path: &VersionPath) -> Outcome<NameKind> {
    let artist = artists::table.filter(artists::name_key.eq(path.artist.key()));
    if !select(exists(artist)).get_result(c)? {
        return Ok(NameKind::Artist);
    }
    let song = songs_of(&path.artist).filter(songs::title_key.eq(path.song.key()));
    if !select(exists(song)).get_result(c)? {
        return Ok(NameKind::Song);
    }
    let track = tracks_of(&path.artist, &path.song).filter(tracks::name_key.eq(path.track.key()));
    if !select(exists(track)).get_result(c)? {
        return Ok(NameKind::Track);
    }
    Ok(NameKind::Version)
}

pub(super) fn versions(
    c: &mut SqliteConnection,
    filter: &VersionFilter,
    page: PageRequest,
) -> Outcome<Page<Version>> {
    let limit = page.limit.clamp(1, MAX_PAGE);
    let after = page.after.map(|id| position(c, id)).transpose()?;
    // One more than asked for tells whether there is a next page.
    let rows: Vec<VersionRow> =
        listing(filter, after, i64::from(limit) + 1).select(VersionRow::as_select()).load(c)?;
    let mut items = Vec::with_capacity(rows.len());
    for row in rows {
        items.push(row.into_version()?);
    }
    let more = items.len() > limit as usize;
    items.truncate(limit as usize);
    let next = items.last().map(|last| last.id).filter(|_| more);
    Ok(Page { items, next })
}

/// Where a version stands in the listing: the columns of its index.
type Position = (String, String, String, i64, Vec<u8>);

fn position(c: &mut SqliteConnection, id: VersionId) -> Outcome<Position> {
    versions::table
        .find(id.as_uuid().as_bytes().to_vec())
        .select((
            versions::artist_key,
            versions::song_key,
            versions::track_key,
            versions::uploaded_at,
            versions::id,
        ))
        .first(c)
        .optional()?
        .ok_or_else(|| Error::UnknownCursor { id }.into())
}

/// The listing, in the order of its index and cut by it.
fn listing(filter: &VersionFilter, after: Option<Position>, limit: i64) -> Versions<'_> {
    let query = below(filter);
    let query = match after {
        // A row value, because SQLite searches an index for it; the same written out with
        // OR is a scan.
        Some((artist, song, track, uploaded_at, id)) => query.filter(
            sql::<Bool>(
                "(versions.artist_key, versions.song_key, versions.track_key, \
                  versions.uploaded_at, versions.id) > (",
            )
            .bind::<Text, _>(artist)
            .sql(", ")
            .bind::<Text, _>(song)
            .sql(", ")
            .bind::<Text, _>(track)
            .sql(", ")
            .bind::<BigInt, _>(uploaded_at)
            .sql(", ")
            .bind::<Binary, _>(id)
            .sql(")"),
        ),
        None => query,
    };
    query
        .order((
            versions::artist_key,
            versions::song_key,
            versions::track_key,
            versions::uploaded_at,
            versions::id,
        ))
        .limit(limit)
}

fn below(filter: &VersionFilter) -> Versions<'static> {
    let all = named_versions().into_boxed();
    let of_artist = |artist: &ArtistName| {
        named_versions().into_boxed().filter(versions::artist_key.eq(artist.key().to_owned()))
    };
    let of_song = |artist: &ArtistName, song: &SongTitle| {
        of_artist(artist).filter(versions::song_key.eq(song.key().to_owned()))
    };
    let of_track = |artist: &ArtistName, song: &SongTitle, track: &TrackName| {
        of_song(artist, song).filter(versions::track_key.eq(track.key().to_owned()))
    };
    match filter {
        VersionFilter::All => all,
        VersionFilter::Artist(artist) => of_artist(artist),
        VersionFilter::Song(artist, song) => of_song(artist, song),
        VersionFilter::Track(artist, song, track) => of_track(artist, song, track),
        VersionFilter::Version(VersionPath { artist, song, track, tag }) => {
            of_track(artist, song, track).filter(versions::tag_key.eq(tag.key().to_owned()))
        }
    }
}

pub(super) fn artists(
    c: &mut SqliteConnection,
    after: Option<&ArtistName>,
    limit: u32,
) -> Outcome<Vec<Artist>> {
    let rows: Vec<ArtistRow> = artists::table
        .filter(artists::name_key.gt(after.map_or("", ArtistName::key)))
        .order(artists::name_key)
        .limit(i64::from(limit))
        .select(ArtistRow::as_select())
        .load(c)?;
    rows.into_iter().map(ArtistRow::into_artist).collect()
}

/// The id of an artist, as a subquery.
#[diesel::dsl::auto_type]
fn id_of_artist<'a>(artist: &'a ArtistName) -> _ {
    let key: &'a str = artist.key();
    artists::table.filter(artists::name_key.eq(key)).select(artists::id).single_value()
}

/// The songs of an artist.
#[diesel::dsl::auto_type]
fn songs_of<'a>(artist: &'a ArtistName) -> _ {
    let id: id_of_artist<'a> = id_of_artist(artist);
    songs::table.filter(songs::artist_id.nullable().eq(id))
}

pub(super) fn songs(
    c: &mut SqliteConnection,
    artist: &ArtistName,
    after: Option<&SongTitle>,
    limit: u32,
) -> Outcome<Vec<Song>> {
    let rows: Vec<SongRow> = songs_of(artist)
        .filter(songs::title_key.gt(after.map_or("", SongTitle::key)))
        .order(songs::title_key)
        .limit(i64::from(limit))
        .select(SongRow::as_select())
        .load(c)?;
    rows.into_iter().map(SongRow::into_song).collect()
}

/// The id of a song, as a subquery.
#[diesel::dsl::auto_type]
fn id_of_song<'a>(artist: &'a ArtistName, song: &'a SongTitle) -> _ {
    let all: songs_of<'a> = songs_of(artist);
    let key: &'a str = song.key();
    all.filter(songs::title_key.eq(key)).select(songs::id).single_value()
}

/// The tracks of a song.
#[diesel::dsl::auto_type]
fn tracks_of<'a>(artist: &'a ArtistName, song: &'a SongTitle) -> _ {
    let id: id_of_song<'a> = id_of_song(artist, song);
    tracks::table.filter(tracks::song_id.nullable().eq(id))
}

pub(super) fn tracks(
    c: &mut SqliteConnection,
    artist: &ArtistName,
    song: &SongTitle,
    after: Option<&TrackName>,
    limit: u32,
) -> Outcome<Vec<Track>> {
    let rows: Vec<TrackRow> = tracks_of(artist, song)
        .filter(tracks::name_key.gt(after.map_or("", TrackName::key)))
        .order(tracks::name_key)
        .limit(i64::from(limit))
        .select(TrackRow::as_select())
        .load(c)?;
    rows.into_iter().map(TrackRow::into_track).collect()
}
