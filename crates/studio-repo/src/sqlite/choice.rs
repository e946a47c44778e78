//! What is known and thought of versions.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use diesel::dsl::{exists, select, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{
    Digest, Mark, Pick, Selection, SongPath, SoundFacts, TrackName, TrackPath, Version,
    VersionDetails, VersionId,
};

use super::SqliteCatalog;
use super::choice_rows::{MarkRow, PickRow};
use super::error::Outcome;
use super::read::{self, Versions};
use super::rows::uuid;
use super::schema::{marks, picks, release_stems, versions};
use super::sounds::{self, AT_ONCE};
use super::write::bytes;
use crate::{ChoiceRepo, MAX_PAGE, Page, PageRequest, Result, VersionFilter};

#[async_trait]
impl ChoiceRepo for SqliteCatalog {
    async fn record_sounds(&self, sounds: &[(Digest, SoundFacts)]) -> Result<()> {
        let sounds = sounds.to_vec();
        self.connections.write("record what was heard", move |c| sounds::record(c, &sounds)).await
    }

    async fn details(&self, versions: &[(VersionId, Digest)]) -> Result<Vec<VersionDetails>> {
        let versions = versions.to_vec();
        self.connections.read("look up versions", move |c| details(c, &versions)).await
    }

    async fn selected(
        &self,
        place: &VersionFilter,
        selection: Selection,
        page: PageRequest,
    ) -> Result<Page<Version>> {
        let place = place.clone();
        self.connections
            .read("list versions", move |c| {
                read::versions(c, &place, page, |query| narrow(query, selection))
            })
            .await
    }

    async fn add_picks(&self, picks: &[Pick]) -> Result<usize> {
        let picks = picks.to_vec();
        self.connections.write("record a pick", move |c| add_picks(c, &picks)).await
    }

    async fn picks(&self, song: &SongPath) -> Result<Vec<Pick>> {
        let song = song.clone();
        self.connections.read("list picks", move |c| into_picks(last_of(&song).load(c)?)).await
    }

    async fn picks_ever(
        &self,
        song: &SongPath,
        track: Option<&TrackName>,
        limit: u32,
    ) -> Result<Vec<Pick>> {
        let (song, track) = (song.clone(), track.cloned());
        self.connections
            .read("list the history of picks", move |c| {
                into_picks(ever_of(&song, track.as_ref(), limit).load(c)?)
            })
            .await
    }

    async fn add_marks(&self, marks: &[Mark]) -> Result<usize> {
        let marks = marks.to_vec();
        self.connections.write("record a mark", move |c| add_marks(c, &marks)).await
    }

    async fn marks_ever(&self, version: VersionId) -> Result<Vec<Mark>> {
        self.connections.read("list marks", move |c| marks_ever(c, version)).await
    }
}

