//! The service over HTTP: a library with [`serve`].
//!
//! The routes of the media-ingest workflow (`/assets`, `/asset`) stand beside a versioned API
//! (`/api/v1`) of assets and of music, its description (`/api/openapi.json`, `/api/docs`), and
//! what a service is watched by (`/health`, `/metrics`).

mod access_log;
mod api;
mod assets;
mod compress;
mod condition;
mod cors;
mod docs;
mod documents;
mod entry;
mod failure;
mod gate;
mod health;
mod hosts;
mod metrics;
mod observe;
mod openapi;
mod places;
mod problem;
mod providers;
pub mod proxies;
mod receive;
mod server;
mod shares;
mod site;
pub mod stream;
mod subsonic;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use studio_core::access::Access;
use studio_core::listener::Listeners;
use studio_core::{Assets, RelayWatch};

pub use self::api::Music;
pub use self::cors::{InvalidOrigin, Origin};
use self::entry::Entrance;
pub use self::entry::table as table_of_routes;
use self::failure::Failure;
use self::health::Ready;
pub use self::health::StoreProbe;
pub use self::hosts::{HostName, Hosts, InvalidHost};
use self::metrics::Metrics;
pub use self::openapi::description;
use self::proxies::Proxies;
pub use self::server::{Error, Result, serve};
pub use self::site::{InvalidSiteUrl, SiteOptions, SiteUrl};

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
    /// How long a client may take nothing of an answer before it is cut off.
    pub write_timeout: Duration,
    /// How many headers a request may have.
    pub most_headers: usize,
    /// How many bytes the line and the headers of a request may have, and how much of an
    /// answer is held that a client has not taken; at least 8 KiB.
    pub largest_head: usize,
    /// How many bytes the path of a request may have, with what is asked for behind it.
    pub longest_uri: usize,
    /// How many bytes the body of a request may have.
    pub largest_body: usize,
    /// How many connections there may be at once; others wait.
    pub most_connections: usize,
    /// How many of them one client may have, where that is limited; others are turned away.
    /// Trusted proxies may have any number.
    pub most_per_client: Option<usize>,
    /// How long requests under way may still take when the service is to stop.
    pub grace: Duration,
    /// The names by which the service is known, besides those of this machine.
    pub hosts: Hosts,
    /// The proxies in front of it.
    pub proxies: Proxies,
    /// Sites whose pages may read its answers.
    pub origins: Vec<Origin>,
    /// What the pages that everybody sees are called, and where they are.
    pub site: SiteOptions,
    /// The store that must answer for the service to be ready, if it needs one.
    pub store: Option<StoreProbe>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            relay: None,
            timeout: Duration::from_secs(30),
            body_timeout: Duration::from_secs(20),
            header_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(60),
            most_headers: 100,
            largest_head: 64 << 10,
            longest_uri: 8 << 10,
            largest_body: 1 << 20,
            most_connections: 1024,
            most_per_client: None,
            grace: Duration::from_secs(30),
            hosts: Hosts::default(),
            proxies: Proxies::default(),
            origins: Vec::new(),
            site: SiteOptions::default(),
            store: None,
        }
    }
}

/// All that the service knows; clones share it.
#[derive(Debug, Clone)]
pub struct State {
    assets: Assets,
    options: Arc<Options>,
    metrics: Arc<Metrics>,
    ready: Arc<Ready>,
    music: Option<Arc<Music>>,
    entrance: Option<Arc<Entrance>>,
    listeners: Option<Arc<Listeners>>,
}

impl State {
    /// A service of these assets. Whoever reaches it may do everything, until it is told
    /// [who may come in](Self::with_access).
    pub fn new(assets: Assets, options: Options) -> Self {
        let metrics = Arc::new(Metrics::new(options.relay.clone()));
        let (options, ready) = (Arc::new(options), Arc::default());
        Self { assets, options, metrics, ready, music: None, entrance: None, listeners: None }
    }

    /// The service has this music, too.
    pub fn with_music(self, music: Music) -> Self {
        Self { music: Some(Arc::new(music)), ..self }
    }

    /// Those who come are asked who they are. As long as nobody has an account, whoever is at
    /// this machine may do everything, and nobody else anything.
    pub fn with_access(self, access: Access) -> Self {
        Self { entrance: Some(Arc::new(Entrance::new(access))), ..self }
    }

    /// Players of those who have accounts may ask at `/rest`, as OpenSubsonic has it.
    pub fn with_listeners(self, listeners: Listeners) -> Self {
        Self { listeners: Some(Arc::new(listeners)), ..self }
    }

    /// Those who may come in.
    fn access(&self) -> Result<&Access, Failure> {
        let none = || Failure::missing("no-accounts", "nobody has to sign in here");
        self.entrance.as_ref().map(|entrance| &entrance.access).ok_or_else(none)
    }
}
