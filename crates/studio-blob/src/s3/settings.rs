//! How to reach a bucket.

use std::fmt;

/// What to know of an S3 server beyond the standard AWS configuration.
///
/// Whatever is `None` comes from there: the `AWS_*` variables, the profile, the
/// instance's role.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct S3Settings {
    /// The server's URL, for servers other than Amazon's.
    pub endpoint: Option<String>,
    /// The region; `us-east-1` if it stands nowhere.
    pub region: Option<String>,
    /// Whether the bucket stands in the URL's path, not in its host name. By default it
    /// does so with an endpoint of its own.
    pub path_style: Option<bool>,
    /// Access key id and secret access key.
    pub credentials: Option<(String, String)>,
}

impl fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Secrets do not belong in logs.
        f.debug_struct("S3Settings")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .field("path_style", &self.path_style)
            .field("credentials", &self.credentials.as_ref().map(|(id, _)| id))
            .finish()
    }
}
