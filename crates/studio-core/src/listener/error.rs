//! Why something of a listener is not done.

use crate::ErrorKind;

/// Why something of a listener is not done.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ListenerError {
    /// There is no such thing, or it is out of sight: which of them is never told.
    #[error("there is no such {what}")]
    Missing {
        /// What was asked for.
        what: &'static str,
    },
    /// It is in sight, and belongs to somebody else.
    #[error("the {what} is somebody else's")]
    NotYours {
        /// What was to be changed.
        what: &'static str,
    },
    /// What was asked for makes no sense.
    #[error("{problem}")]
    Invalid {
        /// Why.
        problem: &'static str,
    },
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] crate::Error),
}

impl ListenerError {
    /// What sort of thing it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::Missing { .. } => ErrorKind::NotFound,
            Self::NotYours { .. } => ErrorKind::Conflict,
            Self::Invalid { .. } => ErrorKind::InvalidInput,
            Self::Failed(error) => error.kind(),
        }
    }

    pub(super) fn invalid(problem: &'static str) -> Self {
        Self::Invalid { problem }
    }
}

impl From<studio_repo::Error> for ListenerError {
    fn from(error: studio_repo::Error) -> Self {
        match error {
            // Gone since it was looked at.
            studio_repo::Error::NoRecording { .. } => Self::Missing { what: "recording" },
            error => Self::Failed(error.into()),
        }
    }
}
