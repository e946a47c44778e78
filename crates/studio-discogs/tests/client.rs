//! The client, against a server that speaks as Discogs does, and against worse ones.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::sync::Arc;
use std::time::Duration;

use studio_discogs::{
    DiscogsClient, DiscogsSettings, EntryKind, Error, Lifetimes, Lookup, MemoryCache,
    Metadata as _, MetadataExt as _, ReleaseDate, SearchQuery, Token, TrackKind, Urgency,
};
use studio_testkit::discogs::{TOKEN, TestDiscogs, Trouble};

const NOW: Urgency = Urgency::Interactive;

fn settings(server: &TestDiscogs) -> DiscogsSettings {
    let (base, token) = (server.base(), Some(Token::new(TOKEN)));
    DiscogsSettings { base, token, ..DiscogsSettings::default() }
}

fn client(server: &TestDiscogs) -> DiscogsClient {
    DiscogsClient::new(&settings(server)).unwrap()
}

fn trouble(status: u16, headers: &[(&str, &str)], body: &str) -> Trouble {
    let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
    Trouble::Answer { status, headers, body: body.into() }
}

#[tokio::test]
async fn an_artist_comes_in_our_words() {
    let server = TestDiscogs::start();
    let artist = client(&server).artist(101, NOW).await.unwrap().unwrap();
    assert_eq!(
        (artist.name.as_str(), artist.listed_as.as_str()),
        ("Marfa Lights", "Marfa Lights (2)")
    );
    assert_eq!(artist.profile, "Trio from Texas, founded by Ada Brandt and .\nSee their page.");
    assert_eq!(artist.urls, ["https://marfa.test/", "http://music.test/marfa"]);
    assert_eq!(artist.aliases[0].name, "The Desert Trio");
    let members: Vec<_> =
        artist.members.iter().map(|member| (member.name.as_str(), member.active)).collect();
    assert_eq!(members, [("Ada Brandt", Some(true)), ("Noor Haddad", Some(false))]);
    assert_eq!(artist.images.len(), 1);
    assert!(artist.images[0].primary);
    let asked = &server.asked()[0];
    assert_eq!(asked.target, "/artists/101");
    assert_eq!(asked.headers["authorization"], format!("Discogs token={TOKEN}"));
    assert!(asked.headers["user-agent"].starts_with("studio/"));
    assert!(asked.headers["accept"].contains("discogs"));
}

#[tokio::test]
async fn albums_come_with_their_tracks() {
    let server = TestDiscogs::start();
    let client = client(&server);
    let master = client.master(501, NOW).await.unwrap().unwrap();
    assert_eq!((master.main_release, master.released.year), (Some(901), Some(2018)));
    assert_eq!(master.tracks[0].seconds, Some(285));
    let release = client.release(901, NOW).await.unwrap().unwrap();
    assert_eq!(release.released, ReleaseDate { year: Some(2018), month: Some(3), day: None });
    let kinds: Vec<_> = release.tracks.iter().map(|track| track.kind).collect();
    assert_eq!(kinds, [TrackKind::Heading, TrackKind::Track, TrackKind::Index]);
    let parts = &release.tracks[2].parts;
    assert_eq!((parts[0].seconds, parts[1].seconds), (Some(180), None));
    assert_eq!((release.formats[0].quantity, release.artist_line()), (2, "Marfa L.".to_owned()));
    assert_eq!(release.companies[0].role, "Recorded At");
    let short = client.release(902, NOW).await.unwrap().unwrap();
    assert_eq!(short.artist_line(), "Marfa Lights & The Night Ferries");
    assert_eq!((short.released, short.tracks.len()), (ReleaseDate::default(), 0));
}

