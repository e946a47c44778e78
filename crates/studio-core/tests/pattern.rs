//! Patterns of file names: every way to read one is told, and what is written is read again.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::path::{Component, Path};

use proptest::prelude::*;
use studio_core::{Pattern, Reading, VersionPath};

fn pattern(text: &str) -> Pattern {
    text.parse().unwrap()
}

/// The track and version of each reading.
fn takes(text: &str, path: &str) -> Vec<(String, String)> {
    let read = pattern(text).read(path);
    read.into_iter().map(|r| (r.track.unwrap_or_default(), r.version.unwrap_or_default())).collect()
}

fn version(artist: &str, song: &str, track: &str, tag: &str) -> VersionPath {
    VersionPath {
        artist: artist.parse().unwrap(),
        song: song.parse().unwrap(),
        track: track.parse().unwrap(),
        tag: tag.parse().unwrap(),
    }
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(track, version)| ((*track).to_owned(), (*version).to_owned())).collect()
}

#[test]
fn every_reading_is_told() {
    let found = takes("{track}_{version}.wav", "lead_vocal_take_2.wav");
    let all = [("lead", "vocal_take_2"), ("lead_vocal", "take_2"), ("lead_vocal_take", "2")];
    assert_eq!(found, pairs(&all));
    assert_eq!(takes("{track}_{version}.wav", "bass_2.wav"), pairs(&[("bass", "2")]));
    assert_eq!(takes("{track}_{version}.wav", "bass.wav"), []);
    assert_eq!(takes("{track}_take{version}.wav", "a_b_take3.wav"), pairs(&[("a_b", "3")]));
    let whole = pattern("{artist}/{song}/{track} ({version})").read("A/S, x/T (v).wav");
    let expected = Reading {
        artist: Some("A".to_owned()),
        song: Some("S, x".to_owned()),
        track: Some("T".to_owned()),
        version: Some("v".to_owned()),
    };
    assert_eq!(whole, [expected]);
}

#[test]
fn extensions_are_no_part_of_a_name() {
    assert_eq!(takes("{track}_{version}.wav", "bass_2.WAV"), pairs(&[("bass", "2")]));
    assert_eq!(takes("{track}_{version}.wav", "bass_2.flac"), []);
    for name in ["bass_2.wav", "bass_2.FLAC", "bass_2"] {
        assert_eq!(takes("{track}_{version}", name), pairs(&[("bass", "2")]), "{name}");
    }
    // A dot alone makes no extension.
    for name in ["bass_take 1.2", "bass_take 1. and 2"] {
        let tag = name.strip_prefix("bass_").unwrap();
        assert_eq!(takes("{track}_{version}", name), pairs(&[("bass", tag)]), "{name}");
    }
    let versions = takes("{track}_{version}", "bass_take 1.2.wav");
    assert_eq!(versions, pairs(&[("bass", "take 1.2")]));
}

#[test]
fn no_field_reaches_over_a_slash() {
    assert_eq!(takes("{track}_{version}.wav", "day one/bass_2.wav"), []);
    assert_eq!(takes("{track}/{version}.wav", "bass/2.wav"), pairs(&[("bass", "2")]));
    assert_eq!(takes("{track}/{version}.wav", "day one/bass/2.wav"), []);
    assert_eq!(takes("{track}/{version}.wav", "/2.wav"), []);
}

#[test]
fn braces_can_be_text() {
    assert_eq!(takes("{{{track}}}_{version}", "{bass}_2"), pairs(&[("bass", "2")]));
}

#[test]
fn what_is_no_pattern_is_refused_with_its_reason() {
    for (text, reason) in [
        ("{tracks}", "`{tracks}` is none of"),
        ("{Track}", "is none of"),
        ("{}", "is none of"),
        ("{track}_{track}", "twice"),
        ("{track}{version}", "where one of its fields ends"),
        ("{track", "`{` without a `}`"),
        ("{track}_{version", "`{` without a `}`"),
        ("track}", "`}` without a `{`"),
        ("take.wav", "no field"),
        ("", "below the directory"),
        ("/{track}", "below the directory"),
        ("../{track}", "below the directory"),
        ("a//{track}", "below the directory"),
        ("{track}/.", "below the directory"),
        ("{track}/", "below the directory"),
        ("{track}\0", "control character"),
        ("{track}\n{version}", "control character"),
    ] {
        let error = text.parse::<Pattern>().unwrap_err().to_string();
        assert!(error.contains(reason), "{text}: {error}");
    }
}

