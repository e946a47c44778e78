//! What another studio makes of a release that was delivered to it.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;
#[path = "release/session.rs"]
mod session;

use std::path::{Path, PathBuf};

use studio_core::{
    Depth, Error, ErrorKind, FileStore, Import, ImportPlan, Job, MixSettings, Note, Refusal,
    Release, ReleaseRequest, Said, SqliteCatalog, Status, StemLevel, Studio, UploadOutcome,
    VersionFilter, VersionPath,
};

use self::common::{Place, all, person, song, take_of, tone, track};
use self::session::{Session, request};

fn import_of(directory: PathBuf) -> Import {
    let pattern = "{artist}_{song}_{version}_{track}_48k24.wav".parse().unwrap();
    Import { directory, pattern, artist: None, song: None, track: None }
}

fn another_studio(place: &Place) -> Studio {
    let catalog = SqliteCatalog::in_memory().unwrap();
    let store = FileStore::new(&place.path("another-store"));
    Studio::new(std::sync::Arc::new(catalog), std::sync::Arc::new(store))
}

/// What was picked: track, version, who, when, why.
async fn picks(studio: &Studio) -> Vec<(String, String, Said)> {
    let sheet = studio.picks(&song()).await.unwrap();
    let told = |picked: studio_core::PickedTrack| {
        let tag = picked.pick.version.unwrap().tag.to_string();
        (picked.pick.track.to_string(), tag, picked.pick.said)
    };
    sheet.picked.into_iter().map(told).collect()
}

/// What was said of a version.
async fn marks(studio: &Studio, path: &VersionPath) -> Vec<(Option<Status>, Said)> {
    let marks = studio.marks(path).await.unwrap();
    marks.into_iter().map(|mark| (mark.status, mark.said)).collect()
}

#[tokio::test]
async fn a_delivered_directory_makes_the_same_catalogue_elsewhere() {
    let session = Session::new().await;
    let note = Note::new("the one with the\nlong fill").ok();
    let drums = take_of("Drums", "two");
    session.studio.pick(&drums, &person("DJ"), note).await.unwrap();
    let why = Note::new("all of it").ok();
    session.studio.mark(&drums, Some(Status::Circled), &person("Mark"), why).await.unwrap();
    let release = session.create("1.0").await;
    session.deliver(&release, "out").await;
    let (directory, job) = (session.place.path("out"), Job::default());
    let other = another_studio(&session.place);
    let plan = other.plan_import(&import_of(directory.clone())).await.unwrap();
    assert_eq!((plan.files.len(), &plan.refused), (2, &vec![]));
    let imported = other.import(&plan.files, &job).await.unwrap();
    assert!(imported.failed.is_empty() && imported.not_begun.is_empty(), "{imported:?}");

    let paths = |all: Vec<studio_core::Version>| -> Vec<String> {
        all.iter().map(|version| version.path.to_string()).collect()
    };
    assert_eq!(paths(all(&other).await), paths(all(&session.studio).await));
    assert_eq!(picks(&other).await, picks(&session.studio).await);
    assert_eq!(marks(&other, &drums).await, marks(&session.studio, &drums).await);
    assert_eq!(marks(&other, &drums).await[0].0, Some(Status::Circled));
    assert_eq!(marks(&other, &take_of("Bass", "one")).await, []);
    let again = other.create_release(&request("1.0"), &job).await.unwrap();
    let digests = |release: &Release| -> Vec<_> {
        release.stems.iter().map(|stem| stem.audio_digest).collect()
    };
    assert_eq!(digests(&again), digests(&release));
    assert_eq!(again.mix.audio_digest, release.mix.audio_digest);
    assert_eq!(common::examine(&other).await.problems, []);

    // Once more says nothing new.
    other.import(&plan.files, &job).await.unwrap();
    assert_eq!(other.history_of_picks(&song(), None, 100).await.unwrap().len(), 2);
    // What was said here since then counts.
    other.unpick(&drums.track_path(), &person("Mark"), None).await.unwrap();
    other.import(&plan.files, &job).await.unwrap();
    assert_eq!(picks(&other).await.len(), 1);
    let history = other.history_of_picks(&song(), None, 100).await.unwrap();
    assert_eq!((history.len(), &history[0].version), (3, &None));
}

