//! `studio probe --artwork`.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use studio_core::audio::artwork::{PictureKind, picture};
use studio_testkit::wav::{RawChunk, Wav};

use self::common::Desk;

/// A WAV file with a picture in an ID3v2.4 tag.
fn pictured(media_type: &str, picture: &[u8]) -> Vec<u8> {
    let safe = |size: usize| [21, 14, 7, 0].map(|shift| (size >> shift & 0x7F) as u8);
    let content = [b"\0", media_type.as_bytes(), b"\0\x03\0", picture].concat();
    let frame = [b"APIC", &safe(content.len())[..], &[0, 0], &content].concat();
    let tag = [b"ID3\x04\0\0", &safe(frame.len())[..], &frame].concat();
    Wav::good(1).chunk(RawChunk::new(*b"id3 ", tag)).build()
}

/// A desk with a PNG of 300 by 60 pixels in `pictured.wav`.
fn desk() -> (Desk, Vec<u8>) {
    let desk = Desk::new();
    desk.file("take.wav", &Wav::good(2).build());
    let size = ["--width", "300", "--height", "60"];
    desk.run(&[&["waveform", "take.wav", "--output", "made.png"][..], &size].concat()).out();
    let png = desk.read("made.png");
    desk.file("pictured.wav", &pictured("image/png", &png));
    (desk, png)
}

#[test]
fn a_picture_comes_as_it_stands_or_as_asked() {
    let (desk, png) = desk();
    let probed = desk.run(&["probe", "pictured.wav", "--artwork", "same.png"]).out();
    assert!(probed.contains("picture"), "{probed}");
    assert_eq!(desk.read("same.png"), png);
    desk.run(&["probe", "pictured.wav", "--artwork", "cover.jpg", "--json"]).json();
    let expected = picture(&png, 8_192, Some(PictureKind::Jpeg)).unwrap();
    assert_eq!((expected.width, expected.height), (300, 60));
    assert_eq!(desk.read("cover.jpg"), expected.bytes);
    for (name, kind) in [("small.jpeg", PictureKind::Jpeg), ("small.PNG", PictureKind::Png)] {
        let size = ["--artwork", name, "--artwork-size", "100"];
        desk.run(&[&["probe", "pictured.wav"][..], &size].concat()).out();
        let expected = picture(&png, 100, Some(kind)).unwrap();
        assert_eq!((expected.width, expected.height), (100, 20));
        assert_eq!(desk.read(name), expected.bytes);
    }
}

#[test]
fn of_a_stored_version_too() {
    let (desk, png) = desk();
    desk.store("a", "s", "t", "v", &desk.read("pictured.wav"));
    desk.run(&["probe", "a/s/t/v", "--artwork", "cover.png"]).out();
    assert_eq!(desk.read("cover.png"), png);
}

#[test]
fn what_is_there_stays_unless_forced() {
    let (desk, png) = desk();
    desk.file("cover.png", b"precious");
    let ran = desk.run(&["probe", "pictured.wav", "--artwork", "cover.png"]);
    ran.fails(4, &["cover.png exists already"]);
    assert_eq!(desk.read("cover.png"), b"precious");
    desk.run(&["probe", "pictured.wav", "--artwork", "cover.png", "--force"]).out();
    assert_eq!(desk.read("cover.png"), png);
}

#[test]
fn what_cannot_be_written_is_told() {
    let (desk, _) = desk();
    let ran = desk.run(&["probe", "take.wav", "--artwork", "cover.jpg"]);
    ran.fails(3, &["there is no picture in take.wav"]);
    let ran = desk.run(&["probe", "take.wav", "pictured.wav", "--artwork", "cover.jpg"]);
    ran.fails(2, &["cover.jpg would hold the pictures of 2"]);
    desk.run(&["probe", "pictured.wav", "--artwork", "cover.gif"]).fails(2, &["cover.gif", ".jpg"]);
    desk.run(&["probe", "pictured.wav", "--artwork-size", "9"]).fails(2, &["--artwork <OUT>"]);
    // The start of a JPEG that claims 65,535 by 65,535 pixels, and one that is cut short.
    let bomb = b"\xFF\xD8\xFF\xC0\0\x11\x08\xFF\xFF\xFF\xFF\x03\x01\x22\0\x02\x11\x01\x03\x11\x01";
    let scan = b"\xFF\xDA\0\x0C\x03\x01\0\x02\x11\x03\x11\0\x3F\0";
    for (bytes, told, code) in [
        ([&bomb[..], scan, b"\xFF\xD9"].concat(), "larger than 8192 x 8192", 1),
        ([&bomb[..], scan].concat(), "cut short", 5),
    ] {
        desk.file("bad.wav", &pictured("image/jpeg", &bytes));
        let ran = desk.run(&["probe", "bad.wav", "--artwork", "x.jpg", "--artwork-size", "9"]);
        assert_eq!((ran.code, ran.stderr.contains(told)), (Some(code), true), "{ran:?}");
    }
    assert!(!desk.path("x.jpg").exists() && !desk.path("cover.jpg").exists());
}