#[test]
fn names_become_safe_file_names() {
    let long = "ü".repeat(200);
    for (name, file) in [
        ("plain", "plain.wav"),
        ("AC/DC", "AC_DC.wav"),
        ("..", "_.wav"),
        ("../../etc/passwd", "_._.._etc_passwd.wav"),
        (".hidden", "_hidden.wav"),
        ("NUL", "_NUL.wav"),
        ("com1.take", "_com1.take.wav"),
        ("what? \"yes\"", "what_ _yes_.wav"),
        ("ends in dots...", "ends in dots.wav"),
    ] {
        let path = version("a", "s", name, "v");
        assert_eq!(pattern("{track}").write(&path, Some("wav")), Path::new(file), "{name}");
    }
    let written = pattern("{track}").write(&version("a", "s", &long, "v"), Some("wav"));
    let written = written.to_str().unwrap();
    assert!(written.len() <= 255 && written.len() > 250 && written.ends_with("ü.wav"), "{written}");
    // What is no extension is not made one.
    let path = version("a", "s", "t", "v");
    for odd in ["old version", "../x", "", "an-extension-beyond-measure"] {
        assert_eq!(pattern("{track}").write(&path, Some(odd)), Path::new("t"), "{odd}");
    }
    let own = pattern("{song}/{track}.flac").write(&path, Some("wav"));
    assert_eq!(own, Path::new("s/t.flac"));
}

#[test]
fn long_names_that_nearly_fit_are_soon_refused() {
    let path = format!("{}!", "a".repeat(600));
    assert_eq!(pattern("{artist}a{song}a{track}a{version}b").read(&path), []);
    let readings = pattern("{artist}a{song}a{track}a{version}").read(&path);
    assert!((2..100).contains(&readings.len()), "{}", readings.len());
}

/// A name that needs no change to be a file's, without what patterns are made of here.
fn name() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9äöüßéñ日本語🎸]([a-zA-Z0-9 '.äöüßéñ日本語🎸]{0,20}[a-zA-Z0-9äöüßéñ日本語🎸])?"
        .prop_filter("a name that some systems keep for themselves", |name| {
            let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
            let stem = stem.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
            !["con", "prn", "aux", "nul", "com", "lpt"].contains(&stem.as_str())
        })
}

fn nfc(text: &str) -> String {
    text.parse::<studio_core::TrackName>().unwrap().to_string()
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(
        artist in name(),
        song in name(),
        track in name(),
        tag in name(),
        text in prop::sample::select(vec![
            "{artist}/{song}/{track}_{version}",
            "{artist}/{song}/{track}_{version}.wav",
            "{artist} - {song}/{track} ({version})",
            "{artist}_{song}-{track}+{version}.flac",
        ]),
    ) {
        let written = pattern(text).write(&version(&artist, &song, &track, &tag), Some("wav"));
        let readings = pattern(text).read(written.to_str().unwrap());
        let original = Reading {
            artist: Some(nfc(&artist)),
            song: Some(nfc(&song)),
            track: Some(nfc(&track)),
            version: Some(nfc(&tag)),
        };
        prop_assert!(readings.contains(&original), "{written:?}: {readings:?}");
    }

    #[test]
    fn nothing_written_leads_outside(
        artist in ".{1,60}",
        tag in "[./\\\\ a]{1,20}",
        text in "(\\{artist\\}|\\{version\\}|[a./ _]{0,5}){1,4}",
        extension in "(/|\\.|\\PC){0,300}",
    ) {
        let names = (artist.parse(), tag.parse());
        if let ((Ok(artist), Ok(tag)), Ok(pattern)) = (names, text.parse::<Pattern>()) {
            let path = VersionPath { artist, tag, ..version("a", "s", "t", "v") };
            let written = pattern.write(&path, Some(&extension));
            prop_assert!(written.components().count() == text.split('/').count(), "{written:?}");
            for component in written.components() {
                let Component::Normal(name) = component else { panic!("{written:?}") };
                prop_assert!(name.len() <= 255, "{written:?}");
                prop_assert!(!name.to_str().unwrap().contains(char::is_control), "{written:?}");
            }
            prop_assert_eq!(&written, &pattern.write(&path, Some(&extension)), "twice the same");
        }
    }

    #[test]
    fn no_text_is_too_strange(text in ".{0,80}", path in ".{0,200}") {
        if let Ok(pattern) = text.parse::<Pattern>() {
            prop_assert!(pattern.read(&path).len() < 100);
            prop_assert_eq!(pattern.to_string(), text);
        }
    }
}
