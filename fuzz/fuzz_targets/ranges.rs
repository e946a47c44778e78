//! Whatever stands in a header `Range`, reading it returns; and what is granted are few ranges,
//! none empty, all within the bytes.
#![no_main]

use http::header::{HeaderMap, HeaderValue, RANGE};
use libfuzzer_sys::fuzz_target;
use studio_web::stream::{MOST_RANGES, Wanted};

fuzz_target!(|input: (&[u8], u64)| {
    let (value, size) = input;
    let Ok(value) = HeaderValue::from_bytes(value) else { return };
    let headers = HeaderMap::from_iter([(RANGE, value)]);
    if let Wanted::Ranges(ranges) = Wanted::read(&headers, size) {
        assert!((1..=MOST_RANGES).contains(&ranges.len()));
        assert!(ranges.iter().all(|range| range.start < range.end && range.end <= size));
    }
});
