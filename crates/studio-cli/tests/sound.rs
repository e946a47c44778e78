//! What takes are: probed, measured, drawn and compared.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;
use studio_testkit::wav::signal::from_fn;
use studio_testkit::wav::{Bext, Wav};

use self::common::takes::{BAG, blue_hour, mixed_bag, pick_blue_hour, take, tone};
use self::common::{Desk, with};

#[test]
fn a_probe_names_the_fields_as_the_ingest_does() {
    let desk = Desk::new();
    let minute = Wav::pcm(8000, 2, 24).ints(&vec![1 << 20; 2 * 8000 * 60]).build();
    desk.file("minute.wav", &minute);
    let json = desk.run(&["probe", "minute.wav", "--json"]).json();
    let probe = &json["probes"][0];
    assert_eq!(probe["channel_count"], 2);
    assert_eq!(probe["frame_count"], 480_000);
    assert_eq!(probe["sample_rate"], 8000);
    assert_eq!(probe["bits_per_sample"], 24);
    assert_eq!(probe["duration"], "60.0");
    assert_eq!(probe["file"], "minute.wav");
    let list: v1::ProbeList = desk.run(&["probe", "minute.wav", "--json"]).answer(0);
    assert!(list.failed.is_empty());
    let text = desk.run(&["probe", "minute.wav"]).out();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[0], "minute.wav");
    assert_eq!(lines[1], "  format          wav 8k/24 stereo");
    assert_eq!(lines[3], "  length          1:00 (480000 frames)");
    // It only looked: no catalogue was made.
    assert!(!desk.path("home").exists());
}

#[test]
fn files_are_probed_without_a_catalogue() {
    let desk = Desk::new().with("STUDIO_DATABASE", "notes.txt");
    desk.file("notes.txt", b"these are my notes\n");
    mixed_bag(&desk);
    let both = ["probe", "good.wav", "cd.wav"];
    assert!(desk.run(&both).out().contains("\n\ncd.wav\n  format "));
    let list: v1::ProbeList = desk.run(&with(&both, &["--json"])).answer(0);
    assert_eq!((list.probes.len(), list.failed.len()), (2, 0));
    desk.run(&["probe", "page.wav"]).fails(5, &["of page.wav: not a known kind"]);
    // Whatever may be a version is looked up.
    desk.run(&["probe", "good.wav", "a/s/t/v"]).fails(6, &["notes.txt is not a database"]);
    desk.run(&["probe", "-a", "a", "-s", "s", "-t", "t", "good.wav"]).fails(6, &["notes.txt"]);
}

#[test]
fn a_probe_tells_what_recorders_write() {
    let desk = Desk::new();
    let bext = Bext {
        description: "Bass, after lunch\u{1b}[2J".to_owned(),
        originator: "Recorder".to_owned(),
        origination_date: "2026-11-21".to_owned(),
        origination_time: "10:30:00".to_owned(),
        time_reference: 48_000 * 37_800,
        ..Bext::default()
    };
    let ixml = "<BWFXML><PROJECT>Blue Hour</PROJECT><SCENE>2</SCENE><TAKE>3</TAKE>\
                <CIRCLED>TRUE</CIRCLED></BWFXML>";
    let wav = Wav::good(1).bext(&bext).ixml(ixml).info(&[(b"INAM", "Blue Hour")]);
    desk.file("take.wav", &wav.build());
    let text = desk.run(&["probe", "take.wav"]).out();
    for line in [
        "  title           Blue Hour",
        "  originator      Recorder",
        "  recorded        2026-11-21 10:30:00",
        "  time reference  1814400000 frames (10:30:00 after midnight)",
        "  project         Blue Hour",
        "  take            3",
        "  circled         yes",
    ] {
        assert!(text.contains(line), "{line}: {text}");
    }
    // Nothing in a file controls the terminal.
    assert!(text.contains("after lunch\\u{1b}[2J") && !text.contains('\u{1b}'), "{text}");
    let list: v1::ProbeList = desk.run(&["probe", "take.wav", "--json"]).answer(0);
    let ixml = list.probes[0].ixml.as_ref().unwrap();
    assert_eq!((ixml.circled, ixml.scene.as_deref()), (Some(true), Some("2")));
    assert_eq!(list.probes[0].bext.as_ref().unwrap().time_reference, 1_814_400_000);
}

