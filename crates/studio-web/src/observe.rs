//! What is noted of every request: its id, who sends it, its place in the metrics; and
//! the headers that every answer has.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State as Shared};
use axum::http::header::{HeaderName, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;
use uuid::Uuid;

use crate::State;
use crate::access_log::Line;
use crate::metrics::Answered;
use crate::proxies::Client;
use crate::wire::Connection;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from a client.
const LONGEST_ID: usize = 64;

/// Stands for all paths at which there is nothing.
const NOWHERE: &str = "none";

pub(crate) async fn observe(
    Shared(state): Shared<State>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let id = request_id(request.headers());
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>().cloned();
    // Whatever else is left out of the log, what is in it has the id.
    let span = tracing::error_span!("request", id);
    let client = client(&state, &request);
    let line = Line::of(&request, method, span.clone(), client.address, state.metrics.clone());
    request.extensions_mut().insert(client);
    let mut response = next.run(request).instrument(span).await;

    let route = route.as_ref().map_or(NOWHERE, MatchedPath::as_str).to_owned();
    let answered = Answered { route, method, status: response.status().as_u16() };
    state.metrics.note_request(&answered, started.elapsed());

    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(REQUEST_ID, id);
    }
    line.follow(response, answered)
}

/// Who asks, as far as can be told.
fn client(state: &State, request: &Request) -> Client {
    let nobody = IpAddr::from(Ipv4Addr::UNSPECIFIED);
    let connection = request.extensions().get::<Arc<Connection>>();
    let peer = connection.map_or(nobody, |connection| connection.peer);
    state.options.proxies.client(peer, request.headers())
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
