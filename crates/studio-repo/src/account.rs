//! Those who may come in, and what they come in with.

use async_trait::async_trait;
use studio_domain::{
    Account, AccountId, ApiToken, ApiTokenId, AppKey, AppKeyId, AuditEntry, Digest, EmailAddress,
    Identity, Session, SessionId, Timestamp, UserName,
};

use crate::Result;

/// The part of a catalogue that keeps accounts.
///
/// As with [`CatalogRepo`](crate::CatalogRepo), every method is one transaction, names are
/// compared by their case-folded form, and each method can fail with
/// [`Error::Busy`](crate::Error::Busy), [`Error::Full`](crate::Error::Full) or
/// [`Error::Backend`](crate::Error::Backend) besides the errors named.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait AccountRepo: Send + Sync {
    /// Takes an account in, or takes its new state for the one with its identity, and notes it
    /// in the audit log. One that may not come in any more, or has another password or role
    /// than before, has no sessions afterwards; one that may not come in any more has no
    /// tokens and app keys either.
    ///
    /// # Errors
    /// [`AccountExists`](crate::Error::AccountExists) when another one has its name or its
    /// address;
    /// [`LastManager`](crate::Error::LastManager) when no manager who may come in would be left.
    async fn put_account(&self, account: &Account, noted: &AuditEntry) -> Result<()>;

    /// Takes an account in if there is none at all yet; says whether it did.
    async fn put_first_account(&self, account: &Account, noted: &AuditEntry) -> Result<bool>;

    /// Takes a new account in, with the identity at a provider that it is for: both or neither.
    ///
    /// # Errors
    /// [`AccountExists`](crate::Error::AccountExists) when another one has its name or its
    /// address; [`IdentityTaken`](crate::Error::IdentityTaken) when it is that of another account.
    async fn put_account_of(
        &self,
        identity: &Identity,
        account: &Account,
        noted: &AuditEntry,
    ) -> Result<()>;

    /// The account with an identity.
    async fn account(&self, id: AccountId) -> Result<Option<Account>>;

    /// The account with a name.
    async fn account_named(&self, name: &UserName) -> Result<Option<Account>>;

    /// The account with an address of e-mail.
    async fn account_with_email(&self, email: &EmailAddress) -> Result<Option<Account>>;

    /// Accounts by their names: at most `limit` of those after `after`.
    #[cfg_attr(feature = "mock", mockall::concretize)]
    async fn accounts(&self, after: Option<&UserName>, limit: u32) -> Result<Vec<Account>>;

    /// Whether there is any.
    async fn has_accounts(&self) -> Result<bool>;

    /// Takes an account out, with all that is its own.
    ///
    /// # Errors
    /// [`LastManager`](crate::Error::LastManager) when no manager who may come in would be left.
    async fn remove_account(&self, id: AccountId, noted: &AuditEntry) -> Result<()>;

    /// Links an identity to its account.
    ///
    /// # Errors
    /// [`IdentityTaken`](crate::Error::IdentityTaken) when it is that of another account.
    async fn link_identity(&self, identity: &Identity, noted: &AuditEntry) -> Result<()>;

    /// Takes a link back. Idempotent.
    async fn unlink_identity(&self, issuer: &str, subject: &str, noted: &AuditEntry) -> Result<()>;

    /// The account that an identity is linked to.
    async fn account_of_identity(&self, issuer: &str, subject: &str) -> Result<Option<Account>>;

    /// The identities that are linked to an account, the oldest first.
    async fn identities_of(&self, id: AccountId) -> Result<Vec<Identity>>;
}

/// A session that was found, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundSession {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub account: Account,
    /// `None` when it was found by the secret that it has now; otherwise until when the one
    /// that it had before is still taken.
    pub former_until: Option<Timestamp>,
}

