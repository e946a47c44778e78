//! Failures in the words of their routes: RFC 9457 under `/api`, a message elsewhere.

use std::any::Any;

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State as Shared};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use studio_api::v1::{Message, ProblemDetails};

use crate::State;
use crate::failure::{Failure, chain};
use crate::site;

const PROBLEM_JSON: HeaderValue = HeaderValue::from_static("application/problem+json");

/// The longest path that a problem repeats.
const LONGEST_INSTANCE: usize = 2048;

/// Whether the problems of a path are those of the versioned API.
pub(crate) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// Puts every failure into words, also those that no handler has seen, and logs those that
/// are the service's own, once.
pub(crate) async fn speak(Shared(state): Shared<State>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    // People look at pages, wherever they are led to.
    let site = (!is_api(&path)).then(|| site::of_reader(&state, &request)).flatten();
    let mut response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let failure = response.extensions_mut().remove::<Failure>();
    let told = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == "application/json");
    let failure = match failure {
        Some(failure) => failure,
        // The handler itself has said all.
        None if told => return response,
        None => Failure::of(status),
    };
    if status.is_server_error() {
        let error = failure.cause.as_deref().map(|cause| chain(cause)).unwrap_or_default();
        tracing::error!(status = status.as_u16(), code = failure.code, error, "request failed");
    }
    let words = match (is_api(&path), site) {
        (_, Some(site)) => site::failure(&site, &failure, &path),
        (true, None) => {
            (status, [(CONTENT_TYPE, PROBLEM_JSON)], Json(problem(&failure, path))).into_response()
        }
        (false, None) => (status, Json(Message { message: failure.detail })).into_response(),
    };
    reworded(response, words)
}

fn problem(failure: &Failure, path: String) -> ProblemDetails {
    ProblemDetails {
        kind: format!("{}{}", ProblemDetails::KIND_PREFIX, failure.code),
        title: failure.status.canonical_reason().unwrap_or("Error").to_owned(),
        status: failure.status.as_u16(),
        detail: Some(failure.detail.clone()),
        // Nobody needs to be told at length what they have said.
        instance: Some(path).filter(|path| path.len() <= LONGEST_INSTANCE),
        code: failure.code.to_owned(),
    }
}

/// A response with the words of another one; headers that say what may be done stay.
fn reworded(response: Response, words: Response) -> Response {
    let (mut head, _) = response.into_parts();
    let (said, body) = words.into_parts();
    head.headers.remove(CONTENT_LENGTH);
    head.headers.remove(CONTENT_TYPE);
    head.headers.extend(said.headers);
    Response::from_parts(head, body)
}

/// Lets no request take longer than it may.
pub(crate) async fn in_time(
    Shared(state): Shared<State>,
    request: Request,
    next: Next,
) -> Response {
    match tokio::time::timeout(state.options.timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Failure::unavailable("timeout", "the request took too long").into_response(),
    }
}

/// A panic, in its own words.
#[derive(Debug, thiserror::Error)]
#[error("panicked: {0}")]
struct Panic(String);

/// What a panic has for an answer.
pub(crate) fn panicked(panic: Box<dyn Any + Send>) -> Response<Body> {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    let words = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    Failure::internal().because(Panic(words)).into_response()
}

/// A path at which there is nothing.
pub(crate) async fn nothing_here() -> Failure {
    Failure::of(StatusCode::NOT_FOUND)
}