/// Only what is selected of a listing.
fn narrow(query: Versions<'static>, selection: Selection) -> Versions<'static> {
    let Selection { picked, latest, status } = selection;
    let mut query = query;
    if picked {
        let of_version = picks::table
            .filter(picks::version_id.eq(versions::id.nullable()))
            .filter(picks::is_last);
        query = query.filter(exists(of_version));
    }
    if let Some(status) = status {
        let of_version = marks::table
            .filter(marks::version_id.eq(versions::id))
            .filter(marks::is_last)
            .filter(marks::status.eq(status.as_str()));
        query = query.filter(exists(of_version));
    }
    if latest {
        query = query.filter(sql::<Bool>(
            "NOT EXISTS (SELECT 1 FROM versions AS later \
             WHERE later.artist_key = versions.artist_key \
             AND later.song_key = versions.song_key \
             AND later.track_key = versions.track_key \
             AND (later.uploaded_at, later.id) > (versions.uploaded_at, versions.id))",
        ));
    }
    query
}

fn details(
    c: &mut SqliteConnection,
    wanted: &[(VersionId, Digest)],
) -> Outcome<Vec<VersionDetails>> {
    let digests: HashSet<Digest> = wanted.iter().map(|(_, digest)| *digest).collect();
    let sounds = sounds::find(c, &digests.into_iter().collect::<Vec<_>>())?;
    let ids: Vec<&[u8]> = wanted.iter().map(|(id, _)| bytes(id.as_uuid())).collect();
    let mut last_marks = HashMap::new();
    let mut picked = HashSet::new();
    let mut releases: HashMap<VersionId, u32> = HashMap::new();
    for some in ids.chunks(AT_ONCE) {
        let rows: Vec<MarkRow> = marks::table
            .filter(marks::version_id.eq_any(some))
            .filter(marks::is_last)
            .select(MarkRow::as_select())
            .load(c)?;
        for row in rows {
            let mark = row.into_mark()?;
            last_marks.insert(mark.version, mark);
        }
        let rows: Vec<Option<Vec<u8>>> = picks::table
            .filter(picks::version_id.eq_any(some))
            .filter(picks::is_last)
            .select(picks::version_id)
            .load(c)?;
        for id in rows.into_iter().flatten() {
            picked.insert(VersionId::from_uuid(uuid(&id)?));
        }
        let rows: Vec<Vec<u8>> = release_stems::table
            .filter(release_stems::version_id.eq_any(some))
            .select(release_stems::version_id)
            .load(c)?;
        for id in rows {
            *releases.entry(VersionId::from_uuid(uuid(&id)?)).or_default() += 1;
        }
    }
    let details = wanted.iter().map(|(id, digest)| VersionDetails {
        sound: sounds.get(digest).copied(),
        mark: last_marks.get(id).filter(|mark| mark.status.is_some()).cloned(),
        picked: picked.contains(id),
        releases: releases.get(id).copied().unwrap_or_default(),
    });
    Ok(details.collect())
}

fn add_picks(c: &mut SqliteConnection, all: &[Pick]) -> Outcome<usize> {
    let mut fresh = 0;
    for pick in all {
        let there = picks::table.find(bytes(pick.id.as_uuid()));
        if select(exists(there)).get_result(c)? {
            continue;
        }
        diesel::insert_into(picks::table).values(PickRow::new(pick)).execute(c)?;
        settle_picks(c, &pick.track)?;
        fresh += 1;
    }
    Ok(fresh)
}

/// Lets the last word on a track be the last one.
fn settle_picks(c: &mut SqliteConnection, track: &TrackPath) -> Outcome<()> {
    let of_track = picks::table
        .filter(picks::artist_key.eq(track.artist.key()))
        .filter(picks::song_key.eq(track.song.key()))
        .filter(picks::track_key.eq(track.track.key()));
    let last: Vec<u8> =
        of_track.order((picks::said_at.desc(), picks::id.desc())).select(picks::id).first(c)?;
    diesel::update(of_track.filter(picks::is_last)).set(picks::is_last.eq(false)).execute(c)?;
    diesel::update(picks::table.find(last)).set(picks::is_last.eq(true)).execute(c)?;
    Ok(())
}

fn add_marks(c: &mut SqliteConnection, all: &[Mark]) -> Outcome<usize> {
    let mut fresh = 0;
    for mark in all {
        let there = marks::table.find(bytes(mark.id.as_uuid()));
        if select(exists(there)).get_result(c)? {
            continue;
        }
        diesel::insert_into(marks::table).values(MarkRow::new(mark)).execute(c)?;
        settle_marks(c, mark.version)?;
        fresh += 1;
    }
    Ok(fresh)
}

/// Lets the last word on a version be the last one.
fn settle_marks(c: &mut SqliteConnection, version: VersionId) -> Outcome<()> {
    let of_version = marks::table.filter(marks::version_id.eq(bytes(version.as_uuid())));
    let last: Vec<u8> =
        of_version.order((marks::said_at.desc(), marks::id.desc())).select(marks::id).first(c)?;
    diesel::update(of_version.filter(marks::is_last)).set(marks::is_last.eq(false)).execute(c)?;
    diesel::update(marks::table.find(last)).set(marks::is_last.eq(true)).execute(c)?;
    Ok(())
}

/// A query for picks.
type Picks<'a> = diesel::dsl::IntoBoxed<
    'a,
    diesel::dsl::Select<picks::table, diesel::dsl::AsSelect<PickRow, Sqlite>>,
    Sqlite,
>;

fn of_song(song: &SongPath) -> Picks<'_> {
    picks::table
        .select(PickRow::as_select())
        .into_boxed()
        .filter(picks::artist_key.eq(song.artist.key()))
        .filter(picks::song_key.eq(song.song.key()))
}

fn last_of(song: &SongPath) -> Picks<'_> {
    of_song(song)
        .filter(picks::is_last)
        .filter(picks::version_id.is_not_null())
        .order(picks::track_key)
}

fn ever_of<'a>(song: &'a SongPath, track: Option<&'a TrackName>, limit: u32) -> Picks<'a> {
    let all = match track {
        Some(track) => of_song(song).filter(picks::track_key.eq(track.key())),
        None => of_song(song),
    };
    all.order((picks::said_at.desc(), picks::id.desc())).limit(limit.clamp(1, MAX_PAGE).into())
}

fn into_picks(rows: Vec<PickRow>) -> Outcome<Vec<Pick>> {
    rows.into_iter().map(PickRow::into_pick).collect()
}

fn marks_ever(c: &mut SqliteConnection, version: VersionId) -> Outcome<Vec<Mark>> {
    let rows: Vec<MarkRow> = marks::table
        .filter(marks::version_id.eq(bytes(version.as_uuid())))
        .order((marks::said_at.desc(), marks::id.desc()))
        .select(MarkRow::as_select())
        .load(c)?;
    rows.into_iter().map(MarkRow::into_mark).collect()
}
