//! What is heard right now.

use studio_core::listener::MOST_PLAYERS;
use studio_core::repo::{PublishRepo as _, Sight};

use crate::stage::{Stage, is_missing};

#[tokio::test]
async fn what_is_heard_ends_after_its_end() {
    let stage = Stage::new().await;
    let (all, ann, sight) = (&stage.listeners, stage.listener("ann").await, Sight::Published);
    let [song, demo, _, drone] = stage.ids();
    assert!(is_missing(all.now_playing(&ann, "Phone", demo, &sight).await));
    all.now_playing(&ann, "Phone", drone, &sight).await.expect("noted");
    stage.pass(1);
    all.now_playing(&ann, "Phone", song, &sight).await.expect("noted");
    let playing = all.playing(&ann, &sight).await.expect("asked");
    assert_eq!(playing.len(), 1, "one thing by each player");
    assert_eq!((playing[0].entry.recording.id, playing[0].since), (song, stage.now()));
    assert_eq!((playing[0].player.as_str(), &playing[0].listener), ("Phone", &ann.name));
    // A minute of music, and five.
    stage.pass(359);
    assert_eq!(all.playing(&ann, &sight).await.expect("asked").len(), 1);
    stage.pass(1);
    assert_eq!(all.playing(&ann, &sight).await.expect("asked"), []);
}

#[tokio::test]
async fn only_a_manager_is_told_what_others_hear() {
    let stage = Stage::new().await;
    let (all, ann, bob) =
        (&stage.listeners, stage.listener("ann").await, stage.listener("bob").await);
    let (boss, sight) = (stage.manager().await, Sight::Published);
    let [song, _, _, drone] = stage.ids();
    all.now_playing(&ann, "Phone", song, &sight).await.expect("noted");
    stage.pass(1);
    all.now_playing(&bob, "Phone", drone, &sight).await.expect("noted");
    let heard = all.playing(&boss, &Sight::Everything).await.expect("asked");
    let names: Vec<_> = heard.iter().map(|one| &one.listener).collect();
    assert_eq!(names, [&bob.name, &ann.name]);
    let heard = all.playing(&ann, &sight).await.expect("asked");
    assert_eq!(heard.iter().map(|one| &one.listener).collect::<Vec<_>>(), [&ann.name]);
    // What goes out of sight while it is heard.
    stage.catalog.remove_recording(drone).await.expect("removed");
    assert_eq!(all.playing(&boss, &Sight::Everything).await.expect("asked").len(), 1);
    assert_eq!(all.playing(&bob, &sight).await.expect("asked"), []);
}

#[tokio::test]
async fn nobody_has_more_players_than_can_be() {
    let stage = Stage::new().await;
    let (all, ann, bob) =
        (&stage.listeners, stage.listener("ann").await, stage.listener("bob").await);
    let ([song, ..], sight) = (stage.ids(), Sight::Published);
    all.now_playing(&bob, "First", song, &sight).await.expect("noted");
    for n in 0..MOST_PLAYERS + 5 {
        stage.pass(1);
        all.now_playing(&ann, &format!("Player {n}"), song, &sight).await.expect("noted");
    }
    let heard = all.playing(&ann, &sight).await.expect("asked");
    assert_eq!(heard.len(), MOST_PLAYERS);
    assert_eq!(heard[0].player, format!("Player {}", MOST_PLAYERS + 4));
    assert_eq!(all.playing(&bob, &sight).await.expect("asked").len(), 1);
}
