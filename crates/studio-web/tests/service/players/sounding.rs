//! Sound and pictures for players.

use super::player::{Player, said};
use crate::entrance::house::{House, answer};
use crate::seed::SOUND;
use crate::support::Answer;

async fn song(player: &Player<'_>) -> String {
    let found = player.ok("getRandomSongs", "size=1").await;
    found["randomSongs"]["song"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn sound_comes_whole_and_in_parts_by_query_and_by_form() {
    let house = House::new().await;
    let lea = Player::of(&house, "lea").await;
    let id = song(&lea).await;
    let query = format!("{}&id={id}&format=raw", lea.common());
    let text = String::from_utf8_lossy(SOUND);
    let by_query = |method: &str| house.request(method, &format!("/rest/stream?{query}"));
    let by_form = || {
        let kind = "application/x-www-form-urlencoded";
        let request = house.request("POST", "/rest/stream.view").header("content-type", kind);
        request.body(query.clone())
    };
    for request in [by_query("GET"), by_form()] {
        let whole = answer(request).await;
        assert_eq!((whole.status, whole.text.as_str()), (200, &*text), "{whole:?}");
        assert_eq!(whole.header("content-type"), "audio/wav");
        assert_eq!(whole.header("accept-ranges"), "bytes");
    }
    for request in [by_query("GET"), by_form()] {
        let part: Answer = answer(request.header("range", "bytes=5-8")).await;
        assert_eq!((part.status, part.text.as_bytes()), (206, &SOUND[5..=8]), "{part:?}");
        assert_eq!(part.header("content-range"), format!("bytes 5-8/{}", SOUND.len()));
    }
    let head = answer(by_query("HEAD")).await;
    assert_eq!(
        (head.status, head.header("content-length")),
        (200, SOUND.len().to_string().as_str())
    );
    let beyond = answer(by_query("GET").header("range", "bytes=9999-")).await;
    assert_eq!(beyond.status, 416);
    let saved = answer(house.request("GET", &format!("/rest/download?{query}"))).await;
    assert!(saved.header("content-disposition").starts_with("attachment"), "{saved:?}");
    // To send sound is not to play it.
    let played = lea.ok("getSong", &format!("id={id}")).await;
    assert_eq!(played["song"]["playCount"], 0);
}

#[tokio::test]
async fn what_cannot_be_sent_is_told_in_an_envelope() {
    let house = House::new().await;
    let lea = Player::of(&house, "lea").await;
    let id = song(&lea).await;
    for (endpoint, query, code) in [
        ("stream", String::new(), 10),
        ("stream", "id=so-x".to_owned(), 70),
        ("stream", format!("id={id}&maxBitRate=much"), 0),
        // Nothing but text lies there: no picture, and no samples to make something of.
        ("getCoverArt", format!("id={id}"), 70),
        ("getCoverArt", "id=".to_owned(), 10),
        ("getCoverArt", "id=pl-1".to_owned(), 70),
        ("stream", format!("id={id}&format=flac"), 70),
    ] {
        let refused = answer(house.request("GET", &lea.path(endpoint, &query))).await;
        assert_eq!(refused.status, 200, "{refused:?}");
        assert_eq!(said(&refused)["error"]["code"], code, "{endpoint}?{query}: {refused:?}");
    }
}
