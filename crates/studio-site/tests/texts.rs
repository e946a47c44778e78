//! What programs read of the site is what they expect, whatever people wrote.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::prelude::*;
use studio_domain::{Artist, ArtistId, Slug, Timestamp};
use studio_repo::{
    AlbumEntry, AlbumLine, AlbumPage, ArtistPart, ArtistSheet, RecordingEntry, RecordingSheet,
    SitePlace,
};
use studio_site::Site;
use studio_testkit::publish_suite::{album, on};

fn slug(text: &str) -> Slug {
    text.parse().unwrap()
}

fn site() -> Site {
    Site::new("Harbour & Sons", "https://music.example.org")
}

/// An album of one recording, all of which is called so and said to be so.
fn page(text: &str) -> AlbumPage {
    let mut tides = album(text, text);
    tides.released = Some("2011-03".parse().unwrap());
    let artist = Artist {
        id: ArtistId::from_uuid(*tides.id.as_uuid()),
        name: text.parse().unwrap(),
        slug: slug("artist"),
    };
    let mut recording = on(&tides, 1, 1, text, 48_000 * 65);
    recording.sound.modified_at = Timestamp::from_micros(1_516_924_800_000_000);
    let line = AlbumLine {
        id: tides.id,
        title: tides.title.clone(),
        slug: slug("album"),
        artist: artist.clone(),
        has_artwork: false,
        published: true,
    };
    let sheet = RecordingSheet {
        entry: RecordingEntry {
            recording,
            artist: artist.clone(),
            slug: slug("recording"),
            album: Some(line),
        },
        album_artwork: None,
        sketch: None,
        description: text.parse().ok(),
        featured: None,
    };
    AlbumPage {
        entry: AlbumEntry { album: tides, artist, slug: slug("album") },
        description: text.parse().ok(),
        recordings: vec![sheet],
    }
}

fn part(page: &AlbumPage) -> ArtistPart<RecordingSheet> {
    ArtistPart { artist: page.entry.artist.clone(), items: page.recordings.clone() }
}

/// Every text of the site that is made of an album.
fn pages(page: &AlbumPage) -> Vec<String> {
    let sheet = ArtistSheet {
        artist: page.entry.artist.clone(),
        profile: Default::default(),
        featured: page.recordings.clone(),
        albums: vec![page.entry.clone()],
        singles: page.recordings.clone(),
    };
    vec![
        site().album(page, 0),
        site().recording(&page.recordings[0]),
        site().artist(&sheet, 10),
        site().embed_album(page),
        site().embed_recording(&page.recordings[0]),
        site().artist_recordings(&part(page), 10),
    ]
}

#[test]
fn feeds_are_xml_with_all_that_readers_ask_for() {
    let part = part(&page("Tom & <Jerry>"));
    let atom = site().atom(&part);
    let feed = roxmltree::Document::parse(&atom).unwrap();
    let text = |name: &str| {
        let found = feed
            .descendants()
            .filter(|node| node.has_tag_name(("http://www.w3.org/2005/Atom", name)));
        found.filter_map(|node| node.text()).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(text("title"), ["Tom & <Jerry>"; 2]);
    assert_eq!(text("updated"), ["2018-01-26T00:00:00Z"; 2]);
    assert!(text("id").iter().all(|id| id.starts_with("urn:uuid:")));
    let rss = site().podcast(&part);
    let channel = roxmltree::Document::parse(&rss).unwrap();
    let enclosure = channel.descendants().find(|node| node.has_tag_name("enclosure")).unwrap();
    assert!(enclosure.attribute("url").unwrap().starts_with("https://music.example.org/api/"));
    assert_eq!(enclosure.attribute("type"), Some("audio/wav"));
    assert!(rss.contains("<pubDate>Fri, 26 Jan 2018 00:00:00 GMT</pubDate>"), "{rss}");
    assert!(rss.contains("<itunes:duration>65</itunes:duration>"), "{rss}");
}

#[test]
fn what_browsers_cannot_play_is_sent_as_flac() {
    let mut page = page("Tides");
    let recording = &mut page.recordings[0].entry.recording;
    recording.sound.content_type = "audio/aiff".to_owned();
    recording.sound.format.as_mut().unwrap().container = studio_domain::Container::Aiff;
    assert!(site().album(&page, 0).contains("/stream?format=flac\""));
    assert!(site().podcast(&part(&page)).contains("type=\"audio/flac\""));
}

#[test]
fn a_playlist_names_each_recording_once() {
    let text = site().playlist(&page("Tides"));
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(
        &lines[..4],
        ["#EXTM3U", "#EXTENC:UTF-8", "#PLAYLIST:Tides", "#EXTINF:65,Tides - Tides"]
    );
    assert!(lines[4].starts_with("https://music.example.org/api/v1/recordings/"), "{text}");
}

#[test]
fn sitemaps_have_whole_addresses() {
    let place =
        |text: &str| SitePlace { slug: slug(text), updated_at: Some(Timestamp::from_micros(0)) };
    let text = site().artist_sitemap(&slug("a"), &[place("b")], &[place("c")]);
    let map = roxmltree::Document::parse(&text).unwrap();
    let found: Vec<_> = map
        .descendants()
        .filter(|node| node.tag_name().name() == "loc")
        .filter_map(|node| node.text())
        .collect();
    let origin = "https://music.example.org/music/a";
    assert_eq!(found, [origin.to_owned(), format!("{origin}/b"), format!("{origin}/-/c")]);
    assert!(roxmltree::Document::parse(&site().sitemap(&[place("a")])).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever people write, the pages have the same elements, and programs can read the rest.
    #[test]
    fn names_never_become_markup(text in "[ -~\u{e4}\u{4e2d}\u{1f600}]{0,40}[a-z<>&\"'{}%]") {
        let text = format!("x{text}");
        let (plain, odd) = (page("xy"), page(&text));
        for (plain, odd) in pages(&plain).iter().zip(pages(&odd)) {
            let count = |page: &str, c: char| page.matches(c).count();
            prop_assert_eq!(count(plain, '<'), count(&odd, '<'), "{}", odd);
            prop_assert_eq!(count(plain, '>'), count(&odd, '>'), "{}", odd);
            let json = odd.split("application/ld+json\">").nth(1).map(|rest| rest.split('<').next().unwrap());
            if let Some(json) = json {
                prop_assert!(serde_json::from_str::<serde_json::Value>(json).is_ok(), "{}", json);
            }
        }
        prop_assert!(roxmltree::Document::parse(&site().atom(&part(&odd))).is_ok());
        prop_assert!(roxmltree::Document::parse(&site().podcast(&part(&odd))).is_ok());
        let embed = site().oembed_album(&odd, (None, None));
        prop_assert!(roxmltree::Document::parse(&embed.xml()).is_ok());
        let json: serde_json::Value = serde_json::from_str(&embed.json()).unwrap();
        prop_assert_eq!(json["title"].as_str(), Some(odd.entry.album.title.as_str()));
        let iframe = json["html"].as_str().unwrap();
        prop_assert!(roxmltree::Document::parse(iframe).is_ok(), "{}", iframe);
    }
}
