//! Pages of other sites, which make browsers send what nobody wanted to.

use serde_json::json;

use super::house::{House, answer};

/// Everything that changes something within a session.
const CHANGES: [(&str, &str); 11] = [
    ("POST", "/api/v1/playlists"),
    ("PUT", "/api/v1/playlists/019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11"),
    ("DELETE", "/api/v1/playlists/019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11"),
    ("POST", "/api/v1/assets"),
    ("DELETE", "/asset/a.wav"),
    ("DELETE", "/api/v1/session"),
    ("DELETE", "/api/v1/sessions"),
    ("POST", "/api/v1/account/password"),
    ("POST", "/api/v1/tokens"),
    ("POST", "/api/v1/app-keys"),
    ("POST", "/asset"),
];

#[tokio::test]
async fn a_change_within_a_session_sends_its_token() {
    let house = House::new().await;
    let (mia, other) = (house.browser("mia").await, house.browser("mia").await);
    for (method, path) in CHANGES {
        let with = async |token: Option<&str>| {
            let request = house.request(method, path).header("cookie", &mia.cookie);
            let request = match token {
                Some(token) => request.header("x-csrf-token", token),
                None => request,
            };
            let answer = answer(request).await;
            assert_eq!(answer.status, 403, "{method} {path}: {answer:?}");
            if path.starts_with("/api/") {
                assert_eq!(answer.json["code"], "csrf-token", "{answer:?}");
            }
        };
        with(None).await;
        with(Some("")).await;
        with(Some(&other.csrf)).await;
        with(Some(&mia.cookie)).await;
    }
    // Nothing of it was done.
    assert_eq!(mia.get(&house, "/api/v1/session").await.json["way"], "session");
    assert_eq!(mia.get(&house, "/api/v1/tokens").await.json["items"], json!([]));
}

#[tokio::test]
async fn a_page_of_another_site_changes_nothing_even_with_the_token() {
    let house = House::new().await;
    let mia = house.browser("mia").await;
    for (method, path) in CHANGES {
        for (name, value) in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let answer = mia.send(house.request(method, path).header(name, value)).await;
            assert_eq!(answer.status, 403, "{method} {path} {value}: {answer:?}");
            if path.starts_with("/api/") {
                assert_eq!(answer.json["code"], "other-site", "{answer:?}");
            }
        }
    }
    let own = format!("http://{}", house.service.address);
    let body = json!({ "name": "Sunday evening" });
    let request = house.request("POST", "/api/v1/playlists").json(&body).header("origin", own);
    assert_eq!(mia.send(request).await.status, 201);
}

#[tokio::test]
async fn another_sites_page_signs_nobody_in() {
    let house = House::new().await;
    house.set_password("otto").await;
    let body = json!({ "name": "otto", "password": super::house::PASSWORD });
    let request = house.request("POST", "/api/v1/session").json(&body);
    let refused = answer(request.header("origin", "https://evil.example")).await;
    refused.assert_problem(403, "other-site", "/api/v1/session");
    assert!(refused.headers.get("set-cookie").is_none());
}

#[tokio::test]
async fn a_program_with_a_token_is_no_page() {
    let house = House::new().await;
    let token = house.token("mia", &[studio_domain::Scope::Write]).await;
    let body = json!({ "name": "From elsewhere" });
    let request = house.request("POST", "/api/v1/playlists").json(&body).bearer_auth(&token);
    let made = answer(request.header("origin", "https://player.example")).await;
    assert_eq!(made.status, 201, "{made:?}");
}
