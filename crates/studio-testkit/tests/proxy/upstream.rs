//! A server that keeps what it is sent, and a client that sees the bytes on the wire.

use std::convert::Infallible;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// Longer than anything here takes; only a failing test waits that long.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A server of one file: PUT keeps it, GET gives it. An answer to PUT is the number of
/// requests so far.
pub(crate) struct Upstream {
    pub(crate) endpoint: String,
    seen: Arc<Seen>,
    _runtime: Runtime,
}

#[derive(Default)]
struct Seen {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    file: Vec<u8>,
    hosts: Vec<String>,
    whole: usize,
    broken: Vec<usize>,
    closed: bool,
}

impl Upstream {
    pub(crate) fn start(file: &[u8]) -> Self {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.unwrap();
        let seen = Arc::new(Seen::default());
        seen.state.lock().unwrap().file = file.to_vec();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        runtime.spawn(serve(listener, Arc::clone(&seen)));
        Self { endpoint, seen, _runtime: runtime }
    }

    fn with<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.seen.state.lock().unwrap())
    }

    pub(crate) fn file(&self) -> Vec<u8> {
        self.with(|state| state.file.clone())
    }

    /// How many requests came to their end.
    pub(crate) fn whole(&self) -> usize {
        self.with(|state| state.whole)
    }

    /// The Host header of each request.
    pub(crate) fn hosts(&self) -> Vec<String> {
        self.with(|state| state.hosts.clone())
    }

    /// Waits for a request that broke off; tells how many bytes of it came.
    pub(crate) fn broken(&self) -> usize {
        let state = self.seen.state.lock().unwrap();
        let waited = self.seen.changed.wait_timeout_while(state, LONG, |s| s.broken.is_empty());
        waited.unwrap().0.broken[0]
    }

    /// Lets bodies of requests in, or not.
    pub(crate) fn open(&self, open: bool) {
        self.seen.state.lock().unwrap().closed = !open;
    }
}

async fn serve(listener: std::net::TcpListener, seen: Arc<Seen>) {
    let listener = TcpListener::from_std(listener).unwrap();
    while let Ok((socket, _)) = listener.accept().await {
        let seen = Arc::clone(&seen);
        let handler = service_fn(move |request| answer(request, Arc::clone(&seen)));
        tokio::spawn(async move {
            let _ = http1::Builder::new().serve_connection(TokioIo::new(socket), handler).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    seen: Arc<Seen>,
) -> Result<Response<Whole>, Infallible> {
    let host = request.headers()["host"].to_str().unwrap().to_owned();
    seen.state.lock().unwrap().hosts.push(host);
    let method = request.method().clone();
    while seen.state.lock().unwrap().closed {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let (bytes, whole) = collect(request.into_body()).await;
    let mut state = seen.state.lock().unwrap();
    match whole {
        true => state.whole += 1,
        false => state.broken.push(bytes.len()),
    }
    seen.changed.notify_all();
    let body = match method {
        Method::PUT if whole => {
            state.file = bytes;
            state.whole.to_string().into()
        }
        _ => Bytes::copy_from_slice(&state.file),
    };
    Ok(Response::new(Whole(Some(body))))
}

async fn collect(mut body: Incoming) -> (Vec<u8>, bool) {
    let mut all = Vec::new();
    loop {
        let next = std::future::poll_fn(|c| std::pin::Pin::new(&mut body).poll_frame(c)).await;
        match next {
            Some(Ok(frame)) => all.extend_from_slice(&frame.into_data().unwrap_or_default()),
            Some(Err(_)) => return (all, false),
            None => return (all, true),
        }
    }
}

struct Whole(Option<Bytes>);

impl Body for Whole {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        std::task::Poll::Ready(self.0.take().map(|bytes| Ok(Frame::data(bytes))))
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        hyper::body::SizeHint::with_exact(self.0.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

/// What came back on the wire.
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// How it ended: in order, or with this error.
    pub(crate) end: Result<(), io::ErrorKind>,
}

impl Answer {
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).unwrap_or("0").parse().unwrap()
    }
}

/// Opens a connection to `endpoint` and begins a request there.
pub(crate) fn begin(endpoint: &str, request: &str, length: usize) -> TcpStream {
    let mut socket = TcpStream::connect(endpoint.strip_prefix("http://").unwrap()).unwrap();
    socket.set_read_timeout(Some(LONG)).unwrap();
    let head = format!(
        "{request} HTTP/1.1\r\nhost: as.sent\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    socket.write_all(head.as_bytes()).unwrap();
    socket
}

/// Reads an answer until the connection ends.
pub(crate) fn read(socket: TcpStream) -> Answer {
    read_with(socket, |_, _| {})
}

/// Reads on, and lets `look` see the connection and what has come after each step.
fn read_with(mut socket: TcpStream, look: impl Fn(&TcpStream, &Answer)) -> Answer {
    let mut answer = Answer { head: String::new(), body: Vec::new(), end: Ok(()) };
    let mut chunk = [0; 65_536];
    loop {
        look(&socket, &answer);
        match socket.read(&mut chunk) {
            Ok(0) => return answer,
            Ok(count) => answer.body.extend_from_slice(&chunk[..count]),
            Err(error) => {
                answer.end = Err(error.kind());
                return answer;
            }
        }
        if answer.head.is_empty()
            && let Some(at) = answer.body.windows(4).position(|four| four == b"\r\n\r\n")
        {
            let body = answer.body.split_off(at + 4);
            answer.head = String::from_utf8(std::mem::replace(&mut answer.body, body)).unwrap();
        }
    }
}

/// A request and its answer.
pub(crate) fn exchange(endpoint: &str, request: &str, body: &[u8]) -> Answer {
    let mut socket = begin(endpoint, request, body.len());
    let written = socket.write_all(body);
    let mut answer = read(socket);
    // A reset is told once, to whoever is there first.
    if let Err(error) = written
        && answer.end.is_ok()
    {
        answer.end = Err(error.kind());
    }
    answer
}

/// A request whose answer stands still after its head and `length` bytes, or comes not at
/// all; `struck` waits for that.
pub(crate) fn exchange_until(
    endpoint: &str,
    request: &str,
    body: &[u8],
    length: Option<usize>,
    struck: impl FnOnce(),
) -> Answer {
    let mut socket = begin(endpoint, request, body.len());
    let _ = socket.write_all(body);
    struck();
    read_with(socket, |socket, answer| {
        let all =
            length.is_none_or(|length| !answer.head.is_empty() && answer.body.len() >= length);
        if all {
            // Nothing more is to come, so this is no race: it only ends the reading.
            socket.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
        }
    })
}
