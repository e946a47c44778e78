//! Whatever text comes from a queue, reading it returns; and what was read is written and
//! read again the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use studio_queue::event::{DeleteRequest, Parsed, encode, parse};

fuzz_target!(|text: &str| {
    if let Parsed::Events(events) | Parsed::Partly { events, .. } = parse(text) {
        assert_eq!(parse(&encode(&events)), Parsed::Events(events));
    }
    if let Ok(request) = DeleteRequest::parse(text) {
        assert_eq!(DeleteRequest::parse(&request.encode()), Ok(request));
    }
});
