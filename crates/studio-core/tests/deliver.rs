//! Releases as files to be handed on, and what another studio makes of them.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;
#[path = "release/session.rs"]
mod session;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use sha2::Digest as _;
use studio_core::audio::probe::Probe;
use studio_core::{
    Credit, Decibels, Delivered, Delivery, Error, ErrorKind, FileStore, Import, ImportPlan, Job,
    MixSettings, Note, Phase, Refusal, Release, Said, SqliteCatalog, StemLevel, Studio, Subject,
    Upload,
};
use studio_testkit::catalog_suite::path;
use studio_testkit::wav::{Wav, aiff, signal};

use self::common::{Place, all, at, person, song, take_of, tone, track, upload};
use self::session::{Session, audio_digest, cancelled_in, request, with};

fn delivery(target: PathBuf) -> Delivery {
    let credit = Credit { role: "Mixed by".to_owned(), name: "Steve Christensen".to_owned() };
    Delivery { target, credits: vec![credit] }
}

impl Session {
    async fn deliver(&self, release: &Release, target: &str) -> Delivered {
        let delivery = delivery(self.place.path(target));
        self.studio.deliver_release(release, &delivery, &Job::default()).await.unwrap()
    }

    async fn probe(&self, file: &Path) -> Probe {
        let subject = Subject::File(file.to_owned());
        self.studio.probe(&subject, &Job::default()).await.unwrap().probe
    }

    /// What a delivery that did not come about has left.
    fn left(&self) -> Vec<String> {
        let names = Place::names_in(&self.place.path(""));
        let mine = |name: &String| name.starts_with('.') || name.starts_with("out");
        names.into_iter().filter(mine).collect()
    }
}

fn import_of(directory: PathBuf) -> Import {
    let pattern = "{artist}_{song}_{version}_{track}_48k24.wav".parse().unwrap();
    Import { directory, pattern, artist: None, song: None, track: None }
}

fn another_studio(place: &Place) -> Studio {
    let catalog = SqliteCatalog::in_memory().unwrap();
    let store = FileStore::new(&place.path("another-store"));
    Studio::new(std::sync::Arc::new(catalog), std::sync::Arc::new(store))
}

#[tokio::test]
async fn files_have_the_names_that_studios_expect() {
    let place = Place::new();
    let studio = place.studio();
    for (track, hertz) in [("DJ's Drums", 110.0), ("Bass", 220.0)] {
        let path = path("Khruangbin", "Evan Enters the Third Room", track, "take_three");
        let file = place.path("take.wav");
        std::fs::write(&file, tone(hertz)).unwrap();
        upload(&studio, &Upload { path: path.clone(), file }).await.unwrap();
        studio.pick(&path, &person("Mark"), None).await.unwrap();
    }
    let song = path("Khruangbin", "Evan Enters the Third Room", "any", "any").song_path();
    for (n, called) in ["rough", "1.0"].into_iter().enumerate() {
        let wanted = studio_core::ReleaseRequest { song: song.clone(), ..request(called) };
        let release = studio.create_release(&wanted, &Job::default()).await.unwrap();
        let delivery = delivery(place.path(called));
        let delivered = studio.deliver_release(&release, &delivery, &Job::default()).await;
        let expected = [
            &format!("KH_EvanEntersTheThird_0{}_Bass_48k24.wav", n + 1),
            &format!("KH_EvanEntersTheThird_0{}_DJsDrums_48k24.wav", n + 1),
            &format!("KH_EvanEntersTheThird_0{}_Mix_48k24.wav", n + 1),
            "README.txt",
            "checksums.txt",
            "credits.txt",
            "session.json",
        ];
        assert_eq!(Place::names_in(&place.path(called)), expected);
        let files = delivered.unwrap().files;
        assert_eq!(files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>(), expected);
    }
}

