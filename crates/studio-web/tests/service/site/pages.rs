//! What stands on the pages.

use studio_domain::{Decibels, Profile, Recording, Sketch, Timestamp};
use studio_repo::{PageRepo as _, PublishRepo as _, SiteRepo as _, SketchRepo as _};
use studio_testkit::publish_suite::{album, on, single};

use super::{site, slug, visit};

#[tokio::test]
async fn pages_show_what_is_published_and_nothing_else() {
    let (service, _) = site().await;
    let home = visit(&service, "/").await;
    assert_eq!(home.status, 200);
    for there in ["Lampwright", "Khruangbin", "Harbour", "href=\"/music/lampwright\""] {
        assert!(home.text.contains(there), "{there}: {}", home.text);
    }
    let artist = visit(&service, "/music/lampwright").await;
    let newest_first = artist.text.find("Tides").unwrap() < artist.text.find("Harbour").unwrap();
    assert!(newest_first && artist.text.contains("Low Water"), "{}", artist.text);
    let harbour = visit(&service, "/music/lampwright/harbour").await;
    for there in ["Harbour, first side", "4 March 2011", "2 tracks", "0:01", "<audio controls"] {
        assert!(harbour.text.contains(there), "{there}: {}", harbour.text);
    }
    let side = visit(&service, "/music/lampwright/-/harbour-first-side").await;
    for there in ["WAV, 48 kHz, 16 bit, stereo", "Folk", "href=\"/music/lampwright/harbour\""] {
        assert!(side.text.contains(there), "{there}: {}", side.text);
    }
    // The last album of the other band is not published, and what is on it neither.
    let theirs = visit(&service, "/music/khruangbin").await;
    assert!(theirs.text.contains("Álbum 3") && !theirs.text.contains("Álbum 4"));
    for hidden in [
        "/music/khruangbin/album-4",
        "/music/khruangbin/-/third-room-12",
        "/embed/khruangbin/album-4",
        "/music/khruangbin/album-4/playlist.m3u8",
        "/music/nobody",
        "/music/nobody/feed.atom",
        "/music/Khruangbin",
        "/licences/cc-by-3.0",
        "/music/khruangbin/-",
    ] {
        assert_eq!(visit(&service, hidden).await.status, 404, "{hidden}");
    }
    let licence = visit(&service, "/licences/cc-by-nc-sa-4.0").await;
    assert!(licence.text.contains("CC BY-NC-SA 4.0") && licence.text.contains("rel=\"license\""));
    let found = visit(&service, "/search?q=harb").await;
    assert!(found.text.contains("/music/lampwright/harbour"), "{}", found.text);
    assert!(visit(&service, "/search?q=xyzzy").await.text.contains("Nothing was found"));
    assert_eq!(visit(&service, "/search").await.status, 200);
    service.stop().await;
}

#[tokio::test]
async fn lists_are_walked_to_their_end() {
    let (service, seeded) = site().await;
    let singles: Vec<_> = (0..120).map(|n| single("Many", &format!("Song {n:03}"), n)).collect();
    seeded.catalog.put_recordings(&singles).await.unwrap();
    for n in 0..60 {
        seeded.catalog.put_album(&album("Many", &format!("Album {n:03}"))).await.unwrap();
        seeded.catalog.put_recordings(&[single(&format!("Z {n:03}"), "One", 1)]).await.unwrap();
    }
    for (first, prefix, count) in [
        ("/", "/music/z-", 60),
        ("/music/many?list=albums", "/music/many/album-", 60),
        ("/music/many?list=recordings", "/music/many/-/song-", 120),
    ] {
        let (mut found, mut address) = (std::collections::BTreeSet::new(), first.to_owned());
        loop {
            let page = visit(&service, &address).await;
            assert_eq!(page.status, 200, "{address}");
            assert!(page.text.len() <= 50_000, "{address}: {} bytes", page.text.len());
            found.extend(page.all("href").into_iter().filter(|href| href.starts_with(prefix)));
            let Some(next) = page.text.split("rel=\"next\" href=\"").nth(1) else { break };
            address = next.split('"').next().unwrap().replace("&#38;", "&");
        }
        assert_eq!(found.len(), count, "{first}");
    }
    let page = visit(&service, "/music/many").await;
    assert!(
        page.text.contains("All albums")
            && page.text.contains("All recordings")
            && page.text.len() <= 50_000,
        "{}",
        page.text.len()
    );
    service.stop().await;
}

