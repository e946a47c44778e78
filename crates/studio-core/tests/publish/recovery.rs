//! The store alone rebuilds what is published; what a crash left is completed.

use std::sync::Arc;

use studio_core::repo::MockPublishRepo;
use studio_core::{
    AlbumChanges, CatalogError, Job, Problem, Repositories, SoundSource, SqliteCatalog, Studio,
    WhichRecording,
};

use crate::common::tone;
use crate::stage::{Stage, album, artist, of_release, recording, title};

#[tokio::test]
async fn the_store_alone_gives_everything_back() {
    for stage in Stage::each() {
        let (studio, job) = (&stage.studio, Job::default());
        stage.release().await;
        stage.album("Third Rooms").await;
        stage.album("Gone").await;
        let cover = stage.cover();
        let name = title("Third Rooms");
        studio.set_album_artwork(&artist(), &name, Some(&cover), false, &job).await.unwrap();
        stage.add(&recording("White Gloves", Some("Third Rooms"), of_release())).await;
        let single = stage.add_file("Single", None, 100.0).await;
        let gone = stage.add_file("Gone", Some("Gone"), 200.0).await;
        let list = "Late drive".parse().unwrap();
        studio.create_playlist(&list, false).await.unwrap();
        studio.add_to_playlist(&list, &[single.id, gone.id, single.id], None, false).await.unwrap();
        let changes = AlbumChanges {
            published: Some(true),
            with_recordings: true,
            ..AlbumChanges::default()
        };
        studio.change_album(&artist(), &name, &changes, false).await.unwrap();
        studio.remove_album(&artist(), &title("Gone"), true, false).await.unwrap();

        let anew = stage.anew();
        let planned = anew.recover(true, &job).await.unwrap();
        let recovered = anew.recover(false, &job).await.unwrap();
        let counts = (recovered.albums, recovered.recordings, recovered.playlists);
        assert_eq!((counts, recovered.unpublished), ((1, 2, 1), 0));
        assert_eq!((planned.albums, planned.recordings, planned.playlists), counts);
        assert_eq!(recovered.unreadable, []);
        assert!(recovered.recordings_without_object.is_empty());
        assert_eq!(state(&anew).await, state(studio).await);
        assert_eq!(stage.examine(&anew).await.problems, []);
        let again = anew.recover(false, &job).await.unwrap();
        assert_eq!((again.albums, again.recordings, again.playlists), (0, 0, 0));
        assert_eq!(stage.gc(&anew).await, 0);
    }
}

/// All that a catalogue has of what is published; but for what of a playlist is not there.
async fn state(studio: &Studio) -> impl PartialEq + std::fmt::Debug {
    let albums = studio.albums(None, None, 100).await.unwrap();
    let recordings = studio.recordings(None, None, 100).await.unwrap();
    let mut playlists = Vec::new();
    for (_, name, _) in studio.playlists(None, 100).await.unwrap() {
        let sheet = studio.playlist(&name).await.unwrap();
        let ids: Vec<_> = sheet.recordings.iter().map(|(_, entry)| entry.recording.id).collect();
        playlists.push((name, ids));
    }
    // The artist's identity is the catalogue's own.
    let albums: Vec<_> = albums.into_iter().map(|entry| (entry.album, entry.slug)).collect();
    let recordings: Vec<_> =
        recordings.into_iter().map(|entry| (entry.recording, entry.slug)).collect();
    (albums, recordings, playlists)
}

