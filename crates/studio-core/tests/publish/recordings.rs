//! Recordings: from a release, a file, a version, an object.

use studio_core::{
    Codec, Error, ErrorKind, Job, OfAlbum, Origin, Position, RecordingChanges, SoundPlace,
    SoundSource, Wanted, WhichRecording,
};

use crate::common::tone;
use crate::stage::{Stage, artist, of_release, recording, title, titled};

#[tokio::test]
async fn the_mix_of_a_release_becomes_a_recording() {
    for stage in Stage::each() {
        let release = stage.release().await;
        stage.album("Third Rooms").await;
        let wanted = recording("White Gloves", Some("Third Rooms"), of_release());
        let job = Job::default();
        let planned = stage.studio.add_recording(&wanted, true, &job).await.unwrap();
        assert!(planned.changed && planned.recording.is_none());
        let added = stage.add(&wanted).await;
        let made = added.recording.unwrap();
        assert!(added.changed && added.sent > 0);
        assert_eq!(made.origin, Origin::Release(release.id));
        assert_eq!(made.sound.content_type, "audio/flac");
        let format = made.sound.format.unwrap();
        assert_eq!((format.codec, format.frames), (Codec::Flac, Some(release.mix.frames)));
        assert_eq!(format.bit_depth.map(|depth| depth.valid), Some(24));
        // What its album says is said of it.
        assert_eq!(made.released, Some("2018-01-26".parse().unwrap()));
        assert_eq!(made.album.unwrap().position, Position { disc: 0, number: 1 });
        let SoundPlace::Own { key, .. } = &made.sound.place else { panic!("{made:?}") };
        assert_eq!(stage.store.head(key).await.unwrap().size, made.sound.size);
        let again = stage.add(&wanted).await;
        assert_eq!((again.changed, again.sent, again.recording.as_ref()), (false, 0, Some(&made)));
        // Lost, its bytes come back with the same command.
        stage.store.delete(key).await.unwrap();
        let mended = stage.add(&wanted).await;
        assert!(!mended.changed && mended.sent == made.sound.size);
        assert_eq!(stage.examine(&stage.studio).await.problems, []);
    }
}

#[tokio::test]
async fn a_file_is_taken_in_if_it_is_sound() {
    let stage = Stage::in_a_directory();
    stage.album("Third Rooms").await;
    let one = stage.add_file("One", Some("Third Rooms"), 100.0).await;
    let two = stage.add_file("Two", Some("Third Rooms"), 200.0).await;
    assert_eq!(one.origin, Origin::Upload);
    assert_eq!(two.album.unwrap().position.number, 2);
    let single = stage.add_file("Three", None, 300.0).await;
    assert!(single.album.is_none() && single.released.is_none());
    let text = stage.file("text.wav", b"no sound at all");
    let wanted = recording("Text", None, SoundSource::File(text));
    let error = stage.studio.add_recording(&wanted, false, &Job::default()).await.unwrap_err();
    assert!(matches!(error, Error::Sound { .. }), "{error}");
    let wanted = recording("Text", None, SoundSource::File("nowhere.wav".into()));
    let error = stage.studio.add_recording(&wanted, false, &Job::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let wanted = recording("X", Some("Nowhere"), SoundSource::File("nowhere.wav".into()));
    let error = stage.studio.add_recording(&wanted, false, &Job::default()).await.unwrap_err();
    assert!(matches!(error, Error::NoAlbumTitled { .. }), "{error}");
    assert_eq!(stage.keys("published/recordings/").await.len(), 3);
}

#[tokio::test]
async fn what_is_in_the_store_is_not_copied() {
    for stage in Stage::each() {
        let version = stage.upload("one", 110.0).await;
        let objects = stage.keys("objects/").await;
        let added = stage.add(&recording("Take", None, SoundSource::Version(version))).await;
        assert_eq!(added.sent, 0);
        assert_eq!(added.recording.unwrap().origin, Origin::Existing);
        let key = objects[0].as_str().parse().unwrap();
        let added = stage.add(&recording("Object", None, SoundSource::Object(key))).await;
        let SoundPlace::Own { key, .. } = added.recording.unwrap().sound.place else { panic!() };
        assert_eq!(stage.keys("objects/").await, [key]);
        // What others put there is played where it lies.
        let theirs = "masters/white gloves.wav".parse().unwrap();
        let bytes = bytes::Bytes::from(tone(70.0));
        let crc = studio_core::blob::crc64nvme(&bytes);
        let mode = studio_core::blob::WriteMode::CreateNew;
        let attributes = studio_core::blob::Attributes::default();
        stage.store.put(&theirs, bytes, crc, &attributes, mode).await.unwrap();
        let key = theirs.as_str().parse().unwrap();
        let added = stage.add(&recording("Theirs", None, SoundSource::Object(key))).await;
        let place = added.recording.unwrap().sound.place;
        assert!(matches!(place, SoundPlace::Found { etag, .. } if !etag.is_empty()));
        let nowhere = SoundSource::Object("nowhere.wav".parse().unwrap());
        let wanted = recording("Nowhere", None, nowhere);
        let error = stage.studio.add_recording(&wanted, false, &Job::default()).await;
        assert!(matches!(error.unwrap_err(), Error::NoObject { .. }));
        assert_eq!(stage.examine(&stage.studio).await.problems, []);
    }
}

#[tokio::test]
async fn a_recording_is_changed_and_moved() {
    let stage = Stage::in_memory();
    stage.album("Third Rooms").await;
    let studio = &stage.studio;
    let one = stage.add_file("One", None, 100.0).await;
    let onto = RecordingChanges {
        album: Wanted::Value(OfAlbum { artist: artist(), title: title("third rooms") }),
        disc: Some(2),
        number: Some(7),
        genre: Wanted::Value("Dub".parse().unwrap()),
        ..RecordingChanges::default()
    };
    let moved = studio.change_recording(&titled("one"), &onto, false).await.unwrap().recording;
    assert_eq!(moved.album.unwrap().position, Position { disc: 2, number: 7 });
    assert_eq!(one.genre, Some("Soul".parse().unwrap()));
    assert_eq!(moved.genre, Some("Dub".parse().unwrap()));
    assert!(moved.updated_at > one.updated_at);
    let again = studio.change_recording(&titled("One"), &onto, false).await.unwrap();
    assert!(!again.changed);
    let away = RecordingChanges {
        album: Wanted::Nothing,
        title: Some("Uno".parse().unwrap()),
        published: Some(true),
        genre: Wanted::Nothing,
        ..RecordingChanges::default()
    };
    let single = studio.change_recording(&titled("One"), &away, false).await.unwrap().recording;
    assert!(single.album.is_none() && single.published);
    assert_eq!(single.genre, None);
    let error = studio.recording(&titled("One")).await.unwrap_err();
    assert!(matches!(error, Error::NoRecordingTitled { .. }), "{error}");
    let by_id = studio.recording(&WhichRecording::Id(one.id)).await.unwrap();
    assert_eq!(by_id.recording, single);
    // Two of one title are told apart by their albums.
    stage.add_file("Uno", Some("Third Rooms"), 150.0).await;
    let error = studio.recording(&titled("Uno")).await.unwrap_err();
    assert!(matches!(&error, Error::SeveralRecordings { ids, .. } if ids.len() == 2), "{error}");
    assert_eq!(error.kind(), ErrorKind::Conflict);
    studio.remove_recording(&WhichRecording::Id(one.id), false).await.unwrap();
    assert!(studio.recording(&titled("Uno")).await.is_ok());
}
