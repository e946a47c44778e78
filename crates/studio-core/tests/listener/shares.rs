//! Links by which something is heard.

use proptest::prelude::{ProptestConfig, any, prop};
use proptest::proptest;
use studio_core::listener::{NewOwnPlaylist, NewShare, OwnPlaylistChange, ShareChange};
use studio_core::repo::{PlaylistRepo as _, PublishRepo as _, Sight};
use studio_core::{Playlist, PlaylistId, Recording, RecordingId};
use studio_domain::{Account, Role, Share, Shared};
use uuid::Uuid;

use crate::stage::{Stage, is_invalid, is_missing, is_not_yours, titles};

fn of(subject: Shared) -> NewShare {
    NewShare { subject, note: None, expires_at: None }
}

async fn make(stage: &Stage, by: &Account, subject: Shared) -> Share {
    let sight = stage.sight(by).await;
    stage.listeners.create_share(by, of(subject), &sight).await.expect("a share")
}

async fn opens(stage: &Stage, share: &Share) -> Vec<String> {
    let entries = stage.listeners.shared(share).await.expect("asked");
    let of_share = entries.iter().map(|entry| entry.recording.id).collect::<Vec<_>>();
    for song in &stage.songs {
        let one = stage.listeners.shared_one(share, song.id).await.expect("asked");
        assert_eq!(one.is_some(), of_share.contains(&song.id), "{}", song.title);
    }
    titles(&entries).into_iter().map(str::to_owned).collect()
}

async fn is_known(stage: &Stage, text: &str) -> bool {
    stage.listeners.known_share(text).await.expect("asked").is_some()
}

#[tokio::test]
async fn a_link_is_known_by_its_text_alone() {
    let stage = Stage::new().await;
    let (ann, [song, ..]) = (stage.listener("ann").await, stage.ids());
    let share = make(&stage, &ann, Shared::Recording(song)).await;
    let other = make(&stage, &ann, Shared::Recording(song)).await;
    let text = stage.listeners.share_text(&share);
    assert_eq!(text.as_str().len(), 48);
    let (found, owner) =
        stage.listeners.known_share(text.as_str()).await.expect("asked").expect("known");
    assert_eq!((found, owner.id), (share.clone(), ann.id));
    // Another's proof, a bit changed, cut, longer, in other letters; and another studio's.
    let foreign = stage.elsewhere().share_text(&share);
    let (right, wrong) = (text.as_str(), stage.listeners.share_text(&other));
    let last = if right.ends_with('A') { 'B' } else { 'A' };
    let forged = [
        format!("{}{}", &right[..24], &wrong.as_str()[24..]),
        format!("{}{last}", &right[..47]),
        right[..47].to_owned(),
        format!("{right}A"),
        format!("{right}="),
        format!(" {right}"),
        right.to_ascii_lowercase(),
        share.id.to_string(),
        foreign.as_str().to_owned(),
        String::new(),
    ];
    for forged in forged {
        assert!(!is_known(&stage, &forged).await, "{forged}");
    }
}

#[test]
fn only_the_right_text_is_known() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.expect("a runtime");
    let stage = runtime.block_on(Stage::new());
    let share = runtime.block_on(async {
        let ann = stage.listener("ann").await;
        make(&stage, &ann, Shared::Album(stage.shown.id)).await
    });
    let right = stage.listeners.share_text(&share).as_str().to_owned();
    assert!(runtime.block_on(is_known(&stage, &right)));
    proptest!(ProptestConfig::with_cases(300), |(
        any in any::<String>(),
        alike in "[A-Za-z0-9_-]{0,60}",
        place in 0_usize..48,
        with in prop::char::range('-', 'z'),
    )| {
        let mut changed: Vec<char> = right.chars().collect();
        changed[place] = with;
        let changed: String = changed.into_iter().collect();
        for text in [any, alike, changed] {
            let is_known = runtime.block_on(is_known(&stage, &text));
            assert_eq!(is_known, text == right, "{text:?}");
        }
    });
}

