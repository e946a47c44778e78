//! Who sees what, and in which orders.

use studio_core::listener::{Found, SearchStretches};
use studio_core::repo::{AlbumOrder, Lot, PublishRepo as _, RecordingOrder, Sight, Stretch};
use studio_core::{ArtistId, ErrorKind, Recording};
use studio_domain::Role;
use studio_testkit::publish_suite::{album, single};

use crate::stage::{Stage, is_invalid, is_missing, refused, titles};

const ALL: Stretch = Stretch { offset: 0, limit: 500 };

#[tokio::test]
async fn each_sees_what_their_role_allows() {
    let stage = Stage::new().await;
    let own = Sight::PublishedAnd([stage.sade].into());
    assert_eq!(stage.sight(&stage.manager().await).await, Sight::Everything);
    let artist = stage.artist().await;
    assert_eq!(stage.sight(&artist).await, own);
    assert_eq!(stage.sight(&stage.listener("ann").await).await, Sight::Published);
    // Nobody, an artist without artists, and a listener who is said to have some.
    assert_eq!(stage.listeners.sight_of(None).await.expect("a sight"), Sight::Published);
    let none = stage.add("noone", Role::Artist, &[]).await;
    assert_eq!(stage.sight(&none).await, Sight::Published);
    let listener = stage.add("fan", Role::Listener, &["Sade"]).await;
    assert_eq!(stage.sight(&listener).await, Sight::Published);
    for mut account in [stage.add("old", Role::Manager, &[]).await, artist] {
        account.disabled_at = Some(stage.now());
        assert_eq!(stage.sight(&account).await, Sight::Published);
    }
}

#[tokio::test]
async fn what_is_out_of_sight_is_not_there() {
    let stage = Stage::new().await;
    let (all, own) = (&stage.listeners, Sight::PublishedAnd([stage.sade].into()));
    let [song, demo, sketch, _] = stage.ids();
    for (sight, is_seen) in [(Sight::Published, false), (own, true), (Sight::Everything, true)] {
        all.recording(song, &sight).await.expect("everybody may hear it");
        assert_eq!(all.recording(demo, &sight).await.is_ok(), is_seen);
        assert_eq!(all.album(stage.hidden.id, &sight).await.is_ok(), is_seen);
        let on_it = all.all_recordings(&RecordingOrder::On(stage.shown.id), &sight).await;
        let expected = if is_seen { vec!["Jezebel", "Demo"] } else { vec!["Jezebel"] };
        assert_eq!(titles(&on_it.expect("a list")), expected);
        let with = all.recordings_with(&[sketch, song], &sight).await.expect("a list");
        assert_eq!(with.len(), if is_seen { 2 } else { 1 });
        let artist = all.artist(stage.sade, &sight).await.expect("an artist");
        assert_eq!(artist.albums, if is_seen { 2 } else { 1 });
        let albums = all.albums(&AlbumOrder::Of(stage.sade), &sight, ALL).await.expect("albums");
        assert_eq!(albums.len(), if is_seen { 2 } else { 1 });
    }
    let error = refused(all.recording(demo, &Sight::Published).await);
    assert_eq!(
        (error.kind(), error.to_string().as_str()),
        (ErrorKind::NotFound, "there is no such recording",)
    );
    let nobody = ArtistId::from_uuid(uuid());
    assert!(is_missing(all.artist(nobody, &Sight::Everything).await));
    assert!(is_invalid(all.recordings_with(&vec![song; 10_001], &Sight::Published).await));
}

fn uuid() -> uuid::Uuid {
    uuid::Uuid::from_u128(7)
}

#[tokio::test]
async fn all_artists_come_by_name_however_many() {
    let stage = Stage::new().await;
    let many: Vec<Recording> =
        (0..1010).map(|n| single(&format!("A {n:04}"), "Song", 100 + n)).collect();
    stage.catalog.put_recordings(&many).await.expect("songs");
    let all = stage.listeners.all_artists(&Sight::Published).await.expect("artists");
    let names: Vec<_> = all.iter().map(|one| one.artist.name.to_string()).collect();
    assert_eq!(names.len(), 1012);
    assert!(names.is_sorted());
    assert_eq!(names[1009..], ["A 1009", "Eno", "Sade"]);
}

async fn search(stage: &Stage, text: &str, limits: [u32; 3]) -> Found {
    let [artists, albums, recordings] = limits.map(|limit| Stretch { offset: 0, limit });
    let stretches = SearchStretches { artists, albums, recordings };
    stage.listeners.search(text, &Sight::Published, stretches).await.expect("a search")
}

#[tokio::test]
async fn a_search_without_words_lists_all_by_name() {
    let stage = Stage::new().await;
    stage.catalog.put_album(&album("Eno", "Airports")).await.expect("an album");
    for text in ["", "  ", "\"\"", " \"\" "] {
        let found = search(&stage, text, [500; 3]).await;
        let names: Vec<_> = found.artists.iter().map(|one| one.artist.name.as_str()).collect();
        assert_eq!(names, ["Eno", "Sade"], "{text:?}");
        let albums: Vec<_> =
            found.albums.iter().map(|listed| listed.entry.album.title.as_str()).collect();
        assert_eq!(albums, ["Airports", "Promise"]);
        assert_eq!(titles(&found.recordings), ["Drone", "Jezebel"]);
    }
    let found = search(&stage, "", [0, 1, 0]).await;
    assert_eq!((found.artists.len(), found.albums.len(), found.recordings.len()), (0, 1, 0));
}

#[tokio::test]
async fn a_search_finds_each_kind_in_its_own_stretch() {
    let stage = Stage::new().await;
    let found = search(&stage, "sade", [500; 3]).await;
    assert_eq!((found.artists.len(), found.albums.len(), found.recordings.len()), (1, 1, 1));
    assert_eq!(search(&stage, "demo", [500; 3]).await, Found::default());
    assert_eq!(search(&stage, "*", [500; 3]).await, Found::default());
    let none = Stretch { offset: 0, limit: 0 };
    let stretches = SearchStretches {
        artists: none,
        albums: none,
        recordings: Stretch { offset: 1, limit: 9 },
    };
    let found = stage.listeners.search("sade", &Sight::Everything, stretches).await;
    assert_eq!(found.expect("a search").recordings.len(), 2);
}

#[tokio::test]
async fn what_is_similar_is_of_the_genre_or_by_the_artist() {
    let stage = Stage::new().await;
    let mut other = single("Eno", "Soulful", 50);
    other.genre = Some("soul".parse().expect("a genre"));
    stage.catalog.put_recordings(std::slice::from_ref(&other)).await.expect("a song");
    let (all, sight) = (&stage.listeners, &Sight::Published);
    let [song, demo, _, drone] = stage.ids();
    let found = all.similar_to_recording(song, sight, 10).await.expect("some");
    assert_eq!(titles(&found), ["Soulful"]);
    let found = all.similar_to_artist(stage.sade, sight, 10).await.expect("some");
    assert_eq!(found.len(), 2);
    // Without a genre of its own: that of the artist.
    let found = all.similar_to_recording(drone, sight, 1).await.expect("some");
    assert_eq!(found.len(), 1);
    assert!(is_missing(all.similar_to_recording(demo, sight, 10).await));
    let lot = Lot { genre: None, years: Some((1900, 2000)) };
    assert_eq!(all.by_chance(&lot, sight, 10).await.expect("none"), []);
    assert_eq!(all.by_chance(&Lot::default(), sight, 10).await.expect("all").len(), 3);
}
