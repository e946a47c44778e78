//! How many questions the database is asked for a page.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod seed;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use studio_core::CancellationToken;
use studio_repo::SqliteCatalog;
use studio_web::serve;
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
    let paths = [
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
        let url = format!("http://{address}/api/v1/{path}");
        for warm in [false, true] {
            let before = QUERIES.load(Ordering::SeqCst);
            let answer = client.get(&url).send().await.unwrap();
            assert_eq!(answer.status(), 200, "{path}");
            answer.bytes().await.unwrap();
            let asked = QUERIES.load(Ordering::SeqCst) - before;
            // A connection that is new asks what it needs for itself.
            assert!(!warm || (1..=2).contains(&asked), "{path}: {asked} queries");
        }
    }
    shutdown.cancel();
    serving.await.unwrap().unwrap();
}
