//! A service where nobody has an account yet.

use serde_json::json;
use studio_domain::Role;

use super::house::{House, answer};
use crate::support::raw;

#[tokio::test]
async fn whoever_is_at_this_machine_may_do_everything_until_there_is_an_account() {
    let house = House::empty().await;
    let made = house.service.post("/api/v1/playlists", &json!({ "name": "Monday" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    assert_eq!(house.service.get("/api/v1/versions").await.status, 200);
    assert_eq!(house.service.get("/api/v1/session").await.json["way"], "open");
    let log = house.log().await;
    assert_eq!(log[0].1, "POST /api/v1/playlists", "{log:?}");
    house.add("mia", Role::Manager, &[]).await;
    // It is noticed within a second.
    let asked = async || house.service.get("/api/v1/versions").await.status;
    let waiting = async {
        while asked().await != 401 {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), waiting).await.unwrap();
    assert_eq!(house.service.get("/api/v1/session").await.json["way"], "guest");
    assert_eq!(house.service.get("/api/v1/albums").await.status, 200);
}

#[tokio::test]
async fn what_was_handed_on_is_not_from_this_machine() {
    let house = House::empty().await;
    for (name, value) in [
        ("x-forwarded-for", "192.0.2.1"),
        ("x-forwarded-for", "127.0.0.1"),
        ("x-real-ip", "127.0.0.1"),
        ("forwarded", "for=127.0.0.1"),
        ("via", "1.1 proxy"),
        ("x-forwarded-host", "localhost"),
    ] {
        let refused = answer(house.request("GET", "/api/v1/albums").header(name, value)).await;
        refused.assert_problem(403, "no-account", "/api/v1/albums");
        assert!(refused.text.contains("studio user add NAME --role manager"), "{refused:?}");
        // Whoever watches the service may still ask how it is.
        let well = answer(house.request("GET", "/health/ready").header(name, value)).await;
        assert_eq!(well.status, 200, "{well:?}");
        let docs = answer(house.request("GET", "/api/openapi.json").header(name, value)).await;
        assert_eq!(docs.status, 200, "{docs:?}");
    }
    let page = "origin";
    let body = json!({ "name": "Evil" });
    let request = house.request("POST", "/api/v1/playlists").json(&body);
    let refused = answer(request.header(page, "https://evil.example")).await;
    refused.assert_problem(403, "other-site", "/api/v1/playlists");
}

#[tokio::test]
async fn a_proxy_that_says_nothing_asks_by_another_name() {
    let house = House::empty().await;
    let ask = async |host: &str| {
        let request =
            format!("GET /api/v1/albums HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        raw(&house.service.address, request.as_bytes()).await
    };
    for own in ["localhost", "localhost:80", "127.0.0.1", "[::1]", "[::1]:8000"] {
        assert!(ask(own).await.starts_with("HTTP/1.1 200"), "{own}");
    }
    assert!(ask("music.example.org").await.starts_with("HTTP/1.1 421"));
}
