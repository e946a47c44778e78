//! Whatever bytes stand where a manifest should, reading them returns; and what was read
//! is written and read again the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use studio_api::v1::{AlbumManifest, PlaylistManifest, RecordingManifest, VersionManifest};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(version) = VersionManifest::decode(bytes) {
        let again = VersionManifest::decode(VersionManifest::encode(&version).as_bytes());
        assert_eq!(again.ok(), Some(version));
    }
    if let Ok(album) = AlbumManifest::decode(bytes) {
        let again = AlbumManifest::decode(AlbumManifest::encode(&album).as_bytes());
        assert_eq!(again.ok(), Some(album));
    }
    if let Ok(recording) = RecordingManifest::decode(bytes) {
        let again = RecordingManifest::decode(RecordingManifest::encode(&recording).as_bytes());
        assert_eq!(again.ok(), Some(recording));
    }
    if let Ok(playlist) = PlaylistManifest::decode(bytes) {
        let again = PlaylistManifest::decode(PlaylistManifest::encode(&playlist).as_bytes());
        assert_eq!(again.ok(), Some(playlist));
    }
});
