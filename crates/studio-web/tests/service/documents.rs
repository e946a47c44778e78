//! The routes of the documents, as their programs use them.

use serde_json::{Value, json};

use crate::support::{Answer, Service, encoded, file, raw};

#[tokio::test]
async fn a_file_goes_from_registration_to_deletion() {
    let service = Service::new().await;
    assert_eq!(service.get("/assets").await.json, json!({}));
    service.get("/asset/audio_1.wav").await.assert_message(404, "asset not found");
    service.send("DELETE", "/asset/audio_1.wav").await.assert_message(404, "asset not found");

    let posted = file("ingest", "audio_1.wav");
    let registered = service.post("/asset", &posted).await;
    registered.assert_message(200, "asset registered audio_1.wav");
    let again = service.post("/asset", &posted).await;
    again.assert_message(200, "asset already exists audio_1.wav");

    let found = service.get("/asset/audio_1.wav").await;
    assert_eq!((found.status, &found.json), (200, &posted));
    assert_eq!(service.get("/assets").await.json, json!({"audio_1.wav": posted}));

    let deleted = service.send("DELETE", "/asset/audio_1.wav").await;
    deleted.assert_message(200, "asset deleted audio_1.wav");
    service.send("DELETE", "/asset/audio_1.wav").await.assert_message(404, "asset not found");
    service.get("/asset/audio_1.wav").await.assert_message(404, "asset not found");
    assert_eq!(service.get("/assets").await.json, json!({}));
}

#[tokio::test]
async fn the_documents_python_worker_can_post() {
    let service = Service::new().await;
    // What `requests.post(url, json=…)` puts on the wire.
    let body = r#"{"bucket": "ingest", "file": "caf\u00e9.wav", "channel_count": 2, "frame_count": 2880000, "sample_rate": 48000, "bits_per_sample": 24, "duration": "60.0"}"#;
    let request = format!(
        "POST /asset HTTP/1.1\r\nHost: {}\r\nUser-Agent: python-requests/2.32.3\r\n\
         Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: close\r\n\
         Content-Length: {}\r\nContent-Type: application/json\r\n\r\n{body}",
        service.address,
        body.len(),
    );
    let answer = raw(&service.address, request.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\n{\"message\":\"asset registered café.wav\"}"), "{answer}");
    let found = service.get("/asset/caf%C3%A9.wav").await;
    assert_eq!(found.json, file("ingest", "café.wav"));
}

#[tokio::test]
async fn durations_come_as_texts_and_as_numbers() {
    let service = Service::new().await;
    let given = [json!("60.0"), json!(60.0), json!(60), json!("0.5"), json!(1e-7), json!("1e-07")];
    let kept = ["60.0", "60.0", "60.0", "0.5", "0.0000001", "1e-07"];
    for (given, kept) in given.into_iter().zip(kept) {
        let name = format!("{given}.wav");
        let mut posted = file("ingest", &name);
        posted["duration"] = given;
        assert_eq!(service.post("/asset", &posted).await.status, 200);
        let found = service.get(&format!("/asset/{}", encoded(&name))).await;
        assert_eq!(found.json["duration"], kept);
    }
    for bad in [json!("NaN"), json!("inf"), json!("-1"), json!("a minute"), json!(""), json!(-1)] {
        let mut posted = file("ingest", "bad.wav");
        posted["duration"] = bad;
        let refused = service.post("/asset", &posted).await;
        refused.assert_message(422, "field `duration` is not valid: is no length in seconds");
    }
}

