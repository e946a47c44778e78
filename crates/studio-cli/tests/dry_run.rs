//! `--dry-run` of what listens, mixes and delivers: it tells what would be made and where,
//! ends as the work would as far as that shows, and reads no take and changes nothing.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;

use self::common::shelf::Shelf;
use self::common::takes::{blue_hour, cd_take, pick_blue_hour, tone};
use self::common::{Desk, Ran};

const SONG: [&str; 2] = ["-s", "Blue Hour"];

/// The song with its picks, and takes that cannot be read: whatever needs their bytes fails.
fn unread() -> Desk {
    let desk = blue_hour();
    pick_blue_hour(&desk);
    desk.run(&["release", "create", "-s", "Blue Hour", "-n", "1.0", "--gain", "Bass=-3"]).out();
    let shelf = Shelf::of_directory(&desk);
    shelf.keys("objects/").iter().for_each(|key| shelf.rot(key));
    desk
}

fn dry(desk: &Desk, words: &[&[&str]]) -> Ran {
    let words = [&words.concat()[..], &["--dry-run"]].concat();
    desk.changes_nothing(&Shelf::of_directory(desk), &words)
}

#[test]
fn a_mix_is_foretold() {
    let desk = unread();
    let levels = ["--gain", "Bass=-3", "--offset", "Vocal=250ms", "--mute", "Guitar"];
    let text = dry(&desk, &[&["mix"], &SONG, &levels, &["-o", "rough.wav"]]).out();
    let told = "would mix 2 stems into rough.wav, reading 216.1 kB\n  \
                TRACK   VERSION   GAIN  OFFSET\n  \
                Bass    take_1   -3.00\n  \
                Guitar  take_2   muted\n  \
                Vocal   take_1           12000\n  \
                length        0:00.7\n  format        48k/24 stereo\n";
    assert_eq!(text, told);
    let plan: v1::MixPlan =
        dry(&desk, &[&["mix"], &SONG, &["--sample-rate", "96k", "--bits", "32f", "--json"]])
            .answer(0);
    assert_eq!((plan.dry_run, plan.file, plan.stems.len(), plan.bytes), (true, None, 3, 216_132));
    let mix = plan.mix;
    assert_eq!((mix.sample_rate, mix.frame_count), (Some(96_000), Some(48_000)));
    assert_eq!((mix.channel_count, mix.bits_per_sample), (2, None));
    // What keeps it from being made is told with the number that the mix would end with.
    desk.run(&["unpick", "-s", "Blue Hour", "-t", "Guitar"]).out();
    let ran = dry(&desk, &[&["mix"], &SONG]);
    ran.tells(0, &["would mix 2 stems only to measure, ", "\n  without       Guitar\n"], &[]);
    desk.store("Ana Torres", "Blue Hour", "Guitar", "cd", &cd_take());
    desk.run(&["pick", "-s", "Blue Hour", "-t", "Guitar", "-v", "cd"]).out();
    let ran = dry(&desk, &[&["mix"], &SONG]);
    let out =
        ["\nagainst it:\n  mixed-rates  the sample rates differ: Bass 48000 Hz, Guitar 44100"];
    ran.tells(4, &out, &["it would be refused for 1 reason", "--sample-rate 48000 converts them"]);
    let plan: v1::MixPlan = dry(&desk, &[&["mix"], &SONG, &["--json"]]).answer(4);
    assert_eq!(plan.obstacles[0].code, "mixed-rates");
    desk.file("there.wav", b"mine");
    dry(&desk, &[&["mix"], &SONG, &["-o", "there.wav"]]).fails(4, &["there.wav exists already"]);
    let flac = ["-o", "f.flac", "--bits", "32f"];
    dry(&desk, &[&["mix"], &SONG, &flac]).fails(2, &["FLAC holds whole numbers"]);
    dry(&desk, &[&["mix", "-s", "Blu Hour"]]).fails(3, &["did you mean `Blue Hour`?"]);
}

#[test]
fn a_rendering_is_foretold() {
    let desk = unread();
    let render = ["release", "render", "-s", "Blue Hour", "-n", "1.0"];
    let text = dry(&desk, &[&render, &["-o", "mix.flac"]]).out();
    let told = "would render mix.flac, sample for sample as it was frozen, reading 216.1 kB\n  \
                length        0:00.5\n  format        48k/24 stereo\n";
    assert_eq!(text, told);
    let bits = ["-o", "mix.wav", "--bits", "16", "--json"];
    let plan: v1::RenderPlan = dry(&desk, &[&render, &bits]).answer(0);
    assert_eq!((plan.as_frozen, plan.mix.bits_per_sample), (false, Some(16)));
    assert_eq!((plan.file.as_str(), plan.mix.frame_count), ("mix.wav", Some(24_000)));
    dry(&desk, &[&render, &["-o", "none/mix.wav"]]).fails(3, &["no directory none"]);
    dry(&desk, &[&render, &["-o", "home"]]).fails(2, &["does not tell what kind"]);
    dry(&desk, &[&render, &["-o", "m.flac", "--bits", "32f"]]).fails(2, &["FLAC holds whole"]);
    let other = ["release", "render", "-s", "Blue Hour", "-n", "1.1", "-o", "m.wav"];
    dry(&desk, &[&other]).fails(3, &["did you mean `1.0`?"]);
}

