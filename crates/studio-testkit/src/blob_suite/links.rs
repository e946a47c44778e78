//! Links, for stores that have them.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{BlobFixture, key, put};
use crate::noise;

/// How long a link that should have ended may be late; servers count in seconds, and some
/// allow for clocks that differ.
const LATE: Duration = Duration::from_secs(30);

/// What a server answered to somebody without credentials.
#[derive(Debug)]
struct Fetched {
    status: u16,
    head: String,
    body: Vec<u8>,
}

/// Fetches `http://…` as any browser does.
async fn fetch(url: &str) -> Fetched {
    let (address, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut connection = TcpStream::connect(address).await.unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    connection.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let body = answer.split_off(end + 4);
    let head = String::from_utf8(answer).unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    Fetched { status, head: head.to_lowercase(), body }
}

/// Whoever has a link gets the object's bytes, and a name to save them under, until the
/// link ends; and nothing by a link that was changed.
pub async fn links_lead_to_the_object_until_they_end(fixture: &impl BlobFixture) {
    let store = fixture.open();
    let bytes = noise::bytes(11, 100_000);
    put(&*store, "a/linked object", &bytes).await.unwrap();
    let at = key("a/linked object");
    let name = || Some("Björk - Jóga (take 2).wav".to_owned());
    let link = async |time| store.presigned_url(&at, time, name()).await.unwrap();
    let Some(url) = link(Duration::from_secs(60)).await else { return };
    let fetched = fetch(&url).await;
    assert_eq!(fetched.status, 200, "{}", fetched.head);
    assert!(fetched.body == bytes, "{} bytes came", fetched.body.len());
    let saved = "filename*=utf-8''bj%c3%b6rk%20-%20j%c3%b3ga%20%28take%202%29.wav";
    assert!(fetched.head.contains(saved), "{}", fetched.head);

    let forged = url.replace("X-Amz-Expires=60", "X-Amz-Expires=61");
    assert_ne!(forged, url);
    assert_eq!(fetch(&forged).await.status, 403);

    let short = link(Duration::from_secs(1)).await.unwrap();
    let began = Instant::now();
    loop {
        match fetch(&short).await.status {
            403 => break,
            status => assert_eq!(status, 200),
        }
        assert!(began.elapsed() < LATE, "the link does not end");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
