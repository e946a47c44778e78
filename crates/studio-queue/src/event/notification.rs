//! Notifications of S3, version 2.x.

use percent_encoding::percent_decode;
use serde_json::{Map, Value};
use studio_domain::{AssetEvent, EventKind, Moment, ObjectState};

use super::{Problem, etag, part, place, stated, text, time, version_id};

/// What one record tells.
pub(super) fn event(record: &Value) -> Result<AssetEvent, Problem> {
    let record = record.as_object().ok_or_else(|| bad("a record is not an object"))?;
    // Versions that differ in the second number only add to what there is.
    if let Some(version) = text(record, "eventVersion")
        && version.split('.').next() != Some("2")
    {
        let detail = format!("its version is {version}, not 2.x");
        return Err(Problem::new("unsupported_version", detail));
    }
    let name = text(record, "eventName").ok_or_else(|| bad("a record has no eventName"))?;
    let kind = kind(name)?;
    let told = part(record, "s3").ok_or_else(|| bad("a record does not tell of S3"))?;
    let bucket = part(told, "bucket").and_then(|bucket| text(bucket, "name"));
    let bucket = bucket.ok_or_else(|| Problem::new("bad_bucket", "a record names no bucket"))?;
    let object = part(told, "object").ok_or_else(|| bad("a record has no object"))?;
    let key = text(object, "key").ok_or_else(|| Problem::new("bad_key", "a record has no key"))?;
    let place = place(bucket, &decoded(key)?)?;
    let state = ObjectState {
        etag: text(object, "eTag").and_then(etag),
        version_id: text(object, "versionId").and_then(version_id),
    };
    let at = text(record, "eventTime").and_then(time);
    Ok(AssetEvent { place, kind, state, size: size(kind, object), moment: moment(object, at) })
}

fn bad(detail: &str) -> Problem {
    Problem::new("bad_record", detail)
}

fn kind(name: &str) -> Result<EventKind, Problem> {
    let bare = name.strip_prefix("s3:").unwrap_or(name);
    match bare.split(':').next() {
        Some("ObjectCreated") => Ok(EventKind::Created),
        // Also when the bucket's own rules removed it.
        Some("ObjectRemoved" | "LifecycleExpiration") => Ok(EventKind::Removed),
        _ => Err(Problem::new("unknown_event", format!("there is no use for event `{name}`"))),
    }
}

/// A key out of its form encoding.
fn decoded(key: &str) -> Result<String, Problem> {
    let spaced = key.replace('+', " ");
    let bytes = percent_decode(spaced.as_bytes());
    bytes.decode_utf8().map(Into::into).map_err(|_| {
        Problem::new("bad_key", format!("the key is not UTF-8 when it is decoded: {key}"))
    })
}

/// How many bytes there are. What is gone has none, whatever is said.
pub(super) fn size(kind: EventKind, object: &Map<String, Value>) -> Option<u64> {
    match kind {
        EventKind::Created => object.get("size")?.as_u64(),
        EventKind::Removed => None,
    }
}

/// When it happened. What is no sequencer counts as none: then the time gives the order.
pub(super) fn moment(object: &Map<String, Value>, at: Option<studio_domain::Timestamp>) -> Moment {
    let sequencer = stated(object, "sequencer").and_then(|digits| digits.parse().ok());
    Moment { sequencer, at }
}
