//! Tokens, app keys and the audit log.

use async_trait::async_trait;
use diesel::dsl::{exists, select};
use diesel::prelude::*;
use diesel::sqlite::{Sqlite, SqliteConnection};
use studio_domain::{
    Account, AccountId, ApiToken, ApiTokenId, AppKey, AppKeyId, AuditEntry, Digest, Timestamp,
    UserName,
};

use super::SqliteCatalog;
use super::account_rows::{AccountRow, AppKeyRow, AuditRow, TokenRow};
use super::entries::Query;
use super::error::{Failure, Outcome};
use super::schema::{accounts, api_tokens, app_keys, audit};
use super::write::bytes;
use crate::{Error, MAX_PAGE, Result, TokenRepo};

#[async_trait]
impl TokenRepo for SqliteCatalog {
    async fn put_token(&self, token: &ApiToken, noted: &AuditEntry) -> Result<()> {
        let (token, noted) = (token.clone(), noted.clone());
        self.connections
            .write("keep a token", move |c| {
                put_token(c, &token)?;
                note(c, &noted)
            })
            .await
    }

    async fn token(&self, secret: &Digest) -> Result<Option<(ApiToken, Account)>> {
        let secret = *secret;
        self.connections
            .alone("find a token", move |c| {
                let row = token_with(secret.as_bytes()).get_result(c).optional()?;
                let whole = |(token, account): (TokenRow, AccountRow)| {
                    Ok((token.into_token()?, account.into_account()?))
                };
                row.map(whole).transpose()
            })
            .await
    }

    async fn tokens(&self, account: Option<AccountId>) -> Result<Vec<(ApiToken, UserName)>> {
        self.connections
            .alone("list tokens", move |c| {
                let rows = api_tokens::table
                    .inner_join(accounts::table)
                    .order((api_tokens::created_at.desc(), api_tokens::id))
                    .select((TokenRow::as_select(), accounts::name))
                    .into_boxed::<Sqlite>();
                let rows = match &account {
                    Some(id) => rows.filter(api_tokens::account_id.eq(bytes(id.as_uuid()))),
                    None => rows,
                };
                let rows: Vec<(TokenRow, String)> = rows.load(c)?;
                let named = |(token, name): (TokenRow, String)| {
                    Ok((token.into_token()?, UserName::new(&name).map_err(Failure::bad_row)?))
                };
                rows.into_iter().map(named).collect()
            })
            .await
    }

    async fn see_token(&self, id: ApiTokenId, at: Timestamp) -> Result<()> {
        self.connections
            .write("note a token's use", move |c| {
                diesel::update(api_tokens::table.find(bytes(id.as_uuid())))
                    .set(api_tokens::seen_at.eq(at.as_micros()))
                    .execute(c)?;
                Ok(())
            })
            .await
    }

    async fn remove_token(&self, id: ApiTokenId, noted: &AuditEntry) -> Result<bool> {
        let noted = noted.clone();
        self.connections
            .write("remove a token", move |c| {
                let row = api_tokens::table.find(bytes(id.as_uuid()));
                let removed = diesel::delete(row).execute(c)?;
                note_if(c, removed > 0, &noted)
            })
            .await
    }

    async fn put_app_key(&self, key: &AppKey, noted: &AuditEntry) -> Result<()> {
        let (key, noted) = (key.clone(), noted.clone());
        self.connections
            .write("keep an app key", move |c| {
                put_app_key(c, &key)?;
                note(c, &noted)
            })
            .await
    }

    async fn app_key(&self, id: AppKeyId) -> Result<Option<(AppKey, Account)>> {
        self.connections
            .alone("find an app key", move |c| {
                let row = app_key_with(bytes(id.as_uuid())).get_result(c).optional()?;
                let whole = |(key, account): (AppKeyRow, AccountRow)| {
                    Ok((key.into_key()?, account.into_account()?))
                };
                row.map(whole).transpose()
            })
            .await
    }

    async fn app_keys_of(&self, name: &UserName) -> Result<Option<(Account, Vec<AppKey>)>> {
        let name = name.clone();
        self.connections
            .alone("list app keys", move |c| {
                let rows: Vec<(AccountRow, Option<AppKeyRow>)> = keys_of(name.key()).load(c)?;
                keys_and_owner(rows)
            })
            .await
    }

    async fn see_app_key(&self, id: AppKeyId, at: Timestamp) -> Result<()> {
        self.connections
            .write("note an app key's use", move |c| {
                diesel::update(app_keys::table.find(bytes(id.as_uuid())))
                    .set(app_keys::seen_at.eq(at.as_micros()))
                    .execute(c)?;
                Ok(())
            })
            .await
    }

    async fn remove_app_key(&self, id: AppKeyId, noted: &AuditEntry) -> Result<bool> {
        let noted = noted.clone();
        self.connections
            .write("remove an app key", move |c| {
                let row = app_keys::table.find(bytes(id.as_uuid()));
                let removed = diesel::delete(row).execute(c)?;
                note_if(c, removed > 0, &noted)
            })
            .await
    }

    async fn note(&self, entry: &AuditEntry) -> Result<()> {
        let entry = entry.clone();
        self.connections.write_together("note what was done", move |c| note(c, &entry)).await
    }

