//! What is known and thought of versions.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use diesel::dsl::{AsSelect, exists, select, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{
    Digest, Mark, MarkId, Pick, PickId, Selection, SongPath, SoundFacts, TrackName, TrackPath,
    Version, VersionDetails, VersionId,
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

    async fn unknown_picks(&self, ids: &[PickId]) -> Result<Vec<PickId>> {
        let ids = ids.to_vec();
        self.connections
            .read("look up picks", move |c| {
                let unknown = |id: &PickId| {
                    let there = picks::table.find(bytes(id.as_uuid()));
                    select(exists(there)).get_result(c).map(|there: bool| !there)
                };
                keep(ids, unknown)
            })
            .await
    }

    async fn unknown_marks(&self, ids: &[MarkId]) -> Result<Vec<MarkId>> {
        let ids = ids.to_vec();
        self.connections
            .read("look up marks", move |c| {
                let unknown = |id: &MarkId| {
                    let there = marks::table.find(bytes(id.as_uuid()));
                    select(exists(there)).get_result(c).map(|there: bool| !there)
                };
                keep(ids, unknown)
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

/// Those of some values that a question keeps.
fn keep<T>(all: Vec<T>, mut is_kept: impl FnMut(&T) -> QueryResult<bool>) -> Outcome<Vec<T>> {
    let mut kept = Vec::new();
    for one in all {
        if is_kept(&one)? {
            kept.push(one);
        }
    }
    Ok(kept)
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
    let mut marks = HashMap::new();
    let mut picked = HashSet::new();
    // Sets: a release may use a version more than once, and a version may be asked for twice.
    let mut releases: HashMap<VersionId, HashSet<Vec<u8>>> = HashMap::new();
    for some in ids.chunks(AT_ONCE) {
        for row in last_marks(some).load::<MarkRow>(c)? {
            let mark = row.into_mark()?;
            marks.insert(mark.version, mark);
        }
        for id in picked_of(some).load::<Option<Vec<u8>>>(c)?.into_iter().flatten() {
            picked.insert(VersionId::from_uuid(uuid(&id)?));
        }
        for (id, release) in released_of(some).load::<(Vec<u8>, Vec<u8>)>(c)? {
            releases.entry(VersionId::from_uuid(uuid(&id)?)).or_default().insert(release);
        }
    }
    let details = wanted.iter().map(|(id, digest)| VersionDetails {
        sound: sounds.get(digest).copied(),
        mark: marks.get(id).filter(|mark| mark.status.is_some()).cloned(),
        picked: picked.contains(id),
        releases: releases
            .get(id)
            .map_or(0, |releases| u32::try_from(releases.len()).unwrap_or(u32::MAX)),
    });
    Ok(details.collect())
}

/// The last marks of some versions.
#[diesel::dsl::auto_type]
fn last_marks<'a>(ids: &'a [&'a [u8]]) -> _ {
    let selected: AsSelect<MarkRow, Sqlite> = MarkRow::as_select();
    marks::table.filter(marks::version_id.eq_any(ids)).filter(marks::is_last).select(selected)
}

/// Those of some versions that are picked.
#[diesel::dsl::auto_type]
fn picked_of<'a>(ids: &'a [&'a [u8]]) -> _ {
    picks::table
        .filter(picks::version_id.eq_any(ids))
        .filter(picks::is_last)
        .select(picks::version_id)
}

/// The uses of some versions in releases.
#[diesel::dsl::auto_type]
fn released_of<'a>(ids: &'a [&'a [u8]]) -> _ {
    release_stems::table
        .filter(release_stems::version_id.eq_any(ids))
        .select((release_stems::version_id, release_stems::release_id))
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
    let newest_first = of_track(track).order((picks::said_at.desc(), picks::id.desc()));
    let last: Vec<u8> = newest_first.select(picks::id).first(c)?;
    let settled = of_track(track).filter(picks::is_last);
    diesel::update(settled).set(picks::is_last.eq(false)).execute(c)?;
    diesel::update(picks::table.find(last)).set(picks::is_last.eq(true)).execute(c)?;
    Ok(())
}

#[diesel::dsl::auto_type]
fn of_track<'a>(track: &'a TrackPath) -> _ {
    let artist_key: &'a str = track.artist.key();
    let song_key: &'a str = track.song.key();
    let track_key: &'a str = track.track.key();
    picks::table
        .filter(picks::artist_key.eq(artist_key))
        .filter(picks::song_key.eq(song_key))
        .filter(picks::track_key.eq(track_key))
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
    let last: Vec<u8> = newest_marks(bytes(version.as_uuid())).select(marks::id).first(c)?;
    diesel::update(of_version.filter(marks::is_last)).set(marks::is_last.eq(false)).execute(c)?;
    diesel::update(marks::table.find(last)).set(marks::is_last.eq(true)).execute(c)?;
    Ok(())
}

/// The marks of a version, newest first.
#[diesel::dsl::auto_type]
fn newest_marks<'a>(version: &'a [u8]) -> _ {
    marks::table
        .filter(marks::version_id.eq(version))
        .order((marks::said_at.desc(), marks::id.desc()))
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
    let rows: Vec<MarkRow> =
        newest_marks(bytes(version.as_uuid())).select(MarkRow::as_select()).load(c)?;
    rows.into_iter().map(MarkRow::into_mark).collect()
}

#[cfg(test)]
mod tests {
    use studio_domain::{Status, VersionPath};
    use studio_testkit::catalog_suite::path;

    use super::*;
    use crate::sqlite::plan::{assert_leads, plan};
    use crate::sqlite::rows::VersionRow;

    #[tokio::test]
    async fn choices_are_searched_and_never_sorted() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| -> Outcome<()> {
            let track = path("a", "s", "t", "v").track_path();
            let song = path("a", "s", "t", "v").song_path();
            let last = plan(c, last_of(&song))?;
            assert_leads("the last of a song", &last, "picks_last (artist_key=? AND song_key=?)");
            let ever = plan(c, ever_of(&song, None, 10))?;
            assert_leads("a song's history", &ever, "(artist_key=? AND song_key=?)");
            let ever = plan(c, ever_of(&song, Some(&track.track), 10))?;
            let of_one = "(artist_key=? AND song_key=? AND track_key=?)";
            assert_leads("a track's history", &ever, of_one);
            let newest = of_track(&track).order((picks::said_at.desc(), picks::id.desc()));
            assert_leads("the last of a track", &plan(c, newest)?, of_one);
            assert_leads("settled", &plan(c, of_track(&track).filter(picks::is_last))?, of_one);
            assert_leads("marks", &plan(c, newest_marks(&[0; 16]))?, "(version_id=?)");
            let some: [&[u8]; 2] = [&[1; 16], &[2; 16]];
            let marked = plan(c, last_marks(&some))?;
            assert_leads("last marks", &marked, "marks_last (version_id=?)");
            let picked = plan(c, picked_of(&some))?;
            assert_leads("picked", &picked, "picks_by_version (version_id=?)");
            assert_leads("released", &plan(c, released_of(&some))?, "(version_id=?)");
            Ok(())
        };
        catalog.connections.read("explain the choices", explain).await
    }

    #[tokio::test]
    async fn what_is_selected_is_searched_along_the_listing() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| -> Outcome<()> {
            let place = path("a", "s", "t", "v");
            let VersionPath { artist, song, track, .. } = place.clone();
            let places = [
                VersionFilter::All,
                VersionFilter::Artist(artist.clone()),
                VersionFilter::Song(artist.clone(), song.clone()),
                VersionFilter::Track(artist, song, track),
                VersionFilter::Version(place),
            ];
            let after: read::Position = ("a".into(), "s".into(), "t".into(), 7, vec![0; 16]);
            for (place, selection) in
                places.iter().flat_map(|place| selections().map(move |some| (place, some)))
            {
                for after in [None, Some(after.clone())] {
                    let what = format!("{selection:?} of {place:?} after {after:?}");
                    let listing = narrow(read::listing(place, after, 101), selection);
                    let plan = plan(c, listing.select(VersionRow::as_select()))?;
                    assert_leads(&what, &plan, "SEARCH versions USING INDEX");
                    let looks = |index: &str| plan.iter().any(|step| step.contains(index));
                    assert_eq!(
                        looks("picks_by_version (version_id=?)"),
                        selection.picked,
                        "{what}"
                    );
                    let marked = selection.status.is_some();
                    assert_eq!(looks("marks_last (version_id=?)"), marked, "{what}");
                    let later = "(artist_key=? AND song_key=? AND track_key=? AND \
                                 (uploaded_at,id)>(?,?))";
                    let is_later = |step: &&String| step.contains("later");
                    let found = plan.iter().find(is_later);
                    assert_eq!(found.is_some(), selection.latest, "{what}: {plan:?}");
                    assert!(found.is_none_or(|step| step.contains(later)), "{what}: {plan:?}");
                }
            }
            Ok(())
        };
        catalog.connections.read("explain the selections", explain).await
    }

    fn selections() -> impl Iterator<Item = Selection> {
        [None, Some(Status::NoGood)].into_iter().flat_map(|status| {
            [(false, false), (false, true), (true, false), (true, true)]
                .map(|(picked, latest)| Selection { picked, latest, status })
        })
    }
}