#[test]
fn what_is_no_sound_does_not_hide_what_is() {
    let desk = Desk::new();
    mixed_bag(&desk);
    let ran = desk.run(&with(&["probe"], &BAG));
    let told = ["of empty.wav: not a known", "of page.wav: not a known", "2 of 6 were left out"];
    ran.tells(5, &["good.wav", "cd.wav\n", "defect          the header claims 144,000"], &told);
    let list: v1::ProbeList = desk.run(&with(&["probe", "--json"], &BAG)).answer(5);
    assert_eq!((list.probes.len(), list.failed.len()), (4, 2));
    assert_eq!(list.failed[0].subject.file.as_deref(), Some("page.wav"));
    let told = ["cannot work with the sound of page.wav: not a known kind of audio file"];
    desk.run(&["probe", "page.wav"]).fails(5, &told);
    desk.run(&["probe", "/dev/null"]).fails(2, &["/dev/null is not a file but a pipe or a device"]);
    let ran = desk.run(&with(&["analyse"], &BAG));
    ran.tells(5, &["good.wav", "digital silence"], &["2 of 6 were left out"]);
    let list: v1::AnalysisList = desk.run(&with(&["analyse", "--json"], &BAG)).answer(5);
    assert_eq!((list.analyses.len(), list.failed.len(), list.no_sound), (4, 2, 0));
    assert!(!desk.path("home").exists());
}

#[test]
fn files_and_versions_are_found_by_their_names() {
    let desk = blue_hour();
    let name = "it's \"quoted\" \u{1f3b8}.wav";
    desk.file(name, &take(220.0));
    assert!(desk.run(&["probe", name]).out().starts_with(name));
    for words in [
        &["probe", "Ana Torres/Blue Hour/Bass/take_1"][..],
        &["probe", "Blue Hour/Bass/take_1"],
        &["probe", "blue hour/bass/TAKE_1"],
        &["probe", "-s", "Blue Hour", "-t", "Bass", "take_1"],
        &["probe", "-s", "Blue Hour", "-t", "Bass", "-v", "take_1"],
    ] {
        let text = desk.run(words).out();
        assert!(text.starts_with("Blue Hour/Bass/take_1\n"), "{text}");
    }
    let list: v1::ProbeList = desk.run(&["probe", "-s", "Blue Hour", "--json"]).answer(0);
    assert_eq!(list.probes.len(), 6);
    assert_eq!(list.probes[0].subject.version.as_ref().unwrap().track, "Bass");

    let near = |words: &[&str], parts: &[&str]| desk.run(words).fails(3, parts);
    near(&["probe", "Blue Hour/Bas/take_1"], &["no track Bas", "did you mean `Bass`?"]);
    near(&["probe", "Blue Hour/Bass/9"], &["versions there are: take_1, take_2"]);
    near(&["probe", "takes/of/today.wav"], &["no such file `takes/of", "no song \"takes\""]);
    near(&["waveform", "-s", "Blue Hour", "-t", "Bass", "9"], &["no version `9`"]);
    near(&["compare", "Blue Hour/Bass/take_1", "nothing.wav"], &["no such file `nothing.wav`"]);
    for file in ["none.wav", "/none/of/these.wav", "./none/of.wav", "../a/b/c.wav", "a//b.wav"] {
        near(&["probe", file], &[&format!("no such file `{file}`"), "ARTIST/SONG/TRACK"]);
    }
    for command in ["probe", "check", "waveform", "analyse"] {
        desk.run(&[command, "home"]).fails(2, &["home is not a file but a directory"]);
    }
    for words in [
        &["probe"][..],
        &["check"],
        &["waveform"],
        &["compare", name],
        &["probe", "-s", "Blue Hour", "take_1"],
        &["probe", "-s", "Blue Hour", "-t", "Bass", "-v", "take_1", "take_2"],
        &["check", "--rules", name],
    ] {
        let ran = desk.run(words);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
    }
}

#[test]
fn a_version_without_bytes_does_not_hide_the_others() {
    let desk = blue_hour();
    let shelf = common::shelf::Shelf::of_directory(&desk);
    shelf.remove(&desk.key("Ana Torres", "Blue Hour", "Bass", "take_1"));
    for command in ["analyse", "probe", "check"] {
        let ran = desk.run(&[command, "-s", "Blue Hour"]);
        let err = ["the bytes of version `take_1` of Bass", "1 of 6 was left out"];
        ran.tells(5, &["Blue Hour/Bass/take_2", "Blue Hour/Vocal/take_2"], &err);
    }
    let list: v1::CheckList = desk.run(&["check", "-s", "Blue Hour", "--json"]).answer(5);
    assert_eq!((list.checks.len(), list.failed.len()), (5, 1));
}

