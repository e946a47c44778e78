//! Why a request is not answered.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use studio_api::v1::InvalidField;
use studio_core::repo::Error as RepoError;
use studio_core::{Error as CoreError, ErrorKind};

/// After how many seconds a client may come again that was turned away.
const RETRY_SECONDS: u64 = 5;

/// Why a request is not answered. It travels in the extensions of its response, until
/// [`speak`](crate::problem::speak) puts it into the words of the route.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    /// Stable, for programs.
    pub(crate) code: &'static str,
    /// For people. Never what is inside: that is in the cause.
    pub(crate) detail: String,
    pub(crate) cause: Option<Arc<dyn StdError + Send + Sync>>,
    /// After how many seconds the same request may succeed, if it may.
    retry_after: Option<u64>,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), cause: None, retry_after: None }
    }

    /// There is no such asset; in the very words of the documents.
    pub(crate) fn no_asset() -> Self {
        Self::new(StatusCode::NOT_FOUND, "asset-not-found", "asset not found")
    }

    /// Something is not there.
    pub(crate) fn missing(code: &'static str, detail: &'static str) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// A parameter that makes no sense.
    pub(crate) fn parameter(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-parameter", detail)
    }

    /// The service cannot answer now.
    pub(crate) fn unavailable(code: &'static str, detail: &str) -> Self {
        let failure = Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail);
        Self { retry_after: Some(RETRY_SECONDS), ..failure }
    }

    /// The same may succeed after a time.
    pub(crate) fn retried_after(self, time: Duration) -> Self {
        // A part of a second is waited for, too.
        Self { retry_after: Some(time.as_secs().saturating_add(1)), ..self }
    }

    /// Something that should not be.
    pub(crate) fn internal() -> Self {
        let detail = "the service failed; its log says more under the request's id";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    pub(crate) fn because(self, cause: impl StdError + Send + Sync + 'static) -> Self {
        Self { cause: Some(Arc::new(cause)), ..self }
    }

    /// What stands for a status that was given without any words.
    pub(crate) fn of(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::NOT_FOUND => ("not-found", "not found"),
            StatusCode::METHOD_NOT_ALLOWED => ("method-not-allowed", "method not allowed"),
            status if status.is_client_error() => {
                ("bad-request", status.canonical_reason().unwrap_or("bad request"))
            }
            _ => return Self { status, ..Self::internal() },
        };
        Self::new(status, code, detail)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

impl From<RepoError> for Failure {
    fn from(error: RepoError) -> Self {
        CoreError::from(error).into()
    }
}

impl From<CoreError> for Failure {
    fn from(error: CoreError) -> Self {
        match &error {
            CoreError::Catalog(RepoError::NoAsset { .. }) => {
                Self { detail: error.to_string(), ..Self::no_asset() }
            }
            CoreError::Catalog(RepoError::AssetChanged { .. }) => {
                Self::new(StatusCode::PRECONDITION_FAILED, "precondition-failed", error.to_string())
            }
            CoreError::Catalog(
                RepoError::UnknownShelfCursor { .. } | RepoError::UnknownCursor { .. },
            ) => {
                let detail = "after: this listing has no such place; begin it anew";
                Self::new(StatusCode::BAD_REQUEST, "invalid-cursor", detail)
            }
            CoreError::Catalog(RepoError::NoRecording { .. }) => {
                let status = StatusCode::UNPROCESSABLE_ENTITY;
                Self::new(status, "no-such-recording", error.to_string())
            }
            CoreError::Catalog(RepoError::PlaylistExists { .. }) => {
                Self::new(StatusCode::CONFLICT, "playlist-exists", error.to_string())
            }
            _ if error.kind() == ErrorKind::Unavailable => {
                Self::unavailable("database-unavailable", "the database cannot be used now")
                    .because(error)
            }
            _ => Self::internal().because(error),
        }
    }
}

/// What a client sent is not valid.
impl From<InvalidField> for Failure {
    fn from(error: InvalidField) -> Self {
        let detail = format!("{error}: {}", error.source);
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-body", detail)
    }
}

/// What the catalogue has cannot be told.
pub(crate) fn untold(error: InvalidField) -> Failure {
    Failure::internal().because(error)
}

/// An error and its sources, in one line.
pub(crate) fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
