//! Object keys: where things lie, and that no key leads out of its store.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::path::{Component, Path};

use proptest::prelude::*;
use studio_domain::{
    AlbumId, Digest, DiscogsDocument, KeyKind, MAX_KEY_BYTES, MarkId, ObjectKey, PickId,
    PlaylistId, RecordingId, ReleaseId, RenditionKind, Timestamp, VersionId,
};
use uuid::Uuid;

const HEX: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn refusal(text: &str) -> String {
    text.parse::<ObjectKey>().unwrap_err().to_string()
}

#[test]
fn bytes_lie_under_their_digest() {
    let digest: Digest = HEX.parse().unwrap();
    let key = ObjectKey::of_object(&digest);
    assert_eq!(key.as_str(), format!("objects/e3/{HEX}"));
    assert_eq!(key.digest(), Some(digest));
}

#[test]
fn a_manifest_lies_under_the_id_of_its_version() {
    let id: VersionId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    let key = ObjectKey::of_version_manifest(id);
    assert_eq!(key.as_str(), "versions/01890a5d-ac96-774b-bcce-b302099a8057.json");
    assert_eq!(key.digest(), None);
}

#[test]
fn the_form_of_a_key_tells_what_stands_there() {
    let digest: Digest = HEX.parse().unwrap();
    let id: VersionId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
    let taken_at = Timestamp::from_micros(1_795_298_960_123_456);
    let backup = ObjectKey::of_backup(taken_at, &digest);
    assert_eq!(backup.as_str(), format!("backups/00001795298960123456-{HEX}.db"));
    assert_eq!(backup.kind(), KeyKind::Backup { taken_at, digest });
    assert_eq!(ObjectKey::of_object(&digest).kind(), KeyKind::Object(digest));
    assert_eq!(ObjectKey::of_version_manifest(id).kind(), KeyKind::VersionManifest(id));
    let tombstone = ObjectKey::of_tombstone(id);
    assert_eq!(tombstone.as_str(), "trash/01890a5d-ac96-774b-bcce-b302099a8057.json");
    assert_eq!(tombstone.kind(), KeyKind::Tombstone(id));
    for foreign in [
        "readme.txt".to_owned(),
        "versions/01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        "versions/01890A5D-AC96-774B-BCCE-B302099A8057.json".to_owned(),
        "versions/01890a5dac96774bbcceb302099a8057.json".to_owned(),
        "trash/x.json".to_owned(),
        format!("backups/1-{HEX}.db"),
        format!("objects/E3/{}", HEX.to_uppercase()),
    ] {
        assert_eq!(foreign.parse::<ObjectKey>().unwrap().kind(), KeyKind::Foreign, "{foreign}");
    }
}

#[test]
fn what_was_said_stands_under_its_own_id() {
    let uuid = "01890a5d-ac96-774b-bcce-b302099a8057";
    let (pick, mark): (PickId, MarkId) = (uuid.parse().unwrap(), uuid.parse().unwrap());
    let release: ReleaseId = uuid.parse().unwrap();
    for (key, directory, kind) in [
        (ObjectKey::of_pick(pick), "picks", KeyKind::Pick(pick)),
        (ObjectKey::of_mark(mark), "marks", KeyKind::Mark(mark)),
        (ObjectKey::of_release(release), "releases", KeyKind::Release(release)),
    ] {
        assert_eq!(key.as_str(), format!("{directory}/{uuid}.json"));
        assert_eq!((key.kind(), key.digest()), (kind, None));
        for foreign in [
            format!("{directory}/{uuid}"),
            format!("{directory}/{uuid}.JSON"),
            format!("{directory}/{uuid}.json.json"),
            format!("{directory}/{uuid}.db"),
            format!("{directory}/{}.json", uuid.to_uppercase()),
            format!("{directory}/{}.json", uuid.replace('-', "")),
            format!("{directory}/{{{uuid}}}.json"),
            format!("{directory}/urn:uuid:{uuid}.json"),
            format!("{directory}/{}.json", &uuid[..35]),
            format!("{directory}/{uuid}0.json"),
            format!("{directory}/ {uuid}.json"),
            format!("{directory}/x/{uuid}.json"),
            format!("{directory}/.json"),
            format!("{directory}s/{uuid}.json"),
            format!("{}/{uuid}.json", directory.to_uppercase()),
            format!("old/{directory}/{uuid}.json"),
            directory.to_owned(),
        ] {
            assert_eq!(foreign.parse::<ObjectKey>().unwrap().kind(), KeyKind::Foreign, "{foreign}");
        }
    }
}

