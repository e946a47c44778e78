use studio_domain::{Album, GenreName, Recording};
use studio_repo::{AlbumOrder, RecordingOrder, Sight, Stretch};

use super::{ListenerFixture, Listening, albums, and, keep, recordings};
use crate::publish_suite::{album, on, single};

fn genre(name: &str) -> Option<GenreName> {
    Some(name.parse().unwrap())
}

/// Each genre with how many recordings and albums it has.
async fn counts(catalog: &dyn Listening, sight: &Sight) -> Vec<(String, u64, u64)> {
    let all = catalog.genres(sight).await.unwrap();
    all.into_iter().map(|line| (line.name.to_string(), line.recordings, line.albums)).collect()
}

fn lines(all: &[(&str, u64, u64)]) -> Vec<(String, u64, u64)> {
    all.iter()
        .map(|(name, recordings, albums)| ((*name).to_owned(), *recordings, *albums))
        .collect()
}

/// In the spelling that came first, until it is taken back.
pub async fn a_genre_is_kept_with_a_recording<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let mut song = single("Sade", "Jezebel", 1);
    song.genre = genre("Smooth Soul");
    keep(&*catalog, &[], &[&song]).await;
    assert_eq!(catalog.recording(song.id).await.unwrap().unwrap().recording, song);
    let other = Recording { genre: genre("SMOOTH soul"), ..single("Sade", "Other", 2) };
    keep(&*catalog, &[], &[&other]).await;
    let found = catalog.recording(other.id).await.unwrap().unwrap().recording;
    assert_eq!(found.genre, song.genre);
    song.genre = None;
    keep(&*catalog, &[], &[&song]).await;
    assert_eq!(catalog.recording(song.id).await.unwrap().unwrap().recording, song);
    assert_eq!(counts(&*catalog, &Sight::Published).await, lines(&[("Smooth Soul", 1, 0)]));
}

/// By name; an album counts once for each genre on it.
pub async fn genres_are_counted_as_far_as_they_are_in_sight<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (shown, mut hidden) = (album("Sade", "Shown"), album("Sade", "Hidden"));
    hidden.published = false;
    let mut songs = [
        on(&shown, 1, 1, "A", 1),
        on(&shown, 1, 2, "B", 2),
        on(&shown, 1, 3, "C", 3),
        on(&hidden, 1, 1, "D", 4),
        single("Eno", "E", 5),
    ];
    for (song, name) in songs.iter_mut().zip(["Soul", "soul", "Pop", "Soul", "Drone"]) {
        song.genre = genre(name);
    }
    songs[2].published = false;
    songs[4].published = false;
    keep(&*catalog, &[&shown, &hidden], &songs.iter().collect::<Vec<_>>()).await;
    let [sade, eno] = [songs[0].id, songs[4].id];
    let sade = catalog.recording(sade).await.unwrap().unwrap().artist.id;
    let eno = catalog.recording(eno).await.unwrap().unwrap().artist.id;
    let expected = [
        (Sight::Published, vec![("Soul", 3, 1)]),
        (Sight::Everything, vec![("Drone", 1, 0), ("Pop", 1, 1), ("Soul", 3, 2)]),
        (and(sade), vec![("Pop", 1, 1), ("Soul", 3, 2)]),
        (and(eno), vec![("Drone", 1, 0), ("Soul", 3, 1)]),
    ];
    for (sight, expected) in expected {
        assert_eq!(counts(&*catalog, &sight).await, lines(&expected), "{sight:?}");
    }
}

/// Published, moved, renamed, gone.
pub async fn genres_follow_what_changes<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (mut one, two) = (album("Sade", "One"), album("Sade", "Two"));
    let mut song = on(&one, 1, 1, "A", 1);
    song.genre = genre("Soul");
    keep(&*catalog, &[&one, &two], &[&song]).await;
    let told = async |sight: Sight| counts(&*catalog, &sight).await;
    assert_eq!(told(Sight::Published).await, lines(&[("Soul", 1, 1)]));
    one.published = false;
    keep(&*catalog, &[&one], &[]).await;
    assert_eq!(told(Sight::Published).await, lines(&[("Soul", 1, 0)]));
    assert_eq!(told(Sight::Everything).await, lines(&[("Soul", 1, 1)]));
    song.published = false;
    keep(&*catalog, &[], &[&song]).await;
    assert_eq!(told(Sight::Published).await, []);
    song.published = true;
    song.album = on(&two, 1, 1, "A", 1).album;
    song.genre = genre("Pop");
    keep(&*catalog, &[], &[&song]).await;
    assert_eq!(told(Sight::Everything).await, lines(&[("Pop", 1, 1)]));
    let pop: GenreName = "pop".parse().unwrap();
    let of_pop =
        async || albums(&*catalog, AlbumOrder::Genre(pop.clone()), &Sight::Published).await;
    assert_eq!(of_pop().await, ["Two"]);
    let renamed = Album { title: "Three".parse().unwrap(), ..two };
    keep(&*catalog, &[&renamed], &[]).await;
    assert_eq!(of_pop().await, ["Three"]);
    catalog.remove_recording(song.id).await.unwrap();
    assert_eq!(told(Sight::Everything).await, []);
    assert_eq!(of_pop().await, [""; 0]);
    catalog.remove_album(renamed.id).await.unwrap();
}

/// By artist and title, in stretches.
pub async fn what_is_of_a_genre_is_listed<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let all: Vec<_> = [("Sade", "B"), ("sade", "a"), ("Eno", "C"), ("Air", "D")]
        .into_iter()
        .zip(["Soul", "SOUL", "soul", "Pop"])
        .map(|((artist, title), name)| Recording { genre: genre(name), ..single(artist, title, 1) })
        .collect();
    keep(&*catalog, &[], &all.iter().collect::<Vec<_>>()).await;
    let soul = RecordingOrder::Genre("Soul".parse().unwrap());
    assert_eq!(recordings(&*catalog, soul.clone(), &Sight::Published).await, ["C", "a", "B"]);
    let stretch = Stretch { offset: 1, limit: 1 };
    let some = catalog.recordings_listed(&soul, &Sight::Published, stretch).await.unwrap();
    assert_eq!(some.len(), 1);
    assert_eq!(some[0].recording.title.as_str(), "a");
    let none = RecordingOrder::Genre("Polka".parse().unwrap());
    assert_eq!(recordings(&*catalog, none, &Sight::Everything).await, [""; 0]);
}
