//! A Discogs in the process: its documented answers, its limits, and what goes wrong.

mod catalog;
mod serve;

use std::collections::{BTreeMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// The token that is accepted.
pub const TOKEN: &str = "a-token-of-the-test";
/// In which requests are counted.
const WINDOW: Duration = Duration::from_secs(60);

/// A server at a free port of 127.0.0.1 that speaks as `api.discogs.com` does; it ends when
/// dropped. Its music is made up.
///
/// Requests with [`TOKEN`] are limited to 60 in any moving minute, others to 25; each answer
/// has the headers that say so, and what is too much gets 429. A search without the token
/// gets 401, and pictures have no addresses then. It has a runtime of its own.
///
/// | address | |
/// |---|---|
/// | `/artists/101` | the group `Marfa Lights (2)`, with members and a profile in markup |
/// | `/artists/102` | `Night Ferries, The`: nothing but a name |
/// | `/masters/501` | `Salt Flat Hymns` by 101 |
/// | `/releases/901` | its first edition: headings, an index track, day unknown |
/// | `/releases/902` | another by 101 and 102, year unknown, nearly everything left out |
#[derive(Debug)]
pub struct TestDiscogs {
    address: SocketAddr,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

/// A request that came.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Path and query, as they came.
    pub target: String,
    /// Its headers, with their names in lower case.
    pub headers: BTreeMap<String, String>,
    /// When.
    pub at: Instant,
}

/// What is answered instead.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// These status, headers and body.
    Answer {
        /// The status.
        status: u16,
        /// Headers besides the length.
        headers: Vec<(String, String)>,
        /// The body.
        body: Vec<u8>,
    },
    /// Half of what was promised, then the end.
    BreakOff,
    /// Bytes that are no HTTP.
    Noise,
    /// A body without a length that does not end before that many bytes.
    Endless(usize),
    /// Nothing, for as long as the client waits.
    Silence,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    came: Condvar,
}

#[derive(Debug, Default)]
struct State {
    asked: Vec<Asked>,
    /// When each request that counts came.
    window: VecDeque<Instant>,
    refused: usize,
    trouble: Option<Trouble>,
    held: bool,
    retry_after: Option<u32>,
}

impl TestDiscogs {
    /// Starts a server.
    pub fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let shared = Arc::<Shared>::default();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(accept(listener, Arc::clone(&shared)));
        Self { address, shared, runtime: Some(runtime) }
    }

    /// Its base URL.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that came so far, in order.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.state.lock().unwrap().asked.clone()
    }

    /// How many of them were refused with 429.
    pub fn refused(&self) -> usize {
        self.shared.state.lock().unwrap().refused
    }

    /// Blocks until that many requests have come, but not for longer than a minute.
    pub fn wait_until_asked(&self, count: usize) -> bool {
        let state = self.shared.state.lock().unwrap();
        let enough = |state: &mut State| state.asked.len() < count;
        !self.shared.came.wait_timeout_while(state, WINDOW, enough).unwrap().1.timed_out()
    }

    /// Answers everything so from now on.
    pub fn trouble(&self, trouble: Trouble) {
        self.shared.state.lock().unwrap().trouble = Some(trouble);
    }

    /// Answers with that status, and JSON as Discogs sends with one.
    pub fn fail(&self, status: u16) {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        let body = b"{\"message\": \"The test wants it so.\"}".to_vec();
        self.trouble(Trouble::Answer { status, headers, body });
    }

    /// Answers with status 200 and that body, as JSON.
    pub fn say(&self, body: impl Into<Vec<u8>>) {
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        self.trouble(Trouble::Answer { status: 200, headers, body: body.into() });
    }

    /// Answers as itself again.
    pub fn heal(&self) {
        self.shared.state.lock().unwrap().trouble = None;
    }

    /// Takes requests, and holds their answers back until it is let go.
    pub fn hold(&self, held: bool) {
        self.shared.state.lock().unwrap().held = held;
    }

    /// Others behind the same address ask that often now.
    pub fn others_ask(&self, times: usize) {
        let now = Instant::now();
        self.shared.state.lock().unwrap().window.extend(std::iter::repeat_n(now, times));
    }

    /// Says in answers with 429 when to come again.
    pub fn say_retry_after(&self, seconds: Option<u32>) {
        self.shared.state.lock().unwrap().retry_after = seconds;
    }
}

impl Drop for TestDiscogs {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn accept(listener: std::net::TcpListener, shared: Arc<Shared>) {
    let listener = TcpListener::from_std(listener).unwrap();
    loop {
        let Ok((socket, _)) = listener.accept().await else { continue };
        tokio::spawn(serve::serve(socket, Arc::clone(&shared)));
    }
}
