use studio_domain::{Rating, Subject};
use studio_repo::{AlbumOrder, ArtistOrder, RecordingOrder, Sight};

use super::{ListenerFixture, albums, and, artists, at, keep, listener, minute, recordings};
use crate::publish_suite::{album, on, single};

/// As far as it is in sight.
pub async fn what_is_starred_is_listed_the_last_first<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (listener(&*catalog, "ann").await, listener(&*catalog, "bob").await);
    let (one, two) = (album("Sade", "One"), album("Eno", "Two"));
    let mut hidden = album("Hidden", "Hidden");
    hidden.published = false;
    let mut three = single("Hidden", "Three", 3);
    three.published = false;
    let songs = [single("Sade", "A", 1), single("Eno", "B", 2), three];
    keep(&*catalog, &[&one, &two, &hidden], &songs.iter().collect::<Vec<_>>()).await;
    let mut own = None;
    for (n, (song, album)) in (1..).zip(songs.iter().zip([&one, &two, &hidden])) {
        let artist = catalog.album(album.id).await.unwrap().unwrap().artist;
        own = Some(artist.id);
        let subjects =
            [Subject::Artist(artist.id), Subject::Album(album.id), Subject::Recording(song.id)];
        catalog.star(ann.id, &subjects, at(n)).await.unwrap();
    }
    let own = and(own.unwrap());
    for (sight, from) in [(&Sight::Published, 1), (&Sight::Everything, 0), (&own, 0)] {
        let listed = albums(&*catalog, AlbumOrder::Starred(ann.id), sight).await;
        assert_eq!(listed, ["Hidden", "Two", "One"][from..]);
        let listed = recordings(&*catalog, RecordingOrder::Starred(ann.id), sight).await;
        assert_eq!(listed, ["Three", "B", "A"][from..]);
        let listed = artists(&*catalog, ArtistOrder::Starred(ann.id), sight).await;
        let expected =
            [("Hidden", 1), ("Eno", 1), ("Sade", 1)].map(|(n, albums)| (n.to_owned(), albums));
        assert_eq!(listed, expected[from..]);
        assert_eq!(artists(&*catalog, ArtistOrder::Starred(bob.id), sight).await, []);
        assert_eq!(albums(&*catalog, AlbumOrder::Starred(bob.id), sight).await, [""; 0]);
    }
}

/// By the account's own plays and ratings only.
pub async fn albums_are_listed_by_what_was_heard_and_liked<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (listener(&*catalog, "ann").await, listener(&*catalog, "bob").await);
    let all = ["One", "Two", "Three", "Never"].map(|title| album("Sade", title));
    let songs: Vec<_> = all.iter().map(|album| on(album, 1, 1, "Song", 1)).collect();
    keep(&*catalog, &all.each_ref(), &songs.iter().collect::<Vec<_>>()).await;
    let plays = [
        (songs[0].id, minute(1)),
        (songs[0].id, minute(2)),
        (songs[0].id, minute(3)),
        (songs[1].id, minute(8)),
        (songs[2].id, minute(6)),
        (songs[2].id, minute(7)),
    ];
    catalog.note_plays(ann.id, &plays).await.unwrap();
    catalog.note_plays(bob.id, &[(songs[3].id, minute(9))]).await.unwrap();
    for (album, stars) in all.iter().zip([2, 5, 3]) {
        catalog.rate(ann.id, Subject::Album(album.id), Rating::new(stars)).await.unwrap();
    }
    catalog.rate(bob.id, Subject::Album(all[3].id), Some(Rating::MAX)).await.unwrap();
    let sight = &Sight::Published;
    let recent = albums(&*catalog, AlbumOrder::Recent(ann.id), sight).await;
    assert_eq!(recent, ["Two", "Three", "One"]);
    let frequent = albums(&*catalog, AlbumOrder::Frequent(ann.id), sight).await;
    assert_eq!(frequent, ["One", "Three", "Two"]);
    let rated = albums(&*catalog, AlbumOrder::Rated(ann.id), sight).await;
    assert_eq!(rated, ["Two", "Three", "One"]);
    let mut hidden = all[1].clone();
    hidden.published = false;
    keep(&*catalog, &[&hidden], &[]).await;
    assert_eq!(albums(&*catalog, AlbumOrder::Recent(ann.id), sight).await, ["Three", "One"]);
    assert_eq!(albums(&*catalog, AlbumOrder::Rated(ann.id), sight).await, ["Three", "One"]);
    assert_eq!(albums(&*catalog, AlbumOrder::Frequent(bob.id), sight).await, ["Never"]);
}

/// By the account's own plays only.
pub async fn the_most_played_of_an_artist_are_listed<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (ann, bob) = (listener(&*catalog, "ann").await, listener(&*catalog, "bob").await);
    let [a, b, c] = [("A", 1), ("B", 2), ("C", 3)].map(|(title, n)| single("Sade", title, n));
    let other = single("Eno", "Other", 4);
    keep(&*catalog, &[], &[&a, &b, &c, &other]).await;
    let artist = catalog.recording(a.id).await.unwrap().unwrap().artist.id;
    let plays = [(b.id, minute(1)), (b.id, minute(2)), (a.id, minute(3)), (other.id, minute(4))];
    catalog.note_plays(ann.id, &plays).await.unwrap();
    catalog.note_plays(bob.id, &[(c.id, minute(1))]).await.unwrap();
    let top = RecordingOrder::Played(ann.id, artist);
    assert_eq!(recordings(&*catalog, top.clone(), &Sight::Published).await, ["B", "A"]);
    catalog.remove_recording(b.id).await.unwrap();
    assert_eq!(recordings(&*catalog, top, &Sight::Published).await, ["A"]);
    let top = RecordingOrder::Played(bob.id, artist);
    assert_eq!(recordings(&*catalog, top, &Sight::Published).await, ["C"]);
}
