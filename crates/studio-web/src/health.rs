//! Whether the service lives, and whether it can work.

use std::time::Duration;

use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use studio_api::v1::{Liveness, Readiness};
use studio_core::RelayWatch;

use crate::State;

/// How long the database may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whether the service runs
#[utoipa::path(
    get, path = "/health/live", tag = "service",
    responses((status = 200, description = "It does", body = Liveness)),
)]
pub(crate) async fn live() -> Json<Liveness> {
    Json(Liveness { status: "ok".to_owned() })
}

/// Whether the service can do its work
///
/// It can when the database answers. That the queue of deletions does not is told, and
/// does not count: what cannot be sent to it is kept and sent later.
#[utoipa::path(
    get, path = "/health/ready", tag = "service",
    responses(
        (status = 200, description = "It can", body = Readiness),
        (
            status = 503, description = "It cannot now", body = Readiness,
            example = json!({"status": "unavailable", "database": "unavailable", "queue": "ok"}),
        ),
    ),
)]
pub(crate) async fn ready(Shared(state): Shared<State>) -> (StatusCode, Json<Readiness>) {
    let up = match tokio::time::timeout(PATIENCE, state.assets.ping()).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(%error, "not ready");
            false
        }
        Err(_) => {
            tracing::warn!("not ready: the database does not answer");
            false
        }
    };
    let (status, database) = match up {
        true => (StatusCode::OK, "ok"),
        false => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    let queue = match state.options.relay.as_ref().map(RelayWatch::is_failing) {
        None => "none",
        Some(false) => "ok",
        Some(true) => "failing",
    };
    let readiness = Readiness {
        status: database.to_owned(),
        database: database.to_owned(),
        queue: queue.to_owned(),
    };
    (status, Json(readiness))
}
