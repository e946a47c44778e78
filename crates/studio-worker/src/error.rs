//! What can go wrong with an asset service.

/// The result of telling an asset service.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of an asset service that is to be told of assets.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The URL of an asset service is none.
    #[error("`{url}` is not the URL of an asset service: {problem}")]
    ServiceUrl {
        /// The text.
        url: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The asset service does not answer, or answers that it cannot serve now.
    #[error("cannot reach the asset service {url}")]
    ServiceUnreachable {
        /// Its URL.
        url: String,
        /// What happened.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The asset service does not take an asset.
    #[error("the asset service {url} refused an asset: {status} {answer}")]
    ServiceRefused {
        /// Its URL.
        url: String,
        /// The status of its answer (RFC 9110).
        status: u16,
        /// The beginning of what it said.
        answer: String,
    },
}

/// An error with all that is behind it, as one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let more = error.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        next = error.source();
    }
    text
}
