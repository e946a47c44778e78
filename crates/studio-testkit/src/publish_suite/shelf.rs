//! Pages of what is released.

use studio_repo::{Error, Shown};

use super::{PublishFixture, album, on, put, put_album, single};

/// In the order of artists and titles, whole or of one artist, whatever the size of a page.
pub async fn pages_of_the_shelf_join_to_the_whole(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    for (artist, title) in [("b", "Two"), ("B", "one"), ("a", "x"), ("c", "y")] {
        put_album(&*catalog, &album(artist, title)).await;
        for n in 0..3 {
            put(&*catalog, &single(artist, title, n)).await;
        }
    }
    let of_b = catalog.artist_by_slug(&"b".parse().unwrap()).await.unwrap().unwrap();
    for artist in [None, Some(of_b.id)] {
        for published_only in [false, true] {
            let shown = Shown { artist, published_only };
            let all = catalog.recordings_page(shown, None, 100).await.unwrap();
            assert_eq!(all.len(), if artist.is_some() { 6 } else { 12 });
            let key = |entry: &studio_repo::RecordingEntry| {
                let recording = entry.recording.clone();
                (recording.artist, recording.title, recording.id)
            };
            assert!(all.is_sorted_by_key(key));
            let (mut joined, mut after) = (Vec::new(), None);
            loop {
                let page = catalog.recordings_page(shown, after, 5).await.unwrap();
                let Some(last) = page.last() else { break };
                after = Some(last.recording.id);
                joined.extend(page);
            }
            assert_eq!(joined, all);
            let albums = catalog.albums_page(shown, None, 100).await.unwrap();
            let mut joined = Vec::new();
            while let [album] = &catalog
                .albums_page(shown, joined.last().map(|e: &studio_repo::AlbumEntry| e.album.id), 1)
                .await
                .unwrap()[..]
            {
                joined.push(album.clone());
            }
            assert_eq!(joined, albums);
            assert_eq!(albums.len(), if artist.is_some() { 2 } else { 4 });
        }
    }
    // A place among what is another artist's.
    let shown = Shown { artist: Some(of_b.id), published_only: false };
    let all = catalog.recordings_page(Shown::default(), None, 100).await.unwrap();
    let (first, last) = (all[0].recording.id, all[11].recording.id);
    assert_eq!(catalog.recordings_page(shown, Some(first), 100).await.unwrap().len(), 6);
    assert_eq!(catalog.recordings_page(shown, Some(last), 100).await.unwrap(), []);
    let artists = catalog.artists_page(false, None, 2).await.unwrap();
    let rest = catalog.artists_page(true, Some(artists[1].id), 2).await.unwrap();
    let names: Vec<_> = artists.iter().chain(&rest).map(|artist| artist.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "c"]);
}

/// Artists, albums, recordings, sheets, searches.
pub async fn only_what_is_published_is_shown_where_only_that_is_wanted(
    fixture: &impl PublishFixture,
) {
    let catalog = fixture.open();
    let mut hidden = album("Hidden", "Secret Plans");
    hidden.published = false;
    put_album(&*catalog, &hidden).await;
    let mut secret = on(&hidden, 1, 1, "Secret", 1);
    secret.published = false;
    let open = on(&hidden, 1, 2, "Open", 2);
    put(&*catalog, &secret).await;
    let all = Shown { artist: None, published_only: true };
    assert_eq!(catalog.artists_page(true, None, 10).await.unwrap(), []);
    assert_eq!(catalog.recordings_page(all, None, 10).await.unwrap(), []);
    assert_eq!(catalog.search("hidden", true, 0, 10).await.unwrap().hits, []);
    put(&*catalog, &open).await;
    assert_eq!(catalog.artists_page(true, None, 10).await.unwrap().len(), 1);
    assert_eq!(catalog.albums_page(all, None, 10).await.unwrap(), []);
    let shown = catalog.recordings_page(all, None, 10).await.unwrap();
    assert_eq!(shown.iter().map(|entry| entry.recording.id).collect::<Vec<_>>(), [open.id]);
    assert_eq!(catalog.album_sheet(hidden.id, true).await.unwrap(), None);
    // Not even by a word of what is hidden.
    assert_eq!(catalog.search("plans", true, 0, 10).await.unwrap().hits, []);
    assert!(!catalog.search("plans", false, 0, 10).await.unwrap().hits.is_empty());
    hidden.published = true;
    put_album(&*catalog, &hidden).await;
    let sheet = catalog.album_sheet(hidden.id, true).await.unwrap().unwrap();
    assert_eq!(sheet.recordings.len(), 1);
    let found = catalog.search("plans open", true, 0, 10).await.unwrap().hits;
    assert_eq!(found[0].album.as_deref(), Some("Secret Plans"));
    catalog.remove_recording(open.id).await.unwrap();
    hidden.published = false;
    put_album(&*catalog, &hidden).await;
    assert_eq!(catalog.artists_page(true, None, 10).await.unwrap(), []);
    assert_eq!(catalog.search("hidden", true, 0, 10).await.unwrap().hits, []);
}

/// By disc, number, title and identity; by identity or by slugs.
pub async fn an_album_is_told_with_what_is_on_it(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let record = album("Sade", "Promise");
    let entry = put_album(&*catalog, &record).await;
    let mut guest = on(&record, 1, 2, "Duet", 3);
    guest.artist = "A Guest".parse().unwrap();
    let wanted = [
        on(&record, 0, 9, "z", 1),
        on(&record, 1, 1, "y", 2),
        guest,
        on(&record, 1, 2, "Encore", 4),
        on(&record, 2, 0, "a", 5),
    ];
    let mut shuffled = wanted.to_vec();
    shuffled.swap(0, 3);
    shuffled.swap(1, 4);
    catalog.put_recordings(&shuffled).await.unwrap();
    let sheet = catalog.album_sheet(record.id, true).await.unwrap().unwrap();
    let on_it: Vec<_> = sheet.recordings.iter().map(|one| one.recording.clone()).collect();
    assert_eq!(on_it, wanted);
    assert!(sheet.recordings.iter().all(|one| one.album.as_ref().unwrap().artist == entry.artist));
    let by_slug = catalog.album_sheet_by_slug(&entry.artist.slug, &entry.slug, true).await.unwrap();
    assert_eq!(by_slug, Some(sheet));
    let nothing = catalog.album_sheet_by_slug(&entry.slug, &entry.artist.slug, false).await;
    assert_eq!(nothing.unwrap(), None);
}

/// Not the first page, which would be read again and again.
pub async fn an_unknown_place_on_the_shelf_is_refused(fixture: &impl PublishFixture) {
    let catalog = fixture.open();
    let entry = put(&*catalog, &single("Sade", "a", 1)).await;
    catalog.remove_recording(entry.recording.id).await.unwrap();
    let shown = Shown::default();
    let refused = [
        catalog.artists_page(false, Some(entry.artist.id), 10).await.map(drop),
        catalog.albums_page(shown, Some(album("x", "y").id), 10).await.map(drop),
        catalog.recordings_page(shown, Some(entry.recording.id), 10).await.map(drop),
    ];
    for refused in refused {
        assert!(matches!(refused, Err(Error::UnknownShelfCursor { .. })), "{refused:?}");
    }
}
