//! What listeners think, keep and share.

use serde_json::Value;

use super::player::Player;
use crate::entrance::house::{House, answer};

async fn songs(player: &Player<'_>, count: usize) -> Vec<String> {
    let found = player.ok("search3", "query=&artistCount=0&albumCount=0&songCount=50").await;
    let songs = found["searchResult3"]["song"].as_array().unwrap().iter();
    songs.take(count).map(|song| song["id"].as_str().unwrap().to_owned()).collect()
}

fn entries(list: &Value) -> Vec<String> {
    let entries = list["entry"].as_array().unwrap().iter();
    entries.map(|song| song["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn stars_ratings_and_plays_are_told_to_their_listener_alone() {
    let house = House::new().await;
    let (lea, otto) = (Player::of(&house, "lea").await, Player::of(&house, "otto").await);
    let song = songs(&lea, 1).await.remove(0);
    let artist = lea.ok("getSong", &format!("id={song}")).await;
    let artist = artist["song"]["artistId"].as_str().unwrap().to_owned();
    lea.ok("star", &format!("id={song}&artistId={artist}")).await;
    lea.ok("setRating", &format!("id={song}&rating=5")).await;
    lea.ok("scrobble", &format!("id={song}&id={song}&time=1700000000000&time=1700000100000")).await;
    // The same once more is no other play.
    lea.ok("scrobble", &format!("id={song}&time=1700000000000")).await;
    let own = lea.ok("getSong", &format!("id={song}")).await["song"].clone();
    assert_eq!((&own["userRating"], &own["playCount"]), (&5.into(), &2.into()));
    assert_eq!(own["played"], "2023-11-14T22:15:00.000000Z");
    assert!(own["starred"].is_string());
    let others = otto.ok("getSong", &format!("id={song}")).await["song"].clone();
    assert_eq!(others["playCount"], 0);
    assert!(others.get("userRating").is_none() && others.get("starred").is_none(), "{others}");
    for (endpoint, list) in [("getStarred2", "starred2"), ("getStarred", "starred")] {
        let starred = lea.ok(endpoint, "").await;
        assert_eq!(starred[list]["song"][0]["id"], song.as_str());
        assert_eq!(starred[list]["artist"][0]["id"], artist.as_str());
        assert_eq!(otto.ok(endpoint, "").await[list]["song"].as_array().unwrap().len(), 0);
    }
    lea.ok("unstar", &format!("id={song}&artistId={artist}")).await;
    lea.ok("setRating", &format!("id={song}&rating=0")).await;
    let own = lea.ok("getSong", &format!("id={song}")).await["song"].clone();
    assert!(own.get("userRating").is_none() && own.get("starred").is_none(), "{own}");
    // Nothing of it is on pages for everybody.
    let id = song.strip_prefix("so-").unwrap();
    let public = answer(house.request("GET", &format!("/api/v1/recordings/{id}"))).await;
    for word in ["star", "rating", "play_count", "plays"] {
        assert!(!public.text.contains(&format!("\"{word}")), "{word} in {public:?}");
    }
    for query in ["", "rating=6", "rating=x"] {
        assert_ne!(lea.refused("setRating", &format!("id={song}&{query}")).await, 70);
    }
    assert_eq!(lea.refused("star", "").await, 10);
    assert_eq!(lea.refused("scrobble", &format!("id={song}&time=99999999999999")).await, 0);
}

#[tokio::test]
async fn what_is_played_now_is_no_play() {
    let house = House::new().await;
    let (lea, mia) = (Player::of(&house, "lea").await, Player::of(&house, "mia").await);
    let song = songs(&lea, 1).await.remove(0);
    lea.ok("scrobble", &format!("id={song}&submission=false")).await;
    let playing = lea.ok("getNowPlaying", "").await["nowPlaying"]["entry"].clone();
    assert_eq!(
        (&playing[0]["id"], &playing[0]["username"]),
        (&song.as_str().into(), &"lea".into())
    );
    assert_eq!(playing[0]["playerName"], "test");
    assert_eq!(mia.ok("getNowPlaying", "").await["nowPlaying"]["entry"][0]["username"], "lea");
    let otto = Player::of(&house, "otto").await;
    assert_eq!(otto.ok("getNowPlaying", "").await["nowPlaying"]["entry"], Value::Array(vec![]));
    assert_eq!(lea.ok("getSong", &format!("id={song}")).await["song"]["playCount"], 0);
}

#[tokio::test]
async fn a_playlist_is_made_changed_and_taken_out() {
    let house = House::new().await;
    let (lea, otto) = (Player::of(&house, "lea").await, Player::of(&house, "otto").await);
    let songs = songs(&lea, 4).await;
    let [a, b, c, d] = [0, 1, 2, 3].map(|n| songs[n].as_str());
    let made = lea
        .ok("createPlaylist", &format!("name=Sunday%20%26%20more&songId={a}&songId={b}&songId={a}"))
        .await;
    let list = &made["playlist"];
    assert_eq!((&list["name"], &list["songCount"]), (&"Sunday & more".into(), &3.into()));
    assert_eq!(entries(list), [a, b, a]);
    let id = list["id"].as_str().unwrap().to_owned();
    assert_eq!(otto.refused("getPlaylist", &format!("id={id}")).await, 70);
    assert_eq!(otto.refused("updatePlaylist", &format!("playlistId={id}&name=Mine")).await, 70);
    let change = format!(
        "playlistId={id}&comment=slow&public=true&songIndexToRemove=0&songIdToAdd={c}&songIdToAdd={d}"
    );
    lea.ok("updatePlaylist", &change).await;
    let now = otto.ok("getPlaylist", &format!("id={id}")).await["playlist"].clone();
    assert_eq!(entries(&now), [b, a, c, d]);
    assert_eq!(
        (&now["comment"], &now["owner"], &now["readonly"]),
        (&"slow".into(), &"lea".into(), &true.into())
    );
    assert_eq!(otto.refused("updatePlaylist", &format!("playlistId={id}&name=Mine")).await, 50);
    assert_eq!(otto.refused("deletePlaylist", &format!("id={id}")).await, 50);
    lea.ok("createPlaylist", &format!("playlistId={id}&songId={d}")).await;
    assert_eq!(entries(&lea.ok("getPlaylist", &format!("id={id}")).await["playlist"]), [d]);
    let listed = lea.ok("getPlaylists", "").await["playlists"]["playlist"].clone();
    let names: Vec<_> =
        listed.as_array().unwrap().iter().map(|list| list["name"].clone()).collect();
    // The one of the studio is there for everybody, and nobody's to change.
    assert_eq!(names, ["Sunday & more", "Sunday"]);
    let studios = listed[1]["id"].as_str().unwrap();
    assert_eq!(listed[1]["readonly"], true);
    let of_studio = lea.ok("getPlaylist", &format!("id={studios}")).await["playlist"].clone();
    assert_eq!(entries(&of_studio).len() as i64, of_studio["songCount"].as_i64().unwrap());
    assert_eq!(lea.refused("updatePlaylist", &format!("playlistId={studios}&name=x")).await, 50);
    assert_eq!(lea.refused("createPlaylist", "").await, 10);
    assert_eq!(
        lea.refused("updatePlaylist", &format!("playlistId={id}&songIndexToRemove=7")).await,
        0
    );
    lea.ok("deletePlaylist", &format!("id={id}")).await;
    assert_eq!(lea.refused("getPlaylist", &format!("id={id}")).await, 70);
    assert_eq!(lea.refused("getPlaylists", "username=otto").await, 50);
}

#[tokio::test]
async fn a_queue_goes_on_in_another_player() {
    let house = House::new().await;
    let (lea, otto) = (Player::of(&house, "lea").await, Player::of(&house, "otto").await);
    let songs = songs(&lea, 3).await;
    assert!(entries(&lea.ok("getPlayQueue", "").await["playQueue"]).is_empty());
    let [a, b, c] = [0, 1, 2].map(|n| songs[n].as_str());
    lea.ok("savePlayQueue", &format!("id={a}&id={b}&id={c}&id={b}&current={b}&position=4200"))
        .await;
    let queue = lea.ok("getPlayQueue", "").await["playQueue"].clone();
    assert_eq!(entries(&queue), [a, b, c, b]);
    assert_eq!((&queue["current"], &queue["position"]), (&b.into(), &4200.into()));
    assert_eq!(queue["changedBy"], "test");
    lea.ok("savePlayQueueByIndex", &format!("id={a}&id={b}&id={b}&currentIndex=2&position=7"))
        .await;
    let queue = lea.ok("getPlayQueueByIndex", "").await["playQueueByIndex"].clone();
    assert_eq!((&queue["currentIndex"], &queue["position"]), (&2.into(), &7.into()));
    assert!(entries(&otto.ok("getPlayQueue", "").await["playQueue"]).is_empty());
    assert_eq!(lea.refused("savePlayQueueByIndex", &format!("id={a}&currentIndex=1")).await, 0);
    assert_eq!(lea.refused("savePlayQueue", &format!("id={a}&current={c}")).await, 0);
    lea.ok("savePlayQueue", "").await;
    assert!(entries(&lea.ok("getPlayQueue", "").await["playQueue"]).is_empty());
}

#[tokio::test]
async fn a_bookmark_is_where_it_was_set() {
    let house = House::new().await;
    let lea = Player::of(&house, "lea").await;
    let song = songs(&lea, 1).await.remove(0);
    lea.ok("createBookmark", &format!("id={song}&position=61000&comment=the%20bridge")).await;
    lea.ok("createBookmark", &format!("id={song}&position=62000")).await;
    let marks = lea.ok("getBookmarks", "").await["bookmarks"]["bookmark"].clone();
    assert_eq!(marks.as_array().unwrap().len(), 1);
    assert_eq!(
        (&marks[0]["position"], &marks[0]["entry"]["id"]),
        (&62000.into(), &song.as_str().into())
    );
    let otto = Player::of(&house, "otto").await;
    assert_eq!(otto.ok("getBookmarks", "").await["bookmarks"]["bookmark"], Value::Array(vec![]));
    lea.ok("deleteBookmark", &format!("id={song}")).await;
    assert_eq!(lea.ok("getBookmarks", "").await["bookmarks"]["bookmark"], Value::Array(vec![]));
    assert_eq!(lea.refused("createBookmark", &format!("id={song}")).await, 10);
}

#[tokio::test]
async fn a_share_is_made_changed_and_taken_out() {
    let house = House::new().await;
    let (lea, otto) = (Player::of(&house, "lea").await, Player::of(&house, "otto").await);
    let songs = songs(&lea, 2).await;
    let made = lea.ok("createShare", &format!("id={}&description=listen", songs[0])).await;
    let share = made["shares"]["share"][0].clone();
    assert_eq!((&share["username"], &share["visitCount"]), (&"lea".into(), &0.into()));
    assert_eq!(entries(&share), [songs[0].as_str()]);
    let url = share["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://{}/s/", house.service.address)), "{url}");
    let id = share["id"].as_str().unwrap();
    assert_eq!(otto.ok("getShares", "").await["shares"]["share"], Value::Array(vec![]));
    assert_eq!(otto.refused("updateShare", &format!("id={id}&description=x")).await, 70);
    assert_eq!(otto.refused("deleteShare", &format!("id={id}")).await, 70);
    lea.ok("updateShare", &format!("id={id}&description=listen%20to%20it&expires=32503680000000"))
        .await;
    let now = lea.ok("getShares", "").await["shares"]["share"][0].clone();
    assert_eq!(
        (&now["description"], &now["expires"]),
        (&"listen to it".into(), &"3000-01-01T00:00:00.000000Z".into())
    );
    assert_eq!(now["url"], share["url"]);
    assert_eq!(lea.refused("updateShare", &format!("id={id}&expires=1000")).await, 0);
    assert_eq!(lea.refused("createShare", &format!("id={}&id={}", songs[0], songs[1])).await, 0);
    assert_eq!(lea.refused("createShare", "").await, 10);
    lea.ok("deleteShare", &format!("id={id}")).await;
    assert_eq!(lea.ok("getShares", "").await["shares"]["share"], Value::Array(vec![]));
}
