//! What proxies say of a client: anybody can send that.
#![no_main]

use libfuzzer_sys::fuzz_target;
use studio_web::proxies::{node, parse_forwarded};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = node(text);
    match parse_forwarded(text) {
        Ok(elements) => {
            assert!(elements.len() <= text.len());
            for element in elements {
                let _ = element.address();
            }
        }
        Err(error) => assert!(error.at <= text.len()),
    }
});
