//! Recordings: found, taken in together, named, moved.

use studio_domain::{
    Artwork, LibraryId, Licence, Origin, Picture, Recording, ReleaseDate, ReleaseId, SoundPlace,
    StoreUrl,
};
use studio_repo::{Error, Shown};
use uuid::Uuid;

use super::{PublishFixture, album, digest, on, put, put_album, single};
use crate::catalog_suite::{path, version};
use crate::names::HARD_NAMES;

/// Of whatever origin and wherever its bytes lie.
pub async fn a_recording_is_found_as_it_is(fixture: &impl PublishFixture) {
    let (catalog, other) = (fixture.open(), fixture.open());
    let compilation = album("Various", "Hits");
    put_album(&*catalog, &compilation).await;
    let mut found = single("Björk", "Jóga", 3);
    found.sound.place = SoundPlace::Found {
        store: "s3://lib".parse().unwrap(),
        key: "Björk/Homogenic/02 Jóga.flac".parse().unwrap(),
        etag: "abc-2".to_owned(),
    };
    found.sound.format = None;
    found.origin = Origin::Library(LibraryId::from_uuid(Uuid::now_v7()));
    let picture = Picture::Own(digest(77));
    let all = [
        single("Sade", "Cherish", 1),
        Recording {
            released: ReleaseDate::new(1997, None, None),
            licence: Some(Licence::AllRightsReserved),
            artwork: Some(Artwork { picture, content_type: "image/png".to_owned() }),
            origin: Origin::Release(ReleaseId::from_uuid(Uuid::now_v7())),
            album: on(&compilation, 2, 65_535, "x", 0).album,
            ..single("Sade", "Cherish the Day", u64::from(u32::MAX) + 1)
        },
        Recording { published: false, origin: Origin::Existing, ..found },
    ];
    let entries = catalog.put_recordings(&all).await.unwrap();
    for (recording, entry) in all.iter().zip(&entries) {
        assert_eq!(&entry.recording, recording);
        assert_eq!(entry.artist.name, recording.artist);
        assert_eq!(other.recording(recording.id).await.unwrap().as_ref(), Some(entry));
    }
    let line = entries[1].album.as_ref().unwrap();
    assert_eq!((line.id, &line.title), (compilation.id, &compilation.title));
    assert_eq!(line.artist.name, compilation.artist);
    assert!(line.published && !line.has_artwork);
    for seed in [1, 77] {
        assert!(catalog.is_published_object(&digest(seed)).await.unwrap());
    }
    assert!(!catalog.is_published_object(&digest(3)).await.unwrap());
    assert_eq!(catalog.recording(single("x", "y", 1).id).await.unwrap(), None);
}

/// Every name that software gets wrong, as artist, album, title and search.
pub async fn hard_titles_come_through(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    for (name, seed) in HARD_NAMES.into_iter().zip(1..) {
        let album = album(name, name);
        put_album(&*catalog, &album).await;
        let recording = on(&album, 1, 1, name, seed);
        let entry = put(&*catalog, &recording).await;
        assert_eq!(entry.recording, recording);
        let sheet =
            catalog.album_sheet_by_slug(&entry.artist.slug, &entry.album.unwrap().slug, true).await;
        let sheet = sheet.unwrap().unwrap();
        assert_eq!(sheet.entry.album, album);
        assert_eq!(sheet.recordings[0].recording, recording);
        let hits = catalog.search(recording.title.as_str(), true, 0, 100).await.unwrap().hits;
        let has_word = name.chars().any(char::is_alphanumeric);
        assert_eq!(
            hits.iter().any(|hit| hit.title == recording.title.as_str()),
            has_word,
            "{name}"
        );
    }
    assert_eq!(catalog.artists_page(true, None, 100).await.unwrap().len(), HARD_NAMES.len());
}