/// The takes of a delivery have other headers there than here, and the same sound.
#[tokio::test]
async fn a_delivery_can_be_brought_to_where_its_takes_are() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    session.deliver(&release, "out").await;
    let late = StemLevel { offset: 480, ..StemLevel::default() };
    let settings = MixSettings {
        levels: vec![(track("Drums"), late)],
        mixed_lengths: true,
        ..MixSettings::default()
    };
    let second = ReleaseRequest { settings, ..request("2.0") };
    let second = session.studio.create_release(&second, &Job::default()).await.unwrap();
    session.deliver(&second, "out-2").await;
    let (job, other) = (Job::default(), another_studio(&session.place));
    for (studio, directory, outcome) in [
        (&session.studio, "out", UploadOutcome::AlreadyStored),
        (&other, "out", UploadOutcome::Stored),
        // Of other bytes than the first delivery, whose sound nobody has measured here.
        (&other, "out-2", UploadOutcome::AlreadyStored),
    ] {
        let plan = plan_at(studio, session.place.path(directory)).await;
        let preview = studio.preview_import(&plan.files, &job).await.unwrap();
        assert!(preview.failed.is_empty(), "{directory}: {preview:?}");
        assert!(preview.files.iter().all(|(_, foreseen)| *foreseen == outcome), "{preview:?}");
        let imported = studio.import(&plan.files, &job).await.unwrap();
        assert!(imported.failed.is_empty(), "{directory}: {imported:?}");
        let done = |file: &studio_core::ImportedFile| file.uploaded.outcome;
        assert!(imported.files.iter().all(|file| done(file) == outcome), "{imported:?}");
        assert_eq!(all(studio).await.len(), 2);
    }
    // Other sound in its place is a conflict as ever.
    let mut plan = plan_at(&other, session.place.path("out")).await;
    plan.files[0].path = plan.files[1].path.clone();
    let imported = other.import(&plan.files[..1], &job).await.unwrap();
    assert_eq!(imported.failed[0].error.kind(), ErrorKind::Conflict, "{imported:?}");
}

/// Whoever hears that a delivery is stored may throw it away.
#[tokio::test]
async fn a_take_that_is_lost_is_not_called_stored() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    session.deliver(&release, "out").await;
    let (studio, job) = (&session.studio, Job::default());
    let plan = plan_at(studio, session.place.path("out")).await;
    let versions = all(studio).await;
    session.flip(&versions[0]);
    std::fs::remove_file(session.object(&versions[1])).unwrap();
    let verified = studio.verify(&VersionFilter::All, Depth::Full, &job).await.unwrap();
    assert_eq!(verified.findings.len(), 2);
    for failed in [
        studio.preview_import(&plan.files, &job).await.unwrap().failed,
        studio.import(&plan.files, &job).await.unwrap().failed,
    ] {
        assert_eq!(failed.len(), 2, "{failed:?}");
        assert!(matches!(failed[0].error, Error::Damaged { .. }), "{failed:?}");
        assert!(failed.iter().all(|failed| failed.error.kind() == ErrorKind::Integrity));
    }
    // Nor one with other sound than the delivery says, in a dry run too.
    let other = another_studio(&session.place);
    other.import(&plan.files, &job).await.unwrap();
    let stem = &plan.files[0].file;
    let mut bytes = std::fs::read(stem).unwrap();
    let last = bytes.len() - 5;
    bytes[last] ^= 1;
    std::fs::write(stem, bytes).unwrap();
    for failed in [
        other.preview_import(&plan.files, &job).await.unwrap().failed,
        other.import(&plan.files, &job).await.unwrap().failed,
    ] {
        assert_eq!(failed.len(), 1, "{failed:?}");
        assert!(matches!(failed[0].error, Error::NotAsDelivered { .. }), "{failed:?}");
    }
}

async fn plan_at(studio: &Studio, directory: PathBuf) -> ImportPlan {
    let plan = studio.plan_import(&import_of(directory)).await.unwrap();
    assert_eq!((plan.files.len(), &plan.refused), (2, &vec![]));
    plan
}

