//! What is noted of every request: its id, a line in the log, its place in the metrics; and
//! the headers that every answer has.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State as Shared};
use axum::http::header::{HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::State;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a client.
const LONGEST_ID: usize = 64;

/// Stands for all paths at which there is nothing.
const NOWHERE: &str = "none";

pub(crate) async fn observe(
    Shared(state): Shared<State>,
    request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers());
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    // Whatever else is left out of the log, what is in it has the id.
    let span = tracing::error_span!("request", id);
    let mut response = next.run(request).instrument(span.clone()).await;

    let route = route.as_ref().map_or(NOWHERE, MatchedPath::as_str);
    let (status, took) = (response.status().as_u16(), started.elapsed());
    state.metrics.note_request(route, method, status, took);
    let duration_ms = took.as_micros() as f64 / 1000.0;
    span.in_scope(|| match route.starts_with("/health") || route == "/metrics" {
        // They come every few seconds, and would drown the others.
        true => tracing::debug!(method, route, status, duration_ms, "answered"),
        false => tracing::info!(method, route, status, duration_ms, "answered"),
    });

    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    response
}

/// The client's id if it is a sane one, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let sane = |id: &&str| {
        (1..=LONGEST_ID).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    let given = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).filter(sane);
    given.map_or_else(|| Uuid::now_v7().to_string(), str::to_owned)
}

/// The method, of which there are not more than these: clients do not choose how many
/// series the metrics have.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
