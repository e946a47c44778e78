//! What buckets tell, as Amazon and the servers of the live tests word it, and what
//! strangers send instead.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};
use studio_domain::{AssetEvent, AssetPlace, EventKind, Moment, ObjectState, Sequencer, Timestamp};
use studio_queue::event::{MOST_RECORDS, Parsed, encode, parse};

const AMAZON: &str = include_str!("fixtures/amazon.json");
const MINISTACK: &str = include_str!("fixtures/ministack.json");
const MOTO: &str = include_str!("fixtures/moto.json");
const BRIDGE: &str = include_str!("fixtures/bridge.json");

fn place(key: &str) -> AssetPlace {
    AssetPlace { bucket: "ingest".parse().unwrap(), key: key.parse().unwrap() }
}

fn state(etag: Option<&str>, version_id: Option<&str>) -> ObjectState {
    ObjectState { etag: etag.map(str::to_owned), version_id: version_id.map(str::to_owned) }
}

fn moment(sequencer: Option<&str>, micros: i64) -> Moment {
    let sequencer = sequencer.map(|digits| digits.parse().unwrap());
    Moment { sequencer, at: Some(Timestamp::from_micros(micros)) }
}

fn only(body: &str) -> AssetEvent {
    match parse(body) {
        Parsed::Events(events) if events.len() == 1 => events.into_iter().next().unwrap(),
        other => panic!("{body} is {other:?}"),
    }
}

fn code(body: &str) -> &'static str {
    match parse(body) {
        Parsed::Unknown(problem) => problem.code,
        other => panic!("{body} is {other:?}"),
    }
}

/// As SNS wraps a message that it does not deliver raw.
fn in_sns(message: &str) -> String {
    json!({
        "Type": "Notification",
        "MessageId": "dc1e94d9-56c5-5e96-808d-cc7f68faa162",
        "TopicArn": "arn:aws:sns:us-east-1:111122223333:uploads",
        "Subject": "Amazon S3 Notification",
        "Message": message,
        "Timestamp": "2026-11-22T13:56:47.002Z",
        "SignatureVersion": "1",
        "Signature": "EXAMPLE",
    })
    .to_string()
}

/// A notification with one thing of it replaced.
fn changed(path: &str, value: Value) -> String {
    let mut message: Value = serde_json::from_str(AMAZON).unwrap();
    *message.pointer_mut(&format!("/Records/0{path}")).unwrap() = value;
    message.to_string()
}

const HARD: &str = "sp ace/DJ's Björk+1.wav";
/// 2026-11-22T13:56:46Z
const SECOND: i64 = 1_795_355_806_000_000;

#[test]
fn amazon_tells_of_a_new_object() {
    let expected = AssetEvent {
        place: place(HARD),
        kind: EventKind::Created,
        state: state(
            Some("d41d8cd98f00b204e9800998ecf8427e-3"),
            Some("096fKKXTRTtl3on89fVO.nfljtsv6qko"),
        ),
        size: Some(17_280_102),
        moment: moment(Some("0055AED6DCD90281E5"), SECOND + 110_000),
    };
    assert_eq!(only(AMAZON), expected);
}

#[test]
fn ministack_tells_of_an_object_that_is_gone() {
    let expected = AssetEvent {
        place: place(HARD),
        kind: EventKind::Removed,
        state: ObjectState::default(),
        size: None,
        moment: moment(Some("00000660DDD90A6DC8"), SECOND + 113_000),
    };
    assert_eq!(only(MINISTACK), expected);
}

#[test]
fn moto_encodes_slashes_too_and_has_no_sequencer() {
    let expected = AssetEvent {
        place: place(HARD),
        kind: EventKind::Created,
        state: state(Some("900150983cd24fb0d6963f7d28e17f72"), None),
        size: Some(3),
        moment: moment(None, SECOND + 6_482_000),
    };
    assert_eq!(only(MOTO), expected);
}

#[test]
fn event_bridge_does_not_encode_keys() {
    let expected = AssetEvent {
        place: place("sp ace/DJ's Björk+1%41.wav"),
        kind: EventKind::Created,
        state: state(
            Some("b1946ac92492d2347c6235b4d2611184"),
            Some("IYV3p45BT0ac8hjHg1houSdS1a.Mro8e"),
        ),
        size: Some(5),
        moment: moment(Some("00617F08299329D189"), SECOND),
    };
    assert_eq!(only(BRIDGE), expected);
    let deleted = BRIDGE.replace("Object Created", "Object Deleted");
    assert_eq!(only(&deleted), AssetEvent { kind: EventKind::Removed, size: None, ..expected });
    let tagged = BRIDGE.replace("Object Created", "Object Tags Added");
    assert_eq!(code(&tagged), "unknown_event");
    assert_eq!(code(&BRIDGE.replace("aws.s3", "aws.ec2")), "unknown_event");
}

