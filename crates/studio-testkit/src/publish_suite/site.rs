//! Pages of the site.

use studio_domain::{
    Artwork, Decibels, Picture, Profile, Recording, Sketch, Slug, SoundPlace, Timestamp,
};
use studio_repo::{Error, RecordingSheet};

use super::{Publications, PublishFixture, album, digest, on, put, put_album, single};

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn cover(seed: u64) -> Option<Artwork> {
    let picture = Picture::Own(digest(seed));
    Some(Artwork { picture, content_type: "image/png".to_owned() })
}

fn titles(sheets: &[RecordingSheet]) -> Vec<&str> {
    sheets.iter().map(|sheet| sheet.entry.recording.title.as_str()).collect()
}

/// By name, with the covers of their newest albums; those of whom nothing is published are not
/// there.
pub async fn lists_of_artists_have_covers_and_join_to_the_whole(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    for name in ["b", "a", "d"] {
        put(&*catalog, &single(name, "One", 1)).await;
    }
    put(&*catalog, &Recording { published: false, ..single("c", "Secret", 1) }).await;
    let older = studio_domain::Album {
        released: Some("2001".parse().unwrap()),
        artwork: cover(1),
        ..album("b", "Z")
    };
    let newer = studio_domain::Album {
        released: Some("2002-02".parse().unwrap()),
        artwork: cover(2),
        ..album("b", "A")
    };
    let hidden = studio_domain::Album {
        released: Some("2003".parse().unwrap()),
        artwork: cover(3),
        published: false,
        ..album("b", "Hidden")
    };
    for album in [&older, &newer, &hidden] {
        put_album(&*catalog, album).await;
    }
    let all = catalog.artist_cards(None, 10).await.unwrap();
    let names: Vec<_> = all.iter().map(|card| card.artist.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "d"]);
    let covers: Vec<_> = all.iter().map(|card| card.artwork.clone()).collect();
    assert_eq!(covers, [None, cover(2), None]);
    assert_eq!(all[1].album, Some(newer.id));
    let first = catalog.artist_cards(None, 2).await.unwrap();
    let rest = catalog.artist_cards(Some(&first[1].artist.slug), 2).await.unwrap();
    assert_eq!([first, rest].concat(), all);
    assert_eq!(catalog.artist_cards(Some(&slug("nobody")), 10).await.unwrap(), []);
    // The last that came, whoever's it is.
    let newest = catalog.newest_albums(10).await.unwrap();
    assert_eq!(newest.len(), 2);
    assert!(newest.iter().all(|entry| entry.album.published));
}

/// Albums and singles, the newest first, and nothing that is not for everybody.
pub async fn the_page_of_an_artist_has_what_is_published(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    assert_eq!(catalog.artist_sheet(&slug("sade"), 10).await.unwrap(), None);
    put(&*catalog, &Recording { published: false, ..single("Sade", "Secret", 9) }).await;
    assert_eq!(catalog.artist_sheet(&slug("sade"), 10).await.unwrap(), None);
    for (title, released) in [("Old", Some("1984")), ("New", Some("1985-11")), ("Undated", None)] {
        let released = released.map(|text| text.parse().unwrap());
        put(&*catalog, &Recording { released, ..single("Sade", title, 1) }).await;
        let released_album = studio_domain::Album { released, ..album("Sade", title) };
        put_album(&*catalog, &released_album).await;
        put(&*catalog, &on(&released_album, 1, 1, &format!("On {title}"), 2)).await;
    }
    let hidden = studio_domain::Album { published: false, ..album("Sade", "Hidden") };
    put_album(&*catalog, &hidden).await;
    let sheet = catalog.artist_sheet(&slug("sade"), 10).await.unwrap().unwrap();
    assert_eq!(sheet.artist.name.as_str(), "Sade");
    assert_eq!(sheet.profile, Profile::default());
    assert_eq!(titles(&sheet.singles), ["New", "Old", "Undated"]);
    let albums: Vec<_> = sheet.albums.iter().map(|entry| entry.album.title.as_str()).collect();
    assert_eq!(albums, ["New", "Old", "Undated"]);
    assert_eq!(sheet.featured, []);
    let short = catalog.artist_sheet(&slug("sade"), 1).await.unwrap().unwrap();
    assert_eq!((titles(&short.singles), short.albums.len()), (vec!["New"], 1));
    // Somebody of whom there is nothing but an album on which nothing is.
    put_album(&*catalog, &album("Empty", "Nothing yet")).await;
    let empty = catalog.artist_sheet(&slug("empty"), 10).await.unwrap().unwrap();
    assert_eq!((empty.albums.len(), empty.singles.len()), (1, 0));
}