/// A delivery that was damaged on its way, or worked on.
#[tokio::test]
async fn a_stem_with_other_sound_is_not_what_was_delivered() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    session.deliver(&release, "out").await;
    let stem = session.place.path("out").join("KH_WhiteGloves_01_Bass_48k24.wav");
    let mut bytes = std::fs::read(&stem).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&stem, bytes).unwrap();
    let (other, job) = (another_studio(&session.place), Job::default());
    let files = other.plan_import(&import_of(session.place.path("out"))).await.unwrap().files;
    let preview = other.preview_import(&files, &job).await.unwrap();
    let imported = other.import(&files, &job).await.unwrap();
    assert_eq!((preview.files.len(), imported.files.len()), (1, 1));
    for failed in [preview.failed, imported.failed] {
        let [one] = &failed[..] else { panic!("{failed:?}") };
        assert!(matches!(&one.error, Error::NotAsDelivered { file } if *file == stem), "{one:?}");
        assert_eq!(one.error.kind(), ErrorKind::Integrity);
    }
    let picks = picks(&other).await;
    assert_eq!(
        picks.iter().map(|pick| pick.0.as_str()).collect::<Vec<_>>(),
        [drums_of(&other).await]
    );
}

async fn drums_of(studio: &Studio) -> String {
    let all = all(studio).await;
    assert_eq!(all.len(), 1);
    all[0].path.track_path().to_string()
}

/// Another pick of the track stays.
#[tokio::test]
async fn an_import_does_not_overrule_who_works_here() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    session.deliver(&release, "out").await;
    let other = another_studio(&session.place);
    let own = common::lay(&other, &session.place, "Bass", "ours", &tone(70.0)).await;
    other.pick(&own.path, &person("Mark"), None).await.unwrap();
    let plan = other.plan_import(&import_of(session.place.path("out"))).await.unwrap();
    other.import(&plan.files, &Job::default()).await.unwrap();
    let picks = picks(&other).await;
    let tags: Vec<_> = picks.iter().map(|pick| pick.1.as_str()).collect();
    assert_eq!(tags, ["ours", "two"]);
}

/// A delivered directory with a session that was changed by `change`.
async fn forged(change: impl FnOnce(&mut serde_json::Value)) -> (Session, PathBuf) {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    session.deliver(&release, "out").await;
    let directory = session.place.path("out");
    let file = directory.join("session.json");
    let mut json = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    change(&mut json);
    std::fs::write(file, json.to_string()).unwrap();
    (session, directory)
}

async fn plan_of(session: &Session, directory: &Path) -> ImportPlan {
    let plan = session.studio.plan_import(&import_of(directory.to_owned())).await.unwrap();
    for planned in &plan.files {
        assert!(
            planned.file.canonicalize().unwrap().starts_with(directory.canonicalize().unwrap())
        );
    }
    plan
}