#[tokio::test]
async fn a_link_is_good_until_it_ends() {
    let stage = Stage::new().await;
    let (all, sight) = (&stage.listeners, Sight::Published);
    let (mut ann, [song, ..]) = (stage.listener("ann").await, stage.ids());
    let ending = |at| NewShare { expires_at: Some(at), ..of(Shared::Recording(song)) };
    assert!(is_invalid(all.create_share(&ann, ending(stage.now()), &sight).await));
    let share = all.create_share(&ann, ending(stage.later(10)), &sight).await.expect("a share");
    let text = all.share_text(&share);
    stage.pass(9);
    assert!(is_known(&stage, text.as_str()).await);
    stage.pass(1);
    assert!(!is_known(&stage, text.as_str()).await);
    // Its owner can put the end off, but not into the past.
    let past = ShareChange { expires_at: Some(Some(stage.now())), note: None };
    assert!(is_invalid(all.change_share(&ann, share.id, past).await));
    let on = ShareChange { expires_at: Some(None), note: Some("again".parse().ok()) };
    let changed = all.change_share(&ann, share.id, on).await.expect("changed");
    assert_eq!(changed.note, "again".parse().ok());
    assert!(is_known(&stage, text.as_str()).await);
    // Good for nothing while its owner may not come in.
    ann.disabled_at = Some(stage.now());
    stage.put(&ann).await;
    assert!(!is_known(&stage, text.as_str()).await);
    assert_eq!(opens(&stage, &changed).await, [""; 0]);
    ann.disabled_at = None;
    stage.put(&ann).await;
    assert!(is_known(&stage, text.as_str()).await);
    let revoked = all.revoke_share(&ann, share.id).await.expect("taken back");
    assert_eq!(revoked.revoked_at, Some(stage.now()));
    assert!(!is_known(&stage, text.as_str()).await);
    // For ever, whatever is changed.
    stage.pass(5);
    let change = ShareChange { note: None, expires_at: Some(Some(stage.later(99))) };
    all.change_share(&ann, share.id, change).await.expect("changed");
    let again = all.revoke_share(&ann, share.id).await.expect("as it was");
    assert_eq!(again.revoked_at, revoked.revoked_at);
    assert!(!is_known(&stage, text.as_str()).await);
    all.remove_share(&ann, share.id).await.expect("removed");
    assert!(is_missing(all.share(&ann, share.id).await));
    assert!(!is_known(&stage, text.as_str()).await);
}

#[tokio::test]
async fn only_what_is_in_sight_is_shared() {
    let stage = Stage::new().await;
    let (all, ann, helen) = (&stage.listeners, stage.listener("ann").await, stage.artist().await);
    let ([song, demo, ..], sight) = (stage.ids(), Sight::Published);
    let made = NewOwnPlaylist {
        name: "Evening".parse().expect("a name"),
        comment: None,
        is_public: false,
        recordings: vec![song],
    };
    let own = all.create_playlist(&helen, made, &sight).await.expect("a playlist");
    let nothing = PlaylistId::from_uuid(Uuid::nil());
    for unseen in [
        Shared::Recording(demo),
        Shared::Recording(RecordingId::from_uuid(Uuid::nil())),
        Shared::Album(stage.hidden.id),
        Shared::OwnPlaylist(own.id),
        Shared::Playlist(nothing),
    ] {
        assert!(is_missing(all.create_share(&ann, of(unseen), &sight).await), "{unseen:?}");
    }
    // What others made public is seen, but theirs to share.
    let change = OwnPlaylistChange { is_public: Some(true), ..OwnPlaylistChange::default() };
    all.change_playlist(&helen, own.id, change, &sight).await.expect("public");
    let theirs = of(Shared::OwnPlaylist(own.id));
    assert!(is_not_yours(all.create_share(&ann, theirs, &sight).await));
    assert_eq!(all.shares(&ann, false, 0, 10).await.expect("none"), []);
}