/// The checksum and name of each line, each compared with the file's bytes.
fn checked(bytes_of: impl Fn(&str) -> Vec<u8>) -> BTreeSet<String> {
    let text = String::from_utf8(bytes_of("checksums.txt")).unwrap();
    let lines = text.lines().map(|line| line.split_once("  ").unwrap());
    let check = |(hex, name): (&str, &str)| {
        let sum = sha2::Sha256::digest(bytes_of(name));
        assert_eq!(studio_core::Digest::from_bytes(sum.into()).to_string(), hex, "{name}");
        name.to_owned()
    };
    lines.map(check).collect()
}

#[tokio::test]
async fn directory_and_archive_hold_the_same_and_say_what() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    let delivered = session.deliver(&release, "out").await;
    let directory = session.place.path("out");
    let mut names: BTreeSet<_> = Place::names_in(&directory).into_iter().collect();
    names.remove("checksums.txt");
    assert_eq!(checked(|name| std::fs::read(directory.join(name)).unwrap()), names);
    for file in &delivered.files {
        let bytes = std::fs::read(directory.join(&file.name)).unwrap();
        assert_eq!(file.size, bytes.len() as u64);
        assert_eq!(*file.digest.as_bytes(), <[u8; 32]>::from(sha2::Sha256::digest(&bytes)));
    }
    let zipped = session.deliver(&release, "out.ZIP").await;
    assert_eq!(zipped, delivered);
    let zip = std::fs::File::open(session.place.path("out.ZIP")).unwrap();
    let zip = std::cell::RefCell::new(zip::ZipArchive::new(zip).unwrap());
    assert_eq!(zip.borrow().len(), delivered.files.len());
    let from_zip = |name: &str| {
        let mut bytes = Vec::new();
        let mut zip = zip.borrow_mut();
        zip.by_name(&format!("out/{name}")).unwrap().read_to_end(&mut bytes).unwrap();
        bytes
    };
    assert_eq!(checked(from_zip), names);

    let text =
        |name: &str| String::from_utf8(std::fs::read(directory.join(name)).unwrap()).unwrap();
    let credits = text("credits.txt");
    for line in ["Mixed by: Steve Christensen", "Takes picked by: Laura Lee", "Released by: Steve"]
    {
        assert!(credits.lines().any(|found| found == line), "{line}: {credits}");
    }
    let readme = text("README.txt");
    for told in ["\"White Gloves\" by Khruangbin", "for the label", "Drums, version two"] {
        assert!(readme.contains(told), "{told}: {readme}");
    }
    assert!(readme.contains(&release.mix.audio_digest.to_string()));
    let wire = studio_api::v1::Session::decode(text("session.json").as_bytes()).unwrap();
    assert_eq!(wire.release, studio_api::v1::Release::from(&release));
    session.assert_spool_empty();
    assert_eq!(session.left(), ["out", "out.ZIP"]);
}

/// What readers of a delivery may be allowed, and not only who made it.
#[cfg(unix)]
#[tokio::test]
async fn everybody_may_read_what_was_delivered() {
    use std::os::unix::fs::PermissionsExt as _;
    let session = Session::new().await;
    let samples = signal::sine(4800, 2, 48_000, 660.0, 0.25);
    session.pick("Keys", "one", &Wav::pcm(48_000, 2, 32).ints(&samples).build()).await;
    let release = session.create("1.0").await;
    session.deliver(&release, "out").await;
    session.deliver(&release, "out.zip").await;
    let directory = session.place.path("out");
    let mut all = vec![directory.clone(), session.place.path("out.zip")];
    all.extend(Place::names_in(&directory).iter().map(|name| directory.join(name)));
    for path in all {
        let mode = path.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o444, 0o444, "{}: {mode:o}", path.display());
    }
}

