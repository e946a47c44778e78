//! `/api/v1/app-keys`: what the players of an account come in with.

use axum::http::StatusCode;
use axum::response::Response;
use studio_api::v1::{AppKeyBody, AppKeyLine, AppKeyList, CreatedAppKey, ProblemDetails};

use super::{Asked, Coming, Named, Nothing, done, fresh, parsed};
use crate::failure::Failure;
use crate::receive::Received;

fn missing() -> Failure {
    Failure::missing("app-key-not-found", "app key not found")
}

/// Lists the keys of the account's players, the newest first
#[utoipa::path(
    get, path = "/api/v1/app-keys", tag = "entrance", operation_id = "listAppKeys",
    responses((status = 200, description = "They, without their secrets", body = AppKeyList)),
)]
pub(super) async fn list(
    coming: Coming,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Failure> {
    let name = &coming.account()?.name;
    let keys = coming.access.app_keys(name).await?;
    let items = keys.iter().map(|key| AppKeyLine::new(key, name)).collect();
    Ok(fresh(StatusCode::OK, &AppKeyList { items }))
}

/// Makes a key for a player
///
/// It is told in this answer alone.
#[utoipa::path(
    post, path = "/api/v1/app-keys", tag = "entrance", operation_id = "createAppKey",
    request_body = AppKeyBody,
    responses(
        (status = 201, description = "The key with its secret", body = CreatedAppKey),
        (status = 409, description = "Another key has this name", body = ProblemDetails,
            content_type = "application/problem+json"),
    ),
)]
pub(super) async fn create(
    coming: Coming,
    Asked(Nothing {}): Asked<Nothing>,
    Received(body): Received<AppKeyBody>,
) -> Result<Response, Failure> {
    let name = &coming.account()?.name;
    let made = coming.access.create_app_key(name, body.decode()?, &coming.viewer.actor()).await?;
    let (key, secret) = made;
    let app_key = AppKeyLine::new(&key, name);
    let told = CreatedAppKey { app_key, secret: secret.as_str().to_owned() };
    Ok(fresh(StatusCode::CREATED, &told))
}

/// Takes a key of the account's players back
#[utoipa::path(
    delete, path = "/api/v1/app-keys/{id}", tag = "entrance", operation_id = "revokeAppKey",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 204, description = "It holds no longer")),
)]
pub(super) async fn revoke(
    coming: Coming,
    Asked(Nothing {}): Asked<Nothing>,
    id: Named<String>,
) -> Result<Response, Failure> {
    let id = parsed(&id.or(missing)?, missing)?;
    let own = coming.access.app_keys(&coming.account()?.name).await?;
    let is_own = own.iter().any(|key| key.id == id);
    match is_own && coming.access.revoke_app_key(id, &coming.viewer.actor()).await? {
        true => Ok(done()),
        false => Err(missing()),
    }
}
