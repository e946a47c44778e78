//! `studio library`, on a directory and on a bucket.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_api::v1;
use studio_testkit::s3::TestS3;
use studio_testkit::wav::Wav;

use self::common::Desk;

fn wav(level: i32) -> Vec<u8> {
    Wav::pcm(48_000, 1, 16).ints(&[level << 16; 8]).build()
}

#[test]
fn a_directory_is_scanned_listed_and_forgotten() {
    let desk = Desk::new();
    desk.file("music/Khruangbin/Album/01 15_8.wav", &wav(1));
    desk.file("music/Khruangbin/Album/02 Two.wav", &wav(2));
    desk.file("music/Khruangbin/Album/03 bad.flac", b"no music");
    let dry: v1::LibraryScan =
        desk.run(&["library", "scan", "music", "--dry-run", "--json"]).answer(0);
    assert_eq!((dry.new, dry.unreadable, dry.dry_run), (3, 1, true));
    assert_eq!(dry.lines.len(), 4);
    desk.run(&["library", "list"]).tells(0, &[], &["no library was scanned yet"]);

    let told = desk.run(&["library", "scan", "music"]);
    told.tells(0, &["recorded 3 new, 0 changed, 0 gone", "unreadable  Khruangbin"], &[]);
    let again: v1::LibraryScan = desk.run(&["library", "scan", "music/", "--json"]).answer(0);
    assert_eq!((again.unchanged, again.bytes_read), (3, 0));
    let listed: v1::LibraryList = desk.run(&["library", "list", "--json"]).answer(0);
    assert_eq!((listed.libraries.len(), listed.libraries[0].recordings), (1, 2));
    desk.run(&["library", "list"]).tells(0, &["RECORDINGS", "/music"], &[]);
    desk.run(&["library", "problems", "music"]).tells(0, &["03 bad.flac: "], &[]);
    desk.run(&["library", "problems", "elsewhere"])
        .fails(3, &["no library", "studio library list"]);

    desk.run(&["library", "forget", "music"]).fails(2, &["nobody can be asked", "--yes"]);
    let dry: v1::LibraryForgotten =
        desk.run(&["library", "forget", "music", "--dry-run", "--json"]).answer(0);
    assert_eq!(dry.recordings, 2);
    desk.run(&["library", "forget", "music", "--yes"]).tells(0, &["forgot", "2 recordings"], &[]);
    desk.run(&["library", "list"]).tells(0, &[], &["no library was scanned yet"]);
    assert!(desk.path("music/Khruangbin/Album/01 15_8.wav").exists());
}

#[test]
fn what_is_not_there_is_told() {
    let desk = Desk::new();
    desk.run(&["library", "scan", "nowhere"]).fails(3, &["no directory"]);
    desk.run(&["library", "scan", "ftp://x"]).fails(2, &["names no store"]);
    desk.run(&["library", "scan", "memory:"]).fails(2, &["no library lies in memory"]);
    let bad = desk.file("music/A/B/01 x.wav", &wav(1));
    desk.run(&["library", "scan", "music"]).out();
    std::fs::remove_file(bad).unwrap();
    desk.run(&["library", "scan", "music"]).fails(6, &["is empty or not there", "--allow-empty"]);
    desk.run(&["library", "scan", "music", "--allow-empty"]).tells(0, &["1 gone"], &[]);
}

#[test]
fn a_bucket_is_scanned_where_it_lies() {
    let server = TestS3::start();
    let bucket = server.bucket("records");
    bucket.put("flac/Khruangbin/Album/01 One.wav", wav(1));
    bucket.put("flac/Khruangbin/Album/cover.jpg", "a picture");
    bucket.put("other/x.wav", wav(2));
    let keys = bucket.keys();
    let desk = Desk::new().on_s3(&server, "takes");
    let scanned: v1::LibraryScan =
        desk.run(&["library", "scan", "s3://records/flac", "--json"]).answer(0);
    assert_eq!((scanned.new, scanned.url.as_str()), (2, "s3://records/flac"));
    assert_eq!(bucket.keys(), keys);
    desk.run(&["library", "scan", "s3://missing-bucket"]).fails(6, &["missing-bucket"]);
}