#[tokio::test]
async fn what_is_no_file_is_refused_with_a_message() {
    let service = Service::new().await;
    let wrong = |field: &str, value: Value| {
        let mut posted = file("ingest", "audio_1.wav");
        posted[field] = value;
        posted
    };
    let mut missing = file("ingest", "audio_1.wav");
    missing.as_object_mut().unwrap().remove("sample_rate");
    let bodies = [
        missing,
        wrong("channel_count", json!(-1)),
        wrong("channel_count", json!("two")),
        wrong("frame_count", json!(u64::MAX)),
        wrong("size", json!(u64::MAX)),
        wrong("bucket", json!("")),
        wrong("file", json!("")),
        wrong("file", json!("x".repeat(1025))),
        wrong("etag", json!("x".repeat(1025))),
        wrong("version_id", json!("a\nb")),
        wrong("sequencer", json!("not hexadecimal")),
        wrong("event_time", json!("yesterday")),
        json!([]),
        json!(null),
    ];
    for body in bodies {
        let refused = service.post("/asset", &body).await;
        assert_eq!(refused.status, 422, "{body}: {refused:?}");
        assert!(refused.json["message"].is_string(), "{refused:?}");
    }
    let broken = service.request("POST", "/asset").header("content-type", "application/json");
    let broken = Answer::of(broken.body("{\"bucket\":").send().await.unwrap()).await;
    assert_eq!(broken.status, 422, "{broken:?}");
    let unnamed = service.request("POST", "/asset").body(file("ingest", "a").to_string());
    let unnamed = Answer::of(unnamed.send().await.unwrap()).await;
    assert_eq!(unnamed.status, 415, "{unnamed:?}");
    assert_eq!(service.get("/assets").await.json, json!({}));
}