#[test]
fn a_delivery_is_foretold() {
    let desk = unread();
    let deliver = ["release", "deliver", "-s", "Blue Hour", "-n", "1.0"];
    let text = dry(&desk, &[&deliver, &["blue.zip"]]).out();
    let told = "would deliver 8 files of release 1.0 of \"Blue Hour\" by Ana Torres to blue.zip, \
                reading 216.1 kB\n  \
                AT_BlueHour_01_Bass_48k24.wav\n  \
                AT_BlueHour_01_Guitar_48k24.wav\n  \
                AT_BlueHour_01_Mix_48k24.wav\n  \
                AT_BlueHour_01_Vocal_48k24.wav\n  \
                README.txt\n  checksums.txt\n  credits.txt\n  session.json\n";
    assert_eq!(text, told);
    std::fs::create_dir(desk.path("empty")).unwrap();
    let plan: v1::DeliveryPlan = dry(&desk, &[&deliver, &["empty", "--json"]]).answer(0);
    assert_eq!((plan.target.as_str(), plan.stems.len(), plan.bytes), ("empty", 3, 216_132));
    assert_eq!(plan.stems[1].stem.track, "Guitar");
    assert_eq!(plan.stems[1].file, "AT_BlueHour_01_Guitar_48k24.wav");
    assert_eq!(plan.files.len(), 8);
    assert_eq!(plan.stems[1].audio.frame_count, Some(24_000));
    desk.file("full/notes.txt", b"mine");
    desk.file("there.zip", b"mine");
    for taken in ["full", "there.zip"] {
        let told = [&format!("{taken} exists already"), "nothing was replaced"];
        dry(&desk, &[&deliver, &[taken]]).fails(4, &told);
    }
    dry(&desk, &[&deliver, &["none/blue.zip"]]).fails(3, &["no directory none"]);
}

#[test]
fn a_drawing_is_foretold() {
    let desk = unread();
    desk.file("take.wav", &tone(220.0, 48_000, 2));
    let draw = |more: &[&str]| dry(&desk, &[&["waveform", "take.wav"], more]);
    let told = "would draw take.wav into w.png\n  \
                sound    wav 48k/24 stereo, 0:01.0\n  \
                drawing  PNG, 1200 x 320 pixels\n";
    assert_eq!(draw(&["-o", "w.png", "--channels"]).out(), told);
    let dat = draw(&["-o", "w.dat", "--zoom", "512", "--bits", "16"]).out();
    assert!(dat.ends_with("  drawing  94 pairs of 16-bit peaks for 512 frames each\n"), "{dat}");
    assert!(draw(&[]).out().ends_with("  drawing  text, 100 x 8 places\n"));
    let version = dry(&desk, &[&["waveform", "Blue Hour/Bass/take_1", "-o", "b.svg"]]).out();
    assert!(version.contains("into b.svg\n  sound    wav 48k/24 mono, 0:00.5\n"), "{version}");
    desk.file("there.png", b"mine");
    draw(&["-o", "there.png"]).fails(4, &["there.png exists already", "--force"]);
    desk.file("page.wav", b"<html>");
    dry(&desk, &[&["waveform", "page.wav"]]).fails(5, &["not a known kind"]);
}

#[test]
fn measuring_is_foretold() {
    let desk = unread();
    // The three that the release measured are known.
    let ran = dry(&desk, &[&["analyse"]]);
    let out = ["would measure 3 takes, reading 216.1 kB\n  Blue Hour/Bass/take_2\n"];
    ran.tells(0, &out, &["3 versions have been measured before"]);
    let plan: v1::AnalysisPlan = dry(&desk, &[&["analyse", "--again", "--json"]]).answer(0);
    assert_eq!((plan.subjects.len(), plan.known, plan.bytes), (6, 0, 432_264));
    let words: [&[&str]; 1] = [&["analyse", "take.wav", "nope.wav"]];
    let ran = dry(&desk, &words);
    ran.tells(3, &["would measure 1 take, "], &["no such file `nope.wav`", "1 of 2 was left out"]);
}