/// Whatever the size of a page.
pub async fn lists_of_an_artist_join_to_the_whole(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    for n in 0..5_u64 {
        let released = (n % 2 == 0).then(|| format!("200{n}").parse().unwrap());
        put_album(&*catalog, &studio_domain::Album { released, ..album("a", &format!("{n}")) })
            .await;
        put(&*catalog, &single("a", "same title", n)).await;
    }
    put_album(&*catalog, &album("other", "x")).await;
    let a = slug("a");
    let all = catalog.artist_albums(&a, None, 10).await.unwrap().unwrap().items;
    let released = |entry: &studio_repo::AlbumEntry| {
        entry.album.released.map(|date| date.to_string()).unwrap_or_default()
    };
    assert_eq!(all.len(), 5);
    assert!(all.is_sorted_by_key(|entry| std::cmp::Reverse(released(entry))));
    let (mut joined, mut after) = (Vec::new(), None);
    loop {
        let part = catalog.artist_albums(&a, after.as_ref(), 2).await.unwrap().unwrap().items;
        let Some(last) = part.last() else { break };
        after = Some(last.slug.clone());
        joined.extend(part);
    }
    assert_eq!(joined, all);
    let all = catalog.artist_recordings(&a, None, 10).await.unwrap().unwrap().items;
    assert_eq!(all.len(), 5);
    let (mut joined, mut after) = (Vec::new(), None);
    loop {
        let part = catalog.artist_recordings(&a, after.as_ref(), 2).await.unwrap().unwrap().items;
        let Some(last) = part.last() else { break };
        after = Some(last.entry.slug.clone());
        joined.extend(part);
    }
    assert_eq!(joined, all);
    assert_eq!(catalog.artist_albums(&slug("nobody"), None, 2).await.unwrap(), None);
    assert_eq!(catalog.artist_recordings(&slug("nobody"), None, 2).await.unwrap(), None);
}

/// In its order, without what is not for everybody.
pub async fn the_page_of_an_album_has_what_is_published(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let promise = studio_domain::Album { artwork: cover(1), ..album("Sade", "Promise") };
    put_album(&*catalog, &promise).await;
    put(&*catalog, &on(&promise, 1, 2, "Second", 2)).await;
    put(&*catalog, &on(&promise, 1, 1, "First", 1)).await;
    put(&*catalog, &Recording { published: false, ..on(&promise, 1, 3, "Third", 3) }).await;
    let hidden = studio_domain::Album { published: false, ..album("Sade", "Hidden") };
    put_album(&*catalog, &hidden).await;
    put(&*catalog, &on(&hidden, 1, 1, "Shown of it", 4)).await;
    let sade = slug("sade");
    let page = catalog.album_page(&sade, &slug("promise")).await.unwrap().unwrap();
    assert_eq!(page.entry.album, promise);
    assert_eq!(titles(&page.recordings), ["First", "Second"]);
    assert_eq!(page.recordings[0].album_artwork, cover(1));
    assert_eq!(catalog.album_page(&sade, &slug("hidden")).await.unwrap(), None);
    assert_eq!(catalog.album_page(&slug("x"), &slug("promise")).await.unwrap(), None);
    let first = catalog.recording_page(&sade, &slug("first")).await.unwrap().unwrap();
    assert_eq!(first, page.recordings[0]);
    assert_eq!(catalog.recording_page(&sade, &slug("third")).await.unwrap(), None);
    // What everybody may hear of an album that nobody may see tells nothing of it.
    let shown = catalog.recording_page(&sade, &slug("shown-of-it")).await.unwrap().unwrap();
    assert_eq!((shown.entry.album, shown.album_artwork), (None, None));
    let feed = catalog.feed(&sade, 10).await.unwrap().unwrap().items;
    assert_eq!(feed.len(), 3);
    assert_eq!(catalog.feed(&slug("nobody"), 10).await.unwrap(), None);
}

