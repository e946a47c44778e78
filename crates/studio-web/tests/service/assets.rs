//! Version 1 of the API.

use std::sync::Arc;

use serde_json::{Value, json};
use studio_core::Assets;
use studio_domain::{AssetEvent, AssetPlace, EventKind, Moment, ObjectState, Reason, Timestamp};
use studio_repo::{AssetRepo as _, Judged, Judgement, SqliteCatalog};

use crate::support::{Answer, Service, file};

const NOBODY: &str = "019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11";

/// Something that a worker refused.
fn rejected(bucket: &str, key: &str) -> Judged {
    let state = ObjectState { etag: Some("bad".to_owned()), version_id: None };
    let place = AssetPlace { bucket: bucket.parse().unwrap(), key: key.parse().unwrap() };
    let moment = Moment { sequencer: "0a".parse().ok(), at: None };
    let kind = EventKind::Created;
    let reason = Reason { code: "sample-rate".to_owned(), detail: "44100 Hz".to_owned() };
    Judged {
        event: AssetEvent { place, kind, state: state.clone(), size: Some(44), moment },
        state,
        size: Some(44),
        judgement: Judgement::Invalid { facts: None, reasons: vec![reason], warnings: Vec::new() },
        profile: Some("ingest".to_owned()),
    }
}

#[tokio::test]
async fn an_asset_has_all_that_is_known_of_it() {
    let service = Service::new().await;
    let mut posted = file("ingest", "a/ü.wav");
    posted["etag"] = json!("\"9b2c-2\"");
    posted["version_id"] = json!("v1");
    posted["size"] = json!(17_280_102);
    posted["sequencer"] = json!("0055aed6dcd90281e5");
    posted["event_time"] = json!("2026-11-21T22:09:19.5Z");
    let created = service.post("/api/v1/assets", &posted).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.header("etag"), "\"1\"");
    let id = created.json["id"].as_str().unwrap().to_owned();
    let address = format!("/api/v1/assets/{id}");
    assert_eq!(created.header("location"), address);

    let found = service.get(&address).await;
    assert_eq!(found.json, created.json);
    assert_eq!(found.header("etag"), "\"1\"");
    let mut asset = found.json;
    for time in ["received_at", "updated_at"] {
        let time = asset.as_object_mut().unwrap().remove(time).unwrap();
        assert!(time.as_str().unwrap().ends_with('Z'), "{time}");
    }
    let expected = json!({
        "id": id, "bucket": "ingest", "key": "a/ü.wav", "status": "valid", "reasons": [],
        "warnings": [], "channel_count": 2, "frame_count": 2_880_000, "sample_rate": 48_000,
        "bits_per_sample": 24, "duration": "60.0", "container": null, "codec": null,
        "size": 17_280_102, "etag": "9b2c-2", "version_id": "v1",
        "sequencer": "0055AED6DCD90281E5", "event_time": "2026-11-21T22:09:19.500000Z",
        "profile": null, "version": null, "filing_problem": null, "revision": 1,
    });
    assert_eq!(asset, expected);
    let again = service.post("/api/v1/assets", &posted).await;
    assert_eq!((again.status, &again.json), (200, &created.json));
    assert_eq!(again.header("location"), address);
}

#[tokio::test]
async fn reasons_are_told() {
    let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
    let now = Timestamp::from_micros(1_700_000_000_000_000);
    catalog.record(&rejected("ingest", "b.wav"), now).await.unwrap();
    let service = Service::of(Assets::new(catalog)).await;
    // The documents' routes know nothing of it.
    assert_eq!(service.get("/assets").await.json, json!({}));
    assert_eq!(service.get("/asset/b.wav").await.status, 404);
    assert_eq!(service.send("DELETE", "/asset/b.wav").await.status, 404);
    let page = service.get("/api/v1/assets?status=rejected").await.json;
    let asset = &page["items"][0];
    assert_eq!(asset["reasons"], json!([{"code": "sample-rate", "detail": "44100 Hz"}]));
    assert_eq!(asset["sample_rate"], Value::Null);
    assert_eq!(asset["received_at"], "2023-11-14T22:13:20.000000Z");
    assert_eq!(asset["profile"], "ingest");
    assert_eq!(service.get("/api/v1/assets?status=valid").await.json["items"], json!([]));
}

