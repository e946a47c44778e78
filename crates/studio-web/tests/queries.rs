//! How many questions the database is asked for a page.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

#[expect(dead_code, reason = "other tests use all of it")]
mod seed;

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use studio_core::access::{Access, Actor, NewAccount, NewToken, StudioSecret, Visit};
use studio_core::{Assets, CancellationToken};
use studio_domain::{Role, Scope, Scopes, Timestamp, UserName};
use studio_repo::SqliteCatalog;
use studio_web::{Options, State, serve};
use tokio::net::TcpListener;

static QUERIES: AtomicUsize = AtomicUsize::new(0);

fn counting() -> Option<Box<dyn Instrumentation>> {
    Some(Box::new(|event: InstrumentationEvent<'_>| {
        let InstrumentationEvent::StartQuery { query, .. } = event else { return };
        let query = query.to_string();
        // What holds questions together is none.
        if !["BEGIN", "COMMIT", "PRAGMA"].iter().any(|word| query.starts_with(word)) {
            QUERIES.fetch_add(1, Ordering::SeqCst);
        }
    }))
}

#[tokio::test]
async fn a_page_asks_the_database_once_or_twice() {
    set_default_instrumentation(counting).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let catalog = SqliteCatalog::open(&directory.path().join("studio.db")).unwrap();
    let seeded = seed::fill(Arc::new(catalog), false).await;
    assert!(QUERIES.load(Ordering::SeqCst) > 20, "nothing is counted");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let shutdown = CancellationToken::new();
    let serving = tokio::spawn(serve(listener, seeded.state, shutdown.clone()));
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    // The same with everybody asked who they are.
    // Time flies, so that nobody was there within the last second.
    let ticks = AtomicI64::new(1_800_000_000);
    let access = Access::new(Arc::clone(&seeded.catalog), StudioSecret::new([7; 32])).with_clock(
        move || Timestamp::from_micros(ticks.fetch_add(2, Ordering::SeqCst) * 1_000_000),
    );
    let (session, token) = let_in(&access).await;
    let assets = Assets::new(Arc::clone(&seeded.catalog));
    let state = State::new(assets, Options::default()).with_music(seeded.music.clone());
    let guarded = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let guarded_at = guarded.local_addr().unwrap();
    let state = state.with_access(access);
    let guarding = tokio::spawn(serve(guarded, state, shutdown.clone()));
    let paths = [
        "/".to_owned(),
        "/?after=khruangbin".to_owned(),
        "/music/khruangbin".to_owned(),
        "/music/khruangbin?list=albums".to_owned(),
        "/music/khruangbin?list=recordings&after=third-room-0".to_owned(),
        "/music/khruangbin/album-1".to_owned(),
        "/music/khruangbin/-/third-room-0".to_owned(),
        "/embed/khruangbin/album-1".to_owned(),
        "/music/khruangbin/feed.atom".to_owned(),
        "/music/khruangbin/podcast.rss".to_owned(),
        "/music/khruangbin/sitemap.xml".to_owned(),
        "/music/khruangbin/album-1/playlist.m3u8".to_owned(),
        "/search?q=third".to_owned(),
        "/sitemap.xml".to_owned(),
        format!("albums/{}", seeded.albums[0]),
        "artists/khruangbin/albums/album-1".to_owned(),
        "albums?limit=2".to_owned(),
        "artists/khruangbin".to_owned(),
        "artists/khruangbin/albums".to_owned(),
        "recordings".to_owned(),
        format!("recordings/{}", seeded.recordings[0]),
        "search?q=third".to_owned(),
        "artists/khruangbin/songs".to_owned(),
        format!("playlists/{}/recordings", seeded.playlist),
    ];
    for path in paths {
        let path = if path.starts_with('/') { path } else { format!("/api/v1/{path}") };
        let url = format!("http://{address}{path}");
        for warm in [false, true] {
            let before = QUERIES.load(Ordering::SeqCst);
            let answer = client.get(&url).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            answer.bytes().await.unwrap();
            let asked = QUERIES.load(Ordering::SeqCst) - before;
            // A connection that is new asks what it needs for itself.
            assert!(!warm || (1..=2).contains(&asked), "{path}: {asked} queries");
            if !warm {
                continue;
            }
            let url = format!("http://{guarded_at}{path}");
            for (header, value) in [("cookie", &session), ("authorization", &token)] {
                // What it is noted by that they were seen is asked the first time.
                for again in [false, true] {
                    let before = QUERIES.load(Ordering::SeqCst);
                    let answer = client.get(&url).header(header, value).send().await.unwrap();
                    assert_eq!(answer.status(), 200, "{path}");
                    answer.bytes().await.unwrap();
                    let more = QUERIES.load(Ordering::SeqCst) - before;
                    assert!(!again || more == asked + 1, "{path}: {more} queries, not {asked} + 1");
                }
            }
        }
    }
    shutdown.cancel();
    serving.await.unwrap().unwrap();
    guarding.await.unwrap().unwrap();
}

/// A manager, signed in with a session and with a token.
async fn let_in(access: &Access) -> (String, String) {
    let [name, way, address] = ["root", "command line", "console"].map(str::to_owned);
    let actor = Actor { account: None, name, way, address };
    let (name, role): (UserName, _) = ("mia".parse().unwrap(), Role::Manager);
    let new = NewAccount { name: name.clone(), email: None, role, artists: Vec::new() };
    let account = access.add_account(new, None, &actor).await.unwrap();
    let visit = Visit { address: [127, 0, 0, 1].into(), agent: "Browser/1", device: None };
    let opened = access.open_session(account, "test", visit).await.unwrap();
    let scopes = Scopes::new([Scope::Read]).unwrap();
    let new = NewToken { name: "reader".parse().unwrap(), scopes, holds: None };
    let (_, token) = access.create_token(&name, new, &actor).await.unwrap();
    (format!("studio={}", opened.secret.as_str()), format!("Bearer {}", token.as_str()))
}
