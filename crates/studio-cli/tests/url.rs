//! `studio url`: links for people without the studio.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_testkit::s3::TestS3;

use self::common::Desk;

const PLACE: [&str; 8] =
    ["-a", "Khruangbin", "-s", "White Gloves", "-t", "DJ's Drums", "-v", "take 2"];

fn url(desk: &Desk, flags: &[&str]) -> common::Ran {
    desk.run(&[&["url"], &PLACE[..], flags].concat())
}

#[test]
fn a_link_says_how_long_it_holds_and_under_which_name_to_save() {
    let server = TestS3::start();
    let desk = Desk::new().on_s3(&server, "bucket");
    desk.store("Khruangbin", "White Gloves", "DJ's Drums", "take 2", b"tchk");
    let link = url(&desk, &[]).out();
    assert!(link.starts_with(&format!("{}/bucket/objects/", server.endpoint())), "{link}");
    for part in ["X-Amz-Expires=3600", "X-Amz-Signature=", "x-id=GetObject"] {
        assert!(link.contains(part), "no {part} in {link}");
    }
    // "Khruangbin - White Gloves - DJ's Drums (take 2).wav", encoded twice: as a file
    // name in a header, and that as a part of a query.
    let name = "Khruangbin%2520-%2520White%2520Gloves%2520-%2520DJ%2527s%2520Drums%2520\
                %2528take%25202%2529.wav";
    assert!(link.contains(name), "{link}");
    let json = url(&desk, &["--expires", "7d", "--json"]).json();
    assert!(json["url"].as_str().unwrap().contains("X-Amz-Expires=604800"), "{json}");
    assert_eq!(json["version"]["version"], "take 2");
    assert!(json["expires_at"].as_str().unwrap() > "2026", "{json}");
}

#[test]
fn no_link_leads_nowhere() {
    let server = TestS3::start();
    let desk = Desk::new().on_s3(&server, "bucket");
    url(&desk, &[]).fails(3, &["Khruangbin"]);
    desk.store("Khruangbin", "White Gloves", "DJ's Drums", "take 2", b"tchk");
    // The same catalogue with a bucket that has nothing.
    let desk = desk.with("STUDIO_STORE", "s3://elsewhere");
    url(&desk, &[]).fails(3, &["are not in s3://elsewhere", "--store s3://bucket"]);
}

#[test]
fn a_link_holds_for_a_week_at_most() {
    for (expires, told) in [
        ("8d", "7d at most"),
        ("10ms", "1s at least"),
        ("soon", "write 30s, 15m, 1h or 7d"),
        ("3600", "write 30s, 15m, 1h or 7d"),
    ] {
        url(&Desk::new(), &["--expires", expires]).fails(2, &["--expires", told]);
    }
}

#[test]
fn a_directory_has_no_links_but_a_file() {
    let desk = Desk::new();
    desk.store("Khruangbin", "White Gloves", "DJ's Drums", "take 2", b"tchk");
    let ran = url(&desk, &[]);
    let stderr = ran.stderr.clone();
    ran.fails(2, &["only a bucket has links", "the bytes are in "]);
    let (_, file) = stderr.trim_end().rsplit_once("the bytes are in ").unwrap();
    assert_eq!(std::fs::read(file).unwrap(), b"tchk");
}
