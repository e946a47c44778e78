//! Why somebody may not come in, or an account is not changed.

use std::time::Duration;

use studio_domain::UserName;

use super::password::{LONGEST_PASSWORD, SHORTEST_PASSWORD};
use crate::ErrorKind;

/// Why somebody may not come in, or an account is not changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AccessError {
    /// No account has this name.
    #[error("there is no account {name}")]
    NoAccount {
        /// The name.
        name: Box<UserName>,
    },
    /// An account may not come in any more.
    #[error("the account {name} is disabled")]
    Disabled {
        /// Its name.
        name: Box<UserName>,
    },
    /// Nobody has this name and this password. Which of them is wrong is never told.
    #[error("the name or the password is wrong")]
    Denied,
    /// Too much was tried from there.
    #[error("too many tries; the next is in {} seconds", retry_after.as_secs())]
    Throttled {
        /// How long to wait.
        retry_after: Duration,
    },
    /// Too many wait to have their passwords checked.
    #[error("too many sign in at once")]
    Crowded,
    /// A password that must not be one.
    #[error(transparent)]
    Password(#[from] PasswordProblem),
    /// The file with the studio's secret is of no use.
    #[error("{}", problem)]
    Secret {
        /// What is wrong with it.
        problem: String,
    },
    /// There is no such provider to sign in at.
    #[cfg(feature = "oidc")]
    #[error("there is no such provider to sign in at")]
    NoProvider,
    /// A browser that brings what it did not begin here, or too long ago, or brought before.
    #[cfg(feature = "oidc")]
    #[error("this sign-in was not begun here, or too long ago; begin it anew")]
    NotBegun,
    /// Nobody here is who came from a provider.
    #[cfg(feature = "oidc")]
    #[error("no account here is linked to that identity; a manager can link one")]
    NotLinked,
    /// What a provider says, or that it says nothing.
    #[cfg(feature = "oidc")]
    #[error(transparent)]
    Provider(#[from] studio_oidc::Error),
    /// Anything else.
    #[error(transparent)]
    Failed(#[from] crate::Error),
}

/// Why a text is no password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordProblem {
    /// Too short to withstand guessing.
    #[error("a password has at least {SHORTEST_PASSWORD} characters")]
    Short,
    /// So long that checking it would be work.
    #[error("a password has at most {LONGEST_PASSWORD} bytes")]
    Long,
    /// The account's own name or address.
    #[error("a password is not the name or the address that it belongs to")]
    Named,
    /// The same character, or two, again and again.
    #[error("a password has at least five different characters")]
    Plain,
}

impl AccessError {
    /// What sort of thing it is.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NoAccount { .. } => ErrorKind::NotFound,
            Self::Disabled { .. } => ErrorKind::Conflict,
            Self::Denied | Self::Password(_) => ErrorKind::InvalidInput,
            Self::Throttled { .. } | Self::Crowded | Self::Secret { .. } => ErrorKind::Unavailable,
            #[cfg(feature = "oidc")]
            Self::NoProvider | Self::NotLinked => ErrorKind::NotFound,
            #[cfg(feature = "oidc")]
            Self::NotBegun => ErrorKind::InvalidInput,
            #[cfg(feature = "oidc")]
            Self::Provider(error) => match error {
                studio_oidc::Error::Unreachable { .. } => ErrorKind::Unavailable,
                studio_oidc::Error::Misconfigured { .. } => ErrorKind::Failure,
                _ => ErrorKind::InvalidInput,
            },
            Self::Failed(error) => error.kind(),
        }
    }

    /// What nobody who asks can do anything about.
    pub(super) fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        crate::Error::Internal(Box::new(error)).into()
    }
}

impl From<studio_repo::Error> for AccessError {
    fn from(error: studio_repo::Error) -> Self {
        Self::Failed(error.into())
    }
}
