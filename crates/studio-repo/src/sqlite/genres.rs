//! Genres, and what an album tells of the recordings on it. Each function that changes something
//! runs inside one immediate transaction.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::sqlite::SqliteConnection;
use studio_domain::{ArtistId, GenreName};

use super::entries::Query;
use super::error::{Failure, Outcome};
use super::schema::{album_genres, albums, genres, recordings};
use super::write::bytes;
use crate::{GenreLine, Sight};

/// What a recording counts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    pub(super) genre_key: Option<String>,
    pub(super) published: bool,
}

/// Takes a genre in; one that is there keeps its spelling.
pub(super) fn put(c: &mut SqliteConnection, genre: &GenreName) -> QueryResult<()> {
    diesel::insert_into(genres::table)
        .values((genres::key.eq(genre.key()), genres::name.eq(genre.as_str())))
        .on_conflict_do_nothing()
        .execute(c)?;
    Ok(())
}

/// Counts a recording for its genre: as it is now, in place of what it was.
pub(super) fn recount(
    c: &mut SqliteConnection,
    before: Option<&Counted>,
    now: Option<&Counted>,
) -> Outcome<()> {
    if before == now {
        return Ok(());
    }
    for (counted, by) in [(now, 1), (before, -1)] {
        if let Some(Counted { genre_key: Some(key), published }) = counted {
            add(c, key, [by, 0, if *published { by } else { 0 }, 0])?;
        }
    }
    Ok(())
}

/// Adds to the counts of a genre: recordings and albums, and those of them for everybody. One
/// that has nothing any more goes.
fn add(c: &mut SqliteConnection, key: &str, by: [i64; 4]) -> Outcome<()> {
    let [all, on, shown, shown_on] = by;
    diesel::update(genres::table.find(key))
        .set((
            genres::recordings.eq(genres::recordings + all),
            genres::albums.eq(genres::albums + on),
            genres::shown_recordings.eq(genres::shown_recordings + shown),
            genres::shown_albums.eq(genres::shown_albums + shown_on),
        ))
        .execute(c)?;
    let empty = genres::table.find(key).filter(genres::recordings.eq(0));
    diesel::delete(empty.filter(genres::albums.eq(0))).execute(c)?;
    Ok(())
}

/// What an album needs to know of a recording on it.
#[derive(Queryable)]
struct OnIt {
    published: bool,
    frames: Option<i64>,
    sample_rate: Option<i64>,
    genre_key: Option<String>,
}

impl OnIt {
    /// In milliseconds; 0 where it is not known. A header can claim any number of frames.
    fn length_ms(&self) -> i64 {
        match (self.frames, self.sample_rate) {
            (Some(frames @ 1..=9_000_000_000_000), Some(rate @ 1..)) => frames * 1000 / rate,
            _ => 0,
        }
    }
}

/// Lets an album tell of what is on it now.
pub(super) fn settle_album(c: &mut SqliteConnection, id: &[u8]) -> Outcome<()> {
    let keys: Option<(String, String, bool)> = albums::table
        .find(id)
        .select((albums::artist_key, albums::title_key, albums::published))
        .first(c)
        .optional()?;
    let Some((artist_key, title_key, published)) = keys else { return Ok(()) };
    let all: Vec<OnIt> = on_album(id).load(c)?;
    let shown = || all.iter().filter(|one| one.published);
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    diesel::update(albums::table.find(id))
        .set((
            albums::songs.eq(count(all.len())),
            albums::length_ms.eq(all.iter().map(OnIt::length_ms).sum::<i64>()),
            albums::shown_songs.eq(count(shown().count())),
            albums::shown_length_ms.eq(shown().map(OnIt::length_ms).sum::<i64>()),
            albums::genre_key.eq(most_frequent(shown()).or_else(|| most_frequent(all.iter()))),
        ))
        .execute(c)?;
    // Each with whether everybody may know.
    let mut now: BTreeMap<&str, bool> = BTreeMap::new();
    for one in &all {
        if let Some(key) = &one.genre_key {
            *now.entry(key).or_default() |= published && one.published;
        }
    }
    let before: Vec<(String, bool)> = album_genres::table
        .filter(album_genres::album_id.eq(id))
        .select((album_genres::genre_key, album_genres::shown))
        .load(c)?;
    diesel::delete(album_genres::table.filter(album_genres::album_id.eq(id))).execute(c)?;
    for (key, shown) in now {
        diesel::insert_into(album_genres::table)
            .values((
                album_genres::genre_key.eq(key),
                album_genres::artist_key.eq(&artist_key),
                album_genres::title_key.eq(&title_key),
                album_genres::album_id.eq(id),
                album_genres::shown.eq(shown),
            ))
            .execute(c)?;
        add(c, key, [0, 1, 0, i64::from(shown)])?;
    }
    for (key, shown) in before {
        add(c, &key, [0, -1, 0, -i64::from(shown)])?;
    }
    Ok(())
}

