//! How to reach the services of an account.

use std::fmt;
use std::time::Duration;

/// What to know of an AWS-compatible service beyond the standard AWS configuration.
///
/// Whatever is `None` comes from there: the `AWS_*` variables, the profile, the instance's
/// role.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AwsSettings {
    /// The server's URL, for servers other than Amazon's.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` if it stands nowhere.
    pub region: Option<String>,
    /// Access key id and secret access key.
    pub credentials: Option<(String, String)>,
    /// The profile of the AWS configuration; otherwise the one that `AWS_PROFILE` names.
    pub profile: Option<String>,
    /// How often a request is sent before its failure counts, the first time included; 4
    /// if nothing else is said. Between two attempts there is a pause of random length,
    /// twice as long each time.
    pub attempts: Option<u32>,
    /// How long a connection may stand still before it is given up and tried again; each
    /// service has a limit of its own if nothing is said.
    pub patience: Option<Duration>,
}

impl fmt::Debug for AwsSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Secrets do not belong in logs.
        f.debug_struct("AwsSettings")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("credentials", &self.credentials.as_ref().map(|(id, _)| id))
            .field("profile", &self.profile)
            .field("attempts", &self.attempts)
            .field("patience", &self.patience)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_shown() {
        let credentials = Some(("AKIA".to_owned(), "hidden".to_owned()));
        let shown = format!("{:?}", AwsSettings { credentials, ..AwsSettings::default() });
        assert!(shown.contains("AKIA") && !shown.contains("hidden"), "{shown}");
    }
}
