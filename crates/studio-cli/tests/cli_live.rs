//! The program on a real S3 server, the one that the environment names; `cargo xtask
//! test` starts some and does so.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_testkit::names::HARD_NAMES;
use studio_testkit::noise;

use self::common::Desk;

/// A place on the server under test, in a new bucket; `None` where there is none.
fn desk() -> Option<Desk> {
    if std::env::var_os("STUDIO_TEST_S3").is_none() {
        let reason = "STUDIO_TEST_S3 names no server (`cargo xtask test` starts some)";
        studio_testkit::say_skipped("the program on real servers", reason);
        return None;
    }
    let variables =
        ["AWS_ENDPOINT_URL", "AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
    let desk = variables
        .into_iter()
        .fold(Desk::new(), |desk, name| desk.with(name, std::env::var(name).unwrap()));
    let unique = desk.path("").file_name().unwrap().to_string_lossy().to_lowercase();
    let bucket = format!("studio-cli{}", unique.replace(['.', '_'], "-"));
    Some(desk.with("STUDIO_STORE", format!("s3://{bucket}/vault")))
}

#[test]
fn takes_of_every_size_come_back() {
    let Some(desk) = desk() else { return };
    for size in [0, 1, 5 << 20, 8 << 20, (8 << 20) + 1, 30 << 20] {
        let bytes = noise::bytes(size as u64, size);
        let tag = format!("{size} bytes");
        desk.store("Khruangbin", "White Gloves", "Bass", &tag, &bytes);
        let place = ["-a", "Khruangbin", "-s", "White Gloves", "-t", "Bass", "-v", &tag];
        let file = format!("{size}.wav");
        desk.run(&[&["download", "-f", &file], &place[..]].concat()).out();
        assert!(desk.read(&file) == bytes, "{size}");
    }
    // The first upload made the bucket; the same again sends nothing.
    desk.file("take.wav", &noise::bytes(30 << 20, 30 << 20));
    let tag = format!("{} bytes", 30 << 20);
    let again = desk.run(&[
        "upload",
        "-a",
        "Khruangbin",
        "-s",
        "White Gloves",
        "-t",
        "Bass",
        "-v",
        &tag,
        "-f",
        "take.wav",
        "--json",
    ]);
    assert_eq!(again.json()["sent_bytes"], 0);
}

#[test]
fn hard_names_come_through() {
    let Some(desk) = desk() else { return };
    for (n, name) in HARD_NAMES.into_iter().enumerate() {
        desk.file("take.wav", format!("take {n}").as_bytes());
        let place = ["artist", "song", "track", "version"].map(|flag| format!("--{flag}={name}"));
        let words = |command: &str, file: &str| {
            [&[command.to_owned(), format!("--file-path={file}")], &place[..]].concat()
        };
        desk.run(&words("upload", "take.wav")).out();
        let back = format!("back-{n}.wav");
        desk.run(&words("download", &back)).out();
        assert_eq!(desk.read(&back), format!("take {n}").as_bytes(), "{name}");
    }
}

#[test]
fn of_eight_processes_one_stores_the_version() {
    let Some(desk) = desk() else { return };
    // The bucket is there before they race.
    desk.store("a", "s", "t", "first", b"x");
    let running: Vec<_> = (0..8)
        .map(|n| {
            let file = format!("{n}.wav");
            desk.file(&file, &noise::bytes(n, 300_000));
            let words = ["upload", "-a", "a", "-s", "s", "-t", "t", "-v", "contested", "-f", &file];
            let mut command = desk.command(&words);
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
            (n, command.spawn().unwrap())
        })
        .collect();
    let mut winners = Vec::new();
    for (n, mut child) in running {
        match child.wait().unwrap().code() {
            Some(0) => winners.push(n),
            code => assert_eq!(code, Some(4)),
        }
    }
    assert_eq!(winners.len(), 1, "{winners:?}");
    desk.run(&["download", "-a", "a", "-s", "s", "-t", "t", "-v", "contested", "-f", "back.wav"])
        .out();
    assert!(desk.read("back.wav") == noise::bytes(winners[0], 300_000));
}

#[test]
fn what_is_in_the_archive_is_told() {
    let Some(desk) = desk() else { return };
    let place = ["-a", "a", "-s", "s", "-t", "t", "-v", "deep"];
    let words = |words: &[&'static str]| [words, &place[..]].concat();
    desk.file("take.wav", b"for later");
    desk.run(&words(&["upload", "-f", "take.wav", "--storage-class", "GLACIER"])).out();
    let back = desk.run(&words(&["download", "-f", "back.wav"]));
    match back.code {
        // This server keeps the name of the class and no archive.
        Some(0) => assert_eq!(desk.read("back.wav"), b"for later"),
        _ => {
            let told = ["is in the archive (GLACIER)", "aws s3api restore-object --bucket"];
            back.fails(6, &told);
            desk.run(&words(&["url"])).fails(6, &told);
        }
    }
    // What leads to it is not: the catalogue can be rebuilt.
    let anew = desk.with("STUDIO_DATABASE", "anew.db");
    anew.run(&["recover"]).out();
    assert_eq!(anew.run(&["list", "--json"]).json()["versions"][0]["version"], "deep");
}

#[test]
fn the_store_is_proved() {
    let Some(desk) = desk() else { return };
    let ran = desk.run(&["store", "test", "--json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("made s3://"), "{ran:?}");
    let report = ran.json();
    let checks = report["checks"].as_array().unwrap();
    assert!(checks.len() >= 100, "{}", checks.len());
    for check in checks {
        let lost = check["severity"] == "needed" && check["outcome"] == "failed";
        assert!(!lost, "{check}");
    }
    // What a server is without differs; what is missing is always said.
    let missing = report["missing"].as_array().unwrap().len();
    assert_eq!(report["verdict"] == "trusted", missing == 0, "{report}");
    let again = desk.run(&["store", "test", "--json"]).json();
    assert_eq!(again["made_bucket"], false);
}
