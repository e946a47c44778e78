//! Stars, ratings, plays, bookmarks and queues.

use studio_core::listener::NewQueue;
use studio_core::repo::{PublishRepo as _, Sight};
use studio_core::{AlbumId, RecordingId, Timestamp};
use studio_domain::{Rating, Subject};
use uuid::Uuid;

use crate::stage::{Stage, is_invalid, is_missing, titles};

#[tokio::test]
async fn only_what_is_in_sight_is_starred_and_rated() {
    let stage = Stage::new().await;
    let (all, ann, helen) = (&stage.listeners, stage.listener("ann").await, stage.artist().await);
    let [song, demo, ..] = stage.ids();
    let seen =
        [Subject::Artist(stage.sade), Subject::Album(stage.shown.id), Subject::Recording(song)];
    all.star(ann.id, &seen, &Sight::Published).await.expect("starred");
    all.rate(ann.id, seen[1], Some(Rating::MAX), &Sight::Published).await.expect("rated");
    let marks = all.marks(ann.id, &seen).await.expect("marks");
    assert!(seen.iter().all(|subject| marks[subject].starred_at == Some(stage.now())));
    assert_eq!(marks[&seen[1]].rating, Some(Rating::MAX));
    let nothing = Subject::Album(AlbumId::from_uuid(Uuid::nil()));
    for unseen in [Subject::Recording(demo), Subject::Album(stage.hidden.id), nothing] {
        let both = [seen[0], unseen];
        assert!(is_missing(all.star(ann.id, &both, &Sight::Published).await));
        assert!(is_missing(all.unstar(ann.id, &both, &Sight::Published).await));
        assert!(is_missing(all.rate(ann.id, unseen, None, &Sight::Published).await));
        assert_eq!(all.marks(ann.id, &[unseen]).await.expect("none").len(), 0);
    }
    // What is theirs is in sight; and what others think is told to nobody.
    let sight = stage.sight(&helen).await;
    all.star(helen.id, &[Subject::Recording(demo)], &sight).await.expect("starred");
    assert_eq!(all.marks(helen.id, &seen).await.expect("none").len(), 0);
    all.unstar(ann.id, &seen, &Sight::Published).await.expect("taken back");
    let marks = all.marks(ann.id, &seen).await.expect("marks");
    assert!(marks.values().all(|marks| marks.starred_at.is_none()));
    let many = vec![seen[0]; 10_001];
    assert!(is_invalid(all.star(ann.id, &many, &Sight::Published).await));
}

#[tokio::test]
async fn plays_are_noted_at_times_that_can_be() {
    let stage = Stage::new().await;
    let (all, ann, sight) = (&stage.listeners, stage.listener("ann").await, Sight::Published);
    let [song, demo, _, drone] = stage.ids();
    let noted = async |plays: &[(RecordingId, Option<Timestamp>)]| {
        all.note_plays(ann.id, plays, &sight).await
    };
    let plays = [(song, None), (drone, Some(stage.later(-60))), (song, Some(stage.now()))];
    assert_eq!(noted(&plays).await.expect("noted"), 2);
    assert_eq!(noted(&plays).await.expect("noted"), 0);
    assert!(is_invalid(noted(&[(song, Some(stage.later(61)))]).await));
    assert!(is_invalid(noted(&[(song, Some(Timestamp::from_micros(i64::MAX)))]).await));
    assert!(is_invalid(noted(&[(song, Some(Timestamp::from_micros(-1)))]).await));
    assert!(is_invalid(noted(&vec![(song, None); 10_001]).await));
    assert!(is_missing(noted(&[(song, Some(stage.later(-5))), (demo, None)]).await));
    // A clock that is a little ahead means now.
    stage.pass(10);
    assert_eq!(noted(&[(song, Some(stage.later(30)))]).await.expect("noted"), 1);
    let marks = all.marks(ann.id, &[Subject::Recording(song)]).await.expect("marks");
    let marks = marks[&Subject::Recording(song)];
    assert_eq!((marks.plays, marks.last_played_at), (2, Some(stage.now())));
    assert_eq!(noted(&[(song, Some(Timestamp::from_micros(0)))]).await.expect("noted"), 1);
}

#[tokio::test]
async fn bookmarks_are_on_what_is_in_sight() {
    let stage = Stage::new().await;
    let (all, ann, bob) =
        (&stage.listeners, stage.listener("ann").await, stage.listener("bob").await);
    let ([song, demo, ..], sight) = (stage.ids(), Sight::Published);
    let note = "here".parse().ok();
    all.put_bookmark(ann.id, song, 7_000, note.clone(), &sight).await.expect("set");
    assert!(is_missing(all.put_bookmark(ann.id, demo, 0, None, &sight).await));
    assert!(is_invalid(all.put_bookmark(ann.id, song, u64::MAX, None, &sight).await));
    let listed = all.bookmarks(ann.id, &sight).await.expect("bookmarks");
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].0.position_ms, &listed[0].0.comment), (7_000, &note));
    all.remove_bookmark(bob.id, song).await.expect("not bob's");
    assert_eq!(all.bookmarks(ann.id, &sight).await.expect("still there").len(), 1);
    assert_eq!(all.bookmarks(bob.id, &sight).await.expect("none").len(), 0);
    all.remove_bookmark(ann.id, song).await.expect("removed");
    assert_eq!(all.bookmarks(ann.id, &sight).await.expect("none").len(), 0);
}

#[tokio::test]
async fn a_queue_comes_back_as_far_as_it_is_in_sight() {
    let stage = Stage::new().await;
    let (all, helen) = (&stage.listeners, stage.artist().await);
    let [song, demo, _, drone] = stage.ids();
    let queue = |recordings: &[RecordingId], current| NewQueue {
        recordings: recordings.to_vec(),
        current,
        position_ms: 9,
        player: format!("Player\n{}", "x".repeat(500)),
    };
    let put = async |queue| all.put_play_queue(helen.id, queue).await;
    put(queue(&[song, demo, drone, song], Some(1))).await.expect("kept");
    let got = async |sight: &Sight| {
        let (queue, entries) = all.play_queue(helen.id, sight).await.expect("asked").expect("one");
        assert!(entries.iter().map(|entry| entry.recording.id).eq(queue.recordings.clone()));
        assert_eq!(queue.changed_by.chars().count(), 200);
        let titles: Vec<String> = titles(&entries).into_iter().map(str::to_owned).collect();
        (titles, queue.current, queue.position_ms)
    };
    let (titles, current, position) = got(&stage.sight(&helen).await).await;
    assert_eq!(titles, ["Jezebel", "Demo", "Drone", "Jezebel"]);
    assert_eq!((current, position), (Some(1), 9));
    let (titles, current, position) = got(&Sight::Published).await;
    assert_eq!(titles, ["Jezebel", "Drone", "Jezebel"]);
    assert_eq!((current, position), (Some(1), 0));
    stage.catalog.remove_recording(drone).await.expect("removed");
    assert_eq!(got(&Sight::Published).await.0, ["Jezebel", "Jezebel"]);
    assert!(is_invalid(put(queue(&[song], Some(1))).await));
    assert!(is_invalid(put(queue(&vec![song; 10_001], None)).await));
    put(queue(&vec![song; 10_000], Some(9_999))).await.expect("the most there can be");
    assert_eq!(got(&Sight::Published).await.0.len(), 10_000);
    put(queue(&[], None)).await.expect("ended");
    assert_eq!(all.play_queue(helen.id, &Sight::Everything).await.expect("asked"), None);
}
