//! How players come in, and how they are refused.

use studio_core::access::AccountChange;

use super::player::{Player, said};
use crate::entrance::house::{House, PASSWORD, answer, operator};
use crate::support::Answer;

async fn get(house: &House, path: &str) -> Answer {
    answer(house.request("GET", path)).await
}

/// The code of a refusal; 200 where there is none.
async fn code(house: &House, query: &str) -> i64 {
    let answer = get(house, &format!("/rest/ping?f=json&{query}")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let said = said(&answer);
    said["error"]["code"].as_i64().unwrap_or(200)
}

#[tokio::test]
async fn a_key_lets_a_player_in_and_the_password_does_not() {
    let house = House::new().await;
    house.set_password("lea").await;
    let player = Player::of(&house, "lea").await;
    let other = Player::of(&house, "otto").await;
    let key = &player.key;
    let hex: String = key.bytes().map(|byte| format!("{byte:02x}")).collect();
    let rest = "v=1.16.1&c=test";
    let password = PASSWORD.replace(' ', "%20");
    for (query, expected) in [
        (player.common(), 200),
        (player.common().replace("u=lea", "u=LEA"), 200),
        (format!("apiKey={key}&{rest}"), 200),
        (format!("u=lea&p={key}&{rest}"), 200),
        (format!("u=lea&p=enc:{hex}&{rest}"), 200),
        (format!("u=lea&p={password}&{rest}"), 40),
        (format!("u=otto&p={key}&{rest}"), 40),
        (format!("u=nobody&p={key}&{rest}"), 40),
        (format!("u=%07&p={key}&{rest}"), 40),
        (format!("u=lea&t=0123&s=xy&{rest}"), 40),
        (player.common().replace("s=c19b2d", "s=c19b2e"), 40),
        (player.common().replace("u=lea", "u=otto"), 40),
        (format!("apiKey={key}x&{rest}"), 44),
        (format!("apiKey={}&{rest}", &other.key[1..]), 44),
        (format!("apiKey=&u=lea&{rest}"), 10),
        (format!("apiKey={key}&u=lea&{rest}"), 43),
        (format!("apiKey={key}&c=test"), 10),
        (format!("apiKey={key}&v=1.16.1"), 10),
        (format!("apiKey={key}&v=2.0.0&c=test"), 30),
        (String::new(), 10),
    ] {
        assert_eq!(code(&house, &query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn a_key_that_was_taken_back_lets_nobody_in() {
    let house = House::new().await;
    let player = Player::of(&house, "lea").await;
    assert_eq!(code(&house, &player.common()).await, 200);
    let keys = house.access.app_keys(&"lea".parse().unwrap()).await.unwrap();
    house.access.revoke_app_key(keys[0].id, &operator()).await.unwrap();
    assert_eq!(code(&house, &player.common()).await, 40);
    let key = Player::of(&house, "otto").await.key;
    let query = format!("apiKey={key}&v=1.16.1&c=test");
    assert_eq!(code(&house, &query).await, 200);
    let change = AccountChange { enabled: Some(false), ..AccountChange::default() };
    house.access.change_account(&"otto".parse().unwrap(), change, &operator()).await.unwrap();
    assert_eq!(code(&house, &query).await, 44);
}

#[tokio::test]
async fn a_session_or_a_token_is_no_key() {
    let house = House::new().await;
    let lea = house.browser("lea").await;
    let refused = lea.get(&house, "/rest/getAlbumList2?type=newest&f=json&v=1.16.1&c=test").await;
    assert_eq!(said(&refused)["error"]["code"], 10, "{refused:?}");
    let token = house.token("mia", &[studio_domain::Scope::Read]).await;
    let request = house.request("GET", "/rest/ping?f=json&v=1.16.1&c=test&u=mia");
    let refused = answer(request.bearer_auth(&token)).await;
    assert_eq!(said(&refused)["error"]["code"], 10, "{refused:?}");
}

#[tokio::test]
async fn what_a_server_can_is_told_to_everybody() {
    let house = House::new().await;
    for path in
        ["/rest/getOpenSubsonicExtensions?f=json", "/rest/getOpenSubsonicExtensions.view?f=json"]
    {
        let told = said(&get(&house, path).await);
        assert_eq!(told["status"], "ok");
        let names: Vec<_> = told["openSubsonicExtensions"]
            .as_array()
            .unwrap()
            .iter()
            .map(|extension| extension["name"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(names, ["apiKeyAuthentication", "formPost", "indexBasedQueue", "songLyrics"]);
    }
}

#[tokio::test]
async fn an_answer_is_xml_unless_json_is_wanted() {
    let house = House::new().await;
    let player = Player::of(&house, "lea").await;
    let ask = async |query: &str| get(&house, &format!("/rest/ping.view?{query}")).await;
    let xml = ask(&player.common()).await;
    assert_eq!(xml.header("content-type"), "text/xml; charset=utf-8");
    assert!(
        xml.text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<subsonic-response ")
    );
    assert!(xml.text.contains("status=\"ok\""), "{xml:?}");
    let refused = ask("f=xml").await;
    assert!(refused.text.contains("<error code=\"10\" "), "{refused:?}");
    let jsonp = ask(&format!("{}&f=jsonp&callback=done", player.common())).await;
    assert_eq!(jsonp.header("content-type"), "application/javascript; charset=utf-8");
    assert!(jsonp.text.starts_with("/**/done({\"subsonic-response\":"), "{jsonp:?}");
    let evil = ask(&format!("{}&f=jsonp&callback=alert(1)//", player.common())).await;
    assert_eq!(evil.header("content-type"), "application/json");
    assert_eq!(xml.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn a_form_is_as_good_as_a_query() {
    let house = House::new().await;
    let player = Player::of(&house, "lea").await;
    let post = async |path: &str, body: String| {
        let request = house.request("POST", path);
        let kind = "application/x-www-form-urlencoded; charset=UTF-8";
        // Players in browsers come from sites of their own.
        let request = request.header("origin", "https://player.example");
        answer(request.header("content-type", kind).body(body)).await
    };
    let body = format!("{}&f=json", player.common());
    assert_eq!(said(&post("/rest/ping.view", body.clone()).await)["status"], "ok");
    assert_eq!(said(&post("/rest/ping?f=json", player.common()).await)["status"], "ok");
    let huge = format!("{body}&x={}", "x".repeat(2_000_000));
    assert_eq!(post("/rest/ping", huge).await.status, 413);
    // What is no form is not read as one.
    let request = house.request("POST", "/rest/ping?f=json").header("content-type", "text/plain");
    assert_eq!(said(&answer(request.body(body)).await)["error"]["code"], 10);
}

#[tokio::test]
async fn what_there_is_not_is_told_in_an_envelope() {
    let house = House::new().await;
    let player = Player::of(&house, "lea").await;
    for name in ["jukeboxControl", "nothing", "ping.xml", "getVideos"] {
        let answer = get(&house, &player.path(name, "")).await;
        assert_eq!(
            (answer.status, &said(&answer)["error"]["code"]),
            (404, &0.into()),
            "{answer:?}"
        );
    }
    assert_eq!(player.refused("startScan", "").await, 50);
    assert_eq!(player.refused("getAvatar", "username=lea").await, 70);
    assert_eq!(player.refused("getUser", "username=mia").await, 50);
    let user = player.ok("getUser", "username=lea").await;
    assert_eq!(
        (&user["user"]["username"], &user["user"]["adminRole"]),
        (&"lea".into(), &false.into())
    );
    assert_eq!(player.ok("tokenInfo", "").await["tokenInfo"]["username"], "lea");
    let mia = Player::of(&house, "mia").await;
    assert_eq!(mia.ok("getUser", "").await["user"]["adminRole"], true);
}

#[tokio::test]
async fn without_an_account_there_are_no_players() {
    let house = House::empty().await;
    let query = "f=json&v=1.16.1&c=test&u=ann&p=x";
    let refused = get(&house, &format!("/rest/ping?{query}")).await;
    assert_eq!(said(&refused)["error"]["code"], 40);
}
