//! What is asked of every request: its host, its proxies, its limits; and other sites.

use std::sync::Arc;

use serde_json::json;
use studio_blob::{Error as StoreError, MockBlobStore};
use studio_core::Assets;
use studio_repo::SqliteCatalog;
use studio_web::proxies::{ForwardedKind, Proxies};
use studio_web::{Options, StoreProbe};

use crate::support::{Answer, Service, file, raw};

fn memory() -> Assets {
    Assets::new(Arc::new(SqliteCatalog::in_memory().unwrap()))
}

async fn status(service: &Service, head: &str) -> String {
    let request = format!("{head}\r\nConnection: close\r\n\r\n");
    let answer = raw(&service.address, request.as_bytes()).await;
    answer.split(' ').nth(1).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_host_that_is_not_known_is_not_answered() {
    let hosts = ["music.example.org".parse().unwrap()].into_iter().collect();
    let service = Service::with(memory(), Options { hosts, ..Options::default() }).await;
    let cases = [
        ("GET /assets HTTP/1.1\r\nHost: localhost:1", "200"),
        ("GET /assets HTTP/1.1\r\nHost: Music.Example.org", "200"),
        ("GET /assets HTTP/1.1\r\nHost: evil.example", "421"),
        ("GET /api/v1/assets HTTP/1.1\r\nHost: evil.example:8000", "421"),
        ("GET /metrics HTTP/1.1\r\nHost: evil.example", "421"),
        ("GET http://evil.example/assets HTTP/1.1\r\nHost: localhost", "421"),
        ("GET /assets HTTP/1.1", "400"),
        ("GET /assets HTTP/1.1\r\nHost: localhost\r\nHost: localhost", "400"),
        ("GET /assets HTTP/1.1\r\nHost: local host", "400"),
        // Nobody is trusted, and so nobody can say otherwise.
        ("GET /assets HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: localhost", "421"),
        ("GET /assets HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-Host: evil.example", "200"),
    ];
    for (head, expected) in cases {
        assert_eq!(status(&service, head).await, expected, "{head}");
    }
    let request = service.request("GET", "/api/v1/assets").header("host", "evil.example");
    let answer = Answer::of(request.send().await.unwrap()).await;
    answer.assert_problem(421, "unknown-host", "/api/v1/assets");
    assert_eq!(answer.header("x-request-id").len(), 36);
}

#[tokio::test]
async fn what_a_trusted_proxy_says_of_the_host_counts() {
    let trusted = vec!["127.0.0.0/8".parse().unwrap()];
    for (kind, known, unknown) in [
        (ForwardedKind::XForwarded, "X-Forwarded-Host: localhost", "X-Forwarded-Host: a.example"),
        (ForwardedKind::Forwarded, "Forwarded: for=_a;host=localhost", "Forwarded: host=a.example"),
    ] {
        let proxies = Proxies { trusted: trusted.clone(), kind };
        let service = Service::with(memory(), Options { proxies, ..Options::default() }).await;
        let of = async |host: &str, header: &str| {
            status(&service, &format!("GET /assets HTTP/1.1\r\nHost: {host}\r\n{header}")).await
        };
        assert_eq!(of("upstream.internal", known).await, "200");
        assert_eq!(of("localhost", unknown).await, "421");
        assert_eq!(of("upstream.internal", "X-Other: 1").await, "421");
        assert_eq!(of("localhost", "Forwarded: \"").await, "200");
    }
}

#[tokio::test]
async fn paths_are_short_text_without_steps_up() {
    let service = Service::new().await;
    let long = format!("GET /api/v1/{} HTTP/1.1\r\nHost: localhost", "x".repeat(9000));
    let cases = [
        ("GET /api/%FF HTTP/1.1\r\nHost: localhost", "400"),
        ("GET /api/docs/../../etc/passwd HTTP/1.1\r\nHost: localhost", "400"),
        ("GET /api/docs/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost", "400"),
        ("GET /api/docs/..%5c..%5cpasswd HTTP/1.1\r\nHost: localhost", "400"),
        ("GET /api/a%00b HTTP/1.1\r\nHost: localhost", "400"),
        ("GET /api/docs/..%2f..%2fCargo.toml HTTP/1.1\r\nHost: localhost", "400"),
        (&long, "414"),
    ];
    for (head, expected) in cases {
        assert_eq!(status(&service, head).await, expected, "{head}");
    }
    let query = format!("/api/v1/assets?after={}", "x".repeat(9000));
    service.get(&query).await.assert_problem(414, "uri-too-long", "/api/v1/assets");
}

#[tokio::test]
async fn headers_are_few_and_small() {
    let service = Service::new().await;
    let many: String = (0..101).map(|number| format!("X-{number}: y\r\n")).collect();
    let some: String = (0..90).map(|number| format!("X-{number}: y\r\n")).collect();
    let head = |headers: &str| {
        format!("GET /assets HTTP/1.1\r\nHost: localhost\r\n{}", headers.trim_end())
    };
    assert_eq!(status(&service, &head(&many)).await, "431");
    assert_eq!(status(&service, &head(&some)).await, "200");
    assert_eq!(status(&service, &head(&format!("X: {}", "y".repeat(70_000)))).await, "431");
    assert_eq!(status(&service, &head(&format!("X: {}", "y".repeat(30_000)))).await, "200");
    assert_eq!(service.get("/health/live").await.status, 200);
}

#[tokio::test]
async fn json_is_not_deep() {
    let service = Service::new().await;
    let mut posted = file("ingest", "a.wav").to_string();
    posted.truncate(posted.len() - 1);
    for depth in [128, 10_000] {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        let body = format!("{posted},\"more\":{open}{close}}}");
        let request = service.request("POST", "/api/v1/assets");
        let request = request.header("content-type", "application/json").body(body);
        let answer = Answer::of(request.send().await.unwrap()).await;
        answer.assert_problem(400, "invalid-json", "/api/v1/assets");
    }
}

#[tokio::test]
async fn one_client_has_so_many_connections() {
    let options = Options { most_per_client: Some(1), ..Options::default() };
    let service = Service::with(memory(), options).await;
    // The client of the test keeps its connection.
    assert_eq!(service.get("/health/live").await.status, 200);
    let second = raw(&service.address, b"").await;
    assert!(second.starts_with("HTTP/1.1 429"), "{second}");
    assert!(second.contains("Retry-After: 5"));
    let trusted = vec!["127.0.0.1".parse().unwrap()];
    let proxies = Proxies { trusted, ..Proxies::default() };
    let options = Options { most_per_client: Some(1), proxies, ..Options::default() };
    let service = Service::with(memory(), options).await;
    assert_eq!(service.get("/health/live").await.status, 200);
    assert_eq!(status(&service, "GET /assets HTTP/1.1\r\nHost: localhost").await, "200");
}

#[tokio::test]
async fn pages_of_sites_that_are_named_may_read_answers() {
    let origins = vec!["https://player.example".parse().unwrap()];
    let service = Service::with(memory(), Options { origins, ..Options::default() }).await;
    let ask = async |method: &str, origin: &str| {
        let request = service.request(method, "/api/v1/assets").header("origin", origin);
        let request = request.header("access-control-request-method", "DELETE");
        let request = request.header("access-control-request-headers", "if-match");
        Answer::of(request.send().await.unwrap()).await
    };
    let allowed = ask("GET", "https://player.example").await;
    assert_eq!(allowed.status, 200);
    assert_eq!(allowed.header("access-control-allow-origin"), "https://player.example");
    assert!(allowed.header("access-control-expose-headers").contains("etag"));
    assert!(!allowed.headers.contains_key("access-control-allow-credentials"));
    let preflight = ask("OPTIONS", "https://player.example").await;
    assert_eq!(preflight.status, 200);
    assert!(preflight.header("access-control-allow-methods").contains("DELETE"));
    assert!(preflight.header("access-control-allow-headers").contains("if-match"));
    for other in ["https://evil.example", "http://player.example", "null"] {
        let refused = ask("GET", other).await;
        assert_eq!(refused.header("access-control-allow-origin"), "", "{other}");
        assert!(
            refused
                .headers
                .get_all("vary")
                .iter()
                .any(|vary| vary == "origin" || { vary.to_str().unwrap().contains("origin") })
        );
    }
    // What fails is read, too.
    let request = service.request("GET", "/api/v1/assets?limit=0");
    let request = request.header("origin", "https://player.example");
    let failed = Answer::of(request.send().await.unwrap()).await;
    assert_eq!(failed.header("access-control-allow-origin"), "https://player.example");
    failed.assert_problem(422, "invalid-parameter", "/api/v1/assets");
}

#[tokio::test]
async fn a_service_is_ready_when_its_store_answers() {
    for (is_broken, expected) in [(false, 200), (true, 503)] {
        let mut store = MockBlobStore::new();
        store.expect_url().return_const("s3://music".parse().unwrap());
        store.expect_head().returning(move |key| match is_broken {
            false => Err(StoreError::NotFound { object: key.to_string() }),
            true => Err(StoreError::Denied {
                store: "s3://music".parse().unwrap(),
                action: "look at an object",
                source: "no".into(),
            }),
        });
        let store = Some(StoreProbe::new(Arc::new(store)));
        let service = Service::with(memory(), Options { store, ..Options::default() }).await;
        let ready = service.get("/health/ready").await;
        assert_eq!(ready.status, expected);
        let (word, reasons) = match is_broken {
            false => ("ok", json!([])),
            true => ("unavailable", json!(["the store does not answer"])),
        };
        let expected = json!({
            "status": word, "database": "ok", "store": word, "queue": "none", "reasons": reasons,
        });
        assert_eq!(ready.json, expected);
    }
}
