//! Takes judged by profiles: when somebody asks, and before they are stored.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;

use self::common::takes::{BAG, cd_take, mixed_bag, take};
use self::common::{Desk, with};

const BASS: [&str; 6] = ["-s", "Blue Hour", "-t", "Bass", "-v", "take_3"];

#[test]
fn a_check_judges_all_and_ends_with_5_if_one_is_refused() {
    let desk = Desk::new();
    mixed_bag(&desk);
    let ran = desk.run(&with(&["check"], &BAG));
    let out = [
        "ok       good.wav  (wav 48k/24 mono)",
        "refused  cd.wav  (wav 44.1k/16 mono)",
        "  sample-rate        the sample rate is 44,100 Hz; allowed: 48,000 Hz",
        "  bit-depth          samples have 16 bits; allowed: 24 bits",
        "  not-audio          the file is of no known kind of audio file",
        "  empty-file         the file has no bytes",
        "  truncated-data     the header claims 144,000 bytes of samples; the file has 99,956",
        "  digital-silence    all 24,000 frames are silent (warning)",
    ];
    ran.tells(5, &out, &["error: profile `ingest` refuses 4 of 6"]);
    let list: v1::CheckList = desk.run(&with(&["check", "--json"], &BAG)).answer(5);
    assert_eq!((list.profile.as_str(), list.checks.len()), ("ingest", 6));
    let accepted: Vec<bool> = list.checks.iter().map(|check| check.accepted).collect();
    assert_eq!(accepted, [true, false, false, false, false, true]);
    let codes = |n: usize| {
        let findings = list.checks[n].refusals.iter();
        findings.map(|finding| finding.code.as_str()).collect::<Vec<_>>()
    };
    assert_eq!((codes(1), codes(4)), (vec!["sample-rate", "bit-depth"], vec!["truncated-data"]));
    assert_eq!(list.checks[5].warnings[0].code, "digital-silence");
    assert_eq!(list.checks[1].audio.as_ref().unwrap().sample_rate, 44_100);

    desk.run(&["check", "good.wav", "silent.wav"]).out();
    desk.run(&with(&["check", "--profile", "any"], &BAG)).out();
    let rules = desk.run(&["check", "--rules"]).out();
    assert!(rules.starts_with("profile `ingest`\nRULE "), "{rules}");
    assert!(rules.contains("\nclipping           warn    Three or more"), "{rules}");
    let list: v1::RuleList = desk.run(&["check", "--rules", "--json"]).answer(0);
    assert_eq!((list.profile.as_str(), list.rules.len()), ("ingest", rules.lines().count() - 2));
    let rule = |code: &str| list.rules.iter().find(|rule| rule.code == code).unwrap();
    assert_eq!(
        (rule("clipping").level.as_str(), rule("truncated-data").level.as_str()),
        ("warn", "refuse")
    );
    assert!(rule("clipping").meaning.starts_with("Three or more"), "{list:?}");
}

