//! Every page of the site is one or two statements, each of which searches indexes.

use diesel::sqlite::SqliteConnection;
use studio_domain::Slug;
use studio_testkit::publish_suite::{album, on, single};

use super::error::{Failure, Outcome};
use super::plan::plan;
use super::shelf_plan::count;
use super::{SqliteCatalog, site, sketches, slugs};
use crate::{PublishRepo as _, Result, SiteRepo as _, SketchRepo as _};

fn slug(text: &str) -> Outcome<Slug> {
    text.parse().map_err(Failure::bad_row)
}

/// Expects searches without sorting, but for the few rows that subqueries have chosen, and of
/// these tables the first by these columns.
fn assert_leads(what: &str, plan: &[String], leads: &str) {
    let bad = |step: &String| {
        (step.starts_with("SCAN") && !step.starts_with("SCAN (subquery"))
            || step.contains("TEMP B-TREE")
    };
    assert!(!plan.is_empty() && !plan.iter().any(bad), "{what}: {plan:#?}");
    assert!(plan.iter().any(|step| step.contains(leads)), "{what}: {plan:#?}");
}

#[tokio::test]
async fn pages_of_the_site_are_searched_and_never_sorted() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let explain = |c: &mut SqliteConnection| -> Outcome<()> {
        let (id, one, two) = ([7; 16], slug("a")?, slug("b")?);
        assert_leads("artists", &plan(c, site::cards(None, 10))?, "artists_published (name_key>?)");
        let next = plan(c, site::cards(Some(&one), 10))?;
        assert_leads("artists", &next, "artists_published (name_key>?)");
        assert_leads("newest", &plan(c, site::newest(8))?, "albums_published_by_arrival");
        assert_leads("an artist", &plan(c, site::artist_at(&one))?, "(slug=?)");
        let page = plan(c, site::artist_with_albums(&one, 10))?;
        assert_leads("an artist's page", &page, "(slug=?)");
        assert!(page.iter().any(|step| step.contains("albums_published_of_artist")), "{page:#?}");
        let recordings = plan(c, site::featured_and_singles(&id, 10))?;
        assert_leads("featured and singles", &recordings, "(id=?)");
        let singles = |step: &String| step.contains("singles_published_of_artist (artist_id=?)");
        assert!(recordings.iter().any(singles), "{recordings:#?}");
        for after in [None, Some(&one)] {
            let albums = plan(c, site::albums_of(&id, after, 10))?;
            assert_leads("albums of an artist", &albums, "albums_published_of_artist (artist_id=?");
        }
        assert_leads("a feed", &plan(c, site::latest(&id, 10))?, "of_artist_by_time (artist_id=?)");
        assert_leads("an album", &plan(c, site::album_at(&one, &two))?, "(slug=?)");
        let on_it = plan(c, site::on_album(&id))?;
        assert_leads("on an album", &on_it, "recordings_of_album (album_id=?)");
        let recording = plan(c, site::with_slug(&one, &two))?;
        assert_leads("a recording", &recording, "(slug=?)");
        assert!(recording[1].contains("(artist_id=? AND slug=?)"), "{recording:#?}");
        let moved = plan(c, slugs::of_moved_album(&one, &two))?;
        assert_leads("an old address", &moved, "(slug=?)");
        let moved = plan(c, slugs::of_moved_recording(&one, &two))?;
        assert_leads("an old address", &moved, "(slug=?)");
        let places = plan(c, site::artist_slugs())?;
        assert_leads("a sitemap", &places, "artists_published (name_key>?)");
        assert_leads("a sitemap", &plan(c, site::album_places(&one))?, "(slug=?)");
        assert_leads("a sitemap", &plan(c, site::recording_places(&one))?, "(slug=?)");
        let waiting = plan(c, sketches::waiting(&id, 10))?;
        assert_leads("without a sketch", &waiting, "wanted_sketches");
        Ok(())
    };
    catalog.connections.read("explain the site", explain).await
}

#[tokio::test]
async fn a_list_of_recordings_goes_by_the_artist() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    catalog.put_recordings(&[single("Sade", "Jezebel", 1)]).await?;
    let sade = catalog.artist_cards(None, 1).await?.remove(0).artist;
    let explain = move |c: &mut SqliteConnection| -> Outcome<()> {
        let one = slug("jezebel")?;
        for (after, leads) in
            [(None, "(artist_key=?)"), (Some(&one), "(artist_key=? AND (title_key")]
        {
            let all = plan(c, site::titled(&sade, after, 10))?;
            assert_leads("recordings", &all, "recordings_published_in_listing_order");
            assert!(all[0].contains(leads), "{all:#?}");
        }
        Ok(())
    };
    catalog.connections.read("explain the list", explain).await
}

#[tokio::test]
async fn a_page_is_one_or_two_statements() -> Result<()> {
    let catalog = SqliteCatalog::in_memory()?;
    let record = album("Sade", "Promise");
    let entry = catalog.put_album(&record).await?;
    let song = on(&record, 1, 1, "Jezebel", 1);
    let songs = catalog.put_recordings(std::slice::from_ref(&song)).await?;
    let (c, artist, slug) = (&catalog, &entry.artist.slug, &entry.slug);
    let counts = [
        count(c, c.artist_sheet(artist, 10)).await?,
        count(c, c.artist_albums(artist, Some(slug), 10)).await?,
        count(c, c.artist_recordings(artist, Some(&songs[0].slug), 10)).await?,
        count(c, c.feed(artist, 10)).await?,
        count(c, c.album_page(artist, slug)).await?,
        count(c, c.places_of(artist)).await?,
    ];
    assert_eq!(counts, [2; 6]);
    let counts = [
        count(c, c.artist_cards(Some(artist), 10)).await?,
        count(c, c.newest_albums(10)).await?,
        count(c, c.recording_page(artist, &songs[0].slug)).await?,
        count(c, c.moved_album(artist, slug)).await?,
        count(c, c.moved_recording(artist, slug)).await?,
        count(c, c.artist_places()).await?,
        count(c, c.without_sketch(None, 10)).await?,
    ];
    assert_eq!(counts, [1; 7]);
    Ok(())
}
