//! Releases as files to be handed on, and what another studio makes of them.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;
#[path = "release/session.rs"]
mod session;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;

use sha2::Digest as _;
use studio_core::audio::probe::Probe;
use studio_core::{
    Decibels, Error, ErrorKind, Job, MixSettings, Phase, StemLevel, Subject, Upload,
};
use studio_testkit::catalog_suite::path;
use studio_testkit::wav::{Wav, aiff, signal};

use self::common::{Place, all, at, person, song, tone, track, upload};
use self::session::{Session, audio_digest, cancelled_in, delivery, request, with};

impl Session {
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
    assert!(!readme.contains("the sum of the stems"), "{readme}");
    let wire = studio_api::v1::Session::decode(text("session.json").as_bytes()).unwrap();
    assert_eq!(wire.release, studio_api::v1::SessionRelease::from(&release));
    // Whom it is given to learns nothing of the store.
    let (url, json) = (release.store.to_string(), text("session.json"));
    for private in [url.as_str(), "object_key", "objects/"] {
        assert!(!json.contains(private), "{private}: {json}");
    }
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
        ("Thirty Two", Wav::pcm(48_000, 2, 32).ints(&sine).build(), "48k32.wav", true),
        ("Double", Wav::float(48_000, 2, 64).floats(&floats).build(), "48k64f.wav", true),
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
    let wanted = delivery(session.place.path("out"));
    let planned = session.studio.plan_delivery(&release, &wanted).await.unwrap();
    let delivered = session.deliver(&release, "out").await;
    let files: Vec<_> = delivered.files.iter().map(|file| file.name.clone()).collect();
    assert_eq!(planned.files(), files);
    let lower: BTreeSet<_> =
        delivered.files.iter().map(|file| file.name.to_ascii_lowercase()).collect();
    assert_eq!(lower.len(), names.len() + 2 + 1 + 4);
    assert!(lower.iter().all(|name| name.is_ascii()), "{lower:?}");
    let directory = session.place.path("out");
    assert_eq!(wire(&directory).stems.len(), names.len() + 2);
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
        let planned = session.studio.plan_delivery(&release, &delivery).await.unwrap_err();
        let done = session.studio.deliver_release(&release, &delivery, &Job::default()).await;
        for error in [planned, done.unwrap_err()] {
            assert!(matches!(error, Error::TargetExists { .. }), "{name}: {error:?}");
        }
    }
    assert_eq!(Place::names_in(&full), ["notes.txt"]);
    assert_eq!(std::fs::read(session.place.path("out.zip")).unwrap(), b"precious");
    let nowhere = delivery(session.place.path("no/out"));
    let planned = session.studio.plan_delivery(&release, &nowhere).await.unwrap_err();
    let done = session.studio.deliver_release(&release, &nowhere, &Job::default()).await;
    for error in [planned, done.unwrap_err()] {
        assert!(matches!(error, Error::TargetDirectoryMissing { .. }), "{error:?}");
    }
    assert_eq!(session.left(), ["out-file", "out-full", "out.zip"]);
}

/// A disk that was just formatted, say, or one behind a link, whatever a killed delivery left.
#[cfg(unix)]
#[tokio::test]
async fn an_empty_directory_is_as_good_as_none() {
    use std::fs::Permissions;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let session = Session::new().await;
    let release = session.create("1.0").await;
    let at = |name: &str| session.place.path(name);
    for empty in ["out-empty", "out-locked/disk", "out-left/.studio-delivery-a1b2c3/delivery"] {
        std::fs::create_dir_all(at(empty)).unwrap();
    }
    std::fs::create_dir(at("out-there")).unwrap();
    std::os::unix::fs::symlink(at("out-there"), at("out-link")).unwrap();
    // Nothing may be made beside it.
    std::fs::set_permissions(at("out-locked"), Permissions::from_mode(0o555)).unwrap();
    let inode = std::fs::metadata(at("out-empty")).unwrap().ino();
    for target in ["out-empty", "out-locked/disk", "out-link", "out-left"] {
        session.deliver(&release, target).await;
        let mut names = Place::names_in(&at(target));
        names.retain(|name| !name.starts_with(".studio-delivery-a1b2c3"));
        assert_eq!(names.len(), 7, "{target}: {names:?}");
    }
    std::fs::set_permissions(at("out-locked"), Permissions::from_mode(0o755)).unwrap();
    let same = std::fs::metadata(at("out-empty")).unwrap().ino();
    assert_eq!(inode, same, "it is the directory that was there");
    assert!(at("out-link").symlink_metadata().unwrap().is_symlink());
    for target in ["out-empty", "out-link"] {
        let again = delivery(at(target));
        let done = session.studio.deliver_release(&release, &again, &Job::default()).await;
        assert!(matches!(done.unwrap_err(), Error::TargetExists { .. }), "{target}");
    }
}

#[tokio::test]
async fn a_release_of_another_store_is_not_delivered_from_this_one() {
    let session = Session::new().await;
    let release = session.create("1.0").await;
    let elsewhere = studio_core::FileStore::new(&session.place.path("another-store"));
    let catalog = studio_core::SqliteCatalog::in_memory().unwrap();
    let other =
        studio_core::Studio::new(std::sync::Arc::new(catalog), std::sync::Arc::new(elsewhere));
    let delivery = delivery(session.place.path("out"));
    let planned = other.plan_delivery(&release, &delivery).await.unwrap_err();
    let done = other.deliver_release(&release, &delivery, &Job::default()).await.unwrap_err();
    for error in [planned, done] {
        assert!(matches!(error, Error::ReleasedElsewhere { .. }), "{error:?}");
    }
    assert_eq!(session.left(), [""; 0]);
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

/// What a session says of levels is for people; what counts is in the files.
#[tokio::test]
async fn levels_are_told_and_not_applied() {
    let session = Session::new().await;
    let gain = Decibels::from_thousandths(-6000).unwrap();
    let level = StemLevel { gain, mute: false, ..StemLevel::default() };
    let muted = StemLevel { mute: true, ..StemLevel::default() };
    let levels = vec![(track("Bass"), level), (track("Drums"), muted)];
    let master = Decibels::from_thousandths(1500).unwrap();
    let settings = MixSettings { levels, gain: master, ..MixSettings::default() };
    let release = session.studio.create_release(&with(settings), &Job::default()).await.unwrap();
    session.deliver(&release, "out").await;
    let directory = session.place.path("out");
    let readme = std::fs::read_to_string(directory.join("README.txt")).unwrap();
    assert!(readme.contains("in the mix: -6.00 dB, pan C"), "{readme}");
    assert!(readme.contains("in the mix: left out"), "{readme}");
    assert!(readme.contains("the sum of the stems: +1.50 dB"), "{readme}");
    for (stem, told) in release.stems.iter().zip(wire(&directory).stems) {
        let digest = audio_digest(&session.studio, &directory.join(&told.file)).await;
        assert_eq!(digest, Some(stem.audio_digest));
    }
}
