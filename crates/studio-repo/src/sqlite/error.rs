//! From what diesel and SQLite say to what a caller can act on.

use crate::Error;

/// Why work inside a transaction stopped: an error with a meaning, or one of the database.
#[derive(Debug)]
pub(super) enum Failure {
    /// Has its meaning already.
    Known(Error),
    /// Still to be read.
    Database(diesel::result::Error),
    /// A row that breaks the rules of the domain.
    BadRow(Box<dyn std::error::Error + Send + Sync>),
}

/// The result of work inside a transaction.
pub(super) type Outcome<T> = Result<T, Failure>;

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Known(error)
    }
}

impl Failure {
    /// A stored value that cannot be read back.
    pub(super) fn bad_row(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::BadRow(Box::new(error))
    }

    /// The error to show, given what was being done.
    pub(super) fn while_trying_to(self, action: &'static str) -> Error {
        match self {
            Self::Known(error) => error,
            Self::BadRow(source) => Error::Backend { action, source },
            Self::Database(error) => {
                // SQLite's result codes do not reach us through diesel, only its texts.
                let text = error.to_string();
                let says = |part: &str| text.contains(part);
                match () {
                    () if says("is locked") => Error::Busy { action },
                    () if says("disk is full") => Error::Full { action },
                    () if says("readonly database") => Error::ReadOnly { action },
                    () if says("disk I/O error") => Error::Disk { action, source: error.into() },
                    () if says("malformed") => Error::Damaged { action, source: error.into() },
                    () => Error::Backend { action, source: error.into() },
                }
            }
        }
    }
}
