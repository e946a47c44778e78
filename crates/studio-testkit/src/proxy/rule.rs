//! Which requests come to harm, and how.

use hyper::Uri;

use super::operation::{Operation, key};

/// What happens to a request.
///
/// Numbers of bytes count from the beginning of a body. A body that is shorter than a
/// fault wants is struck at its last byte: a request is never complete at the server, an
/// answer never at the client, before a fault that breaks it off. An answer without a body
/// is struck before its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The server is not asked; the answer is this error.
    Refuse {
        /// The HTTP status.
        status: u16,
        /// The S3 error code.
        code: &'static str,
    },
    /// The server is not asked; the answer is 200, and an InternalError is its body: as S3
    /// answers when something fails after it has sent the head (S3 API,
    /// CompleteMultipartUpload).
    ErrorInOk,
    /// The connection is reset after that many bytes of the request.
    ResetUp {
        /// Bytes that the server gets before.
        after: u64,
    },
    /// The connection is reset after that many bytes of the answer.
    ResetDown {
        /// Bytes that the client gets before.
        after: u64,
    },
    /// After that many bytes of the request nothing moves any more, until the client
    /// gives up.
    StallUp {
        /// Bytes that the server gets before.
        after: u64,
    },
    /// After that many bytes of the answer nothing moves any more, until the client
    /// gives up.
    StallDown {
        /// Bytes that the client gets before.
        after: u64,
    },
    /// The connection is closed in an orderly way after that many bytes of the answer.
    TruncateDown {
        /// Bytes that the client gets.
        after: u64,
    },
    /// One bit of the request's body is turned over. One without a body stays as it is.
    FlipUp {
        /// Which byte.
        byte: u64,
        /// Which bit of it, 0 to 7.
        bit: u8,
    },
    /// One bit of the answer's body is turned over. One without a body stays as it is.
    FlipDown {
        /// Which byte.
        byte: u64,
        /// Which bit of it, 0 to 7.
        bit: u8,
    },
    /// The server does what it is asked; then the connection is reset, without an answer.
    LostAnswer,
    /// The server gets the request twice, one after the other (and so the proxy holds its
    /// body in memory).
    Duplicate {
        /// Which answer the client gets.
        answer: Answered,
    },
}

impl Fault {
    /// The server failed.
    pub const INTERNAL_ERROR: Self = Self::Refuse { status: 500, code: "InternalError" };
    /// The server is asked too much.
    pub const SLOW_DOWN: Self = Self::Refuse { status: 503, code: "SlowDown" };
    /// The client may not do this (any more).
    pub const ACCESS_DENIED: Self = Self::Refuse { status: 403, code: "AccessDenied" };
}

/// One of the two answers to a request that came twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "they say it")]
pub enum Answered {
    First,
    Second,
}

/// A fault, and the requests that it strikes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    operation: Option<Operation>,
    prefix: String,
    skip: u64,
    times: u64,
    fault: Fault,
}

impl Rule {
    /// The next request for `operation` is struck.
    pub fn on(operation: Operation, fault: Fault) -> Self {
        Self { operation: Some(operation), ..Self::on_any(fault) }
    }

    /// The next request of any kind is struck.
    pub fn on_any(fault: Fault) -> Self {
        Self { operation: None, prefix: String::new(), skip: 0, times: 1, fault }
    }

    /// Only requests for keys in the bucket that begin with `prefix` count.
    #[must_use]
    pub fn under(self, prefix: &str) -> Self {
        Self { prefix: prefix.to_owned(), ..self }
    }

    /// The first `skip` of the requests that count are spared.
    #[must_use]
    pub fn skip(self, skip: u64) -> Self {
        Self { skip, ..self }
    }

    /// So many requests are struck, one after the other.
    #[must_use]
    pub fn times(self, times: u64) -> Self {
        Self { times, ..self }
    }

    /// All requests are struck, from then on.
    #[must_use]
    pub fn always(self) -> Self {
        self.times(u64::MAX)
    }

    /// Counts a request; gives the fault if it is struck.
    pub(super) fn judge(&mut self, operation: Operation, uri: &Uri) -> Option<Fault> {
        let of_kind = self.operation.is_none_or(|wanted| wanted == operation);
        if !of_kind || !key(uri).starts_with(&self.prefix) || self.times == 0 {
            return None;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return None;
        }
        self.times -= 1;
        Some(self.fault)
    }
}
