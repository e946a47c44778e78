//! The tables `[[oidc]]`: providers at which people sign in.

use std::fmt;

use serde::Deserialize;
use studio_core::access::{Provider, ProviderSettings, SignInProvider};

use crate::failure::{Failure, Result};

/// What is asked for where nothing is said.
const SCOPES: [&str; 2] = ["email", "profile"];

/// A table `[[oidc]]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OidcTable {
    pub(crate) name: String,
    pub(crate) issuer: String,
    pub(crate) client_id: String,
    client_secret: Option<String>,
    scopes: Option<Vec<String>>,
    #[serde(default)]
    sign_up: bool,
    #[serde(default)]
    link_verified_email: bool,
}

/// Without the secret.
impl fmt::Debug for OidcTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, issuer, client_id, .. } = self;
        f.debug_struct("OidcTable")
            .field("name", name)
            .field("issuer", issuer)
            .field("client_id", client_id)
            .finish_non_exhaustive()
    }
}

impl OidcTable {
    /// The variable that has the secret, where the file has none.
    fn variable(&self) -> String {
        let name = self.name.to_ascii_uppercase().replace('-', "_");
        format!("STUDIO_OIDC_{name}_SECRET")
    }

    /// What its people are let do, in words.
    pub(crate) fn told(&self) -> String {
        let words = [
            Some(format!("{} as {}", self.issuer, self.client_id)),
            self.sign_up.then(|| "whoever comes is given an account".to_owned()),
            self.link_verified_email.then(|| "verified addresses count".to_owned()),
        ];
        words.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn provider(&self) -> Result<SignInProvider> {
        let from_environment = || std::env::var(self.variable()).ok();
        let secret = self.client_secret.clone().or_else(from_environment);
        let scopes = self.scopes.clone();
        let settings = ProviderSettings {
            name: self.name.clone(),
            issuer: self.issuer.clone(),
            client_id: self.client_id.clone(),
            client_secret: secret.filter(|secret| !secret.is_empty()),
            scopes: scopes.unwrap_or_else(|| SCOPES.map(str::to_owned).to_vec()),
        };
        let provider = Provider::new(settings).map_err(|error| {
            let (name, variable) = (&self.name, self.variable());
            Failure::usage(
                format!("[[oidc]] {name} in studio.toml: {error}"),
                format!(
                    "it has a name, an issuer and a client_id; its secret can be in {variable}"
                ),
            )
        })?;
        let (sign_up, link_verified_email) = (self.sign_up, self.link_verified_email);
        Ok(SignInProvider { provider, sign_up, link_verified_email })
    }
}

/// The providers of all tables.
///
/// # Errors
/// When one cannot be, or two have one name.
pub(crate) fn providers(tables: &[OidcTable]) -> Result<Vec<SignInProvider>> {
    for (place, table) in tables.iter().enumerate() {
        if tables[..place].iter().any(|other| other.name == table.name) {
            return Err(Failure::usage(
                format!("there are two [[oidc]] with the name {}", table.name),
                "the name stands in the address of each: give one another name",
            ));
        }
    }
    tables.iter().map(OidcTable::provider).collect()
}
