use studio_domain::{Album, AudioFormat, Recording};
use studio_repo::{AlbumOrder, ListedAlbum, Sight, Stretch};

use super::{ALL, ListenerFixture, albums, and, at, keep};
use crate::publish_suite::{album, on};

/// Whatever the order in which they were taken in, but for the newest.
pub async fn albums_are_listed_in_every_order<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let all = [("Eno", "cyan"), ("sade", "Blue"), ("Air", "azure"), ("AIR", "Dark")]
        .into_iter()
        .zip([30, 10, 40, 20])
        .map(|((artist, title), added)| Album { updated_at: at(added), ..album(artist, title) });
    let all: Vec<_> = all.collect();
    keep(&*catalog, &all.iter().collect::<Vec<_>>(), &[]).await;
    // What becomes of one later makes it no newer.
    keep(&*catalog, &[&Album { updated_at: at(90), ..all[1].clone() }], &[]).await;
    let found = catalog.albums_with(&[all[1].id], &Sight::Published).await.unwrap();
    assert_eq!((found[0].added_at, found[0].entry.album.updated_at), (at(10), at(90)));
    for sight in [&Sight::Published, &Sight::Everything] {
        let newest = albums(&*catalog, AlbumOrder::Newest, sight).await;
        assert_eq!(newest, ["azure", "cyan", "Dark", "Blue"]);
        let by_title = albums(&*catalog, AlbumOrder::Title, sight).await;
        assert_eq!(by_title, ["azure", "Blue", "cyan", "Dark"]);
        let by_artist = albums(&*catalog, AlbumOrder::Artist, sight).await;
        assert_eq!(by_artist, ["azure", "Dark", "cyan", "Blue"]);
    }
}

/// Both years included; what has no date is in no year.
pub async fn albums_are_listed_by_year_both_ways<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let dates = [Some("1990"), None, Some("1985-11-04"), Some("1992-10"), Some("2000-07-12")];
    for date in dates {
        let mut one = album("Sade", date.unwrap_or("without"));
        one.released = date.map(|date| date.parse().unwrap());
        keep(&*catalog, &[&one], &[]).await;
    }
    let years =
        async |from, to| albums(&*catalog, AlbumOrder::Years { from, to }, &Sight::Published).await;
    assert_eq!(years(1985, 1992).await, ["1985-11-04", "1990", "1992-10"]);
    assert_eq!(years(1992, 1985).await, ["1992-10", "1990", "1985-11-04"]);
    assert_eq!(years(2000, 2000).await, ["2000-07-12"]);
    assert_eq!(years(0, 1984).await, [""; 0]);
    assert_eq!(years(9999, 0).await.len(), 4);
    // A date that was wrong is another one.
    let artist = "Sade".parse().unwrap();
    let wrong = catalog.album_titled(&artist, &"without".parse().unwrap()).await.unwrap();
    let right = Album { released: Some("1984".parse().unwrap()), ..wrong.unwrap().album };
    keep(&*catalog, &[&right], &[]).await;
    assert_eq!(years(0, 1984).await, ["without"]);
}

fn lasting(mut recording: Recording, seconds: u64) -> Recording {
    let format = recording.sound.format.unwrap();
    let frames = Some(u64::from(format.sample_rate) * seconds);
    recording.sound.format = Some(AudioFormat { frames, ..format });
    recording
}

/// As far as it is in sight, and as it is now.
pub async fn albums_tell_what_is_on_them<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let (record, empty) = (album("Sade", "Promise"), album("Sade", "Empty"));
    let mut hidden = lasting(on(&record, 1, 1, "Hidden", 1), 100);
    hidden.published = false;
    hidden.genre = Some("Pop".parse().unwrap());
    let mut song = lasting(on(&record, 1, 2, "Song", 2), 30);
    song.genre = Some("Soul".parse().unwrap());
    let mut unknown = on(&record, 1, 3, "Unknown", 3);
    unknown.sound.format = None;
    unknown.genre = hidden.genre.clone();
    keep(&*catalog, &[&record, &empty], &[&hidden, &song, &unknown]).await;
    let artist = catalog.album(record.id).await.unwrap().unwrap().artist.id;
    let sums = |listed: &ListedAlbum| {
        (listed.songs, listed.length_ms, listed.genre.as_ref().map(ToString::to_string))
    };
    let of = async |sight: &Sight| {
        let listed = catalog.albums_with(&[record.id, empty.id], sight).await.unwrap();
        assert_eq!(
            (listed[0].entry.album.clone(), sums(&listed[1])),
            (record.clone(), (0, 0, None))
        );
        sums(&listed[0])
    };
    assert_eq!(of(&Sight::Published).await, (2, 30_000, Some("Pop".to_owned())));
    assert_eq!(of(&Sight::Everything).await, (3, 130_000, Some("Pop".to_owned())));
    assert_eq!(of(&and(artist)).await, (3, 130_000, Some("Pop".to_owned())));
    // A header can claim any length.
    let mut endless = song.clone();
    let format = endless.sound.format.unwrap();
    endless.sound.format = Some(AudioFormat { frames: Some(u64::MAX / 2), ..format });
    keep(&*catalog, &[], &[&endless]).await;
    assert_eq!(of(&Sight::Published).await.1, 0);
    // Onto another album, and gone.
    keep(&*catalog, &[], &[&song]).await;
    let other = Recording { album: on(&empty, 1, 1, "Song", 1).album, ..song.clone() };
    keep(&*catalog, &[], &[&other]).await;
    let listed = catalog.albums_with(&[record.id, empty.id], &Sight::Published).await.unwrap();
    assert_eq!((listed[0].songs, listed[1].songs, listed[1].length_ms), (1, 1, 30_000));
    catalog.remove_recording(song.id).await.unwrap();
    let listed = catalog.albums_with(&[empty.id], &Sight::Published).await.unwrap();
    assert_eq!(sums(&listed[0]), (0, 0, None));
}

