//! Every listing for listeners walks an index in its order.

use std::collections::BTreeSet;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Text};
use diesel::sqlite::SqliteConnection;
use studio_domain::{AccountId, ArtistId};
use uuid::Uuid;

use super::error::Outcome;
use super::plan::{assert_leads, assert_searches, plan};
use super::{
    SqliteCatalog, album_orders, artist_orders, browse, chance, genres, listeners, own_playlists,
    recording_orders, search, shares,
};
use crate::{AlbumOrder, Result, Sight, Stretch};

const SOME: Stretch = Stretch { offset: 20, limit: 10 };

/// Each sight, and what the index of it is called after that of everything.
fn sights() -> [(Sight, &'static str); 3] {
    let own = BTreeSet::from([1, 2].map(|n| ArtistId::from_uuid(Uuid::from_u128(n))));
    [(Sight::Everything, ""), (Sight::PublishedAnd(own), ""), (Sight::Published, "published_")]
}

/// Expects a walk along an index of albums alone: nothing is looked up where all is in it.
fn assert_walks(sight: &Sight, plan: &[String], index: &str, leads: &str) {
    assert_leads(&format!("{sight:?}"), plan, leads);
    assert!(plan[0].contains(index), "{index}: {plan:#?}");
    assert_eq!(plan[0].contains("COVERING"), !matches!(sight, Sight::PublishedAnd(_)), "{plan:#?}");
}

#[tokio::test]
async fn orders_of_albums_walk_one_index() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let explain = |c: &mut SqliteConnection| -> Outcome<()> {
        for (sight, kind) in sights() {
            let newest = plan(c, album_orders::newest(&sight, SOME))?;
            let index = format!("albums_{kind}by_arrival");
            assert_walks(&sight, &newest, &index, "(added_at>?)");
            let by_title = plan(c, album_orders::by_title(&sight, SOME))?;
            assert_walks(&sight, &by_title, &format!("albums_{kind}by_title"), "(title_key>?)");
            let by_artist = plan(c, album_orders::by_artist(&sight, SOME))?;
            let index = format!("albums_{kind}in_listing_order");
            assert_walks(&sight, &by_artist, &index, "(artist_key>?)");
            for (from, to) in [(1980, 1990), (1990, 1980)] {
                let by_year = plan(c, album_orders::by_year(from, to, &sight, SOME))?;
                let index = format!("albums_{kind}by_year");
                assert_walks(&sight, &by_year, &index, "(year>? AND year<?)");
            }
            let of_genre = plan(c, album_orders::of_genre("soul", &sight, SOME))?;
            assert_leads("a genre", &of_genre, "(genre_key=?)");
            let shown = of_genre[0].contains("album_genres_shown");
            assert_eq!(shown, sight == Sight::Published, "{of_genre:?}");
        }
        Ok(())
    };
    catalog.connections.read("explain albums", explain).await
}

#[tokio::test]
async fn what_is_marked_walks_the_marks_of_one_account() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let explain = |c: &mut SqliteConnection| -> Outcome<()> {
        let account = AccountId::from_uuid(Uuid::nil());
        let id = [7; 16];
        for (sight, _) in sights() {
            for (order, index) in [
                (AlbumOrder::Starred(account), "listener_marks_starred"),
                (AlbumOrder::Recent(account), "listener_marks_recent"),
                (AlbumOrder::Frequent(account), "listener_marks_played"),
                (AlbumOrder::Rated(account), "listener_marks_rated"),
            ] {
                let marked = plan(c, album_orders::marked(&order, &id, &sight, SOME))?;
                assert_leads(index, &marked, "(account_id=? AND kind=?");
                assert!(marked[0].contains(index), "{marked:#?}");
                assert!(marked[1].contains("(id=?)"), "{marked:#?}");
            }
            let starred = [
                plan(c, recording_orders::starred(&id, &sight, SOME))?,
                plan(c, artist_orders::starred(&id, &sight, SOME))?,
            ];
            for starred in starred {
                assert_leads("starred", &starred, "(account_id=? AND kind=?");
                assert!(starred[0].contains("listener_marks_starred"), "{starred:#?}");
            }
            let bookmarks = plan(c, listeners::bookmarks_of(&id, &sight))?;
            assert_leads("bookmarks", &bookmarks, "(account_id=?)");
        }
        let marks = plan(c, listeners::some(&id, "album", &[&id, &id]))?;
        assert_leads("marks", &marks, "(account_id=? AND kind=? AND subject_id=?)");
        let plays = plan(c, recording_orders::plays_of(&id, &[&id, &id]))?;
        assert_leads("plays", &plays, "(account_id=? AND kind=? AND subject_id=?)");
        Ok(())
    };
    catalog.connections.read("explain marks", explain).await
}

