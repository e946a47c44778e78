//! Queries that only look.

use std::cmp::Ordering;

use diesel::dsl::{AsSelect, exists, select, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Bool, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{
    Artist, ArtistName, NameKind, Song, SongTitle, Track, TrackName, Version, VersionId,
    VersionPath,
};

use super::error::Outcome;
use super::rows::{ArtistRow, SongRow, TrackRow, VersionRow};
use super::schema::{artists, songs, tracks, trash, versions};
use crate::{Error, MAX_PAGE, Page, PageRequest, VersionFilter};

/// Versions joined with the names that lead to them.
#[diesel::dsl::auto_type]
pub(super) fn named_versions() -> _ {
    versions::table.inner_join(tracks::table.inner_join(songs::table.inner_join(artists::table)))
}

/// A query for versions, still open for filters.
pub(super) type Versions<'a> = diesel::dsl::IntoBoxed<'a, named_versions, Sqlite>;

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
    narrow: impl FnOnce(Versions<'static>) -> Versions<'static>,
) -> Outcome<Page<Version>> {
    let limit = page.limit.clamp(1, MAX_PAGE);
    let after = page.after.map(|id| position(c, id)).transpose()?;
    // One more than asked for tells whether there is a next page.
    let rows: Vec<VersionRow> = narrow(listing(filter, after, i64::from(limit) + 1))
        .select(VersionRow::as_select())
        .load(c)?;
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
pub(super) type Position = (String, String, String, i64, Vec<u8>);

/// Where a version stands, or stood until it was thrown away: a listing goes on behind it.
fn position(c: &mut SqliteConnection, id: VersionId) -> Outcome<Position> {
    let key = id.as_uuid().as_bytes().to_vec();
    let there: Option<Position> = versions::table
        .find(&key)
        .select((
            versions::artist_key,
            versions::song_key,
            versions::track_key,
            versions::uploaded_at,
            versions::id,
        ))
        .first(c)
        .optional()?;
    if let Some(there) = there {
        return Ok(there);
    }
    trash::table
        .find(&key)
        .select((
            trash::artist_key,
            trash::song_key,
            trash::track_key,
            trash::uploaded_at,
            trash::id,
        ))
        .first(c)
        .optional()?
        .ok_or_else(|| Error::UnknownCursor { id }.into())
}

/// The listing, in the order of its index and cut by it.
pub(super) fn listing(
    filter: &VersionFilter,
    after: Option<Position>,
    limit: i64,
) -> Versions<'static> {
    let query = below(filter);
    let query = match after {
        Some(position) => behind(query, filter, position),
        // No name is empty: this makes even the first page of all a search of the index.
        None => query.filter(versions::artist_key.gt("")),
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

/// The condition that some columns, as a row value, come behind values of these types.
macro_rules! row_is_behind {
    ($columns:literal, $first_type:ty = $first:expr $(, $type:ty = $value:expr)*) => {
        diesel::dsl::sql::<diesel::sql_types::Bool>(concat!("(", $columns, ") > ("))
            .bind::<$first_type, _>($first)
            $(.sql(", ").bind::<$type, _>($value))*
            .sql(")")
    };
}
pub(super) use row_is_behind;

/// Only what stands behind a position.
///
/// The position is a row value, because SQLite searches an index for it where the same
/// written out with OR is a scan; and it has just the columns that the filter leaves open,
/// because SQLite goes by either an equality or a row value that begin with one column,
/// and by the equality alone it would walk through all that stands before the position.
fn behind(
    query: Versions<'static>,
    filter: &VersionFilter,
    position: Position,
) -> Versions<'static> {
    let (artist, song, track, uploaded_at, id) = position;
    let fixed = fixed_keys(filter);
    let place = [artist.as_str(), song.as_str(), track.as_str()];
    match place[..fixed.len()].cmp(&fixed[..]) {
        // A position among what comes before or behind all that the filter lets through.
        Ordering::Less => return query,
        Ordering::Greater => return query.filter(sql::<Bool>("0")),
        Ordering::Equal => {}
    }
    match fixed.len() {
        0 => query.filter(row_is_behind!(
            "versions.artist_key, versions.song_key, versions.track_key, \
             versions.uploaded_at, versions.id",
            Text = artist,
            Text = song,
            Text = track,
            BigInt = uploaded_at,
            Binary = id
        )),
        1 => query.filter(row_is_behind!(
            "versions.song_key, versions.track_key, versions.uploaded_at, versions.id",
            Text = song,
            Text = track,
            BigInt = uploaded_at,
            Binary = id
        )),
        2 => query.filter(row_is_behind!(
            "versions.track_key, versions.uploaded_at, versions.id",
            Text = track,
            BigInt = uploaded_at,
            Binary = id
        )),
        _ => query.filter(row_is_behind!(
            "versions.uploaded_at, versions.id",
            BigInt = uploaded_at,
            Binary = id
        )),
    }
}

/// The keys that a filter fixes of artist, song and track, from the left.
fn fixed_keys(filter: &VersionFilter) -> Vec<&str> {
    match filter {
        VersionFilter::All => vec![],
        VersionFilter::Artist(artist) => vec![artist.key()],
        VersionFilter::Song(artist, song) => vec![artist.key(), song.key()],
        VersionFilter::Track(artist, song, track)
        | VersionFilter::Version(VersionPath { artist, song, track, .. }) => {
            vec![artist.key(), song.key(), track.key()]
        }
    }
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
    let rows: Vec<ArtistRow> = artists_after(after, limit).load(c)?;
    rows.into_iter().map(ArtistRow::into_artist).collect()
}

#[diesel::dsl::auto_type]
fn artists_after<'a>(after: Option<&'a ArtistName>, limit: u32) -> _ {
    let key: &'a str = after.map_or("", ArtistName::key);
    let limit: i64 = limit.into();
    let selected: AsSelect<ArtistRow, Sqlite> = ArtistRow::as_select();
    artists::table
        .filter(artists::name_key.gt(key))
        .order(artists::name_key)
        .limit(limit)
        .select(selected)
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
    let rows: Vec<SongRow> = songs_after(artist, after, limit).load(c)?;
    rows.into_iter().map(SongRow::into_song).collect()
}

#[diesel::dsl::auto_type]
fn songs_after<'a>(artist: &'a ArtistName, after: Option<&'a SongTitle>, limit: u32) -> _ {
    let all: songs_of<'a> = songs_of(artist);
    let key: &'a str = after.map_or("", SongTitle::key);
    let limit: i64 = limit.into();
    let selected: AsSelect<SongRow, Sqlite> = SongRow::as_select();
    all.filter(songs::title_key.gt(key)).order(songs::title_key).limit(limit).select(selected)
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
    let rows: Vec<TrackRow> = tracks_after(artist, song, after, limit).load(c)?;
    rows.into_iter().map(TrackRow::into_track).collect()
}