#[tokio::test]
async fn sound_files_say_what_they_are() {
    let session = Session::new().await;
    let guitar = Wav::pcm(96_000, 1, 24).ints(&signal::sine(9600, 1, 96_000, 330.0, 0.25));
    session.pick("Guitar", "one", &guitar.build()).await;
    let level = StemLevel { offset: 4800, ..StemLevel::default() };
    let settings = MixSettings {
        levels: vec![(track("Guitar"), level), (track("Bass"), level)],
        sample_rate: Some(48_000),
        ..MixSettings::default()
    };
    let studio = at(&session.studio, 1_795_334_411_123_456);
    let release = studio.create_release(&with(settings), &Job::default()).await.unwrap();
    session.deliver(&release, "out").await;
    let directory = session.place.path("out");
    for (stem, name, begins) in [
        (&release.stems[0], "KH_WhiteGloves_01_Bass_48k24.wav", 4800),
        (&release.stems[1], "KH_WhiteGloves_01_Drums_48k24.wav", 0),
        // In frames of its own.
        (&release.stems[2], "KH_WhiteGloves_01_Guitar_96k24.wav", 9600),
    ] {
        let probe = session.probe(&directory.join(name)).await;
        let (bext, ixml) = (probe.bext.unwrap(), probe.ixml.unwrap());
        let (track, tag) = (stem.track.as_str(), stem.tag.as_str());
        assert_eq!(bext.description, format!("Khruangbin: White Gloves, {track}, {tag}"));
        assert_eq!(bext.originator_reference, stem.version.as_uuid().simple().to_string());
        assert_eq!(bext.origination_date, "2026-11-22");
        assert_eq!(bext.origination_time, "08:00:11");
        assert_eq!(bext.time_reference, begins, "{name}");
        assert!(bext.coding_history.contains("A=PCM"), "{}", bext.coding_history);
        assert_eq!(
            (ixml.project.as_deref(), ixml.scene.as_deref()),
            (Some("Khruangbin"), Some("White Gloves"))
        );
        assert_eq!((ixml.take.as_deref(), ixml.tape.as_deref()), (Some(tag), Some("release 1.0")));
        assert_eq!(ixml.circled, Some(true));
        let tracks: Vec<_> = ixml.tracks.iter().map(|track| track.name.as_deref()).collect();
        assert_eq!(tracks, vec![Some(track); stem.format.channels.into()]);
        assert_eq!(audio_digest(&studio, &directory.join(name)).await, Some(stem.audio_digest));
    }
    let mix = directory.join("KH_WhiteGloves_01_Mix_48k24.wav");
    assert_eq!(audio_digest(&studio, &mix).await, Some(release.mix.audio_digest));
    let loudness = session.probe(&mix).await.bext.unwrap().loudness;
    let (told, frozen) = (loudness.true_peak.unwrap(), release.mix.loudness.true_peak.unwrap());
    assert!((told.thousandths() - frozen.thousandths()).abs() <= 5, "{told} {frozen}");
}

/// Takes of every kind that can be made here, one track for each: the name of the track, its
/// bytes, how its file name ends, and whether it is copied as it is.
fn takes_of_all_kinds() -> Vec<(&'static str, Vec<u8>, &'static str, bool)> {
    let sine = signal::sine(4800, 2, 48_000, 330.0, 0.25);
    let floats: Vec<f32> = sine.iter().map(|sample| *sample as f32 / 2_147_483_648.0).collect();
    let wav = |bits| Wav::pcm(48_000, 2, bits).ints(&signal::quantized(&sine, bits.into()));
    let twenty = signal::quantized(&sine, 20);
    vec![
        ("Eight", wav(8).build(), "48k16.wav", false),
        ("Sixteen", wav(16).build(), "48k16.wav", false),
        (
            "Twenty",
            Wav::pcm(48_000, 2, 24).extensible(20, 3).ints(&twenty).build(),
            "48k24.wav",
            false,
        ),
        ("Large", wav(24).rf64().build(), "48k24.wav", false),
        ("Apple", aiff::aiff(48_000, 2, 24, &sine), "48k24.wav", false),
        ("Sowt", aiff::sowt(48_000, 2, &sine), "48k16.wav", false),
        ("Float", Wav::float(48_000, 2, 32).floats(&floats).build(), "48k32f.wav", false),
        ("Thirty Two", Wav::pcm(48_000, 2, 32).ints(&sine).build(), "48k.wav", true),
        ("Double", Wav::float(48_000, 2, 64).floats(&floats).build(), "48k.wav", true),
    ]
}

