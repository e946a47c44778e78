//! Which status, which headers, which bytes.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use studio_testkit::noise;

use super::support::{Answer, ETAG, Place, WRITTEN, ask, get, serve_place};
use crate::stream::StreamOptions;

const SIZE: usize = 100_000;

async fn served() -> (Arc<Place>, String) {
    let place = Arc::new(Place::of(noise::bytes(1, SIZE)));
    let address = serve_place(&place, StreamOptions::default()).await;
    (place, address)
}

fn assert_tagged(answer: &Answer) {
    assert_eq!(answer.header("etag"), ETAG, "{answer:?}");
    assert_eq!(answer.header("last-modified"), WRITTEN);
    assert_eq!(answer.header("accept-ranges"), "bytes");
    assert_eq!(answer.header("cache-control"), "private, no-cache, no-transform");
}

#[tokio::test]
async fn all_of_it_comes_and_head_says_the_same() {
    let (place, address) = served().await;
    let answer = get(&address, &[]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body == place.bytes);
    assert_tagged(&answer);
    assert_eq!(answer.header("content-length"), "100000");
    assert_eq!(answer.header("content-type"), "audio/flac");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(
        answer.header("content-disposition"),
        "inline; filename=\"J_ga.flac\"; filename*=UTF-8''J%C3%B3ga.flac"
    );
    // Ranges are for GET alone.
    for headers in [&[][..], &[("Range", &b"bytes=0-1"[..])]] {
        let mut head = ask(&address, "HEAD", headers).await;
        let mut whole = get(&address, &[]).await;
        assert!(head.body.is_empty());
        assert!(head.headers.remove("date").is_some() && whole.headers.remove("date").is_some());
        assert_eq!((head.status, &head.headers), (200, &whole.headers));
    }
    let refused = ask(&address, "POST", &[]).await;
    refused.assert_problem(405, "method-not-allowed");
    assert_eq!(refused.header("allow"), "GET, HEAD");
}

#[tokio::test]
async fn a_range_comes_as_it_is() {
    let (place, address) = served().await;
    let cases = [
        ("bytes=0-499", 0..500, "bytes 0-499/100000"),
        ("bytes=99999-", 99_999..100_000, "bytes 99999-99999/100000"),
        ("bytes=-500", 99_500..100_000, "bytes 99500-99999/100000"),
        ("bytes=0-", 0..100_000, "bytes 0-99999/100000"),
        ("bytes=20000-70000", 20_000..70_001, "bytes 20000-70000/100000"),
        ("bytes=5-5,200000-", 5..6, "bytes 5-5/100000"),
    ];
    for (asked, range, told) in cases.clone() {
        let answer = get(&address, &[("Range", asked)]).await;
        assert_eq!((answer.status, answer.header("content-range")), (206, told), "{asked}");
        assert!(answer.body == place.bytes[range.clone()], "{asked}");
        assert_eq!(answer.header("content-length"), range.len().to_string());
        assert_eq!(answer.header("content-type"), "audio/flac");
        assert_tagged(&answer);
    }
    let pulled = place.pulled.load(Ordering::SeqCst);
    let expected: usize = cases.iter().map(|(_, range, _)| range.len()).sum();
    assert_eq!(pulled, expected as u64, "no more is read than was asked for");
}

#[tokio::test]
async fn several_ranges_come_as_parts() {
    let (place, address) = served().await;
    let answer = get(&address, &[("Range", "bytes=50-99, 0-0, -40000")]).await;
    assert_eq!(answer.status, 206);
    assert_tagged(&answer);
    assert_eq!(answer.header("content-length"), answer.body.len().to_string());
    assert_eq!(answer.header("content-range"), "");
    let kind = answer.header("content-type");
    let boundary = kind.strip_prefix("multipart/byteranges; boundary=").unwrap();
    let mut expected = Vec::new();
    for range in [50..100, 0..1, 60_000..100_000] {
        let (first, last) = (range.start, range.end - 1);
        expected.extend_from_slice(
            format!(
                "\r\n--{boundary}\r\nContent-Type: audio/flac\r\n\
                 Content-Range: bytes {first}-{last}/100000\r\n\r\n"
            )
            .as_bytes(),
        );
        expected.extend_from_slice(&place.bytes[range]);
    }
    expected.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
    assert!(answer.body == expected);
}