    async fn audit(
        &self,
        account: Option<AccountId>,
        before: Option<&AuditEntry>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>> {
        let before = before.map(|entry| (entry.at.as_micros(), *entry.id.as_uuid().as_bytes()));
        self.connections
            .alone("read the audit log", move |c| {
                let account = account.as_ref().map(|id| bytes(id.as_uuid()));
                let before = before.as_ref().map(|(at, id)| (*at, id.as_slice()));
                let rows: Vec<AuditRow> = log(account, before, limit).load(c)?;
                rows.into_iter().map(AuditRow::into_entry).collect()
            })
            .await
    }
}

/// Adds a line to the audit log, in the transaction of what it tells of.
pub(super) fn note(c: &mut SqliteConnection, entry: &AuditEntry) -> Outcome<()> {
    diesel::insert_into(audit::table).values(AuditRow::of(entry)).execute(c)?;
    Ok(())
}

fn note_if(c: &mut SqliteConnection, is_done: bool, entry: &AuditEntry) -> Outcome<bool> {
    if is_done {
        note(c, entry)?;
    }
    Ok(is_done)
}

pub(super) fn token_with(secret: &[u8]) -> impl Query<'_, (TokenRow, AccountRow)> + '_ {
    api_tokens::table
        .inner_join(accounts::table)
        .filter(api_tokens::secret.eq(secret))
        .select((TokenRow::as_select(), AccountRow::as_select()))
}

pub(super) fn app_key_with(id: &[u8]) -> impl Query<'_, (AppKeyRow, AccountRow)> + '_ {
    app_keys::table
        .inner_join(accounts::table)
        .filter(app_keys::id.eq(id))
        .select((AppKeyRow::as_select(), AccountRow::as_select()))
}

pub(super) fn keys_of(name_key: &str) -> impl Query<'_, (AccountRow, Option<AppKeyRow>)> {
    accounts::table
        .left_join(app_keys::table)
        .filter(accounts::name_key.eq(name_key))
        .select((AccountRow::as_select(), Option::<AppKeyRow>::as_select()))
}

fn keys_and_owner(
    rows: Vec<(AccountRow, Option<AppKeyRow>)>,
) -> Outcome<Option<(Account, Vec<AppKey>)>> {
    let (mut owner, mut keys) = (None, Vec::new());
    for (account, key) in rows {
        owner = Some(account);
        keys.extend(key.map(AppKeyRow::into_key).transpose()?);
    }
    keys.sort_by_key(|key: &AppKey| (std::cmp::Reverse(key.created_at), key.id));
    owner.map(|owner| Ok((owner.into_account()?, keys))).transpose()
}

pub(super) fn log<'q>(
    account: Option<&'q [u8]>,
    before: Option<(i64, &'q [u8])>,
    limit: u32,
) -> impl Query<'q, AuditRow> {
    let all = audit::table
        .order((audit::at.desc(), audit::id.desc()))
        .limit(limit.clamp(1, MAX_PAGE).into())
        .select(AuditRow::as_select())
        .into_boxed::<Sqlite>();
    let all = match account {
        Some(id) => all.filter(audit::account_id.eq(id)),
        None => all,
    };
    match before {
        // With the guard that the index is searched by.
        Some((at, id)) => {
            all.filter(audit::at.le(at)).filter(audit::at.lt(at).or(audit::id.lt(id)))
        }
        // Nothing was done before all time: this makes even the first page a search.
        None => all.filter(audit::at.gt(i64::MIN)),
    }
}

fn put_token(c: &mut SqliteConnection, token: &ApiToken) -> Outcome<()> {
    let account = bytes(token.account.as_uuid());
    let same = api_tokens::table
        .filter(api_tokens::account_id.eq(account))
        .filter(api_tokens::name_key.eq(token.name.key()));
    if select(exists(same)).get_result(c)? {
        return Err(Error::TokenExists { name: Box::new(token.name.clone()) }.into());
    }
    diesel::insert_into(api_tokens::table)
        .values((
            api_tokens::id.eq(bytes(token.id.as_uuid())),
            api_tokens::account_id.eq(account),
            api_tokens::name.eq(token.name.as_str()),
            api_tokens::name_key.eq(token.name.key()),
            api_tokens::secret.eq(token.secret.as_bytes().as_slice()),
            api_tokens::scopes.eq(token.scopes.to_string()),
            api_tokens::created_at.eq(token.created_at.as_micros()),
            api_tokens::expires_at.eq(token.expires_at.map(Timestamp::as_micros)),
            api_tokens::seen_at.eq(token.seen_at.map(Timestamp::as_micros)),
        ))
        .execute(c)?;
    Ok(())
}

fn put_app_key(c: &mut SqliteConnection, key: &AppKey) -> Outcome<()> {
    let account = bytes(key.account.as_uuid());
    let same = app_keys::table
        .filter(app_keys::account_id.eq(account))
        .filter(app_keys::name_key.eq(key.name.key()));
    if select(exists(same)).get_result(c)? {
        return Err(Error::TokenExists { name: Box::new(key.name.clone()) }.into());
    }
    diesel::insert_into(app_keys::table)
        .values((
            app_keys::id.eq(bytes(key.id.as_uuid())),
            app_keys::account_id.eq(account),
            app_keys::name.eq(key.name.as_str()),
            app_keys::name_key.eq(key.name.key()),
            app_keys::created_at.eq(key.created_at.as_micros()),
            app_keys::seen_at.eq(key.seen_at.map(Timestamp::as_micros)),
        ))
        .execute(c)?;
    Ok(())
}
