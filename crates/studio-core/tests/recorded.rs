//! What recorders wrote into takes, and what a delivery makes of it.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;
#[path = "release/session.rs"]
mod session;

use studio_core::audio::probe::Probe;
use studio_core::{
    AudioDigest, Error, ErrorKind, Job, MixSettings, Release, StemLevel, probe_file,
};
use studio_testkit::wav::{Bext, Wav, signal};

use self::common::track;
use self::session::{Session, delivery, with};

/// Ten in the morning, in frames of 48 kHz.
const TEN: u64 = 10 * 3600 * 48_000;

const IXML: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<BWFXML><IXML_VERSION>1.61</IXML_VERSION>\
    <PROJECT>Diary</PROJECT><SCENE>9</SCENE><TAKE>4</TAKE><TAPE>DAY-2</TAPE><NOTE>plane overhead</NOTE>\
    <TRACK_LIST><TRACK_COUNT>2</TRACK_COUNT>\
    <TRACK><CHANNEL_INDEX>8</CHANNEL_INDEX><INTERLEAVE_INDEX>2</INTERLEAVE_INDEX><NAME>Room R</NAME></TRACK>\
    <TRACK><CHANNEL_INDEX>7</CHANNEL_INDEX><INTERLEAVE_INDEX>1</INTERLEAVE_INDEX><FUNCTION>LEFT</FUNCTION></TRACK>\
    </TRACK_LIST></BWFXML>";

/// A take as a recorder leaves it that began so many frames after midnight.
fn recorded(rate: u32, begins: u64) -> Vec<u8> {
    let samples = signal::sine(rate as usize / 10, 2, rate, 330.0, 0.25);
    Wav::pcm(rate, 2, 24).ints(&samples).bext(&bext(begins)).ixml(IXML).build()
}

fn bext(begins: u64) -> Bext {
    Bext {
        description: "sSCENE=9".to_owned(),
        originator: "Recorder 788".to_owned(),
        originator_reference: "US788000012345".to_owned(),
        origination_date: "2025-03-04".to_owned(),
        origination_time: "10:00:00".to_owned(),
        time_reference: begins,
        version: 1,
        umid: vec![7; 64],
        coding_history: "A=PCM,F=48000,W=24,M=stereo,T=788\r\n".to_owned(),
        ..Bext::default()
    }
}

/// Delivers a release of bass, drums and one more take, each begun somewhere; and tells where
/// the files begin, in the order of their names, and that of the mix.
async fn begun(
    takes: [Option<(u32, u64)>; 3],
    offsets: [i64; 3],
) -> (Session, Release, Vec<Probe>) {
    let session = Session::new().await;
    let tracks = ["Bass", "Drums", "Keys"];
    for (track, take) in tracks.iter().zip(takes) {
        let bytes = match take {
            Some((rate, begins)) => recorded(rate, begins),
            None => common::tone(440.0),
        };
        session.pick(track, "recorded", &bytes).await;
    }
    let level = |offset| StemLevel { offset, ..StemLevel::default() };
    let levels = tracks.iter().zip(offsets).map(|(name, offset)| (track(name), level(offset)));
    let settings = MixSettings {
        levels: levels.collect(),
        sample_rate: Some(48_000),
        mixed_lengths: true,
        ..MixSettings::default()
    };
    let release = session.studio.create_release(&with(settings), &Job::default()).await.unwrap();
    let delivered = session.deliver(&release, "out").await;
    let wavs = delivered.files.iter().filter(|file| file.name.ends_with(".wav"));
    let probes = wavs
        .map(|file| probe_file(&session.place.path("out").join(&file.name)).unwrap().probe)
        .collect();
    (session, release, probes)
}

fn clocks(probes: &[Probe]) -> Vec<u64> {
    probes.iter().map(|probe| probe.bext.as_ref().unwrap().time_reference).collect()
}

#[tokio::test]
async fn what_a_recorder_wrote_goes_with_the_sound() {
    let (_session, release, probes) = begun([Some((48_000, TEN)), None, None], [0, 0, 0]).await;
    let (bext, ixml) = (probes[0].bext.clone().unwrap(), probes[0].ixml.clone().unwrap());
    assert_eq!(bext.description, "sSCENE=9");
    assert_eq!(
        (&*bext.originator, &*bext.originator_reference),
        ("Recorder 788", "US788000012345")
    );
    assert_eq!((&*bext.origination_date, &*bext.origination_time), ("2025-03-04", "10:00:00"));
    assert_eq!(bext.umid, Some([7; 64]));
    let history: Vec<_> = bext.coding_history.lines().collect();
    assert_eq!(history[0], "A=PCM,F=48000,W=24,M=stereo,T=788");
    assert_eq!(history.len(), 2, "{history:?}");
    // What it is now called by those who chose it.
    assert_eq!(ixml.project.as_deref(), Some("Khruangbin"));
    assert_eq!(
        (ixml.scene.as_deref(), ixml.take.as_deref()),
        (Some("White Gloves"), Some("recorded"))
    );
    assert_eq!(
        (ixml.tape.as_deref(), ixml.note.as_deref()),
        (Some("DAY-2"), Some("plane overhead"))
    );
    let tracks: Vec<_> = ixml
        .tracks
        .iter()
        .map(|track| {
            (track.channel, track.interleave, track.name.as_deref(), track.function.as_deref())
        })
        .collect();
    let left = (Some(7), Some(1), Some("Bass"), Some("LEFT"));
    assert_eq!(tracks, [left, (Some(8), Some(2), Some("Room R"), None)]);
    // Of what nobody wrote anything the delivery tells.
    let drums = probes[1].bext.clone().unwrap();
    assert_eq!(drums.originator, "studio");
    assert_eq!(drums.originator_reference, release.stems[1].version.as_uuid().simple().to_string());
}

