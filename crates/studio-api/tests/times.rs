//! Times as text.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::error::Error as _;

use proptest::prelude::*;
use studio_api::{format_time, parse_time};
use studio_domain::Timestamp;

/// 0001-01-01T00:00:00Z.
const FIRST: i64 = -62_135_596_800_000_000;
/// 9999-01-01T00:00:00Z.
const LAST: i64 = 253_370_764_800_000_000;

fn time(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

#[test]
fn a_time_is_shown_in_utc_with_six_decimals() {
    assert_eq!(format_time(time(0)), "1970-01-01T00:00:00.000000Z");
    assert_eq!(format_time(time(1_795_298_960_123_456)), "2026-11-21T22:09:20.123456Z");
    assert_eq!(format_time(time(1_500_000)), "1970-01-01T00:00:01.500000Z");
    assert_eq!(format_time(time(-1)), "1969-12-31T23:59:59.999999Z");
    assert_eq!(format_time(time(FIRST)), "0001-01-01T00:00:00.000000Z");
    assert_eq!(format_time(time(LAST)), "9999-01-01T00:00:00.000000Z");
}

#[test]
fn a_time_is_read_from_any_offset() {
    for text in ["2026-11-21T22:09:20Z", "2026-11-22T00:09:20+02:00", "2026-11-21t22:09:20.000z"] {
        assert_eq!(parse_time(text).unwrap().as_micros(), 1_795_298_960_000_000, "{text}");
    }
}

#[test]
fn what_is_no_time_is_refused() {
    for text in
        ["", "now", "2026-11-21", "2026-11-21T22:09:20", "2026-02-30T00:00:00Z", "1795298960"]
    {
        let error = parse_time(text).unwrap_err();
        assert_eq!(error.to_string(), format!("`{text}` is not a time in RFC 3339"));
        assert!(error.source().is_some());
    }
}

#[test]
fn times_beyond_the_calendar_are_held_at_its_ends() {
    for micros in [i64::MIN, i64::MAX] {
        let held = parse_time(&format_time(time(micros))).unwrap().as_micros();
        assert_eq!(held.signum(), micros.signum());
        assert!(!(FIRST..=LAST).contains(&held));
    }
}

proptest! {
    #[test]
    fn a_time_survives_as_text(micros in FIRST..=LAST) {
        let text = format_time(time(micros));
        prop_assert!(text.ends_with('Z') && text.as_bytes()[10] == b'T', "{}", text);
        prop_assert_eq!(parse_time(&text).unwrap().as_micros(), micros);
    }

    #[test]
    fn any_text_is_a_time_or_refused(text in "\\PC*|[0-9TtZz:.+ -]{0,32}") {
        let _ = parse_time(&text);
    }

    #[test]
    fn any_time_is_shown(micros in any::<i64>()) {
        prop_assert!(parse_time(&format_time(time(micros))).is_ok());
    }
}
