//! Sessions of browsers, and those that are still to begin.

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sqlite::SqliteConnection;
use studio_domain::{AccountId, Digest, Session, SessionId, Timestamp};

use super::SqliteCatalog;
use super::account_rows::{AccountRow, SessionRow};
use super::entries::Query;
use super::error::Outcome;
use super::rows::{digest, uuid};
use super::schema::{accounts, sessions, sign_ins};
use super::write::bytes;
use crate::{FoundSession, Result, SessionRepo, SignIn};

#[async_trait]
impl SessionRepo for SqliteCatalog {
    async fn put_session(&self, session: &Session) -> Result<()> {
        let session = session.clone();
        self.connections.write("begin a session", move |c| put(c, &session)).await
    }

    async fn session(&self, secret: &Digest) -> Result<Option<FoundSession>> {
        let secret = *secret;
        self.connections
            .alone("find a session", move |c| {
                let row: Option<FoundRow> =
                    with_secret(secret.as_bytes()).get_result(c).optional()?;
                row.map(found).transpose()
            })
            .await
    }

    async fn renew_session(
        &self,
        secret: &Digest,
        renewed: &Session,
        former_until: Timestamp,
    ) -> Result<bool> {
        let (secret, renewed) = (*secret, renewed.clone());
        self.connections
            .write("renew a session", move |c| {
                let row = sessions::table.filter(sessions::secret.eq(secret.as_bytes().as_slice()));
                let changed = diesel::update(row)
                    .set((
                        sessions::secret.eq(renewed.secret.as_bytes().as_slice()),
                        sessions::former.eq(secret.as_bytes().as_slice()),
                        sessions::former_until.eq(former_until.as_micros()),
                        sessions::renewed_at.eq(renewed.renewed_at.as_micros()),
                        sessions::seen_at.eq(renewed.seen_at.as_micros()),
                        sessions::expires_at.eq(renewed.expires_at.as_micros()),
                    ))
                    .execute(c)?;
                Ok(changed > 0)
            })
            .await
    }

    async fn see_session(
        &self,
        id: SessionId,
        at: Timestamp,
        former_until: Timestamp,
    ) -> Result<()> {
        self.connections
            .write("note a session's use", move |c| {
                let row = sessions::table.find(bytes(id.as_uuid()));
                diesel::update(row).set(sessions::seen_at.eq(at.as_micros())).execute(c)?;
                let longer = sessions::former_until.gt(former_until.as_micros());
                diesel::update(row.filter(longer))
                    .set(sessions::former_until.eq(former_until.as_micros()))
                    .execute(c)?;
                Ok(())
            })
            .await
    }

    async fn sessions_of(&self, account: AccountId, now: Timestamp) -> Result<Vec<Session>> {
        self.connections
            .alone("list sessions", move |c| {
                let rows: Vec<SessionRow> =
                    of_account(bytes(account.as_uuid()), now.as_micros()).load(c)?;
                rows.into_iter().map(SessionRow::into_session).collect()
            })
            .await
    }

    async fn remove_session(&self, id: SessionId) -> Result<()> {
        self.connections
            .write("end a session", move |c| {
                diesel::delete(sessions::table.find(bytes(id.as_uuid()))).execute(c)?;
                Ok(())
            })
            .await
    }

    async fn remove_sessions_of(
        &self,
        account: AccountId,
        but: Option<SessionId>,
    ) -> Result<usize> {
        self.connections
            .write("end sessions", move |c| {
                let but = but.map(|id| bytes(id.as_uuid()).to_vec()).unwrap_or_default();
                let rows = sessions::table
                    .filter(sessions::account_id.eq(bytes(account.as_uuid())))
                    .filter(sessions::id.ne(but));
                Ok(diesel::delete(rows).execute(c)?)
            })
            .await
    }