#[tokio::test]
async fn recordings_and_genres_are_searched() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let explain = |c: &mut SqliteConnection| -> Outcome<()> {
        let id = [7; 16];
        for (sight, kind) in sights() {
            let of_genre = plan(c, recording_orders::of_genre("soul", &sight, SOME))?;
            let index = format!("recordings_{kind}of_genre (");
            assert_leads("a genre", &of_genre, "(genre_key=?)");
            assert!(of_genre[0].contains(&index), "{of_genre:#?}");
            let by_artist = plan(c, recording_orders::by_artist(&sight, SOME))?;
            let index = format!("recordings_{kind}in_listing_order");
            assert_walks(&sight, &by_artist, &index, "(artist_key>?)");
            let of_one = plan(c, recording_orders::by_title_of(&id, &sight, SOME))?;
            assert_walks(&sight, &of_one, &index, "(artist_key=?)");
            let on_album = plan(c, recording_orders::on_album(&id, &sight, SOME))?;
            assert_leads("on an album", &on_album, "recordings_of_album (album_id=?)");
            let albums = plan(c, album_orders::of_artist(&id, &sight, SOME))?;
            assert_leads("albums of an artist", &albums, "(artist_id=?)");
            let of_artist = plan(c, recording_orders::of_artist(&id, &sight))?;
            assert_leads("an artist", &of_artist, "(artist_id=?)");
            let recordings = plan(c, browse::some_recordings(&[&id, &id], &sight))?;
            assert_leads("recordings", &recordings, "(id=?)");
            let albums = plan(c, browse::listed_albums(&[&id, &id], &sight))?;
            assert_leads("albums", &albums, "(id=?)");
        }
        assert_leads("genres", &plan(c, genres::every())?, "(key>?)");
        let shown = plan(c, genres::shown())?;
        assert_leads("genres", &shown, "genres_shown (key>?)");
        // The genres of one artist are few, and sorted.
        for own in
            [plan(c, genres::unpublished_of(&id))?, plan(c, genres::albums_not_shown_of(&id))?]
        {
            assert!(own[0].contains("(artist_id=?)"), "{own:#?}");
            assert!(!own.iter().any(|step| step.starts_with("SCAN")), "{own:#?}");
        }
        Ok(())
    };
    catalog.connections.read("explain recordings", explain).await
}

#[tokio::test]
async fn artists_are_searched_and_their_albums_counted_in_an_index() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let explain = |c: &mut SqliteConnection| -> Outcome<()> {
        let id = [7; 16];
        for (sight, _) in sights() {
            let by_name = plan(c, artist_orders::by_name(&sight, SOME))?;
            assert_leads("by name", &by_name, "(name_key>?)");
            let shown = by_name[0].contains("artists_published");
            assert_eq!(shown, sight == Sight::Published, "{by_name:#?}");
            let some = plan(c, artist_orders::some(&[&id, &id], &sight))?;
            assert_leads("artists", &some, "(id=?)");
            for plan in [by_name, some] {
                let counts: Vec<_> =
                    plan.iter().filter(|step| step.starts_with("SEARCH albums")).collect();
                assert!(!counts.is_empty(), "{plan:#?}");
                let covers =
                    |step: &&String| step.contains("COVERING") && step.contains("(artist_key=?)");
                assert!(counts.iter().all(covers), "{plan:#?}");
            }
        }
        assert_leads("names", &plan(c, artist_orders::named(&["a", "b"]))?, "(name_key=?)");
        Ok(())
    };
    catalog.connections.read("explain artists", explain).await
}

