//! Events of S3 as EventBridge passes them on.

use serde_json::{Map, Value};
use studio_domain::{AssetEvent, EventKind, ObjectState};

use super::notification::{moment, size};
use super::{Problem, etag, part, place, text, time, version_id};

/// What an event tells. Its key is not encoded in any way.
pub(super) fn event(message: &Map<String, Value>, name: &str) -> Result<AssetEvent, Problem> {
    let source = text(message, "source").unwrap_or_default();
    let kind = match (source, name) {
        ("aws.s3", "Object Created") => EventKind::Created,
        ("aws.s3", "Object Deleted") => EventKind::Removed,
        _ => {
            let detail = format!("there is no use for event `{name}` of `{source}`");
            return Err(Problem::new("unknown_event", detail));
        }
    };
    let bad = |detail| Problem::new("bad_record", detail);
    let detail = part(message, "detail").ok_or_else(|| bad("the event has no detail"))?;
    let bucket = part(detail, "bucket").and_then(|bucket| text(bucket, "name"));
    let bucket = bucket.ok_or_else(|| Problem::new("bad_bucket", "the event names no bucket"))?;
    let object = part(detail, "object").ok_or_else(|| bad("the event has no object"))?;
    let key = text(object, "key").ok_or_else(|| Problem::new("bad_key", "the event has no key"))?;
    let state = ObjectState {
        etag: text(object, "etag").and_then(etag),
        version_id: text(object, "version-id").and_then(version_id),
    };
    let at = text(message, "time").and_then(time);
    let place = place(bucket, key)?;
    Ok(AssetEvent { place, kind, state, size: size(kind, object), moment: moment(object, at) })
}
