//! Accounts, and who they are elsewhere.

use async_trait::async_trait;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{Account, AccountId, AuditEntry, EmailAddress, Identity, Role, UserName};

use super::account_rows::{AccountRow, IdentityRow};
use super::entries::Query;
use super::error::Outcome;
use super::schema::{accounts, api_tokens, app_keys, identities, sessions, sign_ins};
use super::tokens::note;
use super::write::bytes;
use super::{SqliteCatalog, listeners};
use crate::{AccountRepo, Error, MAX_PAGE, Result};

#[async_trait]
impl AccountRepo for SqliteCatalog {
    async fn put_account(&self, account: &Account, noted: &AuditEntry) -> Result<()> {
        let (account, noted) = (account.clone(), noted.clone());
        self.connections
            .write("keep an account", move |c| {
                put(c, &account)?;
                note(c, &noted)
            })
            .await
    }

    async fn put_first_account(&self, account: &Account, noted: &AuditEntry) -> Result<bool> {
        let (account, noted) = (account.clone(), noted.clone());
        self.connections
            .write("keep the first account", move |c| {
                if any(c)? {
                    return Ok(false);
                }
                put(c, &account)?;
                note(c, &noted)?;
                Ok(true)
            })
            .await
    }

    async fn put_account_of(
        &self,
        identity: &Identity,
        account: &Account,
        noted: &AuditEntry,
    ) -> Result<()> {
        let (identity, account, noted) = (identity.clone(), account.clone(), noted.clone());
        self.connections
            .write("keep an account", move |c| {
                put(c, &account)?;
                link(c, &identity)?;
                note(c, &noted)
            })
            .await
    }

    async fn account(&self, id: AccountId) -> Result<Option<Account>> {
        self.connections
            .alone("find an account", move |c| one(c, with_id(bytes(id.as_uuid()))))
            .await
    }

    async fn account_named(&self, name: &UserName) -> Result<Option<Account>> {
        let name = name.clone();
        self.connections.alone("find an account", move |c| one(c, with_name(name.key()))).await
    }

    async fn account_with_email(&self, email: &EmailAddress) -> Result<Option<Account>> {
        let email = email.clone();
        self.connections.alone("find an account", move |c| one(c, with_email(email.key()))).await
    }

    async fn accounts(&self, after: Option<&UserName>, limit: u32) -> Result<Vec<Account>> {
        let after = after.map_or_else(String::new, |name| name.key().to_owned());
        self.connections
            .alone("list accounts", move |c| {
                let rows: Vec<AccountRow> = listing(&after, limit).load(c)?;
                rows.into_iter().map(AccountRow::into_account).collect()
            })
            .await
    }

    async fn has_accounts(&self) -> Result<bool> {
        self.connections.alone("look for accounts", |c| Ok(any(c)?)).await
    }

    async fn remove_account(&self, id: AccountId, noted: &AuditEntry) -> Result<()> {
        let noted = noted.clone();
        self.connections
            .write("remove an account", move |c| {
                let id = bytes(id.as_uuid());
                let was_manager = one(c, with_id(id))?.is_some_and(|account| is_managing(&account));
                take_what_it_comes_in_with(c, id)?;
                listeners::forget_account(c, id)?;
                diesel::delete(sign_ins::table.filter(sign_ins::account_id.eq(id))).execute(c)?;
                diesel::delete(identities::table.filter(identities::account_id.eq(id)))
                    .execute(c)?;
                diesel::delete(accounts::table.find(id)).execute(c)?;
                if was_manager {
                    keep_a_manager(c)?;
                }
                note(c, &noted)
            })
            .await
    }

    async fn link_identity(&self, identity: &Identity, noted: &AuditEntry) -> Result<()> {
        let (identity, noted) = (identity.clone(), noted.clone());
        self.connections
            .write("link an identity", move |c| {
                link(c, &identity)?;
                note(c, &noted)
            })
            .await
    }

    async fn unlink_identity(&self, issuer: &str, subject: &str, noted: &AuditEntry) -> Result<()> {
        let key = (issuer.to_owned(), subject.to_owned());
        let noted = noted.clone();
        self.connections
            .write("take back the link of an identity", move |c| {
                diesel::delete(identities::table.find(key)).execute(c)?;
                note(c, &noted)
            })
            .await
    }

