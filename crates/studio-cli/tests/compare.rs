//! Two takes, and what is different between them.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;
use studio_testkit::wav::Wav;
use studio_testkit::wav::signal::{noise, quantized, sine};

use self::common::takes::{blue_hour, cd_take, take};
use self::common::{Desk, with};

#[test]
fn two_takes_are_compared() {
    let desk = Desk::new();
    let wav = |samples: &[i32]| Wav::pcm(48_000, 1, 24).ints(samples);
    let sound = noise(1, 48_000, 1, 0.3);
    desk.file("a.wav", &wav(&sound).build());
    desk.file("tagged.wav", &wav(&sound).info(&[(b"INAM", "Blue Hour")]).build());
    desk.file("later.wav", &wav(&[&[0; 480], &sound[..]].concat()).build());
    let softer: Vec<i32> = sound.iter().map(|sample| sample / 2).collect();
    desk.file("softer.wav", &wav(&softer).build());
    let mut edited = sound.clone();
    edited[24_000..28_800].copy_from_slice(&sine(4800, 1, 48_000, 500.0, 0.3));
    desk.file("edited.wav", &wav(&edited).build());
    desk.file("other.wav", &wav(&noise(2, 48_000, 1, 0.3)).build());
    desk.file("cd.wav", &cd_take());
    let compare = |other: &str| desk.run(&["compare", "a.wav", other]).out();
    let verdict = |other: &str| -> v1::Comparison {
        desk.run(&["compare", "a.wav", other, "--json"]).answer(0)
    };
    let text = compare("a.wav");
    assert!(text.starts_with("A  a.wav  (48k mono, ") && text.contains("\nB  a.wav  (48k mono, "));
    assert!(text.ends_with("\nthe very same bytes\n"), "{text}");
    assert!(
        compare("tagged.wav").ends_with("the same sound, sample for sample, in another file\n")
    );
    let same = verdict("tagged.wav");
    assert_eq!((same.verdict.as_str(), same.same_bytes), ("identical", false));
    let text = compare("later.wav");
    assert!(text.contains("\nB is A, 480 frames (10.0 ms) later, sample for sample\n"), "{text}");
    assert_eq!(verdict("later.wav").shift_frames, 480);
    let text = compare("softer.wav");
    assert!(text.contains("\nB is A with -6.02 dB\n"), "{text}");
    assert!(text.ends_with("to hear B as loud as A: +6.0 dB on B\n"), "{text}");
    let softer = verdict("softer.wav");
    assert_eq!((softer.verdict.as_str(), softer.inverted), ("gain", false));
    assert!((softer.matching_gain_db.unwrap() - 6.02).abs() < 0.1, "{softer:?}");
    assert!(compare("edited.wav").contains("\nthey differ in 1 region:\n  0:00.5 to 0:00.6\n"));
    let edited = verdict("edited.wav");
    assert_eq!((edited.verdict.as_str(), edited.region_count), ("changed", 1));
    assert!(compare("other.wav").contains("\nthey differ from beginning to end\n"));
    assert!(compare("cd.wav").contains("\ntheir channels or sample rates differ: samples cannot"));
    assert_eq!(verdict("cd.wav").verdict, "incomparable");
    assert!(!desk.path("home").exists());
}

#[test]
fn two_versions_of_a_track_are_compared_by_their_tags() {
    let desk = blue_hour();
    let words = ["compare", "-s", "Blue Hour", "-t", "Bass", "take_1", "take_2"];
    let text = desk.run(&words).out();
    assert!(text.starts_with("A  Blue Hour/Bass/take_1  ("), "{text}");
    let json: v1::Comparison = desk.run(&with(&words, &["--json"])).answer(0);
    assert_eq!(json.second.version.unwrap().version, "take_2");
    let drawn = desk.run(&["waveform", "-s", "Blue Hour", "-t", "Bass", "-v", "take_1"]).out();
    assert_eq!(drawn, desk.run(&["waveform", "Blue Hour/Bass/take_1"]).out());
}

#[test]
fn what_was_done_to_a_cut_take_is_said_with_the_cut() {
    let desk = Desk::new();
    let wav = |bits: u16, samples: &[i32]| Wav::pcm(48_000, 1, bits).ints(samples).build();
    let sound = noise(1, 96_000, 1, 0.3);
    let by = |factor: f64| move |sample: &i32| (f64::from(*sample) * factor).round() as i32;
    let softer: Vec<i32> = sound[4800..].iter().map(by(0.1)).collect();
    let turned: Vec<i32> = sound[24_000..].iter().map(by(-0.891_251)).collect();
    let mut edited = softer.clone();
    edited[24_000..28_800].copy_from_slice(&sine(4800, 1, 48_000, 500.0, 0.3));
    desk.file("a.wav", &wav(24, &sound));
    desk.file("cut.wav", &wav(24, &sound[4800..]));
    desk.file("softer.wav", &wav(24, &softer));
    desk.file("turned.wav", &wav(24, &turned));
    desk.file("edited.wav", &wav(24, &edited));
    desk.file("rounded.wav", &wav(16, &quantized(&sound[4800..], 16)));
    for (file, told) in [
        ("cut.wav", "what both have is the same, 4800 frames (100.0 ms) earlier; the lengths"),
        (
            "softer.wav",
            "what both have of B is A with -20.00 dB, 4800 frames (100.0 ms) earlier; the lengths",
        ),
        (
            "turned.wav",
            "what both have of B is A with -1.00 dB, upside down, 24000 frames (500.0 ms) earlier;",
        ),
        (
            "edited.wav",
            "they differ in 1 region; the rest of B is A with -20.00 dB, 4800 frames (100.0 ms) \
             earlier:\n  0:00.6 to 0:00.7\n",
        ),
        (
            "rounded.wav",
            "what both have of B is A but for rounding, 4800 frames (100.0 ms) earlier; the",
        ),
    ] {
        desk.run(&["compare", "a.wav", file]).tells(0, &[told], &[]);
    }
}

#[test]
fn a_file_is_compared_with_a_version_named_by_its_tag() {
    let desk = blue_hour();
    let compare = |first: &str, second: &str| {
        desk.run(&["compare", "-s", "Blue Hour", "-t", "Bass", first, second])
    };
    desk.file("bounce.wav", &take(111.0));
    let told = ["A  Blue Hour/Bass/take_1  (", "B  bounce.wav  (", "the very same bytes"];
    compare("take_1", "bounce.wav").tells(0, &told, &[]);
    // What lies about in the directory hides no version.
    desk.file("take_2", &take(330.0));
    compare("bounce.wav", "take_2").tells(0, &["B  Blue Hour/Bass/take_2  ("], &[]);
    compare("take_1", "take_9").fails(3, &["take_9", "did you mean"]);
}