#[tokio::test]
async fn words_and_years_are_searched() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let explain = |c: &mut SqliteConnection| -> Outcome<()> {
        for (sight, _) in sights() {
            for kind in [search::Kind::Artist, search::Kind::Album, search::Kind::Recording] {
                let query = format!("EXPLAIN QUERY PLAN {}", search::search_of(kind, &sight));
                let steps: Vec<Step> = diesel::sql_query(query)
                    .bind::<Text, _>("\"a\"*")
                    .bind::<BigInt, _>(10)
                    .bind::<BigInt, _>(0)
                    .load(c)?;
                let steps: Vec<_> = steps.into_iter().map(|step| step.detail).collect();
                // A virtual table always says that it is scanned: by its index.
                assert!(steps[0].starts_with("SCAN search_words VIRTUAL TABLE INDEX"), "{steps:?}");
                assert!(!steps[0].ends_with("INDEX 0:"), "{steps:?}");
                assert!(steps[1].contains("SEARCH lines USING INTEGER PRIMARY KEY"), "{steps:?}");
                assert!(!steps[1..].iter().any(|step| step.starts_with("SCAN")), "{steps:?}");
            }
            for of_genre in [false, true] {
                for query in chance::of_years(of_genre, &sight) {
                    let query = diesel::sql_query(format!("EXPLAIN QUERY PLAN {query}"));
                    let query = query.into_boxed().bind::<Text, _>("1990").bind::<Text, _>("1991~");
                    let query = if of_genre { query.bind::<Text, _>("soul") } else { query };
                    let steps: Vec<Step> = query.load(c)?;
                    let steps: Vec<_> = steps.into_iter().map(|step| step.detail).collect();
                    assert_searches("years", &steps);
                    let index = "COVERING INDEX recordings_by_release (released>? AND released<?";
                    assert!(steps[0].contains(index), "{of_genre} {steps:?}");
                }
            }
        }
        Ok(())
    };
    catalog.connections.read("explain words and years", explain).await
}

#[tokio::test]
async fn playlists_of_listeners_and_shares_are_searched() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let explain = |c: &mut SqliteConnection| -> Outcome<()> {
        let id = [7; 16];
        let own = plan(c, own_playlists::of_account(&id))?;
        // Whose it is stands in front: one account.
        assert_searches("one's own", &own);
        assert!(own[1].contains("own_playlists_of_account (account_id=?)"), "{own:#?}");
        let others = plan(c, own_playlists::of_others(&id))?;
        assert_leads("public ones", &others, "own_playlists_public (name_key>?)");
        for (sight, _) in sights() {
            let on_it = plan(c, own_playlists::on_it(&id, &sight, 3))?;
            assert_leads("on a playlist", &on_it, "(playlist_id=? AND place>?)");
            let lengths = plan(c, own_playlists::lengths_on(&id, &sight))?;
            assert_leads("lengths", &lengths, "(playlist_id=?)");
        }
        assert_leads("a share", &plan(c, shares::with_id(&id))?, "(id=?)");
        let all = plan(c, shares::listing(None, 5, 10))?;
        assert_leads("shares", &all, "shares_by_time (created_at>?)");
        let of_one = plan(c, shares::listing(Some(&id), 5, 10))?;
        assert_searches("one's shares", &of_one);
        assert!(of_one[1].contains("shares_of_account (account_id=?)"), "{of_one:#?}");
        Ok(())
    };
    catalog.connections.read("explain playlists", explain).await
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[tokio::test]
async fn chance_searches_for_each_of_its_points() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let explain = |c: &mut SqliteConnection| -> Outcome<()> {
        for (sight, kind) in sights() {
            for (from, index) in [
                (chance::From::Albums, format!("albums_{kind}by_chance")),
                (chance::From::Recordings, format!("recordings_{kind}by_chance")),
                (chance::From::RecordingsOf("soul"), "recordings_of_genre_by_chance".to_owned()),
            ] {
                let is_of_genre = matches!(from, chance::From::RecordingsOf(_));
                let points = format!("EXPLAIN QUERY PLAN {}", chance::points(from, &sight));
                let points = diesel::sql_query(points).into_boxed().bind::<BigInt, _>(5);
                let stretch = chance::stretch_of(from, &sight, "<");
                let stretch = diesel::sql_query(format!("EXPLAIN QUERY PLAN {stretch}"));
                let stretch = stretch.into_boxed().bind::<Binary, _>([7_u8; 4].as_slice());
                for query in [points, stretch] {
                    let query = if is_of_genre { query.bind::<Text, _>("soul") } else { query };
                    let steps: Vec<Step> = query.load(c)?;
                    let steps: Vec<_> = steps.into_iter().map(|step| step.detail).collect();
                    let walks = |step: &String| step.starts_with("SEARCH") && step.contains(&index);
                    assert!(steps.iter().any(walks), "{index}: {steps:#?}");
                    let bad = |step: &String| {
                        let scans = ["SCAN albums", "SCAN recordings", "USE TEMP B-TREE"];
                        scans.iter().any(|scan| step.contains(scan))
                    };
                    assert!(!steps.iter().any(bad), "{steps:#?}");
                }
            }
        }
        Ok(())
    };
    catalog.connections.read("explain chance", explain).await
}