#[tokio::test]
async fn nothing_that_people_wrote_is_markup() {
    let (service, seeded) = site().await;
    let evil = "<script>alert('1')</script><img src=x onerror=alert(2)>\"' & {{7*7}}";
    let sea = album(evil, evil);
    let artist = seeded.catalog.put_album(&sea).await.unwrap().artist;
    let song = Recording { genre: evil.parse().ok(), ..on(&sea, 1, 1, evil, 1) };
    let made = seeded.catalog.put_recordings(&[song, single(evil, evil, 2)]).await.unwrap();
    let profile = Profile { biography: evil.parse().ok(), links: Vec::new() };
    let at = Timestamp::from_micros(1);
    seeded.catalog.put_profile(artist.id, &profile, at).await.unwrap();
    seeded.catalog.describe_album(sea.id, evil.parse().ok()).await.unwrap();
    seeded.catalog.describe_recording(made[0].recording.id, evil.parse().ok()).await.unwrap();
    let page = seeded.catalog.artist_sheet(&artist.slug, 1).await.unwrap().unwrap();
    let (artist, title) = (&artist.slug, &page.albums[0].slug);
    let searched: String = url::form_urlencoded::byte_serialize(evil.as_bytes()).collect();
    for path in [
        format!("/music/{artist}"),
        format!("/music/{artist}?list=recordings"),
        format!("/music/{artist}/{title}"),
        format!("/music/{artist}/-/{}", made[0].slug),
        format!("/embed/{artist}/{title}"),
        format!("/search?q={searched}"),
        "/".to_owned(),
    ] {
        let page = visit(&service, &path).await;
        assert_eq!(page.status, 200, "{path}");
        for markup in ["<script>alert", "<img src=x"] {
            let is_there = page.text.contains(markup);
            assert!(!is_there, "{path} has {markup}: {}", page.text);
        }
        assert!(page.text.contains("&#60;script&#62;"), "{path}: {}", page.text);
    }
    service.stop().await;
}

#[tokio::test]
async fn pages_are_small_however_much_there_is() {
    let (service, seeded) = site().await;
    let long = "A title of some length, ".repeat(3);
    let all = album("Long", &long);
    let entry = seeded.catalog.put_album(&all).await.unwrap();
    let sketch = Sketch {
        bars: (0..120).map(|n| (n * 2) as u8).collect(),
        loudness: Decibels::from_thousandths(-9_000),
        true_peak: None,
    };
    for n in 1..=250 {
        let song = on(&all, 1, n, &format!("{long}{n}"), n.into());
        seeded.catalog.put_recordings(std::slice::from_ref(&song)).await.unwrap();
        seeded.catalog.put_sketch(song.id, &song.sound.etag(), &sketch).await.unwrap();
    }
    let mut address = format!("/music/long/{}", entry.slug);
    let (mut shown, mut pages) = (0, 0);
    loop {
        let page = visit(&service, &address).await;
        let assets = page.all("src").into_iter().chain(page.all("href"));
        let assets: std::collections::BTreeSet<_> =
            assets.filter(|path| path.starts_with("/static/")).collect();
        assert_eq!(assets.len(), 3, "{assets:?}");
        assert!(page.text.contains("class=\"wave\"") || shown > 0);
        // As browsers get it, compressed.
        let request = service.request("GET", &address).header("accept-encoding", "gzip");
        let sent = request.send().await.unwrap().bytes().await.unwrap().len();
        let whole = page.text.len();
        assert!(sent <= 20_000 && whole <= 75_000, "{address}: {sent} bytes of {whole}");
        shown += page.text.matches("<audio ").count();
        pages += 1;
        let Some(next) = page.text.split("rel=\"next\" href=\"").nth(1) else { break };
        address = next.split('"').next().unwrap().to_owned();
    }
    assert_eq!((shown, pages), (250, 5));
    service.stop().await;
}

#[tokio::test]
async fn a_page_says_what_it_is_to_those_who_link_to_it() {
    let (service, seeded) = site().await;
    let origin = format!("http://{}", service.address);
    let page = visit(&service, "/music/lampwright/harbour").await;
    let canonical = format!("<link rel=\"canonical\" href=\"{origin}/music/lampwright/harbour\">");
    assert!(page.text.contains(&canonical), "{}", page.text);
    for there in [
        "property=\"og:type\" content=\"music.album\"",
        "name=\"twitter:card\" content=\"player\"",
        "type=\"application/json+oembed\"",
        "type=\"application/atom+xml\"",
    ] {
        assert!(page.text.contains(there), "{there}: {}", page.text);
    }
    let json = page.text.split("<script type=\"application/ld+json\">").nth(1).unwrap();
    let json: serde_json::Value =
        serde_json::from_str(json.split("</script>").next().unwrap()).unwrap();
    assert_eq!((&json["@type"], &json["numTracks"]), (&"MusicAlbum".into(), &2.into()));
    assert_eq!(json["track"][0]["duration"], "PT1S");
    let sheet = seeded.catalog.album_page(&slug("lampwright"), &slug("harbour")).await.unwrap();
    assert_eq!(json["name"], sheet.unwrap().entry.album.title.as_str());
    // What is searched for is nobody's to keep.
    let found = visit(&service, "/search?q=a").await;
    assert!(found.text.contains("noindex") && !found.text.contains("og:title"));
    service.stop().await;
}
