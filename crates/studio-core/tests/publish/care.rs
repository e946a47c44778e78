//! That what is published is read back, kept, and missed when it is gone.

use bytes::Bytes;
use studio_core::blob::{Attributes, WriteMode, crc64nvme};
use studio_core::{Budget, Damage, Depth, Job, Problem, SoundPlace, VersionFilter, WhichRecording};

use crate::stage::{Stage, artist, title};

#[tokio::test]
async fn every_byte_of_what_is_published_is_read_back() {
    for stage in Stage::each() {
        let (studio, job) = (&stage.studio, Job::default());
        stage.album("Third Rooms").await;
        let cover = stage.cover();
        let name = title("Third Rooms");
        studio.set_album_artwork(&artist(), &name, Some(&cover), false, &job).await.unwrap();
        let one = stage.add_file("One", Some("Third Rooms"), 100.0).await;
        let verified = studio.verify(&VersionFilter::All, Depth::Full, &job).await.unwrap();
        assert_eq!((verified.versions, verified.published), (0, 2));
        assert!(verified.published_findings.is_empty());
        let scrubbed = studio.scrub(Budget::Percent(100.0), &job).await.unwrap();
        assert_eq!((scrubbed.objects, scrubbed.of_objects), (2, 2));

        let SoundPlace::Own { key, .. } = &one.sound.place else { panic!("{one:?}") };
        let mut bytes = vec![0; usize::try_from(one.sound.size).unwrap()];
        bytes[0] = 1;
        let bytes = Bytes::from(bytes);
        let (crc, none) = (crc64nvme(&bytes), Attributes::default());
        stage.store.put(key, bytes, crc, &none, WriteMode::Replace).await.unwrap();
        let wrong = vec![(key.clone(), Damage::WrongDigest)];
        let verified = studio.verify(&VersionFilter::All, Depth::Full, &job).await.unwrap();
        assert_eq!(verified.published_findings, wrong);
        let scrubbed = studio.scrub(Budget::Percent(100.0), &job).await.unwrap();
        assert_eq!(scrubbed.findings, wrong);
        let problems = stage.examine(studio).await.problems;
        assert!(
            matches!(&problems[..], [Problem::Damaged { object, .. }] if object.object_key == *key)
        );
        // The same file again puts it right.
        let file = stage.directory.path().join("One.wav");
        let source = studio_core::SoundSource::File(file);
        let wanted = crate::stage::recording("One", Some("Third Rooms"), source);
        let mended = stage.add(&wanted).await;
        assert!(!mended.changed && mended.sent == one.sound.size);
        assert_eq!(stage.examine(studio).await.problems, []);
    }
}

#[tokio::test]
async fn gc_keeps_what_is_published_and_what_was_taken_out_not_long_ago() {
    let stage = Stage::in_memory();
    let studio = &stage.studio;
    stage.album("Third Rooms").await;
    let cover = stage.cover();
    let (name, job) = (title("Third Rooms"), Job::default());
    studio.set_album_artwork(&artist(), &name, Some(&cover), false, &job).await.unwrap();
    let one = stage.add_file("One", Some("Third Rooms"), 100.0).await;
    stage.pass(100);
    assert_eq!(stage.gc(studio).await, 0);
    // Nor does another catalogue on this store that knows nothing of it.
    assert_eq!(stage.gc(&stage.anew()).await, 0);
    assert_eq!(stage.keys("objects/").await.len(), 2);

    studio.remove_recording(&WhichRecording::Id(one.id), false).await.unwrap();
    stage.pass(29);
    assert_eq!(stage.gc(studio).await, 0);
    stage.pass(2);
    assert_eq!(stage.gc(studio).await, 1);
    assert_eq!(stage.keys("objects/").await.len(), 1);
    assert_eq!(stage.examine(studio).await.problems, []);
    let scrubbed = studio.scrub(Budget::Percent(100.0), &job).await.unwrap();
    assert_eq!(scrubbed.of_objects, 1);
}

#[tokio::test]
async fn a_manifest_that_is_lost_or_older_is_written_again() {
    let stage = Stage::in_a_directory();
    let studio = &stage.studio;
    let album = stage.album("Third Rooms").await;
    let one = stage.add_file("One", Some("Third Rooms"), 100.0).await;
    studio.create_playlist(&"Late".parse().unwrap(), false).await.unwrap();
    let keys = stage.keys("published/").await;
    assert_eq!(keys.len(), 3);
    for key in &keys {
        stage.store.delete(key).await.unwrap();
    }
    let diagnosis = stage.examine(studio).await;
    assert_eq!(diagnosis.problems.len(), 3);
    let missing = |problem: &Problem| matches!(problem, Problem::PublishedWithoutManifest { .. });
    assert!(diagnosis.problems.iter().all(missing), "{:?}", diagnosis.problems);
    let treatment = studio.repair(&diagnosis, &Job::default()).await.unwrap();
    assert_eq!(treatment.left(), 0);
    assert_eq!(stage.examine(studio).await.problems, []);
    let anew = stage.anew();
    anew.recover(false, &Job::default()).await.unwrap();
    assert_eq!(anew.albums(None, None, 9).await.unwrap()[0].album, album);
    assert_eq!(anew.recordings(None, None, 9).await.unwrap()[0].recording, one);
}

#[tokio::test]
async fn a_store_that_is_empty_is_not_filled_behind_anybodys_back() {
    let stage = Stage::in_a_directory();
    stage.add_file("One", None, 100.0).await;
    let store = stage.directory.path().join("store");
    std::fs::rename(&store, stage.directory.path().join("away")).unwrap();
    let catalog = studio_core::SqliteCatalog::open(&stage.directory.path().join("studio.db"));
    let studio =
        studio_core::Studio::new(std::sync::Arc::new(catalog.unwrap()), stage.store.clone());
    let error = studio.create_playlist(&"Late".parse().unwrap(), false).await.unwrap_err();
    assert!(matches!(error, studio_core::Error::StoreEmpty { .. }), "{error}");
}