/// What is published, that and all of some artists, or everything.
pub async fn each_sees_what_is_in_sight<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let mut all = [("Eno", "A"), ("Eno", "B"), ("Sade", "C"), ("Sade", "D")]
        .map(|(artist, title)| album(artist, title));
    for one in &mut all {
        one.released = Some("1990".parse().unwrap());
    }
    all[1].published = false;
    all[3].published = false;
    let songs: Vec<_> = all
        .iter()
        .map(|album| {
            let mut song = on(album, 1, 1, album.title.as_str(), 1);
            song.published = album.published;
            song.genre = Some("Soul".parse().unwrap());
            song
        })
        .collect();
    keep(&*catalog, &all.each_ref(), &songs.iter().collect::<Vec<_>>()).await;
    let eno = catalog.album(all[0].id).await.unwrap().unwrap().artist.id;
    let sights = [
        (Sight::Published, vec!["A", "C"]),
        (and(eno), vec!["A", "B", "C"]),
        (Sight::PublishedAnd([].into()), vec!["A", "C"]),
        (Sight::Everything, vec!["A", "B", "C", "D"]),
    ];
    for (sight, expected) in sights {
        let orders = [
            AlbumOrder::Title,
            AlbumOrder::Artist,
            AlbumOrder::Years { from: 1990, to: 1990 },
            AlbumOrder::Genre("SOUL".parse().unwrap()),
        ];
        for order in orders {
            assert_eq!(albums(&*catalog, order.clone(), &sight).await, expected, "{order:?}");
        }
        let mut by_chance = albums(&*catalog, AlbumOrder::Chance, &sight).await;
        by_chance.sort();
        assert_eq!(by_chance, expected);
        let newest = albums(&*catalog, AlbumOrder::Newest, &sight).await;
        assert!(newest.iter().rev().eq(&expected), "{newest:?}");
        let ids: Vec<_> = all.iter().map(|album| album.id).collect();
        assert_eq!(catalog.albums_with(&ids, &sight).await.unwrap().len(), expected.len());
        let ids: Vec<_> = songs.iter().map(|song| song.id).collect();
        assert_eq!(catalog.recordings_with(&ids, &sight).await.unwrap().len(), expected.len());
    }
}

/// Whatever the limit; beyond the end is nothing.
pub async fn stretches_join_to_the_whole<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let all: Vec<_> = (0..25).map(|n| album("Sade", &format!("{n:02}"))).collect();
    keep(&*catalog, &all.iter().collect::<Vec<_>>(), &[]).await;
    let whole = catalog.albums_listed(&AlbumOrder::Title, &Sight::Published, ALL).await.unwrap();
    assert_eq!(whole.len(), 25);
    for limit in [1, 7, 25] {
        let mut joined = Vec::new();
        loop {
            let offset = u32::try_from(joined.len()).unwrap();
            let stretch = Stretch { offset, limit };
            let listed = catalog.albums_listed(&AlbumOrder::Title, &Sight::Published, stretch);
            let listed = listed.await.unwrap();
            assert!(listed.len() <= usize::try_from(limit).unwrap());
            if listed.is_empty() {
                break;
            }
            joined.extend(listed);
        }
        assert_eq!(joined, whole);
    }
}

/// One that is asked for twice comes twice, one that is not there not at all.
pub async fn what_is_asked_for_comes_in_its_order<F: ListenerFixture>(fixture: &F) {
    let catalog = fixture.open();
    let record = album("Sade", "Promise");
    let songs = [1, 2, 3].map(|n| on(&record, 1, n, &format!("{n}"), n.into()));
    keep(&*catalog, &[&record], &songs[..2].iter().collect::<Vec<_>>()).await;
    let ids = [1, 2, 0, 1].map(|place: usize| songs[place].id);
    let found = catalog.recordings_with(&ids, &Sight::Published).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|entry| entry.recording).collect();
    assert_eq!(found, [songs[1].clone(), songs[0].clone(), songs[1].clone()]);
    assert_eq!(catalog.recordings_with(&[], &Sight::Published).await.unwrap(), []);
}
