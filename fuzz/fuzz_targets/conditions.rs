//! Whatever conditions a request has, they are judged; and no weak tag lets a range count.
#![no_main]

use std::time::{Duration, SystemTime};

use http::header::{
    HeaderMap, HeaderValue, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE,
    IF_UNMODIFIED_SINCE,
};
use libfuzzer_sys::fuzz_target;
use studio_domain::Timestamp;
use studio_web::stream::{Validators, Verdict};

fuzz_target!(|input: (&str, i64, u32, Vec<(u8, &[u8])>)| {
    let (etag, modified, now, conditions) = input;
    let bytes = Validators::new(etag, Some(Timestamp::from_micros(modified)));
    let names = [IF_MATCH, IF_NONE_MATCH, IF_MODIFIED_SINCE, IF_UNMODIFIED_SINCE, IF_RANGE];
    let mut headers = HeaderMap::new();
    for (which, value) in conditions {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(names[usize::from(which) % names.len()].clone(), value);
        }
    }
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(now.into());
    let verdict = bytes.judge(&headers, now);
    let weak = headers.get(IF_RANGE).is_some_and(|value| value.as_bytes().starts_with(b"W/"));
    assert!(!weak || verdict != Verdict::Send { in_part: true });
    assert!(bytes.etag().as_bytes().ends_with(b"\""));
    let _ = bytes.last_modified();
});