#[test]
fn what_is_kept_of_discogs_stands_under_its_number_there() {
    let digest: Digest = HEX.parse().unwrap();
    for (entry, expected) in [
        (DiscogsDocument::Artist(45), "discogs/v1/artists/45.json".to_owned()),
        (DiscogsDocument::Master(0), "discogs/v1/masters/0.json".to_owned()),
        (DiscogsDocument::Release(u64::MAX), format!("discogs/v1/releases/{}.json", u64::MAX)),
        (DiscogsDocument::Search(digest), format!("discogs/v1/searches/{HEX}.json")),
    ] {
        let key = ObjectKey::of_discogs(entry);
        assert_eq!(key.as_str(), expected);
        assert_eq!((key.kind(), key.digest()), (KeyKind::Discogs(entry), None));
        assert_eq!(expected.parse::<ObjectKey>().unwrap(), key);
    }
    for foreign in [
        "discogs/v1/artists/045.json".to_owned(),
        "discogs/v1/artists/+45.json".to_owned(),
        "discogs/v1/artists/-1.json".to_owned(),
        "discogs/v1/artists/18446744073709551616.json".to_owned(),
        "discogs/v1/artists/45".to_owned(),
        "discogs/v1/artists/x/45.json".to_owned(),
        "discogs/v1/labels/45.json".to_owned(),
        "discogs/v2/artists/45.json".to_owned(),
        "discogs/v1/45.json".to_owned(),
        "discogs/v1".to_owned(),
        format!("discogs/v1/artists/{HEX}.json"),
        format!("discogs/v1/searches/{}.json", HEX.to_uppercase()),
        format!("discogs/v1/searches/{}.json", &HEX[1..]),
    ] {
        assert_eq!(foreign.parse::<ObjectKey>().unwrap().kind(), KeyKind::Foreign, "{foreign}");
    }
}

#[test]
fn what_was_made_of_some_bytes_stands_under_their_digest() {
    let source: Digest = HEX.parse().unwrap();
    for (kind, name) in [
        (RenditionKind::Flac { recipe: 1 }, "flac-1"),
        (RenditionKind::Opus { recipe: 65_535 }, "opus-65535"),
        (RenditionKind::Cover { longest: 300 }, "cover-300.jpg"),
        (RenditionKind::Wide { width: 300 }, "wide-300.jpg"),
        (RenditionKind::Crop { width: 1200, height: 630 }, "crop-1200x630.jpg"),
    ] {
        let key = ObjectKey::of_rendition(&source, kind);
        assert_eq!(key.as_str(), format!("renditions/{HEX}/{name}"));
        assert_eq!((key.kind(), key.digest()), (KeyKind::Rendition { source, kind }, None));
        assert_eq!(name.parse(), Ok(kind));
    }
    for foreign in [
        format!("renditions/{HEX}"),
        format!("renditions/{HEX}/flac"),
        format!("renditions/{HEX}/flac-"),
        format!("renditions/{HEX}/flac-01"),
        format!("renditions/{HEX}/flac-+1"),
        format!("renditions/{HEX}/flac-65536"),
        format!("renditions/{HEX}/Flac-1"),
        format!("renditions/{HEX}/flac-1/x"),
        format!("renditions/{HEX}/mp3-1"),
        format!("renditions/{HEX}/cover-300"),
        format!("renditions/{HEX}/cover-300.png"),
        format!("renditions/{}/flac-1", HEX.to_uppercase()),
        format!("renditions/{}/flac-1", &HEX[1..]),
        format!("old/renditions/{HEX}/flac-1"),
    ] {
        assert_eq!(foreign.parse::<ObjectKey>().unwrap().kind(), KeyKind::Foreign, "{foreign}");
    }
    let refused = "mp3-1\n".parse::<RenditionKind>().unwrap_err().to_string();
    assert_eq!(refused, r"`mp3-1\n` is no name of a rendition");
}

#[test]
fn only_a_key_of_bytes_has_a_digest() {
    for text in [
        HEX.to_owned(),
        format!("objects/{HEX}"),
        format!("objects/e4/{HEX}"),
        format!("objects/e3b/{HEX}"),
        format!("objects/e/{HEX}"),
        format!("objects/e3/{HEX}/x"),
        format!("objects/e3/{}", HEX.to_uppercase()),
        format!("old/objects/e3/{HEX}"),
    ] {
        assert_eq!(text.parse::<ObjectKey>().unwrap().digest(), None, "{text}");
    }
}

