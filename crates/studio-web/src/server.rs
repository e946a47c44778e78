//! The server.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::Redirect;
use axum::routing::get;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use studio_core::CancellationToken;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;

use crate::{State, docs, observe, openapi, problem};

/// The result of serving.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What ends a service before it was told to stop.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Its socket is of no use.
    #[error("cannot serve at this address")]
    Socket(#[source] io::Error),
}

/// How long nobody is let in when the system lets nobody in.
const PAUSE: Duration = Duration::from_millis(200);

/// Answers requests until it is told to stop; then lets nobody else in, finishes what is
/// under way within the time that the options grant, and returns.
///
/// # Errors
/// [`Error::Socket`].
pub async fn serve(listener: TcpListener, state: State, shutdown: CancellationToken) -> Result<()> {
    let options = state.options.clone();
    tracing::info!(address = %listener.local_addr().map_err(Error::Socket)?, "serving");
    let app = router(state);
    let places = Arc::new(Semaphore::new(options.most_connections));
    let mut connections = JoinSet::new();
    loop {
        let entered = tokio::select! {
            entered = accept(&listener, &places) => entered,
            () = shutdown.cancelled() => break,
        };
        let Some((stream, place)) = entered else { continue };
        let (app, shutdown) = (app.clone(), shutdown.clone());
        let header_timeout = options.header_timeout;
        connections.spawn(async move {
            converse(stream, app, header_timeout, shutdown).await;
            drop(place);
        });
        while connections.try_join_next().is_some() {}
    }
    drop(listener);
    let last = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(options.grace, last).await.is_err() {
        tracing::warn!(cut = connections.len(), "some connections did not end in time");
    }
    Ok(())
}

/// The next connection, and its place among those that may be.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(error) => {
            // Of one that went away before it was let in there is nothing to say.
            if error.kind() != io::ErrorKind::ConnectionAborted {
                tracing::warn!(%error, "cannot let a connection in");
                tokio::time::sleep(PAUSE).await;
            }
            None
        }
    }
}

/// Answers the requests of one connection.
async fn converse(
    stream: TcpStream,
    app: Router,
    header_timeout: Duration,
    shutdown: CancellationToken,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection waits for full packets");
    }
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let app = app.clone();
        async move {
            let answer: std::result::Result<_, Infallible> =
                app.oneshot(request.map(Body::new)).await;
            answer
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(header_timeout)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = shutdown.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// All routes. The layers stand in the order from the inside to the outside.
fn router(state: State) -> Router {
    let (routes, description) = openapi::routes().split_for_parts();
    let largest_body = state.options.largest_body;
    routes
        .route("/", get(|| async { Redirect::temporary("/api/docs/") }))
        .merge(docs::routes(description))
        .fallback(problem::nothing_here)
        .layer(DefaultBodyLimit::max(largest_body))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn_with_state(state.clone(), problem::in_time))
        .layer(from_fn(problem::speak))
        .layer(from_fn_with_state(state.clone(), observe::observe))
        .with_state(state)
}
