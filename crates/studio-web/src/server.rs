//! The server.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use studio_core::CancellationToken;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use tower_http::catch_panic::CatchPanicLayer;

use crate::entry::{Guarded, Rule, Rules};
use crate::places::{Place, Places};
use crate::wire::{Connection, Wire};
use crate::{
    Options, State, compress, cors, docs, entry, gate, observe, openapi, problem, providers,
    shares, site, subsonic,
};

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

/// The least that the HTTP library can do with.
const SMALLEST_HEAD: usize = 8 << 10;

/// What is said to those who have all connections that they may have.
const TOO_MANY: &[u8] = b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 5\r\n\
    Content-Length: 0\r\nConnection: close\r\n\r\n";

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
    let open = state.metrics.connections.clone();
    let places = Places::new(options.most_connections, options.most_per_client, open);
    let app = router(state);
    let mut connections = JoinSet::new();
    loop {
        let entered = tokio::select! {
            entered = accept(&listener, &places, &options) => entered,
            () = shutdown.cancelled() => break,
        };
        let Some((stream, peer, place)) = entered else { continue };
        let (app, options, shutdown) = (app.clone(), options.clone(), shutdown.clone());
        connections.spawn(async move {
            converse(stream, peer, app, &options, shutdown).await;
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
    places: &Arc<Places>,
    options: &Options,
) -> Option<(TcpStream, SocketAddr, Place)> {
    let room = places.room().await?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            match places.take(room, peer.ip(), options.proxies.trust(peer.ip())) {
                Some(place) => Some((stream, peer, place)),
                None => {
                    tracing::debug!(client = %peer.ip(), "has too many connections");
                    // There is room for it in a new connection, or it is lost.
                    let _ = stream.try_write(TOO_MANY);
                    None
                }
            }
        }
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
    peer: SocketAddr,
    app: Router,
    options: &Options,
    shutdown: CancellationToken,
) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection waits for full packets");
    }
    let known = Arc::new(Connection::new(peer, stream.local_addr().ok()));
    let wire = Wire::new(stream, options.write_timeout, Arc::clone(&known));
    let service = service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        let app = app.clone();
        request.extensions_mut().insert(Arc::clone(&known));
        async move {
            let answer: std::result::Result<_, Infallible> =
                app.oneshot(request.map(Body::new)).await;
            answer
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(options.header_timeout)
        .max_headers(options.most_headers)
        .max_buf_size(options.largest_head.max(SMALLEST_HEAD))
        .serve_connection(TokioIo::new(wire), service);
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

/// The rules of all routes.
pub(crate) fn rules() -> Rules {
    routes().0.rules
}

/// All routes with their rules, and the description of those that are described.
fn routes() -> (Guarded, Router<State>) {
    let mut routes = openapi::routes();
    let described = routes.router.get_openapi().clone();
    routes = routes.merge(site::routes()).merge(subsonic::routes());
    routes = routes.merge(providers::routes()).merge(shares::routes());
    for path in docs::PATHS {
        routes.rules.put(path, "GET", Rule::OPEN);
    }
    (routes, docs::routes(described))
}

/// All routes. The layers stand in the order from the inside to the outside.
fn router(state: State) -> Router {
    let (Guarded { router, rules }, docs) = routes();
    let largest_body = state.options.largest_body;
    let routes = Router::from(router)
        .merge(docs)
        .fallback(problem::nothing_here)
        .layer(from_fn_with_state((state.clone(), Arc::new(rules)), entry::admit))
        .layer(DefaultBodyLimit::max(largest_body))
        .layer(CatchPanicLayer::custom(problem::panicked))
        .layer(from_fn_with_state(state.clone(), problem::in_time));
    let routes = match cors::layer(&state.options.origins) {
        Some(layer) => routes.layer(layer),
        None => routes,
    };
    routes
        .layer(from_fn_with_state(state.clone(), gate::admit))
        .layer(from_fn_with_state(state.clone(), problem::speak))
        .layer(compress::layer())
        .layer(from_fn(compress::tag))
        .layer(from_fn_with_state(state.clone(), observe::observe))
        .with_state(state)
}