    async fn account_of_identity(&self, issuer: &str, subject: &str) -> Result<Option<Account>> {
        let (issuer, subject) = (issuer.to_owned(), subject.to_owned());
        self.connections
            .alone("find an account", move |c| one(c, with_identity(&issuer, &subject)))
            .await
    }

    async fn identities_of(&self, id: AccountId) -> Result<Vec<Identity>> {
        self.connections
            .alone("list identities", move |c| {
                let rows = identities::table
                    .filter(identities::account_id.eq(bytes(id.as_uuid())))
                    .order((identities::linked_at, identities::issuer, identities::subject));
                let rows: Vec<IdentityRow> = rows.select(IdentityRow::as_select()).load(c)?;
                rows.into_iter().map(IdentityRow::into_identity).collect()
            })
            .await
    }
}

pub(super) fn with_id(id: &[u8]) -> impl Query<'_, AccountRow> {
    accounts::table.filter(accounts::id.eq(id)).select(AccountRow::as_select())
}

pub(super) fn with_name(key: &str) -> impl Query<'_, AccountRow> {
    accounts::table.filter(accounts::name_key.eq(key)).select(AccountRow::as_select())
}

pub(super) fn with_email(key: &str) -> impl Query<'_, AccountRow> {
    accounts::table.filter(accounts::email_key.eq(key)).select(AccountRow::as_select())
}

pub(super) fn with_identity<'q>(issuer: &'q str, subject: &'q str) -> impl Query<'q, AccountRow> {
    identities::table
        .inner_join(accounts::table)
        .filter(identities::issuer.eq(issuer))
        .filter(identities::subject.eq(subject))
        .select(AccountRow::as_select())
}

pub(super) fn listing(after: &str, limit: u32) -> impl Query<'_, AccountRow> {
    accounts::table
        .filter(accounts::name_key.gt(after))
        .order(accounts::name_key)
        .limit(limit.clamp(1, MAX_PAGE).into())
        .select(AccountRow::as_select())
}

fn one<'q>(
    c: &mut SqliteConnection,
    query: impl Query<'q, AccountRow>,
) -> Outcome<Option<Account>> {
    let rows: Vec<AccountRow> = query.load(c)?;
    rows.into_iter().next().map(AccountRow::into_account).transpose()
}

fn any(c: &mut SqliteConnection) -> QueryResult<bool> {
    select(exists(accounts::table.select(accounts::id))).get_result(c)
}

fn put(c: &mut SqliteConnection, account: &Account) -> Outcome<()> {
    let id = bytes(account.id.as_uuid());
    let others = accounts::table.filter(accounts::id.ne(id));
    let named = others.filter(accounts::name_key.eq(account.name.key()));
    if select(exists(named)).get_result(c)? {
        return Err(
            Error::AccountExists { name: Box::new(account.name.clone()), email: None }.into()
        );
    }
    if let Some(email) = &account.email {
        let same = others.filter(accounts::email_key.eq(email.key()));
        if select(exists(same)).get_result(c)? {
            let (name, email) = (Box::new(account.name.clone()), Some(Box::new(email.clone())));
            return Err(Error::AccountExists { name, email }.into());
        }
    }
    let before = one(c, with_id(id))?;
    let row = AccountRow::of(account)?;
    match &before {
        None => diesel::insert_into(accounts::table).values(&row).execute(c)?,
        Some(_) => diesel::update(accounts::table.find(id)).set(&row).execute(c)?,
    };
    let Some(before) = before else { return Ok(()) };
    if !account.is_enabled() {
        take_what_it_comes_in_with(c, id)?;
    } else if before.password != account.password || before.role != account.role {
        diesel::delete(sessions::table.filter(sessions::account_id.eq(id))).execute(c)?;
    }
    match is_managing(&before) {
        true => keep_a_manager(c),
        false => Ok(()),
    }
}

/// Sessions, tokens and app keys of an account.
fn take_what_it_comes_in_with(c: &mut SqliteConnection, id: &[u8]) -> QueryResult<()> {
    diesel::delete(sessions::table.filter(sessions::account_id.eq(id))).execute(c)?;
    diesel::delete(api_tokens::table.filter(api_tokens::account_id.eq(id))).execute(c)?;
    diesel::delete(app_keys::table.filter(app_keys::account_id.eq(id))).execute(c)?;
    Ok(())
}

