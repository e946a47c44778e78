//! What a request for music asks for, read before a handler runs.

use std::convert::Infallible;
use std::str::FromStr;

use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Path, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::{LARGEST_PAGE, Music, PAGE, cursor, document, listing};
use crate::State;
use crate::entry::Viewer;
use crate::failure::Failure;

/// Who asks.
pub(crate) struct Seer(pub(crate) Viewer);

impl FromRequestParts<State> for Seer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &State) -> Result<Self, Failure> {
        // Nothing reaches a handler that has not passed the entry.
        parts.extensions.get::<Viewer>().cloned().map(Self).ok_or_else(Failure::internal)
    }
}

/// The music of the service that is asked, as far as they see it who ask.
pub(super) struct Viewed(pub(super) Music);

impl FromRequestParts<State> for Viewed {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Failure> {
        let none = || Failure::missing("no-music", "this service has no music");
        let music = state.music.as_deref().ok_or_else(none)?;
        let Seer(viewer) = Seer::from_request_parts(parts, state).await?;
        Ok(Self(music.seen_by(viewer)))
    }
}

/// What was asked for behind the path; a parameter that is not known is refused.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<State> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Failure> {
        match Query::<T>::from_request_parts(parts, state).await {
            Ok(Query(asked)) => Ok(Self(asked)),
            Err(rejection) => Err(refused(&rejection)),
        }
    }
}

fn refused(rejection: &QueryRejection) -> Failure {
    let text = rejection.body_text();
    // What is wrong with which parameter, without how it was found out.
    invalid(text.split_once("query string: ").map_or(text.as_str(), |(_, what)| what))
}

/// A parameter that makes no sense.
pub(super) fn invalid(detail: impl Into<String>) -> Failure {
    Failure::new(StatusCode::BAD_REQUEST, "invalid-parameter", detail)
}

/// A route that takes no parameters behind its path.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Which part of a listing.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Paging {
    /// How many items at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub(super) limit: Option<u32>,
    /// Only what comes behind the part before: its `next`.
    after: Option<String>,
}

impl Paging {
    /// Where to begin, for a listing of one kind; see [`cursor`].
    pub(super) fn after<T: FromStr>(&self, kind: char) -> Result<Option<T>, Failure> {
        self.after.as_deref().map(|after| cursor::read(kind, after)).transpose()
    }
}

pub(super) fn limit(wanted: Option<u32>) -> Result<u32, Failure> {
    match wanted.unwrap_or(PAGE) {
        limit @ 1..=LARGEST_PAGE => Ok(limit),
        limit => Err(invalid(format!("limit: {limit} is not from 1 to {LARGEST_PAGE}"))),
    }
}

/// Something that parts of a path name; what names nothing is not there.
pub(crate) struct Named<T>(Option<T>);

impl<T> Named<T> {
    /// It, or that it is not there.
    pub(crate) fn or(self, missing: fn() -> Failure) -> Result<T, Failure> {
        self.0.ok_or_else(missing)
    }
}

impl<T: DeserializeOwned + Send> FromRequestParts<State> for Named<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Infallible> {
        let named = Path::from_request_parts(parts, state).await;
        Ok(Self(named.ok().map(|Path(value)| value)))
    }
}

/// An identity, or a slug, in a path.
pub(crate) fn parsed<T: FromStr>(text: &str, missing: fn() -> Failure) -> Result<T, Failure> {
    text.parse().map_err(|_| missing())
}

/// A request for a part of a listing.
pub(super) struct Listing {
    pub(super) music: Music,
    paging: Paging,
    uri: Uri,
    headers: HeaderMap,
}

impl Listing {
    pub(super) fn limit(&self) -> Result<u32, Failure> {
        limit(self.paging.limit)
    }

    /// Where to begin, for a listing of one kind; see [`cursor`].
    pub(super) fn after<T: FromStr>(&self, kind: char) -> Result<Option<T>, Failure> {
        self.paging.after(kind)
    }

    /// The answer, with the address of the part that follows.
    pub(super) fn answer(
        &self,
        next: Option<&str>,
        page: &impl Serialize,
    ) -> Result<Response, Failure> {
        listing(&self.headers, &self.uri, next, page)
    }
}

impl FromRequestParts<State> for Listing {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Failure> {
        let Viewed(music) = Viewed::from_request_parts(parts, state).await?;
        let Asked(paging) = Asked::from_request_parts(parts, state).await?;
        Ok(Self { music, paging, uri: parts.uri.clone(), headers: parts.headers.clone() })
    }
}

/// A request for one thing, without parameters behind its path.
pub(super) struct Look {
    pub(super) music: Music,
    pub(super) headers: HeaderMap,
}

impl Look {
    pub(super) fn answer(&self, body: &impl Serialize) -> Result<Response, Failure> {
        document(&self.headers, body)
    }
}

impl FromRequestParts<State> for Look {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Failure> {
        let Viewed(music) = Viewed::from_request_parts(parts, state).await?;
        let Asked(Nothing {}) = Asked::from_request_parts(parts, state).await?;
        Ok(Self { music, headers: parts.headers.clone() })
    }
}