#[tokio::test]
async fn what_cannot_be_satisfied_is_told_with_the_size() {
    let (place, address) = served().await;
    for asked in ["bytes=100000-", "bytes=-0"] {
        let answer = get(&address, &[("Range", asked)]).await;
        answer.assert_problem(416, "range-not-satisfiable");
        assert_eq!(answer.header("content-range"), "bytes */100000");
    }
    // 10,000 ranges: some 130 KB of header, and no byte is read.
    let ranges: Vec<_> = (0..10_000).map(|n| format!("{}-{}", n * 9, n * 9 + 1)).collect();
    let many = format!("bytes={}", ranges.join(","));
    let answer = get(&address, &[("Range", &many)]).await;
    answer.assert_problem(416, "too-many-ranges");
    get(&address, &[("Range", "bytes=0-,0-,0-")]).await.assert_problem(416, "too-many-ranges");
    assert_eq!(place.pulled.load(Ordering::SeqCst), 0);
    let ignored: [&[u8]; 4] = [b"bytes=5-4", b"lines=1-2", b"bytes=\xff\xfe-1", b"bytes"];
    for asked in ignored {
        let answer = ask(&address, "GET", &[("Range", asked)]).await;
        assert_eq!((answer.status, answer.body.len()), (200, SIZE), "{asked:?}");
    }
}

#[tokio::test]
async fn conditions_are_kept() {
    let (place, address) = served().await;
    let later = "Sun, 06 Nov 1994 08:49:36 GMT";
    for method in ["GET", "HEAD"] {
        for (name, value) in [("If-None-Match", ETAG), ("If-Modified-Since", WRITTEN)] {
            let answer = ask(&address, method, &[(name, value.as_bytes())]).await;
            assert_eq!((answer.status, answer.body.len()), (304, 0), "{name}");
            assert_tagged(&answer);
            assert_eq!(answer.header("content-type"), "");
        }
    }
    for (name, value) in [("If-Match", "\"other\""), ("If-Unmodified-Since", later)] {
        get(&address, &[(name, value)]).await.assert_problem(412, "precondition-failed");
    }
    let unreadable = ask(&address, "GET", &[("If-Match", b"\xff")]).await;
    unreadable.assert_problem(400, "invalid-condition");
    // Before the range, which then does not matter.
    let answer = get(&address, &[("If-None-Match", ETAG), ("Range", "bytes=0-1")]).await;
    assert_eq!(answer.status, 304);
    assert_eq!(place.begun.load(Ordering::SeqCst), 0, "the catalogue knows as much");
    let cases =
        [(ETAG, 206), (WRITTEN, 206), ("W/\"0123abcd\"", 200), ("\"other\"", 200), (later, 200)];
    for (validator, status) in cases {
        let headers = [("Range", "bytes=0-9"), ("If-Range", validator)];
        let answer = get(&address, &headers).await;
        assert_eq!(answer.status, status, "{validator}");
        let length = if status == 206 { 10 } else { SIZE };
        assert_eq!(answer.body.len(), length, "{validator}");
    }
    // Nothing would be there; but it is another representation that is meant.
    let headers = [("Range", "bytes=900000-"), ("If-Range", "\"other\"")];
    assert_eq!(get(&address, &headers).await.status, 200);
}

#[tokio::test]
async fn an_empty_object_is_all_there_is() {
    let place = Arc::new(Place::of(&b""[..]));
    let address = serve_place(&place, StreamOptions::default()).await;
    for headers in [&[][..], &[("Range", "bytes=0-")], &[("Range", "bytes=-5")]] {
        let answer = get(&address, headers).await;
        assert_eq!((answer.status, answer.header("content-length")), (200, "0"));
    }
    assert_eq!(ask(&address, "HEAD", &[]).await.status, 200);
}

#[tokio::test]
async fn a_download_is_saved_and_a_redirect_leads_to_the_store() {
    let link = Some("https://bucket.example/a?signature=1".to_owned());
    let place = Arc::new(Place { link, ..Place::of(noise::bytes(1, SIZE)) });
    let options = StreamOptions { download: true, ..StreamOptions::default() };
    let answer = get(&serve_place(&place, options.clone()).await, &[]).await;
    assert!(answer.header("content-disposition").starts_with("attachment; filename="));
    let options = StreamOptions { redirect: Some(Duration::from_secs(60)), ..options };
    let address = serve_place(&place, options.clone()).await;
    let begun = place.begun.load(Ordering::SeqCst);
    let answer = get(&address, &[("Range", "bytes=0-9")]).await;
    assert_eq!(answer.status, 307);
    let location = "https://bucket.example/a?signature=1&name=J%C3%B3ga.flac";
    let told = answer.headers.get("location").unwrap().as_bytes();
    assert!(told == location.as_bytes() || told.ends_with("name=Jóga.flac".as_bytes()));
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(place.begun.load(Ordering::SeqCst), begun, "nothing is read");
    assert_eq!(get(&address, &[("If-None-Match", ETAG)]).await.status, 304);
    // A link for GET does not serve HEAD.
    assert_eq!(ask(&address, "HEAD", &[]).await.status, 200);
    let plain = Arc::new(Place::of(noise::bytes(1, SIZE)));
    assert_eq!(get(&serve_place(&plain, options).await, &[]).await.status, 200);
}
