//! `/api/v1/accounts` and `/api/v1/audit`: who comes in, and what they did.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use studio_api::v1::{AccountLine, AccountPage, AuditLine, AuditPage};
use studio_domain::{AuditEntry, AuditId, Timestamp, UserName};
use utoipa::IntoParams;

use super::{Asked, Coming, fresh};
use crate::api::request::limit;
use crate::api::{Paging, cursor};
use crate::failure::Failure;

/// Lists accounts by name
#[utoipa::path(
    get, path = "/api/v1/accounts", tag = "entrance", operation_id = "listAccounts",
    params(Paging),
    responses((status = 200, description = "A part of the listing", body = AccountPage)),
)]
pub(super) async fn accounts(
    coming: Coming,
    Asked(paging): Asked<Paging>,
) -> Result<Response, Failure> {
    let (after, limit) = (paging.after::<UserName>('U')?, limit(paging.limit)?);
    let found = coming.access.accounts(after.as_ref(), limit).await?;
    let is_whole = found.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next = found.last().filter(|_| is_whole).map(|last| cursor::behind('U', &last.name));
    let items = found.iter().map(AccountLine::from).collect();
    Ok(fresh(StatusCode::OK, &AccountPage { items, next }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wanted {
    /// Only what was done with the account of this name.
    user: Option<String>,
    /// How many lines at most.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// Only what comes behind the part before: its `next`.
    after: Option<String>,
}

/// What was done, the last first
#[utoipa::path(
    get, path = "/api/v1/audit", tag = "entrance", operation_id = "listAudit", params(Wanted),
    responses((status = 200, description = "A part of the audit log", body = AuditPage)),
)]
pub(super) async fn log(coming: Coming, Asked(wanted): Asked<Wanted>) -> Result<Response, Failure> {
    let limit = limit(wanted.limit)?;
    let before = wanted.after.as_deref().map(place).transpose()?;
    let account = match &wanted.user {
        None => None,
        Some(user) => {
            let missing = || Failure::missing("account-not-found", "account not found");
            let name: UserName = user.parse().map_err(|_| missing())?;
            Some(coming.access.account(&name).await?.id)
        }
    };
    let found = coming.access.audit(account, before.as_ref(), limit).await?;
    let is_whole = found.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let behind = |last: &AuditEntry| {
        cursor::behind('L', format_args!("{}.{}", last.at.as_micros(), last.id))
    };
    let next = found.last().filter(|_| is_whole).map(behind);
    let items = found.iter().map(AuditLine::from).collect();
    Ok(fresh(StatusCode::OK, &AuditPage { items, next }))
}

/// The place of a line of the log: its time and its identity, and nothing else of it.
fn place(text: &str) -> Result<AuditEntry, Failure> {
    let text: String = cursor::read('L', text)?;
    let parts = text.split_once('.').and_then(|(at, id)| {
        Some((Timestamp::from_micros(at.parse().ok()?), id.parse::<AuditId>().ok()?))
    });
    let (at, id) = parts.ok_or_else(cursor::unknown)?;
    Ok(AuditEntry {
        id,
        at,
        account: None,
        actor: String::new(),
        way: String::new(),
        address: String::new(),
        action: String::new(),
        subject: String::new(),
    })
}
