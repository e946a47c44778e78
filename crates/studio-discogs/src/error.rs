//! What can go wrong when Discogs is asked.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

/// The result of asking.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why there is no answer. Cloned for everybody who waited for the same one.
///
/// None of these says anything of what was asked for: that Discogs does not know it is an
/// answer. So none is ever cached.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Discogs does not accept the token, or wants one.
    #[error("Discogs does not accept the token")]
    Unauthorized,
    /// Discogs says that too much was asked.
    #[error("Discogs wants to be asked less often")]
    RateLimited {
        /// How long it wants to be left alone, where it says so.
        retry_after: Option<Duration>,
    },
    /// So many others wait to be let through that waiting makes no sense.
    #[error("too many questions wait for Discogs already")]
    Busy,
    /// It cannot be reached, or says that it cannot serve now.
    #[error("Discogs cannot be reached")]
    Unavailable {
        /// What happened.
        source: Arc<dyn StdError + Send + Sync>,
    },
    /// It refuses this question.
    #[error("Discogs refuses to answer: status {status}")]
    Refused {
        /// The status of its answer.
        status: u16,
    },
    /// What came is nothing that Discogs says.
    #[error("what came from Discogs makes no sense: {problem}")]
    Junk {
        /// What is wrong with it. Never a part of it.
        problem: String,
    },
    /// A setting that cannot be used.
    #[error("{setting}: {problem}")]
    Setting {
        /// Which one.
        setting: &'static str,
        /// What is wrong with it. Never a secret.
        problem: String,
    },
}

impl Error {
    pub(crate) fn junk(problem: impl Into<String>) -> Self {
        Self::Junk { problem: problem.into() }
    }

    pub(crate) fn unavailable(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Unavailable { source: Arc::from(source.into()) }
    }

    pub(crate) fn setting(setting: &'static str, problem: impl Into<String>) -> Self {
        Self::Setting { setting, problem: problem.into() }
    }
}

/// An error and all that caused it, on one line.
pub(crate) fn chain(error: &dyn StdError) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
