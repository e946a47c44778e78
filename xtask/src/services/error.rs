//! The one error of the services: a message that names the thing, and its cause.

use std::fmt;
use std::io;

/// The result of everything in `services`.
pub(crate) type Result<T> = std::result::Result<T, Error>;

/// What went wrong with a server. The message names the path, command or port.
#[derive(Debug)]
pub(crate) struct Error {
    message: String,
    source: Option<io::Error>,
}

impl Error {
    /// An error with no deeper cause.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), source: None }
    }

    /// The same error, said of a server.
    pub(super) fn within(mut self, name: &str) -> Self {
        self.message = format!("{name}: {}", self.message);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as _)
    }
}

/// Says what an I/O call was for.
pub(super) trait Context<T> {
    /// Keeps the I/O error as the source of an [`Error`] with this message.
    fn context(self, message: impl FnOnce() -> String) -> Result<T>;
}

impl<T> Context<T> for io::Result<T> {
    fn context(self, message: impl FnOnce() -> String) -> Result<T> {
        self.map_err(|source| Error { message: message(), source: Some(source) })
    }
}
