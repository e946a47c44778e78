//! The manifest of a version: its JSON never changes, and whatever is read returns.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::error::Error as _;
use std::path::PathBuf;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use studio_api::v1::{ManifestError, Version, VersionManifest};
use studio_domain::{
    ArtistName, Crc64Nvme, Digest, NewVersion, ObjectKey, StoreUrl, Timestamp, VersionPath,
};

/// The manifest of [`take_three`]. Stores are full of these: it may gain lines, no more.
const MANIFEST: &str = r#"{
  "format": "studio.version/1",
  "version": {
    "id": "01890a5d-ac96-774b-bcce-b302099a8057",
    "artist": "Khruangbin",
    "song": "Evan \"Enters\" the Third Room",
    "track": "DJ's Drums 🥁",
    "version": "take_three",
    "original_path": "sessions/drums take 3.wav",
    "uploaded_at": "2026-11-21T22:09:20.123456Z",
    "size": 18446744073709551615,
    "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "crc64nvme": "rosUhgoHmdA=",
    "content_type": "audio/vnd.wave",
    "store": "s3://music/studio",
    "object_key": "objects/e3/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
  }
}
"#;

fn take_three() -> NewVersion {
    let digest: Digest =
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".parse().unwrap();
    NewVersion {
        id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        path: VersionPath {
            artist: "Khruangbin".parse().unwrap(),
            song: "Evan \"Enters\" the Third Room".parse().unwrap(),
            track: "DJ's Drums 🥁".parse().unwrap(),
            tag: "take_three".parse().unwrap(),
        },
        original_path: "sessions/drums take 3.wav".to_owned(),
        uploaded_at: Timestamp::from_micros(1_795_298_960_123_456),
        size: u64::MAX,
        digest,
        crc64nvme: Crc64Nvme::from_u64(0xAE8B_1486_0A07_99D0),
        content_type: "audio/vnd.wave".to_owned(),
        store: StoreUrl::S3 { bucket: "music".to_owned(), prefix: Some("studio".to_owned()) },
        object_key: ObjectKey::of_object(&digest),
    }
}

fn decode(json: &str) -> Result<NewVersion, ManifestError> {
    VersionManifest::decode(json.as_bytes())
}

/// The field that is refused when a text in the manifest is another.
fn refused_field(old: &str, new: &str) -> &'static str {
    let json = MANIFEST.replacen(old, new, 1);
    assert_ne!(json, MANIFEST);
    match decode(&json) {
        Err(ManifestError::Field(error)) => {
            assert!(error.source().is_some());
            error.field
        }
        other => panic!("{new}: {other:?}"),
    }
}

#[test]
fn the_text_of_a_manifest_is_this() {
    assert_eq!(VersionManifest::encode(&take_three()), MANIFEST);
    assert_eq!(decode(MANIFEST).unwrap(), take_three());
}

#[test]
fn the_json_of_a_version_is_this() {
    let expected = concat!(
        r#"{"id":"01890a5d-ac96-774b-bcce-b302099a8057","#,
        r#""artist":"Khruangbin","#,
        r#""song":"Evan \"Enters\" the Third Room","#,
        r#""track":"DJ's Drums 🥁","#,
        r#""version":"take_three","#,
        r#""original_path":"sessions/drums take 3.wav","#,
        r#""uploaded_at":"2026-11-21T22:09:20.123456Z","#,
        r#""size":18446744073709551615,"#,
        r#""sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855","#,
        r#""crc64nvme":"rosUhgoHmdA=","#,
        r#""content_type":"audio/vnd.wave","#,
        r#""store":"s3://music/studio","#,
        r#""object_key":"objects/e3/"#,
        r#"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}"#,
    );
    let version = Version::from(&take_three());
    assert_eq!(serde_json::to_string(&version).unwrap(), expected);
    assert_eq!(serde_json::from_str::<Version>(expected).unwrap(), version);
}

#[test]
fn fields_of_a_later_studio_are_passed_over() {
    let json = MANIFEST.replacen("{\n", "{ \"later\": [null, {\"a\": 1.5e300}],\n", 1).replacen(
        "\"size\"",
        "\"frames\": 48000, \"size\"",
        1,
    );
    assert_eq!(decode(&json).unwrap(), take_three());
}

#[test]
fn another_format_is_refused() {
    for format in ["studio.version/2", "studio.release/1", "", "STUDIO.VERSION/1"] {
        let json = MANIFEST.replacen("studio.version/1", format, 1);
        let error = decode(&json).unwrap_err();
        assert_eq!(error.to_string(), format!("format `{format}` is not `studio.version/1`"));
    }
}

#[test]
fn what_is_no_manifest_is_refused() {
    let without_size = MANIFEST.replacen("\"size\"", "\"bytes\"", 1);
    let fractional = MANIFEST.replacen("18446744073709551615", "1.5", 1);
    let too_large = MANIFEST.replacen("18446744073709551615", "18446744073709551616", 1);
    let negative = MANIFEST.replacen("18446744073709551615", "-1", 1);
    let twice = MANIFEST.replacen("\"size\"", "\"size\": 1, \"size\"", 1);
    let two = format!("{MANIFEST}{MANIFEST}");
    let texts = ["", "null", "[]", "{}", "\u{FEFF}", &without_size, &fractional, &too_large];
    for json in texts.into_iter().chain([negative.as_str(), &twice, &two]) {
        let error = decode(json).unwrap_err();
        assert!(matches!(error, ManifestError::Json(_)), "{json}: {error:?}");
        assert_eq!(error.to_string(), "not the JSON of a version manifest");
    }
}

