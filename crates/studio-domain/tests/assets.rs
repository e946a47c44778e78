//! Assets: their places, the order of their events, their states and their lengths.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::cmp::Ordering;

use proptest::prelude::*;
use studio_domain::{
    AssetEvent, AssetFacts, AssetKey, AssetPlace, AudioFormat, BitDepth, BucketName, Codec,
    Container, EventKind, Moment, ObjectState, Sequencer, Timestamp, duration,
};

fn sequencer(text: &str) -> Sequencer {
    text.parse().unwrap()
}

fn place(bucket: &str, key: &str) -> AssetPlace {
    AssetPlace { bucket: bucket.parse().unwrap(), key: key.parse().unwrap() }
}

fn state(etag: Option<&str>, version_id: Option<&str>) -> ObjectState {
    ObjectState { etag: etag.map(str::to_owned), version_id: version_id.map(str::to_owned) }
}

fn moment(sequencer: Option<u128>, at: Option<i64>) -> Moment {
    Moment {
        sequencer: sequencer.map(|number| format!("{number:X}").parse().unwrap()),
        at: at.map(Timestamp::from_micros),
    }
}

#[test]
fn a_bucket_is_named_without_control_characters() {
    for name in ["b", "my-bucket.1", "file:///tmp/drop%20box", "ö", "a b", &"x".repeat(4096)] {
        let bucket: BucketName = name.parse().unwrap();
        assert_eq!((bucket.as_str(), bucket.to_string().as_str()), (name, name));
    }
    for (name, problem) in [
        ("", "the name of the bucket is empty"),
        ("a\nb", "the name of the bucket has a control character"),
        ("\0", "the name of the bucket has a control character"),
        ("\u{85}", "the name of the bucket has a control character"),
        (&"x".repeat(4097), "the name of the bucket is longer than 4096 bytes"),
    ] {
        let refused = name.parse::<BucketName>().unwrap_err();
        assert_eq!(refused.to_string(), problem, "{name:?}");
    }
}

#[test]
fn a_key_is_any_text_up_to_a_limit() {
    for key in ["/", "//", "a//b", ".", "../..", "\0", "a\nb", " ", "%2B+", &"🎸".repeat(256)] {
        assert_eq!(key.parse::<AssetKey>().unwrap().as_str(), key);
    }
    let too_long = format!("{}a", "🎸".repeat(256));
    for (key, problem) in
        [("", "the object key is empty"), (&too_long, "the object key is longer than 1024 bytes")]
    {
        assert_eq!(key.parse::<AssetKey>().unwrap_err().to_string(), problem);
    }
}

#[test]
fn a_key_ends_in_the_name_of_a_file() {
    for (key, name) in
        [("a.wav", "a.wav"), ("b/a.wav", "a.wav"), ("/a.wav", "a.wav"), ("a/", ""), ("/", "")]
    {
        assert_eq!(key.parse::<AssetKey>().unwrap().file_name(), name, "{key}");
    }
}

#[test]
fn a_place_is_shown_as_a_url_in_one_line() {
    for (bucket, key, shown) in [
        ("ingest", "a/b.wav", "s3://ingest/a/b.wav"),
        ("file:///tmp/in", "b.wav", "file:///tmp/in/b.wav"),
        ("ingest", "a\nb\u{1b}[31m\0é", "s3://ingest/a\\nb\\u{1b}[31m\\u{0}é"),
    ] {
        assert_eq!(place(bucket, key).to_string(), shown);
    }
}

#[test]
fn a_sequencer_has_hexadecimal_digits() {
    for text in ["0", "0055AED6DCD90281E5", "ffffffffffffffff", &"F".repeat(128)] {
        assert_eq!(sequencer(text).as_str(), text.to_ascii_uppercase());
    }
    for text in ["", " ", "0x1", "+1", "-1", "1 ", "g", "１", "1\0", &"0".repeat(129)] {
        let refused = text.parse::<Sequencer>().unwrap_err();
        assert_eq!(refused.to_string(), "a sequencer has 1 to 128 hexadecimal digits", "{text:?}");
    }
}

#[test]
fn sequencers_are_compared_as_numbers() {
    // As text each of these pairs is the other way round, or not the same.
    assert!(sequencer("9") < sequencer("10"));
    assert!(sequencer("0FF") < sequencer("00100"));
    assert!(sequencer("ff") > sequencer("FE"));
    assert_eq!(sequencer("000"), sequencer("0"));
    assert_eq!(sequencer("00aB"), sequencer("Ab"));
    assert!(sequencer(&"F".repeat(127)) < sequencer(&format!("1{}", "0".repeat(127))));
}

