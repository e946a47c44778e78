//! Which bytes a request wants (RFC 9110, section 14).

use std::ops::Range;

use axum::http::HeaderMap;
use axum::http::header::RANGE;

/// The most ranges that one request gets. Players ask for one; a request for very many costs
/// the server a read each (RFC 9110, 17.15).
pub const MOST_RANGES: usize = 64;

/// The most ranges that may overlap another one (RFC 9110, 14.2).
const MOST_OVERLAPPING: usize = 2;

/// What a request wants of some bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// All of them: it has no header `Range`, or one that is not understood and so ignored.
    Whole,
    /// These ranges, in this order: at least one, none empty, all within the bytes.
    Ranges(Vec<Range<u64>>),
    /// Only ranges that there are no bytes in.
    Nothing,
    /// More than is granted: too many ranges, or too many that overlap.
    TooMuch,
}

impl Wanted {
    /// Reads the header `Range` of a request for `size` bytes. Reads no more of it than
    /// [`MOST_RANGES`], however long it is.
    pub fn read(headers: &HeaderMap, size: u64) -> Self {
        let mut values = headers.get_all(RANGE).iter();
        match (values.next(), values.next()) {
            // Of nothing there is no range; players ask for one all the same.
            (Some(value), None) if size > 0 => parse(value.as_bytes(), size).unwrap_or(Self::Whole),
            // Twice, it is no valid field: it is no list across lines.
            _ => Self::Whole,
        }
    }
}

/// Reads a `ranges-specifier`; nothing if it is none, or of another unit than bytes.
fn parse(value: &[u8], size: u64) -> Option<Wanted> {
    let at = value.iter().position(|byte| *byte == b'=')?;
    let (unit, set) = (&value[..at], &value[at + 1..]);
    if !unit.eq_ignore_ascii_case(b"bytes") {
        return None;
    }
    let mut asked = 0;
    let mut ranges = Vec::new();
    for spec in set.split(|byte| *byte == b',') {
        let spec = trimmed(spec);
        // A list may have empty elements (RFC 9110, 5.6.1.2).
        if spec.is_empty() {
            continue;
        }
        asked += 1;
        if asked > MOST_RANGES {
            return Some(Wanted::TooMuch);
        }
        ranges.extend(range(spec, size)?);
    }
    match (asked, ranges.is_empty()) {
        (0, _) => None,
        (_, true) => Some(Wanted::Nothing),
        _ if overlap_too_much(&ranges) => Some(Wanted::TooMuch),
        _ => Some(Wanted::Ranges(ranges)),
    }
}

/// Without the white space around it that lists may have (RFC 9110, 5.6.3).
fn trimmed(mut text: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = text {
        text = rest;
    }
    text
}

/// One `range-spec`: nothing if it is none; no range if there are no bytes in it.
fn range(spec: &[u8], size: u64) -> Option<Option<Range<u64>>> {
    let at = spec.iter().position(|byte| *byte == b'-')?;
    let (first, last) = (&spec[..at], &spec[at + 1..]);
    let range = match (first.is_empty(), last.is_empty()) {
        (true, true) => return None,
        (true, false) => size.saturating_sub(number(last)?)..size,
        (false, true) => number(first)?..size,
        (false, false) => {
            let (first, last) = (number(first)?, number(last)?);
            if last < first {
                return None;
            }
            first..last.saturating_add(1).min(size)
        }
    };
    Some((range.start < range.end).then_some(range))
}

/// A number in digits; one that is too large is as good as the largest there is.
fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| match digit {
        b'0'..=b'9' => Some(number.saturating_mul(10).saturating_add(u64::from(digit - b'0'))),
        _ => None,
    })
}

