//! Those who may come in, in the answers of commands and of the service.

use serde::{Deserialize, Serialize};
use studio_domain::{Account, ApiToken, AppKey, ArtistName, AuditEntry, Identity, UserName};
use utoipa::ToSchema;

use crate::format_time;

/// An account, without anything that lets somebody in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountLine {
    /// UUID.
    pub id: String,
    /// The name to sign in with.
    pub name: String,
    /// Where they can be written to.
    pub email: Option<String>,
    /// `manager`, `artist` or `listener`.
    pub role: String,
    /// The names of the artists that are theirs.
    pub artists: Vec<String>,
    /// Whether it has a password.
    pub has_password: bool,
    /// When it was made, in RFC 3339.
    pub created_at: String,
    /// Since when they may not come in any more, in RFC 3339.
    pub disabled_at: Option<String>,
}

impl From<&Account> for AccountLine {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.to_string(),
            name: account.name.to_string(),
            email: account.email.as_ref().map(ToString::to_string),
            role: account.role.to_string(),
            artists: account.artists.iter().map(ArtistName::to_string).collect(),
            has_password: account.password.is_some(),
            created_at: format_time(account.created_at),
            disabled_at: account.disabled_at.map(format_time),
        }
    }
}

/// A token, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenLine {
    /// UUID.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// The name of the account whose rights it carries.
    pub user: String,
    /// What it may be used for: `read`, `write`, `ingest`, `manage`.
    pub scopes: Vec<String>,
    /// When it was made, in RFC 3339.
    pub created_at: String,
    /// When it ends, in RFC 3339; null for one that does not.
    pub expires_at: Option<String>,
    /// When it was last used, to some minutes, in RFC 3339.
    pub seen_at: Option<String>,
}

impl TokenLine {
    /// Of a token, and whose it is.
    pub fn new(token: &ApiToken, user: &UserName) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name.to_string(),
            user: user.to_string(),
            scopes: token.scopes.iter().map(|scope| scope.to_string()).collect(),
            created_at: format_time(token.created_at),
            expires_at: token.expires_at.map(format_time),
            seen_at: token.seen_at.map(format_time),
        }
    }
}

/// A key of a player, without the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AppKeyLine {
    /// UUID.
    pub id: String,
    /// The player.
    pub name: String,
    /// The name of the account that listens.
    pub user: String,
    /// When it was made, in RFC 3339.
    pub created_at: String,
    /// When it was last used, to some minutes, in RFC 3339.
    pub seen_at: Option<String>,
}

impl AppKeyLine {
    /// Of a key, and whose it is.
    pub fn new(key: &AppKey, user: &UserName) -> Self {
        Self {
            id: key.id.to_string(),
            name: key.name.to_string(),
            user: user.to_string(),
            created_at: format_time(key.created_at),
            seen_at: key.seen_at.map(format_time),
        }
    }
}

/// Who somebody is at a provider of `OpenID` Connect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IdentityLine {
    /// The provider's `iss`.
    pub issuer: String,
    /// The provider's `sub`.
    pub subject: String,
    /// The name of the account that it is linked to.
    pub user: String,
    /// The address that the provider told.
    pub email: Option<String>,
    /// Since when, in RFC 3339.
    pub linked_at: String,
}

impl IdentityLine {
    /// Of an identity, and whose it is.
    pub fn new(identity: &Identity, user: &UserName) -> Self {
        Self {
            issuer: identity.issuer.clone(),
            subject: identity.subject.clone(),
            user: user.to_string(),
            email: identity.email.clone(),
            linked_at: format_time(identity.linked_at),
        }
    }
}

/// A line of the audit log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditLine {
    /// UUID.
    pub id: String,
    /// When, in RFC 3339.
    pub at: String,
    /// UUID of the account that it was done with, if with one.
    pub account_id: Option<String>,
    /// The name of who did it, at that time.
    pub actor: String,
    /// How they came in.
    pub way: String,
    /// From where: an address, or the name of a machine.
    pub address: String,
    /// What was done, such as `user.add`.
    pub action: String,
    /// What it was done to.
    pub subject: String,
}

impl From<&AuditEntry> for AuditLine {
    fn from(entry: &AuditEntry) -> Self {
        Self {
            id: entry.id.to_string(),
            at: format_time(entry.at),
            account_id: entry.account.map(|id| id.to_string()),
            actor: entry.actor.clone(),
            way: entry.way.clone(),
            address: entry.address.clone(),
            action: entry.action.clone(),
            subject: entry.subject.clone(),
        }
    }
}
