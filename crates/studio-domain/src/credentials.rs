//! What can be wrong with credentials.

/// What is wrong with the credentials for a server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CredentialProblem {
    /// There are none.
    Missing,
    /// The profile of the AWS configuration that was named is not there.
    NoSuchProfile {
        /// Its name.
        profile: String,
    },
    /// The single sign-on of a profile has expired, or there was none yet.
    SignedOut {
        /// The profile.
        profile: String,
    },
    /// The AWS configuration names a way to them (a process, a role, a sign-on) that
    /// leads to none.
    Unobtainable,
    /// The server does not know them, or the secret is wrong.
    Rejected,
    /// They were good once.
    Expired,
    /// The clocks of this machine and the server differ too much to tell.
    ClockSkew,
}

impl std::fmt::Display for CredentialProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing => f.write_str("there are no credentials"),
            Self::NoSuchProfile { profile } => write!(f, "there is no AWS profile `{profile}`"),
            Self::SignedOut { profile } => {
                write!(f, "AWS profile `{profile}` is not signed in, or not any more")
            }
            Self::Unobtainable => f.write_str("the AWS configuration leads to no credentials"),
            Self::Rejected => f.write_str("the credentials were rejected"),
            Self::Expired => f.write_str("the credentials have expired"),
            Self::ClockSkew => {
                f.write_str("this machine's clock differs too much from the server's")
            }
        }
    }
}
