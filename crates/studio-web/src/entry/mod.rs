//! Who asks, and what they may: every request passes here before its handler.
//!
//! Who asks is found out by what they come with ([`viewer`]): a token of a program in
//! `Authorization`, or the cookie of a session ([`cookies`]). What they may is a [`Rule`] of the
//! route that was declared together with it ([`rules`]): a route without one answers nobody.
//! What changes something has to come from a page of this service ([`site`]).

pub(crate) mod cookies;
mod known;
mod rules;
mod site;
mod table;
mod viewer;

use std::sync::Arc;

use axum::extract::{MatchedPath, Request, State as Shared};
use axum::http::header::{ALLOW, CACHE_CONTROL, HeaderName, VARY, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

pub(crate) use self::known::Entrance;
pub(crate) use self::rules::{Guarded, Rule, Rules};
pub use self::table::table;
pub(crate) use self::viewer::{Viewer, Way};
use crate::State;
use crate::failure::{Failure, chain};
use crate::proxies::Client;

/// What a page sends with each change.
const CSRF_TOKEN: HeaderName = HeaderName::from_static("x-csrf-token");

/// How those come in who are not browsers (RFC 6750, 3).
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"studio\"");

/// Lets in who may have what they ask for.
pub(crate) async fn admit(
    Shared((state, rules)): Shared<(State, Arc<Rules>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let Some(route) = route else { return next.run(request).await };
    let (route, method) = (route.as_str(), request.method().clone());
    let Some(rule) = rules.of(route, &method) else { return not_allowed(&rules.methods(route)) };
    let (head, body) = request.into_parts();
    let entered = viewer::enter(&state, &head, rule).await;
    let (viewer, cookie) = match entered {
        Ok(entered) => entered,
        Err(failure) => return finished(&state, failure.into_response(), None),
    };
    let checked = check(&state, rule, &viewer, &head);
    let mut response = match checked {
        Err(failure) => failure.into_response(),
        Ok(()) => {
            let path = head.uri.path().to_owned();
            request = Request::from_parts(head, body);
            request.extensions_mut().insert(viewer.clone());
            let response = next.run(request).await;
            if rule.is_noted && !method.is_safe() && response.status().is_success() {
                note(&state, &viewer, &format!("{method} {route}"), &path).await;
            }
            response
        }
    };
    if let Some(cookie) = cookie {
        cookies::add_unless_set(response.headers_mut(), cookie);
    }
    finished(&state, response, Some(&viewer))
}

/// Whether somebody may have what they ask for, as they ask for it.
fn check(
    state: &State,
    rule: &Rule,
    viewer: &Viewer,
    head: &axum::http::request::Parts,
) -> Result<(), Failure> {
    if !head.method.is_safe() && !rule.asks_itself() && !viewer.is_program() {
        let client = head.extensions.get::<Client>();
        let is_listed = viewer.has_nothing_to_lose();
        let origins = if is_listed { state.options.origins.as_slice() } else { &[] };
        site::check(head, client, origins)?;
        if let Way::Session(session) = &viewer.way {
            let sent = head.headers.get(CSRF_TOKEN).and_then(|sent| sent.to_str().ok());
            let access = state.access()?;
            if !sent.is_some_and(|sent| access.is_csrf_token(session.id, sent)) {
                return Err(Failure::new(
                    StatusCode::FORBIDDEN,
                    "csrf-token",
                    "a change within a session sends its X-CSRF-Token, which \
                     GET /api/v1/session tells",
                ));
            }
        }
    }
    rule.check(viewer)
}

/// Writes into the audit log what was changed. It has been: a log that cannot be written now is
/// told of in the other one.
async fn note(state: &State, viewer: &Viewer, action: &str, subject: &str) {
    let Some(entrance) = &state.entrance else { return };
    if let Err(error) = entrance.access.note(&viewer.actor(), action, subject).await {
        tracing::error!(error = chain(&error), action, subject, "cannot write the audit log");
    }
}

fn not_allowed(methods: &str) -> Response {
    let mut response = Failure::of(StatusCode::METHOD_NOT_ALLOWED).into_response();
    if let Ok(methods) = HeaderValue::try_from(methods) {
        response.headers_mut().insert(ALLOW, methods);
    }
    response
}

/// An answer with what everybody on its way has to know: that others are answered otherwise.
fn finished(state: &State, mut response: Response, viewer: Option<&Viewer>) -> Response {
    if state.entrance.is_none() {
        return response;
    }
    let status = response.status();
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("Cookie, Authorization"));
    if status == StatusCode::UNAUTHORIZED && !headers.contains_key(WWW_AUTHENTICATE) {
        headers.insert(WWW_AUTHENTICATE, CHALLENGE);
    }
    if viewer.is_some_and(|viewer| viewer.account.is_some()) {
        let said = headers.get(CACHE_CONTROL).and_then(|said| said.to_str().ok());
        let private = match said.unwrap_or_default() {
            "" => "private, no-cache".to_owned(),
            said if said.contains("private") || said.contains("no-store") => said.to_owned(),
            said => format!("private, {}", said.replace("public, ", "")),
        };
        if let Ok(private) = HeaderValue::try_from(private) {
            headers.insert(CACHE_CONTROL, private);
        }
    }
    response
}
