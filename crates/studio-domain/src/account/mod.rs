//! Those who may come in: their accounts, what they come in with, and what they did.

mod email;
mod password;
mod scope;

pub use self::email::{EmailAddress, EmailAddressError};
pub use self::password::PasswordHash;
pub use self::scope::{Scope, Scopes};

use crate::audio::named;
use crate::{
    AccountId, ApiTokenId, AppKeyId, ArtistName, AuditId, DeviceName, Digest, SessionId, Timestamp,
    UserName,
};

named! {
    /// What somebody is in the studio.
    Role, "a role: manager, artist or listener" {
        /// Runs the studio: may see and change everything, and decides who comes in.
        Manager => "manager",
        /// Makes music: may see and change what belongs to the artists that are theirs.
        Artist => "artist",
        /// Listens.
        Listener => "listener",
    }
}

/// Somebody who may come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Identity.
    pub id: AccountId,
    /// The name to sign in with; unique in the studio.
    pub name: UserName,
    /// Where they can be written to; unique in the studio.
    pub email: Option<EmailAddress>,
    /// What they are.
    pub role: Role,
    /// The artists whose music is theirs, whether there is music of them yet or not.
    pub artists: Vec<ArtistName>,
    /// What their password is checked by; `None` for those who come in another way.
    pub password: Option<PasswordHash>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When anything of it was last changed.
    pub updated_at: Timestamp,
    /// Since when they may not come in any more.
    pub disabled_at: Option<Timestamp>,
}

impl Account {
    /// Whether they may come in.
    pub fn is_enabled(&self) -> bool {
        self.disabled_at.is_none()
    }

    /// Whether the music of an artist is theirs to see and to change.
    pub fn owns(&self, artist: &ArtistName) -> bool {
        match self.role {
            Role::Manager => true,
            Role::Artist => self.artists.iter().any(|own| own.key() == artist.key()),
            Role::Listener => false,
        }
    }
}

/// Who somebody is for a provider of OpenID Connect: the issuer and the subject together (`OpenID`
/// Connect Core 1.0, 2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The provider's `iss`.
    pub issuer: String,
    /// The provider's `sub`.
    pub subject: String,
    /// Whose it is here.
    pub account: AccountId,
    /// The address that the provider told; only for people to read.
    pub email: Option<String>,
    /// Since when.
    pub linked_at: Timestamp,
}

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Identity.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// SHA-256 of what the browser comes with now.
    pub secret: Digest,
    /// When it began.
    pub created_at: Timestamp,
    /// When its secret was last replaced.
    pub renewed_at: Timestamp,
    /// When it was last used, to some minutes.
    pub seen_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// The address that it began from.
    pub address: String,
    /// What the browser calls itself.
    pub agent: String,
}

/// What a program comes in with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiToken {
    /// Identity.
    pub id: ApiTokenId,
    /// Whose rights it carries, as far as its scopes go.
    pub account: AccountId,
    /// What it is for; unique for the account.
    pub name: DeviceName,
    /// SHA-256 of the secret.
    pub secret: Digest,
    /// What it may be used for.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if it does.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to some minutes.
    pub seen_at: Option<Timestamp>,
}

/// What a player comes in with, in the place of a password. The secret is not here: it is made
/// of the identity and of what only the studio knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppKey {
    /// Identity.
    pub id: AppKeyId,
    /// Whose rights to listen it carries.
    pub account: AccountId,
    /// The player that it is for; unique for the account.
    pub name: DeviceName,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last used, to some minutes.
    pub seen_at: Option<Timestamp>,
}

/// A line of the audit log: who did what, when and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// Identity.
    pub id: AuditId,
    /// When.
    pub at: Timestamp,
    /// Whose account it was done with, if with one.
    pub account: Option<AccountId>,
    /// Their name then.
    pub actor: String,
    /// How they came in: `password`, `session`, `token laptop`, `command line`.
    pub way: String,
    /// From where: an address, or the name of the machine for the command line.
    pub address: String,
    /// What they did, such as `user.add` or `PUT /api/v1/playlists/{id}`.
    pub action: String,
    /// What it was done to, as text.
    pub subject: String,
}
