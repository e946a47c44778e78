//! Albums: made once, changed, with covers, taken out.

use studio_core::{AlbumChanges, CatalogError, Error, ErrorKind, Job, Picture, Wanted};

use crate::stage::{Stage, album, artist, title};

#[tokio::test]
async fn an_album_is_made_once_and_stays_as_it_was_made() {
    for stage in Stage::each() {
        let studio = &stage.studio;
        let planned = studio.create_album(&album("Third Rooms"), true).await.unwrap();
        assert!(planned.changed);
        assert!(studio.albums(None, None, 10).await.unwrap().is_empty());
        assert!(stage.keys("published/").await.is_empty());
        let made = studio.create_album(&album("Third Rooms"), false).await.unwrap();
        assert_eq!((made.changed, made.album.id), (true, planned.album.id));
        let again = studio.create_album(&album("THIRD rooms"), false).await.unwrap();
        assert_eq!((again.changed, &again.album), (false, &made.album));
        let mut other = album("Third Rooms");
        other.licence = Some("cc0-1.0".parse().unwrap());
        let error = studio.create_album(&other, false).await.unwrap_err();
        assert!(matches!(error, Error::Catalog(CatalogError::AlbumExists { .. })), "{error}");
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert_eq!(stage.keys("published/albums/").await.len(), 1);
    }
}

#[tokio::test]
async fn an_album_is_changed_with_what_is_on_it() {
    let stage = Stage::in_memory();
    stage.album("Third Rooms").await;
    stage.album("Other").await;
    for (name, hertz) in [("One", 100.0), ("Two", 200.0)] {
        stage.add_file(name, Some("Third Rooms"), hertz).await;
    }
    let studio = &stage.studio;
    let changes = AlbumChanges {
        title: Some(title("Rooms")),
        licence: Wanted::Value("cc-by-4.0".parse().unwrap()),
        released: Wanted::Nothing,
        published: Some(true),
        with_recordings: true,
    };
    let planned = studio.change_album(&artist(), &title("Third Rooms"), &changes, true).await;
    assert_eq!(planned.unwrap().recordings, 2);
    let changed = studio.change_album(&artist(), &title("Third Rooms"), &changes, false).await;
    let changed = changed.unwrap();
    assert!(changed.changed && changed.recordings == 2);
    let sheet = studio.album(&artist(), &title("Rooms")).await.unwrap();
    assert!(sheet.entry.album.published && sheet.entry.album.released.is_none());
    assert_eq!(sheet.recordings.len(), 2);
    for entry in &sheet.recordings {
        let recording = &entry.recording;
        assert!(recording.published && recording.released.is_none());
        assert_eq!(recording.licence, Some("cc-by-4.0".parse().unwrap()));
    }
    let same = AlbumChanges { title: None, ..changes.clone() };
    let again = studio.change_album(&artist(), &title("Rooms"), &same, false).await.unwrap();
    assert!(!again.changed && again.recordings == 0);
    let taken = AlbumChanges { title: Some(title("other")), ..AlbumChanges::default() };
    let error = studio.change_album(&artist(), &title("Rooms"), &taken, false).await.unwrap_err();
    assert!(matches!(error, Error::Catalog(CatalogError::AlbumExists { .. })), "{error}");
    let none = studio.album(&artist(), &title("Third Rooms")).await.unwrap_err();
    assert!(matches!(none, Error::NoAlbumTitled { .. }) && none.kind() == ErrorKind::NotFound);
    // The title is free: another album can have it, with an identity of its own.
    let next = stage.album("Third Rooms").await;
    assert_ne!(next.id, sheet.entry.album.id);
}

#[tokio::test]
async fn a_cover_is_checked_made_anew_and_kept() {
    for stage in Stage::each() {
        stage.album("Third Rooms").await;
        let (studio, job) = (&stage.studio, Job::default());
        let cover = stage.cover();
        let name = title("Third Rooms");
        let set = studio.set_album_artwork(&artist(), &name, Some(&cover), false, &job).await;
        let set = set.unwrap();
        let Some(artwork) = &set.album.artwork else { panic!("no artwork") };
        assert_eq!(artwork.content_type, "image/png");
        let Picture::Own(digest) = artwork.picture else { panic!("{artwork:?}") };
        assert!(stage.store.head(&studio_core::ObjectKey::of_object(&digest)).await.is_ok());
        let again = studio.set_album_artwork(&artist(), &name, Some(&cover), false, &job).await;
        assert!(!again.unwrap().changed);
        assert_eq!(stage.gc(studio).await, 0);
        let text = stage.file("cover.txt", b"no picture");
        let error = studio.set_album_artwork(&artist(), &name, Some(&text), false, &job).await;
        let error = error.unwrap_err();
        assert!(matches!(error, Error::Picture { .. }), "{error}");
        assert_eq!(error.kind(), ErrorKind::Integrity);
        let none = studio.set_album_artwork(&artist(), &name, None, false, &job).await.unwrap();
        assert!(none.changed && none.album.artwork.is_none());
    }
}

#[tokio::test]
async fn an_album_goes_with_what_is_on_it_or_not_at_all() {
    let stage = Stage::in_a_directory();
    let album = stage.album("Third Rooms").await;
    stage.add_file("One", Some("Third Rooms"), 100.0).await;
    let (studio, name) = (&stage.studio, title("Third Rooms"));
    let error = studio.remove_album(&artist(), &name, false, false).await.unwrap_err();
    assert!(matches!(error, Error::Catalog(CatalogError::AlbumInUse { recordings: 1, .. })));
    let planned = studio.remove_album(&artist(), &name, true, true).await.unwrap();
    assert_eq!(planned.recordings, 1);
    studio.remove_album(&artist(), &name, true, false).await.unwrap();
    assert!(studio.albums(None, None, 10).await.unwrap().is_empty());
    assert!(studio.recordings(None, None, 10).await.unwrap().is_empty());
    assert_eq!(stage.examine(studio).await.problems, []);
    // Made again it is the same one, and later than what took it out.
    let again = stage.album("Third Rooms").await;
    assert!(again.id == album.id && again.updated_at > album.updated_at);
    assert_eq!(stage.examine(studio).await.problems, []);
}