/// Whether more ranges overlap than those of a client that only joins two of them badly.
fn overlap_too_much(ranges: &[Range<u64>]) -> bool {
    let mut sorted: Vec<_> = ranges.iter().collect();
    sorted.sort_unstable_by_key(|range| range.start);
    let mut end = 0;
    let mut overlapping = 1;
    for range in sorted {
        overlapping += usize::from(range.start < end);
        end = end.max(range.end);
    }
    overlapping > MOST_OVERLAPPING
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn wanted(value: &[u8], size: u64) -> Wanted {
        let value = HeaderValue::from_bytes(value).expect("a value");
        Wanted::read(&HeaderMap::from_iter([(RANGE, value)]), size)
    }

    fn one(range: Range<u64>) -> Wanted {
        Wanted::Ranges(vec![range])
    }

    fn ranges(ranges: &[Range<u64>]) -> Wanted {
        Wanted::Ranges(ranges.to_vec())
    }

    #[test]
    fn what_the_standard_shows_is_understood() {
        // RFC 9110, 14.1.2, of 10,000 bytes.
        let cases: [(&str, Wanted); 14] = [
            ("bytes=0-499", one(0..500)),
            ("bytes=500-999", one(500..1000)),
            ("bytes=-500", one(9500..10_000)),
            ("bytes=9500-", one(9500..10_000)),
            ("bytes=0-0,-1", ranges(&[0..1, 9999..10_000])),
            ("bytes= 0-999, 4500-5499, -1000", ranges(&[0..1000, 4500..5500, 9000..10_000])),
            ("bytes=500-600,601-999", ranges(&[500..601, 601..1000])),
            ("bytes=500-700,601-999", ranges(&[500..701, 601..1000])),
            ("BYTES=0-0", one(0..1)),
            ("bytes=0-99999", one(0..10_000)),
            ("bytes=-99999", one(0..10_000)),
            ("bytes=,,0-0 ,\t, 5-5,", ranges(&[0..1, 5..6])),
            ("bytes=10000-,5-5", one(5..6)),
            ("bytes=0-99999999999999999999999", one(0..10_000)),
        ];
        for (value, expected) in cases {
            assert_eq!(wanted(value.as_bytes(), 10_000), expected, "{value}");
        }
    }

    #[test]
    fn what_holds_no_byte_is_nothing() {
        for value in
            ["bytes=10000-", "bytes=10000-10001", "bytes=-0", "bytes=99999999999999999999-"]
        {
            assert_eq!(wanted(value.as_bytes(), 10_000), Wanted::Nothing, "{value}");
        }
    }

    #[test]
    fn what_is_no_range_is_ignored() {
        let values: [&[u8]; 15] = [
            b"",
            b"bytes",
            b"bytes=",
            b"bytes=,",
            b"bytes=-",
            b"bytes=5",
            b"bytes=5-4",
            b"bytes=a-5",
            b"bytes=1-2-3",
            b"bytes=0-1;2-3",
            b"bytes =0-1",
            b"lines=0-1",
            b"bytes=0-1,x",
            b"bytes=\xff-1",
            b"bytes=+1-2",
        ];
        for value in values {
            assert_eq!(wanted(value, 10_000), Wanted::Whole, "{value:?}");
        }
        assert_eq!(Wanted::read(&HeaderMap::new(), 10), Wanted::Whole);
        assert_eq!(wanted(b"bytes=0-1", 0), Wanted::Whole);
        let two = [(RANGE, "bytes=0-1"), (RANGE, "bytes=2-3")];
        let two = two.map(|(name, value)| (name, HeaderValue::from_static(value)));
        assert_eq!(Wanted::read(&HeaderMap::from_iter(two), 10), Wanted::Whole);
    }

    #[test]
    fn there_is_a_bound() {
        let many = |count: u64| {
            let specs: Vec<_> = (0..count).map(|n| format!("{}-{}", n * 10, n * 10)).collect();
            format!("bytes={}", specs.join(","))
        };
        assert!(
            matches!(wanted(many(64).as_bytes(), 1 << 20), Wanted::Ranges(all) if all.len() == 64)
        );
        assert_eq!(wanted(many(65).as_bytes(), 1 << 20), Wanted::TooMuch);
        assert_eq!(wanted(many(10_000).as_bytes(), 1 << 20), Wanted::TooMuch);
        assert_eq!(wanted(b"bytes=0-,0-,0-", 100), Wanted::TooMuch);
        assert_eq!(wanted(b"bytes=0-9,5-14,10-20", 100), Wanted::TooMuch);
        assert_eq!(wanted(b"bytes=0-9,0-9", 100), ranges(&[0..10, 0..10]));
    }

    proptest! {
        #[test]
        fn no_header_is_too_strange(value in ".*", size in any::<u64>()) {
            let _ = parse(value.as_bytes(), size);
        }

        #[test]
        fn ranges_lie_within_and_are_those_asked_for(
            specs in prop::collection::vec((0_u64..200, 0_u64..200, 0_u8..3), 1..8),
            size in 1_u64..150,
        ) {
            let mut texts = Vec::new();
            let mut expected = Vec::new();
            for (first, length, form) in specs {
                let range = match form {
                    0 => { texts.push(format!("{first}-{}", first + length)); first..first + length + 1 }
                    1 => { texts.push(format!("{first}-")); first..size }
                    _ => { texts.push(format!("-{length}")); size.saturating_sub(length)..size }
                };
                let range = range.start..range.end.min(size);
                if range.start < range.end {
                    expected.push(range);
                }
            }
            let value = format!("bytes={}", texts.join(" , "));
            match parse(value.as_bytes(), size) {
                Some(Wanted::Ranges(found)) => prop_assert_eq!(found, expected),
                Some(Wanted::Nothing) => prop_assert!(expected.is_empty()),
                Some(Wanted::TooMuch) => prop_assert!(overlap_too_much(&expected)),
                other => prop_assert!(false, "{:?}", other),
            }
        }
    }
}
