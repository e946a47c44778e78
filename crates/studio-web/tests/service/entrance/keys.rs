//! Tokens of programs, keys of players, and the audit log.

use serde_json::{Value, json};
use studio_core::access::AccountChange;
use studio_domain::Scope;

use super::house::{House, answer, operator};

const TOKENS: &str = "/api/v1/tokens";

#[tokio::test]
async fn a_token_is_told_once_and_holds_until_it_is_taken_back() {
    let house = House::new().await;
    let (laura, otto) = (house.browser("laura").await, house.browser("otto").await);
    let body = json!({ "name": "backup", "scopes": ["read"], "days": 30 });
    let made = laura.post(&house, TOKENS, &body).await;
    assert_eq!((made.status, made.header("cache-control")), (201, "no-store"), "{made:?}");
    let secret = made.json["secret"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("studio_"));
    assert_eq!(made.json["token"]["scopes"], json!(["read"]));
    laura.post(&house, TOKENS, &body).await.assert_problem(409, "name-taken", TOKENS);
    let listed = laura.get(&house, TOKENS).await;
    assert_eq!(listed.json["items"][0]["name"], "backup");
    assert!(!listed.text.contains(&secret));
    let whose = async || {
        let request = house.request("GET", "/api/v1/session").bearer_auth(&secret);
        answer(request).await
    };
    let told = whose().await.json;
    assert_eq!((&told["way"], &told["account"]["name"]), (&json!("token"), &json!("laura")));
    assert_eq!(told["csrf_token"], Value::Null);
    let path = format!("{TOKENS}/{}", made.json["token"]["id"].as_str().unwrap());
    let refused = otto.send(house.request("DELETE", &path)).await;
    refused.assert_problem(404, "token-not-found", &path);
    assert_eq!(whose().await.status, 200);
    assert_eq!(laura.send(house.request("DELETE", &path)).await.status, 204);
    whose().await.assert_problem(401, "invalid-token", "/api/v1/session");
}

#[tokio::test]
async fn a_token_that_is_over_or_of_nobody_is_refused_and_makes_no_guest() {
    let house = House::new().await;
    let mia = house.browser("mia").await;
    let body = json!({ "name": "short", "scopes": ["read"], "days": 1 });
    let secret = mia.post(&house, TOKENS, &body).await.json["secret"].clone();
    let secret = secret.as_str().unwrap();
    let ask = async |header: String| {
        answer(house.request("GET", "/api/v1/albums").header("authorization", header)).await
    };
    assert_eq!(ask(format!("Bearer {secret}")).await.status, 200);
    house.pass(super::house::DAY);
    let lea = house.token("lea", &[Scope::Read]).await;
    let change = AccountChange { enabled: Some(false), ..AccountChange::default() };
    house.access.change_account(&"lea".parse().unwrap(), change, &operator()).await.unwrap();
    for header in [
        format!("Bearer {secret}"),
        format!("Bearer {lea}"),
        format!("Bearer {secret}x"),
        "Bearer ".to_owned(),
        "Bearer".to_owned(),
        "Basic bWlhOm1pYQ==".to_owned(),
        "Bearer studio_".to_owned(),
    ] {
        let refused = ask(header.clone()).await;
        refused.assert_problem(401, "invalid-token", "/api/v1/albums");
        assert!(refused.header("www-authenticate").starts_with("Bearer"), "{header}");
    }
}

#[tokio::test]
async fn a_token_makes_no_stronger_one() {
    let house = House::new().await;
    let token = house.token("mia", &[Scope::Manage]).await;
    let make = async |scopes: Value| {
        let body = json!({ "name": "more", "scopes": scopes });
        answer(house.request("POST", TOKENS).json(&body).bearer_auth(&token)).await
    };
    let refused = make(json!(["manage", "write"])).await;
    refused.assert_problem(403, "insufficient-scope", TOKENS);
    assert_eq!(make(json!(["manage"])).await.status, 201);
    let mia = house.browser("mia").await;
    for bad in [json!([]), json!(["all"]), json!("read")] {
        let body = json!({ "name": "x", "scopes": bad });
        assert_eq!(mia.post(&house, TOKENS, &body).await.status, 422, "{body}");
    }
}

