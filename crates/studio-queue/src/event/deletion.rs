//! Requests to delete an object.

use std::str::FromStr;

use serde_json::{Map, Value, json};
use studio_domain::{AssetPlace, DeletionOrder, ObjectState, OrderId, Timestamp};

use super::{Problem, etag, object, part, place, text, time, version_id};

/// The request to delete an object, as a service sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteRequest {
    /// The object's place.
    pub place: AssetPlace,
    /// Which bytes are to be deleted; others stay. Whichever are there, if nothing is said.
    pub state: ObjectState,
    /// When it was decided.
    pub ordered_at: Option<Timestamp>,
    /// The order that asks for it.
    pub order: Option<OrderId>,
}

impl From<&DeletionOrder> for DeleteRequest {
    fn from(order: &DeletionOrder) -> Self {
        Self {
            place: order.place.clone(),
            state: order.state.clone(),
            ordered_at: Some(order.ordered_at),
            order: Some(order.id),
        }
    }
}

impl DeleteRequest {
    /// Reads a request: `{"file": {"bucket": …, "key": …}}`, or flat, as
    /// `{"bucket": …, "file": …}` where `file` is the key. Keys are not encoded. With either,
    /// there may be `etag`, `version_id`, `ordered_at` (RFC 3339) and `order`; what else
    /// there is does not matter.
    ///
    /// # Errors
    /// What is wrong with it. A condition that cannot be read is an error: without it, more
    /// would be deleted than was asked for.
    pub fn parse(body: &str) -> Result<Self, Problem> {
        let request = object(body)?;
        let (fields, key) = match (part(&request, "file"), text(&request, "file")) {
            (Some(file), _) => (file, text(file, "key")),
            (None, Some(key)) => (&request, Some(key)),
            (None, None) => return Err(Problem::new("no_file", "it names no file")),
        };
        let key = key.ok_or_else(|| Problem::new("bad_key", "the file has no key"))?;
        let bucket = text(fields, "bucket");
        let bucket = bucket.ok_or_else(|| Problem::new("bad_bucket", "it names no bucket"))?;
        let named = optional(fields, "etag", "bad_state")?.map(|text| {
            etag(text).ok_or_else(|| Problem::new("bad_state", "its `etag` is nothing but quotes"))
        });
        let state = ObjectState {
            etag: named.transpose()?,
            version_id: optional(fields, "version_id", "bad_state")?.and_then(version_id),
        };
        let ordered_at = optional(fields, "ordered_at", "bad_time")?.map(|text| {
            time(text).ok_or_else(|| Problem::new("bad_time", format!("`{text}` is no time")))
        });
        let order = optional(fields, "order", "bad_order")?.map(|text| {
            OrderId::from_str(text)
                .map_err(|_| Problem::new("bad_order", format!("`{text}` names no order")))
        });
        Ok(Self {
            place: place(bucket, key)?,
            state,
            ordered_at: ordered_at.transpose()?,
            order: order.transpose()?,
        })
    }

    /// The request as text, of the form with `file`. What is not known is left out.
    pub fn encode(&self) -> String {
        let mut file = json!({
            "bucket": self.place.bucket.as_str(),
            "key": self.place.key.as_str(),
        });
        let time = self.ordered_at.and_then(super::encode::time);
        let known = [
            ("etag", self.state.etag.clone()),
            ("version_id", self.state.version_id.clone()),
            ("ordered_at", time),
            ("order", self.order.map(|order| order.to_string())),
        ];
        for (name, value) in known {
            if let Some(value) = value {
                file[name] = Value::String(value);
            }
        }
        json!({ "file": file }).to_string()
    }
}

/// A text that may be left out, but must not be anything else.
fn optional<'a>(
    fields: &'a Map<String, Value>,
    name: &str,
    code: &'static str,
) -> Result<Option<&'a str>, Problem> {
    match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Problem::new(code, format!("its `{name}` is not a text"))),
    }
}
