//! Health, metrics, ids, and the headers of every answer.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serde_json::json;
use studio_core::Assets;
use studio_repo::SqliteCatalog;

use crate::support::{Answer, Kept, Service, file, impatient};

#[tokio::test]
async fn health_tells_of_the_queue_and_does_not_depend_on_it() {
    let queue = Arc::new(Kept::default());
    let assets = Assets::new(Arc::new(SqliteCatalog::in_memory().unwrap()));
    let service = Service::relaying(assets, queue.clone(), impatient()).await;
    let live = service.get("/health/live").await;
    assert_eq!((live.status, live.json), (200, json!({"status": "ok"})));
    let ready = service.get("/health/ready").await;
    assert_eq!(ready.status, 200);
    let expected = json!({
        "status": "ok", "database": "ok", "store": "none", "queue": "ok", "reasons": [],
    });
    assert_eq!(ready.json, expected);
    queue.is_broken.store(true, Ordering::SeqCst);
    service.post("/asset", &file("ingest", "a.wav")).await;
    service.send("DELETE", "/asset/a.wav").await;
    let queue_is = async || {
        let ready = service.get("/health/ready").await;
        assert_eq!((ready.status, &ready.json["status"]), (200, &json!("ok")));
        ready.json["queue"].clone()
    };
    while queue_is().await != "failing" {}
    queue.is_broken.store(false, Ordering::SeqCst);
    while queue_is().await != "ok" {}
    assert_eq!(queue.messages().len(), 1);
    service.stop().await;
}

#[tokio::test]
async fn metrics_count_what_happens() {
    let queue = Arc::new(Kept::default());
    let assets = Assets::new(Arc::new(SqliteCatalog::in_memory().unwrap()));
    let service = Service::relaying(assets, queue.clone(), impatient()).await;
    for name in ["a.wav", "b.wav", "c.wav"] {
        service.post("/asset", &file("ingest", name)).await;
    }
    service.send("DELETE", "/asset/a.wav").await;
    queue.wait_for(1).await;
    service.get("/asset/none").await;
    service.get("/nowhere/at/all").await;
    service.send("BREW", "/assets").await;
    let metrics = service.get("/metrics").await;
    let expected = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(metrics.header("content-type"), expected);
    let lines = [
        "# TYPE studio_http_requests counter",
        "studio_http_requests_total{route=\"/asset\",method=\"POST\",status=\"200\"} 3",
        "studio_http_requests_total{route=\"/asset/{*file}\",method=\"GET\",status=\"404\"} 1",
        "studio_http_requests_total{route=\"none\",method=\"GET\",status=\"404\"} 1",
        "studio_http_requests_total{route=\"/assets\",method=\"OTHER\",status=\"405\"} 1",
        "studio_http_request_duration_seconds_count{route=\"/asset\",method=\"POST\"} 3",
        "studio_assets{status=\"valid\"} 2",
        "studio_assets{status=\"deleting\"} 1",
        "studio_assets{status=\"quarantined\"} 0",
        "studio_deletion_orders_pending 1",
        "studio_relay_sent_total 1",
        "studio_relay_failures_total 0",
        "studio_relay_failing 0",
        "studio_database_up 1",
        "# TYPE studio_http_response_bytes counter",
        "studio_http_response_bytes_total{route=\"/asset/{*file}\"} 62",
        "studio_http_connections 1",
        "studio_http_requests_in_flight 1",
    ];
    for line in lines {
        assert!(metrics.text.lines().any(|found| found == line), "{line} in\n{}", metrics.text);
    }
    assert!(metrics.text.contains("\nprocess_start_time_seconds 1"), "{}", metrics.text);
    assert!(metrics.text.ends_with("# EOF\n"));
    let again = service.get("/metrics").await.text;
    assert!(again.contains("route=\"/metrics\",method=\"GET\",status=\"200\"} 1"), "{again}");
    service.stop().await;
}

#[tokio::test]
async fn a_sane_id_is_taken_over_and_any_other_is_not() {
    let service = Service::new().await;
    let id_for = async |given: &str| {
        let request = service.request("GET", "/health/live").header("x-request-id", given);
        Answer::of(request.send().await.unwrap()).await.header("x-request-id").to_owned()
    };
    let longest = "x".repeat(64);
    for sane in ["req-1", "A_b.c-9", &longest] {
        assert_eq!(id_for(sane).await, sane);
    }
    for other in ["", "a b", "a\"b", "ü", &"x".repeat(65)] {
        let made = id_for(other).await;
        assert_eq!((made.len(), &made[14..15]), (36, "7"), "{made}");
    }
    assert_ne!(id_for("").await, id_for("").await);
    // Failures have one, too.
    assert_eq!(service.get("/api/none").await.header("x-request-id").len(), 36);
}

#[tokio::test]
async fn no_answer_is_guessed_at_or_shared_with_other_sites() {
    let service = Service::new().await;
    for path in ["/assets", "/asset/none", "/api/v1/assets", "/api/docs/", "/metrics", "/none"] {
        let request = service.request("GET", path).header("origin", "http://elsewhere.example");
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
        assert!(!answer.headers.contains_key("access-control-allow-origin"), "{path}");
    }
    let preflight = service.send("OPTIONS", "/api/v1/assets").await;
    assert_eq!(preflight.status, 405);
}
