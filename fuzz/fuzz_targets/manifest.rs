//! Whatever bytes stand where a manifest should, reading them returns; and what was read
//! is written and read again the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use studio_api::v1::VersionManifest;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(version) = VersionManifest::decode(bytes) {
        let again = VersionManifest::decode(VersionManifest::encode(&version).as_bytes());
        assert_eq!(again.ok(), Some(version));
    }
});
