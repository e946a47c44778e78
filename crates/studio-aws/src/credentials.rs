//! Where credentials come from, and what is wrong when there are none.

use std::error::Error as StdError;
use std::path::PathBuf;

use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{
    ProvideCredentials, Result, SharedCredentialsProvider, future,
};
use aws_types::os_shim_internal::{Env, Fs};
use studio_domain::CredentialProblem;

use crate::{AwsSettings, chain, innermost};

/// The variable that names the profile for every AWS tool.
const PROFILE: &str = "AWS_PROFILE";

/// The AWS configuration's own way to credentials (the environment, a profile with keys,
/// a process, a role or single sign-on, the machine's role), with errors that say what
/// there is to do.
#[derive(Debug)]
pub(crate) struct Provider {
    way: SharedCredentialsProvider,
    /// The profile that was asked for by name.
    profile: Option<String>,
}

/// Why there are no credentials; stands at the end of the SDK's chain of errors.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{detail}")]
pub struct Trouble {
    /// What is wrong with them.
    pub problem: CredentialProblem,
    /// More about it, for people.
    pub detail: String,
}

impl Provider {
    pub(crate) fn new(way: SharedCredentialsProvider, settings: &AwsSettings) -> Self {
        let profile = settings.profile.clone().or_else(|| variable(PROFILE));
        Self { way, profile }
    }

    async fn credentials(&self) -> Result {
        // Without this the SDK would go on to the machine's role: somebody else's bucket.
        if let Some(trouble) = self.missing_profile().await {
            return Err(CredentialsError::provider_error(trouble));
        }
        let found = self.way.provide_credentials().await;
        found.map_err(|error| CredentialsError::provider_error(self.trouble(&error)))
    }

    /// What is wrong when a profile was asked for that is not there. Credentials of the
    /// environment come before any profile.
    async fn missing_profile(&self) -> Option<Trouble> {
        let profile = self.profile.as_ref()?;
        if variable("AWS_ACCESS_KEY_ID").is_some() {
            return None;
        }
        let (fs, env, places) = (Fs::real(), Env::real(), Default::default());
        let named = Some(profile.clone().into());
        // A file that cannot be read is the SDK's to tell.
        let profiles = aws_config::profile::load(&fs, &env, &places, named).await.ok()?;
        if profiles.get_profile(profile).is_some() {
            return None;
        }
        let mut known: Vec<_> = profiles.profiles().map(|name| format!("`{name}`")).collect();
        known.sort_unstable();
        let file = config_file();
        let detail = match known.is_empty() {
            true => format!("there are none in {}", file.display()),
            false => format!("there are {} in {}", known.join(", "), file.display()),
        };
        let problem = CredentialProblem::NoSuchProfile { profile: profile.clone() };
        Some(Trouble { problem, detail })
    }

    fn trouble(&self, error: &CredentialsError) -> Trouble {
        let said = chain(error).to_string();
        let problem = match error {
            CredentialsError::CredentialsNotLoaded(_) => {
                let detail = "neither the environment nor a profile nor a role has any".to_owned();
                return Trouble { problem: CredentialProblem::Missing, detail };
            }
            // The SDK has no kinds for these: the cached token is not there, has expired,
            // or is not accepted any more.
            _ if ["SSO token", "sso/cache", "UnauthorizedException"]
                .iter()
                .any(|sign| said.contains(sign)) =>
            {
                let profile = self.profile.as_deref().unwrap_or("default");
                CredentialProblem::SignedOut { profile: profile.to_owned() }
            }
            _ => CredentialProblem::Unobtainable,
        };
        tracing::debug!(error = said, "no credentials");
        Trouble { problem, detail: innermost(error).to_string() }
    }
}

impl ProvideCredentials for Provider {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}

/// The trouble behind an error of the SDK, if that is what it is.
pub fn trouble_in<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a Trouble> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(trouble) = error.downcast_ref() {
            return Some(trouble);
        }
        next = error.source();
    }
    None
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The file in which AWS tools look for profiles.
fn config_file() -> PathBuf {
    match variable("AWS_CONFIG_FILE") {
        Some(file) => PathBuf::from(file),
        None => std::env::home_dir().unwrap_or_default().join(".aws/config"),
    }
}
