//! Versions.

use proptest::prelude::*;
use studio_api::v1::{ManifestError, Version, VersionManifest};
use studio_domain::{
    Crc64Nvme, Digest, NewVersion, ObjectKey, StoreUrl, Timestamp, VersionId, VersionPath,
};

use crate::arbitrary::{paths, stores, times, uuids};
use crate::laws::{Kind, laws, refused_field};

struct Versions;

impl Kind for Versions {
    type Told = NewVersion;
    const FORMAT: &str = "studio.version/1";
    /// The manifest of [`take_three`]. Stores are full of these: it may gain lines, no more.
    const GOLDEN: &str = r#"{
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

    fn encode(version: &NewVersion) -> String {
        VersionManifest::encode(version)
    }

    fn decode(json: &[u8]) -> Result<NewVersion, ManifestError> {
        VersionManifest::decode(json)
    }
}

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

fn versions() -> impl Strategy<Value = NewVersion> {
    let bytes = (any::<u64>(), any::<[u8; 32]>(), any::<u64>());
    let texts = (any::<String>(), any::<String>());
    (uuids(), paths(), stores(), times(), bytes, texts).prop_map(
        |(id, path, store, uploaded_at, (size, digest, crc), (original_path, content_type))| {
            let digest = Digest::from_bytes(digest);
            NewVersion {
                id: VersionId::from_uuid(id),
                path,
                original_path,
                uploaded_at,
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

laws!(Versions, take_three(), versions());

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
fn a_size_is_a_whole_number_of_bytes() {
    for (old, new) in [
        ("\"size\"", "\"bytes\""),
        ("18446744073709551615", "1.5"),
        ("18446744073709551615", "18446744073709551616"),
        ("18446744073709551615", "-1"),
        ("\"size\"", "\"size\": 1, \"size\""),
    ] {
        let json = Versions::GOLDEN.replacen(old, new, 1);
        let error = Versions::decode(json.as_bytes()).unwrap_err();
        assert!(matches!(error, ManifestError::Json(_)), "{new}: {error:?}");
    }
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
        assert_eq!(refused_field::<Versions>(old, new), field);
    }
}