/// Biographies, links, descriptions.
pub async fn what_is_said_on_pages_is_kept(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let promise = album("Sade", "Promise");
    let artist = put_album(&*catalog, &promise).await.artist;
    let song = put(&*catalog, &on(&promise, 1, 1, "Jezebel", 1)).await;
    let profile = Profile {
        biography: Some("A <b>band</b>\n\nfrom London".parse().unwrap()),
        links: vec!["https://sade.example/".parse().unwrap()],
    };
    catalog.put_profile(artist.id, &profile, Timestamp::from_micros(1)).await.unwrap();
    let text: studio_domain::Note = "The second one".parse().unwrap();
    catalog.describe_album(promise.id, Some(text.clone())).await.unwrap();
    catalog.describe_recording(song.recording.id, Some(text.clone())).await.unwrap();
    let sheet = catalog.artist_sheet(&artist.slug, 10).await.unwrap().unwrap();
    assert_eq!(sheet.profile, profile);
    let page = catalog.album_page(&artist.slug, &slug("promise")).await.unwrap().unwrap();
    assert_eq!(page.description, Some(text.clone()));
    assert_eq!(page.recordings[0].description, Some(text));
    catalog.describe_album(promise.id, None).await.unwrap();
    catalog.describe_recording(song.recording.id, None).await.unwrap();
    catalog.put_profile(artist.id, &Profile::default(), Timestamp::from_micros(2)).await.unwrap();
    let sheet = catalog.artist_sheet(&artist.slug, 10).await.unwrap().unwrap();
    assert_eq!(sheet.profile, Profile::default());
    let page = catalog.album_page(&artist.slug, &slug("promise")).await.unwrap().unwrap();
    assert_eq!((page.description, page.recordings[0].description.clone()), (None, None));
    let other = album("Sade", "Not there");
    let refused = catalog.describe_album(other.id, None).await;
    assert!(matches!(refused, Err(Error::NoAlbum { id }) if id == other.id), "{refused:?}");
    let other = single("Sade", "Not there", 1);
    let refused = catalog.describe_recording(other.id, None).await;
    assert!(matches!(refused, Err(Error::NoRecording { id }) if id == other.id), "{refused:?}");
    // All of it goes with what it is about.
    catalog.remove_recording(song.recording.id).await.unwrap();
    catalog.remove_album(promise.id).await.unwrap();
    assert_eq!(catalog.artist_sheet(&artist.slug, 10).await.unwrap(), None);
}

/// In the order that was asked for, at most three, of the artist's own.
pub async fn a_page_begins_with_what_is_featured(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let promise = album("Sade", "Promise");
    let artist = put_album(&*catalog, &promise).await.artist;
    let on_it = put(&*catalog, &on(&promise, 1, 1, "On it", 1)).await.recording;
    let mut singles = Vec::new();
    for n in 0..3 {
        singles.push(put(&*catalog, &single("Sade", &format!("{n}"), n)).await.recording);
    }
    let hers = put(&*catalog, &single("Another", "Hers", 1)).await.recording;
    let wanted = [singles[2].id, on_it.id, singles[0].id, singles[1].id];
    catalog.feature(artist.id, &wanted).await.unwrap();
    let sheet = catalog.artist_sheet(&artist.slug, 10).await.unwrap().unwrap();
    assert_eq!(titles(&sheet.featured), ["2", "On it", "0"]);
    assert_eq!(titles(&sheet.singles), ["2", "1", "0"]);
    let refused = catalog.feature(artist.id, &[on_it.id, hers.id]).await;
    assert!(matches!(refused, Err(Error::NoRecording { id }) if id == hers.id), "{refused:?}");
    // Nothing of a change that is refused stays.
    let sheet = catalog.artist_sheet(&artist.slug, 10).await.unwrap().unwrap();
    assert_eq!(sheet.featured.len(), 3);
    // One that becomes another's, and one that goes, begin no page any more.
    let moved = Recording { artist: "Another".parse().unwrap(), ..singles[2].clone() };
    put(&*catalog, &moved).await;
    catalog.remove_recording(singles[0].id).await.unwrap();
    let sheet = catalog.artist_sheet(&artist.slug, 10).await.unwrap().unwrap();
    assert_eq!(titles(&sheet.featured), ["On it"]);
    let hers = catalog.artist_sheet(&slug("another"), 10).await.unwrap().unwrap();
    assert_eq!(hers.featured, []);
}

