//! The one place where answers of the SDK become errors with a meaning.

use std::error::Error as StdError;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use studio_aws::{Trouble, broke_off, chain, innermost, is_page, trouble_in};
use studio_domain::{AssetKey, ObjectKey, StoreUrl};

use crate::{BoxError, CredentialProblem, Error};

/// What was asked of whom, for the error to name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) store: &'a StoreUrl,
    pub(super) region: &'a str,
    pub(super) endpoint: &'a str,
    pub(super) action: &'static str,
    pub(super) key: Option<&'a ObjectKey>,
    /// The key of an object that somebody else wrote.
    pub(super) foreign: Option<&'a AssetKey>,
    pub(super) condition: Condition,
    /// Whether one object was asked for that may be missing, by HEAD, GET or DELETE.
    pub(super) may_miss: bool,
}

/// What a failed precondition means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Condition {
    None,
    /// The object was to be new.
    Absent,
    /// The object was to be the one seen before, and to have this byte.
    Unchanged {
        start: u64,
    },
}

impl Context<'_> {
    pub(super) fn if_absent(self) -> Self {
        Self { condition: Condition::Absent, ..self }
    }

    pub(super) fn if_match(self, start: u64) -> Self {
        Self { condition: Condition::Unchanged { start }, ..self }
    }

    pub(super) fn may_miss(self) -> Self {
        Self { may_miss: true, ..self }
    }

    pub(super) fn object(&self) -> String {
        match (self.key, self.foreign) {
            (Some(key), _) => self.store.locate(key),
            (None, Some(key)) => format!("{}/{key}", self.store),
            (None, None) => self.store.to_string(),
        }
    }

    /// An answer that S3 does not give.
    pub(super) fn broken_answer(&self, what: &str) -> Error {
        let source = format!("the server's answer is wrong: {what}").into();
        Error::Backend { action: self.action, object: self.object(), source }
    }

    /// A page of a listing that is not the last one, and after which nothing can be asked for.
    /// It must not be taken for the last: what was not listed would count as not there.
    pub(super) fn endless(&self) -> Error {
        self.broken_answer("it is truncated and does not say where it goes on")
    }

    /// A page of a listing that leads to itself.
    pub(super) fn circular(&self) -> Error {
        self.broken_answer("it is truncated and goes on where it began")
    }

    /// Reads an error of the SDK.
    pub(super) fn read<E>(&self, error: SdkError<E, HttpResponse>) -> Error
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let answer = Answer::of(&error);
        match error {
            SdkError::TimeoutError(_)
            | SdkError::DispatchFailure(_)
            | SdkError::ConstructionFailure(_) => {
                // The innermost error says what happened; those around it say where in the SDK.
                let (all, innermost) = (chain(&error), innermost(&error));
                tracing::debug!(error = %all, "the request failed");
                match trouble_in(&error) {
                    Some(trouble) => {
                        let Trouble { problem, detail } = trouble.clone();
                        self.credentials(problem, detail.into())
                    }
                    None => self.unreachable(innermost),
                }
            }
            SdkError::ResponseError(_) if broke_off(&error) => self.unreachable(innermost(&error)),
            error => {
                // What the server says is for people; the SDK's account of it is for the log.
                let said = error.code().zip(error.message());
                let said = said.map(|(code, message)| format!("{code}: {message}").into());
                let all = chain(&error);
                tracing::debug!(error = %all, "the server refused");
                self.read_answer(answer, said.unwrap_or(all))
            }
        }
    }

    pub(super) fn read_answer(&self, answer: Answer, source: BoxError) -> Error {
        let object = self.object();
        match (answer.status, answer.code.as_str()) {
            // "Ask me later."
            (
                _,
                "RequestTimeout" | "SlowDown" | "TooManyRequests" | "ServiceUnavailable"
                | "InternalError" | "OperationAborted",
            )
            | (Some(408 | 429), _) => self.unreachable(source),
            (_, "NoSuchKey" | "NotFound" | "NoSuchUpload") => Error::NotFound { object },
            (_, "NoSuchBucket") => Error::NoSuchStore { store: self.store.clone() },
            (_, "RequestTimeTooSkewed") => self.credentials(CredentialProblem::ClockSkew, source),
            (_, "ExpiredToken" | "TokenRefreshRequired" | "RequestExpired") => {
                self.credentials(CredentialProblem::Expired, source)
            }
            (
                _,
                "InvalidAccessKeyId" | "NotSignedUp" | "SignatureDoesNotMatch" | "InvalidToken",
            ) => self.credentials(CredentialProblem::Rejected, source),
            (
                _,
                "PermanentRedirect"
                | "AuthorizationHeaderMalformed"
                | "IllegalLocationConstraintException",
            )
            | (Some(301 | 307), _) => Error::WrongRegion {
                store: self.store.clone(),
                configured: self.region.to_owned(),
                expected: answer.bucket_region.or_else(|| region_in(&source.to_string())),
            },
            (_, "BadDigest" | "InvalidDigest" | "XAmzContentSHA256Mismatch" | "IncompleteBody") => {
                Error::Corrupted { object, detail: source.to_string() }
            }
            (_, "QuotaExceeded" | "InsufficientStorage" | "StorageFull") | (Some(507), _) => {
                Error::Full { store: self.store.clone(), source }
            }
            (_, "InvalidObjectState") => Error::Archived { object, class: None, restoring: false },
            // A part that was written again meanwhile: by another, or by an attempt of our
            // own that was given up and came through late.
            (Some(409), "ConditionalRequestConflict") | (_, "InvalidPart") => {
                Error::Contended { object }
            }
            (Some(412), _) => match self.condition {
                Condition::Absent => Error::AlreadyExists { object },
                _ => Error::Changed { object },
            },
            (Some(416), _) => match self.condition {
                Condition::Unchanged { start } => Error::RangeNotSatisfiable { object, start },
                _ => self.other(source),
            },
            (Some(401 | 403), _) => {
                Error::Denied { store: self.store.clone(), action: self.action, source }
            }
            (Some(404), _) if self.may_miss && !answer.is_page => Error::NotFound { object },
            // S3 names the reason of every other 404: that is a web server, or the wrong host.
            (Some(404), "") => {
                self.unreachable("it answers 404, but not as an S3 server does".into())
            }
            // Something the server does not know; it is there, and will not learn it.
            (Some(501 | 405), _) | (_, "NotImplemented" | "MethodNotAllowed") => {
                Error::Unsupported { store: self.store.clone(), action: self.action, source }
            }
            (Some(500..), _) => self.unreachable(source),
            _ => self.other(source),
        }
    }

    fn other(&self, source: BoxError) -> Error {
        Error::Backend { action: self.action, object: self.object(), source }
    }

    pub(super) fn credentials(&self, problem: CredentialProblem, source: BoxError) -> Error {
        Error::Credentials { store: self.store.clone(), problem: Box::new(problem), source }
    }

    pub(super) fn unreachable(&self, source: BoxError) -> Error {
        let endpoint = self.endpoint.to_owned();
        Error::Unreachable { endpoint, store: self.store.clone(), source }
    }
}

