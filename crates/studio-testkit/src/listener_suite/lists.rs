use studio_domain::{AudioFormat, OwnPlaylist, RecordingId};
use studio_repo::{Error, Sight};
use uuid::Uuid;

use super::{ListenerFixture, Listening, and, at, keep, list, listener};
use crate::publish_suite::single;

async fn three(catalog: &dyn Listening) -> [RecordingId; 3] {
    let mut songs = [("A", 1), ("B", 2), ("C", 3)].map(|(title, n)| single("Sade", title, n));
    for (song, seconds) in songs.iter_mut().zip([10, 20, 40]) {
        let format = song.sound.format.unwrap();
        let frames = Some(seconds * u64::from(format.sample_rate));
        song.sound.format = Some(AudioFormat { frames, ..format });
    }
    songs[1].published = false;
    keep(catalog, &[], &songs.each_ref()).await;
    songs.map(|song| song.id)
}

/// Its new states as well; whose it is and when it was made stay.
pub async fn a_playlist_of_a_listener_is_found_as_it_is<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (listener(&*catalog, "ann").await, listener(&*catalog, "bob").await);
    let [a, b, c] = three(&*catalog).await;
    let mut made = list(&ann, "Evening", &[c, a, c, b]);
    made.comment = Some("slow ones".parse().unwrap());
    catalog.put_own_playlist(&made).await.unwrap();
    assert_eq!(fixture.open().own_playlist(made.id).await.unwrap(), Some(made.clone()));
    let mut changed = OwnPlaylist {
        owner: bob.id,
        name: "Night".parse().unwrap(),
        comment: None,
        is_public: true,
        recordings: vec![a],
        created_at: at(9),
        changed_at: at(9),
        ..made.clone()
    };
    catalog.put_own_playlist(&changed).await.unwrap();
    (changed.owner, changed.created_at) = (made.owner, made.created_at);
    assert_eq!(catalog.own_playlist(made.id).await.unwrap(), Some(changed.clone()));
    // Two can have one name; one with something unknown on it is refused as a whole.
    catalog.put_own_playlist(&list(&ann, "night", &[])).await.unwrap();
    let nowhere = RecordingId::from_uuid(Uuid::now_v7());
    let bad = OwnPlaylist { recordings: vec![a, nowhere], ..changed.clone() };
    let refused = catalog.put_own_playlist(&bad).await;
    assert!(matches!(refused, Err(Error::NoRecording { id }) if id == nowhere), "{refused:?}");
    assert_eq!(catalog.own_playlist(made.id).await.unwrap(), Some(changed));
    assert!(catalog.remove_own_playlist(made.id).await.unwrap());
    assert!(!catalog.remove_own_playlist(made.id).await.unwrap());
    assert_eq!(catalog.own_playlist(made.id).await.unwrap(), None);
}

/// One's own by name, and then the public ones of others.
pub async fn playlists_of_listeners_are_listed<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (listener(&*catalog, "ann").await, listener(&*catalog, "bob").await);
    let [a, b, c] = three(&*catalog).await;
    let mut all = [
        list(&ann, "b", &[a, b, a]),
        list(&ann, "A", &[]),
        list(&bob, "D", &[c]),
        list(&bob, "C", &[b]),
        list(&bob, "private", &[a]),
    ];
    for public in [0, 2, 3] {
        all[public].is_public = true;
    }
    for one in &all {
        catalog.put_own_playlist(one).await.unwrap();
    }
    let artist = catalog.recording(a).await.unwrap().unwrap().artist.id;
    let names = ["A ann", "b ann", "C bob", "D bob"];
    for (sight, sums) in [
        (Sight::Published, [(0, 0), (2, 20_000), (0, 0), (1, 40_000)]),
        (and(artist), [(0, 0), (3, 40_000), (1, 20_000), (1, 40_000)]),
        (Sight::Everything, [(0, 0), (3, 40_000), (1, 20_000), (1, 40_000)]),
    ] {
        let listed = catalog.own_playlists(ann.id, &sight).await.unwrap();
        let named = listed.iter().map(|line| format!("{} {}", line.playlist.name, line.owner));
        assert_eq!(named.collect::<Vec<_>>(), names);
        let told: Vec<_> = listed.iter().map(|line| (line.songs, line.length_ms)).collect();
        assert_eq!(told, sums);
    }
}

/// Each with its place, so that it can be told from what is not seen.
pub async fn what_is_on_a_playlist_of_a_listener_is_seen_as_far_as_may_be<F: ListenerFixture>(
    fixture: &F,
) {
    let catalog = fixture.open();
    let ann = listener(&*catalog, "ann").await;
    let [a, b, c] = three(&*catalog).await;
    let made = list(&ann, "Evening", &[c, b, a, c]);
    catalog.put_own_playlist(&made).await.unwrap();
    let on_it = async |sight: &Sight, from| {
        let all = catalog.own_playlist_recordings(made.id, sight, from).await.unwrap();
        all.into_iter().map(|(place, entry)| (place, entry.recording.id)).collect::<Vec<_>>()
    };
    assert_eq!(on_it(&Sight::Published, 0).await, [(0, c), (2, a), (3, c)]);
    assert_eq!(on_it(&Sight::Everything, 0).await, [(0, c), (1, b), (2, a), (3, c)]);
    assert_eq!(on_it(&Sight::Everything, 2).await, [(2, a), (3, c)]);
    assert_eq!(on_it(&Sight::Everything, u32::MAX).await, []);
}

/// What is behind it moves up.
pub async fn a_recording_that_goes_leaves_the_playlists_of_listeners<F: ListenerFixture>(
    fixture: &F,
) {
    let catalog = fixture.open();
    let ann = listener(&*catalog, "ann").await;
    let [a, b, c] = three(&*catalog).await;
    let made = list(&ann, "Evening", &[c, b, c, a]);
    catalog.put_own_playlist(&made).await.unwrap();
    catalog.remove_recording(c).await.unwrap();
    let left = catalog.own_playlist(made.id).await.unwrap().unwrap().recordings;
    assert_eq!(left, [b, a]);
    let placed = catalog.own_playlist_recordings(made.id, &Sight::Published, 0).await.unwrap();
    assert_eq!(placed.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [1]);
}
