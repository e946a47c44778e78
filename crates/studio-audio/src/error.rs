//! What can be wrong with a file of sound.

use std::io;

/// Shorthand for results of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why some bytes could not be read as sound, or some sound not be written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The bytes could not be read or written at all. Says nothing about their content.
    #[error("cannot read or write the bytes")]
    Io(#[from] io::Error),
    /// The bytes are no sound that is known here.
    #[error("not a known kind of audio file")]
    NotAudio,
    /// It is sound, of a kind that cannot be decoded here.
    #[error("cannot decode {what}")]
    Unsupported {
        /// What it is.
        what: String,
    },
    /// It says that it is sound of a known kind, and breaks the rules of that kind.
    #[error("damaged or malformed: {detail}")]
    Malformed {
        /// What is wrong, with the place where that is known.
        detail: String,
    },
    /// What was asked for does not go with the sound that is there.
    #[error("{what}")]
    Mismatch {
        /// What does not go together.
        what: String,
    },
    /// It was told to stop.
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// Breaks the rules of its kind.
    pub(crate) fn malformed(detail: impl Into<String>) -> Self {
        Self::Malformed { detail: detail.into() }
    }
}
