//! Compression, and what becomes of entity tags with it.

use flate2::read::GzDecoder;
use serde_json::Value;
use std::io::Read as _;

use crate::support::{Service, file};

/// A whole answer, as it is.
struct Raw {
    status: u16,
    encoding: String,
    tag: String,
    vary: String,
    bytes: Vec<u8>,
}

async fn ask(service: &Service, method: &str, path: &str, headers: &[(&str, &str)]) -> Raw {
    let mut request = service.request(method, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let header = |name: &str| {
        let value = response.headers().get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    };
    let (encoding, tag, vary) = (header("content-encoding"), header("etag"), header("vary"));
    let status = response.status().as_u16();
    Raw { status, encoding, tag, vary, bytes: response.bytes().await.unwrap().to_vec() }
}

fn unpacked(bytes: &[u8]) -> Value {
    let mut text = String::new();
    GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// An asset whose JSON is long enough.
async fn long(service: &Service) -> String {
    let asset = service.register("ingest", &"x".repeat(1000)).await;
    format!("/api/v1/assets/{}", asset["id"].as_str().unwrap())
}

#[tokio::test]
async fn text_is_compressed_for_those_who_take_it_so() {
    let service = Service::new().await;
    let address = long(&service).await;
    let plain = ask(&service, "GET", &address, &[]).await;
    assert_eq!((plain.status, plain.encoding.as_str()), (200, ""));
    assert_eq!(plain.vary, "accept-encoding");
    let packed = ask(&service, "GET", &address, &[("accept-encoding", "br, gzip")]).await;
    assert_eq!((packed.status, packed.encoding.as_str()), (200, "gzip"));
    assert!(packed.bytes.len() < plain.bytes.len() / 2);
    assert_eq!(unpacked(&packed.bytes), serde_json::from_slice::<Value>(&plain.bytes).unwrap());
    let both = ask(&service, "GET", &address, &[("accept-encoding", "gzip, zstd")]).await;
    assert_eq!(both.encoding, "zstd");
    let head = ask(&service, "HEAD", &address, &[("accept-encoding", "gzip")]).await;
    assert_eq!((head.status, head.encoding.as_str(), head.tag), (200, "gzip", packed.tag));
    // A description, the page that shows it, and numbers.
    for path in ["/api/openapi.json", "/api/docs/swagger-ui.css", "/metrics"] {
        let packed = ask(&service, "GET", path, &[("accept-encoding", "gzip")]).await;
        assert_eq!((packed.status, packed.encoding.as_str()), (200, "gzip"), "{path}");
    }
}

#[tokio::test]
async fn what_is_small_or_asked_for_otherwise_stays_as_it_is() {
    let service = Service::new().await;
    service.post("/asset", &file("ingest", "a.wav")).await;
    let small = ask(&service, "GET", "/asset/a.wav", &[("accept-encoding", "gzip")]).await;
    assert_eq!((small.status, small.encoding.as_str()), (200, ""));
    let address = long(&service).await;
    for odd in ["br", "identity;q=0", "*;q=0", "gzip;q=0", "", "x, y"] {
        let plain = ask(&service, "GET", &address, &[("accept-encoding", odd)]).await;
        assert_eq!((plain.status, plain.encoding.as_str()), (200, ""), "{odd}");
    }
}

#[tokio::test]
async fn conditions_hold_for_what_was_compressed() {
    let service = Service::new().await;
    let address = long(&service).await;
    let gzip = ("accept-encoding", "gzip");
    assert_eq!(ask(&service, "GET", &address, &[]).await.tag, "\"1\"");
    let packed = ask(&service, "GET", &address, &[gzip]).await;
    assert_eq!(packed.tag, "\"1-gzip\"");
    for known in ["\"1-gzip\"", "\"0\", \"1-gzip\""] {
        let again = ask(&service, "GET", &address, &[gzip, ("if-none-match", known)]).await;
        assert_eq!((again.status, again.tag.as_str()), (304, "\"1-gzip\""));
        assert_eq!(again.vary, "accept-encoding");
        assert!(again.bytes.is_empty());
    }
    let plain = ask(&service, "GET", &address, &[gzip, ("if-none-match", "\"1\"")]).await;
    assert_eq!((plain.status, plain.tag.as_str()), (304, "\"1\""));
    let changed = ask(&service, "GET", &address, &[gzip, ("if-none-match", "\"2-gzip\"")]).await;
    assert_eq!(changed.status, 200);
    // What was read in gzip can be changed.
    let other = ask(&service, "DELETE", &address, &[("if-match", "\"2-gzip\"")]).await;
    assert_eq!(other.status, 412);
    let deleted = ask(&service, "DELETE", &address, &[("if-match", "\"1-gzip\"")]).await;
    assert_eq!(deleted.status, 202);
}
