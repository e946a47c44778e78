//! Playlists.

use studio_domain::{Playlist, PlaylistId, Recording, Timestamp};
use studio_repo::Error;
use uuid::Uuid;

use super::{PublishFixture, single};

fn playlist(name: &str, recordings: &[&Recording]) -> Playlist {
    Playlist {
        id: PlaylistId::from_uuid(Uuid::now_v7()),
        name: name.parse().unwrap(),
        recordings: recordings.iter().map(|recording| recording.id).collect(),
        updated_at: Timestamp::from_micros(3),
    }
}

/// In its order, with what is there twice, by its places.
pub async fn a_playlist_is_found_as_it_is(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let [a, mut b, c] = [1, 2, 3].map(|n| single("Sade", &format!("{n}"), n));
    b.published = false;
    catalog.put_recordings(&[a.clone(), b.clone(), c.clone()]).await.unwrap();
    let mut evening = playlist("Evening", &[&c, &a, &b, &a]);
    let empty = playlist("again", &[]);
    for kept in [&evening, &empty] {
        catalog.put_playlist(kept).await.unwrap();
        assert_eq!(catalog.playlist(kept.id).await.unwrap().as_ref(), Some(kept));
        let name = kept.name.as_str().to_uppercase().parse().unwrap();
        assert_eq!(catalog.playlist_named(&name).await.unwrap().as_ref(), Some(kept));
    }
    let lines = catalog.playlists(None, 10).await.unwrap();
    let line = |list: &Playlist| (list.id, list.name.clone(), list.recordings.len() as u32);
    assert_eq!(lines, [line(&empty), line(&evening)]);
    assert_eq!(catalog.playlists(Some(&empty.name), 1).await.unwrap(), [line(&evening)]);
    let heard = catalog.playlist_recordings(evening.id, 1, 10, true).await.unwrap();
    let heard: Vec<_> =
        heard.into_iter().map(|(place, entry)| (place, entry.recording.id)).collect();
    assert_eq!(heard, [(1, a.id), (3, a.id)]);
    assert_eq!(catalog.playlist_recordings(evening.id, 0, 3, false).await.unwrap().len(), 3);

    evening.recordings = vec![b.id];
    evening.name = "Night".parse().unwrap();
    catalog.put_playlist(&evening).await.unwrap();
    assert_eq!(catalog.playlist(evening.id).await.unwrap().as_ref(), Some(&evening));
    for _ in 0..2 {
        catalog.remove_playlist(evening.id).await.unwrap();
        assert_eq!(catalog.playlist(evening.id).await.unwrap(), None);
    }
}

/// The name of another, a recording that is not there; then all stays as it was.
pub async fn playlists_refuse_what_is_taken_or_unknown(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let known = single("Sade", "a", 1);
    catalog.put_recordings(std::slice::from_ref(&known)).await.unwrap();
    let first = playlist("Evening", &[&known]);
    catalog.put_playlist(&first).await.unwrap();
    let refused = catalog.put_playlist(&playlist("EVENING", &[])).await;
    assert!(matches!(refused, Err(Error::PlaylistExists { .. })), "{refused:?}");
    let unknown = single("Sade", "b", 2);
    let worse = Playlist { recordings: vec![known.id, unknown.id], ..first.clone() };
    match catalog.put_playlist(&worse).await {
        Err(Error::NoRecording { id }) => assert_eq!(id, unknown.id),
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(catalog.playlist(first.id).await.unwrap(), Some(first));
}

/// Those behind it move up.
pub async fn a_recording_that_goes_leaves_the_playlists(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let [a, b] = [1, 2].map(|n| single("Sade", &format!("{n}"), n));
    catalog.put_recordings(&[a.clone(), b.clone()]).await.unwrap();
    let list = playlist("Evening", &[&a, &b, &a, &b]);
    catalog.put_playlist(&list).await.unwrap();
    for _ in 0..2 {
        catalog.remove_recording(a.id).await.unwrap();
        assert_eq!(catalog.playlist(list.id).await.unwrap().unwrap().recordings, [b.id, b.id]);
        let places = catalog.playlist_recordings(list.id, 0, 10, true).await.unwrap();
        assert_eq!(places.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [0, 1]);
    }
}
