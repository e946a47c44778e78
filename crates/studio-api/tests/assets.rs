//! Assets in JSON.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::option::of;
use proptest::prelude::*;
use serde_json::json;
use studio_api::v1;
use studio_domain::{
    Asset, AssetEvent, AssetFacts, AssetId, AssetPlace, AssetStatus, Codec, Container, EventKind,
    Moment, ObjectState, QuarantineId, Quarantined, Reason, Timestamp, VersionId,
};

fn place() -> impl Strategy<Value = AssetPlace> {
    ("[a-z0-9.-]{3,63}", "\\PC{1,200}|[\\x00-\\x7f]{1,50}").prop_map(|(bucket, key)| AssetPlace {
        bucket: bucket.parse().unwrap(),
        key: key.parse().unwrap(),
    })
}

fn state() -> impl Strategy<Value = ObjectState> {
    let name = "[a-zA-Z0-9-]{1,64}";
    (of(name), of(name)).prop_map(|(etag, version_id)| ObjectState { etag, version_id })
}

/// Microseconds of the years 1 to 9999.
fn time() -> impl Strategy<Value = Timestamp> {
    (-62_135_596_800_000_000_i64..253_402_200_000_000_000).prop_map(Timestamp::from_micros)
}

fn moment() -> impl Strategy<Value = Moment> {
    let sequencer = of("[0-9A-F]{1,20}");
    (sequencer, of(time())).prop_map(|(sequencer, at)| Moment {
        sequencer: sequencer.map(|digits| digits.parse().unwrap()),
        at,
    })
}

fn count() -> impl Strategy<Value = u64> {
    0..=i64::MAX.unsigned_abs()
}

fn facts() -> impl Strategy<Value = AssetFacts> {
    let kinds = prop_oneof![
        Just((None, None)),
        Just((Some(Container::Wav), Some(Codec::Pcm))),
        Just((Some(Container::Flac), Some(Codec::Flac))),
    ];
    let numbers = (any::<u32>(), count(), any::<u32>(), any::<u32>());
    (numbers, kinds).prop_map(|((channels, frames, rate, bits), (container, codec))| AssetFacts {
        channel_count: channels,
        frame_count: frames,
        sample_rate: rate,
        bits_per_sample: bits,
        duration: studio_domain::duration(frames, rate),
        container,
        codec,
    })
}

fn reasons() -> impl Strategy<Value = Vec<Reason>> {
    let reason = ("[a-z-]{1,20}", "\\PC{0,50}").prop_map(|(code, detail)| Reason { code, detail });
    prop::collection::vec(reason, 0..4)
}

fn asset() -> impl Strategy<Value = Asset> {
    let known = (place(), state(), of(count()), moment(), of(facts()));
    let found = (0..AssetStatus::ALL.len(), reasons(), reasons(), of("[a-z]{1,9}"));
    let filed = (of(any::<u128>()), of("\\PC{0,50}"));
    let record = (any::<u128>(), 1..=i64::MAX.unsigned_abs(), time(), time());
    (known, found, filed, record).prop_map(|(known, found, filed, record)| {
        let (place, state, size, moment, facts) = known;
        let (status, reasons, warnings, profile) = found;
        let (id, revision, received_at, updated_at) = record;
        Asset {
            id: AssetId::from_uuid(uuid::Uuid::from_u128(id)),
            place,
            status: AssetStatus::ALL[status],
            state,
            size,
            moment,
            facts,
            reasons,
            warnings,
            profile,
            filed: filed.0.map(|id| VersionId::from_uuid(uuid::Uuid::from_u128(id))),
            filing_problem: filed.1,
            revision,
            received_at,
            updated_at,
        }
    })
}

