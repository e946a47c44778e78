//! Sessions of browsers.
//!
//! A browser comes with 256 bits of chance, of which the catalogue has the SHA-256. Once a day
//! they are replaced. What replaces them is made of them and the studio's secret, so that requests
//! that were under way at once are all given the same; those before hold until the browser comes
//! with the new ones, and a little longer. Whoever comes with the old ones after that has stolen
//! them, or was stolen from: the session ends for both.

use std::net::IpAddr;
use std::time::Duration;

use studio_domain::{Account, Session, SessionId, Timestamp, UserName};
use subtle::ConstantTimeEq as _;
use uuid::Uuid;

use super::Access;
use super::throttle::From;
use super::{AccessError, Actor, Result, SEEN_EVERY, SecretText, after, is_past, secret};

/// How long a session lasts that nobody uses.
const IDLE: Duration = Duration::from_secs(14 * 24 * 3600);
/// How long one lasts however much it is used.
const LONGEST: Duration = Duration::from_secs(90 * 24 * 3600);
/// How often what the browser comes with is replaced.
const RENEW_EVERY: Duration = Duration::from_secs(24 * 3600);
/// How long what it came with before is taken once it came with the new.
const GRACE: Duration = Duration::from_secs(60);

/// The most characters that are kept of what a browser calls itself.
const MAX_AGENT: usize = 200;

/// Who wants to sign in, and from where.
#[derive(Debug, Clone, Copy)]
pub struct Visit<'a> {
    /// The client's address.
    pub address: IpAddr,
    /// What the browser calls itself.
    pub agent: &'a str,
    /// What tells that this browser has signed in under the name before, if it came with that.
    pub device: Option<&'a str>,
}

/// A session that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub account: Account,
    /// What the browser is to come with.
    pub secret: SecretText,
    /// What is to tell later that this browser was here under this name.
    pub device: SecretText,
}

/// A session that somebody came with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// The session.
    pub session: Session,
    /// Whose it is.
    pub account: Account,
    /// What the browser is to come with from now on, where that is something else.
    pub renewed: Option<SecretText>,
}

impl Access {
    /// Signs somebody in who has a name and a password.
    ///
    /// Takes as long for a name that nobody has, and says the same.
    ///
    /// # Errors
    /// [`AccessError::Denied`], [`AccessError::Throttled`], [`AccessError::Crowded`]; those of the
    /// catalogue.
    pub async fn sign_in(&self, name: &str, password: &str, visit: Visit<'_>) -> Result<Opened> {
        let account = self.check_password(name, password, visit).await?;
        self.open_session(account, "password", visit).await
    }

    /// The account of a name, for somebody who knows its password.
    pub(super) async fn check_password(
        &self,
        name: &str,
        password: &str,
        visit: Visit<'_>,
    ) -> Result<Account> {
        let now = self.now();
        // What is no name is nobody's.
        let name: Option<UserName> = name.parse().ok();
        let key = name.as_ref().map_or("", UserName::key);
        let device = visit.device.and_then(|text| self.known_device(text, key));
        let from = match &device {
            Some(id) => From::Device(id),
            None => From::Stranger(visit.address),
        };
        let taken = self.throttle.take(&from, key, now);
        taken.map_err(|retry_after| AccessError::Throttled { retry_after })?;
        let account = match &name {
            Some(name) => self.accounts.account_named(name).await?,
            None => None,
        };
        let checked = self.passwords.verify(account.as_ref(), password, device.is_some()).await?;
        let Some(account) = account.filter(|_| checked.is_right) else {
            self.note_denied(key, visit, now).await?;
            return Err(AccessError::Denied);
        };
        self.throttle.clear(&from, key);
        match checked.renewed {
            // Its other sessions end, too: this happens once in years.
            Some(hash) => {
                let actor = Actor::of(&account, "password", visit.address.to_string());
                self.keep_hash(&account.name, hash, "user.rehash", &actor).await
            }
            None => Ok(account),
        }
    }

    /// Begins a session for somebody who has shown who they are in some `way`.
    ///
    /// # Errors
    /// [`AccessError::Disabled`]; those of the catalogue.
    pub async fn open_session(
        &self,
        account: Account,
        way: &str,
        visit: Visit<'_>,
    ) -> Result<Opened> {
        if !account.is_enabled() {
            return Err(AccessError::Disabled { name: Box::new(account.name) });
        }
        let (now, secret) = (self.now(), SecretText::random("")?);
        let session = Session {
            id: SessionId::from_uuid(Uuid::now_v7()),
            account: account.id,
            secret: secret.digest(),
            created_at: now,
            renewed_at: now,
            seen_at: now,
            expires_at: after(now, IDLE),
            address: visit.address.to_string(),
            agent: visit.agent.chars().filter(|c| !c.is_control()).take(MAX_AGENT).collect(),
        };
        self.sessions.put_session(&session).await?;
        let actor = Actor::of(&account, way, visit.address.to_string());
        self.note(&actor, "session.begin", account.name.as_str()).await?;
        let device = self.device_text(secret::random::<16>()?, account.name.key());
        Ok(Opened { session, account, secret, device })
    }

    async fn note_denied(&self, key: &str, visit: Visit<'_>, now: Timestamp) -> Result<()> {
        let address = visit.address.to_string();
        let way = "password".to_owned();
        let actor = Actor { account: None, name: "nobody".to_owned(), way, address };
        Ok(self.tokens.note(&actor.entry(now, "session.denied", key)).await?)
    }

