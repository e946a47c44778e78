//! Every page, sheet, slug and search goes along an index, in one or two statements.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Connection as _, InstrumentationEvent};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text};
use diesel::sqlite::SqliteConnection;
use studio_domain::{ArtistId, Slug};
use studio_testkit::publish_suite::{album, on, single};

use super::error::{Failure, Outcome};
use super::plan::{assert_leads, plan};
use super::shelf::{album_with_slug, albums_listing, artists_listing, recordings_listing};
use super::{SqliteCatalog, albums, objects, playlists, recordings, search};
use crate::{PlaylistRepo as _, PublishRepo as _, Result, ShelfRepo as _, Shown};

fn slug(text: &str) -> Outcome<Slug> {
    text.parse().map_err(Failure::bad_row)
}

#[tokio::test]
async fn the_shelf_is_searched_and_never_sorted() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let explain = |c: &mut SqliteConnection| -> Outcome<()> {
        let id = [7; 16];
        let (artist, title) = (single("a", "t", 1).artist, single("a", "t", 1).title);
        assert_leads("an album", &plan(c, albums::with_id(&id))?, "(id=?)");
        assert_leads("a recording", &plan(c, recordings::with_id(&id))?, "(id=?)");
        let titled = plan(c, albums::with_title(&artist, &album("a", "t").title))?;
        assert_leads("an album's title", &titled, "(artist_key=? AND title_key=?)");
        for published in [false, true] {
            let on_it = plan(c, recordings::of_album(&id, published))?;
            assert_leads("on an album", &on_it, "recordings_of_album (album_id=?)");
            let page = plan(c, artists_listing(published, "x", 10))?;
            assert_leads("artists", &page, "(name_key>?)");
            assert_eq!(page[0].contains("artists_published"), published, "{page:?}");
            let listed = plan(c, playlists::on_it(&id, 3, 10, published))?;
            assert_leads("on a playlist", &listed, "(playlist_id=? AND place>?)");
        }
        let by_slug = plan(c, album_with_slug(&slug("a")?, &slug("b")?))?;
        assert_leads("a slug", &by_slug, "(slug=?)");
        assert!(by_slug[1].contains("(artist_id=? AND slug=?)"), "{by_slug:?}");
        // Those of one title are few, and sorted by their albums.
        let titled = plan(c, recordings::with_title(&artist, &title))?;
        assert!(titled[0].contains("(artist_key=? AND title_key=?)"), "{titled:?}");
        let of_object = plan(c, objects::of_recordings("s3://music", "objects/1"))?;
        assert_leads("of an object", &of_object, "(sound_key=? AND store=?)");
        Ok(())
    };
    catalog.connections.read("explain the shelf", explain).await
}

#[tokio::test]
async fn pages_of_the_shelf_walk_one_index() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let explain = |c: &mut SqliteConnection| -> Outcome<()> {
        let artist = ArtistId::from_uuid(uuid::Uuid::from_bytes([7; 16]));
        let place = (vec![7; 16], "a".to_owned(), "t".to_owned(), vec![1; 16]);
        for published_only in [false, true] {
            for (artist, after, leads) in [
                (None, None, "(artist_key>?)"),
                (None, Some(place.clone()), "((artist_key,title_key,id)>(?,?,?))"),
                (Some(artist), None, "(artist_key=?)"),
                (Some(artist), Some(place.clone()), "(artist_key=? AND (title_key,id)>(?,?))"),
            ] {
                let shown = Shown { artist, published_only };
                let plans = [
                    plan(c, albums_listing(shown, after.clone(), 10))?,
                    plan(c, recordings_listing(shown, after, 10))?,
                ];
                for plan in plans {
                    assert_leads(&format!("{shown:?}"), &plan, leads);
                    let goes_by = "published_in_listing_order";
                    assert_eq!(plan[0].contains(goes_by), published_only, "{plan:?}");
                }
            }
        }
        Ok(())
    };
    catalog.connections.read("explain the pages", explain).await
}

#[tokio::test]
async fn a_search_begins_with_its_words() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let explain = |c: &mut SqliteConnection| -> Outcome<()> {
        #[derive(QueryableByName)]
        struct Step {
            #[diesel(sql_type = Text)]
            detail: String,
        }
        let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {}", search::SEARCH))
            .bind::<Text, _>("\"a\"*")
            .bind::<Bool, _>(true)
            .bind::<BigInt, _>(10)
            .bind::<BigInt, _>(0)
            .load(c)?;
        let steps: Vec<_> = steps.into_iter().map(|step| step.detail).collect();
        // The words are a virtual table, which always says that it is scanned: by its index.
        assert!(steps[0].starts_with("SCAN search_words VIRTUAL TABLE INDEX"), "{steps:?}");
        assert!(!steps[0].ends_with("INDEX 0:"), "{steps:?}");
        assert!(steps[1].contains("SEARCH lines USING INTEGER PRIMARY KEY"), "{steps:?}");
        Ok(())
    };
    catalog.connections.read("explain a search", explain).await
}

/// How many statements something takes.
pub(super) async fn count<T>(
    catalog: &SqliteCatalog,
    work: impl Future<Output = Result<T>>,
) -> Result<usize> {
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let watch = move |c: &mut SqliteConnection| {
        c.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if matches!(event, InstrumentationEvent::StartQuery { .. }) {
                counted.fetch_add(1, Ordering::Relaxed);
            }
        });
        Ok(())
    };
    catalog.connections.alone("count statements", watch).await?;
    work.await?;
    Ok(count.load(Ordering::Relaxed))
}

#[tokio::test]
async fn a_request_is_one_or_two_statements() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let record = album("Sade", "Promise");
    let entry = catalog.put_album(&record).await?;
    let song = on(&record, 1, 1, "Jezebel", 1);
    catalog.put_recordings(std::slice::from_ref(&song)).await?;
    let (c, shown) = (&catalog, Shown { artist: Some(entry.artist.id), published_only: true });
    let (artist, slug) = (&entry.artist, &entry.slug);
    let counts = [
        count(c, c.album_sheet(record.id, true)).await?,
        count(c, c.album_sheet_by_slug(&artist.slug, slug, true)).await?,
        count(c, c.albums_page(shown, Some(record.id), 10)).await?,
        count(c, c.recordings_page(shown, Some(song.id), 10)).await?,
        count(c, c.artists_page(true, Some(artist.id), 10)).await?,
    ];
    assert_eq!(counts, [2; 5]);
    let nobody = studio_domain::PlaylistId::from_uuid(uuid::Uuid::nil());
    let counts = [
        count(c, c.albums_page(shown, None, 10)).await?,
        count(c, c.recordings_page(shown, None, 10)).await?,
        count(c, c.artists_page(true, None, 10)).await?,
        count(c, c.artist(artist.id)).await?,
        count(c, c.artist_by_slug(&artist.slug)).await?,
        count(c, c.album(record.id)).await?,
        count(c, c.recording(song.id)).await?,
        count(c, c.search("jezebel", true, 0, 10)).await?,
        count(c, c.playlists(None, 10)).await?,
        count(c, c.playlist_recordings(nobody, 0, 10, true)).await?,
    ];
    assert_eq!(counts, [1; 10]);
    Ok(())
}