/// One that cannot be taken in keeps the others out.
pub async fn recordings_are_taken_in_together_or_not_at_all(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let unknown = album("Sade", "Promise");
    let all = [single("Sade", "Smooth Operator", 1), on(&unknown, 1, 1, "Jezebel", 2)];
    match catalog.put_recordings(&all).await {
        Err(Error::NoAlbum { id }) => assert_eq!(id, unknown.id),
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(catalog.recordings_page(Shown::default(), None, 10).await.unwrap(), []);
    assert_eq!(catalog.artists_page(false, None, 10).await.unwrap(), []);
    assert_eq!(catalog.search("smooth", false, 0, 10).await.unwrap().hits, []);
}

/// Many of one title, each with a slug of its own that stays.
pub async fn slugs_of_recordings_are_numbered_and_stay(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let all: Vec<_> = (0..40).map(|n| single("Sade", "Untitled", n)).collect();
    let entries = catalog.put_recordings(&all).await.unwrap();
    let mut slugs: Vec<_> = entries.iter().map(|entry| entry.slug.to_string()).collect();
    assert_eq!(slugs[..3], ["untitled", "untitled-2", "untitled-3"]);
    let again = catalog.put_recordings(&all).await.unwrap();
    assert_eq!(again, entries);
    slugs.sort();
    slugs.dedup();
    assert_eq!(slugs.len(), all.len());
    let renamed = Recording { title: "Titled".parse().unwrap(), ..all[0].clone() };
    assert_eq!(put(&*catalog, &renamed).await.slug.as_str(), "titled");
}

/// With songs, albums and recordings alike.
pub async fn artists_come_with_the_first_and_go_with_the_last(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let take = version(path("Sade", "s", "t", "v"), 1);
    catalog.restore(std::slice::from_ref(&take)).await.unwrap();
    let record = album("Sade", "Promise");
    let song = single("SADE", "Cherish", 1);
    put_album(&*catalog, &record).await;
    let artist = put(&*catalog, &song).await.artist;
    assert_eq!(artist.name.as_str(), "Sade");
    let at = studio_domain::Timestamp::from_micros(5);
    catalog.trash(&take.path, at).await.unwrap();
    assert_eq!(catalog.artist(artist.id).await.unwrap().as_ref(), Some(&artist));
    catalog.remove_recording(song.id).await.unwrap();
    assert_eq!(catalog.artist(artist.id).await.unwrap().as_ref(), Some(&artist));
    catalog.untrash(take.id, at).await.unwrap();
    catalog.remove_album(record.id).await.unwrap();
    assert_eq!(catalog.artist_by_slug(&artist.slug).await.unwrap(), Some(artist.clone()));
    assert_eq!(catalog.artists_page(true, None, 10).await.unwrap(), []);
    catalog.trash(&take.path, at).await.unwrap();
    assert_eq!(catalog.artist(artist.id).await.unwrap(), None);
    assert_eq!(catalog.search("sade", false, 0, 10).await.unwrap().hits, []);
}

/// Singles first, then by album and place.
pub async fn recordings_are_found_by_title(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let (first, second) = (album("Sade", "Aa"), album("Sade", "Bb"));
    for album in [&second, &first] {
        put_album(&*catalog, album).await;
    }
    let all = [
        single("Sade", "Jezebel", 1),
        on(&first, 1, 2, "jezebel", 2),
        on(&first, 1, 9, "Jezebel", 3),
        on(&second, 1, 1, "JEZEBEL", 4),
    ];
    let mut shuffled = all.to_vec();
    shuffled.reverse();
    shuffled.push(single("Björk", "Jezebel", 5));
    catalog.put_recordings(&shuffled).await.unwrap();
    let found = catalog
        .recordings_titled(&"sade".parse().unwrap(), &"jezebel".parse().unwrap())
        .await
        .unwrap();
    let found: Vec<_> = found.into_iter().map(|entry| entry.recording).collect();
    assert_eq!(found, all);
}

/// Those in libraries stay where they are.
pub async fn own_recordings_move_to_another_store(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let (own, stays) = (single("Sade", "a", 1), single("Sade", "b", 2));
    let mut found = single("Sade", "c", 3);
    found.sound.place = SoundPlace::Found {
        store: "s3://lib".parse().unwrap(),
        key: "c.flac".parse().unwrap(),
        etag: "1".to_owned(),
    };
    catalog.put_recordings(&[own.clone(), stays.clone(), found.clone()]).await.unwrap();
    let store: StoreUrl = "s3://copy".parse().unwrap();
    let none: [studio_domain::AlbumId; 0] = [];
    let unknown = single("x", "y", 1).id;
    catalog.move_published(&none, &[own.id, found.id, unknown], &store).await.unwrap();
    let stores = |all: Vec<studio_repo::RecordingEntry>| -> Vec<String> {
        all.iter().map(|entry| entry.recording.sound.place.store().to_string()).collect()
    };
    let all = catalog.recordings_page(Shown::default(), None, 10).await.unwrap();
    assert_eq!(stores(all), ["s3://copy", "s3://music/vault", "s3://lib"]);
}
