//! Looking through what there is.

use std::collections::BTreeSet;

use serde_json::Value;

use super::player::Player;
use crate::entrance::house::House;
use crate::seed::{ALBUMS, ON_EACH};

const PUBLISHED_ALBUMS: usize = ALBUMS as usize - 1;
const PUBLISHED: usize = PUBLISHED_ALBUMS * ON_EACH as usize + 1;

fn items<'v>(said: &'v Value, list: &str, item: &str) -> &'v Vec<Value> {
    said[list][item].as_array().unwrap()
}

fn ids(items: &[Value]) -> BTreeSet<String> {
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn an_artist_leads_to_albums_and_these_to_songs() {
    let house = House::new().await;
    let lea = Player::of(&house, "lea").await;
    let folders = lea.ok("getMusicFolders", "").await;
    assert_eq!(items(&folders, "musicFolders", "musicFolder")[0]["id"], 1);
    for endpoint in ["getArtists", "getIndexes"] {
        let said = lea.ok(endpoint, "musicFolderId=1").await;
        let index =
            said[if endpoint == "getArtists" { "artists" } else { "indexes" }]["index"].clone();
        assert_eq!(index[0]["name"], "K");
        assert_eq!(index[0]["artist"][0]["name"], "Khruangbin");
        assert_eq!(index[0]["artist"][0]["albumCount"], PUBLISHED_ALBUMS);
        assert_eq!(lea.refused(endpoint, "musicFolderId=2").await, 70);
    }
    let said = lea.ok("getArtists", "").await;
    let artist = said["artists"]["index"][0]["artist"][0]["id"].as_str().unwrap().to_owned();
    let said = lea.ok("getArtist", &format!("id={artist}")).await;
    let albums = items(&said, "artist", "album");
    assert_eq!(albums.len(), PUBLISHED_ALBUMS);
    let album = albums[0]["id"].as_str().unwrap();
    let said = lea.ok("getAlbum", &format!("id={album}")).await;
    let (told, songs) = (&said["album"], items(&said, "album", "song"));
    assert_eq!((&told["songCount"], &told["year"]), (&ON_EACH.into(), &2018.into()));
    assert_eq!(songs.len(), ON_EACH as usize);
    for song in songs {
        assert_eq!(song["albumId"], album);
        assert_eq!(song["artistId"], artist.as_str());
        assert_eq!((&song["suffix"], &song["contentType"]), (&"wav".into(), &"audio/wav".into()));
        assert!(song["path"].as_str().unwrap().starts_with("Khruangbin/Álbum"), "{song}");
        let one = lea.ok("getSong", &format!("id={}", song["id"].as_str().unwrap())).await;
        // The gain of an album is told where all of it is.
        assert_eq!(
            (&one["song"]["title"], &one["song"]["track"]),
            (&song["title"], &song["track"])
        );
    }
    let tracks: Vec<_> = songs.iter().map(|song| song["track"].as_i64().unwrap()).collect();
    assert!(tracks.is_sorted(), "{tracks:?}");
    let directory = lea.ok("getMusicDirectory", &format!("id={artist}")).await;
    let children = items(&directory, "directory", "child");
    assert_eq!(children.len(), PUBLISHED_ALBUMS + 1);
    assert_eq!(children.iter().filter(|child| child["isDir"] == true).count(), PUBLISHED_ALBUMS);
    let directory = lea.ok("getMusicDirectory", &format!("id={album}")).await;
    assert_eq!(items(&directory, "directory", "child").len(), songs.len());
    assert_eq!(directory["directory"]["parent"], artist.as_str());
    for endpoint in ["getArtistInfo", "getArtistInfo2", "getSimilarSongs2"] {
        lea.ok(endpoint, &format!("id={artist}")).await;
    }
    lea.ok("getAlbumInfo2", &format!("id={album}")).await;
    let song = songs[0]["id"].as_str().unwrap();
    lea.ok("getLyricsBySongId", &format!("id={song}")).await;
    lea.ok("getLyrics", "artist=x&title=y").await;
    let similar = lea.ok("getSimilarSongs", &format!("id={song}&count=5")).await;
    assert!(!ids(items(&similar, "similarSongs", "song")).contains(song), "{similar}");
}

#[tokio::test]
async fn every_list_of_albums_comes_in_pages() {
    let house = House::new().await;
    let lea = Player::of(&house, "lea").await;
    let album = lea.ok("getAlbumList2", "type=newest&size=1").await;
    let album = items(&album, "albumList2", "album")[0]["id"].as_str().unwrap().to_owned();
    let song = lea.ok("getAlbum", &format!("id={album}")).await;
    let song = song["album"]["song"][0]["id"].as_str().unwrap().to_owned();
    lea.ok("scrobble", &format!("id={song}")).await;
    lea.ok("star", &format!("albumId={album}")).await;
    lea.ok("setRating", &format!("id={album}&rating=4")).await;
    for (query, expected) in [
        ("type=random", PUBLISHED_ALBUMS),
        ("type=newest", PUBLISHED_ALBUMS),
        ("type=alphabeticalByName", PUBLISHED_ALBUMS),
        ("type=alphabeticalByArtist", PUBLISHED_ALBUMS),
        ("type=byYear&fromYear=2018&toYear=2018", PUBLISHED_ALBUMS),
        ("type=byYear&fromYear=2030&toYear=2019", 0),
        ("type=byGenre&genre=Soul", PUBLISHED_ALBUMS),
        ("type=byGenre&genre=Polka", 0),
        ("type=highest", 1),
        ("type=frequent", 1),
        ("type=recent", 1),
        ("type=starred", 1),
    ] {
        for (endpoint, list) in [("getAlbumList2", "albumList2"), ("getAlbumList", "albumList")] {
            let all = lea.ok(endpoint, &format!("{query}&size=500")).await;
            assert_eq!(items(&all, list, "album").len(), expected, "{query}");
            if query == "type=random" {
                continue;
            }
            let mut paged = Vec::new();
            for offset in 0..expected {
                let page = lea.ok(endpoint, &format!("{query}&size=1&offset={offset}")).await;
                paged.extend(items(&page, list, "album").clone());
            }
            assert_eq!(&paged, items(&all, list, "album"), "{query}");
        }
    }
    let marked = lea.ok("getAlbumList2", "type=highest").await;
    let marked = &items(&marked, "albumList2", "album")[0];
    assert_eq!((&marked["userRating"], &marked["playCount"]), (&4.into(), &1.into()));
    assert!(marked["starred"].is_string() && marked["played"].is_string(), "{marked}");
    assert_eq!(lea.refused("getAlbumList2", "").await, 10);
    assert_eq!(lea.refused("getAlbumList2", "type=odd").await, 0);
    assert_eq!(lea.refused("getAlbumList2", "type=byYear&fromYear=2018").await, 10);
    assert_eq!(lea.refused("getAlbumList2", "type=byGenre").await, 10);
    assert_eq!(lea.refused("getAlbumList2", "type=newest&size=many").await, 0);
}

#[tokio::test]
async fn an_empty_search_lists_everything() {
    let house = House::new().await;
    let lea = Player::of(&house, "lea").await;
    for query in ["", "%22%22"] {
        let found = lea
            .ok("search3", &format!("query={query}&artistCount=500&albumCount=500&songCount=500"))
            .await;
        let counts =
            ["artist", "album", "song"].map(|kind| items(&found, "searchResult3", kind).len());
        assert_eq!(counts, [1, PUBLISHED_ALBUMS, PUBLISHED]);
        let mut songs = BTreeSet::new();
        for offset in (0..=PUBLISHED).step_by(5) {
            let query =
                format!("query={query}&artistCount=0&albumCount=0&songCount=5&songOffset={offset}");
            let page = lea.ok("search3", &query).await;
            assert!(items(&page, "searchResult3", "artist").is_empty());
            songs.extend(ids(items(&page, "searchResult3", "song")));
        }
        assert_eq!(songs, ids(items(&found, "searchResult3", "song")));
    }
    let found = lea.ok("search3", "query=khru").await;
    assert_eq!(items(&found, "searchResult3", "artist").len(), 1);
    let found = lea.ok("search2", "query=third%20room").await;
    assert_eq!(items(&found, "searchResult2", "song").len(), PUBLISHED);
    assert_eq!(lea.refused("search3", "").await, 10);
}

#[tokio::test]
async fn genres_and_chance_give_songs() {
    let house = House::new().await;
    let lea = Player::of(&house, "lea").await;
    let genres = lea.ok("getGenres", "").await;
    let genre = &items(&genres, "genres", "genre")[0];
    assert_eq!((&genre["value"], &genre["songCount"]), (&"Soul".into(), &PUBLISHED.into()));
    let of = lea.ok("getSongsByGenre", "genre=Soul&count=500").await;
    assert_eq!(items(&of, "songsByGenre", "song").len(), PUBLISHED);
    assert_eq!(lea.refused("getSongsByGenre", "").await, 10);
    let some = lea.ok("getRandomSongs", "size=3").await;
    assert_eq!(items(&some, "randomSongs", "song").len(), 3);
    let none = lea.ok("getRandomSongs", "size=3&genre=Polka").await;
    assert!(items(&none, "randomSongs", "song").is_empty());
    let top = lea.ok("getTopSongs", "artist=khruangbin").await;
    assert_eq!(items(&top, "topSongs", "song").len(), PUBLISHED);
    assert!(items(&lea.ok("getTopSongs", "artist=nobody").await, "topSongs", "song").is_empty());
    for (endpoint, list, item) in [
        ("getInternetRadioStations", "internetRadioStations", "internetRadioStation"),
        ("getPodcasts", "podcasts", "channel"),
        ("getNewestPodcasts", "newestPodcasts", "episode"),
    ] {
        assert!(items(&lea.ok(endpoint, "").await, list, item).is_empty());
    }
    assert_eq!(lea.ok("getScanStatus", "").await["scanStatus"]["scanning"], false);
    assert_eq!(lea.ok("getLicense", "").await["license"]["valid"], true);
}

#[tokio::test]
async fn what_is_out_of_sight_is_not_there() {
    let house = House::new().await;
    let players = [
        (Player::of(&house, "lea").await, false),
        (Player::of(&house, "otto").await, false),
        (Player::of(&house, "laura").await, true),
        (Player::of(&house, "mia").await, true),
    ];
    let song = format!("so-{}", house.seeded.recordings.last().unwrap());
    let album = format!("al-{}", house.seeded.albums.last().unwrap());
    for (player, sees) in &players {
        for (endpoint, query) in [
            ("getSong", format!("id={song}")),
            ("getAlbum", format!("id={album}")),
            ("getMusicDirectory", format!("id={album}")),
            ("star", format!("id={song}")),
            ("setRating", format!("id={song}&rating=5")),
            ("scrobble", format!("id={song}")),
            ("createBookmark", format!("id={song}&position=5")),
            ("createShare", format!("id={song}")),
            ("createPlaylist", format!("name=x&songId={song}")),
        ] {
            match sees {
                true => drop(player.ok(endpoint, &query).await),
                false => assert_eq!(player.refused(endpoint, &query).await, 70, "{endpoint}"),
            }
        }
        if !sees {
            assert_eq!(player.refused("stream", &format!("id={song}")).await, 70);
            assert_eq!(player.refused("download", &format!("id={song}")).await, 70);
            assert_eq!(player.refused("getCoverArt", &format!("id={song}")).await, 70);
        }
    }
    let (lea, _) = &players[0];
    for id in ["", "1", "so-1", "xx-1", "al-019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11"] {
        let expected = if id.is_empty() { 10 } else { 70 };
        for endpoint in ["getAlbum", "getMusicDirectory", "getSong", "getArtist", "stream"] {
            assert_eq!(
                lea.refused(endpoint, &format!("id={id}")).await,
                expected,
                "{endpoint} {id}"
            );
        }
    }
}
