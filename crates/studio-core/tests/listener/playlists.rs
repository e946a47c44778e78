//! Playlists of listeners.

use studio_core::listener::{NewOwnPlaylist, OwnPlaylistChange};
use studio_core::repo::{PublishRepo as _, Sight};
use studio_core::{ErrorKind, RecordingId};
use studio_domain::{Account, OwnPlaylist, OwnPlaylistId};
use uuid::Uuid;

use crate::stage::{Stage, is_invalid, is_missing, is_not_yours, refused, titles};

fn named(name: &str, recordings: &[RecordingId]) -> NewOwnPlaylist {
    NewOwnPlaylist {
        name: name.parse().expect("a name"),
        comment: None,
        is_public: false,
        recordings: recordings.to_vec(),
    }
}

async fn make(stage: &Stage, by: &Account, name: &str, recordings: &[RecordingId]) -> OwnPlaylist {
    let sight = stage.sight(by).await;
    let made = stage.listeners.create_playlist(by, named(name, recordings), &sight).await;
    made.expect("a playlist")
}

#[tokio::test]
async fn a_private_playlist_is_not_there_for_others() {
    let stage = Stage::new().await;
    let (all, ann, bob) =
        (&stage.listeners, stage.listener("ann").await, stage.listener("bob").await);
    let (boss, [song, ..], sight) = (stage.manager().await, stage.ids(), Sight::Published);
    let made = make(&stage, &ann, "Evening", &[song, song]).await;
    let sheet = all.playlist(&ann, made.id, &sight).await.expect("hers");
    assert_eq!((sheet.line.owner, sheet.line.songs), (ann.name.clone(), 2));
    assert_eq!(sheet.line.length_ms, 120_000);
    assert!(is_missing(all.playlist(&bob, made.id, &sight).await));
    let change = OwnPlaylistChange { is_public: Some(true), ..OwnPlaylistChange::default() };
    assert!(is_missing(all.change_playlist(&bob, made.id, change.clone(), &sight).await));
    assert!(is_missing(all.remove_playlist(&bob, made.id).await));
    assert!(all.playlists(&bob, &sight).await.expect("a list").is_empty());
    // A public one is there for all, and stays its owner's.
    all.change_playlist(&ann, made.id, change, &sight).await.expect("public");
    let sheet = all.playlist(&bob, made.id, &sight).await.expect("public");
    assert_eq!(sheet.line.owner, ann.name);
    assert_eq!(all.playlists(&bob, &sight).await.expect("a list").len(), 1);
    let change = OwnPlaylistChange { add: vec![song], ..OwnPlaylistChange::default() };
    let error = refused(all.change_playlist(&bob, made.id, change.clone(), &sight).await);
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(is_not_yours(all.remove_playlist(&bob, made.id).await));
    // A manager may, and it stays its owner's then too.
    let changed = all.change_playlist(&boss, made.id, change, &Sight::Everything).await;
    assert_eq!(changed.expect("changed").owner, ann.id);
    all.remove_playlist(&boss, made.id).await.expect("removed");
    assert!(is_missing(all.remove_playlist(&ann, made.id).await));
    let nothing = OwnPlaylistId::from_uuid(Uuid::nil());
    assert!(is_missing(all.playlist(&boss, nothing, &Sight::Everything).await));
}

#[tokio::test]
async fn only_what_is_in_sight_comes_onto_a_playlist() {
    let stage = Stage::new().await;
    let (all, ann) = (&stage.listeners, stage.listener("ann").await);
    let ([song, demo, ..], sight) = (stage.ids(), Sight::Published);
    assert!(is_missing(all.create_playlist(&ann, named("Bad", &[song, demo]), &sight).await));
    let made = make(&stage, &ann, "Good", &[song]).await;
    for change in [
        OwnPlaylistChange { add: vec![demo], ..OwnPlaylistChange::default() },
        OwnPlaylistChange { replace: Some(vec![demo]), ..OwnPlaylistChange::default() },
    ] {
        assert!(is_missing(all.change_playlist(&ann, made.id, change, &sight).await));
    }
    let kept = all.playlist(&ann, made.id, &sight).await.expect("as it was");
    assert_eq!(titles(&kept.recordings), ["Jezebel"]);
}

#[tokio::test]
async fn a_change_is_of_what_is_named() {
    let stage = Stage::new().await;
    let (all, helen) = (&stage.listeners, stage.artist().await);
    let ([song, demo, sketch, drone], sight) = (stage.ids(), stage.sight(&helen).await);
    let made = make(&stage, &helen, "Mine", &[song, demo, sketch, drone]).await;
    let none = OwnPlaylistChange::default();
    let same = all.change_playlist(&helen, made.id, none.clone(), &sight).await;
    assert_eq!(same.expect("nothing to do"), made);
    let change = OwnPlaylistChange {
        name: "Ours".parse().ok(),
        comment: Some("for later".parse().ok()),
        remove: vec![3, 1, 1],
        add: vec![song],
        ..none.clone()
    };
    let changed = all.change_playlist(&helen, made.id, change, &sight).await.expect("changed");
    assert_eq!(changed.recordings, [song, sketch, song]);
    assert_eq!((changed.name.as_str(), changed.is_public), ("Ours", false));
    assert!(changed.changed_at > made.changed_at);
    // The places are those that are seen: the hidden one in between stays.
    let change = OwnPlaylistChange { remove: vec![1], ..none.clone() };
    let changed = all.change_playlist(&helen, made.id, change, &Sight::Published).await;
    assert_eq!(changed.expect("changed").recordings, [song, sketch]);
    let beyond = OwnPlaylistChange { remove: vec![2], ..none.clone() };
    assert!(is_invalid(all.change_playlist(&helen, made.id, beyond, &sight).await));
    let change = OwnPlaylistChange { comment: Some(None), replace: Some(vec![drone]), ..none };
    let changed = all.change_playlist(&helen, made.id, change, &sight).await.expect("changed");
    assert_eq!((changed.comment, changed.recordings), (None, vec![drone]));
    // What goes from the catalogue goes from it.
    stage.catalog.remove_recording(drone).await.expect("removed");
    let sheet = all.playlist(&helen, made.id, &sight).await.expect("empty");
    assert_eq!((sheet.line.songs, sheet.recordings), (0, Vec::new()));
}

#[tokio::test]
async fn a_playlist_has_an_end() {
    let stage = Stage::new().await;
    let (all, ann) = (&stage.listeners, stage.listener("ann").await);
    let ([song, ..], sight) = (stage.ids(), Sight::Published);
    let many = vec![song; 10_001];
    assert!(is_invalid(all.create_playlist(&ann, named("Long", &many), &sight).await));
    let made = make(&stage, &ann, "Long", &many[..10_000]).await;
    let sheet = all.playlist(&ann, made.id, &sight).await.expect("all of it");
    assert_eq!(sheet.recordings.len(), 10_000);
    for change in [
        OwnPlaylistChange { add: vec![song], ..OwnPlaylistChange::default() },
        OwnPlaylistChange { replace: Some(many), ..OwnPlaylistChange::default() },
    ] {
        assert!(is_invalid(all.change_playlist(&ann, made.id, change, &sight).await));
    }
    let change =
        OwnPlaylistChange { remove: vec![0], add: vec![song], ..OwnPlaylistChange::default() };
    let changed = all.change_playlist(&ann, made.id, change, &sight).await.expect("as many");
    assert_eq!(changed.recordings.len(), 10_000);
}