#[test]
fn what_is_not_there_does_not_hide_what_is() {
    let desk = blue_hour();
    mixed_bag(&desk);
    let many = ["good.wav", "./nope.wav", "home", "Blue Hour/Bas/take_1", "Blue Hour/Bass/take_1"];
    let err = [
        "error: no such file `./nope.wav`\n",
        "error: home is not a file but a directory\n",
        "error: no such file `Blue Hour/Bas/take_1`, and no such version: no track Bas in",
    ];
    for command in ["probe", "check", "analyse"] {
        let ran = desk.run(&with(&[command], &many));
        ran.tells(3, &["good.wav", "Blue Hour/Bass/take_1"], &err);
        ran.tells(3, &[], &["error: 3 of 5 were left out\nhint: check the spelling"]);
    }
    let list: v1::ProbeList = desk.run(&with(&["probe", "--json"], &many)).answer(3);
    let failed: Vec<_> = list.failed.iter().map(|one| one.subject.file.as_deref()).collect();
    assert_eq!((list.probes.len(), &failed[..2]), (2, &[Some("./nope.wav"), Some("home")][..]));
    // What is wrong with bytes is graver than what is not there, wherever it stands.
    let ran = desk.run(&["analyse", "nope.wav", "page.wav", "good.wav"]);
    ran.tells(5, &["good.wav"], &["no such file `nope.wav`", "2 of 3 were left out"]);
    let ran = desk.run(&["check", "nope.wav", "cd.wav"]);
    ran.tells(5, &["refused  cd.wav"], &["refuses 1 of 2, and 1 could not be looked at"]);
}

#[test]
fn what_is_neither_a_file_nor_a_version() {
    let desk = Desk::new();
    for command in ["probe", "check", "analyse", "waveform"] {
        for file in ["nope.wav", "./nope.wav", "/nope.wav", "takes/nope.wav", "~/a/b/c.wav"] {
            let hint = "hint: check the spelling of the path; a stored version is named ARTIST/";
            desk.run(&[command, file]).fails(3, &[&format!("no such file `{file}`\n"), hint]);
        }
        let both = |text: &str, why: &str, hint: &str| {
            let error = format!("error: no such file `{text}`, and no such version: {why}");
            desk.run(&[command, text]).fails(3, &[&error, hint]);
        };
        // Three names might be a version's: without an artist it is not said whose.
        both("takes/of/today.wav", "no artist was given", "hint: add --artist NAME");
        both("srv/takes/of/today.wav", "no artist srv", "hint: there are no artists yet");
        both(&format!("a/b/{}", "x".repeat(201)), "no artist", "hint: ");
    }
}

#[test]
fn what_was_measured_is_kept() {
    let desk = blue_hour();
    desk.store("Ana Torres", "Blue Hour", "Notes", "text", b"verse, chorus, verse");
    let head = desk.run(&["list", "-s", "Blue Hour"]).out();
    let head = head.lines().nth(1).unwrap();
    assert!(head.contains("LENGTH") && !head.contains("LUFS"), "{head}");
    let ran = desk.run(&["analyse"]);
    ran.tells(0, &["SOUND", "Blue Hour/Bass/take_1"], &["1 version is no sound"]);
    let rows: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(rows.len(), 7, "{rows:?}");
    let heads: Vec<&str> = rows[0].split_whitespace().collect();
    assert_eq!(heads, ["SOUND", "LENGTH", "FORMAT", "LUFS", "LRA", "DBTP", "REMARKS"]);
    let again = desk.run(&["analyse"]);
    again.tells(0, &[], &["6 versions have been measured before (--again measures them again)"]);
    assert_eq!(again.stdout, "");
    let list: v1::AnalysisList =
        desk.run(&["analyse", "--again", "-s", "Blue Hour", "-t", "Bass", "--json"]).answer(0);
    assert_eq!((list.analyses.len(), list.known, list.no_sound), (2, 0, 0));
    assert_eq!(list.analyses[0].decoded_frame_count, 24_000);
    let measured = list.analyses[0].loudness.integrated_lufs.unwrap();
    let listed: v1::VersionList =
        desk.run(&["list", "-s", "Blue Hour", "-t", "Bass", "--json"]).answer(0);
    let kept = listed.versions[0].measured.as_ref().unwrap().loudness.integrated_lufs;
    assert_eq!(kept, Some(measured));
    let lufs = format!("{measured:.1}");
    assert!(desk.run(&["list", "-s", "Blue Hour"]).out().contains(&lufs));
    let show = desk.run(&["show", "-s", "Blue Hour", "-t", "Bass", "-v", "take_1"]).out();
    for line in ["sound          wav 48k/24 mono\n", "length         0:00.5\n", "loudness "] {
        assert!(show.contains(line), "{show}");
    }
    // Asked for in the settings, uploads are measured at once.
    desk.file("studio.toml", b"analyse = true\n");
    desk.store("Ana Torres", "Blue Hour", "Keys", "take_1", &take(500.0));
    let nothing_new = desk.run(&["analyse", "-s", "Blue Hour", "-t", "Keys"]);
    nothing_new.tells(0, &[], &["1 version has been measured before"]);
    let none = Desk::new().run(&["analyse"]);
    none.tells(0, &[], &["there is nothing to measure"]);
}

