//! What services say besides their answers: problems, messages, how they are.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a request was not answered (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "type": "urn:studio:problem:asset-not-found", "title": "Not Found", "status": 404,
    "detail": "asset not found: 019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11",
    "instance": "/api/v1/assets/019ab3c0-5f0a-7e9a-8d53-0c8f3f3b7a11",
    "code": "asset-not-found"
}))]
pub struct ProblemDetails {
    /// A URI that names the kind of problem: `urn:studio:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The HTTP status in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The path that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
    /// The stable code of this kind of problem.
    pub code: String,
}

impl ProblemDetails {
    /// What stands before a code in [`kind`](Self::kind).
    pub const KIND_PREFIX: &str = "urn:studio:problem:";
}

/// An answer in words: all that the routes of the media-ingest workflow say of what they did
/// or did not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"message": "asset not found"}))]
pub struct Message {
    /// The words.
    pub message: String,
}

/// That a service runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"status": "ok"}))]
pub struct Liveness {
    /// Always `ok`.
    pub status: String,
}

/// Whether a service can do its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({
    "status": "ok", "database": "ok", "store": "ok", "queue": "ok", "reasons": [],
}))]
pub struct Readiness {
    /// `ok` or `unavailable`.
    pub status: String,
    /// Whether the database answers: `ok` or `unavailable`.
    pub database: String,
    /// Whether the store of the bytes answers: `ok`, `unavailable` or `none` (where the
    /// service has none).
    pub store: String,
    /// Whether the last message went to the queue of deletions: `ok`, `failing` or `none`
    /// (where none is used). What cannot be sent now is kept and sent later, so that this
    /// does not count for the status.
    pub queue: String,
    /// Why the status is not `ok`, for people.
    pub reasons: Vec<String>,
}
