//! Signing in and out, and sessions that are stolen, replayed, planted, or over.

use serde_json::json;

use super::house::{Browser, DAY, House, PASSWORD, answer, cookie_of, operator, pair};
use crate::support::Answer;
use studio_core::access::AccountChange;

/// The browser that an answer to a sign-in makes.
fn browser(answer: &Answer) -> Browser {
    assert_eq!(answer.status, 200, "{answer:?}");
    let cookie = pair(&cookie_of(answer, "studio").unwrap());
    Browser { cookie, csrf: answer.json["csrf_token"].as_str().unwrap().to_owned() }
}

async fn way(house: &House, browser: &Browser) -> String {
    let told = browser.get(house, "/api/v1/session").await;
    assert_eq!(told.header("cache-control"), "no-store");
    told.json["way"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn who_has_the_password_is_signed_in_until_they_sign_out() {
    let house = House::new().await;
    house.set_password("laura").await;
    let begun = house.try_password("Laura", PASSWORD).await;
    let cookie = cookie_of(&begun, "studio").unwrap();
    for said in ["Path=/", "HttpOnly", "SameSite=Lax", "Max-Age=1209600"] {
        assert!(cookie.contains(said), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"), "{cookie}");
    assert!(cookie_of(&begun, "studio-device").unwrap().contains("HttpOnly"));
    assert_eq!(begun.header("cache-control"), "no-store");
    assert_eq!(begun.json["account"]["name"], "laura");
    assert_eq!(begun.json["account"]["role"], "artist");
    let laura = browser(&begun);
    let told = laura.get(&house, "/api/v1/session").await;
    assert_eq!(told.json, begun.json);
    let shown = laura.get(&house, "/api/v1/albums").await;
    assert_eq!(shown.header("cache-control"), "private, no-cache");
    assert!(shown.header("vary").contains("Cookie, Authorization"), "{shown:?}");
    let out = laura.send(house.request("DELETE", "/api/v1/session")).await;
    assert_eq!(out.status, 204, "{out:?}");
    assert!(cookie_of(&out, "studio").unwrap().starts_with("studio=; Path=/; Max-Age=0"));
    let after = laura.get(&house, "/api/v1/session").await;
    assert_eq!(after.json["way"], "guest");
    assert_eq!(after.json["account"], json!(null));
    assert!(cookie_of(&after, "studio").unwrap().contains("Max-Age=0"), "{after:?}");
}

#[tokio::test]
async fn by_tls_the_cookie_is_that_of_this_host_alone() {
    let house = House::behind_a_proxy().await;
    house.set_password("mia").await;
    let body = json!({ "name": "mia", "password": PASSWORD });
    let request = house.request("POST", "/api/v1/session").json(&body);
    let begun = answer(request.header("x-forwarded-proto", "https")).await;
    let cookie = cookie_of(&begun, "__Host-studio").unwrap();
    assert!(cookie.contains("; Secure") && cookie.contains("Path=/;"), "{cookie}");
    let ask = |cookie: String, proto: &str| {
        let request = house.request("GET", "/api/v1/session").header("cookie", cookie);
        answer(request.header("x-forwarded-proto", proto))
    };
    assert_eq!(ask(pair(&cookie), "https").await.json["way"], "session");
    // What came without TLS may have been planted by whoever is on the way.
    let plain = pair(&cookie).replace("__Host-", "");
    assert_eq!(ask(plain, "https").await.json["way"], "guest");
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_answered_alike() {
    let house = House::new().await;
    house.set_password("laura").await;
    house.set_password("lea").await;
    let change = AccountChange { enabled: Some(false), ..AccountChange::default() };
    let lea = "lea".parse().unwrap();
    house.access.change_account(&lea, change, &operator()).await.unwrap();
    let mut answers = Vec::new();
    let long = "x".repeat(1_000_000);
    for (name, password) in [
        ("laura", "not the password"),
        ("nobody", PASSWORD),
        // One who has no password, one who is disabled, and what is no name at all.
        ("otto", PASSWORD),
        ("lea", PASSWORD),
        ("no\u{7}name", PASSWORD),
        ("laura", long.as_str()),
        ("laura", ""),
    ] {
        let refused = house.try_password(name, password).await;
        refused.assert_problem(401, "denied", "/api/v1/session");
        assert!(cookie_of(&refused, "studio").is_none());
        let mut body = refused.json.clone();
        body["instance"] = json!(null);
        answers.push(body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
}

#[tokio::test]
async fn what_is_no_sign_in_is_refused() {
    let house = House::new().await;
    let path = "/api/v1/session";
    for (body, status) in [
        (json!({}), 422),
        (json!({ "name": "laura" }), 422),
        (json!({ "name": "laura", "password": 7 }), 422),
        (json!({ "name": "laura", "password": "x", "role": "manager" }), 422),
        (json!(["laura", "x"]), 422),
    ] {
        let refused = house.service.post(path, &body).await;
        assert_eq!(refused.status, status, "{body}: {refused:?}");
    }
    let huge = json!({ "name": "laura", "password": "x".repeat(2_000_000) });
    assert_eq!(house.service.post(path, &huge).await.status, 413);
    // A form of another site's page can send this without asking.
    let form = house.request("POST", path).header("content-type", "text/plain");
    let refused = answer(form.body("{\"name\":\"a\",\"password\":\"b\"}")).await;
    assert_eq!(refused.status, 415, "{refused:?}");
}

#[tokio::test]
async fn who_tries_too_often_waits_and_locks_nobody_out() {
    let house = House::behind_a_proxy().await;
    house.set_password("laura").await;
    let from = async |address: &str, password: &str, device: &str| {
        let body = json!({ "name": "laura", "password": password });
        let request = house.request("POST", "/api/v1/session").json(&body);
        answer(request.header("x-forwarded-for", address).header("cookie", device)).await
    };
    let begun = from("192.0.2.1", PASSWORD, "").await;
    let device = pair(&cookie_of(&begun, "studio-device").unwrap());
    let mut statuses = Vec::new();
    for _ in 0..40 {
        statuses.push(from("198.51.100.9", "guess", "").await.status);
    }
    assert_eq!(statuses.first(), Some(&401));
    assert_eq!(statuses.last(), Some(&429));
    let throttled = from("198.51.100.9", "guess", "").await;
    throttled.assert_problem(429, "too-many-tries", "/api/v1/session");
    assert!(throttled.header("retry-after").parse::<u64>().unwrap() > 0);
    // Not even with the right one from there: or it could be guessed.
    assert_eq!(from("198.51.100.9", PASSWORD, "").await.status, 429);
    // From elsewhere, and from there by a browser that was here before, all is as it was.
    assert_eq!(from("192.0.2.1", PASSWORD, "").await.status, 200);
    assert_eq!(from("198.51.100.9", PASSWORD, &device).await.status, 200);
}

#[tokio::test]
async fn a_session_that_was_planted_is_not_the_one_that_is_signed_in() {
    let house = House::new().await;
    house.set_password("laura").await;
    let otto = house.browser("otto").await;
    let body = json!({ "name": "laura", "password": PASSWORD });
    let begun = otto.post(&house, "/api/v1/session", &body).await;
    let laura = browser(&begun);
    assert_ne!(laura.cookie, otto.cookie);
    assert_eq!(way(&house, &otto).await, "guest");
    assert_eq!(way(&house, &laura).await, "session");
    // A text that the browser was given by somebody else is none.
    let planted = Browser { cookie: "studio=chosen-by-somebody".to_owned(), ..laura };
    assert_eq!(way(&house, &planted).await, "guest");
}

#[tokio::test]
async fn a_session_is_renewed_and_one_that_is_used_twice_ends() {
    let house = House::new().await;
    let before = house.browser("laura").await;
    house.pass(DAY + 1);
    let renewed = before.get(&house, "/api/v1/session").await;
    let cookie = pair(&cookie_of(&renewed, "studio").unwrap());
    assert_ne!(cookie, before.cookie);
    // A request that was under way is told the same.
    let again = before.get(&house, "/api/v1/albums").await;
    assert_eq!(pair(&cookie_of(&again, "studio").unwrap()), cookie);
    let after = Browser { cookie, ..before.clone() };
    assert_eq!(way(&house, &after).await, "session");
    house.pass(3600);
    // Somebody has the old one still: neither of the two is believed from now on.
    assert_eq!(way(&house, &before).await, "guest");
    assert_eq!(way(&house, &after).await, "guest");
    assert!(house.log().await.iter().any(|(_, action, _)| action == "session.replayed"));
}

#[tokio::test]
async fn a_session_that_nobody_uses_ends() {
    let house = House::new().await;
    let laura = house.browser("laura").await;
    house.pass(14 * DAY - 1);
    assert_eq!(way(&house, &laura).await, "session");
    let otto = house.browser("otto").await;
    house.pass(14 * DAY);
    assert_eq!(way(&house, &otto).await, "guest");
    let refused = otto.get(&house, "/api/v1/sessions").await;
    refused.assert_problem(401, "sign-in", "/api/v1/sessions");
}

#[tokio::test]
async fn one_sees_and_ends_only_ones_own_sessions() {
    let house = House::new().await;
    let (laura, phone) = (house.browser("laura").await, house.browser("laura").await);
    let otto = house.browser("otto").await;
    let listed = laura.get(&house, "/api/v1/sessions").await.json;
    let items = listed["items"].as_array().unwrap();
    assert_eq!(items.len(), 2, "{listed}");
    let other = items.iter().find(|item| item["current"] == false).unwrap();
    assert_eq!((&other["agent"], &other["address"]), (&json!("Browser/1"), &json!("127.0.0.1")));
    let path = format!("/api/v1/sessions/{}", other["id"].as_str().unwrap());
    let refused = otto.send(house.request("DELETE", &path)).await;
    refused.assert_problem(404, "session-not-found", &path);
    assert_eq!(way(&house, &phone).await, "session");
    assert_eq!(laura.send(house.request("DELETE", &path)).await.status, 204);
    assert_eq!(way(&house, &phone).await, "guest");
    let tablet = house.browser("laura").await;
    assert_eq!(laura.send(house.request("DELETE", "/api/v1/sessions")).await.status, 204);
    assert_eq!(way(&house, &tablet).await, "guest");
    assert_eq!(way(&house, &laura).await, "session");
}

#[tokio::test]
async fn another_password_ends_all_sessions_and_begins_one() {
    let house = House::new().await;
    house.set_password("laura").await;
    let laura = browser(&house.try_password("laura", PASSWORD).await);
    let phone = house.browser("laura").await;
    let path = "/api/v1/account/password";
    let body = |current: &str, new: &str| json!({ "current": current, "new": new });
    let wrong = laura.post(&house, path, &body("not it at all", "another good one")).await;
    wrong.assert_problem(401, "denied", path);
    let short = laura.post(&house, path, &body(PASSWORD, "short")).await;
    short.assert_problem(422, "invalid-password", path);
    assert_eq!(way(&house, &laura).await, "session");
    let changed = laura.post(&house, path, &body(PASSWORD, "another good one")).await;
    let now = browser(&changed);
    for (one, expected) in [(&laura, "guest"), (&phone, "guest"), (&now, "session")] {
        assert_eq!(way(&house, one).await, expected);
    }
    assert_eq!(house.try_password("laura", PASSWORD).await.status, 401);
    assert_eq!(house.try_password("laura", "another good one").await.status, 200);
}

#[tokio::test]
async fn who_is_disabled_is_out_at_once() {
    let house = House::new().await;
    let lea = house.browser("lea").await;
    let change = AccountChange { enabled: Some(false), ..AccountChange::default() };
    let name = "lea".parse().unwrap();
    house.access.change_account(&name, change, &operator()).await.unwrap();
    assert_eq!(way(&house, &lea).await, "guest");
}
