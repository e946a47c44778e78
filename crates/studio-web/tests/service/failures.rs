//! What goes wrong, and how that is told.

use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::json;
use studio_core::Assets;
use studio_domain::{
    Asset, AssetEvent, AssetId, AssetKey, AssetStatus, BucketName, ObjectState, Reason, Timestamp,
};
use studio_repo::{
    AssetFilter, AssetRepo, Error, Judged, MockAssetRepo, MockOrderRepo, NewAsset, Registered,
    Result, Settlement, Standing,
};
use studio_web::Options;

use crate::support::{Answer, Service, file, raw};

fn over(assets: impl AssetRepo + 'static) -> Assets {
    Assets::from_parts(Arc::new(assets), Arc::new(MockOrderRepo::new()))
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told_in_the_words_of_their_routes() {
    let service = Service::new().await;
    for path in ["/api", "/api/", "/api/v1", "/api/v2/assets", "/api/v1/assets/", "/api/docs/none"]
    {
        service.get(path).await.assert_problem(404, "not-found", path);
    }
    for path in ["/nothing", "/asset", "/asset/", "/apis", "/health"] {
        let answer = service.get(path).await;
        match path {
            "/asset" => answer.assert_message(405, "method not allowed"),
            _ => answer.assert_message(404, "not found"),
        }
    }
    let answer = service.send("PATCH", "/api/v1/assets").await;
    answer.assert_problem(405, "method-not-allowed", "/api/v1/assets");
    assert_eq!(answer.header("allow"), "GET,HEAD,POST");
    service.send("PUT", "/assets").await.assert_message(405, "method not allowed");
}

#[tokio::test]
async fn bodies_that_cannot_be_taken_are_problems() {
    let service = Service::new().await;
    let post = async |kind: &str, body: Vec<u8>| {
        let request = service.request("POST", "/api/v1/assets").header("content-type", kind);
        Answer::of(request.body(body).send().await.unwrap()).await
    };
    let here = "/api/v1/assets";
    let good = file("ingest", "a.wav").to_string();
    post("text/plain", good.clone().into()).await.assert_problem(
        415,
        "unsupported-media-type",
        here,
    );
    post("application/json", b"{".to_vec()).await.assert_problem(400, "invalid-json", here);
    post("application/json", vec![0xff; 9]).await.assert_problem(400, "invalid-json", here);
    post("application/json", b"{}".to_vec()).await.assert_problem(422, "invalid-body", here);
    let nested = format!("{{\"bucket\":{}", "[".repeat(100_000));
    post("application/json", nested.into()).await.assert_problem(400, "invalid-json", here);
    let values = r#"["ingest", "a.wav", 2, 1, 48000, 24, "1.0"]"#;
    post("application/json", values.into()).await.assert_problem(422, "invalid-body", here);
    let large = vec![b' '; (1 << 20) + 1];
    post("application/json", large.clone()).await.assert_problem(413, "body-too-large", here);
    let mut bad = file("ingest", "a.wav");
    bad["file"] = json!("x".repeat(1025));
    let answer = service.post(here, &bad).await;
    answer.assert_problem(422, "invalid-body", here);
    assert!(answer.json["detail"].as_str().unwrap().contains("`file`"), "{answer:?}");
    // A mebibyte is still taken.
    let mut padded = good.into_bytes();
    padded.resize(1 << 20, b' ');
    assert_eq!(post("application/json", padded).await.status, 201);
    // Without a length it is found out on the way.
    let request = format!(
        "POST /asset HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{}\r\n0\r\n\r\n",
        large.len(),
        String::from_utf8(large).unwrap(),
    );
    let answer = raw(&service.address, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
}

#[tokio::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let options = Options { body_timeout: Duration::from_millis(100), ..Options::default() };
    let assets = Assets::new(Arc::new(studio_repo::SqliteCatalog::in_memory().unwrap()));
    let service = Service::with(assets, options).await;
    let request = "POST /api/v1/assets HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: 100\r\n\r\n{\"bucket\":";
    let answer = raw(&service.address, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("urn:studio:problem:request-timeout"), "{answer}");
}

#[tokio::test]
async fn a_busy_database_is_no_fault_of_the_service() {
    let mut assets = MockAssetRepo::new();
    assets.expect_assets().returning(|_, _, _| Err(Error::Busy { action: "list assets" }));
    assets.expect_asset_at().returning(|_, _| Err(Error::Busy { action: "find an asset" }));
    assets.expect_asset().returning(|_| Err(Error::Busy { action: "find an asset" }));
    assets.expect_register().returning(|_, _| Err(Error::Full { action: "register an asset" }));
    assets.expect_count_assets().returning(|| Err(Error::Busy { action: "count assets" }));
    let service = Service::of(over(assets)).await;
    let api = service.get("/api/v1/assets").await;
    api.assert_problem(503, "database-unavailable", "/api/v1/assets");
    assert_eq!(api.header("retry-after"), "5");
    let documents = [
        service.get("/assets").await,
        service.get("/asset/a.wav").await,
        service.send("DELETE", "/asset/a.wav").await,
        service.post("/asset", &file("ingest", "a.wav")).await,
    ];
    for answer in documents {
        answer.assert_message(503, "the database cannot be used now");
        assert_eq!(answer.header("retry-after"), "5");
    }
    let ready = service.get("/health/ready").await;
    assert_eq!(ready.status, 503);
    let expected = json!({
        "status": "unavailable", "database": "unavailable", "store": "none", "queue": "none",
        "reasons": ["the database does not answer"],
    });
    assert_eq!(ready.json, expected);
    assert_eq!(service.get("/health/live").await.status, 200);
    let metrics = service.get("/metrics").await;
    assert!(metrics.text.contains("\nstudio_database_up 0\n"), "{}", metrics.text);
}

#[tokio::test]
async fn what_is_inside_is_not_told() {
    let mut assets = MockAssetRepo::new();
    assets.expect_asset_at().returning(|_, _| {
        Err(Error::Backend { action: "find an asset", source: "secret of the schema".into() })
    });
    // Whatever else is asked of it is a panic.
    let service = Service::of(over(assets)).await;
    let words = "the service failed; its log says more under the request's id";
    service.get("/asset/a.wav").await.assert_message(500, words);
    let panicked = service.get("/api/v1/assets").await;
    panicked.assert_problem(500, "internal", "/api/v1/assets");
    assert_eq!(panicked.json["detail"], words);
    assert_eq!(panicked.header("x-request-id").len(), 36);
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_ended() {
    let options = Options { timeout: Duration::from_millis(100), ..Options::default() };
    let service = Service::with(over(Silent), options).await;
    let late = service.get("/api/v1/assets").await;
    late.assert_problem(503, "timeout", "/api/v1/assets");
    assert_eq!(late.header("retry-after"), "5");
    service.get("/asset/a.wav").await.assert_message(503, "the request took too long");
}

#[tokio::test]
async fn a_database_that_does_not_answer_is_not_waited_for() {
    let service = Service::of(over(Silent)).await;
    let started = Instant::now();
    assert_eq!(service.get("/health/ready").await.status, 503);
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_listing_that_breaks_off_is_not_taken_for_whole() {
    let catalog = studio_repo::SqliteCatalog::in_memory().unwrap();
    let known = Assets::new(Arc::new(catalog));
    let service = Service::of(known.clone()).await;
    let asset = service.register("ingest", "a.wav").await;
    let id = asset["id"].as_str().unwrap().parse().unwrap();
    let one: Asset = known.get(id).await.unwrap();
    assert_eq!(one.status, AssetStatus::Valid);
    let mut assets = MockAssetRepo::new();
    assets.expect_assets().returning(move |_, after, limit| match after {
        None => Ok(vec![one.clone(); limit as usize]),
        Some(_) => Err(Error::Busy { action: "list assets" }),
    });
    let service = Service::of(over(assets)).await;
    let whole = match service.request("GET", "/assets").send().await {
        Ok(response) => response.text().await,
        // It may break off before anything was sent.
        Err(error) => Err(error),
    };
    assert!(whole.is_err());
}

/// A catalogue that never answers.
struct Silent;

#[async_trait]
impl AssetRepo for Silent {
    async fn standing(&self, _: &AssetEvent) -> Result<Standing> {
        pending().await
    }

    async fn record(&self, _: &Judged, _: Timestamp) -> Result<Standing> {
        pending().await
    }

    async fn receive(&self, _: &AssetEvent, _: &Reason, _: Timestamp) -> Result<Asset> {
        pending().await
    }

    async fn register(&self, _: &NewAsset, _: Timestamp) -> Result<Registered> {
        pending().await
    }

    async fn settle(
        &self,
        _: AssetId,
        _: &ObjectState,
        _: &Settlement,
        _: Timestamp,
    ) -> Result<Asset> {
        pending().await
    }

    async fn asset(&self, _: AssetId) -> Result<Asset> {
        pending().await
    }

    async fn asset_at(&self, _: Option<&BucketName>, _: &AssetKey) -> Result<Option<Asset>> {
        pending().await
    }

    async fn assets(&self, _: &AssetFilter, _: Option<AssetId>, _: u32) -> Result<Vec<Asset>> {
        pending().await
    }

    async fn count_assets(&self) -> Result<Vec<(AssetStatus, u64)>> {
        pending().await
    }

    async fn forget_events(&self, _: Timestamp) -> Result<u64> {
        pending().await
    }
}