#[tokio::test]
async fn stems_have_the_samples_that_were_recorded() {
    let session = Session::new().await;
    let takes = takes_of_all_kinds();
    for (track, bytes, ..) in &takes {
        session.pick(track, "one", bytes).await;
    }
    // And what a mix was rendered to once.
    let settings = MixSettings::default();
    let flac = session.file("flac.flac");
    session.studio.audition(&song(), &settings, Some(&flac), &Job::default()).await.unwrap();
    session.pick("Free", "one", &std::fs::read(&flac.target).unwrap()).await;
    let release = session.create("1.0").await;
    session.deliver(&release, "out").await;
    let (studio, directory) = (&session.studio, session.place.path("out"));
    for stem in &release.stems {
        let take = takes.iter().find(|take| take.0 == stem.track.as_str());
        let (end, copied) = take.map_or(("48k24.wav", false), |take| (take.2, take.3));
        let name = format!("KH_WhiteGloves_01_{}_{end}", stem.track.as_str().replace(' ', ""));
        let file = directory.join(&name);
        assert_eq!(audio_digest(studio, &file).await, Some(stem.audio_digest), "{name}");
        if copied {
            assert!(std::fs::read(&file).unwrap() == take.unwrap().1, "{name}");
        } else {
            let valid = stem.format.bit_depth.map(|depth| depth.valid);
            let found = session.probe(&file).await.format.bit_depth.unwrap();
            assert!(Some(found.container) >= valid, "{name}: {found:?}");
        }
    }
}

#[tokio::test]
async fn no_two_files_have_one_name() {
    let session = Session::new().await;
    let names = ["Lead Vox", "Lead-Vox", "lead vox!", "Mix", "🎸", "🎹", "ボーカル"];
    for (n, name) in names.into_iter().enumerate() {
        session.pick(name, "one", &tone(100.0 + n as f64)).await;
    }
    let release = session.create("1.0").await;
    let delivered = session.deliver(&release, "out").await;
    let lower: BTreeSet<_> =
        delivered.files.iter().map(|file| file.name.to_ascii_lowercase()).collect();
    assert_eq!(lower.len(), names.len() + 2 + 1 + 4);
    assert!(lower.iter().all(|name| name.is_ascii()), "{lower:?}");
    let directory = session.place.path("out");
    let plan = session.studio.plan_import(&import_of(directory.clone())).await.unwrap();
    assert_eq!((plan.files.len(), plan.refused), (names.len() + 2, vec![]));
    for (stem, name) in release.stems.iter().zip(wire(&directory).stems) {
        let digest = audio_digest(&session.studio, &directory.join(&name.file)).await;
        assert_eq!((digest, name.track.as_str()), (Some(stem.audio_digest), stem.track.as_str()));
    }
}

fn wire(directory: &Path) -> studio_api::v1::Session {
    let json = std::fs::read(directory.join("session.json")).unwrap();
    studio_api::v1::Session::decode(&json).unwrap()
}

#[tokio::test]
async fn nothing_that_is_there_is_touched() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    let full = session.place.path("out-full");
    std::fs::create_dir(&full).unwrap();
    std::fs::write(full.join("notes.txt"), b"precious").unwrap();
    for name in ["out-file", "out.zip"] {
        std::fs::write(session.place.path(name), b"precious").unwrap();
    }
    for name in ["out-full", "out-file", "out.zip"] {
        let delivery = delivery(session.place.path(name));
        let done = session.studio.deliver_release(&release, &delivery, &Job::default()).await;
        let error = done.unwrap_err();
        assert!(matches!(error, Error::TargetExists { .. }), "{name}: {error:?}");
    }
    assert_eq!(Place::names_in(&full), ["notes.txt"]);
    assert_eq!(std::fs::read(session.place.path("out.zip")).unwrap(), b"precious");
    let nowhere = delivery(session.place.path("no/out"));
    let done = session.studio.deliver_release(&release, &nowhere, &Job::default()).await;
    assert!(matches!(done.unwrap_err(), Error::TargetDirectoryMissing { .. }));
    assert_eq!(session.left(), ["out-file", "out-full", "out.zip"]);
    // An empty directory is as good as none.
    std::fs::create_dir(session.place.path("out-empty")).unwrap();
    session.deliver(&release, "out-empty").await;
    assert_eq!(Place::names_in(&session.place.path("out-empty")).len(), 7);
}

