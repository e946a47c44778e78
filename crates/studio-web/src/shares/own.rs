//! `/api/v1/shares`: the links of an account.

use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::Response;
use studio_api::v1::{ShareBody, ShareLine, ShareList};
use studio_core::listener::{Listeners, NewShare};
use studio_domain::{Account, Share, UserName};

use super::{listeners, missing};
use crate::State;
use crate::api::people::{done, fresh};
use crate::api::request::{Asked, Named, Nothing, Seer, parsed};
use crate::entry::Viewer;
use crate::failure::Failure;
use crate::proxies::{Client, site};
use crate::receive::Received;

/// The most links that are told of.
const MOST: u32 = 500;

/// A day.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Somebody with an account, and where the service was asked.
pub(super) struct Sharer {
    listeners: Listeners,
    viewer: Viewer,
    site: String,
}

impl FromRequestParts<State> for Sharer {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &State) -> Result<Self, Failure> {
        let Seer(viewer) = Seer::from_request_parts(parts, state).await?;
        let site = site(parts, parts.extensions.get::<Client>());
        Ok(Self { listeners: listeners(state)?.clone(), viewer, site })
    }
}

impl Sharer {
    fn account(&self) -> Result<&Account, Failure> {
        self.viewer.account()
    }

    fn line(&self, share: &Share, user: &UserName) -> ShareLine {
        let text = self.listeners.share_text(share);
        ShareLine::new(share, user, format!("{}/s/{}", self.site, text.as_str()))
    }
}

/// Lists the links of the account, the newest first
#[utoipa::path(
    get, path = "/api/v1/shares", tag = "shares", operation_id = "listShares",
    responses((status = 200, description = "They", body = ShareList)),
)]
pub(super) async fn list(
    sharer: Sharer,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Failure> {
    let found = sharer.listeners.shares(sharer.account()?, false, 0, MOST).await?;
    let items = found.iter().map(|(share, user)| sharer.line(share, user)).collect();
    Ok(fresh(StatusCode::OK, &ShareList { items }))
}

/// Shares something by a link
///
/// Whoever has the link can hear it, signed in or not, until it ends or is taken back: what is
/// in the account's own sight, be it unpublished.
#[utoipa::path(
    post, path = "/api/v1/shares", tag = "shares", operation_id = "createShare",
    request_body = ShareBody,
    responses((status = 201, description = "The link", body = ShareLine)),
)]
pub(super) async fn create(
    sharer: Sharer,
    Asked(Nothing {}): Asked<Nothing>,
    Received(body): Received<ShareBody>,
) -> Result<Response, Failure> {
    let account = sharer.account()?;
    let (subject, note, days) = body.decode()?;
    let expires_at = days.map(|days| sharer.listeners.time_in(DAY * days));
    let sight = sharer.listeners.sight_of(Some(account)).await?;
    let new = NewShare { subject, note, expires_at };
    let share = sharer.listeners.create_share(account, new, &sight).await?;
    Ok(fresh(StatusCode::CREATED, &sharer.line(&share, &account.name)))
}

/// Takes a link back
///
/// For ever. It stays listed with how often it was followed.
#[utoipa::path(
    delete, path = "/api/v1/shares/{id}", tag = "shares", operation_id = "revokeShare",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 204, description = "It leads to nothing any more")),
)]
pub(super) async fn revoke(
    sharer: Sharer,
    Asked(Nothing {}): Asked<Nothing>,
    id: Named<String>,
) -> Result<Response, Failure> {
    let id = parsed(&id.or(missing)?, missing)?;
    sharer.listeners.revoke_share(sharer.account()?, id).await?;
    Ok(done())
}
