//! Connections: how they end.

use std::sync::Arc;
use std::time::{Duration, Instant};

use studio_core::Assets;
use studio_repo::SqliteCatalog;
use studio_web::Options;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::support::{Service, file, raw};

fn memory() -> Assets {
    Assets::new(Arc::new(SqliteCatalog::in_memory().unwrap()))
}

#[tokio::test]
async fn a_request_under_way_is_finished() {
    let service = Service::new().await;
    let body = file("ingest", "a.wav").to_string();
    let mut stream = TcpStream::connect(&service.address).await.unwrap();
    let head = format!(
        "POST /asset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len(),
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(&body.as_bytes()[..20]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
    let (address, shutdown) = (service.address.clone(), service.shutdown.clone());
    // A connection on which nothing is asked holds up nobody.
    let idle = service.get("/health/live").await;
    assert_eq!(idle.status, 200);
    shutdown.cancel();
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!service.serving.is_finished());
    assert!(TcpStream::connect(&address).await.is_err(), "nobody else is let in");
    stream.write_all(&body.as_bytes()[20..]).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("asset registered a.wav"), "{answer}");
    service.serving.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_request_that_never_ends_is_cut() {
    let options = Options { grace: Duration::from_millis(200), ..Options::default() };
    let service = Service::with(memory(), options).await;
    let mut stream = TcpStream::connect(&service.address).await.unwrap();
    let head = "POST /asset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let started = Instant::now();
    service.stop().await;
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
    let mut rest = Vec::new();
    let _ = stream.read_to_end(&mut rest).await;
    assert!(rest.is_empty());
}

#[tokio::test]
async fn headers_that_do_not_come_are_not_waited_for() {
    let options = Options { header_timeout: Duration::from_millis(100), ..Options::default() };
    let service = Service::with(memory(), options).await;
    let started = Instant::now();
    raw(&service.address, b"GET /assets HTTP/1.1\r\nHost:").await;
    raw(&service.address, b"").await;
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[tokio::test]
async fn there_are_not_more_connections_than_may_be() {
    let options = Options { most_connections: 1, ..Options::default() };
    let service = Service::with(memory(), options).await;
    let mut first = TcpStream::connect(&service.address).await.unwrap();
    let request = b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    first.write_all(request).await.unwrap();
    let mut some = [0; 64];
    assert_ne!(first.read(&mut some).await.unwrap(), 0);
    // The system takes the second one, and it waits.
    let mut second = TcpStream::connect(&service.address).await.unwrap();
    second.write_all(request).await.unwrap();
    let waiting = tokio::time::timeout(Duration::from_millis(200), second.read(&mut some)).await;
    assert!(waiting.is_err());
    drop(first);
    assert_ne!(second.read(&mut some).await.unwrap(), 0);
}

#[tokio::test]
async fn what_is_no_http_breaks_nothing() {
    let service = Service::new().await;
    let junk: [&[u8]; 5] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
        b"GET\r\n\r\n",
        b"GET /asset/\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /asset HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
    ];
    for junk in junk {
        let answer = raw(&service.address, junk).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    let long = format!("GET /asset/{} HTTP/1.1\r\nHost: localhost\r\n\r\n", "x".repeat(1 << 20));
    let answer = raw(&service.address, long.as_bytes()).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    assert_eq!(service.get("/health/live").await.status, 200);
}