#[test]
fn sns_wraps_any_of_them() {
    for body in [AMAZON, MINISTACK, MOTO, BRIDGE] {
        assert_eq!(only(&in_sns(body)), only(body));
        assert_eq!(only(&in_sns(&in_sns(body))), only(body));
        assert_eq!(code(&in_sns(&in_sns(&in_sns(body)))), "nested_too_deep");
    }
    assert_eq!(code(&in_sns("hello")), "not_json");
    let confirmation = json!({ "Type": "SubscriptionConfirmation", "Message": AMAZON });
    assert_eq!(code(&confirmation.to_string()), "no_records");
}

#[test]
fn a_test_of_the_queue_is_no_event() {
    let test = json!({
        "Service": "Amazon S3",
        "Event": "s3:TestEvent",
        "Time": "2026-11-22T13:56:46.000Z",
        "Bucket": "ingest",
        "RequestId": "581978ac",
        "HostId": "a9cb65d6",
    })
    .to_string();
    assert_eq!(parse(&test), Parsed::Test);
    assert_eq!(parse(&in_sns(&test)), Parsed::Test);
    assert_eq!(code(&test.replace("s3:TestEvent", "s3:Other")), "no_records");
}

#[test]
fn event_names_come_with_and_without_their_prefix() {
    let cases = [
        ("ObjectCreated:Put", EventKind::Created),
        ("s3:ObjectCreated:Copy", EventKind::Created),
        ("ObjectCreated:Post", EventKind::Created),
        ("ObjectRemoved:DeleteMarkerCreated", EventKind::Removed),
        ("s3:ObjectRemoved:Delete", EventKind::Removed),
        ("LifecycleExpiration:Delete", EventKind::Removed),
        ("s3:LifecycleExpiration:DeleteMarkerCreated", EventKind::Removed),
    ];
    for (name, kind) in cases {
        assert_eq!(only(&changed("/eventName", name.into())).kind, kind, "{name}");
    }
    for name in ["ObjectRestore:Completed", "s3:ObjectTagging:Put", "", "objectcreated:Put"] {
        assert_eq!(code(&changed("/eventName", name.into())), "unknown_event", "{name}");
    }
}

#[test]
fn names_of_states_that_say_nothing_are_none() {
    let body = changed("/s3/object/versionId", "null".into());
    assert_eq!(only(&body).state.version_id, None);
    let body = changed("/s3/object/versionId", "".into());
    assert_eq!(only(&body).state.version_id, None);
    let body = changed("/s3/object/eTag", "\"abc\"".into());
    assert_eq!(only(&body).state.etag.as_deref(), Some("abc"));
    let body = changed("/s3/object/eTag", Value::Null);
    assert_eq!(only(&body).state.etag, None);
}

#[test]
fn what_is_no_sequencer_or_time_or_size_counts_as_none() {
    for odd in [json!("xyz"), json!(""), json!(7), json!("0".repeat(500))] {
        assert_eq!(only(&changed("/s3/object/sequencer", odd)).moment.sequencer, None);
    }
    for odd in [json!("yesterday"), json!(0), json!("2026-11-22"), json!("2".repeat(5000))] {
        assert_eq!(only(&changed("/eventTime", odd)).moment.at, None);
    }
    for odd in [json!(-1), json!("17"), json!(1e300), json!({})] {
        assert_eq!(only(&changed("/s3/object/size", odd)).size, None);
    }
    let five_terabytes = 5_u64 << 40;
    let body = changed("/s3/object/size", five_terabytes.into());
    assert_eq!(only(&body).size, Some(five_terabytes));
}