    async fn put_sign_in(&self, sign_in: &SignIn) -> Result<()> {
        let sign_in = sign_in.clone();
        self.connections
            .write("begin a sign-in", move |c| {
                diesel::insert_into(sign_ins::table)
                    .values((
                        sign_ins::state.eq(sign_in.state.as_bytes().as_slice()),
                        sign_ins::browser.eq(sign_in.browser.as_bytes().as_slice()),
                        sign_ins::provider.eq(&sign_in.provider),
                        sign_ins::nonce.eq(&sign_in.nonce),
                        sign_ins::verifier.eq(&sign_in.verifier),
                        sign_ins::return_to.eq(&sign_in.return_to),
                        sign_ins::account_id
                            .eq(sign_in.account.map(|id| id.as_uuid().as_bytes().to_vec())),
                        sign_ins::expires_at.eq(sign_in.expires_at.as_micros()),
                    ))
                    .execute(c)?;
                Ok(())
            })
            .await
    }

    async fn take_sign_in(&self, state: &Digest) -> Result<Option<SignIn>> {
        let state = *state;
        self.connections
            .write("end a sign-in", move |c| {
                let row = sign_ins::table.find(state.as_bytes().as_slice());
                let taken: Option<SignInRow> =
                    row.select(SignInRow::as_select()).first(c).optional()?;
                diesel::delete(row).execute(c)?;
                taken.map(SignInRow::into_sign_in).transpose()
            })
            .await
    }

    async fn sweep(&self, now: Timestamp) -> Result<usize> {
        self.connections
            .write("sweep ended sessions out", move |c| {
                let now = now.as_micros();
                let ended = sessions::table.filter(sessions::expires_at.le(now));
                let ended = diesel::delete(ended).execute(c)?;
                let given_up = sign_ins::table.filter(sign_ins::expires_at.le(now));
                Ok(ended + diesel::delete(given_up).execute(c)?)
            })
            .await
    }
}

/// A session, whose it is, whether the secret was the one before, and until when that is taken.
type FoundRow = (SessionRow, AccountRow, bool, Option<i64>);

/// By the secret of now or the one before: an index for each.
pub(super) fn with_secret(secret: &[u8]) -> impl Query<'_, FoundRow> + '_ {
    sessions::table
        .inner_join(accounts::table)
        .filter(sessions::secret.eq(secret).or(sessions::former.assume_not_null().eq(secret)))
        .select((
            SessionRow::as_select(),
            AccountRow::as_select(),
            sessions::secret.ne(secret),
            sessions::former_until,
        ))
        .limit(1)
}

fn found((session, account, is_former, until): FoundRow) -> Outcome<FoundSession> {
    Ok(FoundSession {
        session: session.into_session()?,
        account: account.into_account()?,
        former_until: is_former.then(|| Timestamp::from_micros(until.unwrap_or(0))),
    })
}

pub(super) fn of_account(account: &[u8], now: i64) -> impl Query<'_, SessionRow> {
    sessions::table
        .filter(sessions::account_id.eq(account))
        .filter(sessions::expires_at.gt(now))
        .order(sessions::created_at.desc())
        .select(SessionRow::as_select())
}

fn put(c: &mut SqliteConnection, session: &Session) -> Outcome<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(bytes(session.id.as_uuid())),
            sessions::account_id.eq(bytes(session.account.as_uuid())),
            sessions::secret.eq(session.secret.as_bytes().as_slice()),
            sessions::created_at.eq(session.created_at.as_micros()),
            sessions::renewed_at.eq(session.renewed_at.as_micros()),
            sessions::seen_at.eq(session.seen_at.as_micros()),
            sessions::expires_at.eq(session.expires_at.as_micros()),
            sessions::address.eq(&session.address),
            sessions::agent.eq(&session.agent),
        ))
        .execute(c)?;
    Ok(())
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = sign_ins, check_for_backend(diesel::sqlite::Sqlite))]
struct SignInRow {
    state: Vec<u8>,
    browser: Vec<u8>,
    provider: String,
    nonce: String,
    verifier: String,
    return_to: String,
    account_id: Option<Vec<u8>>,
    expires_at: i64,
}

impl SignInRow {
    fn into_sign_in(self) -> Outcome<SignIn> {
        let account = self.account_id.as_deref().map(uuid).transpose()?;
        Ok(SignIn {
            state: digest(&self.state)?,
            browser: digest(&self.browser)?,
            provider: self.provider,
            nonce: self.nonce,
            verifier: self.verifier,
            return_to: self.return_to,
            account: account.map(AccountId::from_uuid),
            expires_at: Timestamp::from_micros(self.expires_at),
        })
    }
}