#[test]
fn a_moment_is_before_another_by_the_sequencer_first() {
    let is_before = |own: Moment, other: Moment| own.is_before(&other);
    assert!(is_before(moment(Some(9), Some(100)), moment(Some(16), Some(50))));
    assert!(!is_before(moment(Some(16), Some(50)), moment(Some(9), Some(100))));
    // What is the same is not before, whatever the clock says.
    assert!(!is_before(moment(Some(9), Some(1)), moment(Some(9), Some(2))));
    // Without two sequencers it is by the clock.
    assert!(is_before(moment(Some(99), Some(1)), moment(None, Some(2))));
    assert!(is_before(moment(None, Some(1)), moment(Some(1), Some(2))));
    assert!(!is_before(moment(None, Some(2)), moment(None, Some(2))));
    // And without two times it is not known.
    assert!(!is_before(moment(None, Some(1)), moment(Some(1), None)));
    assert!(!is_before(moment(Some(1), None), moment(None, None)));
}

#[test]
fn states_are_the_same_by_what_both_tell() {
    let none = state(None, None);
    let (etag, version) = (state(Some("a"), None), state(None, Some("1")));
    let both = state(Some("a"), Some("1"));
    for (one, other, is_same) in [
        (&none, &none, false),
        (&none, &both, false),
        (&etag, &version, false),
        (&etag, &etag, true),
        (&etag, &both, true),
        (&version, &both, true),
        (&both, &both, true),
        (&both, &state(Some("a"), Some("2")), false),
        (&both, &state(Some("b"), Some("1")), false),
        (&etag, &state(Some("A"), None), false),
        (&state(Some(""), None), &state(Some(""), None), true),
    ] {
        assert_eq!(one.is_same(other), is_same, "{one:?} and {other:?}");
        assert_eq!(other.is_same(one), is_same, "{other:?} and {one:?}");
    }
}

fn event(kind: EventKind, state: ObjectState, moment: Moment) -> AssetEvent {
    AssetEvent { place: place("b", "k"), kind, state, size: None, moment }
}

#[test]
fn an_event_is_known_by_kind_state_and_order() {
    use EventKind::{Created, Removed};
    let both = || state(Some("a"), Some("1"));
    for (event, identity) in [
        (event(Created, both(), moment(Some(10), Some(5))), "created|v:1|s:A"),
        (event(Removed, both(), moment(Some(10), None)), "removed|v:1|s:A"),
        (event(Created, state(Some("a"), None), moment(Some(10), None)), "created|e:a|s:A"),
        (event(Created, state(Some("a"), None), moment(None, Some(-5))), "created|e:a|t:-5"),
        (event(Created, state(None, None), moment(None, None)), "created|-|-"),
    ] {
        assert_eq!(event.identity(), identity);
    }
    // However many zeros and in whatever case a sequencer is told.
    let told = |text: &str| Moment { sequencer: Some(sequencer(text)), at: None };
    let told = |text: &str| event(Created, both(), told(text)).identity();
    assert_eq!(told("00ab"), told("AB"));
}

/// `str(frames / rate)` of Python 3, which wrote these lengths before.
#[test]
fn a_length_is_told_as_python_tells_it() {
    for (frames, rate, text) in [
        (2_880_000, 48_000, "60.0"),
        (1_000, 48_000, "0.020833333333333332"),
        (72_000, 48_000, "1.5"),
        (0, 48_000, "0.0"),
        (2_880_001, 48_000, "60.00002083333333"),
        (1, 3, "0.3333333333333333"),
        (2, 3, "0.6666666666666666"),
        (441, 44_100, "0.01"),
        (44_101, 44_100, "1.0000226757369615"),
        (1 << 53, 1, "9007199254740992.0"),
    ] {
        assert_eq!(duration(frames, rate), text, "{frames} / {rate}");
    }
    // The same digits without Python's exponent, which not every reader of decimals takes.
    assert_eq!(duration(1, 44_100), "0.000022675736961451248");
    assert_eq!(duration(u64::MAX, 1), "18446744073709552000.0");
    assert_eq!(duration(7, 0), "0.0");
}

#[test]
fn facts_are_those_of_the_header() {
    let format = AudioFormat {
        container: Container::Wav,
        codec: Codec::Pcm,
        channels: 2,
        sample_rate: 48_000,
        bit_depth: Some(BitDepth { container: 24, valid: 20 }),
        frames: Some(2_880_000),
    };
    let expected = AssetFacts {
        channel_count: 2,
        frame_count: 2_880_000,
        sample_rate: 48_000,
        bits_per_sample: 24,
        duration: "60.0".to_owned(),
        container: Some(Container::Wav),
        codec: Some(Codec::Pcm),
    };
    assert_eq!(AssetFacts::of(&format), expected);
    let untold = AssetFacts::of(&AudioFormat { bit_depth: None, frames: None, ..format });
    assert_eq!((untold.bits_per_sample, untold.frame_count), (0, 0));
    assert_eq!(untold.duration, "0.0");
}

