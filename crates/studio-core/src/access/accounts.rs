//! Accounts, as managers keep them.

use studio_domain::{
    Account, AccountId, ArtistName, EmailAddress, PasswordHash, Role, Timestamp, UserName,
};
use uuid::Uuid;

use super::{Access, AccessError, Actor, Opened, Result, Visit, password};

/// How many accounts are read at once.
const PAGE: u32 = 200;

/// An account that is to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// The name to sign in with.
    pub name: UserName,
    /// Where they can be written to.
    pub email: Option<EmailAddress>,
    /// What they are.
    pub role: Role,
    /// The artists that are theirs.
    pub artists: Vec<ArtistName>,
}

/// What is to become other of an account; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccountChange {
    /// The address, or none from now on.
    pub email: Option<Option<EmailAddress>>,
    /// What they are.
    pub role: Option<Role>,
    /// The artists that are theirs.
    pub artists: Option<Vec<ArtistName>>,
    /// Whether they may come in.
    pub enabled: Option<bool>,
}

impl AccountChange {
    fn apply(self, account: &Account, now: Timestamp) -> Account {
        let disabled_at = match self.enabled {
            None => account.disabled_at,
            Some(true) => None,
            Some(false) => account.disabled_at.or(Some(now)),
        };
        Account {
            email: self.email.unwrap_or_else(|| account.email.clone()),
            role: self.role.unwrap_or(account.role),
            artists: self.artists.unwrap_or_else(|| account.artists.clone()),
            disabled_at,
            ..account.clone()
        }
    }
}

impl Access {
    /// Makes an account; one without a password comes in by a provider of OpenID Connect, or not
    /// before it has one.
    ///
    /// # Errors
    /// [`PasswordProblem`](super::PasswordProblem); `AccountExists` and others of the catalogue.
    pub async fn add_account(
        &self,
        new: NewAccount,
        password: Option<&str>,
        actor: &Actor,
    ) -> Result<Account> {
        let hash = match password {
            Some(password) => {
                password::check(password, &new.name, new.email.as_ref())?;
                Some(self.passwords.hash(password).await?)
            }
            None => None,
        };
        let now = self.now();
        let NewAccount { name, email, role, artists } = new;
        let account = Account {
            id: AccountId::from_uuid(Uuid::now_v7()),
            name,
            email,
            role,
            artists,
            password: hash,
            created_at: now,
            updated_at: now,
            disabled_at: None,
        };
        let what = format!("{} ({})", account.name, account.role);
        self.accounts.put_account(&account, &actor.entry(now, "user.add", &what)).await?;
        Ok(account)
    }

    /// Changes an account. One that may not come in any more has no sessions, tokens and keys
    /// afterwards; one with another role has no sessions.
    ///
    /// # Errors
    /// [`AccessError::NoAccount`]; `LastManager`, `AccountExists` and others of the catalogue.
    pub async fn change_account(
        &self,
        name: &UserName,
        change: AccountChange,
        actor: &Actor,
    ) -> Result<Account> {
        let (now, before) = (self.now(), self.account(name).await?);
        let changed = change.apply(&before, now);
        if changed == before {
            return Ok(before);
        }
        let action = match (before.is_enabled(), changed.is_enabled()) {
            (true, false) => "user.disable",
            (false, true) => "user.enable",
            _ => "user.change",
        };
        let account = Account { updated_at: now, ..changed };
        let noted = actor.entry(now, action, &described(&before, &account));
        self.accounts.put_account(&account, &noted).await?;
        self.forget();
        Ok(account)
    }

    /// Gives an account another password; its sessions end.
    ///
    /// # Errors
    /// [`AccessError::NoAccount`], [`PasswordProblem`](super::PasswordProblem); those of the
    /// catalogue.
    pub async fn set_password(&self, name: &UserName, new: &str, actor: &Actor) -> Result<Account> {
        let account = self.account(name).await?;
        password::check(new, &account.name, account.email.as_ref())?;
        let hash = self.passwords.hash(new).await?;
        self.keep_hash(name, hash, "user.passwd", actor).await
    }

    /// Gives an account another password, for somebody who knows the one that it has. All its
    /// sessions end, and another one begins.
    ///
    /// # Errors
    /// [`AccessError::Denied`], also for an account that has none; [`AccessError::Throttled`],
    /// [`AccessError::Crowded`], [`PasswordProblem`](super::PasswordProblem); those of the
    /// catalogue.
    pub async fn change_password(
        &self,
        account: &Account,
        current: &str,
        new: &str,
        visit: Visit<'_>,
    ) -> Result<Opened> {
        password::check(new, &account.name, account.email.as_ref())?;
        self.check_password(account.name.as_str(), current, visit).await?;
        let actor = Actor::of(account, "password", visit.address.to_string());
        let account = self.set_password(&account.name, new, &actor).await?;
        self.open_session(account, "password", visit).await
    }

    /// Whether there is a manager who may come in.
    ///
    /// # Errors
    /// Those of the catalogue.
    pub async fn has_manager(&self) -> Result<bool> {
        let mut after = None;
        loop {
            let page = self.accounts(after.as_ref(), PAGE).await?;
            if page.iter().any(|account| account.role == Role::Manager && account.is_enabled()) {
                return Ok(true);
            }
            let Some(last) = page.last() else { return Ok(false) };
            after = Some(last.name.clone());
        }
    }

    /// Keeps the hash of a password. Making one takes a while, in which the account may have
    /// become another one (disabled, for one), so it is looked at again.
    pub(super) async fn keep_hash(
        &self,
        name: &UserName,
        hash: PasswordHash,
        action: &str,
        actor: &Actor,
    ) -> Result<Account> {
        let (before, now) = (self.account(name).await?, self.now());
        let account = Account { password: Some(hash), updated_at: now, ..before };
        let noted = actor.entry(now, action, account.name.as_str());
        self.accounts.put_account(&account, &noted).await?;
        self.forget();
        Ok(account)
    }

    /// Takes an account out, with all that is its own.
    ///
    /// # Errors
    /// [`AccessError::NoAccount`]; `LastManager` and others of the catalogue.
    pub async fn remove_account(&self, name: &UserName, actor: &Actor) -> Result<Account> {
        let account = self.account(name).await?;
        let noted = actor.entry(self.now(), "user.remove", account.name.as_str());
        self.accounts.remove_account(account.id, &noted).await?;
        self.forget();
        Ok(account)
    }

    /// The account of a name, if it may come in.
    ///
    /// # Errors
    /// [`AccessError::NoAccount`], [`AccessError::Disabled`]; those of the catalogue.
    pub(super) async fn enabled_account(&self, name: &UserName) -> Result<Account> {
        let account = self.account(name).await?;
        match account.is_enabled() {
            true => Ok(account),
            false => Err(AccessError::Disabled { name: Box::new(account.name) }),
        }
    }
}

/// What became other of an account, for the audit log.
fn described(before: &Account, after: &Account) -> String {
    let mut text = after.name.to_string();
    let mut add = |what: &str| {
        text.push_str(", ");
        text.push_str(what);
    };
    if before.role != after.role {
        add(&format!("{} to {}", before.role, after.role));
    }
    if before.email != after.email {
        let email = after.email.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
        add(&format!("e-mail {email}"));
    }
    if before.artists != after.artists {
        let artists: Vec<&str> = after.artists.iter().map(ArtistName::as_str).collect();
        add(&format!("artists {}", artists.join(" / ")));
    }
    text
}
