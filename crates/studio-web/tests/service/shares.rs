//! Links: who has one hears what is shared, and nothing else.

use serde_json::{Value, json};
use studio_core::access::AccountChange;

use crate::entrance::house::{Browser, DAY, House, answer, operator};
use crate::seed::{ON_EACH, SOUND};
use crate::support::Answer;

const SHARES: &str = "/api/v1/shares";

async fn get(house: &House, path: &str) -> Answer {
    answer(house.request("GET", path)).await
}

/// Shares something; gives its line, and the path of its link.
async fn share(house: &House, browser: &Browser, body: &Value) -> (Value, String) {
    let made = browser.post(house, SHARES, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let url = made.json["url"].as_str().unwrap();
    let path = url.strip_prefix(&format!("http://{}", house.service.address)).unwrap().to_owned();
    assert!(path.starts_with("/s/") && path.len() > 40, "{path}");
    (made.json, path)
}

#[tokio::test]
async fn who_has_a_link_hears_what_is_shared_and_nothing_else() {
    let house = House::new().await;
    let laura = house.browser("laura").await;
    // Not published: it is hers to show.
    let album = house.seeded.albums.last().unwrap().to_string();
    let body = json!({ "kind": "album", "id": album, "note": "the rough <mix>" });
    let (line, path) = share(&house, &laura, &body).await;
    assert_eq!((&line["kind"], &line["visits"]), (&json!("album"), &json!(0)));
    let page = get(&house, &path).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text.contains("<h1>the rough &lt;mix&gt;</h1>"), "{page:?}");
    assert_eq!(page.text.matches("<audio").count() as u64, ON_EACH);
    assert!(!page.text.contains("<script"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
    assert_eq!(page.header("cache-control"), "no-store");
    let music = get(&house, &format!("{path}/recordings")).await.json;
    let recordings = music["recordings"].as_array().unwrap();
    assert_eq!(recordings.len() as u64, ON_EACH);
    let stream = recordings[0]["stream"].as_str().unwrap();
    let sound = get(&house, stream).await;
    assert_eq!((sound.status, sound.text.as_bytes()), (200, SOUND));
    let part = answer(house.request("GET", stream).header("range", "bytes=0-3")).await;
    assert_eq!((part.status, part.text.as_bytes()), (206, &SOUND[..4]));
    // What is not shared is not there, be it published.
    let other = house.seeded.recordings[0];
    assert_eq!(get(&house, &format!("{path}/recordings/{other}/stream")).await.status, 404);
    // It carries nobody's rights.
    let id = recordings[0]["id"].as_str().unwrap();
    assert_eq!(get(&house, &format!("/api/v1/recordings/{id}")).await.status, 404);
    let listed = laura.get(&house, SHARES).await.json;
    assert_eq!(listed["items"][0]["visits"], 1);
    assert!(listed["items"][0]["visited_at"].is_string());
}

#[tokio::test]
async fn a_link_that_was_made_up_taken_back_or_is_over_leads_to_nothing() {
    let house = House::new().await;
    let (lea, otto) = (house.browser("lea").await, house.browser("otto").await);
    let body = json!({ "kind": "recording", "id": house.seeded.recordings[0].to_string() });
    let (line, path) = share(&house, &lea, &body).await;
    let text = path.strip_prefix("/s/").unwrap();
    let nothing = async |path: &str| {
        let gone = get(&house, path).await;
        assert_eq!(gone.status, 404, "{path}: {gone:?}");
        gone.text
    };
    let mut said = vec![nothing("/s/x").await];
    said.push(nothing(&format!("/s/{}", text.to_uppercase())).await);
    said.push(nothing(&format!("/s/{}", &text[..text.len() - 1])).await);
    said.push(nothing(&format!("/s/{text}A")).await);
    said.push(nothing(&format!("/s/{}", line["id"].as_str().unwrap())).await);
    assert_eq!(get(&house, &path).await.status, 200);
    let one = format!("{SHARES}/{}", line["id"].as_str().unwrap());
    let refused = otto.send(house.request("DELETE", &one)).await;
    refused.assert_problem(404, "not-found", &one);
    assert_eq!(lea.send(house.request("DELETE", &one)).await.status, 204);
    said.push(nothing(&path).await);
    let stream = format!("{path}/recordings/{}/stream", house.seeded.recordings[0]);
    said.push(nothing(&stream).await);
    // Whether it ever was a link is not told.
    said.dedup();
    assert_eq!(said.len(), 1, "{said:?}");
    // One of somebody who may not come in any more.
    let (_, path) = share(&house, &lea, &body).await;
    let change = AccountChange { enabled: Some(false), ..AccountChange::default() };
    house.access.change_account(&"lea".parse().unwrap(), change, &operator()).await.unwrap();
    nothing(&path).await;
    let (_, path) = share(
        &house,
        &otto,
        &json!({
            "kind": "recording", "id": house.seeded.recordings[0].to_string(), "days": 1,
        }),
    )
    .await;
    // The clock of the house stands where its accounts were made; links end by it.
    house.pass(100 * 365 * DAY);
    nothing(&path).await;
}

#[tokio::test]
async fn nobody_shares_what_they_do_not_see() {
    let house = House::new().await;
    let (lea, mia) = (house.browser("lea").await, house.browser("mia").await);
    let hidden = house.seeded.albums.last().unwrap().to_string();
    let body = json!({ "kind": "album", "id": hidden });
    lea.post(&house, SHARES, &body).await.assert_problem(404, "not-found", SHARES);
    let (_, path) = share(&house, &mia, &body).await;
    assert_eq!(get(&house, &path).await.status, 200);
    for (bad, status) in [
        (json!({ "kind": "album", "id": "x" }), 422),
        (json!({ "kind": "song", "id": hidden }), 422),
        (json!({ "kind": "album", "id": hidden, "days": 0 }), 422),
        (json!({ "kind": "album" }), 422),
    ] {
        assert_eq!(mia.post(&house, SHARES, &bad).await.status, status, "{bad}");
    }
    let playlist = house.seeded.playlist.to_string();
    let (_, path) = share(&house, &lea, &json!({ "kind": "playlist", "id": playlist })).await;
    let music = get(&house, &format!("{path}/recordings")).await.json;
    // What of it is published: she sees no more.
    assert_eq!(music["recordings"].as_array().unwrap().len() as u64, 4 * ON_EACH + 1);
}
