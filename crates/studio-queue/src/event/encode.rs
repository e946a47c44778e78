//! Events as notifications of S3, for those who have no bucket that sends them: a watched
//! folder, a comparison of bucket and assets, tests.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use studio_domain::{AssetEvent, EventKind, Timestamp};

/// What S3 leaves as it is in the keys of its notifications.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'*').remove(b'/').remove(b' ');

/// The events as one notification of S3 (version 2.1), which [`parse`](super::parse) reads.
pub fn encode(events: &[AssetEvent]) -> String {
    let records: Vec<Value> = events.iter().map(record).collect();
    json!({ "Records": records }).to_string()
}

fn record(event: &AssetEvent) -> Value {
    let key = utf8_percent_encode(event.place.key.as_str(), ENCODED).to_string();
    let mut object = json!({ "key": key.replace(' ', "+") });
    if let Some(size) = event.size {
        object["size"] = size.into();
    }
    let known = [
        ("eTag", event.state.etag.clone()),
        ("versionId", event.state.version_id.clone()),
        ("sequencer", event.moment.sequencer.as_ref().map(ToString::to_string)),
    ];
    for (name, value) in known {
        if let Some(value) = value {
            object[name] = value.into();
        }
    }
    let mut record = json!({
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventName": match event.kind {
            EventKind::Created => "ObjectCreated:Put",
            EventKind::Removed => "ObjectRemoved:Delete",
        },
        "s3": { "bucket": { "name": event.place.bucket.as_str() }, "object": object },
    });
    if let Some(at) = event.moment.at.and_then(time) {
        record["eventTime"] = at.into();
    }
    record
}

/// A time in RFC 3339, if it lies in the years that this can tell.
pub(super) fn time(at: Timestamp) -> Option<String> {
    let at = jiff::Timestamp::from_microsecond(at.as_micros()).ok()?;
    Some(format!("{at:.6}"))
}