proptest! {
    #[test]
    fn an_asset_comes_back_as_it_was(asset in asset()) {
        let json = serde_json::to_string(&v1::Asset::try_from(&asset).unwrap()).unwrap();
        let wire: v1::Asset = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(Asset::try_from(&wire).unwrap(), asset);
    }

    #[test]
    fn a_file_comes_back_as_it_was(
        place in place(), state in state(), size in of(count()), moment in moment(), facts in facts(),
    ) {
        let event = AssetEvent { place, kind: EventKind::Created, state, size, moment };
        let json = serde_json::to_string(&v1::AssetFile::of(&event, &facts)).unwrap();
        let wire: v1::AssetFile = serde_json::from_str(&json).unwrap();
        // What kind of file it is has no place in the words of the documents.
        let facts = AssetFacts { container: None, codec: None, ..facts };
        prop_assert_eq!(wire.decode().unwrap(), (event, facts));
    }

    #[test]
    fn something_quarantined_comes_back_as_it_was(
        ids in any::<(u128, u128)>(), place in place(), aside in place(), state in state(),
        size in of(count()), reasons in reasons(), at in time(),
    ) {
        let object = Quarantined {
            id: QuarantineId::from_uuid(uuid::Uuid::from_u128(ids.0)),
            asset: AssetId::from_uuid(uuid::Uuid::from_u128(ids.1)),
            place, stored_as: aside.key, state, size, reasons, at,
        };
        let json = serde_json::to_string(&v1::QuarantinedObject::from(&object)).unwrap();
        let wire: v1::QuarantinedObject = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(Quarantined::try_from(&wire).unwrap(), object);
    }

    #[test]
    fn whatever_is_posted_is_read_or_refused(
        words in prop::collection::vec("\\PC{0,20}", 6), numbers in any::<(u64, u64)>(),
    ) {
        let posted = json!({
            "bucket": words[0], "file": words[1], "channel_count": 2, "frame_count": numbers.0,
            "sample_rate": 48_000, "bits_per_sample": 24, "duration": words[2],
            "etag": words[3], "size": numbers.1, "sequencer": words[4], "event_time": words[5],
        });
        let wire: v1::AssetFile = serde_json::from_value(posted).unwrap();
        let _ = wire.decode();
    }
}

#[test]
fn the_documents_words_are_taken_and_given() {
    let posted = json!({
        "bucket": "ingest", "file": "audio_1.wav", "channel_count": 2,
        "frame_count": 2_880_000, "sample_rate": 48_000, "bits_per_sample": 24,
        "duration": "60.0",
    });
    let wire: v1::AssetFile = serde_json::from_value(posted.clone()).unwrap();
    let (event, facts) = wire.decode().unwrap();
    assert_eq!(event.state, ObjectState::default());
    assert_eq!(event.moment, Moment::default());
    let given = serde_json::to_value(v1::AssetFile::of(&event, &facts)).unwrap();
    assert_eq!(given, posted);
}

#[test]
fn the_quotation_marks_of_an_etag_are_not_part_of_it() {
    let state_of = |etag: &str| {
        let posted = json!({
            "bucket": "b", "file": "f", "channel_count": 1, "frame_count": 1, "sample_rate": 1,
            "bits_per_sample": 8, "duration": 1, "etag": etag, "version_id": "",
        });
        let wire: v1::AssetFile = serde_json::from_value(posted).unwrap();
        wire.decode().unwrap().0.state
    };
    assert_eq!(state_of("\"9b2c-2\"").etag.as_deref(), Some("9b2c-2"));
    assert_eq!(state_of("9b2c-2").etag.as_deref(), Some("9b2c-2"));
    assert_eq!(state_of("").etag, None);
    assert_eq!(state_of("\"\"").etag, None);
    assert_eq!(state_of("x").version_id, None);
}

#[test]
fn every_status_has_its_name() {
    for status in AssetStatus::ALL {
        let wire: v1::AssetStatus = serde_json::from_value(json!(status.as_str())).unwrap();
        assert_eq!(AssetStatus::from(wire), *status);
        assert_eq!(serde_json::to_value(wire).unwrap(), json!(status.as_str()));
    }
}
