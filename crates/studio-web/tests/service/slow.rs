//! Clients that take their time, and answers without an end.

use std::sync::Arc;
use std::time::Duration;

use studio_core::Assets;
use studio_repo::{MockAssetRepo, MockOrderRepo, SqliteCatalog};
use studio_web::Options;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::seed;
use crate::support::{Answer, Service, until};

const REQUEST: &[u8] = b"GET /assets HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// Assets of which the listing has this many parts of a hundred or more.
async fn many(parts: usize) -> Assets {
    let known = Assets::new(Arc::new(SqliteCatalog::in_memory().unwrap()));
    let service = Service::of(known.clone()).await;
    let asset = service.register("ingest", &"x".repeat(1000)).await;
    let one = known.get(asset["id"].as_str().unwrap().parse().unwrap()).await.unwrap();
    service.stop().await;
    let mut assets = MockAssetRepo::new();
    assets.expect_count_assets().returning(|| Ok(Vec::new()));
    let told = std::sync::atomic::AtomicUsize::new(0);
    assets.expect_assets().returning(move |_, _, limit| {
        let told = told.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        let count = if told < parts { limit as usize } else { 0 };
        let mut page = vec![one.clone(); count];
        for (number, asset) in page.iter_mut().enumerate() {
            // One place stands there once.
            let key = format!("{told:06}/{number:06}/{}", "x".repeat(900));
            asset.place.key = key.parse().unwrap();
        }
        Ok(page)
    });
    Assets::from_parts(Arc::new(assets), Arc::new(MockOrderRepo::new()))
}

async fn metric(service: &Service, line: &str) -> bool {
    let metrics = service.get("/metrics").await;
    assert_eq!(metrics.status, 200, "{metrics:?}");
    metrics.text.lines().any(|found| found == line)
}

/// Waits for a line of the metrics.
async fn wait_for(service: &Service, line: &str) {
    let waiting = async {
        while !metric(service, line).await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap();
}

#[tokio::test]
async fn a_client_that_takes_nothing_is_cut() {
    let options = Options { write_timeout: Duration::from_millis(100), ..Options::default() };
    let service = Service::with(many(usize::MAX).await, options).await;
    let mut stream = TcpStream::connect(&service.address).await.unwrap();
    stream.write_all(REQUEST).await.unwrap();
    // Its buffers are full some time, and nobody reads them.
    wait_for(&service, "studio_http_aborted_total{route=\"/assets\"} 1").await;
    assert!(metric(&service, "studio_http_connections 1").await);
    service.stop().await;
}

#[tokio::test]
async fn a_client_that_goes_away_ends_its_answer() {
    let service = Service::with(many(usize::MAX).await, Options::default()).await;
    let mut stream = TcpStream::connect(&service.address).await.unwrap();
    stream.write_all(REQUEST).await.unwrap();
    assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
    drop(stream);
    wait_for(&service, "studio_http_aborted_total{route=\"/assets\"} 1").await;
    service.stop().await;
}

#[tokio::test]
async fn sound_that_came_whole_was_not_broken_off() {
    let seeded = seed::fill(Arc::new(SqliteCatalog::in_memory().unwrap()), true).await;
    let service = Service::of_state(seeded.state.clone()).await;
    let address = format!("/api/v1/recordings/{}/stream", seeded.recordings[0]);
    let mut sent = service.get(&address).await.text.len();
    assert_ne!(sent, 0);
    for range in ["bytes=0-3", "bytes=0-1,3-4"] {
        let request = service.request("GET", &address).header("range", range);
        let part = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(part.status, 206, "{range}");
        sent += part.text.len();
    }
    let route = r#"route="/api/v1/recordings/{id}/stream""#;
    wait_for(&service, &format!("studio_http_response_bytes_total{{{route}}} {sent}")).await;
    let metrics = service.get("/metrics").await.text;
    assert!(!metrics.contains("studio_http_aborted_total{"), "{metrics}");
    service.stop().await;
}

#[tokio::test]
async fn an_answer_under_way_has_its_time_to_end() {
    let service = Service::with(many(30).await, Options::default()).await;
    let mut stream = TcpStream::connect(&service.address).await.unwrap();
    stream.write_all(REQUEST).await.unwrap();
    let mut some = vec![0; 4096];
    assert_ne!(stream.read(&mut some).await.unwrap(), 0);
    service.shutdown.cancel();
    let address = service.address.clone();
    until(|| std::net::TcpStream::connect(&address).is_err()).await;
    let mut rest = Vec::new();
    stream.read_to_end(&mut rest).await.unwrap();
    assert!(rest.ends_with(b"}\r\n0\r\n\r\n"), "the listing has its end");
    assert!(rest.len() > 1 << 20);
    service.serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut_when_its_time_is_over() {
    let options = Options { grace: Duration::from_millis(100), ..Options::default() };
    let service = Service::with(many(usize::MAX).await, options).await;
    let mut stream = TcpStream::connect(&service.address).await.unwrap();
    stream.write_all(REQUEST).await.unwrap();
    assert_ne!(stream.read(&mut [0; 4096]).await.unwrap(), 0);
    service.stop().await;
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(!rest.ends_with(b"0\r\n\r\n"));
}

#[tokio::test]
async fn a_client_that_does_not_wait_for_its_answer_is_not_counted_for_ever() {
    let options = Options { most_connections: 2, ..Options::default() };
    let service = Service::with(many(1).await, options).await;
    for _ in 0..3 {
        // The body does not come, and so there is no answer.
        let mut stream = TcpStream::connect(&service.address).await.unwrap();
        let head = b"POST /asset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
            Content-Length: 9\r\n\r\n{";
        stream.write_all(head).await.unwrap();
        wait_for(&service, "studio_http_requests_in_flight 2").await;
        drop(stream);
        wait_for(&service, "studio_http_requests_in_flight 1").await;
    }
}
