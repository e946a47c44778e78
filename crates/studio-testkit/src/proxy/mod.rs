//! A proxy that does to requests what bad networks and tired servers do.

mod operation;
mod relay;
mod rule;
mod serve;
mod wire;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use hyper::Request;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub use self::operation::Operation;
pub use self::rule::{Answered, Fault, Rule};

/// An HTTP/1.1 proxy on a free port of 127.0.0.1, before one server; it ends when dropped.
///
/// Bodies stream through it both ways. The Host header is passed on as the client sent it,
/// so that signatures stay right. It has a runtime of its own, so that it can serve
/// blocking tests, and programs that they start.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

/// What has passed through a proxy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Requests, those that were struck by a fault among them.
    pub requests: u64,
    /// Bytes of the bodies of requests.
    pub up: u64,
    /// Bytes of the bodies of answers.
    pub down: u64,
}

/// Which way a body goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Up,
    Down,
    /// From the proxy to the server, for a second time: not counted.
    Inside,
}

/// What all connections share.
#[derive(Debug)]
struct Shared {
    /// Host and port of the server.
    upstream: String,
    rules: Mutex<Vec<Rule>>,
    traffic: Mutex<BTreeMap<Operation, Traffic>>,
    struck: Mutex<u64>,
    strike: Condvar,
}

impl FaultProxy {
    /// Starts a proxy before the server at the URL `upstream` (`http://host:port`), that
    /// passes on everything as it is.
    pub fn start(upstream: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let upstream = upstream.strip_prefix("http://").unwrap().trim_end_matches('/').to_owned();
        let shared = Arc::new(Shared {
            upstream,
            rules: Mutex::default(),
            traffic: Mutex::default(),
            struck: Mutex::default(),
            strike: Condvar::new(),
        });
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, runtime: Some(runtime) }
    }

    /// The proxy's URL.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds a rule. Of several that strike a request, the one that was added first counts
    /// for its fault; all of them have counted it.
    pub fn add(&self, rule: Rule) {
        self.shared.rules.lock().unwrap().push(rule);
    }

    /// Passes on everything as it is again.
    pub fn heal(&self) {
        self.shared.rules.lock().unwrap().clear();
    }

    /// How many requests a fault has struck so far. One whose fault had nothing to strike,
    /// as a flipped bit in a request without a body, is not among them.
    pub fn struck(&self) -> u64 {
        *self.shared.struck.lock().unwrap()
    }

    /// Blocks until faults have struck that many requests since the start, but not for
    /// longer than `limit`; tells whether they have.
    pub fn wait_until_struck(&self, count: u64, limit: Duration) -> bool {
        let struck = self.shared.struck.lock().unwrap();
        let waited = self.shared.strike.wait_timeout_while(struck, limit, |struck| *struck < count);
        !waited.unwrap().1.timed_out()
    }

    /// What has passed since the start, or since it was last forgotten, for one operation.
    pub fn traffic(&self, operation: Operation) -> Traffic {
        self.shared.traffic.lock().unwrap().get(&operation).copied().unwrap_or_default()
    }

    /// What has passed, for all operations together.
    pub fn all_traffic(&self) -> Traffic {
        let traffic = self.shared.traffic.lock().unwrap();
        traffic.values().fold(Traffic::default(), |all, one| Traffic {
            requests: all.requests + one.requests,
            up: all.up + one.up,
            down: all.down + one.down,
        })
    }

    /// Forgets what has passed, and gives it, by operation.
    pub fn take_traffic(&self) -> BTreeMap<Operation, Traffic> {
        std::mem::take(&mut *self.shared.traffic.lock().unwrap())
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // Also from within another runtime, where waiting is not allowed.
            runtime.shutdown_background();
        }
    }
}

async fn accept(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let listener = TcpListener::from_std(listener).unwrap();
    while let Ok((socket, _)) = listener.accept().await {
        let _ = socket.set_nodelay(true);
        tokio::spawn(serve::serve(socket, Arc::clone(&shared)));
    }
}

impl Shared {
    /// Counts a request and decides what happens to it.
    fn judge<B>(&self, request: &Request<B>) -> (Operation, Option<Fault>) {
        let operation = Operation::of(request.method(), request.uri());
        self.traffic.lock().unwrap().entry(operation).or_default().requests += 1;
        let mut rules = self.rules.lock().unwrap();
        let faults: Vec<_> =
            rules.iter_mut().filter_map(|rule| rule.judge(operation, request.uri())).collect();
        (operation, faults.first().copied())
    }

    fn count_bytes(&self, operation: Operation, direction: Direction, bytes: u64) {
        let mut traffic = self.traffic.lock().unwrap();
        let traffic = traffic.entry(operation).or_default();
        match direction {
            Direction::Up => traffic.up += bytes,
            Direction::Down => traffic.down += bytes,
            Direction::Inside => {}
        }
    }

    fn struck(&self) {
        *self.struck.lock().unwrap() += 1;
        self.strike.notify_all();
    }
}
