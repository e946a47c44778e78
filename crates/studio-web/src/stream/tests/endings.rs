//! Bytes that are gone, change, break off, or that nobody takes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use studio_blob::{S3Settings, S3Store};
use studio_core::playback::Playable;
use studio_testkit::noise;
use studio_testkit::proxy::{Fault, FaultProxy, Operation, Rule};
use studio_testkit::s3::TestS3;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use super::support::{PATH, Place, ask, facts, get, serve, serve_place, until};
use crate::stream::StreamOptions;

async fn served(size: usize) -> (Arc<Place>, String) {
    let place = Arc::new(Place::of(noise::bytes(2, size)));
    let address = serve_place(&place, StreamOptions::default()).await;
    (place, address)
}

#[tokio::test]
async fn what_cannot_be_played_is_told_before_any_byte() {
    let (place, address) = served(1000).await;
    for method in ["GET", "HEAD"] {
        for (flag, status, code) in [
            (&place.is_gone, 404, "sound-missing"),
            (&place.is_changed, 409, "sound-changed"),
            (&place.is_down, 503, "store-unavailable"),
        ] {
            flag.store(true, Ordering::SeqCst);
            let answer = ask(&address, method, &[]).await;
            flag.store(false, Ordering::SeqCst);
            assert_eq!(answer.status, status);
            assert_eq!(answer.header("retry-after"), if status == 503 { "5" } else { "" });
            assert_eq!(answer.header("etag"), "");
            if method == "GET" {
                answer.assert_problem(status, code);
            }
        }
    }
    assert_eq!(get(&address, &[]).await.status, 200);
}

#[tokio::test]
async fn a_break_is_not_seen_by_who_listens() {
    let (place, address) = served(500_000).await;
    place.breaks_at.store(300_000, Ordering::SeqCst);
    let answer = get(&address, &[]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body == place.bytes);
    assert_eq!(place.begun.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_change_in_mid_stream_cuts_the_connection() {
    for range in ["bytes=0-", "bytes=0-5,100000-499999"] {
        let (place, address) = served(500_000).await;
        place.breaks_at.store(300_000, Ordering::SeqCst);
        place.changes.store(true, Ordering::SeqCst);
        let answer = get(&address, &[("Range", range)]).await;
        assert_eq!(answer.status, 206);
        let told: usize = answer.header("content-length").parse().unwrap();
        assert!(answer.body.len() < told, "{} of {told}", answer.body.len());
        if range == "bytes=0-" {
            assert!(place.bytes.starts_with(&answer.body), "what came is right");
        }
    }
}

#[tokio::test]
async fn who_goes_away_ends_the_reading() {
    let (place, address) = served(50_000_000).await;
    let mut client = TcpStream::connect(&address).await.unwrap();
    let request = format!("GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    client.read_exact(&mut [0; 4096]).await.unwrap();
    drop(client);
    until(|| place.ended.load(Ordering::SeqCst) == 1).await;
    assert!(place.pulled.load(Ordering::SeqCst) < 50_000_000);
}

#[tokio::test]
async fn little_is_read_for_who_takes_nothing() {
    let place = Arc::new(Place::of(noise::bytes(2, 50_000_000)));
    let patience = Duration::from_secs(2);
    let options = StreamOptions { patience, ..StreamOptions::default() };
    let address = serve_place(&place, options).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(64 << 10).unwrap();
    let mut client = socket.connect(address.parse().unwrap()).await.unwrap();
    let request = format!("GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    // He is given up, so that whatever was to be read has been.
    until(|| place.ended.load(Ordering::SeqCst) == 1).await;
    let pulled = place.pulled.load(Ordering::SeqCst);
    // What the system's own buffers take is not ours to bound.
    assert!(pulled < 8_000_000, "{pulled}");
    let mut received = Vec::new();
    let _ = client.read_to_end(&mut received).await;
    let ours = pulled.saturating_sub(received.len() as u64);
    assert!(ours <= 96 << 10, "{ours} bytes were with us");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bucket_is_played_through_cuts_and_left_alone_afterwards() {
    let bytes = noise::bytes(3, 8_000_000);
    let server = TestS3::start();
    server.bucket("library").put("a.flac", bytes.clone());
    let proxy = FaultProxy::start(&server.endpoint());
    let settings = S3Settings { endpoint: Some(proxy.endpoint()), ..server.settings() };
    let store = Arc::new(S3Store::new("library", None, settings));
    let playable = Playable::new(store, "a.flac".parse().unwrap(), facts(8_000_000));
    let address = serve(playable, StreamOptions::default()).await;

    proxy.add(Rule::on(Operation::GetObject, Fault::ResetDown { after: 1_000_000 }));
    proxy.add(Rule::on(Operation::GetObject, Fault::TruncateDown { after: 2_000_000 }).skip(1));
    let answer = get(&address, &[]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body == bytes);
    assert!(proxy.traffic(Operation::GetObject).requests >= 3);

    // Replaced while it is played: it ends early, or as it was.
    proxy.heal();
    proxy.take_traffic();
    proxy.add(Rule::on(Operation::GetObject, Fault::StallDown { after: 1_000_000 }));
    let mut client = TcpStream::connect(&address).await.unwrap();
    let request = format!("GET {PATH} HTTP/1.1\r\nHost: x\r\n\r\n");
    client.write_all(request.as_bytes()).await.unwrap();
    client.read_exact(&mut [0; 4096]).await.unwrap();
    drop(client);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let traffic = proxy.traffic(Operation::GetObject);
    assert_eq!((traffic.requests, traffic.down <= 1_000_000), (1, true), "{traffic:?}");

    server.bucket("library").put("a.flac", noise::bytes(4, 100));
    proxy.heal();
    get(&address, &[]).await.assert_problem(409, "sound-changed");
    server.bucket("library").remove("a.flac");
    get(&address, &[]).await.assert_problem(404, "sound-missing");
    drop(proxy);
    get(&address, &[]).await.assert_problem(503, "store-unavailable");
}