/// The parts of a server's refusal that decide what it means.
pub(super) struct Answer {
    pub(super) status: Option<u16>,
    /// S3's code, or nothing.
    pub(super) code: String,
    pub(super) bucket_region: Option<String>,
    /// Whether it is a page for people. An answer to HEAD can only say that it would be one.
    pub(super) is_page: bool,
}

impl Answer {
    fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata,
    {
        let response = error.raw_response();
        // The SDK makes up a code for an empty 404, whatever was asked.
        let made_up = response.is_some_and(|response| body(response).is_empty());
        Self {
            status: response.map(|response| response.status().as_u16()),
            code: error.code().filter(|_| !made_up).unwrap_or_default().to_owned(),
            bucket_region: response
                .and_then(|response| response.headers().get("x-amz-bucket-region"))
                .map(str::to_owned),
            is_page: !made_up && response.is_some_and(is_page),
        }
    }
}

fn body(response: &HttpResponse) -> &[u8] {
    response.body().bytes().unwrap_or_default()
}

/// The region in "…; expecting 'eu-central-1'" (S3 API, AuthorizationHeaderMalformed).
fn region_in(message: &str) -> Option<String> {
    let (_, rest) = message.split_once("expecting '")?;
    let (region, _) = rest.split_once('\'')?;
    Some(region.to_owned())
}