#[tokio::test]
async fn a_listing_comes_in_parts() {
    let service = Service::new().await;
    for bucket in ["one", "two"] {
        for number in 0..7 {
            service.register(bucket, &format!("day & night/{number}.wav")).await;
        }
        service.register(bucket, "else.wav").await;
    }
    let places = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        let text = |asset: &Value, field: &str| asset[field].as_str().unwrap().to_owned();
        items.map(|asset| text(asset, "bucket") + "/" + &text(asset, "key")).collect()
    };
    let whole = service.get("/api/v1/assets").await;
    let all = places(&whole.json);
    assert_eq!(all.len(), 16);
    assert!(all.is_sorted());
    assert_eq!(whole.json["next"], Value::Null);
    assert_eq!(whole.header("link"), "");

    // By `Link` alone, as a client does that knows nothing else.
    let mut next = Some("/api/v1/assets?bucket=two&prefix=day+%26+night/&limit=3".to_owned());
    let (mut found, mut parts) = (Vec::new(), 0);
    while let Some(address) = next {
        let part = service.get(&address).await;
        assert_eq!(part.status, 200, "{part:?}");
        found.extend(places(&part.json));
        parts += 1;
        next = part.header("link").strip_prefix('<').map(|link| {
            let (address, relation) = link.split_once('>').unwrap();
            assert_eq!(relation, "; rel=\"next\"");
            assert!(address.contains(part.json["next"].as_str().unwrap()));
            address.to_owned()
        });
    }
    assert_eq!(parts, 3);
    let expected: Vec<String> = (0..7).map(|n| format!("two/day & night/{n}.wav")).collect();
    assert_eq!(found, expected);
    let exactly = service.get("/api/v1/assets?bucket=two&prefix=day&limit=7").await.json;
    assert_eq!(exactly["next"], Value::Null);
    let rest = places(&service.get("/api/v1/assets?limit=1000&status=valid").await.json);
    assert_eq!(rest, all);
}

#[tokio::test]
async fn parameters_that_make_no_sense_are_problems() {
    let service = Service::new().await;
    let queries = [
        "limit=0".to_owned(),
        "limit=1001".to_owned(),
        "limit=-1".to_owned(),
        "limit=many".to_owned(),
        "status=good".to_owned(),
        "prefix=a".to_owned(),
        "bucket=".to_owned(),
        format!("bucket=a&prefix={}", "x".repeat(1025)),
        "after=first".to_owned(),
        format!("after={NOBODY}"),
        "limit=1&limit=2".to_owned(),
    ];
    for query in queries {
        let answer = service.get(&format!("/api/v1/assets?{query}")).await;
        answer.assert_problem(422, "invalid-parameter", "/api/v1/assets");
    }
}

#[tokio::test]
async fn what_a_client_has_is_not_sent_again() {
    let service = Service::new().await;
    let id = service.register("ingest", "a.wav").await["id"].as_str().unwrap().to_owned();
    let address = format!("/api/v1/assets/{id}");
    for (known, status) in [("\"1\"", 304), ("W/\"1\"", 304), ("\"0\", \"1\"", 304), ("\"2\"", 200)]
    {
        let request = service.request("GET", &address).header("if-none-match", known);
        let answer = Answer::of(request.send().await.unwrap()).await;
        assert_eq!((answer.status, answer.header("etag")), (status, "\"1\""), "{known}");
        assert_eq!(answer.text.is_empty(), status == 304);
    }
}

#[tokio::test]
async fn deletion_asks_for_the_revision_if_one_is_named() {
    let service = Service::new().await;
    let id = service.register("ingest", "a.wav").await["id"].as_str().unwrap().to_owned();
    let address = format!("/api/v1/assets/{id}");
    let delete = async |condition: &str| {
        let request = service.request("DELETE", &address).header("if-match", condition);
        Answer::of(request.send().await.unwrap()).await
    };
    delete("\"2\"").await.assert_problem(412, "precondition-failed", &address);
    delete("W/\"1\"").await.assert_problem(412, "precondition-failed", &address);
    delete("1").await.assert_problem(400, "invalid-condition", &address);
    assert_eq!(service.get(&address).await.json["status"], "valid");

    let deleted = delete("\"1\"").await;
    assert_eq!(deleted.status, 202);
    assert_eq!(deleted.json["status"], "deleting");
    assert_eq!((deleted.header("etag"), &deleted.json["revision"]), ("\"2\"", &json!(2)));
    delete("\"1\"").await.assert_problem(412, "precondition-failed", &address);
    // To order it again changes nothing.
    let again = service.send("DELETE", &address).await;
    assert_eq!((again.status, &again.json), (202, &deleted.json));
    let again = delete("*").await;
    assert_eq!((again.status, &again.json), (202, &deleted.json));
}

#[tokio::test]
async fn of_many_who_delete_one_revision_one_succeeds() {
    let service = Service::new().await;
    for round in 0..10 {
        let asset = service.register("ingest", &format!("{round}.wav")).await;
        let address = format!("/api/v1/assets/{}", asset["id"].as_str().unwrap());
        let delete = async || {
            let request = service.request("DELETE", &address).header("if-match", "\"1\"");
            request.send().await.unwrap().status().as_u16()
        };
        let (a, b, c, d) = tokio::join!(delete(), delete(), delete(), delete());
        let mut statuses = [a, b, c, d];
        statuses.sort_unstable();
        assert_eq!(statuses, [202, 412, 412, 412]);
        assert_eq!(service.get(&address).await.json["revision"], 2);
    }
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let service = Service::new().await;
    for id in [NOBODY, "no-uuid"] {
        let address = format!("/api/v1/assets/{id}");
        for method in ["GET", "DELETE"] {
            let answer = service.send(method, &address).await;
            answer.assert_problem(404, "asset-not-found", &address);
        }
    }
    let unreadable = service.get("/api/v1/assets/%FF").await;
    unreadable.assert_problem(400, "invalid-path", "/api/v1/assets/%FF");
}