fn on_album(id: &[u8]) -> impl Query<'_, OnIt> {
    recordings::table.filter(recordings::album_id.eq(id)).select((
        recordings::published,
        recordings::frames,
        recordings::sample_rate,
        recordings::genre_key,
    ))
}

/// The genre that most have; of several the first by its key.
fn most_frequent<'a>(all: impl Iterator<Item = &'a OnIt>) -> Option<&'a str> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for key in all.filter_map(|one| one.genre_key.as_deref()) {
        *counts.entry(key).or_default() += 1;
    }
    counts.into_iter().max_by_key(|(key, count)| (*count, Reverse(*key))).map(|(key, _)| key)
}

/// The genres in sight, by name.
pub(super) fn listed(c: &mut SqliteConnection, sight: &Sight) -> Outcome<Vec<GenreLine>> {
    let mut all: BTreeMap<String, Counts> = BTreeMap::new();
    let rows: Vec<Row> = match sight {
        Sight::Everything => every().load(c)?,
        Sight::Published | Sight::PublishedAnd(_) => shown().load(c)?,
    };
    for (key, name, recordings, on) in rows {
        all.insert(key, (name, recordings, on));
    }
    if let Sight::PublishedAnd(own) = sight {
        add_own(c, own, &mut all)?;
    }
    let line = |(name, recordings, on): Counts| {
        Ok(GenreLine {
            name: GenreName::new(&name).map_err(Failure::bad_row)?,
            recordings: u64::try_from(recordings).map_err(Failure::bad_row)?,
            albums: u64::try_from(on).map_err(Failure::bad_row)?,
        })
    };
    all.into_values().map(line).collect()
}

type Counts = (String, i64, i64);

type Row = (String, String, i64, i64);

pub(super) fn every() -> impl Query<'static, Row> {
    genres::table.filter(genres::key.gt("")).order(genres::key).select((
        genres::key,
        genres::name,
        genres::recordings,
        genres::albums,
    ))
}

pub(super) fn shown() -> impl Query<'static, Row> {
    genres::table
        .filter(genres::key.gt(""))
        .filter(sql::<Bool>("genres.shown_recordings > 0"))
        .order(genres::key)
        .select((genres::key, genres::name, genres::shown_recordings, genres::shown_albums))
}

/// What is the viewer's own and not for everybody, on top of what is.
fn add_own(
    c: &mut SqliteConnection,
    own: &BTreeSet<ArtistId>,
    all: &mut BTreeMap<String, Counts>,
) -> Outcome<()> {
    for artist in own {
        let artist = bytes(artist.as_uuid());
        for (key, name, count) in unpublished_of(artist).load::<(String, String, i64)>(c)? {
            all.entry(key).or_insert((name, 0, 0)).1 += count;
        }
        for (key, count) in albums_not_shown_of(artist).load::<(String, i64)>(c)? {
            if let Some(counts) = all.get_mut(&key) {
                counts.2 += count;
            }
        }
    }
    Ok(())
}

pub(super) fn unpublished_of(artist: &[u8]) -> impl Query<'_, (String, String, i64)> {
    recordings::table
        .inner_join(genres::table.on(recordings::genre_key.eq(genres::key.nullable())))
        .filter(recordings::artist_id.eq(artist))
        .filter(recordings::published.eq(false))
        .group_by((genres::key, genres::name))
        .select((genres::key, genres::name, count_star()))
}

pub(super) fn albums_not_shown_of(artist: &[u8]) -> impl Query<'_, (String, i64)> {
    albums::table
        .inner_join(album_genres::table)
        .filter(albums::artist_id.eq(artist))
        .filter(album_genres::shown.eq(false))
        .group_by(album_genres::genre_key)
        .select((album_genres::genre_key, count_star()))
}
