//! What every [`AccountRepo`], [`SessionRepo`] and [`TokenRepo`] must do, one case a function.
//!
//! A test crate implements [`AccountFixture`] for its backend and calls
//! [`account_conformance!`](crate::account_conformance): each case becomes a test of its own.

mod accounts;
mod audit;
mod sessions;
mod tokens;

use std::sync::Arc;

use async_trait::async_trait;
use studio_domain::{
    Account, AccountId, ApiToken, ApiTokenId, AppKey, AppKeyId, AuditEntry, AuditId, Digest,
    PasswordHash, Role, Scope, Scopes, Session, SessionId, Timestamp,
};
use studio_repo::{AccountRepo, SessionRepo, TokenRepo};
use uuid::Uuid;

pub use self::accounts::*;
pub use self::audit::*;
pub use self::sessions::*;
pub use self::tokens::*;

/// All that these cases need of a catalogue.
pub trait Accounts: AccountRepo + SessionRepo + TokenRepo {}

impl<T: AccountRepo + SessionRepo + TokenRepo> Accounts for T {}

/// An empty catalogue of one backend.
#[async_trait]
pub trait AccountFixture: Sized + Send + Sync {
    /// Makes the catalogue; `None` where the backend cannot be had, after saying why.
    async fn set_up() -> Option<Self>;

    /// A handle on the catalogue; all handles are on the same one.
    fn open(&self) -> Arc<dyn Accounts>;
}

/// Makes a test of each case for an [`AccountFixture`].
#[macro_export]
macro_rules! account_conformance {
    ($fixture:ty) => {
        $crate::account_conformance!($fixture:
            an_account_is_found_as_it_is,
            an_account_takes_its_new_state,
            names_and_addresses_are_taken_once_whatever_their_case,
            accounts_are_listed_by_name,
            the_first_account_is_put_once,
            one_of_many_puts_the_first_account,
            a_manager_always_stays,
            an_account_goes_with_what_is_its_own,
            who_may_not_come_in_has_nothing_to_come_in_with,
            a_new_password_or_role_ends_sessions,
            an_identity_is_that_of_one_account,
            an_account_comes_with_its_identity_or_not_at_all,
            a_session_is_found_by_its_secret,
            a_session_is_renewed_by_who_has_its_secret,
            one_of_many_renews_a_session,
            sessions_of_an_account_are_listed_and_ended,
            a_sign_in_is_taken_once,
            what_has_ended_is_swept_out,
            a_token_is_found_by_its_secret,
            tokens_are_listed_the_newest_first,
            an_app_key_is_found_by_its_identity,
            app_keys_are_found_by_the_name_of_their_account,
            names_of_tokens_are_taken_once_for_an_account,
            what_was_done_is_told_the_last_first,
            what_was_refused_is_not_noted_as_done,
        );
    };
    ($fixture:ty: $($case:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $case() {
                use $crate::account_suite::AccountFixture as _;
                if let Some(fixture) = <$fixture>::set_up().await {
                    $crate::account_suite::$case(&fixture).await;
                }
            }
        )+
    };
}

/// A time, in seconds after the beginning.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_micros(seconds * 1_000_000)
}

/// Somebody who may come in, made at the first second.
pub fn account(name: &str, role: Role) -> Account {
    Account {
        id: AccountId::from_uuid(Uuid::now_v7()),
        name: name.parse().unwrap(),
        email: None,
        role,
        artists: Vec::new(),
        password: Some(PasswordHash::new(format!("$argon2id$of {name}"))),
        created_at: at(1),
        updated_at: at(1),
        disabled_at: None,
    }
}

/// A secret's digest.
pub fn secret(seed: u8) -> Digest {
    Digest::from_bytes([seed; 32])
}

/// A session that began at a second and lasts a hundred.
pub fn session(of: &Account, seed: u8, began: i64) -> Session {
    Session {
        id: SessionId::from_uuid(Uuid::now_v7()),
        account: of.id,
        secret: secret(seed),
        created_at: at(began),
        renewed_at: at(began),
        seen_at: at(began),
        expires_at: at(began + 100),
        address: "192.0.2.7".to_owned(),
        agent: "a browser".to_owned(),
    }
}

/// A token that was made at a second.
pub fn token(of: &Account, name: &str, seed: u8, made: i64) -> ApiToken {
    ApiToken {
        id: ApiTokenId::from_uuid(Uuid::now_v7()),
        account: of.id,
        name: name.parse().unwrap(),
        secret: secret(seed),
        scopes: Scopes::new([Scope::Read, Scope::Ingest]).unwrap(),
        created_at: at(made),
        expires_at: None,
        seen_at: None,
    }
}

/// An app key that was made at a second.
pub fn app_key(of: &Account, name: &str, made: i64) -> AppKey {
    AppKey {
        id: AppKeyId::from_uuid(Uuid::now_v7()),
        account: of.id,
        name: name.parse().unwrap(),
        created_at: at(made),
        seen_at: None,
    }
}

/// A line of the audit log.
pub fn noted(action: &str, seconds: i64) -> AuditEntry {
    AuditEntry {
        id: AuditId::from_uuid(Uuid::now_v7()),
        at: at(seconds),
        account: None,
        actor: "ann".to_owned(),
        way: "command line".to_owned(),
        address: "desk".to_owned(),
        action: action.to_owned(),
        subject: "it".to_owned(),
    }
}

/// Takes accounts in.
pub async fn put(catalog: &(impl AccountRepo + ?Sized), accounts: &[&Account]) {
    for account in accounts {
        catalog.put_account(account, &noted("user.add", 1)).await.unwrap();
    }
}