#[test]
fn profiles_of_ones_own() {
    let desk = Desk::new();
    mixed_bag(&desk);
    let settings = "
        profile = \"broadcast\"
        [profiles.broadcast]
        base = \"ingest\"
        sample_rates = [44100, 48000]
        bit_depths = [16, 24]
        off = [\"digital-silence\"]
        [profiles.strict]
        base = \"ingest\"
        refuse = [\"digital-silence\"]
        ";
    desk.file("studio.toml", settings.as_bytes());
    let out = desk.run(&["check", "good.wav", "cd.wav", "silent.wav"]).out();
    assert!(!out.contains("digital-silence"), "{out}");
    let strict = desk.run(&["check", "--profile", "strict", "silent.wav"]);
    let told = ["profile `strict` refuses 1 of 1"];
    strict.tells(5, &["refused  silent.wav", "  digital-silence    all 24,000 frames"], &told);
    let known = ["no profile `strikt`", "there are: any, ingest, broadcast, strict"];
    desk.run(&["check", "--profile", "strikt", "good.wav"]).fails(2, &known);
    let desk = desk.with("STUDIO_PROFILE", "strict");
    assert_eq!(desk.run(&["check", "silent.wav"]).code, Some(5));

    for (table, parts) in [
        ("refuse = [\"cliping\"]", &["[profiles.mine] in studio.toml", "no rule `cliping`"][..]),
        ("base = \"strict\"", &["base is `any` or `ingest`, not `strict`"]),
        ("codecs = [\"pmc\"]", &["[profiles.mine]", "pmc"]),
        ("sample_rate = [48000]", &["studio.toml line 2", "sample_rate"]),
        ("dc_offset = nan", &["dc_offset is a level in dBFS"]),
    ] {
        desk.file("studio.toml", format!("[profiles.mine]\n{table}\n").as_bytes());
        desk.run(&["check", "--profile", "mine", "good.wav"]).fails(2, parts);
    }
}

#[test]
fn an_upload_that_is_refused_says_why_and_leaves_nothing() {
    let desk = Desk::new().with("STUDIO_ARTIST", "Ana Torres");
    mixed_bag(&desk);
    for dry_run in [&[][..], &["--dry-run"]] {
        let upload = |file: &str, parts: &[&str]| {
            let words = with(&["upload", "-f", file, "--profile", "ingest"], &BASS);
            let ran = desk.run(&[&words[..], dry_run].concat());
            ran.fails(5, parts);
        };
        upload(
            "cd.wav",
            &[
                "  sample-rate  the sample rate is 44,100 Hz; allowed: 48,000 Hz\n",
                "  bit-depth    samples have 16 bits; allowed: 24 bits\n",
                "error: cd.wav is refused by profile `ingest` for 2 reasons\n",
                "hint: `studio check --rules`",
            ],
        );
        upload("page.wav", &["page.wav is refused by profile `ingest`: the file is of no known"]);
        upload("empty.wav", &["the file has no bytes"]);
        let words = with(&["upload", "-f", "cd.wav", "--profile", "ingest", "--json"], &BASS);
        let refused: v1::RefusedUpload = desk.run(&[&words[..], dry_run].concat()).answer(5);
        assert_eq!((refused.file.as_str(), refused.profile.as_str()), ("cd.wav", "ingest"));
        assert_eq!((refused.refusals.len(), refused.refusals[0].code.as_str()), (2, "sample-rate"));
        assert!(refused.refusals[1].detail.starts_with("samples have 16 bits"), "{refused:?}");
        upload("cut.wav", &["the header claims 144,000 bytes of samples; the file has 99,956"]);
    }
    assert!(desk.is_empty());
    assert!(!desk.path("home/.local/share/studio/store").exists());
    // Nothing of it holds the place.
    let ran = desk.run(&with(&["upload", "-f", "silent.wav", "--profile", "ingest"], &BASS));
    let warned = ["warning: silent.wav: all 24,000 frames are silent (digital-silence)"];
    ran.tells(0, &["stored `take_3` of Bass", "  sound    wav 48k/24 mono, 0:00.5"], &warned);
    // The same again is fine; and any other file is taken where nothing is asked of it.
    let again: v1::Upload =
        desk.run(&with(&["upload", "-f", "silent.wav", "--json"], &BASS)).answer(0);
    assert!(again.findings.is_empty() && again.sent_bytes == 0);
    let words = with(&["upload", "-f", "silent.wav", "--profile", "ingest", "--json"], &BASS);
    let again: v1::Upload = desk.run(&words).answer(0);
    assert_eq!(again.findings[0].code, "digital-silence");
    desk.store("Ana Torres", "Blue Hour", "Bass", "notes", b"no sound at all");
    // A profile in the settings counts for every upload, and a flag is stronger.
    desk.file("studio.toml", b"profile = \"ingest\"\n");
    let cd = ["upload", "-f", "cd.wav", "-s", "Blue Hour", "-t", "Bass", "-v", "cd"];
    desk.run(&cd).fails(5, &["is refused"]);
    desk.run(&with(&cd, &["--profile", "any"])).out();
    desk.run(&with(&cd, &["--profile", "ingets"])).fails(2, &["there is no profile `ingets`"]);
}

#[test]
fn an_import_refuses_some_and_stores_the_others() {
    let desk = Desk::new().with("STUDIO_ARTIST", "Ana Torres");
    desk.file("session/Bass_1.wav", &take(110.0));
    desk.file("session/Bass_2.wav", &cd_take());
    desk.file("session/Bass_3.wav", b"<html>");
    let import = ["import", "session", "-s", "Blue Hour", "--profile", "ingest"];
    let told = [
        "error: session/Bass_2.wav is refused by profile `ingest` for 2 reasons\n  sample-rate  the",
        "\n  bit-depth    samples have 16 bits",
        "error: session/Bass_3.wav is refused by profile `ingest`: the file is of no known kind",
    ];
    let ran = desk.run(&with(&import, &["--dry-run"]));
    ran.tells(5, &["would store 1 file"], &told);
    ran.tells(5, &[], &["2 of 3 files would not be stored"]);
    assert!(!desk.path("home").exists());
    let ran = desk.run(&with(&import, &["--analyse", "--yes"]));
    ran.tells(5, &["stored 1 version"], &told);
    ran.tells(5, &[], &["2 of 3 files could not be stored"]);
    let json: v1::Imported = desk.run(&with(&import, &["--json", "--yes"])).answer(5);
    let reason = &json.refused[0].reason;
    assert!(reason.contains("sample-rate (the sample rate is 44,100 Hz"), "{reason}");
    assert!(reason.contains("bit-depth (samples have 16 bits"), "{reason}");
    let findings = |n: usize| {
        let findings = json.refused[n].findings.iter();
        findings.map(|f| (f.code.as_str(), f.detail.as_str())).collect::<Vec<_>>()
    };
    let depth = ("bit-depth", "samples have 16 bits; allowed: 24 bits");
    assert_eq!((findings(0).len(), findings(0)[1]), (2, depth));
    assert_eq!(
        (json.refused[1].file.as_str(), findings(1)[0].0),
        ("session/Bass_3.wav", "not-audio")
    );
    let list = desk.run(&["list"]).out();
    assert_eq!(list.lines().count(), 3, "{list}");
    assert!(list.contains("LUFS"), "measured: {list}");
}

#[test]
fn a_profile_that_names_no_codec_is_told_which_there_are() {
    let desk = Desk::new();
    desk.file("a.wav", &take(110.0));
    let check = |table: &str| {
        desk.file("studio.toml", format!("[profiles.ingest]\n{table}\n").as_bytes());
        desk.run(&["check", "--profile", "ingest", "a.wav"])
    };
    let told = ["`wurst` is not a codec; there are pcm, pcm-float, flac, ", "opus, other"];
    check("codecs = [\"wurst\"]").fails(2, &told);
    let told = ["`wurst` is not a kind of audio file; there are wav, rf64, "];
    check("containers = [\"wurst\"]").fails(2, &told);
    // The name of a built-in one: it takes its place, and is listed once.
    check("containers = [\"flac\"]").tells(5, &["container"], &[]);
    let unknown = desk.run(&["check", "--profile", "igest", "a.wav"]);
    unknown.fails(2, &["there are: any, ingest; `studio"]);
}