#[diesel::dsl::auto_type]
fn tracks_after<'a>(
    artist: &'a ArtistName,
    song: &'a SongTitle,
    after: Option<&'a TrackName>,
    limit: u32,
) -> _ {
    let all: tracks_of<'a> = tracks_of(artist, song);
    let key: &'a str = after.map_or("", TrackName::key);
    let limit: i64 = limit.into();
    let selected: AsSelect<TrackRow, Sqlite> = TrackRow::as_select();
    all.filter(tracks::name_key.gt(key)).order(tracks::name_key).limit(limit).select(selected)
}

#[cfg(test)]
mod tests {
    use studio_testkit::catalog_suite::{path, version};

    use super::*;
    use crate::sqlite::SqliteCatalog;
    use crate::sqlite::plan::{assert_searches, plan};
    use crate::{CatalogRepo as _, Result};

    #[tokio::test]
    async fn every_listing_searches_an_index_and_sorts_nothing() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let versions: Vec<_> =
            (0..200).map(|n| version(path("a", "s", "t", &format!("{n}")), n)).collect();
        catalog.restore(&versions).await?;
        let place = path("a", "s", "t", "v");
        let VersionPath { artist, song, track, .. } = place.clone();
        let filters = [
            VersionFilter::All,
            VersionFilter::Artist(artist.clone()),
            VersionFilter::Song(artist.clone(), song.clone()),
            VersionFilter::Track(artist.clone(), song.clone(), track.clone()),
            VersionFilter::Version(place),
        ];
        let after: Position = ("a".into(), "s".into(), "t".into(), 7, vec![0; 16]);
        let explain = move |c: &mut SqliteConnection| -> Outcome<()> {
            for filter in &filters {
                for after in [None, Some(after.clone())] {
                    let what = format!("{filter:?} after {after:?}");
                    let query = listing(filter, after.clone(), 101).select(VersionRow::as_select());
                    let plan = plan(c, query)?;
                    assert_searches(&what, &plan);
                    assert!(plan[0].starts_with("SEARCH versions"), "{what}: {plan:?}");
                    // All that the filter and the position know must lead the search.
                    let leads = match (filter, after.is_some()) {
                        (VersionFilter::All, true) => {
                            "((artist_key,song_key,track_key,uploaded_at,id)>(?,?,?,?,?))"
                        }
                        (VersionFilter::All, false) => "(artist_key>?)",
                        (VersionFilter::Artist(_), true) => {
                            "(artist_key=? AND (song_key,track_key,uploaded_at,id)>(?,?,?,?))"
                        }
                        (VersionFilter::Artist(_), false) => "(artist_key=?)",
                        (VersionFilter::Song(..), true) => {
                            "(artist_key=? AND song_key=? AND (track_key,uploaded_at,id)>(?,?,?))"
                        }
                        (VersionFilter::Song(..), false) => "(artist_key=? AND song_key=?)",
                        (VersionFilter::Track(..), true) => {
                            "(artist_key=? AND song_key=? AND track_key=? AND \
                             (uploaded_at,id)>(?,?))"
                        }
                        (VersionFilter::Track(..), false) => {
                            "(artist_key=? AND song_key=? AND track_key=?)"
                        }
                        (VersionFilter::Version(_), _) => {
                            "(artist_key=? AND song_key=? AND track_key=? AND tag_key=?)"
                        }
                    };
                    assert!(plan[0].contains(leads), "{what}: {plan:?}");
                }
            }
            let names = artists_after(Some(&artist), 10);
            assert_searches("artists", &plan(c, names)?);
            assert_searches("songs", &plan(c, songs_after(&artist, Some(&song), 10))?);
            let tracks = tracks_after(&artist, &song, Some(&track), 10);
            assert_searches("tracks", &plan(c, tracks)?);
            Ok(())
        };
        catalog.connections.read("explain the listings", explain).await
    }
}