#[test]
fn endless_nesting_is_refused_and_not_followed() {
    let deep = "[".repeat(1_000_000);
    assert!(decode(&deep).is_err());
    let json = MANIFEST.replacen("{\n", &format!("{{ \"later\": {deep},\n"), 1);
    assert!(decode(&json).is_err());
}

#[test]
fn a_field_that_breaks_a_rule_is_named() {
    for (old, new, field) in [
        ("01890a5d-", "", "id"),
        ("Khruangbin", " ", "artist"),
        ("Evan ", "Evan\\n", "song"),
        ("DJ's Drums 🥁", "\\u200b", "track"),
        ("take_three", "a\\u0000b", "version"),
        ("2026-11-21T", "2026-13-21T", "uploaded_at"),
        ("\"e3b0c4", "\"E3B0C4", "sha256"),
        ("rosUhgoHmdA=", "rosUhgoHmdA", "crc64nvme"),
        ("s3://music", "gopher://music", "store"),
        ("objects/e3", "objects/..", "object_key"),
    ] {
        assert_eq!(refused_field(old, new), field);
    }
}

fn names() -> impl Strategy<Value = VersionPath> {
    let name = || {
        "\\PC{1,40}|[a-zA-Z0-9 _'\"\\\\-]{1,20}|[\u{300}-\u{36F}äö\u{2028}İß🎸]{1,9}"
            .prop_filter("a name", |text| ArtistName::new(text).is_ok())
    };
    (name(), name(), name(), name()).prop_map(|(artist, song, track, tag)| VersionPath {
        artist: artist.parse().unwrap(),
        song: song.parse().unwrap(),
        track: track.parse().unwrap(),
        tag: tag.parse().unwrap(),
    })
}

fn stores() -> impl Strategy<Value = StoreUrl> {
    let prefix = proptest::option::of("[a-zA-Z0-9 %?#é]{1,9}(/[a-z]{1,9}){0,2}");
    prop_oneof![
        ("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", prefix)
            .prop_map(|(bucket, prefix)| StoreUrl::S3 { bucket, prefix }),
        "(/[^/\\x00]{1,12}){1,4}".prop_map(|path| StoreUrl::File(PathBuf::from(path))),
        Just(StoreUrl::Memory),
    ]
}

fn versions() -> impl Strategy<Value = NewVersion> {
    // The years 1 to 9998.
    let times = -62_135_596_800_000_000_i64..253_370_764_800_000_000;
    let bytes = (any::<u64>(), any::<[u8; 32]>(), any::<u64>());
    let texts = (any::<String>(), any::<String>());
    (any::<u128>(), names(), stores(), times, bytes, texts).prop_map(
        |(id, path, store, uploaded_at, (size, digest, crc), (original_path, content_type))| {
            let digest = Digest::from_bytes(digest);
            NewVersion {
                id: format!("{id:032x}").parse().unwrap(),
                path,
                original_path,
                uploaded_at: Timestamp::from_micros(uploaded_at),
                size,
                digest,
                crc64nvme: Crc64Nvme::from_u64(crc),
                content_type,
                store,
                object_key: ObjectKey::of_object(&digest),
            }
        },
    )
}

proptest! {
    #[test]
    fn every_version_survives_its_manifest(version in versions()) {
        let json = VersionManifest::encode(&version);
        prop_assert_eq!(json.lines().last(), Some("}"));
        prop_assert_eq!(decode(&json).unwrap(), version);
    }

    #[test]
    fn any_bytes_are_answered(bytes in vec(any::<u8>(), 0..200), text in "[\\[\\]{}\":,0-9etrufalsn \\\\]*") {
        prop_assert!(VersionManifest::decode(&bytes).is_err());
        prop_assert!(decode(&text).is_err());
    }

    #[test]
    fn a_damaged_manifest_is_refused_or_means_one_thing(
        damages in vec((any::<Index>(), any::<u8>(), 0..4_u8), 1..6),
    ) {
        let mut json = MANIFEST.as_bytes().to_vec();
        for (index, byte, how) in damages {
            let at = index.index(json.len());
            match how {
                0 => json[at] = byte,
                1 => json.insert(at, byte),
                2 => json[at] ^= 1 << (byte % 8),
                _ => drop(json.remove(at)),
            }
        }
        if let Ok(version) = VersionManifest::decode(&json) {
            prop_assert_eq!(decode(&VersionManifest::encode(&version)).unwrap(), version);
        }
    }

    #[test]
    fn a_manifest_cut_short_is_refused(cut in any::<Index>()) {
        // Without its last line end it is whole; without any more it is not.
        let end = cut.index(MANIFEST.len() - 1);
        prop_assert!(VersionManifest::decode(&MANIFEST.as_bytes()[..end]).is_err());
    }

    #[test]
    fn any_text_in_any_field_is_answered(field in 0..12_usize, text in any::<String>()) {
        let mut manifest: serde_json::Value = serde_json::from_str(MANIFEST).unwrap();
        let fields = manifest["version"].as_object_mut().unwrap();
        let name = fields.keys().filter(|name| *name != "size").nth(field % 12).unwrap().clone();
        fields.insert(name, text.into());
        if let Ok(version) = decode(&manifest.to_string()) {
            prop_assert_eq!(decode(&VersionManifest::encode(&version)).unwrap(), version);
        }
    }
}
