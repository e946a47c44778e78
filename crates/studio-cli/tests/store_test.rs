//! `studio store test`: what it says of good stores and of bad ones, and with which number
//! it ends.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_testkit::s3::{TestS3, Weakness};

use self::common::Desk;

const TEST: [&str; 2] = ["store", "test"];

#[test]
fn a_good_server_is_to_be_trusted() {
    let server = TestS3::start();
    let desk = Desk::new().on_s3(&server, "music");
    let ran = desk.run(&TEST);
    assert!(ran.stderr.contains("made s3://music"), "{ran:?}");
    assert!(!ran.stderr.contains("warning"), "{ran:?}");
    let out = ran.out();
    assert!(out.contains("s3://music: to be trusted"), "{out}");
    for group in ["consistency", "ranges", "checksums", "resume", "cleanup"] {
        assert!(out.contains(&format!("✓ {group}")), "{group}: {out}");
    }
    assert!(!out.contains("read-after-write"), "only failures are named: {out}");
    let verbose = desk.run(&["store", "test", "--verbose"]).out();
    assert!(verbose.contains("✓ read-after-write: "), "{verbose}");
    assert_eq!(server.bucket("music").keys(), [""; 0]);
}

#[test]
fn a_directory_is_usable_and_what_it_lacks_is_said() {
    let desk = Desk::new();
    let ran = desk.run(&["store", "test", "vault"]);
    assert!(ran.stderr.contains("made file://"), "{ran:?}");
    assert!(ran.stderr.contains("is without checksum-told: studio reads"), "{ran:?}");
    let out = ran.out();
    assert!(out.contains("vault: usable with weaker checks"), "{out}");
    assert!(out.contains("✗ checksum-of-empty-told (checksum-told): "), "{out}");
    assert!(out.contains("instead, studio reads an object's bytes back"), "{out}");
    let json = desk.run(&["store", "test", "vault", "--json"]).json();
    assert_eq!(json["verdict"], "usable");
    assert_eq!(json["missing"][0]["name"], "checksum-told");
    assert_eq!(json["made_bucket"], false);
    let checks = json["checks"].as_array().unwrap();
    assert!(checks.len() >= 100, "{}", checks.len());
    let told = checks.iter().find(|check| check["name"] == "checksum-told").unwrap();
    assert_eq!(told["outcome"], "failed");
    assert_eq!(told["capability"], "checksum-told");
    let counted = |outcome: &str| checks.iter().filter(|c| c["outcome"] == outcome).count();
    for outcome in ["passed", "failed", "skipped"] {
        assert_eq!(json[outcome], counted(outcome), "{outcome}");
    }
}

#[test]
fn a_server_without_conditions_is_usable() {
    let server = TestS3::start_with(&[Weakness::NoConditionalWrites]);
    let ran = Desk::new().on_s3(&server, "music").run(&TEST);
    for name in ["create-once", "complete-once"] {
        assert!(
            ran.stderr.contains(&format!("warning: s3://music is without {name}: ")),
            "{ran:?}"
        );
    }
    assert!(ran.out().contains("found: a second creation was accepted"));
}

#[test]
fn a_server_that_compares_no_checksum_is_refused() {
    let server = TestS3::start_with(&[Weakness::NoCrc64Nvme]);
    let desk = Desk::new().on_s3(&server, "music");
    let ran = desk.run(&TEST);
    assert_eq!(ran.code, Some(5), "{ran:?}");
    assert!(ran.stderr.contains("error: s3://music is not to be trusted: "), "{ran:?}");
    assert!(ran.stderr.contains("hint: "), "{ran:?}");
    assert!(ran.stdout.contains("✗ wrong-checksum-refused (needed): "), "{ran:?}");
    let json = desk.run(&["store", "test", "--json"]);
    assert_eq!(json.code, Some(5), "{json:?}");
    let report: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(report["verdict"], "untrusted");
    assert_eq!(server.bucket("music").keys(), [""; 0]);
}

#[test]
fn a_server_that_is_not_there_cannot_be_reached() {
    let desk = {
        let server = TestS3::start();
        Desk::new().on_s3(&server, "music")
    };
    desk.run(&TEST).fails(6, &["cannot reach", "s3://music"]);
}

#[test]
fn a_dry_run_names_the_checks_and_asks_none() {
    let desk = Desk::new();
    let out = desk.run(&["store", "test", "vault", "--dry-run"]).out();
    assert!(out.contains("would ask file://"), "{out}");
    assert!(out.contains("consistency: read-after-write (needed): "), "{out}");
    let json = desk.run(&["store", "test", "vault", "--dry-run", "--json"]).json();
    assert_eq!(json["dry_run"], true);
    assert_eq!(json["verdict"], serde_json::Value::Null);
    assert!(json["skipped"].as_u64().unwrap() >= 100);
    assert!(!desk.path("vault").exists());
}

#[test]
fn a_store_is_named_once_and_makes_sense() {
    let desk = Desk::new();
    let twice = ["store", "test", "vault", "--store", "other"];
    desk.run(&twice).fails(2, &["the store was named twice"]);
    desk.run(&["store", "test", "s3:music"]).fails(2, &["s3:music"]);
    desk.run(&["store", "test", "memory:"]).fails(2, &["memory"]);
    desk.file("a-file", b"x");
    desk.run(&["store", "test", "a-file"]).fails(6, &["a-file"]);
    assert!(!desk.path("vault").exists() && !desk.path("other").exists());
}
