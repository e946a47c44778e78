//! What buckets tell in messages, and what services ask for in them: text in, values out.
//!
//! The text comes from strangers. Reading it never panics, takes time in proportion to its
//! length, and ends in a [`Problem`] that says what is wrong.

mod bridge;
mod deletion;
mod encode;
mod notification;

use std::fmt;
use std::str::FromStr;

use serde_json::{Map, Value};
use studio_domain::{AssetEvent, AssetKey, AssetPlace, BucketName, Timestamp};

pub use self::deletion::DeleteRequest;
pub use self::encode::encode;

/// The most objects that one message may tell of. S3 tells of one.
pub const MOST_RECORDS: usize = 1000;

/// How often a message may be wrapped in another one: a notification, or an event of
/// EventBridge, through SNS, and once more.
const MOST_WRAPS: usize = 2;

/// The most characters of a detail.
const LONGEST_DETAIL: usize = 256;

/// The longest text that is looked at as a time.
const LONGEST_TIME: usize = 64;

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parsed {
    /// What happened to some objects; at least one.
    Events(Vec<AssetEvent>),
    /// What happened to some objects, and something that makes no sense beside it.
    Partly {
        /// What could be read; at least one.
        events: Vec<AssetEvent>,
        /// What is wrong with the first record that could not.
        problem: Problem,
    },
    /// The message by which S3 tries a queue when it is set up; there is nothing to do.
    Test,
    /// Nothing that is known.
    Unknown(Problem),
}

/// Why a message cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// A stable name, for programs: `not_json`, `no_records`, `empty_records`,
    /// `too_many_records`, `nested_too_deep`, `unsupported_version`, `unknown_event`,
    /// `bad_record`, `bad_bucket`, `bad_key`; of requests to delete also `no_file`,
    /// `bad_state`, `bad_time` and `bad_order`.
    pub code: &'static str,
    /// What is wrong, for people: one line, shortened.
    pub detail: String,
}

impl Problem {
    fn new(code: &'static str, detail: impl fmt::Display) -> Self {
        Self { code, detail: one_line(&detail.to_string(), LONGEST_DETAIL) }
    }
}

/// The text without control characters, and not longer than so many characters.
pub(crate) fn one_line(text: &str, most: usize) -> String {
    // The last two are characters that SQS does not take.
    let odd = |c: char| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}');
    let mut chars = text.chars().map(|c| if odd(c) { ' ' } else { c });
    let mut line: String = chars.by_ref().take(most).collect();
    if chars.next().is_some() {
        line.pop();
        line.push('…');
    }
    line
}

/// Reads a message about objects in a bucket: a notification of S3 (version 2.x), the same
/// or an event of EventBridge wrapped by SNS, or an event of EventBridge as it is.
///
/// Keys are decoded here and nowhere else: in notifications they are form-encoded (`+` is a
/// space, then `%XX`), in events of EventBridge they are not (Amazon S3 User Guide, "Event
/// message structure"; Amazon EventBridge User Guide).
pub fn parse(body: &str) -> Parsed {
    parse_wrapped(body, 0)
}

fn parse_wrapped(body: &str, wraps: usize) -> Parsed {
    let message = match object(body) {
        Ok(message) => message,
        Err(problem) => return Parsed::Unknown(problem),
    };
    if let Some(records) = message.get("Records") {
        return parse_records(records);
    }
    if text(&message, "Event") == Some("s3:TestEvent") {
        return Parsed::Test;
    }
    if let Some(kind) = text(&message, "detail-type") {
        return match bridge::event(&message, kind) {
            Ok(event) => Parsed::Events(vec![event]),
            Err(problem) => Parsed::Unknown(problem),
        };
    }
    match (text(&message, "Type"), text(&message, "Message")) {
        (Some("Notification"), Some(_)) if wraps == MOST_WRAPS => {
            let detail = format!("it is wrapped more than {MOST_WRAPS} times");
            Parsed::Unknown(Problem::new("nested_too_deep", detail))
        }
        (Some("Notification"), Some(inner)) => parse_wrapped(inner, wraps + 1),
        (Some(kind), _) => {
            let detail = format!("a message of type `{kind}` has no records");
            Parsed::Unknown(Problem::new("no_records", detail))
        }
        (None, _) => Parsed::Unknown(Problem::new("no_records", "it has no records")),
    }
}

fn parse_records(records: &Value) -> Parsed {
    let Some(records) = records.as_array() else {
        return Parsed::Unknown(Problem::new("no_records", "its records are no list"));
    };
    if records.len() > MOST_RECORDS {
        let detail = format!("it has {} records, more than {MOST_RECORDS}", records.len());
        return Parsed::Unknown(Problem::new("too_many_records", detail));
    }
    let (mut events, mut problem) = (Vec::new(), None);
    for record in records {
        match notification::event(record) {
            Ok(event) => events.push(event),
            Err(found) => problem = problem.or(Some(found)),
        }
    }
    match (events.is_empty(), problem) {
        (false, None) => Parsed::Events(events),
        (false, Some(problem)) => Parsed::Partly { events, problem },
        (true, Some(problem)) => Parsed::Unknown(problem),
        (true, None) => Parsed::Unknown(Problem::new("empty_records", "its records are empty")),
    }
}

/// The JSON object that a message must be.
fn object(body: &str) -> Result<Map<String, Value>, Problem> {
    // Reading ends at 128 levels (serde_json), so that no depth fills the stack.
    match serde_json::from_str(body) {
        Ok(Value::Object(message)) => Ok(message),
        Ok(_) => Err(Problem::new("no_records", "it is JSON, but not an object")),
        Err(error) => Err(Problem::new("not_json", format!("it is not JSON: {error}"))),
    }
}

fn text<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

fn part<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Map<String, Value>> {
    object.get(name)?.as_object()
}

/// A text that says something.
fn stated<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    text(object, name).filter(|text| !text.is_empty())
}

fn place(bucket: &str, key: &str) -> Result<AssetPlace, Problem> {
    let bucket = BucketName::from_str(bucket).map_err(|error| Problem::new("bad_bucket", error))?;
    let key = AssetKey::from_str(key).map_err(|error| Problem::new("bad_key", error))?;
    Ok(AssetPlace { bucket, key })
}

/// An ETag without the quotation marks that HTTP puts around it.
fn etag(text: &str) -> Option<String> {
    let bare = text.trim_matches('"');
    (!bare.is_empty()).then(|| bare.to_owned())
}

/// The id of a version; S3 says `null` where there is none.
fn version_id(text: &str) -> Option<String> {
    (!text.is_empty() && text != "null").then(|| text.to_owned())
}

/// A time in RFC 3339.
fn time(text: &str) -> Option<Timestamp> {
    if text.len() > LONGEST_TIME {
        return None;
    }
    let time: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp::from_micros(time.as_microsecond()))
}