#[test]
fn every_problem_has_its_name() {
    let cases = [
        ("".to_owned(), "not_json"),
        ("hello".to_owned(), "not_json"),
        ("{".to_owned(), "not_json"),
        (r#"{"Records":[{"s3":"\ud800"}]}"#.to_owned(), "not_json"),
        ("[".repeat(100_000), "not_json"),
        ("7".to_owned(), "no_records"),
        ("{}".to_owned(), "no_records"),
        (r#"{"Records":null}"#.to_owned(), "no_records"),
        (r#"{"Records":{}}"#.to_owned(), "no_records"),
        (r#"{"Records":[]}"#.to_owned(), "empty_records"),
        (json!({ "Records": vec![0; MOST_RECORDS + 1] }).to_string(), "too_many_records"),
        (r#"{"Records":[7]}"#.to_owned(), "bad_record"),
        (r#"{"Records":[{}]}"#.to_owned(), "bad_record"),
        (changed("/s3", Value::Null), "bad_record"),
        (changed("/s3/object", Value::Null), "bad_record"),
        (changed("/eventName", Value::Null), "bad_record"),
        (changed("/eventVersion", "3.0".into()), "unsupported_version"),
        (changed("/eventVersion", "".into()), "unsupported_version"),
        (changed("/s3/bucket/name", "".into()), "bad_bucket"),
        (changed("/s3/bucket/name", "a\nb".into()), "bad_bucket"),
        (changed("/s3/bucket", Value::Null), "bad_bucket"),
        (changed("/s3/object/key", Value::Null), "bad_key"),
        (changed("/s3/object/key", "".into()), "bad_key"),
        (changed("/s3/object/key", "%ff%fe.wav".into()), "bad_key"),
        (changed("/s3/object/key", "%C3".into()), "bad_key"),
        (changed("/s3/object/key", "ö".repeat(513).into()), "bad_key"),
    ];
    for (body, expected) in cases {
        assert_eq!(code(&body), expected, "{}", &body[..body.len().min(200)]);
    }
}

#[test]
fn a_detail_is_one_short_line() {
    let body = changed("/eventName", format!("a\n\u{1b}[2J{}", "ö".repeat(10_000)).into());
    let Parsed::Unknown(problem) = parse(&body) else { panic!("{body}") };
    assert_eq!(problem.detail.chars().count(), 256);
    assert!(!problem.detail.chars().any(char::is_control), "{problem}");
}

#[test]
fn a_key_may_have_1024_bytes_and_anything_in_it() {
    let key = "日".repeat(341) + "a";
    let encoded = "%E6%97%A5".repeat(341) + "a";
    assert_eq!(only(&changed("/s3/object/key", encoded.into())).place, place(&key));
    for (encoded, key) in [
        ("a//b/../c/", "a//b/../c/"),
        ("%2e%2E/%00%0A", "../\0\n"),
        ("100%25+%zz%4", "100% %zz%4"),
        ("Björk", "Björk"),
    ] {
        assert_eq!(only(&changed("/s3/object/key", encoded.into())).place, place(key));
    }
}

#[test]
fn what_can_be_read_beside_nonsense_is_not_lost() {
    let mut message: Value = serde_json::from_str(AMAZON).unwrap();
    let good = message["Records"][0].clone();
    let mut odd = good.clone();
    odd["eventName"] = "ObjectTagging:Put".into();
    message["Records"] = json!([good, odd, 7, good]);
    let Parsed::Partly { events, problem } = parse(&message.to_string()) else { panic!() };
    assert_eq!(events, [only(AMAZON), only(AMAZON)]);
    assert_eq!(problem.code, "unknown_event");
}

#[test]
fn a_message_full_of_junk_is_quick() {
    let size = 256 << 10;
    let record = changed("/eventName", "ObjectTagging:Put".into());
    let record = &record[r#"{"Records":["#.len()..record.len() - 2];
    let junk = [
        "x".repeat(size),
        "[".repeat(size),
        "{\"a\":".repeat(size / 5),
        format!("[{}0]", "0,".repeat(size / 2)),
        format!("{{\"Records\":[{}0]}}", "0,".repeat(size / 2)),
        format!("{{\"Records\":[{}{record}]}}", format!("{record},").repeat(size / record.len())),
        changed("/s3/object/key", "%f".repeat(size / 2).into()),
        changed("/s3/object/key", "+".repeat(size).into()),
        in_sns(&"\\\"".repeat(size / 4)),
    ];
    let begun = Instant::now();
    for body in &junk {
        assert!(matches!(parse(body), Parsed::Unknown(_)), "{}", &body[..100]);
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(5), "{took:?} for {} messages", junk.len());
}

prop_compose! {
    fn events()(
        key in any::<String>().prop_map(|key| key.chars().take(200).collect::<String>()),
        created in any::<bool>(),
        etag in option::of("[0-9a-f-]{1,40}"),
        version in option::of("[A-Za-z0-9._]{5,40}"),
        size in any::<u64>(),
        sequencer in option::of("[0-9A-F]{1,18}"),
        at in option::of(0_i64..4_000_000_000_000_000),
    ) -> AssetEvent {
        let key = if key.is_empty() { "+".to_owned() } else { key };
        AssetEvent {
            place: place(&key),
            kind: if created { EventKind::Created } else { EventKind::Removed },
            state: state(etag.as_deref(), version.as_deref()),
            size: created.then_some(size),
            moment: Moment {
                sequencer: sequencer.map(|digits| digits.parse::<Sequencer>().unwrap()),
                at: at.map(Timestamp::from_micros),
            },
        }
    }
}

proptest! {
    #[test]
    fn what_is_encoded_is_read_again(events in vec(events(), 1..5)) {
        let body = encode(&events);
        prop_assert!(body.is_ascii(), "{}", body);
        prop_assert_eq!(parse(&body), Parsed::Events(events.clone()));
        prop_assert_eq!(parse(&in_sns(&body)), Parsed::Events(events));
    }

    #[test]
    fn no_text_is_too_strange(text in any::<String>()) {
        for body in [
            text.clone(),
            changed("/s3/object/key", text.clone().into()),
            changed("/s3/bucket/name", text.clone().into()),
            changed("/eventName", text.clone().into()),
            changed("/eventTime", text.clone().into()),
            in_sns(&text),
        ] {
            if let Parsed::Unknown(problem) = parse(&body) {
                prop_assert!(!problem.detail.is_empty());
            }
        }
    }

    #[test]
    fn no_bytes_are_too_strange(mut bytes in vec(any::<u8>(), 0..300), at in any::<usize>()) {
        let _ = parse(&String::from_utf8_lossy(&bytes));
        // And in the midst of a message that is right.
        let whole = AMAZON.as_bytes();
        let at = at % whole.len();
        bytes.splice(0..0, whole[..at].iter().copied());
        bytes.extend(&whole[at..]);
        let _ = parse(&String::from_utf8_lossy(&bytes));
    }
}
