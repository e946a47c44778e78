//! What Discogs says, over HTTP: whole whatever is known, and never waited for.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use studio_api::v1::{DiscogsAlbum, DiscogsArtist};
use studio_core::discogs::Discogs;
use studio_core::{Assets, Shelf, Studio};
use studio_discogs::{DiscogsClient, DiscogsSettings, MemoryCache, Token};
use studio_repo::{PublishRepo as _, SqliteCatalog};
use studio_testkit::discogs::{TOKEN, TestDiscogs};
use studio_web::{Music, Options, State};

use crate::seed;
use crate::support::Service;

async fn service(server: &TestDiscogs, everybody: bool) -> (Service, Vec<String>) {
    let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
    let mut albums = Vec::new();
    for (n, published) in [(0, true), (1, false)] {
        let mut album = seed::album(n, published);
        album.artist = "Marfa Lights".parse().unwrap();
        album.title = ["Salt Flat Hymns", "Kept Back"][n as usize].parse().unwrap();
        albums.push(catalog.put_album(&album).await.unwrap().album.id.to_string());
    }
    let settings = DiscogsSettings {
        base: server.base(),
        token: Some(Token::new(TOKEN)),
        ..DiscogsSettings::default()
    };
    let client = Arc::new(DiscogsClient::new(&settings).unwrap());
    let usual = studio_discogs::Lifetimes::default();
    let memory = Arc::new(MemoryCache::new(client, usual, MemoryCache::USUAL));
    let discogs = Discogs::new(memory, Arc::clone(&catalog));
    let store = Arc::new(studio_core::MemoryStore::new());
    let studio = Studio::new(Arc::clone(&catalog), store);
    let music = Music::new(Shelf::new(Arc::clone(&catalog)), studio).with_discogs(discogs);
    let music = if everybody { music.published_only() } else { music };
    let state = State::new(Assets::new(catalog), Options::default()).with_music(music);
    (Service::of_state(state).await, albums)
}

/// A page as soon as its entry is known.
async fn linked(service: &Service, path: &str) -> Value {
    for _ in 0..2_000 {
        let answer = service.get(path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        if !answer.json["link"]["fetched_at"].is_null() {
            return answer.json;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("{path} never says anything");
}

#[tokio::test]
async fn a_page_is_whole_before_discogs_has_answered() {
    let server = TestDiscogs::start();
    let (service, albums) = service(&server, false).await;
    server.hold(true);
    let empty = service.get("/api/v1/artists/marfa-lights/discogs").await;
    let unknown = json!({"state": "unknown"});
    assert_eq!((empty.status, &empty.json["link"]["state"]), (200, &unknown["state"]));
    let artist: DiscogsArtist = serde_json::from_value(empty.json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&artist).unwrap(), empty.json);
    assert!(artist.images.is_empty() && artist.name.is_empty());
    let album = service.get(&format!("/api/v1/albums/{}/discogs", albums[0])).await;
    let album: DiscogsAlbum = serde_json::from_value(album.json).unwrap();
    assert_eq!(album, DiscogsAlbum { link: artist.link, ..DiscogsAlbum::default() });
    server.hold(false);

    let artist = linked(&service, "/api/v1/artists/marfa-lights/discogs").await;
    assert_eq!((&artist["name"], &artist["link"]["id"]), (&json!("Marfa Lights"), &json!(101)));
    assert_eq!(artist["link"]["attribution"], "Data provided by Discogs");
    let album = linked(&service, &format!("/api/v1/albums/{}/discogs", albums[0])).await;
    assert_eq!(album["title"], "Salt Flat Hymns");
    assert_eq!(album["tracks"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn only_what_is_shown_has_a_page() {
    let server = TestDiscogs::start();
    let (service, albums) = service(&server, true).await;
    for path in [
        format!("/api/v1/albums/{}/discogs", albums[1]),
        "/api/v1/albums/019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11/discogs".to_owned(),
        "/api/v1/albums/x/discogs".to_owned(),
        "/api/v1/artists/nobody/discogs".to_owned(),
    ] {
        assert_eq!(service.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(server.asked().len(), 0, "nobody asks Discogs about what is not shown");
    let extra = service.get("/api/v1/artists/marfa-lights/discogs?x=1").await;
    assert_eq!(extra.status, 400);
}

#[tokio::test]
async fn an_outage_is_no_failure_of_the_page() {
    let server = TestDiscogs::start();
    let (service, _) = service(&server, false).await;
    server.fail(503);
    for _ in 0..3 {
        let answer = service.get("/api/v1/artists/marfa-lights/discogs").await;
        assert_eq!((answer.status, answer.json["link"]["state"].as_str()), (200, Some("unknown")));
    }
    server.heal();
    let artist = linked(&service, "/api/v1/artists/marfa-lights/discogs").await;
    assert_eq!(artist["name"], "Marfa Lights");
}