/// Recorders are not strict; a delivery must come about all the same.
#[tokio::test]
async fn what_a_recorder_wrote_in_its_own_way_is_no_obstacle() {
    let ours = "2026-11-22";
    for (date, time, expected) in [
        ("2025:03:04", "10-00-00", ("2025-03-04", "10:00:00")),
        ("2025/03/04", "10.00.00", ("2025-03-04", "10:00:00")),
        ("2025_03_04", "10 00 00", ("2025-03-04", "10:00:00")),
        ("2025-03-04", "", ("2025-03-04", "")),
        ("2025-03-04", "at ten", ("2025-03-04", "")),
        ("04.03.2025", "10:00:00", (ours, "08:00:11")),
        ("yesterday", "10:00:00", (ours, "08:00:11")),
        ("", "", (ours, "08:00:11")),
    ] {
        let session = Session::new().await;
        let history = "A=PCM,F=48000,W=24,M=stereo,T=788\r\n".repeat(1_900);
        let bext = Bext {
            origination_date: date.to_owned(),
            origination_time: time.to_owned(),
            coding_history: history,
            ..bext(0)
        };
        let note = "plane overhead &amp; ".repeat(30_000);
        let ixml = IXML.replace("plane overhead", &note).replace("Room R", &note[..20_000]);
        // Only the second channel is described.
        let ixml = ixml.replace(
            "<INTERLEAVE_INDEX>1</INTERLEAVE_INDEX>",
            "<INTERLEAVE_INDEX>9</INTERLEAVE_INDEX>",
        );
        let samples = signal::sine(4800, 2, 48_000, 330.0, 0.25);
        let take = Wav::pcm(48_000, 2, 24).ints(&samples).bext(&bext).ixml(&ixml).build();
        session.pick("Keys", "recorded", &take).await;
        let studio = common::at(&session.studio, 1_795_334_411_123_456);
        let release = studio.create_release(&with(MixSettings::default()), &Job::default()).await;
        session.deliver(&release.unwrap(), "out").await;
        let file = session.place.path("out/KH_WhiteGloves_01_Keys_48k24.wav");
        let probe = probe_file(&file).unwrap().probe;
        let (bext, ixml) = (probe.bext.unwrap(), probe.ixml.unwrap());
        assert_eq!((&*bext.origination_date, &*bext.origination_time), expected, "{date} {time}");
        assert!(bext.coding_history.lines().next_back().unwrap().contains("T=studio"));
        assert!(bext.coding_history.lines().count() > 1_700);
        assert!(ixml.note.unwrap().starts_with("plane overhead & plane"));
        let names: Vec<_> = ixml.tracks.iter().map(|track| track.name.clone().unwrap()).collect();
        assert_eq!(names[0], "Keys");
        assert!(names[1].starts_with("plane overhead & "), "{names:?}");
    }
}

#[tokio::test]
async fn a_muted_stem_has_its_place_too() {
    let session = Session::new().await;
    let level = |offset, mute| StemLevel { offset, mute, ..StemLevel::default() };
    let levels = vec![(track("Bass"), level(-480, true)), (track("Drums"), level(0, false))];
    let settings = MixSettings { levels, mixed_lengths: true, ..MixSettings::default() };
    let release = session.studio.create_release(&with(settings), &Job::default()).await.unwrap();
    let delivered = session.deliver(&release, "out").await;
    let wavs = delivered.files.iter().filter(|file| file.name.ends_with(".wav"));
    let probe = |name: &str| probe_file(&session.place.path("out").join(name)).unwrap().probe;
    let probes: Vec<_> = wavs.map(|file| probe(&file.name)).collect();
    assert_eq!(clocks(&probes), [0, 480, 480]);
}

#[tokio::test]
async fn files_begin_where_the_mix_has_them() {
    let ten = Some((48_000, TEN));
    let double = Some((96_000, 2 * TEN));
    for (takes, offsets, expected, why) in [
        ([ten, ten, double], [0, 480, 0], [TEN, TEN + 480, 2 * TEN, TEN], "one clock"),
        ([ten, ten, double], [-480, 0, 7], [TEN - 480, TEN, 2 * TEN + 14, TEN], "begun before"),
        ([ten, Some((48_000, TEN + 1)), ten], [0, 480, 0], [0, 480, 0, 0], "several clocks"),
        ([ten, None, ten], [0, 480, 0], [0, 480, 0, 0], "not all have one"),
        ([None, None, None], [-480, 0, 480], [0, 480, 960, 480], "none, and begun before"),
        ([Some((48_000, 3)); 3], [-480, 0, 480], [0, 480, 960, 480], "before midnight"),
        ([Some((48_000, u64::MAX)); 3], [0, 1, 0], [0, 1, 0, 0], "no time of day"),
    ] {
        let (_session, _, probes) = begun(takes, offsets).await;
        // By their names: the mix comes last.
        let found = clocks(&probes);
        assert_eq!([found[0], found[1], found[2], found[3]], expected, "{why}");
    }
}

#[tokio::test]
async fn a_stem_that_is_not_what_was_frozen_is_not_delivered() {
    let session = Session::new().await;
    let mut release = session.create("1.0").await;
    release.stems[1].audio_digest = AudioDigest::from_bytes([7; 32]);
    let delivery = delivery(session.place.path("out"));
    let done = session.studio.deliver_release(&release, &delivery, &Job::default()).await;
    let error = done.unwrap_err();
    assert!(matches!(&error, Error::NotAsFrozen { what, .. } if what == "Drums"), "{error:?}");
    assert_eq!(error.kind(), ErrorKind::Integrity);
    assert!(!session.place.path("out").exists());
    session.assert_spool_empty();
}