/// Of albums and recordings that got another title, or another artist.
pub async fn old_addresses_lead_to_new_ones(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let first = album("Sade", "Promise");
    put_album(&*catalog, &first).await;
    put_album(&*catalog, &album("Sade", "Stays")).await;
    let song = put(&*catalog, &single("Sade", "Jezebel", 1)).await.recording;
    let sade = slug("sade");
    assert_eq!(catalog.moved_album(&sade, &slug("promise")).await.unwrap(), None);
    for title in ["Promises", "Vows"] {
        let renamed = studio_domain::Album { title: title.parse().unwrap(), ..first.clone() };
        put_album(&*catalog, &renamed).await;
        put(&*catalog, &Recording { title: title.parse().unwrap(), ..song.clone() }).await;
    }
    let now = Some((sade.clone(), slug("vows")));
    for old in ["promise", "promises"] {
        assert_eq!(catalog.moved_album(&sade, &slug(old)).await.unwrap(), now, "{old}");
    }
    for old in ["jezebel", "promises"] {
        assert_eq!(catalog.moved_recording(&sade, &slug(old)).await.unwrap(), now, "{old}");
    }
    let elsewhere = Recording { artist: "Another".parse().unwrap(), ..song.clone() };
    put(&*catalog, &elsewhere).await;
    let moved = catalog.moved_recording(&sade, &slug("jezebel")).await.unwrap();
    assert_eq!(moved, Some((slug("another"), slug("jezebel"))));
    // What is hidden, or gone, is nowhere; and nothing of it holds up those who go.
    put(&*catalog, &Recording { published: false, ..elsewhere.clone() }).await;
    assert_eq!(catalog.moved_recording(&sade, &slug("jezebel")).await.unwrap(), None);
    catalog.remove_recording(elsewhere.id).await.unwrap();
    catalog.remove_album(first.id).await.unwrap();
    assert_eq!(catalog.moved_album(&sade, &slug("promise")).await.unwrap(), None);
}

/// And nothing else.
pub async fn sitemaps_name_what_is_published(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    put_album(&*catalog, &album("Sade", "Promise")).await;
    put(&*catalog, &single("Sade", "Jezebel", 1)).await;
    put(&*catalog, &Recording { published: false, ..single("Sade", "Secret", 1) }).await;
    put(&*catalog, &Recording { published: false, ..single("Nobody", "Secret", 1) }).await;
    let artists = catalog.artist_places().await.unwrap();
    assert_eq!(artists.iter().map(|place| place.slug.as_str()).collect::<Vec<_>>(), ["sade"]);
    let (albums, recordings) = catalog.places_of(&slug("sade")).await.unwrap();
    assert_eq!((albums.len(), recordings.len()), (1, 1));
    assert_eq!(albums[0].slug.as_str(), "promise");
    assert_eq!(recordings[0].slug.as_str(), "jezebel");
    assert_eq!(recordings[0].updated_at, Some(Timestamp::from_micros(1_000_000)));
    assert_eq!(catalog.places_of(&slug("nobody")).await.unwrap(), (vec![], vec![]));
}

async fn waiting(catalog: &dyn Publications) -> usize {
    catalog.without_sketch(None, 10).await.unwrap().len()
}

/// What was drawn of bytes is not shown of others.
pub async fn a_sketch_is_of_the_bytes_that_are_there(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let one = put(&*catalog, &single("Sade", "One", 1)).await.recording;
    put(&*catalog, &Recording { published: false, ..single("Sade", "Two", 2) }).await;
    assert_eq!(waiting(&*catalog).await, 2);
    let first = catalog.without_sketch(None, 1).await.unwrap().remove(0).recording;
    let rest = catalog.without_sketch(Some(first.id), 10).await.unwrap();
    assert_eq!(rest.len(), 1);
    let sketch = Sketch {
        bars: vec![0, 255, 7],
        loudness: Decibels::from_thousandths(-14_200),
        true_peak: Decibels::from_thousandths(300),
    };
    let state = one.sound.etag();
    catalog.put_sketch(one.id, "other bytes", &Sketch::default()).await.unwrap();
    assert_eq!(waiting(&*catalog).await, 2);
    catalog.put_sketch(one.id, &state, &sketch).await.unwrap();
    assert_eq!(waiting(&*catalog).await, 1);
    let (sade, slug) = (slug("sade"), slug("one"));
    let page = || async { catalog.recording_page(&sade, &slug).await.unwrap().unwrap() };
    assert_eq!(page().await.sketch, Some(sketch.clone()));
    // What changes but its bytes keeps it.
    put(&*catalog, &Recording { released: Some("2020".parse().unwrap()), ..one.clone() }).await;
    assert_eq!((page().await.sketch, waiting(&*catalog).await), (Some(sketch), 1));
    let mut other = one.clone();
    other.sound = single("Sade", "One", 77).sound;
    assert!(
        matches!(&other.sound.place, SoundPlace::Own { digest, .. } if digest.to_string() != state)
    );
    put(&*catalog, &other).await;
    assert_eq!((page().await.sketch, waiting(&*catalog).await), (None, 2));
    catalog.put_sketch(other.id, &other.sound.etag(), &Sketch::default()).await.unwrap();
    assert_eq!(page().await.sketch, Some(Sketch::default()));
    // Of what is gone nothing is kept.
    catalog.remove_recording(other.id).await.unwrap();
    catalog.put_sketch(other.id, &other.sound.etag(), &Sketch::default()).await.unwrap();
    assert_eq!(waiting(&*catalog).await, 1);
}