    /// The session that a browser comes with, if it has not ended: one query, and none within a
    /// second.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn know_session(&self, text: &str) -> Result<Option<Entered>> {
        let (now, secret) = (self.now(), secret::digest(text));
        if let Some(entered) = self.entered.get(&secret, now) {
            return Ok(Some(entered));
        }
        let Some(found) = self.sessions.session(&secret).await? else {
            return Ok(None);
        };
        let (session, account) = (found.session, found.account);
        let longest = after(session.created_at, LONGEST);
        if session.expires_at <= now || longest <= now || !account.is_enabled() {
            return Ok(None);
        }
        match found.former_until {
            Some(until) if until <= now => {
                self.end_replayed(&session, &account).await?;
                Ok(None)
            }
            // The answer with the new one may have been lost: it is told again.
            Some(_) => {
                let renewed = Some(self.next(text));
                Ok(Some(Entered { session, account, renewed }))
            }
            None if is_past(session.renewed_at, RENEW_EVERY, now) => {
                self.renew(text, session, account, now).await.map(Some)
            }
            None => {
                let is_fresh = session.seen_at == session.renewed_at;
                if is_fresh || is_past(session.seen_at, SEEN_EVERY, now) {
                    let former_until = after(now, GRACE);
                    self.sessions.see_session(session.id, now, former_until).await?;
                }
                let entered = Entered { session, account, renewed: None };
                self.entered.put(secret, entered.clone(), now);
                Ok(Some(entered))
            }
        }
    }

    /// What a browser is to come with after `text`.
    fn next(&self, text: &str) -> SecretText {
        SecretText::of("", &self.secret.derive("session", &[text.as_bytes()]))
    }

    async fn renew(
        &self,
        text: &str,
        session: Session,
        account: Account,
        now: Timestamp,
    ) -> Result<Entered> {
        let next = self.next(text);
        let expires_at = after(now, IDLE).min(after(session.created_at, LONGEST));
        let renewed =
            Session { secret: next.digest(), renewed_at: now, seen_at: now, expires_at, ..session };
        // Whether this or another request at the same time: what comes of it is the same. Until
        // the new one is used, the old one holds.
        self.sessions.renew_session(&secret::digest(text), &renewed, expires_at).await?;
        self.forget();
        Ok(Entered { session: renewed, account, renewed: Some(next) })
    }

    async fn end_replayed(&self, session: &Session, account: &Account) -> Result<()> {
        tracing::warn!(account = %account.name, "a session was used twice, and has ended");
        self.sessions.remove_session(session.id).await?;
        self.forget();
        let actor = Actor::of(account, "session", session.address.clone());
        self.note(&actor, "session.replayed", account.name.as_str()).await
    }

    /// The sessions of an account that have not ended, the newest first.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn sessions(&self, account: &Account) -> Result<Vec<Session>> {
        Ok(self.sessions.sessions_of(account.id, self.now()).await?)
    }

    /// Ends a session of an account; says whether it had this one.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn end_session(
        &self,
        account: &Account,
        id: SessionId,
        actor: &Actor,
    ) -> Result<bool> {
        let own = self.sessions(account).await?;
        if !own.iter().any(|session| session.id == id) {
            return Ok(false);
        }
        self.sessions.remove_session(id).await?;
        self.forget();
        self.note(actor, "session.end", account.name.as_str()).await?;
        Ok(true)
    }

    /// Ends all sessions of an account but the one that is named, if one is; says how many.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn end_sessions(
        &self,
        account: &Account,
        but: Option<SessionId>,
        actor: &Actor,
    ) -> Result<usize> {
        let ended = self.sessions.remove_sessions_of(account.id, but).await?;
        self.forget();
        if ended > 0 {
            self.note(actor, "session.end", &format!("{} ({ended})", account.name)).await?;
        }
        Ok(ended)
    }

    /// Takes out what has ended; to be done now and then.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn sweep(&self) -> Result<usize> {
        Ok(self.sessions.sweep(self.now()).await?)
    }

    /// What a page of a session must send with each change, so that no other site's page can make
    /// one (CSRF).
    pub fn csrf_token(&self, session: SessionId) -> SecretText {
        let id = session.as_uuid().as_bytes().as_slice();
        SecretText::of("", &self.secret.derive("csrf", &[id])[..20])
    }

    /// Whether that is what was sent.
    pub fn is_csrf_token(&self, session: SessionId, sent: &str) -> bool {
        self.csrf_token(session).as_str().as_bytes().ct_eq(sent.as_bytes()).into()
    }

    fn device_text(&self, id: [u8; 16], name_key: &str) -> SecretText {
        let proof = self.secret.derive("device", &[&id, name_key.as_bytes()]);
        SecretText::of("", &[id.as_slice(), &proof[..20]].concat())
    }

    /// The identity of a browser that has signed in under a name before.
    fn known_device(&self, text: &str, name_key: &str) -> Option<[u8; 16]> {
        let bytes = secret::bytes_of(text)?;
        let id: [u8; 16] = bytes.get(..16)?.try_into().ok()?;
        let expected = self.device_text(id, name_key);
        bool::from(expected.as_str().as_bytes().ct_eq(text.as_bytes())).then_some(id)
    }
}