#[tokio::test]
async fn an_older_catalogue_learns_what_changed_and_what_went() {
    let stage = Stage::in_a_directory();
    let (studio, job) = (&stage.studio, Job::default());
    stage.album("Third Rooms").await;
    let one = stage.add_file("One", Some("Third Rooms"), 100.0).await;
    let two = stage.add_file("Two", Some("Third Rooms"), 200.0).await;
    let older = stage.anew();
    older.recover(false, &job).await.unwrap();
    studio.remove_recording(&WhichRecording::Id(one.id), false).await.unwrap();
    let changes = AlbumChanges { title: Some(title("Rooms")), ..AlbumChanges::default() };
    studio.change_album(&artist(), &title("Third Rooms"), &changes, false).await.unwrap();
    // The title that became free is another album's now.
    stage.album("Third Rooms").await;

    let problems = stage.examine(&older).await.problems;
    let news = |problem: &Problem| matches!(problem, Problem::UnknownPublished { .. });
    assert!(problems.len() == 3 && problems.iter().all(news), "{problems:?}");
    let recovered = older.recover(false, &job).await.unwrap();
    assert_eq!((recovered.albums, recovered.unpublished), (2, 1));
    assert_eq!(recovered.unreadable, []);
    assert_eq!(state(&older).await, state(studio).await);
    assert!(older.recording(&WhichRecording::Id(two.id)).await.is_ok());
    assert_eq!(stage.examine(&older).await.problems, []);
}

#[tokio::test]
async fn what_a_crash_left_between_manifest_and_catalogue_is_completed() {
    let stage = Stage::in_a_directory();
    let database = stage.directory.path().join("studio.db");
    let catalog = Arc::new(SqliteCatalog::open(&database).unwrap());
    let mut failing = MockPublishRepo::new();
    let gone = || CatalogError::Busy { action: "crash" };
    failing.expect_album_titled().returning(|_, _| Ok(None));
    failing.expect_album().returning(|_| Ok(None));
    failing.expect_recording().returning(|_| Ok(None));
    failing.expect_put_album().returning(move |_| Err(gone()));
    failing.expect_put_recordings().returning(move |_| Err(gone()));
    let repositories = Repositories { publish: Arc::new(failing), ..Repositories::from(catalog) };
    let crashing = Studio::new(repositories, stage.store.clone());
    let job = Job::default();
    crashing.create_album(&album("Third Rooms"), false).await.unwrap_err();
    let file = stage.file("One.wav", &tone(100.0));
    let wanted = recording("One", None, SoundSource::File(file));
    crashing.add_recording(&wanted, false, &job).await.unwrap_err();
    assert_eq!(stage.keys("published/").await.len(), 2);

    // Nothing is visible, and nothing is lost.
    let studio = &stage.studio;
    assert!(studio.albums(None, None, 9).await.unwrap().is_empty());
    assert_eq!(stage.gc(studio).await, 0);
    let problems = stage.examine(studio).await.problems;
    let news = |problem: &&Problem| matches!(problem, Problem::UnknownPublished { .. });
    assert_eq!(problems.iter().filter(news).count(), 2, "{problems:?}");
    // The same commands complete it.
    let made = studio.create_album(&album("Third Rooms"), false).await.unwrap();
    let added = stage.add(&wanted).await;
    assert!(made.changed && added.changed && added.sent == 0);
    assert_eq!(stage.keys("published/").await.len(), 2);
    assert_eq!(stage.examine(studio).await.problems, []);
}

#[tokio::test]
async fn manifests_that_make_no_sense_are_told_and_nothing_is_removed() {
    let stage = Stage::in_memory();
    stage.add_file("One", None, 100.0).await;
    let key = stage.keys("published/recordings/").await.remove(0);
    let bytes = bytes::Bytes::from_static(b"{\"format\": \"studio.recording/9\"}");
    let crc = studio_core::blob::crc64nvme(&bytes);
    let none = studio_core::blob::Attributes::default();
    let mode = studio_core::blob::WriteMode::Replace;
    stage.store.put(&key, bytes, crc, &none, mode).await.unwrap();
    let anew = stage.anew();
    let recovered = anew.recover(false, &Job::default()).await.unwrap();
    assert_eq!((recovered.recordings, recovered.unreadable.len()), (0, 1));
    let cleared = anew
        .collect_garbage(
            &studio_core::Clearing { grace: std::time::Duration::ZERO, ..Default::default() },
            &Job::default(),
        )
        .await
        .unwrap();
    assert_eq!((cleared.orphans.len(), cleared.unreadable.len()), (0, 1));
}
