//! Whether the service lives, and whether it can work.

use std::error::Error as StdError;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State as Shared;
use axum::http::StatusCode;
use studio_api::v1::{Liveness, Readiness};
use studio_core::{BlobStore, RelayWatch, StoreError};
use studio_domain::ObjectKey;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::State;
use crate::failure::chain;

/// How long the database or the store may take to answer at all.
const PATIENCE: Duration = Duration::from_secs(2);

/// How long what was found out is believed: whoever asks more often puts no load on others.
const FRESH: Duration = Duration::from_secs(1);

/// An object that is never there: only whether the store says so counts.
const NOTHING: &str = "health/ready";

/// Whether the service runs
#[utoipa::path(
    get, path = "/health/live", tag = "service",
    responses((status = 200, description = "It does", body = Liveness)),
)]
pub(crate) async fn live() -> Json<Liveness> {
    Json(Liveness { status: "ok".to_owned() })
}

/// A store that is asked whether it answers.
#[derive(Clone)]
pub struct StoreProbe(Arc<dyn BlobStore>);

impl StoreProbe {
    /// Of a store.
    pub fn new(store: Arc<dyn BlobStore>) -> Self {
        Self(store)
    }

    async fn ask(&self) -> Result<(), Box<dyn StdError + Send + Sync>> {
        let key: ObjectKey = NOTHING.parse()?;
        match self.0.head(&key).await {
            Ok(_) | Err(StoreError::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl std::fmt::Debug for StoreProbe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("StoreProbe").field(self.0.url()).finish()
    }
}

/// What was found out last; many who ask at once find it out once.
#[derive(Debug, Default)]
pub(crate) struct Ready(Mutex<Option<(Instant, Found)>>);

/// Who answers.
#[derive(Debug, Clone, Copy)]
struct Found {
    database: bool,
    /// Nothing where there is no store.
    store: Option<bool>,
}

impl Ready {
    async fn look(&self, state: &State) -> Found {
        let mut last = self.0.lock().await;
        if let Some((_, found)) = last.filter(|(at, _)| at.elapsed() < FRESH) {
            return found;
        }
        let database = async {
            let pinged = state.assets.ping();
            answers("the database", async { pinged.await.map_err(Into::into) }).await
        };
        let store = async {
            let probe = state.options.store.as_ref()?;
            Some(answers("the store", probe.ask()).await)
        };
        let (database, store) = tokio::join!(database, store);
        let found = Found { database, store };
        *last = Some((Instant::now(), found));
        found
    }
}

/// Whether somebody answers in time; the log is told if not.
async fn answers(
    who: &str,
    asked: impl Future<Output = Result<(), Box<dyn StdError + Send + Sync>>>,
) -> bool {
    match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::warn!(error = chain(error.as_ref()), "not ready: {who} fails");
            false
        }
        Err(_) => {
            tracing::warn!("not ready: {who} does not answer");
            false
        }
    }
}

/// Whether the service can do its work
///
/// It can when the database answers, and the store of the bytes if there is one; what is
/// found out holds for a second. That the queue of deletions does not answer is told, and
/// does not count: what cannot be sent to it is kept and sent later.
#[utoipa::path(
    get, path = "/health/ready", tag = "service",
    responses(
        (status = 200, description = "It can", body = Readiness),
        (
            status = 503, description = "It cannot now", body = Readiness,
            example = json!({
                "status": "unavailable", "database": "unavailable", "store": "ok", "queue": "ok",
                "reasons": ["the database does not answer"],
            }),
        ),
    ),
)]
pub(crate) async fn ready(Shared(state): Shared<State>) -> (StatusCode, Json<Readiness>) {
    let found = state.ready.look(&state).await;
    let word = |up: bool| if up { "ok" } else { "unavailable" }.to_owned();
    let up = found.database && found.store != Some(false);
    let status = if up { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let queue = match state.options.relay.as_ref().map(RelayWatch::is_failing) {
        None => "none",
        Some(false) => "ok",
        Some(true) => "failing",
    };
    let reasons = [
        (!found.database).then_some("the database does not answer"),
        (found.store == Some(false)).then_some("the store does not answer"),
    ];
    let readiness = Readiness {
        status: word(up),
        database: word(found.database),
        store: found.store.map_or_else(|| "none".to_owned(), word),
        queue: queue.to_owned(),
        reasons: reasons.into_iter().flatten().map(str::to_owned).collect(),
    };
    (status, Json(readiness))
}
