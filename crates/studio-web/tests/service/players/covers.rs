//! Pictures for players, of what really has one; and sound that is sound.

use image::GenericImageView as _;
use reqwest::RequestBuilder;
use serde_json::Value;

use super::player::Player;
use crate::entrance::house::House;
use crate::seed::band;

/// What kind of bytes come, and the bytes.
async fn binary(request: RequestBuilder) -> (String, Vec<u8>) {
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "{response:?}");
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    (kind, response.bytes().await.unwrap().to_vec())
}

/// The sides of a picture in pixels, and whether it is rather red than blue.
async fn shown(house: &House, player: &Player<'_>, id: &str, size: &str) -> (u32, u32, bool) {
    let path = player.path("getCoverArt", &format!("id={id}{size}"));
    let (kind, bytes) = binary(house.request("GET", &path)).await;
    assert_eq!(kind, "image/jpeg", "{id}{size}");
    let picture = image::load_from_memory(&bytes).unwrap();
    let [red, _, blue, _] = picture.get_pixel(5, 5).0;
    (picture.width(), picture.height(), red > blue)
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn covers_are_those_that_answers_name() {
    let house = House::new().await;
    band::take_in(&house.seeded.studio).await;
    let lea = Player::of(&house, "lea").await;
    let found = lea.ok("search3", "query=Lampwright").await;
    let artist = text(&found["searchResult3"]["artist"][0]["coverArt"]);
    let artist_id = text(&found["searchResult3"]["artist"][0]["id"]);
    let albums = lea.ok("getArtist", &format!("id={artist_id}")).await;
    let albums = albums["artist"]["album"].as_array().unwrap().clone();
    let named = |title: &str| albums.iter().find(|album| album["name"] == title).unwrap();
    let (harbour, tides) = (named("Harbour"), named("Tides"));
    assert_eq!(shown(&house, &lea, &text(&harbour["coverArt"]), "").await, (400, 300, true));
    assert_eq!(shown(&house, &lea, &artist, "&size=100").await, (128, 96, true));
    // A player shows nothing in the place of what names no picture.
    assert_eq!(tides["coverArt"], Value::Null);
    assert_eq!(lea.refused("getCoverArt", &format!("id={}", text(&tides["id"]))).await, 70);
    let on = lea.ok("getAlbum", &format!("id={}", text(&harbour["id"]))).await;
    let side = text(&on["album"]["song"][0]["coverArt"]);
    assert_eq!(shown(&house, &lea, &side, "&size=300").await, (300, 225, true));
    let single = lea.ok("search3", "query=Low%20Water").await;
    let single = &single["searchResult3"]["song"][0];
    assert_eq!(shown(&house, &lea, &text(&single["coverArt"]), "").await, (400, 300, false));
    let first = text(&single["id"]);
    let made = lea.ok("createPlaylist", &format!("name=Sea&songId={first}")).await;
    let list = text(&made["playlist"]["id"]);
    assert_eq!(shown(&house, &lea, &list, "").await, (400, 300, false));
}

#[tokio::test]
async fn sound_is_described_as_it_is_and_sent_byte_by_byte() {
    let house = House::new().await;
    band::take_in(&house.seeded.studio).await;
    let lea = Player::of(&house, "lea").await;
    let found = lea.ok("search3", "query=Low%20Water").await;
    let song = &found["searchResult3"]["song"][0];
    let told = ["duration", "bitRate", "samplingRate", "bitDepth", "channelCount"];
    assert_eq!(told.map(|field| song[field].as_i64()), [1, 1536, 48_000, 16, 2].map(Some));
    assert_eq!(song["size"].as_u64().unwrap(), band::sound(4).len() as u64);
    for endpoint in ["stream", "download"] {
        let path = lea.path(endpoint, &format!("id={}", text(&song["id"])));
        let (kind, bytes) = binary(house.request("GET", &path)).await;
        assert_eq!(kind, "audio/wav", "{endpoint}");
        assert!(bytes == band::sound(4), "{endpoint}: {} bytes", bytes.len());
    }
}