#[test]
fn remarks_tell_what_is_wrong_with_a_take() {
    let desk = Desk::new();
    let loud = from_fn(24_000, 1, |n, _| if n % 100 < 50 { 1.0 } else { -0.5 });
    desk.file("loud.wav", &Wav::pcm(48_000, 1, 24).ints(&loud).build());
    let odd = Wav::float(48_000, 1, 32).floats(&[f32::NAN, f32::INFINITY, 0.1, 0.2]);
    desk.file("odd.wav", &odd.build());
    let text = desk.run(&["analyse", "loud.wav", "odd.wav"]).out();
    assert!(text.contains("clipped 240 times"), "{text}");
    assert!(text.contains("2 samples are no number"), "{text}");
    assert!(!text.contains("NaN"), "{text}");
    let list: v1::AnalysisList = desk.run(&["analyse", "odd.wav", "--json"]).answer(0);
    assert_eq!(list.analyses[0].not_finite, 2);
}

#[test]
fn waveforms_become_files() {
    let desk = Desk::new();
    desk.file("take.wav", &tone(220.0, 48_000, 2));
    let draw = |words: &[&str]| desk.run(&with(&["waveform", "take.wav"], words)).out();
    assert_eq!(draw(&["-o", "w.png", "--width", "300", "--height", "40"]), "");
    let png = desk.read("w.png");
    assert_eq!(png[..8], *b"\x89PNG\r\n\x1a\n");
    assert_eq!(png[16..24], [0, 0, 1, 44, 0, 0, 0, 40], "width and height");
    draw(&["-o", "w.svg", "--channels", "--dark"]);
    let svg = String::from_utf8(desk.read("w.svg")).unwrap();
    assert!(svg.starts_with("<svg xmlns=") && svg.contains("width=\"1200\" height=\"320\""));
    draw(&["-o", "w.dat"]);
    let dat = desk.read("w.dat");
    let word = |n: usize| u32::from_le_bytes(dat[4 * n..4 * n + 4].try_into().unwrap());
    // Version (1 is that of one channel), flags (8 bits), rate, frames to a pair, pairs.
    let header: Vec<u32> = (0..5).map(word).collect();
    assert_eq!(header, [1, 1, 48_000, 256, 188]);
    assert_eq!(dat.len(), 20 + 2 * 188);
    draw(&["-o", "w.json", "--zoom", "512", "--bits", "16", "--channels"]);
    let json: serde_json::Value = serde_json::from_slice(&desk.read("w.json")).unwrap();
    assert_eq!((&json["samples_per_pixel"], &json["bits"]), (&512.into(), &16.into()));
    assert_eq!(json["data"].as_array().unwrap().len(), 2 * 2 * 94);
    draw(&["-o", "w.txt", "--width", "30", "--height", "3"]);
    let text = String::from_utf8(desk.read("w.txt")).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(lines[..3].iter().all(|line| line.chars().count() == 30), "{text}");
    assert_eq!(lines[3], format!("0:00{}0:01.0", " ".repeat(20)));
    // The same on stdout; without a terminal 100 places wide.
    assert_eq!(draw(&["--width", "30", "--height", "3"]), text);
    let wide = draw(&[]);
    assert!(wide.lines().all(|line| line.chars().count() == 100), "{wide}");
    assert!(!desk.path("home").exists());
}