#[tokio::test]
async fn a_share_opens_what_it_is_of_and_nothing_else() {
    let stage = Stage::new().await;
    let (all, ann, [song, _, _, drone]) =
        (&stage.listeners, stage.listener("ann").await, stage.ids());
    let one = make(&stage, &ann, Shared::Recording(drone)).await;
    assert_eq!(opens(&stage, &one).await, ["Drone"]);
    let album = make(&stage, &ann, Shared::Album(stage.shown.id)).await;
    assert_eq!(opens(&stage, &album).await, ["Jezebel"]);
    let sight = Sight::Published;
    let made = NewOwnPlaylist {
        name: "Evening".parse().expect("a name"),
        comment: None,
        is_public: false,
        recordings: vec![drone, song, drone],
    };
    let own = all.create_playlist(&ann, made, &sight).await.expect("a playlist");
    let own_share = make(&stage, &ann, Shared::OwnPlaylist(own.id)).await;
    assert_eq!(opens(&stage, &own_share).await, ["Drone", "Jezebel", "Drone"]);
    let studios = Playlist {
        id: PlaylistId::from_uuid(Uuid::now_v7()),
        name: "Studio".parse().expect("a name"),
        recordings: stage.ids().to_vec(),
        updated_at: stage.now(),
    };
    stage.catalog.put_playlist(&studios).await.expect("a playlist");
    let studios_share = make(&stage, &ann, Shared::Playlist(studios.id)).await;
    assert_eq!(opens(&stage, &studios_share).await, ["Jezebel", "Drone"]);
    // As it is now: what comes onto it, and what goes.
    let change = OwnPlaylistChange { remove: vec![0, 2], ..OwnPlaylistChange::default() };
    all.change_playlist(&ann, own.id, change, &sight).await.expect("changed");
    assert_eq!(opens(&stage, &own_share).await, ["Jezebel"]);
    let demo = Recording { published: true, ..stage.songs[1].clone() };
    stage.catalog.put_recordings(std::slice::from_ref(&demo)).await.expect("published");
    assert_eq!(opens(&stage, &album).await, ["Jezebel", "Demo"]);
    all.remove_playlist(&ann, own.id).await.expect("removed");
    assert_eq!(opens(&stage, &own_share).await, [""; 0]);
    assert!(is_missing(all.share(&ann, own_share.id).await));
}

#[tokio::test]
async fn who_loses_an_artist_shares_what_is_theirs_no_more() {
    let stage = Stage::new().await;
    let (mut helen, [_, demo, ..]) = (stage.artist().await, stage.ids());
    let shares = [
        make(&stage, &helen, Shared::Recording(demo)).await,
        make(&stage, &helen, Shared::Album(stage.hidden.id)).await,
        make(&stage, &helen, Shared::Album(stage.shown.id)).await,
    ];
    let expected = [vec!["Demo"], vec!["Sketch"], vec!["Jezebel", "Demo"]];
    for (share, expected) in shares.iter().zip(expected) {
        assert_eq!(opens(&stage, share).await, expected);
    }
    helen.artists = vec!["Eno".parse().expect("a name")];
    stage.put(&helen).await;
    for (share, expected) in shares.iter().zip([vec![], vec![], vec!["Jezebel"]]) {
        assert_eq!(opens(&stage, share).await, expected);
    }
    // A manager's links to the playlists of others, likewise.
    let ann = stage.listener("ann").await;
    let mut boss = stage.manager().await;
    let made = NewOwnPlaylist {
        name: "Evening".parse().expect("a name"),
        comment: None,
        is_public: false,
        recordings: vec![stage.songs[0].id],
    };
    let own = stage.listeners.create_playlist(&ann, made, &Sight::Published).await;
    let share = make(&stage, &boss, Shared::OwnPlaylist(own.expect("a playlist").id)).await;
    assert_eq!(opens(&stage, &share).await, ["Jezebel"]);
    boss.role = Role::Listener;
    // Another stays, so that there is one.
    stage.add("chief", Role::Manager, &[]).await;
    stage.put(&boss).await;
    assert_eq!(opens(&stage, &share).await, [""; 0]);
}

#[tokio::test]
async fn shares_are_their_owners_and_the_managers() {
    let stage = Stage::new().await;
    let (all, ann, bob) =
        (&stage.listeners, stage.listener("ann").await, stage.listener("bob").await);
    let (boss, [song, ..]) = (stage.manager().await, stage.ids());
    let share = make(&stage, &ann, Shared::Recording(song)).await;
    assert!(is_missing(all.share(&bob, share.id).await));
    let change = ShareChange { note: Some(None), expires_at: None };
    assert!(is_missing(all.change_share(&bob, share.id, change.clone()).await));
    assert!(is_missing(all.revoke_share(&bob, share.id).await));
    assert!(is_missing(all.remove_share(&bob, share.id).await));
    assert_eq!(all.shares(&bob, true, 0, 10).await.expect("none"), []);
    assert_eq!(all.shares(&boss, false, 0, 10).await.expect("none"), []);
    let listed = all.shares(&boss, true, 0, 10).await.expect("all");
    assert_eq!(listed, [(share.clone(), ann.name.clone())]);
    all.change_share(&boss, share.id, change).await.expect("changed");
    all.visit_share(&share).await.expect("counted");
    all.visit_share(&share).await.expect("counted");
    let seen = all.share(&ann, share.id).await.expect("hers");
    assert_eq!((seen.visits, seen.visited_at, seen.owner), (2, Some(stage.now()), ann.id));
    all.revoke_share(&boss, share.id).await.expect("taken back");
    assert!(!is_known(&stage, all.share_text(&share).as_str()).await);
}
