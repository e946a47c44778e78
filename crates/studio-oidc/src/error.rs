//! Why nobody is signed in.

/// The result of signing in.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why nobody is signed in. What a provider sent is never in it, but for a short error code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The provider cannot be reached now, or does not answer as it should.
    #[error("the provider {name} cannot be reached: {problem}")]
    Unreachable {
        /// Its name in the settings.
        name: String,
        /// What went wrong.
        problem: String,
    },
    /// The settings do not fit the provider.
    #[error("the provider {name} is not set up well: {problem}")]
    Misconfigured {
        /// Its name in the settings.
        name: String,
        /// What does not fit.
        problem: String,
    },
    /// The provider, or whoever sat there, said no.
    #[error("the provider {name} refused: {code}")]
    Refused {
        /// Its name in the settings.
        name: String,
        /// The error code of OAuth (RFC 6749, 4.1.2.1 and 5.2), such as `access_denied`.
        code: String,
    },
    /// What came back proves nothing.
    #[error("what the provider {name} sent does not hold: {problem}")]
    InvalidToken {
        /// Its name in the settings.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
}

/// The longest code of an error that is told.
const LONGEST_CODE: usize = 64;

impl Error {
    /// [`Error::Refused`] by a code that somebody sent: the visible characters of ASCII in it, and
    /// not more of them than a code has.
    pub fn refused(name: &str, code: &str) -> Self {
        let code = code.chars().filter(char::is_ascii_graphic).take(LONGEST_CODE).collect();
        Self::Refused { name: name.to_owned(), code }
    }
}