fn is_managing(account: &Account) -> bool {
    account.role == Role::Manager && account.is_enabled()
}

/// A studio that nobody could manage any more stays as it is.
fn keep_a_manager(c: &mut SqliteConnection) -> Outcome<()> {
    let managers = accounts::table
        .filter(accounts::role.eq(Role::Manager.as_str()))
        .filter(accounts::disabled_at.is_null());
    match select(exists(managers)).get_result(c)? {
        true => Ok(()),
        false => Err(Error::LastManager.into()),
    }
}

fn link(c: &mut SqliteConnection, identity: &Identity) -> Outcome<()> {
    let (issuer, subject) = (identity.issuer.as_str(), identity.subject.as_str());
    let account = bytes(identity.account.as_uuid());
    let owner: Option<Vec<u8>> = identities::table
        .find((issuer, subject))
        .select(identities::account_id)
        .first(c)
        .optional()?;
    if owner.is_some_and(|owner| owner != account) {
        return Err(Error::IdentityTaken.into());
    }
    diesel::replace_into(identities::table)
        .values((
            identities::issuer.eq(issuer),
            identities::subject.eq(subject),
            identities::account_id.eq(account),
            identities::email.eq(identity.email.as_deref()),
            identities::linked_at.eq(identity.linked_at.as_micros()),
        ))
        .execute(c)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use studio_domain::Timestamp;

    use super::super::plan::{assert_leads, assert_searches, plan};
    use super::super::sessions::{of_account, with_secret};
    use super::super::tokens::{app_key_with, keys_of, log, token_with};
    use super::*;

    #[tokio::test]
    async fn who_comes_in_is_searched_for() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| {
            let (id, secret) = ([7; 16], [9; 32]);
            assert_leads("an account", &plan(c, with_id(&id))?, "(id=?)");
            assert_leads("a name", &plan(c, with_name("ann"))?, "(name_key=?)");
            assert_leads("an address", &plan(c, with_email("a@b"))?, "(email_key=?)");
            let linked = plan(c, with_identity("https://id", "s"))?;
            assert_leads("an identity", &linked, "(issuer=? AND subject=?)");
            assert_leads("accounts", &plan(c, listing("", 10))?, "(name_key>?)");
            assert_leads("a token", &plan(c, token_with(&secret))?, "(secret=?)");
            assert_leads("an app key", &plan(c, app_key_with(&id))?, "(id=?)");
            let keys = plan(c, keys_of("ann"))?;
            assert_leads("the app keys of a name", &keys, "(name_key=?)");
            assert!(keys[1].contains("(account_id=?)"), "{keys:?}");
            let now = Timestamp::from_micros(7).as_micros();
            let sessions = plan(c, of_account(&id, now))?;
            assert_leads("sessions", &sessions, "sessions_of_account (account_id=?)");
            Ok(())
        };
        catalog.connections.read("explain who comes in", explain).await
    }

    #[tokio::test]
    async fn both_secrets_of_a_session_are_searched_for() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| {
            let steps = plan(c, with_secret(&[9; 32]))?;
            assert_searches("a session", &steps);
            for arm in ["(secret=?)", "(former=?)"] {
                assert!(steps.iter().any(|step| step.contains(arm)), "{steps:?}");
            }
            Ok(())
        };
        catalog.connections.read("explain a session", explain).await
    }

    #[tokio::test]
    async fn pages_of_the_audit_log_walk_one_index() -> Result<()> {
        let catalog = SqliteCatalog::in_memory()?;
        let explain = |c: &mut SqliteConnection| {
            let id = [7; 16];
            for (before, leads) in [(None, "at>?"), (Some((5, id.as_slice())), "at<?")] {
                let all = plan(c, log(None, before, 10))?;
                assert_leads("all", &all, &format!("audit_by_time ({leads}"));
                let one = plan(c, log(Some(&id), before, 10))?;
                assert_leads("one's", &one, &format!("audit_of_account (account_id=? AND {leads}"));
            }
            Ok(())
        };
        catalog.connections.read("explain the audit log", explain).await
    }
}
