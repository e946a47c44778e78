//! The asset service over HTTP: a library with [`serve`].
//!
//! The routes of the media-ingest workflow (`/assets`, `/asset`) stand beside a versioned API
//! (`/api/v1`), its description (`/api/openapi.json`, `/api/docs`), and what a service is
//! watched by (`/health`, `/metrics`).

mod assets;
mod condition;
mod docs;
mod documents;
mod failure;
mod health;
mod metrics;
mod observe;
mod openapi;
mod problem;
mod receive;
mod server;
pub mod stream;

use std::sync::Arc;
use std::time::Duration;

use studio_core::{Assets, RelayWatch};

use self::metrics::Metrics;
pub use self::openapi::description;
pub use self::server::{Error, Result, serve};

/// How a service behaves.
#[derive(Debug, Clone)]
pub struct Options {
    /// What sends the orders to delete objects, if anything does; only for telling of it.
    pub relay: Option<RelayWatch>,
    /// How long a request may take, from its last header to the first byte of the answer.
    pub timeout: Duration,
    /// How long the body of a request may take to come, as a part of that.
    pub body_timeout: Duration,
    /// How long the headers of a request may take to come, and so how long a connection
    /// stays open on which nothing is asked.
    pub header_timeout: Duration,
    /// How many bytes the body of a request may have.
    pub largest_body: usize,
    /// How many connections there may be at once; others wait.
    pub most_connections: usize,
    /// How long requests under way may still take when the service is to stop.
    pub grace: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            relay: None,
            timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(20),
            header_timeout: Duration::from_secs(30),
            largest_body: 1 << 20,
            most_connections: 1024,
            grace: Duration::from_secs(30),
        }
    }
}

/// All that the service knows; clones share it.
#[derive(Debug, Clone)]
pub struct State {
    assets: Assets,
    options: Arc<Options>,
    metrics: Arc<Metrics>,
}

impl State {
    /// A service of these assets.
    pub fn new(assets: Assets, options: Options) -> Self {
        let metrics = Arc::new(Metrics::new(options.relay.clone()));
        Self { assets, options: Arc::new(options), metrics }
    }
}
