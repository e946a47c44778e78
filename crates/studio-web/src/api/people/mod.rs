//! Coming in: sessions, tokens, keys of players, accounts, and the audit log.

mod audit;
mod keys;
pub(crate) mod session;
mod sessions;
mod tokens;

use axum::extract::FromRequestParts;
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use studio_core::ErrorKind;
use studio_core::access::{Access, AccessError, ProviderError, Visit};
use studio_core::repo::Error as RepoError;
use studio_domain::{Account, SessionId};
use utoipa_axum::routes;

use super::request::Seer;
use super::{Asked, Named, Nothing, parsed};
use crate::State;
use crate::entry::{Guarded, Rule, Viewer, Way, cookies};
use crate::failure::Failure;
use crate::proxies::Client;

/// All routes of those who come in.
pub(super) fn routes() -> Guarded {
    Guarded::default()
        .routes(Rule::ENTRANCE, routes!(session::sign_in))
        .routes(Rule::OPEN, routes!(session::current))
        .routes(Rule::SESSION, routes!(session::sign_out))
        .routes(Rule::SESSION, routes!(session::password))
        .routes(Rule::OWN_KEYS, routes!(sessions::list, sessions::end_others))
        .routes(Rule::OWN_KEYS, routes!(sessions::end))
        .routes(Rule::OWN_KEYS, routes!(tokens::list, tokens::create))
        .routes(Rule::OWN_KEYS, routes!(tokens::revoke))
        .routes(Rule::OWN_KEYS, routes!(keys::list, keys::create))
        .routes(Rule::OWN_KEYS, routes!(keys::revoke))
        .routes(Rule::PEOPLE, routes!(audit::accounts))
        .routes(Rule::PEOPLE, routes!(audit::log))
}

/// Somebody who asks for what concerns coming in.
pub(crate) struct Coming {
    pub(crate) access: Access,
    pub(crate) viewer: Viewer,
    pub(crate) headers: HeaderMap,
    pub(crate) is_secure: bool,
}

impl FromRequestParts<State> for Coming {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Failure> {
        let Seer(viewer) = Seer::from_request_parts(parts, state).await?;
        let is_secure = parts.extensions.get::<Client>().is_some_and(|client| client.is_secure);
        let headers = parts.headers.clone();
        Ok(Self { access: state.access()?.clone(), viewer, headers, is_secure })
    }
}

impl Coming {
    /// The account that they came with.
    pub(crate) fn account(&self) -> Result<&Account, Failure> {
        self.viewer.account()
    }

    /// The session that they came with.
    pub(crate) fn session(&self) -> Option<SessionId> {
        match &self.viewer.way {
            Way::Session(session) => Some(session.id),
            _ => None,
        }
    }

    /// What the browser calls itself.
    pub(crate) fn agent(&self) -> String {
        let agent = self.headers.get(axum::http::header::USER_AGENT);
        agent
            .map(|agent| String::from_utf8_lossy(agent.as_bytes()).into_owned())
            .unwrap_or_default()
    }

    /// Tells whom and from where, and does something with it.
    pub(crate) fn visit<'a>(&self, agent: &'a str, device: Option<&'a str>) -> Visit<'a> {
        Visit { address: self.viewer.address, agent, device }
    }

    pub(crate) fn device(&self) -> Option<String> {
        cookies::device_of(&self.headers, self.is_secure)
    }
}

/// A document that nobody keeps: it concerns one person now.
pub(crate) fn fresh(status: StatusCode, body: &impl Serialize) -> Response {
    let kept = HeaderValue::from_static("no-store");
    (status, [(CACHE_CONTROL, kept)], axum::Json(body)).into_response()
}

/// Nothing to tell.
pub(crate) fn done() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// What a provider said; its own words go to the log.
fn of_provider(error: ProviderError) -> Failure {
    let unauthorized = |code, detail: &str| Failure::new(StatusCode::UNAUTHORIZED, code, detail);
    match &error {
        ProviderError::Unreachable { .. } => {
            Failure::unavailable("provider-unavailable", "the provider cannot be reached now")
        }
        ProviderError::Refused { .. } => {
            unauthorized("provider-refused", "nobody was signed in at the provider")
        }
        ProviderError::InvalidToken { .. } => {
            unauthorized("provider-token", "what the provider sent does not hold")
        }
        _ => Failure::internal(),
    }
    .because(error)
}

impl From<AccessError> for Failure {
    fn from(error: AccessError) -> Self {
        let said = error.to_string();
        match error {
            AccessError::Denied => Self::new(StatusCode::UNAUTHORIZED, "denied", said),
            AccessError::Disabled { .. } => Self::new(StatusCode::FORBIDDEN, "disabled", said),
            AccessError::NoAccount { .. } => {
                Self::missing("account-not-found", "account not found")
            }
            AccessError::Throttled { retry_after } => {
                Self::new(StatusCode::TOO_MANY_REQUESTS, "too-many-tries", said)
                    .retried_after(retry_after)
            }
            AccessError::Crowded => Self::unavailable("crowded", &said),
            AccessError::Password(_) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-password", said)
            }
            AccessError::NoProvider => Self::missing("provider-not-found", "provider not found"),
            AccessError::NotBegun => Self::new(StatusCode::BAD_REQUEST, "sign-in-not-begun", said),
            AccessError::NotLinked => Self::new(StatusCode::FORBIDDEN, "not-linked", said),
            AccessError::Provider(error) => of_provider(error),
            AccessError::Failed(studio_core::Error::Catalog(RepoError::IdentityTaken)) => {
                Self::new(StatusCode::CONFLICT, "identity-taken", said)
            }
            AccessError::Failed(studio_core::Error::Catalog(RepoError::TokenExists { .. })) => {
                Self::new(StatusCode::CONFLICT, "name-taken", said)
            }
            AccessError::Failed(error) => error.into(),
            error if error.kind() == ErrorKind::Unavailable => {
                Self::unavailable("unavailable", "this cannot be done now").because(error)
            }
            error => Self::internal().because(error),
        }
    }
}
