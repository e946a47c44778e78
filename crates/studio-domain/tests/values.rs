//! Places, identifiers and times.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::time::Duration;

use proptest::prelude::*;
use studio_domain::{Timestamp, VersionId, VersionPath};
use uuid::Uuid;

fn path(artist: &str, song: &str, track: &str, tag: &str) -> VersionPath {
    VersionPath {
        artist: artist.parse().unwrap(),
        song: song.parse().unwrap(),
        track: track.parse().unwrap(),
        tag: tag.parse().unwrap(),
    }
}

#[test]
fn a_place_is_shown_as_a_phrase() {
    let path = path("Khruangbin", "Evan Enters the Third Room", "DJ's Drums", "take_three");
    let expected = "`take_three` of DJ's Drums in \"Evan Enters the Third Room\" by Khruangbin";
    assert_eq!(path.to_string(), expected);
}

#[test]
fn a_place_is_the_same_in_any_case_and_composition() {
    let one = path("Björk", "Straße", "Voice", "V1");
    assert!(one.is_same_place(&one));
    let other = path("BJO\u{308}RK", "STRASSE", "voice", "v1");
    assert!(one.is_same_place(&other) && other.is_same_place(&one));
    // The same place, yet not the same names.
    assert_ne!(one, other);
}

#[test]
fn each_of_the_four_names_makes_another_place() {
    let one = path("a", "b", "c", "d");
    for other in [
        path("x", "b", "c", "d"),
        path("a", "x", "c", "d"),
        path("a", "b", "x", "d"),
        path("a", "b", "c", "x"),
    ] {
        assert!(!one.is_same_place(&other), "{other}");
    }
}

#[test]
fn a_time_is_held_at_the_end_of_time() {
    let late = Timestamp::from_micros(i64::MAX - 1);
    assert_eq!(late.after(Duration::from_micros(1)).as_micros(), i64::MAX);
    assert_eq!(late.after(Duration::from_micros(2)).as_micros(), i64::MAX);
    assert_eq!(late.after(Duration::MAX).as_micros(), i64::MAX);
    let early = Timestamp::from_micros(-5);
    assert_eq!(early.after(Duration::from_nanos(2_999)).as_micros(), -3);
}

proptest! {
    #[test]
    fn an_id_survives_as_text(number in any::<u128>()) {
        let id = VersionId::from_uuid(Uuid::from_u128(number));
        let text = id.to_string();
        prop_assert_eq!(text.len(), 36);
        prop_assert_eq!(text.parse::<VersionId>().unwrap(), id);
        prop_assert_eq!(id.as_uuid().as_u128(), number);
    }

    #[test]
    fn any_text_is_an_id_or_refused(text in any::<String>()) {
        let _ = text.parse::<VersionId>();
    }

    #[test]
    fn later_is_later(micros in any::<i64>(), span in any::<Duration>()) {
        let time = Timestamp::from_micros(micros);
        prop_assert!(time.after(span) >= time);
    }
}
