//! Who may come in, and with what: accounts with passwords, sessions of browsers, tokens of
//! programs, keys of players.
//!
//! Nothing that somebody comes in with can be read from the catalogue: of passwords it has
//! Argon2id hashes, of sessions and tokens their SHA-256, and the keys of players are made of
//! their identity and the studio's own secret, which lies beside the database ([`StudioSecret`]).

mod accounts;
mod actor;
mod desks;
mod error;
#[cfg(feature = "oidc")]
mod identities;
mod keys;
mod password;
mod recent;
mod secret;
mod sessions;
mod throttle;
mod tokens;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use studio_domain::{Account, AccountId, ApiToken, AuditEntry, Timestamp, UserName};
use studio_repo::{AccountRepo, SessionRepo, TokenRepo};

pub use self::accounts::{AccountChange, NewAccount};
pub use self::actor::Actor;
pub use self::error::{AccessError, PasswordProblem};
#[cfg(feature = "oidc")]
pub use self::identities::{Brought, SentAway, SignInProvider};
pub use self::keys::KeyProof;
pub use self::password::{LONGEST_PASSWORD, SHORTEST_PASSWORD};
pub use self::secret::{SecretText, StudioSecret};
pub use self::sessions::{Entered, Opened, Visit};
pub use self::tokens::NewToken;
#[cfg(feature = "oidc")]
pub use studio_oidc::{Error as ProviderError, Provider, ProviderSettings};

pub(crate) use self::secret::bytes_of;

use self::password::Passwords;
use self::recent::Recent;
use self::throttle::Throttle;
use crate::studio::{Clock, system_time};

/// The result of something that concerns who may come in.
pub type Result<T, E = AccessError> = std::result::Result<T, E>;

/// How often it is noted that something was used: not with each request.
const SEEN_EVERY: Duration = Duration::from_secs(5 * 60);

/// Those who may come in. Cheap to clone; clones share it.
#[derive(Clone)]
pub struct Access {
    accounts: Arc<dyn AccountRepo>,
    sessions: Arc<dyn SessionRepo>,
    tokens: Arc<dyn TokenRepo>,
    secret: Arc<StudioSecret>,
    passwords: Arc<Passwords>,
    throttle: Arc<Throttle>,
    entered: Arc<Recent<Entered>>,
    shown: Arc<Recent<(ApiToken, Account)>>,
    #[cfg(feature = "oidc")]
    providers: Arc<[SignInProvider]>,
    clock: Clock,
}

impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Access").finish_non_exhaustive()
    }
}

impl Access {
    /// Those whom a catalogue knows, with the secret that belongs to it.
    pub fn new<R>(catalog: Arc<R>, secret: StudioSecret) -> Self
    where
        R: AccountRepo + SessionRepo + TokenRepo + 'static,
    {
        Self {
            accounts: catalog.clone(),
            sessions: catalog.clone(),
            tokens: catalog,
            secret: Arc::new(secret),
            passwords: Arc::default(),
            throttle: Arc::default(),
            entered: Arc::default(),
            shown: Arc::default(),
            #[cfg(feature = "oidc")]
            providers: Arc::default(),
            clock: Arc::new(system_time),
        }
    }

    /// Goes by another clock from now on.
    pub fn with_clock(self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self { clock: Arc::new(clock), ..self }
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Forgets who came in just now: what lets them in was changed.
    fn forget(&self) {
        self.entered.clear();
        self.shown.clear();
    }

    /// The account of a name.
    ///
    /// # Errors
    /// [`AccessError::NoAccount`]; those of the catalogue.
    pub async fn account(&self, name: &UserName) -> Result<Account> {
        let found = self.accounts.account_named(name).await?;
        found.ok_or_else(|| AccessError::NoAccount { name: Box::new(name.clone()) })
    }

    /// The account with an identity, if there is one.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn account_with_id(&self, id: AccountId) -> Result<Option<Account>> {
        Ok(self.accounts.account(id).await?)
    }

    /// Accounts by their names: at most `limit` of those after `after`.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn accounts(&self, after: Option<&UserName>, limit: u32) -> Result<Vec<Account>> {
        Ok(self.accounts.accounts(after, limit).await?)
    }

    /// Whether there is any account at all.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn has_accounts(&self) -> Result<bool> {
        Ok(self.accounts.has_accounts().await?)
    }

    /// Notes in the audit log what was done.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn note(&self, actor: &Actor, action: &str, subject: &str) -> Result<()> {
        Ok(self.tokens.note(&actor.entry(self.now(), action, subject)).await?)
    }

    /// What was done, the last first: at most `limit` entries older than `before`.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn audit(
        &self,
        account: Option<AccountId>,
        before: Option<&AuditEntry>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        Ok(self.tokens.audit(account, before, limit).await?)
    }
}

/// A time after another.
fn after(at: Timestamp, span: Duration) -> Timestamp {
    let span = i64::try_from(span.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(at.as_micros().saturating_add(span))
}

/// Whether more than `span` has gone by from one time to another.
fn is_past(since: Timestamp, span: Duration, now: Timestamp) -> bool {
    after(since, span) <= now
}
