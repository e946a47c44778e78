//! Runs every example as its reader would, and keeps the examples short.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Each example has fewer lines than this.
const LINES: usize = 60;

/// Each example, and lines that it must print, in their order.
const EXAMPLES: [(&str, &[&str]); 22] = [
    (
        "upload_a_take",
        &[
            "stored `take_three` of DJ's Drums in \"Evan Enters the Third Room\" by Khruangbin",
            "  sent     14 bytes",
        ],
    ),
    (
        "import_a_session",
        &[
            "passed over: notes.txt (NoReading)",
            "stored: 3",
            "bytes sent the second time: 0",
            "made: mix/White Gloves/bass (1).wav",
            "made: mix/White Gloves/lead_vocal (1).wav",
        ],
    ),
    (
        "scan_a_library",
        &[
            "new: 4, unreadable: 1",
            "bytes read the second time: 0",
            "found: 15/8 on Con Todo El Mundo",
        ],
    ),
    (
        "prove_it",
        &[
            "scrub: 2 of 3 objects read",
            "verify: 3 versions, 0 damaged",
            "Quick: 0 damaged",
            "Full: 1 damaged",
            "  `three` of Strings in \"Jóga\" by Björk: its bytes are not those that were stored",
        ],
    ),
    (
        "throw_away",
        &[
            "in the trash: `keep` of Bass in \"Maria También\" by Khruangbin",
            "taken back: `keep` of Bass in \"Maria También\" by Khruangbin",
            "purged: `drop` of Bass in \"Maria También\" by Khruangbin, 1 object, 4 bytes",
            "left: 1 version, 1 object",
        ],
    ),
    (
        "see_the_doctor",
        &[
            "problems: 2",
            "  object missing: Repaired(\"sent again from …/take.wav\")",
            "  no manifest: Repaired(\"manifest written from the catalogue\")",
            "left: 0",
        ],
    ),
    (
        "recover_the_catalogue",
        &[
            "backed up, 1 kept",
            "from manifests: 3 versions",
            "every field is back: true",
            "from the backup: 2, younger: 1",
        ],
    ),
    ("test_a_store", &["more than 100 checks: true", "verdict: Usable"]),
    (
        "upload_again",
        &[
            "first:  Stored, 7 bytes sent",
            "second: AlreadyStored, 0 bytes sent",
            "third:  refused, version `demo` of Laura Lee's Bass in \"Maria También\" by Khruangbin \
             is stored already, with other bytes",
            "fourth: Stored as `demo 2` of Laura Lee's Bass in \"Maria También\" by Khruangbin",
        ],
    ),
    ("download_and_verify", &["identical: true", "mix_that.wav was made: false"]),
    (
        "list_versions",
        &[
            "page 1",
            "  `v1` of Drums in \"Hunter\" by Björk",
            "  `v1` of Strings in \"Jóga\" by Björk",
            "page 3",
            "  `demo` of Bass in \"Maria También\" by Khruangbin",
            "2 takes of the strings",
        ],
    ),
    (
        "show_version",
        &[
            "`take_three` of DJ's Drums in \"Evan Enters the Third Room\" by Khruangbin",
            "no track name `DJs Drum`",
            "did you mean `DJ's Drums`?",
        ],
    ),
    (
        "dry_run",
        &[
            "before: would be Stored, 8 bytes to send",
            "versions in the studio: 0",
            "after:  would be AlreadyStored, 0 bytes to send",
            "would download 8 bytes",
            "copy.wav was made: false",
        ],
    ),
    (
        "progress_and_cancel",
        &[
            "  Begin { phase: Reading, total: 3000000 }",
            "  Begin { phase: Sending, total: 3000000 }",
            "  cancelled",
            "  in the catalogue: false",
            "once more:",
            "  Moved { bytes: 3000000 }",
            "  Stored, 3000000 bytes",
        ],
    ),
    ("swap_the_store", &["whoom came back from memory:"]),
    (
        "judge_a_file",
        &[
            "good.wav: accepted",
            "half.wav: refused",
            "  truncated-data: the header claims 144,000 bytes of samples; the file has 71,960",
            "phone.wav: refused",
            "  sample-rate: the sample rate is 44,100 Hz; allowed: 48,000 Hz",
            "  not-audio: the file is of no known kind of audio file",
        ],
    ),
    (
        "take_in_a_folder",
        &[
            "Khruangbin/White Gloves/Bass_take1.wav: filed",
            "Khruangbin/White Gloves/Drums_take1.wav: quarantined",
            "  sample-rate: the sample rate is 44,100 Hz; allowed: 48,000 Hz",
        ],
    ),
    (
        "pick_and_release",
        &[
            "picked `two` of Drums in \"White Gloves\" by Khruangbin, before: true",
            "released 1.0 with 2 stems",
            "rendered, as frozen: true",
            "verified, flaws: 0",
        ],
    ),
    (
        "publish_an_album",
        &[
            "made Third Rooms",
            "took it in, sending 144080 bytes",
            "recovered 1 album, 1 recording",
            "published: true",
        ],
    ),
    (
        "measure_loudness",
        &[
            "integrated   -23.0 LUFS",
            "range        0.0 LU",
            "true peak    -23.0 dBTP",
            "frames       960000",
        ],
    ),
    (
        "compare_takes",
        &[
            "take.wav: Identical",
            "later.wav: Gain",
            "  begins 480 frames later",
            "  plays as loud with +6.0 dB",
            "patched.wav: Changed",
            "  differs from frame 48000 to 96000",
        ],
    ),
    (
        "mix_stems",
        &["120000 frames, 0 samples clipped", "peak -8.4 dBFS", "the same with four threads: true"],
    ),
];

fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where `cargo test` puts the examples: beside the directory of this very test.
fn program(name: &str) -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let profile = this.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let built = program.exists();
    assert!(built, "{} is not built; `cargo test -p studio-examples` does it", program.display());
    program
}

fn names() -> BTreeSet<&'static str> {
    EXAMPLES.iter().map(|(name, _)| *name).collect()
}

#[test]
fn each_example_succeeds_and_says_so() {
    for (name, expected) in EXAMPLES {
        let output = Command::new(program(name)).output().unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{name}: {}\n{stdout}{stderr}", output.status);
        assert_eq!(stderr, "", "{name} complains");
        let mut lines = stdout.lines();
        for line in expected {
            assert!(lines.any(|printed| printed == *line), "{name}: no `{line}` in\n{stdout}");
        }
    }
}

#[test]
fn no_example_stands_outside_of_this_test() {
    let files: BTreeSet<String> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(files.iter().map(String::as_str).collect::<BTreeSet<_>>(), names());

    let manifest = fs::read_to_string(folder().join("Cargo.toml")).unwrap();
    let targets: Vec<&str> = manifest.split("[[example]]\n").skip(1).collect();
    assert_eq!(targets.len(), EXAMPLES.len());
    for name in names() {
        let target = format!("name = \"{name}\"\npath = \"{name}.rs\"\n");
        assert!(targets.iter().any(|text| text.starts_with(&target)), "no target for {name}");
    }
}

#[test]
fn each_example_is_short_and_tells_how_to_run_it() {
    for name in names() {
        let text = fs::read_to_string(folder().join(format!("{name}.rs"))).unwrap();
        let lines = text.lines().count();
        assert!(lines < LINES, "{name} has {lines} lines");
        assert!(text.starts_with("//! "), "{name} does not say what it shows");
        let command = format!("//! Run it with `cargo run --example {name}`.\n");
        assert!(text.contains(&command), "{name} does not say how to run it");
    }
}
