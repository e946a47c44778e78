//! Requests to delete, in both their forms.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};
use studio_domain::{AssetPlace, ObjectState, Timestamp};
use studio_queue::event::DeleteRequest;

const ORDER: &str = "0194b3c8-7f1e-7c3a-9d41-5a0c8e9f2b11";

fn bare(key: &str) -> DeleteRequest {
    DeleteRequest {
        place: AssetPlace { bucket: "ingest".parse().unwrap(), key: key.parse().unwrap() },
        state: ObjectState::default(),
        ordered_at: None,
        order: None,
    }
}

fn code(body: &str) -> &'static str {
    DeleteRequest::parse(body).unwrap_err().code
}

#[test]
fn both_forms_name_the_object_as_it_is() {
    let key = "sp ace/100%25+Björk.wav";
    let nested = json!({ "file": { "bucket": "ingest", "key": key } });
    assert_eq!(DeleteRequest::parse(&nested.to_string()), Ok(bare(key)));
    let flat = json!({
        "bucket": "ingest",
        "file": key,
        "channel_count": 2,
        "frame_count": 2_880_000,
        "duration": "60.0",
        "reasons": [{ "code": "sample_rate" }],
    });
    assert_eq!(DeleteRequest::parse(&flat.to_string()), Ok(bare(key)));
}

#[test]
fn conditions_are_read_in_both_forms() {
    let expected = DeleteRequest {
        state: ObjectState {
            etag: Some("abc-2".to_owned()),
            version_id: Some("IYV3p45".to_owned()),
        },
        ordered_at: Some(Timestamp::from_micros(1_795_355_806_110_000)),
        order: Some(ORDER.parse().unwrap()),
        ..bare("a.wav")
    };
    let mut file = json!({
        "bucket": "ingest",
        "key": "a.wav",
        "etag": "\"abc-2\"",
        "version_id": "IYV3p45",
        "ordered_at": "2026-11-22T13:56:46.11Z",
        "order": ORDER,
    });
    let nested = json!({ "file": file });
    assert_eq!(DeleteRequest::parse(&nested.to_string()).as_ref(), Ok(&expected));
    file["file"] = file["key"].take();
    assert_eq!(DeleteRequest::parse(&file.to_string()), Ok(expected));
}

#[test]
fn the_text_that_is_sent_is_the_documented_one() {
    let text = bare("a b.wav").encode();
    assert_eq!(text, r#"{"file":{"bucket":"ingest","key":"a b.wav"}}"#);
}

#[test]
fn a_condition_that_cannot_be_read_deletes_nothing() {
    let with = |name: &str, value: Value| {
        let mut file = json!({ "bucket": "ingest", "key": "a.wav" });
        file[name] = value;
        json!({ "file": file }).to_string()
    };
    for (name, value, expected) in [
        ("etag", json!(7), "bad_state"),
        ("etag", json!("\"\""), "bad_state"),
        ("version_id", json!({}), "bad_state"),
        ("ordered_at", json!("soon"), "bad_time"),
        ("ordered_at", json!(0), "bad_time"),
        ("order", json!("first"), "bad_order"),
        ("order", json!([]), "bad_order"),
    ] {
        assert_eq!(code(&with(name, value)), expected);
    }
    for nothing in [json!(null), json!("")] {
        for name in ["etag", "version_id", "ordered_at", "order"] {
            let request = DeleteRequest::parse(&with(name, nothing.clone()));
            assert_eq!(request, Ok(bare("a.wav")), "{name}");
        }
    }
}

#[test]
fn every_problem_has_its_name() {
    for (body, expected) in [
        ("delete it", "not_json"),
        ("[]", "no_records"),
        ("{}", "no_file"),
        (r#"{"file":7}"#, "no_file"),
        (r#"{"file":{}}"#, "bad_key"),
        (r#"{"file":{"key":"a"}}"#, "bad_bucket"),
        (r#"{"file":{"bucket":"b","key":""}}"#, "bad_key"),
        (r#"{"file":"a"}"#, "bad_bucket"),
        (r#"{"bucket":"","file":"a"}"#, "bad_bucket"),
        (r#"{"bucket":"b","file":""}"#, "bad_key"),
    ] {
        assert_eq!(code(body), expected, "{body}");
    }
}

proptest! {
    #[test]
    fn what_is_encoded_is_read_again(
        key in any::<String>().prop_map(|key| key.chars().take(200).chain(['x']).collect::<String>()),
        etag in option::of("[0-9a-f-]{1,40}"),
        version_id in option::of("[A-Za-z0-9._]{5,40}"),
        at in option::of(0_i64..4_000_000_000_000_000),
        ordered in any::<bool>(),
    ) {
        let request = DeleteRequest {
            state: ObjectState { etag, version_id },
            ordered_at: at.map(Timestamp::from_micros),
            order: ordered.then(|| ORDER.parse().unwrap()),
            ..bare(&key)
        };
        prop_assert_eq!(DeleteRequest::parse(&request.encode()), Ok(request));
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>()) {
        let _ = DeleteRequest::parse(&text);
        let _ = DeleteRequest::parse(&json!({ "bucket": text, "file": text }).to_string());
        let _ = DeleteRequest::parse(&json!({ "file": { "bucket": "b", "key": text } }).to_string());
    }
}