#[tokio::test]
async fn what_is_not_delivered_whole_is_not_delivered() {
    for target in ["out", "out.zip"] {
        let session = Session::new().await;
        let release = session.create("1.0").await;
        let delivery = delivery(session.place.path(target));
        for (phase, moved) in
            [(Phase::Fetching, false), (Phase::Mixing, false), (Phase::Mixing, true)]
        {
            let job = cancelled_in(phase, moved);
            let error = session.studio.deliver_release(&release, &delivery, &job).await;
            assert_eq!(error.unwrap_err().kind(), ErrorKind::Cancelled, "{phase:?}");
            assert_eq!(session.left(), [""; 0], "{phase:?}");
            session.assert_spool_empty();
        }
        session.flip(&all(&session.studio).await[1]);
        let error = session.studio.deliver_release(&release, &delivery, &Job::default()).await;
        assert!(matches!(error.unwrap_err(), Error::Damaged { .. }));
        assert_eq!(session.left(), [""; 0]);
        session.assert_spool_empty();
    }
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

#[tokio::test]
async fn a_delivered_directory_makes_the_same_catalogue_elsewhere() {
    let session = Session::new().await;
    let note = Note::new("the one with the\nlong fill").ok();
    let drums = take_of("Drums", "two");
    session.studio.pick(&drums, &person("DJ"), note).await.unwrap();
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
    for json in
        [newer, b"{\"format\": \"studio.session/1\", ", br#"{"format": "studio.session/1"}"#]
    {
        std::fs::write(directory.join("session.json"), json).unwrap();
        let error = session.studio.plan_import(&import).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Integrity, "{error:?}");
    }
    // Other programs have sessions too; then names are read as ever.
    let mut huge = br#"{"format": "studio.session/1", "artist": ""#.to_vec();
    huge.resize(5 << 20, b'x');
    let deep = [b'['].repeat(1 << 20);
    for json in [b"\xff\xfe".as_slice(), b"[]", b"{\"tracks\": 3}", b"", &huge, &deep] {
        std::fs::write(directory.join("session.json"), json).unwrap();
        let plan = plan_of(&session, &directory).await;
        let read: Vec<_> = plan.files.iter().map(|file| &file.file).collect();
        assert!(read.contains(&&directory.join(drums)), "{plan:?}");
        assert_eq!(plan.files[0].path.tag.as_str(), "01");
    }
}

/// What a session says of levels is for people; what counts is in the files.
#[tokio::test]
async fn levels_are_told_and_not_applied() {
    let session = Session::new().await;
    let gain = Decibels::from_thousandths(-6000).unwrap();
    let level = StemLevel { gain, mute: false, ..StemLevel::default() };
    let muted = StemLevel { mute: true, ..StemLevel::default() };
    let levels = vec![(track("Bass"), level), (track("Drums"), muted)];
    let settings = MixSettings { levels, ..MixSettings::default() };
    let release = session.studio.create_release(&with(settings), &Job::default()).await.unwrap();
    session.deliver(&release, "out").await;
    let directory = session.place.path("out");
    let readme = std::fs::read_to_string(directory.join("README.txt")).unwrap();
    assert!(readme.contains("in the mix: -6.00 dB, pan C"), "{readme}");
    assert!(readme.contains("in the mix: left out"), "{readme}");
    for (stem, told) in release.stems.iter().zip(wire(&directory).stems) {
        let digest = audio_digest(&session.studio, &directory.join(&told.file)).await;
        assert_eq!(digest, Some(stem.audio_digest));
    }
}
