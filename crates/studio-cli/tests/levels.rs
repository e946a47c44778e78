//! How loud, where and when stems stand in a mix: what is told of it, and what makes no sense.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;

use self::common::takes::{blue_hour, pick_blue_hour};
use self::common::{Desk, Ran, with};

const LEVELS: [&str; 10] = [
    "--gain",
    "Bass=-3",
    "--pan",
    "Guitar=L30",
    "--offset",
    "Vocal=480",
    "--mute",
    "Guitar",
    "--master-gain",
    "-6",
];

/// The song with a take of each track picked.
fn chosen() -> Desk {
    let desk = blue_hour();
    pick_blue_hour(&desk);
    desk
}

fn mix(desk: &Desk, more: &[&str]) -> Ran {
    desk.run(&with(&["mix", "-s", "Blue Hour"], more))
}

fn create(desk: &Desk, more: &[&str]) -> Ran {
    desk.run(&with(&["release", "create", "-s", "Blue Hour", "-n", "1.0"], more))
}

fn level_of(stem: &v1::AuditionStem) -> (&str, f64, i8, i64, bool) {
    (&stem.track, stem.gain_db, stem.pan_percent, stem.offset_frames, stem.mute)
}

#[test]
fn how_stems_go_into_a_mix_is_told_wherever_they_are() {
    let desk = chosen();
    let json = with(&LEVELS, &["--json"]);
    let planned = with(&json, &["--dry-run"]);
    let mixed: v1::Audition = mix(&desk, &json).answer(0);
    let plan: v1::MixPlan = mix(&desk, &planned).answer(0);
    let release: v1::ReleasePlan = create(&desk, &planned).answer(0);
    for stems in [&mixed.stems, &plan.stems, &release.stems] {
        let levels: Vec<_> = stems.iter().map(level_of).collect();
        let expected = [
            ("Bass", -3.0, 0, 0, false),
            ("Guitar", 0.0, -30, 0, true),
            ("Vocal", 0.0, 0, 480, false),
        ];
        assert_eq!(levels, expected);
    }
    assert_eq!(
        (mixed.mix.gain_db, plan.master_gain_db, release.master_gain_db),
        (-6.0, -6.0, -6.0)
    );
    let master = "\n  master gain   -6.00 dB\n";
    let told = ["-3.00", "muted", "480", master];
    mix(&desk, &LEVELS).tells(0, &told, &[]);
    mix(&desk, &with(&LEVELS, &["--dry-run"])).tells(0, &told, &[]);
    create(&desk, &with(&LEVELS, &["--dry-run"])).tells(0, &told, &[]);
    create(&desk, &LEVELS).tells(0, &told, &[]);
    let names = ["-s", "Blue Hour", "-n", "1.0"];
    desk.run(&with(&["release", "show"], &names)).tells(0, &[master], &[]);
    let deliver = with(&["release", "deliver", "out", "--dry-run", "--json"], &names);
    let plan: v1::DeliveryPlan = desk.run(&deliver).answer(0);
    assert_eq!(level_of(&plan.stems[0].stem), ("Bass", -3.0, 0, 0, false));
    assert!(!mix(&desk, &[]).out().contains("master gain"));
}

#[test]
fn levels_that_make_no_sense_are_refused() {
    let desk = chosen();
    for (flag, first, second) in [
        ("--gain", "Bass=-3", "bass=-6"),
        ("--pan", "Bass=L1", "BASS=R1"),
        ("--offset", "Bass=1", "bass=2"),
    ] {
        let told = format!("{flag} is given more than once for bass");
        let ran = mix(&desk, &[flag, first, flag, second]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.to_lowercase().contains(&told), "{ran:?}");
    }
    mix(&desk, &["--mute", "Bass", "--mute", "bass"]).out();
    mix(&desk, &["--gain", "Bass=61"]).fails(2, &["--gain of 61.00 dB is more than 60 dB"]);
    create(&desk, &["--master-gain", "-90"]).fails(2, &["--master-gain of -90.00 dB", "--mute"]);
    mix(&desk, &["--gain", "Bass=-60"]).out();
}

#[test]
fn what_would_be_missed_in_a_mix_is_warned_of() {
    let desk = chosen();
    let unheard = "warning: nothing of Bass is heard: its offset puts all of it before the mix";
    for offset in ["Bass=-24000", "Bass=-0.5s"] {
        mix(&desk, &["--offset", offset]).tells(0, &[], &[unheard]);
        create(&desk, &["--dry-run", "--offset", offset]).tells(0, &[], &[unheard]);
    }
    let twice = ["--offset", "Bass=-24000", "--sample-rate", "96000"];
    for heard in [&["--offset", "Bass=-23999"][..], &twice] {
        assert_eq!(mix(&desk, heard).stderr, "");
    }
    let loud = ["--master-gain", "30"];
    let clipped = mix(&desk, &loud);
    clipped.tells(0, &["clipped"], &["samples lie beyond full scale and are cut to it; --master"]);
    let floats = mix(&desk, &with(&loud, &["--bits", "32f"]));
    floats.tells(0, &[], &["warning: the true peak is +", "but players cut it"]);
    assert_eq!(mix(&desk, &["--bits", "32f"]).stderr, "");

    assert_eq!(create(&desk, &["--dry-run"]).stderr, "");
    let place = ["-s", "Blue Hour", "-t", "Bass", "-v", "take_1", "no-good"];
    desk.run(&with(&["status"], &place)).out();
    let bad = "warning: the pick `take_1` of Bass is marked no-good";
    create(&desk, &["--dry-run"]).tells(0, &[], &[bad]);
    create(&desk, &[]).tells(0, &[], &[bad]);
}

#[test]
fn a_delivery_is_a_directory_or_a_zip_and_no_other_archive() {
    let desk = chosen();
    create(&desk, &[]).out();
    for target in ["x.tar.gz", "x.tar", "x.TGZ", "x.7z", "x.rar"] {
        for dry in [&[][..], &["--dry-run"]] {
            let words = ["release", "deliver", "-s", "Blue Hour", "-n", "1.0", target];
            desk.run(&with(&words, dry)).fails(2, &["an archive of another kind", ".zip"]);
            assert!(!desk.path(target).exists());
        }
    }
}

#[test]
fn the_trash_tells_what_releases_keep() {
    let desk = chosen();
    create(&desk, &[]).out();
    for tag in ["take_1", "take_2"] {
        desk.run(&["rm", "-s", "Blue Hour", "-t", "Bass", "-v", tag]).out();
    }
    let text = desk.run(&["trash", "list"]).out();
    let line = |tag: &str| text.lines().find(|line| line.contains(tag)).unwrap();
    assert!(line("`take_1`").contains("  kept: in release 1.0  "), "{text}");
    assert!(line("`take_2`").contains("  kept until 20"), "{text}");
    let list: v1::TrashList = desk.run(&["trash", "list", "--json"]).answer(0);
    for trashed in &list.trash {
        let releases: &[&str] = if trashed.version.version == "take_1" { &["1.0"] } else { &[] };
        assert_eq!(trashed.releases, releases);
    }
}