#[test]
fn a_key_that_could_do_harm_is_refused_with_the_reason() {
    assert_eq!(refusal(""), "`` cannot be an object key: it is empty");
    for text in ["/", "/a", "a/", "a//b"] {
        assert!(refusal(text).ends_with(": it has an empty segment"), "{text}");
    }
    for text in [".", "..", "../a", "a/../b", "a/.", "./a"] {
        assert!(refusal(text).ends_with(": it has a segment of dots"), "{text}");
    }
    assert_eq!(refusal("a\nb"), r"`a\nb` cannot be an object key: it has a control character");
    assert!(refusal("a\0").ends_with(": it has a control character"));
    assert!("é".repeat(MAX_KEY_BYTES / 2).parse::<ObjectKey>().is_ok());
    let long = format!("x{}", "é".repeat(MAX_KEY_BYTES / 2));
    assert!(refusal(&long).ends_with(": it is longer than 1024 bytes"));
}

#[test]
fn dots_that_lead_nowhere_are_fine() {
    for text in ["...", ".a", "a..", "..a/b.json", "a b/c", "ключ/鍵"] {
        assert_eq!(text.parse::<ObjectKey>().unwrap().to_string(), text);
    }
}

proptest! {
    #[test]
    fn a_key_is_a_path_that_stays_inside(text in "[a./\\\\é ]{0,12}|\\PC{0,40}|(\\.{0,3}/?){0,6}") {
        let Ok(key) = text.parse::<ObjectKey>() else { return Ok(()) };
        prop_assert_eq!(key.as_str(), &text);
        let parts: Vec<_> = Path::new(key.as_str()).components().collect();
        prop_assert!(parts.iter().all(|part| matches!(part, Component::Normal(_))), "{:?}", parts);
        // As many as there are segments: none was swallowed.
        prop_assert_eq!(parts.len(), text.split('/').count());
    }

    #[test]
    fn any_text_is_answered(text in any::<String>()) {
        if let Ok(key) = text.parse::<ObjectKey>() {
            let _ = key.digest();
            prop_assert_eq!(key.to_string(), text);
        }
    }

    #[test]
    fn a_key_gives_its_digest_back(bytes in any::<[u8; 32]>()) {
        let digest = Digest::from_bytes(bytes);
        let key = ObjectKey::of_object(&digest);
        prop_assert_eq!(key.digest(), Some(digest));
        prop_assert_eq!(key.as_str().parse::<ObjectKey>().unwrap(), key);
    }

    #[test]
    fn the_key_of_a_manifest_is_a_key_and_tells_its_kind(number in any::<u128>()) {
        let uuid = Uuid::from_u128(number);
        let version = VersionId::from_uuid(uuid);
        let (pick, mark) = (PickId::from_uuid(uuid), MarkId::from_uuid(uuid));
        let release = ReleaseId::from_uuid(uuid);
        for (key, kind) in [
            (ObjectKey::of_version_manifest(version), KeyKind::VersionManifest(version)),
            (ObjectKey::of_tombstone(version), KeyKind::Tombstone(version)),
            (ObjectKey::of_pick(pick), KeyKind::Pick(pick)),
            (ObjectKey::of_mark(mark), KeyKind::Mark(mark)),
            (ObjectKey::of_release(release), KeyKind::Release(release)),
            (ObjectKey::of_album(AlbumId::from_uuid(uuid)), KeyKind::Album(AlbumId::from_uuid(uuid))),
            (
                ObjectKey::of_recording(RecordingId::from_uuid(uuid)),
                KeyKind::Recording(RecordingId::from_uuid(uuid)),
            ),
            (
                ObjectKey::of_playlist(PlaylistId::from_uuid(uuid)),
                KeyKind::Playlist(PlaylistId::from_uuid(uuid)),
            ),
        ] {
            prop_assert_eq!(key.as_str().parse::<ObjectKey>().unwrap(), key.clone());
            prop_assert_eq!(key.kind(), kind);
        }
    }

    #[test]
    fn any_key_has_a_kind(text in "(picks|marks|releases|versions|trash|backups|objects|published/(albums|recordings|playlists))/[0-9a-f-]{0,40}(.json|.db|)") {
        if let Ok(key) = text.parse::<ObjectKey>() {
            let _ = key.kind();
        }
    }
}