#[tokio::test]
async fn a_session_takes_nothing_that_is_not_in_its_directory() {
    let probe = Place::new();
    let secret = probe.path("secret.wav");
    std::fs::write(&secret, tone(50.0)).unwrap();
    let absolute = secret.to_string_lossy().into_owned();
    for name in [
        absolute.as_str(),
        "../Bass one.wav",
        "..",
        ".",
        "",
        "/etc/passwd",
        "./x.wav",
        "nothing.wav",
        "a\0b",
    ] {
        let (session, directory) = forged(|json| json["stems"][0]["file"] = name.into()).await;
        let plan = plan_of(&session, &directory).await;
        assert_eq!((plan.files.len(), plan.refused.len()), (1, 2), "{name}: {plan:?}");
        let refusals: Vec<_> = plan.refused.iter().map(|refused| &refused.refusal).collect();
        assert_eq!(refusals, [&Refusal::NoReading, &Refusal::Missing], "{name}");
    }
    // The mix and the texts are not taken, by whatever name they go.
    let (session, directory) = forged(|json| {
        json["mix"] = "KH_WhiteGloves_01_Bass_48k24.wav".into();
        json["stems"][1]["file"] = "README.txt".into();
    })
    .await;
    let plan = plan_of(&session, &directory).await;
    let files: Vec<_> = plan.files.iter().map(|file| file.path.track.as_str()).collect();
    assert_eq!(files, ["Bass", "Drums"], "what it calls stems, it may");
    assert_eq!(plan.refused.len(), 2, "{plan:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_in_a_delivered_directory_leads_nowhere() {
    let (session, directory) = forged(|_| {}).await;
    let secret = session.place.path("secret.wav");
    std::fs::write(&secret, tone(50.0)).unwrap();
    let stem = directory.join("KH_WhiteGloves_01_Bass_48k24.wav");
    std::fs::remove_file(&stem).unwrap();
    std::os::unix::fs::symlink(&secret, &stem).unwrap();
    std::os::unix::fs::symlink(session.place.path(""), directory.join("up")).unwrap();
    let plan = plan_of(&session, &directory).await;
    assert_eq!(plan.files.len(), 1);
    let refusals: Vec<_> = plan.refused.iter().map(|refused| &refused.refusal).collect();
    assert_eq!(refusals, [&Refusal::NotAFile, &Refusal::NoReading]);
}

#[tokio::test]
async fn a_session_that_makes_no_sense_is_told() {
    let drums = "KH_WhiteGloves_01_Drums_48k24.wav";
    type Change = fn(&mut serde_json::Value);
    let changes: [(Change, usize, usize); 5] = [
        (|json| json["artist"] = "\u{1b}[2J".into(), 0, 2),
        (|json| json["stems"][0]["track"] = "".into(), 1, 1),
        (|json| json["stems"][0]["version"] = "x".repeat(5000).into(), 1, 1),
        // One place for two files.
        (|json| json["stems"][0] = json["stems"][1].clone(), 1, 1),
        (
            |json| {
                json["stems"][0]["track"] = "DRUMS".into();
                json["stems"][0]["version"] = "TWO".into();
            },
            1,
            1,
        ),
    ];
    for (n, (change, files, refused)) in changes.into_iter().enumerate() {
        let (session, directory) = forged(change).await;
        let plan = plan_of(&session, &directory).await;
        assert_eq!((plan.files.len(), plan.refused.len()), (files, refused), "{n}: {plan:?}");
        session.studio.import(&plan.files, &Job::default()).await.unwrap();
    }
    // Picks of something else are not taken, and the sound is.
    let (session, directory) = forged(|json| {
        json["stems"][0]["pick"]["version"] = serde_json::Value::Null;
        json["stems"][0]["pick"]["version_id"] = serde_json::Value::Null;
        json["stems"][1]["pick"]["track"] = "Triangle".into();
    })
    .await;
    let plan = plan_of(&session, &directory).await;
    assert_eq!(plan.files.iter().map(|file| &file.pick).collect::<Vec<_>>(), [&None, &None]);

    let (session, directory) = forged(|json| json["stems"][0]["pick"] = "Mark".into()).await;
    let import = import_of(directory.clone());
    let error = session.studio.plan_import(&import).await.unwrap_err();
    assert!(matches!(error, Error::SessionUnreadable { .. }), "{error:?}");
    let newer = br#"{"format": "studio.session/2", "stems": "elsewhere"}"#.as_slice();
    let mut cut = br#"{"format": "studio.session/1", "artist": ""#.to_vec();
    cut.resize(5 << 20, b'x');
    let mut endless = cut.clone();
    endless.resize((64 << 20) + 1, b' ');
    for json in [newer, br#"{"format": "studio.session/1"}"#, &cut, &endless] {
        std::fs::write(directory.join("session.json"), json).unwrap();
        let error = session.studio.plan_import(&import).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Integrity, "{error:?}");
    }
    // Other programs have sessions too; then names are read as ever.
    let deep = [b'['].repeat(1 << 20);
    for json in [b"\xff\xfe".as_slice(), b"[]", b"{\"tracks\": 3}", b"", &deep] {
        std::fs::write(directory.join("session.json"), json).unwrap();
        let plan = plan_of(&session, &directory).await;
        let read: Vec<_> = plan.files.iter().map(|file| &file.file).collect();
        assert!(read.contains(&&directory.join(drums)), "{plan:?}");
        assert_eq!(plan.files[0].path.tag.as_str(), "01");
    }
}
