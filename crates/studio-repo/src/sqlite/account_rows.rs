//! Rows of accounts, and of what people come in with.

use diesel::prelude::*;
use studio_domain::{
    Account, AccountId, ApiToken, ApiTokenId, AppKey, AppKeyId, ArtistName, AuditEntry, AuditId,
    DeviceName, Identity, PasswordHash, Session, SessionId, Timestamp, UserName,
};

use super::error::{Failure, Outcome};
use super::rows::{digest, uuid};
use super::schema::{accounts, api_tokens, app_keys, audit, identities, sessions};

/// An account.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = accounts, check_for_backend(diesel::sqlite::Sqlite), treat_none_as_null = true)]
pub(super) struct AccountRow {
    id: Vec<u8>,
    pub(super) name: String,
    name_key: String,
    email: Option<String>,
    email_key: Option<String>,
    role: String,
    artists: String,
    password: Option<String>,
    created_at: i64,
    updated_at: i64,
    disabled_at: Option<i64>,
}

impl AccountRow {
    pub(super) fn of(account: &Account) -> Outcome<Self> {
        let artists: Vec<&str> = account.artists.iter().map(ArtistName::as_str).collect();
        let email = account.email.as_ref();
        Ok(Self {
            id: account.id.as_uuid().as_bytes().to_vec(),
            name: account.name.as_str().to_owned(),
            name_key: account.name.key().to_owned(),
            email: email.map(|email| email.as_str().to_owned()),
            email_key: email.map(|email| email.key().to_owned()),
            role: account.role.as_str().to_owned(),
            artists: serde_json::to_string(&artists).map_err(Failure::bad_row)?,
            password: account.password.as_ref().map(|password| password.as_str().to_owned()),
            created_at: account.created_at.as_micros(),
            updated_at: account.updated_at.as_micros(),
            disabled_at: account.disabled_at.map(Timestamp::as_micros),
        })
    }

    pub(super) fn into_account(self) -> Outcome<Account> {
        let artists: Vec<String> = serde_json::from_str(&self.artists).map_err(Failure::bad_row)?;
        let artists = artists.iter().map(|name| ArtistName::new(name).map_err(Failure::bad_row));
        Ok(Account {
            id: AccountId::from_uuid(uuid(&self.id)?),
            name: UserName::new(&self.name).map_err(Failure::bad_row)?,
            email: self.email.map(|email| email.parse()).transpose().map_err(Failure::bad_row)?,
            role: self.role.parse().map_err(Failure::bad_row)?,
            artists: artists.collect::<Outcome<_>>()?,
            password: self.password.map(PasswordHash::new),
            created_at: Timestamp::from_micros(self.created_at),
            updated_at: Timestamp::from_micros(self.updated_at),
            disabled_at: self.disabled_at.map(Timestamp::from_micros),
        })
    }
}

/// An identity at a provider.
#[derive(Queryable, Selectable)]
#[diesel(table_name = identities, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct IdentityRow {
    issuer: String,
    subject: String,
    account_id: Vec<u8>,
    email: Option<String>,
    linked_at: i64,
}

impl IdentityRow {
    pub(super) fn into_identity(self) -> Outcome<Identity> {
        Ok(Identity {
            issuer: self.issuer,
            subject: self.subject,
            account: AccountId::from_uuid(uuid(&self.account_id)?),
            email: self.email,
            linked_at: Timestamp::from_micros(self.linked_at),
        })
    }
}

/// A session.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct SessionRow {
    id: Vec<u8>,
    account_id: Vec<u8>,
    secret: Vec<u8>,
    created_at: i64,
    renewed_at: i64,
    seen_at: i64,
    expires_at: i64,
    address: String,
    agent: String,
}

impl SessionRow {
    pub(super) fn into_session(self) -> Outcome<Session> {
        Ok(Session {
            id: SessionId::from_uuid(uuid(&self.id)?),
            account: AccountId::from_uuid(uuid(&self.account_id)?),
            secret: digest(&self.secret)?,
            created_at: Timestamp::from_micros(self.created_at),
            renewed_at: Timestamp::from_micros(self.renewed_at),
            seen_at: Timestamp::from_micros(self.seen_at),
            expires_at: Timestamp::from_micros(self.expires_at),
            address: self.address,
            agent: self.agent,
        })
    }
}

/// A token.
#[derive(Queryable, Selectable)]
#[diesel(table_name = api_tokens, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct TokenRow {
    id: Vec<u8>,
    account_id: Vec<u8>,
    name: String,
    secret: Vec<u8>,
    scopes: String,
    created_at: i64,
    expires_at: Option<i64>,
    seen_at: Option<i64>,
}

impl TokenRow {
    pub(super) fn into_token(self) -> Outcome<ApiToken> {
        Ok(ApiToken {
            id: ApiTokenId::from_uuid(uuid(&self.id)?),
            account: AccountId::from_uuid(uuid(&self.account_id)?),
            name: DeviceName::new(&self.name).map_err(Failure::bad_row)?,
            secret: digest(&self.secret)?,
            scopes: self.scopes.parse().map_err(Failure::bad_row)?,
            created_at: Timestamp::from_micros(self.created_at),
            expires_at: self.expires_at.map(Timestamp::from_micros),
            seen_at: self.seen_at.map(Timestamp::from_micros),
        })
    }
}

/// An app key.
#[derive(Queryable, Selectable)]
#[diesel(table_name = app_keys, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct AppKeyRow {
    id: Vec<u8>,
    account_id: Vec<u8>,
    name: String,
    created_at: i64,
    seen_at: Option<i64>,
}

impl AppKeyRow {
    pub(super) fn into_key(self) -> Outcome<AppKey> {
        Ok(AppKey {
            id: AppKeyId::from_uuid(uuid(&self.id)?),
            account: AccountId::from_uuid(uuid(&self.account_id)?),
            name: DeviceName::new(&self.name).map_err(Failure::bad_row)?,
            created_at: Timestamp::from_micros(self.created_at),
            seen_at: self.seen_at.map(Timestamp::from_micros),
        })
    }
}

/// A line of the audit log.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = audit, check_for_backend(diesel::sqlite::Sqlite))]
pub(super) struct AuditRow {
    id: Vec<u8>,
    at: i64,
    account_id: Option<Vec<u8>>,
    actor: String,
    way: String,
    address: String,
    action: String,
    subject: String,
}

impl AuditRow {
    pub(super) fn of(entry: &AuditEntry) -> Self {
        Self {
            id: entry.id.as_uuid().as_bytes().to_vec(),
            at: entry.at.as_micros(),
            account_id: entry.account.map(|id| id.as_uuid().as_bytes().to_vec()),
            actor: entry.actor.clone(),
            way: entry.way.clone(),
            address: entry.address.clone(),
            action: entry.action.clone(),
            subject: entry.subject.clone(),
        }
    }

    pub(super) fn into_entry(self) -> Outcome<AuditEntry> {
        let account = self.account_id.as_deref().map(uuid).transpose()?;
        Ok(AuditEntry {
            id: AuditId::from_uuid(uuid(&self.id)?),
            at: Timestamp::from_micros(self.at),
            account: account.map(AccountId::from_uuid),
            actor: self.actor,
            way: self.way,
            address: self.address,
            action: self.action,
            subject: self.subject,
        })
    }
}