/// The part of a catalogue that keeps sessions of browsers.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait SessionRepo: Send + Sync {
    /// Takes a session in.
    async fn put_session(&self, session: &Session) -> Result<()>;

    /// The session with a secret, be it the one before, and whose it is, whatever their states:
    /// one query. `secret` is a SHA-256.
    async fn session(&self, secret: &Digest) -> Result<Option<FoundSession>>;

    /// Replaces the secret of a session, if it still is `secret`; the one that it had is taken
    /// until `former_until`. Says whether it did.
    async fn renew_session(
        &self,
        secret: &Digest,
        renewed: &Session,
        former_until: Timestamp,
    ) -> Result<bool>;

    /// Notes that a session was used by the secret that it has now: the one before is taken no
    /// longer than `former_until`.
    async fn see_session(
        &self,
        id: SessionId,
        at: Timestamp,
        former_until: Timestamp,
    ) -> Result<()>;

    /// The sessions of an account that have not ended by `now`, the newest first.
    async fn sessions_of(&self, account: AccountId, now: Timestamp) -> Result<Vec<Session>>;

    /// Ends a session. Idempotent.
    async fn remove_session(&self, id: SessionId) -> Result<()>;

    /// Ends the sessions of an account, all but one if one is named; says how many.
    async fn remove_sessions_of(&self, account: AccountId, but: Option<SessionId>)
    -> Result<usize>;

    /// Takes in that a browser was sent to a provider.
    async fn put_sign_in(&self, sign_in: &SignIn) -> Result<()>;

    /// Takes a sign-in out by the SHA-256 of its state: it is there once.
    async fn take_sign_in(&self, state: &Digest) -> Result<Option<SignIn>>;

    /// Takes out the sessions and sign-ins that have ended by `now`.
    async fn sweep(&self, now: Timestamp) -> Result<usize>;
}

/// A browser that was sent to a provider of `OpenID` Connect, until it is back.
#[derive(Clone, PartialEq, Eq)]
pub struct SignIn {
    /// SHA-256 of the `state`.
    pub state: Digest,
    /// SHA-256 of what the browser must bring back in a cookie.
    pub browser: Digest,
    /// The provider's name in the settings.
    pub provider: String,
    /// The `nonce` that the token must hold.
    pub nonce: String,
    /// The verifier of PKCE (RFC 7636).
    pub verifier: String,
    /// The path to go to afterwards.
    pub return_to: String,
    /// The account that the identity is to be linked to, if that is what it is for.
    pub account: Option<AccountId>,
    /// Until when it holds.
    pub expires_at: Timestamp,
}

/// Without what must stay secret.
impl std::fmt::Debug for SignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { provider, return_to, account, expires_at, .. } = self;
        f.debug_struct("SignIn")
            .field("provider", provider)
            .field("return_to", return_to)
            .field("account", account)
            .field("expires_at", expires_at)
            .finish_non_exhaustive()
    }
}

/// The part of a catalogue that keeps tokens, app keys and the audit log.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait TokenRepo: Send + Sync {
    /// Takes a token in.
    ///
    /// # Errors
    /// [`TokenExists`](crate::Error::TokenExists) when its account has another one of its name.
    async fn put_token(&self, token: &ApiToken, noted: &AuditEntry) -> Result<()>;

    /// The token with a secret, and whose it is, whatever their states: one query. `secret` is
    /// a SHA-256.
    async fn token(&self, secret: &Digest) -> Result<Option<(ApiToken, Account)>>;

    /// The tokens of an account, or of all, the newest first.
    async fn tokens(&self, account: Option<AccountId>) -> Result<Vec<(ApiToken, UserName)>>;

    /// Notes that a token was used.
    async fn see_token(&self, id: ApiTokenId, at: Timestamp) -> Result<()>;

    /// Takes a token out; says whether it was there.
    async fn remove_token(&self, id: ApiTokenId, noted: &AuditEntry) -> Result<bool>;

    /// Takes an app key in.
    ///
    /// # Errors
    /// [`TokenExists`](crate::Error::TokenExists) when its account has another one of its name.
    async fn put_app_key(&self, key: &AppKey, noted: &AuditEntry) -> Result<()>;

    /// The app key with an identity, and whose it is, whatever their states: one query.
    async fn app_key(&self, id: AppKeyId) -> Result<Option<(AppKey, Account)>>;

    /// The account of a name with its app keys: one query.
    async fn app_keys_of(&self, name: &UserName) -> Result<Option<(Account, Vec<AppKey>)>>;

    /// Notes that an app key was used.
    async fn see_app_key(&self, id: AppKeyId, at: Timestamp) -> Result<()>;

    /// Takes an app key out; says whether it was there.
    async fn remove_app_key(&self, id: AppKeyId, noted: &AuditEntry) -> Result<bool>;

    /// Notes what was done.
    async fn note(&self, entry: &AuditEntry) -> Result<()>;

    /// What was done, the last first: at most `limit` entries older than `before`.
    #[cfg_attr(feature = "mock", mockall::concretize)]
    async fn audit(
        &self,
        account: Option<AccountId>,
        before: Option<&AuditEntry>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>>;
}