#[tokio::test]
async fn keys_can_be_any_text() {
    let service = Service::new().await;
    let long = format!("{}/{}", "ü".repeat(255), "録音".repeat(85) + "abc");
    assert_eq!(long.len(), 1024);
    let keys = [
        "session/day 1/audio+1.wav",
        "DJ's Björk 100%.wav",
        "%2e%2e/%2F",
        "../../etc/passwd",
        "/leading//double/",
        "line\nbreak\u{0}\u{7f}",
        "?query#fragment&amp;",
        "\"quotes\" \\ and {braces}",
        "🎸/👩‍🎤",
        &long,
    ];
    for key in keys {
        let posted = file("ingest", key);
        let registered = service.post("/asset", &posted).await;
        registered.assert_message(200, &format!("asset registered {key}"));
        let found = service.get(&format!("/asset/{}", encoded(key))).await;
        assert_eq!((found.status, found.json), (200, posted), "{key:?}");
    }
    let all = service.get("/assets").await.json;
    assert_eq!(all.as_object().unwrap().len(), keys.len());
    // With their slashes as they are, too.
    assert_eq!(service.get("/asset/session/day%201/audio+1.wav").await.status, 200);
    let request =
        "GET /asset//leading//double/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    assert!(raw(&service.address, request.as_bytes()).await.starts_with("HTTP/1.1 200"));
    // Clients take these for steps on a path, unless they are told to leave them alone.
    for key in [".", "../up.wav"] {
        service.post("/asset", &file("ingest", key)).await;
        let request =
            format!("DELETE /asset/{key} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        let answer = raw(&service.address, request.as_bytes()).await;
        assert!(answer.ends_with(&format!("{{\"message\":\"asset deleted {key}\"}}")), "{answer}");
    }
    for key in keys {
        let deleted = service.send("DELETE", &format!("/asset/{}", encoded(key))).await;
        deleted.assert_message(200, &format!("asset deleted {key}"));
    }
    assert_eq!(service.get("/assets").await.json, json!({}));
    let nothing = format!("/asset/{}", "x".repeat(1025));
    for method in ["GET", "DELETE"] {
        service.send(method, &nothing).await.assert_message(404, "asset not found");
        let unreadable = service.send(method, "/asset/%FF%FE").await;
        unreadable.assert_message(400, "the path is not UTF-8");
    }
}

#[tokio::test]
async fn buckets_are_told_apart() {
    let service = Service::new().await;
    for (bucket, key) in [("b", "x.wav"), ("a", "x.wav"), ("a", "y.wav"), ("c", "z.wav")] {
        service.post("/asset", &file(bucket, key)).await;
    }
    let of_b = service.get("/assets?bucket=b").await.json;
    assert_eq!(of_b, json!({"x.wav": file("b", "x.wav")}));
    // A key that two buckets have stands there once.
    let all = service.get("/assets").await;
    assert_eq!(all.text.matches("\"x.wav\":").count(), 1, "{}", all.text);
    assert_eq!(all.json["x.wav"], file("a", "x.wav"));
    assert_eq!(all.json.as_object().unwrap().len(), 3);
    assert_eq!(service.get("/assets?bucket=nobodys").await.json, json!({}));
    assert_eq!(service.get("/assets?bucket=").await.json, json!({}));

    // Without a bucket it is the one that changed last.
    assert_eq!(service.get("/asset/x.wav").await.json, file("a", "x.wav"));
    assert_eq!(service.get("/asset/x.wav?bucket=b").await.json, file("b", "x.wav"));
    assert_eq!(service.get("/asset/x.wav?bucket=c").await.status, 404);
    assert_eq!(service.send("DELETE", "/asset/x.wav?bucket=c").await.status, 404);
    service.send("DELETE", "/asset/x.wav?bucket=a").await;
    assert_eq!(service.get("/asset/x.wav").await.json, file("b", "x.wav"));
    assert_eq!(service.get("/assets").await.json["x.wav"], file("b", "x.wav"));
}

#[tokio::test]
async fn a_long_listing_comes_whole() {
    let service = Service::new().await;
    // More than two pages, and exactly as many as fill them.
    for number in 0..1000 {
        service.post("/asset", &file("ingest", &format!("{number:04}.wav"))).await;
    }
    let all = service.get("/assets").await;
    assert_eq!(all.json.as_object().unwrap().len(), 1000);
    service.post("/asset", &file("ingest", "last.wav")).await;
    let all = service.get("/assets").await;
    assert_eq!(all.json.as_object().unwrap().len(), 1001);
    assert_eq!(all.header("content-type"), "application/json");
    let mut places: Vec<usize> = Vec::new();
    places.extend((0..1000).map(|number| all.text.find(&format!("\"{number:04}.wav\":")).unwrap()));
    assert!(places.is_sorted());
}

#[tokio::test]
async fn a_verdict_on_other_bytes_updates_the_asset() {
    let service = Service::new().await;
    let verdict = |etag: &str, sequencer: &str, frames: u64| {
        let mut posted = file("ingest", "audio_1.wav");
        posted["etag"] = json!(etag);
        posted["sequencer"] = json!(sequencer);
        posted["frame_count"] = json!(frames);
        posted["unknown"] = json!("is ignored");
        posted
    };
    let words = |what: &str| format!("asset {what} audio_1.wav");
    let first = service.post("/asset", &verdict("\"aa\"", "01", 1)).await;
    first.assert_message(200, &words("registered"));
    let twice = service.post("/asset", &verdict("aa", "01", 1)).await;
    twice.assert_message(200, &words("already exists"));
    let next = service.post("/asset", &verdict("bb", "02", 2)).await;
    next.assert_message(200, &words("registered"));
    let late = service.post("/asset", &verdict("cc", "0100", 3)).await;
    late.assert_message(200, &words("registered"));
    let stale = service.post("/asset", &verdict("dd", "03", 4)).await;
    stale.assert_message(200, &words("already exists"));
    // Somebody's word changes nothing that is there.
    let word = service.post("/asset", &file("ingest", "audio_1.wav")).await;
    word.assert_message(200, &words("already exists"));

    let listed = service.get("/asset/audio_1.wav").await.json;
    assert_eq!(listed["frame_count"], 3);
    assert_eq!(listed.as_object().unwrap().len(), 7, "only what the documents know: {listed}");
    let page = service.get("/api/v1/assets").await.json;
    assert_eq!(page["items"][0]["etag"], "cc");
    assert_eq!(page["items"][0]["revision"], 3);
}

#[tokio::test]
async fn what_was_deleted_can_come_again() {
    let service = Service::new().await;
    service.post("/asset", &file("ingest", "a.wav")).await;
    service.send("DELETE", "/asset/a.wav").await;
    let again = service.post("/asset", &file("ingest", "a.wav")).await;
    again.assert_message(200, "asset registered a.wav");
    assert_eq!(service.get("/asset/a.wav").await.status, 200);
}

#[tokio::test]
async fn of_two_who_delete_at_once_one_gets_it() {
    let service = Service::new().await;
    for round in 0..20 {
        let path = format!("/asset/{round}.wav");
        service.post("/asset", &file("ingest", &format!("{round}.wav"))).await;
        let (one, other) =
            tokio::join!(service.send("DELETE", &path), service.send("DELETE", &path));
        let mut statuses = [one.status, other.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 404], "{one:?} {other:?}");
    }
}
