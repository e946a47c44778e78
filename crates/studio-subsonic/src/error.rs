//! What an answer says went wrong.

/// The result of a request.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, with the codes of the Subsonic API and of OpenSubsonic.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 0: anything that has no code of its own.
    #[error("{0}")]
    Generic(String),
    /// 10: a parameter that the endpoint needs.
    #[error("required parameter is missing: {0}")]
    Missing(&'static str),
    /// 30: the player speaks a newer protocol than this server.
    #[error("the server speaks the protocol {}, the player a newer one", crate::PROTOCOL)]
    ServerTooOld,
    /// 40: the name, the password or the token is wrong.
    #[error("wrong username or password; players come with an app key, not with the password")]
    WrongPassword,
    /// 42: a way to authenticate that this server does not have.
    #[error("this way to authenticate is not supported: {0}")]
    UnsupportedWay(&'static str),
    /// 43: several ways to authenticate at once.
    #[error("several ways to authenticate were sent at once")]
    ConflictingWays,
    /// 44: the API key is wrong.
    #[error("invalid API key")]
    WrongKey,
    /// 50: it is not for this account.
    #[error("{0}")]
    NotAuthorized(String),
    /// 70: it is not there.
    #[error("{0} not found")]
    NotFound(&'static str),
}

impl Error {
    /// Its code.
    pub fn code(&self) -> i64 {
        match self {
            Self::Generic(_) => 0,
            Self::Missing(_) => 10,
            Self::ServerTooOld => 30,
            Self::WrongPassword => 40,
            Self::UnsupportedWay(_) => 42,
            Self::ConflictingWays => 43,
            Self::WrongKey => 44,
            Self::NotAuthorized(_) => 50,
            Self::NotFound(_) => 70,
        }
    }

    /// A parameter that cannot be read.
    pub fn unreadable(name: &str) -> Self {
        Self::Generic(format!("the parameter {name} cannot be read"))
    }
}