#[test]
fn waveforms_replace_no_file_and_come_of_sound_alone() {
    let desk = Desk::new();
    mixed_bag(&desk);
    desk.file("w.png", b"mine");
    let draw = |words: &[&str]| desk.run(&with(&["waveform", "good.wav"], words));
    draw(&["-o", "w.png"]).fails(4, &["w.png exists already", "--force"]);
    assert_eq!(desk.read("w.png"), b"mine");
    draw(&["-o", "w.png", "--force"]).out();
    assert_eq!(desk.read("w.png")[1..4], *b"PNG");
    draw(&["-o", "w.gif"]).fails(2, &["w.gif does not tell what to draw", ".png, .svg"]);
    draw(&["-o", "w"]).fails(2, &["does not tell what to draw"]);
    draw(&["-o", "none/w.png"]).fails(3, &["no directory none", "mkdir -p none"]);
    for zoom in ["0", "100", "257", "-256"] {
        let ran = draw(&["-o", "w.dat", &format!("--zoom={zoom}")]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
    }
    for wrong in [["--width", "0"], ["--width", "20001"], ["--height", "0"], ["--bits", "12"]] {
        assert_eq!(draw(&wrong).code, Some(2), "{wrong:?}");
    }
    desk.run(&["waveform", "page.wav", "-o", "p.png"]).fails(5, &["not a known kind"]);
    assert!(!desk.path("p.png").exists() && !desk.path("w.dat").exists());
    assert!(desk.run(&["waveform", "silent.wav"]).out().contains("0:00.5"));
    let left = common::shelf::files_in(desk.path(".").as_path());
    assert!(left.iter().all(|file| !file.ends_with(".part")), "{left:?}");
}

#[test]
fn what_cannot_be_decoded_to_its_end_is_said_and_fails_the_measuring() {
    let desk = blue_hour();
    pick_blue_hour(&desk);
    desk.run(&["mix", "-s", "Blue Hour", "-o", "whole.flac"]).out();
    let whole = desk.read("whole.flac");
    desk.file("cut.flac", &whole[..whole.len() / 2]);
    desk.file("good.wav", &take(220.0));
    let told = "of cut.flac could be decoded: ";
    let alone = desk.run(&["analyse", "cut.flac"]);
    alone.tells(5, &["cannot be decoded to its end"], &["error: only 0:00.", told]);
    desk.run(&["analyse", "good.wav", "cut.flac", "nowhere.wav"]).tells(
        5,
        &["good.wav", "cannot be decoded to its end"],
        &["no such file `nowhere.wav`", told, "error: 1 of 3 is not to be decoded to the end"],
    );
    let list: v1::AnalysisList = desk.run(&["analyse", "cut.flac", "--json"]).answer(5);
    assert!(list.analyses[0].undecodable.is_some(), "{list:?}");
    desk.run(&["waveform", "cut.flac"]).tells(0, &["\n0:00 "], &["warning: only 0:00.", told]);
    assert_eq!(desk.run(&["waveform", "good.wav"]).stderr, "");
    assert_eq!(desk.run(&["analyse", "good.wav"]).stderr, "");
}

#[test]
fn a_waveform_is_as_high_as_there_is_room_or_as_loud_as_it_is() {
    let desk = Desk::new();
    desk.file(
        "loud.wav",
        &Wav::pcm(48_000, 1, 24).ints(&[i32::MAX, i32::MIN].repeat(9600)).build(),
    );
    desk.file("soft.wav", &Wav::pcm(48_000, 1, 24).ints(&[1 << 28, -1 << 28].repeat(9600)).build());
    let draw = |file: &str, more: &[&str]| desk.run(&with(&["waveform", file], more)).out();
    assert_eq!(draw("soft.wav", &[]), draw("loud.wav", &[]));
    assert_eq!(draw("loud.wav", &["--full-scale"]), draw("loud.wav", &[]));
    let first_line = |text: &str| text.lines().next().unwrap().trim_matches('\u{2800}').len();
    assert!(first_line(&draw("soft.wav", &[])) > 0);
    assert_eq!(first_line(&draw("soft.wav", &["--full-scale"])), 0);
    for more in [&[][..], &["--full-scale"]] {
        let drawn = format!("{}.svg", more.len());
        desk.run(&with(&["waveform", "soft.wav", "-o", &drawn], more)).out();
    }
    assert_ne!(desk.read("0.svg"), desk.read("1.svg"));
}
