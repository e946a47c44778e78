//! `/api/v1/sessions`: the browsers that are signed in to an account.

use axum::http::StatusCode;
use axum::response::Response;
use studio_api::v1::{SessionLine, SessionList};

use super::{Asked, Coming, Named, Nothing, done, fresh, parsed};
use crate::failure::Failure;

fn missing() -> Failure {
    Failure::missing("session-not-found", "session not found")
}

/// Lists the browsers that are signed in to the account, the newest first
#[utoipa::path(
    get, path = "/api/v1/sessions", tag = "entrance", operation_id = "listSessions",
    responses((status = 200, description = "They", body = SessionList)),
)]
pub(super) async fn list(
    coming: Coming,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Failure> {
    let sessions = coming.access.sessions(coming.account()?).await?;
    let line = |session| SessionLine::new(session, coming.session());
    Ok(fresh(StatusCode::OK, &SessionList { items: sessions.iter().map(line).collect() }))
}

/// Signs all other browsers out
#[utoipa::path(
    delete, path = "/api/v1/sessions", tag = "entrance", operation_id = "endOtherSessions",
    responses((status = 204, description = "They have ended")),
)]
pub(super) async fn end_others(
    coming: Coming,
    Asked(Nothing {}): Asked<Nothing>,
) -> Result<Response, Failure> {
    let (account, actor) = (coming.account()?, coming.viewer.actor());
    coming.access.end_sessions(account, coming.session(), &actor).await?;
    Ok(done())
}

/// Signs one browser out
#[utoipa::path(
    delete, path = "/api/v1/sessions/{id}", tag = "entrance", operation_id = "endSession",
    params(("id" = String, Path, description = "Its UUID")),
    responses((status = 204, description = "It has ended")),
)]
pub(super) async fn end(
    coming: Coming,
    Asked(Nothing {}): Asked<Nothing>,
    id: Named<String>,
) -> Result<Response, Failure> {
    let id = parsed(&id.or(missing)?, missing)?;
    let ended = coming.access.end_session(coming.account()?, id, &coming.viewer.actor()).await?;
    if ended { Ok(done()) } else { Err(missing()) }
}