fn moments() -> impl Strategy<Value = Moment> {
    (prop::option::of(0_u128..4), prop::option::of(0_i64..4))
        .prop_map(|(sequencer, at)| moment(sequencer, at))
}

fn states() -> impl Strategy<Value = ObjectState> {
    (prop::option::of("[ab]"), prop::option::of("[12]"))
        .prop_map(|(etag, version_id)| ObjectState { etag, version_id })
}

proptest! {
    #[test]
    fn the_order_of_sequencers_is_that_of_their_numbers(
        one: u128,
        other: u128,
        zeros in 0_usize..90,
        is_lower: bool,
    ) {
        let told = format!("{}{one:X}", "0".repeat(zeros));
        let told = if is_lower { told.to_lowercase() } else { told };
        prop_assert_eq!(sequencer(&told).cmp(&sequencer(&format!("{other:x}"))), one.cmp(&other));
        prop_assert_eq!(sequencer(&told).cmp(&sequencer(&format!("{one:x}"))), Ordering::Equal);
        // What is the same is the same event.
        let identity = |text: &str| {
            let moment = Moment { sequencer: Some(sequencer(text)), at: None };
            event(EventKind::Created, ObjectState::default(), moment).identity()
        };
        prop_assert_eq!(identity(&told) == identity(&format!("{other:X}")), one == other);
    }

    #[test]
    fn no_text_breaks_a_sequencer(text: String) {
        let is_one = (1..=128).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_hexdigit());
        prop_assert_eq!(text.parse::<Sequencer>().is_ok(), is_one);
    }

    #[test]
    fn of_two_moments_at_most_one_is_before(one in moments(), other in moments()) {
        prop_assert!(!one.is_before(&one));
        prop_assert!(!(one.is_before(&other) && other.is_before(&one)));
        if let (Some(own), Some(others)) = (&one.sequencer, &other.sequencer) {
            prop_assert_eq!(one.is_before(&other), own < others);
        }
    }

    #[test]
    fn moments_of_one_kind_are_in_a_row(
        one in moments(),
        two in moments(),
        three in moments(),
        has_sequencers: bool,
    ) {
        let [one, two, three] = [one, two, three].map(|moment| match has_sequencers {
            true => Moment { sequencer: moment.sequencer.or(Some(sequencer("0"))), ..moment },
            false => Moment { sequencer: None, at: moment.at.or(Some(Timestamp::from_micros(0))) },
        });
        if one.is_before(&two) && two.is_before(&three) {
            prop_assert!(one.is_before(&three));
        }
        if !one.is_before(&two) && !two.is_before(&three) {
            prop_assert!(!one.is_before(&three));
        }
    }

    #[test]
    fn same_is_same_both_ways(one in states(), other in states()) {
        prop_assert_eq!(one.is_same(&other), other.is_same(&one));
        let is_named = one.etag.is_some() || one.version_id.is_some();
        prop_assert_eq!(one.is_same(&one), is_named);
        prop_assert!(one != other || one.is_same(&other) == is_named);
        // More that is told of both never makes the same what was not.
        if one.is_same(&other) {
            let less = ObjectState { etag: None, ..other.clone() };
            let is_told = one.version_id.is_some() && less.version_id.is_some();
            prop_assert_eq!(one.is_same(&less), is_told);
        }
    }

    #[test]
    fn every_text_of_the_right_length_is_a_key(text: String) {
        let fits = (1..=1024).contains(&text.len());
        match text.parse::<AssetKey>() {
            Ok(key) => {
                prop_assert!(fits);
                prop_assert_eq!(key.as_str(), &text);
                prop_assert!(text.ends_with(key.file_name()) && !key.file_name().contains('/'));
                prop_assert!(!key.to_string().chars().any(char::is_control));
            }
            Err(_) => prop_assert!(!fits),
        }
    }

    #[test]
    fn no_text_breaks_a_bucket(text: String) {
        let fits = (1..=4096).contains(&text.len()) && !text.chars().any(char::is_control);
        prop_assert_eq!(text.parse::<BucketName>().is_ok(), fits);
    }

    #[test]
    fn a_length_is_read_back_as_it_was(frames: u64, rate in 1_u32..) {
        let text = duration(frames, rate);
        let (seconds, decimals) = text.split_once('.').unwrap();
        let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        prop_assert!(is_number(seconds) && is_number(decimals), "{}", text);
        let exact: f64 = text.parse().unwrap();
        prop_assert_eq!(exact.to_bits(), (frames as f64 / f64::from(rate)).to_bits());
    }
}
