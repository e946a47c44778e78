//! Coming in over HTTP: signing in, sessions, tokens and keys of players.

use std::fmt;

use serde::{Deserialize, Serialize};
use studio_domain::{DeviceName, Scopes, Session, SessionId};
use utoipa::ToSchema;

use super::{AccountLine, AppKeyLine, AuditLine, InvalidField, TokenLine};
use crate::format_time;

/// The most days for which a token can be made to hold.
pub const MOST_TOKEN_DAYS: u32 = 3650;

/// Who wants to come in.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "laura", "password": "tchk tchk boom tchk" }))]
pub struct SignInBody {
    /// The account's name.
    pub name: String,
    /// Its password.
    pub password: String,
}

/// Without the password.
impl fmt::Debug for SignInBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInBody").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A password in the place of another.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordBody {
    /// The one that the account has.
    pub current: String,
    /// The one that it is to have: 12 characters to 1024 bytes.
    pub new: String,
}

/// Without the passwords.
impl fmt::Debug for PasswordBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordBody").finish_non_exhaustive()
    }
}

/// Who asks, as the service sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CurrentSession {
    /// How they came in: `guest`, `session`, `token`; `open` where nobody has to come in.
    pub way: String,
    /// Whose account it is; null for a guest.
    pub account: Option<AccountLine>,
    /// What each change must send as `X-CSRF-Token`; null but for a session.
    pub csrf_token: Option<String>,
    /// When the session ends if nobody uses it (RFC 3339); null but for a session.
    pub expires_at: Option<String>,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionLine {
    /// UUID.
    #[schema(format = "uuid")]
    pub id: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// When it began (RFC 3339).
    pub created_at: String,
    /// When it was last used, to some minutes (RFC 3339).
    pub seen_at: String,
    /// When it ends if nobody uses it (RFC 3339).
    pub expires_at: String,
    /// The address that it began from.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

impl SessionLine {
    /// Of a session, seen from another one.
    pub fn new(session: &Session, current: Option<SessionId>) -> Self {
        Self {
            id: session.id.to_string(),
            current: current == Some(session.id),
            created_at: format_time(session.created_at),
            seen_at: format_time(session.seen_at),
            expires_at: format_time(session.expires_at),
            address: session.address.clone(),
            agent: session.agent.clone(),
        }
    }
}

/// The browsers that are signed in to an account, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SessionList {
    /// They.
    pub items: Vec<SessionLine>,
}

/// A token that is to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "backup", "scopes": ["read"], "days": 90 }))]
pub struct TokenBody {
    /// What it is for; unique for the account.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// What it may be used for: `read`, `write`, `ingest`, `manage`.
    #[schema(min_items = 1)]
    pub scopes: Vec<String>,
    /// How many days it holds; for ever if nothing is said.
    #[schema(minimum = 1, maximum = 3650)]
    pub days: Option<u32>,
}

impl TokenBody {
    /// What it says.
    ///
    /// # Errors
    /// [`InvalidField`].
    pub fn decode(&self) -> Result<(DeviceName, Scopes, Option<u32>), InvalidField> {
        if let Some(days) = self.days.filter(|days| !(1..=MOST_TOKEN_DAYS).contains(days)) {
            let said = format!("{days} is not from 1 to {MOST_TOKEN_DAYS}");
            return Err(InvalidField::of("days")(said));
        }
        let name = self.name.parse().map_err(InvalidField::of("name"))?;
        let scopes = self.scopes.join(" ").parse().map_err(InvalidField::of("scopes"))?;
        Ok((name, scopes, self.days))
    }
}

/// A token that was made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedToken {
    /// The token.
    pub token: TokenLine,
    /// What a program comes with, as `Authorization: Bearer …`; told this once.
    pub secret: String,
}

/// Without the secret.
impl fmt::Debug for CreatedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedToken").field("token", &self.token).finish_non_exhaustive()
    }
}

/// The tokens of an account, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenList {
    /// They.
    pub items: Vec<TokenLine>,
}

/// A key that is to be made for a player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "name": "Symfonium on the phone" }))]
pub struct AppKeyBody {
    /// The player; unique for the account.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
}

impl AppKeyBody {
    /// What it says.
    ///
    /// # Errors
    /// [`InvalidField`].
    pub fn decode(&self) -> Result<DeviceName, InvalidField> {
        self.name.parse().map_err(InvalidField::of("name"))
    }
}

/// A key that was made for a player.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CreatedAppKey {
    /// The key.
    pub app_key: AppKeyLine,
    /// What the player comes with: as its API key, or in the place of a password; told this
    /// once.
    pub secret: String,
}

/// Without the secret.
impl fmt::Debug for CreatedAppKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatedAppKey").field("app_key", &self.app_key).finish_non_exhaustive()
    }
}

/// The keys of an account's players, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AppKeyList {
    /// They.
    pub items: Vec<AppKeyLine>,
}

/// A part of the accounts by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountPage {
    /// They.
    pub items: Vec<AccountLine>,
    /// What `after` must be for the part that follows; null at the end.
    pub next: Option<String>,
}

/// A part of the audit log, the last first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditPage {
    /// Its lines.
    pub items: Vec<AuditLine>,
    /// What `after` must be for the part that follows; null at the end.
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_not_in_what_is_shown() {
        let body = SignInBody { name: "ann".to_owned(), password: "tchk".to_owned() };
        assert_eq!(format!("{body:?}"), "SignInBody { name: \"ann\", .. }");
        let body = PasswordBody { current: "tchk".to_owned(), new: "boom".to_owned() };
        assert_eq!(format!("{body:?}"), "PasswordBody { .. }");
    }

    #[test]
    fn a_token_holds_some_days_and_has_scopes() {
        let body = |scopes: &[&str], days| TokenBody {
            name: "backup".to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            days,
        };
        let (name, scopes, days) = body(&["write", "read"], Some(90)).decode().expect("good");
        assert_eq!(
            (name.as_str(), scopes.to_string().as_str(), days),
            ("backup", "read write", Some(90))
        );
        for bad in [body(&[], None), body(&["all"], None), body(&["read"], Some(0))] {
            assert!(bad.decode().is_err(), "{bad:?}");
        }
        assert!(body(&["read"], Some(MOST_TOKEN_DAYS + 1)).decode().is_err());
    }
}
