//! The one place where answers of the SDK become errors with a meaning.

use std::error::Error as StdError;

use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::BatchResultErrorEntry;
use studio_aws::{BoxError, HttpResponse, Trouble, broke_off, chain, innermost, trouble_in};
use studio_domain::CredentialProblem;

use crate::Error;

/// What was asked of whom, for the error to name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) queue: &'a str,
    pub(super) endpoint: &'a str,
    pub(super) action: &'static str,
    /// The size of what was sent.
    pub(super) bytes: usize,
}

/// What a server says when it refuses a request, or a part of one.
#[derive(Debug)]
pub(super) struct Refusal {
    status: Option<u16>,
    code: String,
    source: BoxError,
}

impl Refusal {
    /// Why one entry of a batch was refused.
    pub(super) fn of_entry(entry: &BatchResultErrorEntry) -> Self {
        let (code, message) = (entry.code(), entry.message().unwrap_or_default());
        Self { status: None, code: bare(code), source: format!("{code}: {message}").into() }
    }
}

/// A code without the prefix that it has in one of the two forms that SQS gives.
fn bare(code: &str) -> String {
    code.strip_prefix("AWS.SimpleQueueService.").unwrap_or(code).to_owned()
}

impl Asked<'_> {
    /// Reads an error of the SDK.
    pub(super) fn read<E>(&self, error: SdkError<E, HttpResponse>) -> Error
    where
        E: ProvideErrorMetadata + StdError + Send + Sync + 'static,
    {
        let all = chain(&error);
        tracing::debug!(error = %all, action = self.action, "the request failed");
        match &error {
            SdkError::TimeoutError(_)
            | SdkError::DispatchFailure(_)
            | SdkError::ConstructionFailure(_) => match trouble_in(&error) {
                Some(Trouble { problem, detail }) => {
                    self.credentials(problem.clone(), detail.clone().into())
                }
                None => self.unreachable(innermost(&error)),
            },
            SdkError::ResponseError(_) if broke_off(&error) => self.unreachable(innermost(&error)),
            _ => {
                let status = error.raw_response().map(|response| response.status().as_u16());
                let code = bare(error.code().unwrap_or_default());
                let said = error.message().map(|message| format!("{code}: {message}").into());
                let not_sqs = || match status {
                    Some(status) => format!("it answers {status}, but not as SQS does").into(),
                    None => all,
                };
                let source = said.filter(|_| !code.is_empty()).unwrap_or_else(not_sqs);
                self.read_refusal(Refusal { status, code, source })
            }
        }
    }

    /// What a refusal means.
    pub(super) fn read_refusal(&self, refusal: Refusal) -> Error {
        let Refusal { status, code, source } = refusal;
        let queue = self.queue.to_owned();
        match (status, code.as_str()) {
            (_, "QueueDoesNotExist" | "NonExistentQueue") => Error::NoSuchQueue { queue },
            (_, "ReceiptHandleIsInvalid" | "MessageNotInflight") => Error::ReceiptGone { queue },
            (_, "InvalidParameterValue") => self.read_value(source),
            (_, "BatchRequestTooLong" | "MessageTooLong") => self.too_large(),
            // "Ask me later."
            (
                _,
                "RequestThrottled"
                | "Throttling"
                | "ThrottlingException"
                | "TooManyRequestsException"
                | "KmsThrottled"
                | "OverLimit"
                | "QueueDeletedRecently"
                | "RequestTimeout"
                | "ServiceUnavailable"
                | "InternalError"
                | "InternalFailure",
            )
            | (Some(408 | 429), _) => self.unreachable(source),
            (_, "RequestTimeTooSkewed") => self.credentials(CredentialProblem::ClockSkew, source),
            (
                _,
                "ExpiredToken"
                | "ExpiredTokenException"
                | "TokenRefreshRequired"
                | "RequestExpired",
            ) => self.credentials(CredentialProblem::Expired, source),
            (_, "SignatureDoesNotMatch" | "InvalidSignatureException") => {
                self.read_signature(source)
            }
            (
                _,
                "InvalidClientTokenId"
                | "InvalidAccessKeyId"
                | "UnrecognizedClientException"
                | "IncompleteSignature"
                | "MissingAuthenticationToken"
                | "MissingAuthenticationTokenException"
                | "InvalidToken"
                | "InvalidSecurity",
            ) => self.credentials(CredentialProblem::Rejected, source),
            (_, "AccessDenied" | "AccessDeniedException" | "KmsAccessDenied")
            | (Some(401 | 403), _) => Error::Denied { queue, action: self.action, source },
            (Some(500..), _) => self.unreachable(source),
            _ => self.other(source),
        }
    }

    /// SQS has one code for these, and tells them apart in words (SQS API, common errors).
    fn read_value(&self, source: BoxError) -> Error {
        let said = source.to_string();
        let is_receipt =
            said.contains("ReceiptHandle") || said.contains("visibility timeout change");
        if said.contains("must be shorter than") {
            self.too_large()
        } else if is_receipt {
            Error::ReceiptGone { queue: self.queue.to_owned() }
        } else {
            self.other(source)
        }
    }

    /// A signature is refused because the secret is wrong, or because of its time.
    fn read_signature(&self, source: BoxError) -> Error {
        let said = source.to_string();
        let signs = ["Signature expired", "Signature not yet current"];
        match signs.iter().any(|sign| said.contains(sign)) {
            true => self.credentials(CredentialProblem::ClockSkew, source),
            false => self.credentials(CredentialProblem::Rejected, source),
        }
    }

    /// An answer that SQS does not give.
    pub(super) fn broken_answer(&self, what: &str) -> Error {
        self.other(format!("the server's answer is wrong: {what}").into())
    }

    pub(super) fn other(&self, source: BoxError) -> Error {
        Error::Backend { action: self.action, queue: self.queue.to_owned(), source }
    }

    fn too_large(&self) -> Error {
        Error::TooLarge { queue: self.queue.to_owned(), bytes: self.bytes }
    }

    fn credentials(&self, problem: CredentialProblem, source: BoxError) -> Error {
        Error::Credentials { queue: self.queue.to_owned(), problem: Box::new(problem), source }
    }

    fn unreachable(&self, source: BoxError) -> Error {
        let (endpoint, queue) = (self.endpoint.to_owned(), self.queue.to_owned());
        Error::Unreachable { endpoint, queue, source }
    }
}
