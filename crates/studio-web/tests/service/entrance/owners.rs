//! What is an artist's own, and nobody else's.

use serde_json::Value;

use super::house::{Browser, House, answer};
use crate::seed::{ALBUMS, ON_EACH};

/// How many items a listing has, for somebody.
async fn count(house: &House, browser: Option<&Browser>, path: &str) -> usize {
    let request = house.request("GET", &format!("/api/v1/{path}"));
    let answer = match browser {
        Some(browser) => browser.send(request).await,
        None => answer(request).await,
    };
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json["items"].as_array().or(answer.json["recordings"].as_array()).unwrap().len()
}

async fn status(house: &House, browser: Option<&Browser>, path: &str) -> u16 {
    let request = house.request("GET", &format!("/api/v1/{path}"));
    match browser {
        Some(browser) => browser.send(request).await.status,
        None => answer(request).await.status,
    }
}

#[tokio::test]
async fn what_is_not_published_is_seen_by_its_artist_and_the_studio() {
    let house = House::new().await;
    let (mia, laura) = (house.browser("mia").await, house.browser("laura").await);
    let (otto, lea) = (house.browser("otto").await, house.browser("lea").await);
    let album = house.seeded.albums.last().unwrap();
    let recording = house.seeded.recordings.last().unwrap();
    let paths = [
        format!("albums/{album}"),
        format!("artists/khruangbin/albums/album-{}", ALBUMS - 1),
        format!("recordings/{recording}"),
        format!("recordings/{recording}/stream"),
    ];
    for path in &paths {
        for own in [&mia, &laura] {
            assert_eq!(status(&house, Some(own), path).await, 200, "{path}");
        }
        for other in [Some(&otto), Some(&lea), None] {
            assert_eq!(status(&house, other, path).await, 404, "{path}");
        }
    }
    let all = usize::try_from(ALBUMS * ON_EACH + 2).unwrap();
    let published = usize::try_from((ALBUMS - 1) * ON_EACH + 1).unwrap();
    let own = "artists/khruangbin/recordings?limit=200";
    for (browser, expected) in [
        (Some(&mia), all),
        (Some(&laura), all),
        (Some(&otto), published),
        (Some(&lea), published),
        (None, published),
    ] {
        assert_eq!(count(&house, browser, own).await, expected);
    }
    // The listing of everything is the same for all but the studio.
    assert_eq!(count(&house, Some(&laura), "recordings?limit=200").await, published);
    assert_eq!(count(&house, Some(&mia), "recordings?limit=200").await, all);
    assert_eq!(count(&house, Some(&laura), "search?q=third&limit=100").await, published);
    let list = format!("playlists/{}/recordings?limit=200", house.seeded.playlist);
    assert_eq!(count(&house, Some(&lea), &list).await, published);
    assert_eq!(count(&house, Some(&mia), &list).await, all);
}

#[tokio::test]
async fn what_is_worked_on_is_seen_by_its_artist_and_the_studio() {
    let house = House::new().await;
    let (mia, laura) = (house.browser("mia").await, house.browser("laura").await);
    let (otto, lea) = (house.browser("otto").await, house.browser("lea").await);
    let items = async |path: String| -> Value {
        mia.get(&house, &format!("/api/v1/{path}")).await.json["items"][0]["id"].clone()
    };
    let song = items("artists/khruangbin/songs".to_owned()).await.as_str().unwrap().to_owned();
    let track = items(format!("songs/{song}/tracks")).await.as_str().unwrap().to_owned();
    let version = items(format!("tracks/{track}/versions")).await.as_str().unwrap().to_owned();
    for path in [
        "artists/khruangbin/songs".to_owned(),
        "artists/khruangbin/songs/maria-tambien".to_owned(),
        format!("songs/{song}"),
        format!("songs/{song}/tracks"),
        format!("songs/{song}/picks"),
        format!("songs/{song}/releases"),
        format!("tracks/{track}"),
        format!("tracks/{track}/versions"),
        format!("versions/{version}"),
    ] {
        assert_eq!(status(&house, Some(&mia), &path).await, 200, "{path}");
        assert_eq!(status(&house, Some(&laura), &path).await, 200, "{path}");
        assert_eq!(status(&house, Some(&otto), &path).await, 404, "{path}");
        assert_eq!(status(&house, Some(&lea), &path).await, 403, "{path}");
        assert_eq!(status(&house, None, &path).await, 401, "{path}");
    }
    for path in ["versions", "releases"] {
        assert_eq!(status(&house, Some(&mia), path).await, 200, "{path}");
        assert_eq!(status(&house, Some(&laura), path).await, 403, "{path}");
    }
}