#[tokio::test]
async fn a_search_finds_artists_and_albums() {
    let server = TestDiscogs::start();
    let client = client(&server);
    let hits = client.search(&SearchQuery::artist("night  FERRIES"), NOW).await.unwrap();
    assert_eq!((hits[0].id, hits[0].artist.as_str()), (102, "The Night Ferries"));
    let hits = client.search(&SearchQuery::album("Marfa Lights", "Salt Flat"), NOW).await.unwrap();
    let hit = &hits[0];
    assert_eq!((hit.kind, hit.id, hit.year), (EntryKind::Master, 501, Some(2018)));
    assert_eq!((hit.artist.as_str(), hit.title.as_str()), ("Marfa Lights", "Salt Flat Hymns"));
    assert_eq!(hit.site_url().unwrap(), "https://www.discogs.com/master/501");
    let odd = SearchQuery::album("a&type=x", "ö #+%/");
    assert!(client.search(&odd, NOW).await.unwrap().is_empty());
    let target = &server.asked()[2].target;
    assert!(target.contains("artist=a%26type%3Dx"), "{target}");
    // For nothing, nobody is asked.
    assert!(client.search(&SearchQuery::artist(" "), NOW).await.unwrap().is_empty());
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn what_discogs_does_not_know_is_an_answer() {
    let server = TestDiscogs::start();
    let client = client(&server);
    assert_eq!(client.artist(7, NOW).await.unwrap(), None);
    let found = client.look_up(&Lookup::Release(7), NOW).await.unwrap();
    assert!(found.is_nothing() && found.album().cloned().unwrap_or_default().id == 0);
    // But another site's page that something is not found is not Discogs' word.
    server.trouble(trouble(404, &[("content-type", "text/html")], "<h1>no</h1>"));
    let error = client.artist(7, NOW).await.unwrap_err();
    assert!(matches!(error, Error::Junk { .. }), "{error}");
}

#[tokio::test]
async fn without_a_token_there_is_less() {
    let server = TestDiscogs::start();
    let settings = DiscogsSettings { token: None, ..settings(&server) };
    let client = DiscogsClient::new(&settings).unwrap();
    let error = client.search(&SearchQuery::artist("x"), NOW).await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized), "{error}");
    let artist = client.artist(101, NOW).await.unwrap().unwrap();
    assert!(artist.images.is_empty());
    assert!(!server.asked()[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn bad_answers_are_told_by_their_kind() {
    let server = TestDiscogs::start();
    let client = client(&server);
    let json = ("content-type", "application/json");
    let deep = format!("{{\"a\": {}", "[".repeat(500_000));
    let huge = format!("{{\"a\": \"{}\"}}", "x".repeat(3 << 20));
    let elsewhere = [("location", "http://127.0.0.1:1/"), json];
    type Is = fn(&Error) -> bool;
    let (junk, away): (Is, Is) = (
        |error| matches!(error, Error::Junk { .. }),
        |error| matches!(error, Error::Unavailable { .. }),
    );
    let cases: [(&str, Trouble, Is); 15] = [
        ("HTML", trouble(200, &[("content-type", "text/html")], "<html>"), junk),
        ("HTML as JSON", trouble(200, &[json], "<html>"), junk),
        ("no type", trouble(200, &[], "{}"), junk),
        ("redirect", trouble(302, &elsewhere, ""), junk),
        ("moved for good", trouble(301, &elsewhere, "{}"), junk),
        ("nothing", trouble(204, &[json], ""), junk),
        ("deep", trouble(200, &[json], &deep), junk),
        ("huge", trouble(200, &[json], &huge), junk),
        ("endless", Trouble::Endless(8 << 20), junk),
        ("500", trouble(500, &[json], "{}"), away),
        ("503", trouble(503, &[("content-type", "text/html")], "<html>"), away),
        ("half", Trouble::BreakOff, away),
        ("noise", Trouble::Noise, away),
        ("401", trouble(401, &[json], "{}"), |error| matches!(error, Error::Unauthorized)),
        ("422", trouble(422, &[json], "{}"), |error| {
            matches!(error, Error::Refused { status: 422 })
        }),
    ];
    for (name, trouble, expected) in cases {
        server.trouble(trouble);
        let error = client.artist(101, NOW).await.unwrap_err();
        assert!(expected(&error), "{name}: {error:?}");
        assert!(!format!("{error:?} {error}").contains(TOKEN), "{name}");
    }
    server.heal();
    assert!(client.artist(101, NOW).await.unwrap().is_some());
}

#[tokio::test]
async fn a_server_that_hangs_is_left() {
    let server = TestDiscogs::start();
    let settings = DiscogsSettings { patience: Duration::from_millis(200), ..settings(&server) };
    let client = DiscogsClient::new(&settings).unwrap();
    server.trouble(Trouble::Silence);
    let error = client.artist(101, NOW).await.unwrap_err();
    assert!(matches!(error, Error::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn sixty_are_sent_and_the_next_one_waits() {
    let server = TestDiscogs::start();
    let client = Arc::new(client(&server));
    let ask = |id| {
        let client = Arc::clone(&client);
        tokio::spawn(async move { client.artist(id, NOW).await })
    };
    let tasks: Vec<_> = (1000..1080).map(ask).collect();
    while client.limiter().waiting() != 20 || server.asked().len() < 60 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!((server.asked().len(), server.refused()), (60, 0));
    tasks.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn others_at_our_address_are_counted_and_a_refusal_is_obeyed() {
    let server = TestDiscogs::start();
    let client = client(&server);
    server.others_ask(58);
    assert!(client.artist(101, NOW).await.unwrap().is_some());
    assert!(client.artist(101, NOW).await.unwrap().is_some());
    let late = tokio::time::timeout(Duration::from_millis(100), client.artist(101, NOW)).await;
    assert!(late.is_err(), "{late:?}");
    assert_eq!((server.asked().len(), server.refused()), (2, 0));

    let server = TestDiscogs::start();
    let client = self::client(&server);
    server.others_ask(60);
    server.say_retry_after(Some(120));
    let error = client.artist(101, NOW).await.unwrap_err();
    let wanted = Some(Duration::from_secs(120));
    assert!(matches!(error, Error::RateLimited { retry_after } if retry_after == wanted));
    let late = tokio::time::timeout(Duration::from_millis(100), client.artist(101, NOW)).await;
    assert!(late.is_err(), "{late:?}");
    assert_eq!(server.asked().len(), 1);
}

#[test]
fn settings_that_would_give_the_token_away_are_refused() {
    for base in [
        "http://api.discogs.com",
        "ftp://api.discogs.com",
        "https://user:pass@api.discogs.com",
        "https://x@api.discogs.com",
        "mailto:x",
        "api.discogs.com",
        "",
    ] {
        let settings = DiscogsSettings { base: base.to_owned(), ..DiscogsSettings::default() };
        let error = DiscogsClient::new(&settings).unwrap_err();
        assert!(matches!(error, Error::Setting { .. }), "{base}");
        assert!(!error.to_string().contains("pass@"), "{error}");
    }
    for token in ["", "a b", "a\nb", "é"] {
        let token = Some(Token::new(token));
        let settings = DiscogsSettings { token, ..DiscogsSettings::default() };
        assert!(DiscogsClient::new(&settings).is_err());
    }
    let token = Some(Token::new(TOKEN));
    let settings = DiscogsSettings { token, ..DiscogsSettings::default() };
    let client = DiscogsClient::new(&settings).unwrap();
    assert!(!format!("{settings:?} {client:?}").contains(TOKEN));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_more_haste_shares_the_request_that_is_out_already() {
    let server = Arc::new(TestDiscogs::start());
    server.hold(true);
    let cache = MemoryCache::new(Arc::new(client(&server)), Lifetimes::default(), 1 << 20);
    let cache = Arc::new(cache);
    let look_up = |urgency| {
        let cache = Arc::clone(&cache);
        tokio::spawn(async move { cache.look_up(&Lookup::Artist(101), urgency).await })
    };
    let behind = look_up(Urgency::Background);
    let waited = Arc::clone(&server);
    assert!(tokio::task::spawn_blocking(move || waited.wait_until_asked(1)).await.unwrap());
    let page = look_up(NOW);
    // So long the second one would have to get out.
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.hold(false);
    let (behind, page) = (behind.await.unwrap().unwrap(), page.await.unwrap().unwrap());
    assert!(page.artist().is_some());
    assert_eq!(page, behind);
    assert_eq!(server.asked().len(), 1);
}