#[tokio::test]
async fn the_key_of_a_player_is_told_once_and_taken_back_by_its_own_account() {
    let house = House::new().await;
    let (lea, otto) = (house.browser("lea").await, house.browser("otto").await);
    let path = "/api/v1/app-keys";
    let made = lea.post(&house, path, &json!({ "name": "Symfonium" })).await;
    assert_eq!(made.status, 201, "{made:?}");
    let secret = made.json["secret"].as_str().unwrap();
    let known = house.access.know_app_key(secret).await.unwrap().unwrap();
    assert_eq!(known.1.name.as_str(), "lea");
    let listed = lea.get(&house, path).await;
    assert_eq!(listed.json["items"].as_array().unwrap().len(), 1);
    assert!(!listed.text.contains(secret));
    let one = format!("{path}/{}", made.json["app_key"]["id"].as_str().unwrap());
    assert_eq!(otto.send(house.request("DELETE", &one)).await.status, 404);
    assert_eq!(lea.send(house.request("DELETE", &one)).await.status, 204);
    assert!(house.access.know_app_key(secret).await.unwrap().is_none());
}

#[tokio::test]
async fn every_change_is_in_the_audit_log() {
    let house = House::new().await;
    let mia = house.browser("mia").await;
    let made = mia.post(&house, "/api/v1/playlists", &json!({ "name": "Monday" })).await;
    let path = made.header("location").to_owned();
    let token = house.token("mia", &[Scope::Write]).await;
    let request = house.request("DELETE", &path).bearer_auth(&token);
    assert_eq!(answer(request).await.status, 204);
    // What came to nothing is not in it.
    assert_eq!(mia.send(house.request("DELETE", &path)).await.status, 404);
    let read = mia.get(&house, "/api/v1/audit?limit=3").await.json;
    let lines = read["items"].as_array().unwrap();
    let told = |n: usize| {
        let line: &Value = &lines[n];
        [&line["actor"], &line["action"], &line["subject"], &line["address"]].map(Value::to_string)
    };
    let delete = "\"DELETE /api/v1/playlists/{id}\"";
    assert_eq!(told(0), ["\"mia\"", delete, &format!("\"{path}\""), "\"127.0.0.1\""]);
    assert!(lines[0]["way"].as_str().unwrap().starts_with("token "), "{read}");
    assert_eq!(lines[1]["action"], "token.create");
    assert_eq!(lines[2]["action"], "POST /api/v1/playlists");
    assert_eq!(lines[2]["way"], "session");
    // In parts, without gap or repetition.
    let whole = mia.get(&house, "/api/v1/audit?limit=200").await.json["items"].clone();
    let (mut parts, mut address) = (Vec::new(), "/api/v1/audit?limit=2".to_owned());
    loop {
        let part = mia.get(&house, &address).await.json;
        parts.extend(part["items"].as_array().unwrap().clone());
        let Some(next) = part["next"].as_str() else { break };
        address = format!("/api/v1/audit?limit=2&after={next}");
    }
    assert_eq!(Value::from(parts), whole);
    let only = mia.get(&house, "/api/v1/audit?user=laura").await.json;
    assert_eq!(only["items"], json!([]), "{only}");
    assert_eq!(mia.get(&house, "/api/v1/audit?user=who").await.status, 404);
    assert_eq!(mia.get(&house, "/api/v1/audit?after=AAAA").await.status, 400);
    let people = mia.get(&house, "/api/v1/accounts?limit=3").await.json;
    assert_eq!(people["items"][0]["name"], "laura");
    let next = format!("/api/v1/accounts?after={}", people["next"].as_str().unwrap());
    assert_eq!(mia.get(&house, &next).await.json["items"][0]["name"], "otto");
}
