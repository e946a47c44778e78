//! Whether an answer is one of OpenSubsonic: facts about its types and endpoints
//! (opensubsonic/open-subsonic-api, `openapi/`), without their texts.
//!
//! Each field of a type has a kind, and some must be there. A field that no type has is told too:
//! players pass it over, so a slip in a name would show nowhere else.

mod endpoints;
mod types;

use serde_json::{Map, Value};

use self::endpoints::ENDPOINTS;
use self::types::TYPES;

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// One of some texts.
    Word(&'static [&'static str]),
    /// A time in RFC 3339.
    Time,
    Whole,
    /// A whole number from 1 to 5.
    Stars,
    Number,
    Truth,
    Texts,
    Wholes,
    /// An element of a type.
    One(&'static str),
    /// Elements of a type.
    Many(&'static str),
}

/// A field, and whether it must be there.
type Field = (&'static str, Kind, bool);

/// A field that must be there.
const fn must(name: &'static str, kind: Kind) -> Field {
    (name, kind, true)
}

/// A field that may be there.
const fn may(name: &'static str, kind: Kind) -> Field {
    (name, kind, false)
}

/// What the envelope has, whatever it answers.
const ENVELOPE: [Field; 5] = [
    must("status", Kind::Word(&["ok", "failed"])),
    must("version", Kind::Text),
    must("type", Kind::Text),
    must("serverVersion", Kind::Text),
    must("openSubsonic", Kind::Truth),
];

/// The codes that an error can have.
const CODES: [i64; 12] = [0, 10, 20, 30, 40, 41, 42, 43, 44, 50, 60, 70];

/// The names of the endpoints whose answers can be checked.
pub fn endpoints() -> impl Iterator<Item = &'static str> {
    ENDPOINTS.iter().map(|(name, _)| *name)
}

/// What is wrong with a whole answer of an endpoint (without `.view`), in JSON: fields that are
/// missing, of another kind or of no type, each with its place. Nothing if the answer is right,
/// be it that the endpoint answered or that it refused.
pub fn check(endpoint: &str, answer: &Value) -> Vec<String> {
    let mut problems = Vec::new();
    let Some((_, field)) = ENDPOINTS.iter().find(|(name, _)| *name == endpoint) else {
        return vec![format!("nobody knows the endpoint {endpoint}")];
    };
    let Some(envelope) = answer.get("subsonic-response").and_then(Value::as_object) else {
        return vec![format!("there is no envelope in {answer}")];
    };
    if answer.as_object().is_some_and(|outside| outside.len() > 1) {
        problems.push("there is something beside the envelope".to_owned());
    }
    let mut fields = ENVELOPE.to_vec();
    match envelope.get("status").and_then(Value::as_str) {
        Some("failed") => fields.push(must("error", Kind::One("Error"))),
        _ => fields.extend(*field),
    }
    object("", envelope, &fields, &mut problems);
    if envelope.get("openSubsonic") == Some(&Value::Bool(false)) {
        problems.push("openSubsonic is false".to_owned());
    }
    let code = envelope.get("error").and_then(|error| error["code"].as_i64());
    if code.is_some_and(|code| !CODES.contains(&code)) {
        problems.push(format!("no error has the code {}", code.unwrap_or_default()));
    }
    problems
}

fn object(at: &str, object: &Map<String, Value>, fields: &[Field], problems: &mut Vec<String>) {
    let place = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
    for (name, kind, is_needed) in fields {
        match object.get(*name) {
            Some(found) => value(&place(name), found, *kind, problems),
            None if *is_needed => problems.push(format!("{} is missing", place(name))),
            None => {}
        }
    }
    for name in object.keys().filter(|name| fields.iter().all(|(known, _, _)| known != name)) {
        problems.push(format!("nobody knows {}", place(name)));
    }
}

fn value(at: &str, value: &Value, kind: Kind, problems: &mut Vec<String>) {
    let is_right = match kind {
        Kind::Text => value.is_string(),
        Kind::Word(words) => value.as_str().is_some_and(|word| words.contains(&word)),
        Kind::Time => value.as_str().is_some_and(is_time),
        Kind::Whole => value.is_i64() || value.is_u64(),
        Kind::Stars => value.as_i64().is_some_and(|stars| (1..=5).contains(&stars)),
        Kind::Number => value.is_number(),
        Kind::Truth => value.is_boolean(),
        Kind::Texts => all(value, Value::is_string),
        Kind::Wholes => all(value, |item| item.is_i64() || item.is_u64()),
        Kind::One(_) => value.is_object(),
        Kind::Many(_) => all(value, Value::is_object),
    };
    if !is_right {
        return problems.push(format!("{at} is {value}"));
    }
    match kind {
        Kind::One(name) => inside(at, value, name, problems),
        Kind::Many(name) => {
            for (place, item) in value.as_array().into_iter().flatten().enumerate() {
                inside(&format!("{at}[{place}]"), item, name, problems);
            }
        }
        _ => {}
    }
}

fn inside(at: &str, value: &Value, name: &str, problems: &mut Vec<String>) {
    let Some(found) = value.as_object() else { return };
    let parts = TYPES.iter().find(|(known, _)| *known == name).map(|(_, parts)| *parts);
    object(at, found, &parts.unwrap_or_default().concat(), problems);
}

fn all(value: &Value, is_right: impl Fn(&Value) -> bool) -> bool {
    value.as_array().is_some_and(|items| items.iter().all(is_right))
}

/// Whether a text is a time in RFC 3339, as in `2026-11-21T22:09:20.5Z`.
fn is_time(text: &str) -> bool {
    let pattern = |text: &str, pattern: &str| {
        text.len() == pattern.len()
            && text.bytes().zip(pattern.bytes()).all(|(found, wanted)| match wanted {
                b'0' => found.is_ascii_digit(),
                wanted => found == wanted,
            })
    };
    let Some((start, rest)) = text.split_at_checked(19) else { return false };
    let zone = match rest.strip_prefix('.') {
        None => rest,
        Some(rest) => {
            let zone = rest.trim_start_matches(|c: char| c.is_ascii_digit());
            if zone.len() == rest.len() {
                return false;
            }
            zone
        }
    };
    let number = |at: usize| start[at..at + 2].parse::<u8>().unwrap_or(u8::MAX);
    pattern(start, "0000-00-00T00:00:00")
        && (1..=12).contains(&number(5))
        && (1..=31).contains(&number(8))
        && (number(11), number(14), number(17)) <= (23, 59, 60)
        && number(14) <= 59
        && number(17) <= 60
        && (zone == "Z" || pattern(zone, "+00:00") || pattern(zone, "-00:00"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn answer(mut fields: Value) -> Value {
        let own = json!({ "status": "ok", "version": "1.16.1", "type": "studio",
            "serverVersion": "0", "openSubsonic": true });
        for (name, value) in own.as_object().unwrap() {
            fields.as_object_mut().unwrap().entry(name).or_insert(value.clone());
        }
        json!({ "subsonic-response": fields })
    }

    #[test]
    fn every_type_that_is_named_is_there() {
        let fields = TYPES.iter().flat_map(|(_, parts)| parts.concat());
        let fields = fields.chain(ENDPOINTS.iter().filter_map(|(_, field)| *field));
        for (field, kind, _) in fields {
            if let Kind::One(name) | Kind::Many(name) = kind {
                assert_eq!(TYPES.iter().filter(|(known, _)| *known == name).count(), 1, "{field}");
            }
        }
        for name in endpoints() {
            assert_eq!(endpoints().filter(|other| *other == name).count(), 1, "{name}");
        }
    }

    #[test]
    fn what_is_right_has_no_problems() {
        assert_eq!(check("ping", &answer(json!({}))), [""; 0]);
        let genre = json!({ "value": "Soul", "songCount": 1, "albumCount": 1 });
        let genres = answer(json!({ "genres": { "genre": [genre] } }));
        assert_eq!(check("getGenres", &genres), [""; 0]);
        let refused = json!({ "status": "failed", "error": { "code": 70, "message": "gone" } });
        assert_eq!(check("getGenres", &answer(refused)), [""; 0]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let song = |field: &str, value: Value| {
            let mut song = json!({ "id": "1", "isDir": false, "title": "x" });
            song[field] = value;
            answer(json!({ "song": song }))
        };
        for (endpoint, answer, problem) in [
            ("getGenres", answer(json!({})), "genres is missing"),
            ("getGenres", answer(json!({ "genres": [] })), "genres is []"),
            (
                "getGenres",
                answer(json!({ "genres": { "genre": [{ "value": "Soul",
                "songCount": "1", "albumCount": 1 }] } })),
                "genres.genre[0].songCount is \"1\"",
            ),
            ("getGenres", answer(json!({ "genres": { "genre": {} } })), "genres.genre is {}"),
            ("getGenres", answer(json!({ "genres": {}, "x": 1 })), "nobody knows x"),
            ("getSong", song("title", Value::Null), "song.title is null"),
            ("getSong", song("duration", json!(1.5)), "song.duration is 1.5"),
            ("getSong", song("userRating", json!(0)), "song.userRating is 0"),
            ("getSong", song("mediaType", json!("tape")), "song.mediaType is \"tape\""),
            ("getSong", song("isrc", json!([1])), "song.isrc is [1]"),
            ("getSong", song("starred", json!("today")), "song.starred is \"today\""),
            ("getSong", song("artists", json!([{ "id": "1" }])), "song.artists[0].name is missing"),
            ("getSong", song("albumid", json!("1")), "nobody knows song.albumid"),
            ("ping", answer(json!({ "openSubsonic": false })), "openSubsonic is false"),
            ("ping", answer(json!({ "status": "good" })), "status is \"good\""),
            ("ping", answer(json!({ "status": "failed" })), "error is missing"),
            (
                "ping",
                answer(json!({ "status": "failed", "error": { "code": 5 } })),
                "no error has the code 5",
            ),
            ("ping", json!({ "status": "ok" }), "there is no envelope in {\"status\":\"ok\"}"),
            ("pong", answer(json!({})), "nobody knows the endpoint pong"),
        ] {
            assert_eq!(check(endpoint, &answer), [problem]);
        }
    }

    #[test]
    fn times_are_those_of_rfc_3339() {
        for good in
            ["2026-11-21T22:09:20Z", "2026-11-21T22:09:20.123456Z", "2026-11-21T00:00:60-05:30"]
        {
            assert!(is_time(good), "{good}");
        }
        for bad in [
            "",
            "2026-11-21",
            "2026-11-21T22:09:20",
            "2026-11-21T22:09:20.Z",
            "2026-13-21T22:09:20Z",
            "2026-11-32T22:09:20Z",
            "2026-11-21T24:09:20Z",
            "2026-11-21T22:60:20Z",
            "2026-11-21T22:09:61Z",
            "2026-11-21 22:09:20Z",
            "2026-11-21T22:09:2üZ",
            "2026-11-21T22:09:20Zx",
        ] {
            assert!(!is_time(bad), "{bad}");
        }
    }
}
