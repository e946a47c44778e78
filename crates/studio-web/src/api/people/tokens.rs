//! `/api/v1/tokens`: what programs of an account come in with.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::Response;
use studio_api::v1::{CreatedToken, ProblemDetails, TokenBody, TokenLine, TokenList};
use studio_core::access::NewToken;

use super::{Asked, Coming, Named, Nothing, Way, done, fresh, parsed};
use crate::failure::Failure;
use crate::receive::Received;

/// A day.
const DAY: Duration = Duration::from_secs(24 * 3600);

fn missing() -> Failure {
    Failure::missing("token-not-found", "token not found")
}

/// Lists the tokens of the account, the newest first
#[utoipa::path(
    get, path = "/api/v1/tokens", tag = "entrance", operation_id = "listTokens",
    responses((status = 200, description = "They, without their secrets", body = TokenList)),
)]
pub(super) async fn list(
    coming: Coming,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Failure> {
    let tokens = coming.access.tokens(Some(&coming.account()?.name)).await?;
    let items = tokens.iter().map(|(token, name)| TokenLine::new(token, name)).collect();
    Ok(fresh(StatusCode::OK, &TokenList { items }))
}

/// Makes a token
///
/// Its secret is told in this answer alone. With a token, only one with no other scopes than it
/// has itself.
#[utoipa::path(
    post, path = "/api/v1/tokens", tag = "entrance", operation_id = "createToken",
    request_body = TokenBody,
    responses(
        (status = 201, description = "The token with its secret", body = CreatedToken),
        (status = 409, description = "Another token has this name", body = ProblemDetails,
            content_type = "application/problem+json"),
    ),
)]
pub(super) async fn create(
    coming: Coming,
    Asked(Nothing {}): Asked<Nothing>,
    Received(body): Received<TokenBody>,
) -> Result<Response, Failure> {
    let account = coming.account()?;
    let (name, scopes, days) = body.decode()?;
    if let Way::Token(own) = &coming.viewer.way {
        let is_more = scopes.iter().any(|scope| !own.scopes.have(scope));
        // Nor one that holds longer.
        let ends_later = own.expires_at.is_some();
        if is_more || ends_later {
            let detail = "a token makes none that may more, or holds longer, than itself";
            return Err(Failure::new(StatusCode::FORBIDDEN, "insufficient-scope", detail));
        }
    }
    let holds = days.map(|days| DAY * days);
    let new = NewToken { name, scopes, holds };
    let made = coming.access.create_token(&account.name, new, &coming.viewer.actor()).await?;
    let (token, secret) = made;
    let token = TokenLine::new(&token, &account.name);
    let told = CreatedToken { token, secret: secret.as_str().to_owned() };
    Ok(fresh(StatusCode::CREATED, &told))
}

/// Takes a token of the account back
#[utoipa::path(
    delete, path = "/api/v1/tokens/{id}", tag = "entrance", operation_id = "revokeToken",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 204, description = "It holds no longer")),
)]
pub(super) async fn revoke(
    coming: Coming,
    Asked(Nothing {}): Asked<Nothing>,
    id: Named<String>,
) -> Result<Response, Failure> {
    let id = parsed(&id.or(missing)?, missing)?;
    let own = coming.access.tokens(Some(&coming.account()?.name)).await?;
    let is_own = own.iter().any(|(token, _)| token.id == id);
    match is_own && coming.access.revoke_token(id, &coming.viewer.actor()).await? {
        true => Ok(done()),
        false => Err(missing()),
    }
}
