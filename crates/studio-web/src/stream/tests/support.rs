//! A server of one thing that can be played, and places that count.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::middleware::from_fn_with_state;
use axum::routing::any;
use futures_util::stream::{self, StreamExt as _};
use reqwest::header::HeaderMap;
use studio_core::blob::reader::{RangeReader, Reading, Wanted};
use studio_core::playback::{Facts, Playable};
use studio_core::{Assets, SqliteCatalog, StoreError};
use studio_domain::{AssetKey, Timestamp};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::problem::speak;
use crate::stream::{StreamOptions, respond};
use crate::{Options, State};

/// When the bytes were written.
pub(super) const WRITTEN: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
pub(super) const ETAG: &str = "\"0123abcd\"";
pub(super) const PATH: &str = "/api/v1/recordings/1/stream";

/// A place with one object, in pieces of 16 KiB; it counts.
#[derive(Default)]
pub(super) struct Place {
    pub(super) bytes: Bytes,
    /// Bytes that were asked for.
    pub(super) pulled: Arc<AtomicU64>,
    /// Readings that were begun, and that were dropped.
    pub(super) begun: AtomicU64,
    pub(super) ended: Arc<AtomicU64>,
    /// What it says instead of anything else.
    pub(super) is_gone: AtomicBool,
    pub(super) is_changed: AtomicBool,
    pub(super) is_down: AtomicBool,
    /// Where the first reading breaks off, if it does.
    pub(super) breaks_at: AtomicU64,
    /// Whether it is another object from the second reading on.
    pub(super) changes: AtomicBool,
    pub(super) link: Option<String>,
}

struct Ended(Arc<AtomicU64>);

impl Drop for Ended {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[async_trait]
impl RangeReader for Place {
    async fn look(&self, _key: &AssetKey) -> Result<Wanted, StoreError> {
        Ok(Wanted { size: self.bytes.len() as u64, etag: None })
    }

    async fn open(
        &self,
        key: &AssetKey,
        range: Range<u64>,
        wanted: &Wanted,
    ) -> Result<Reading, StoreError> {
        let object = key.to_string();
        let begun = self.begun.fetch_add(1, Ordering::SeqCst);
        let is = |flag: &AtomicBool| flag.load(Ordering::SeqCst);
        if is(&self.is_gone) {
            return Err(StoreError::NotFound { object });
        }
        if is(&self.is_changed) || is(&self.changes) && begun > 0 {
            return Err(StoreError::Changed { object });
        }
        if is(&self.is_down) {
            let (endpoint, store) = ("http://s3.secret.internal".to_owned(), "memory:".parse());
            let (store, source) = (store.unwrap(), "refused".into());
            return Err(StoreError::Unreachable { endpoint, store, source });
        }
        assert_eq!(wanted.size, self.bytes.len() as u64);
        let first = begun == 0;
        let breaks_at = if first { self.breaks_at.load(Ordering::SeqCst) } else { 0 };
        let rest = self.bytes.slice(range.start as usize..range.end as usize);
        let (pulled, ended) = (Arc::clone(&self.pulled), Ended(Arc::clone(&self.ended)));
        let chunks = stream::unfold((rest, range.start, ended), move |(mut rest, at, ended)| {
            let (pulled, object) = (Arc::clone(&pulled), object.clone());
            async move {
                if rest.is_empty() {
                    return None;
                }
                let piece = rest.split_to(rest.len().min(16 << 10));
                let end = at + piece.len() as u64;
                if at < breaks_at && end >= breaks_at {
                    let source = "broke off".into();
                    return Some((
                        Err(StoreError::Interrupted { object, source }),
                        (rest, end, ended),
                    ));
                }
                pulled.fetch_add(piece.len() as u64, Ordering::SeqCst);
                Some((Ok(piece), (rest, end, ended)))
            }
        });
        Ok(Reading { etag: Some("state".to_owned()), chunks: chunks.boxed() })
    }

    async fn link(
        &self,
        _key: &AssetKey,
        _expires: Duration,
        file_name: Option<String>,
    ) -> Result<Option<String>, StoreError> {
        let name = file_name.unwrap_or_default();
        Ok(self.link.as_ref().map(|link| format!("{link}&name={name}")))
    }
}

impl Place {
    pub(super) fn of(bytes: impl Into<Bytes>) -> Self {
        Self { bytes: bytes.into(), ..Self::default() }
    }
}

/// What is known of some bytes.
pub(super) fn facts(size: u64) -> Facts {
    Facts {
        size,
        etag: "0123abcd".to_owned(),
        state: None,
        modified: Some(Timestamp::from_micros(784_111_777_000_000)),
        content_type: "audio/flac".to_owned(),
        file_name: "Jóga.flac".to_owned(),
    }
}

/// A server of what a reader reads; its address.
pub(super) async fn serve(playable: Playable, options: StreamOptions) -> String {
    let shared = Arc::new((playable, options));
    let answer = move |request: Request| {
        let shared = Arc::clone(&shared);
        async move { respond(request.method(), request.headers(), &shared.0, &shared.1).await }
    };
    let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
    let state = State::new(Assets::new(catalog), Options::default());
    let app = Router::new().route(PATH, any(answer)).layer(from_fn_with_state(state, speak));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// A server of a place's object.
pub(super) async fn serve_place(place: &Arc<Place>, options: StreamOptions) -> String {
    let size = place.bytes.len() as u64;
    let reader: Arc<dyn RangeReader> = place.clone();
    serve(Playable::new(reader, "a.flac".parse().unwrap(), facts(size)), options).await
}

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

impl Answer {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    /// That it is a problem with this code.
    pub(super) fn assert_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem: serde_json::Value = serde_json::from_slice(&self.body).unwrap();
        assert_eq!((&problem["code"], &problem["status"]), (&code.into(), &status.into()));
        assert!(!problem.to_string().contains("secret"), "{problem}");
        assert_eq!(self.header("cache-control"), "no-store");
    }
}

/// Sends a request with headers as they are, and reads all that comes until the connection
/// ends.
pub(super) async fn ask(address: &str, method: &str, headers: &[(&str, &[u8])]) -> Answer {
    let mut request =
        format!("{method} {PATH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n").into_bytes();
    for (name, value) in headers {
        request.extend_from_slice(name.as_bytes());
        request.extend_from_slice(b": ");
        request.extend_from_slice(value);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(&request).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is reset has still said what it said.
    let _ = socket.read_to_end(&mut answer).await;
    read(&answer)
}

pub(super) async fn get(address: &str, headers: &[(&str, &str)]) -> Answer {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    ask(address, "GET", &headers).await
}

fn read(answer: &[u8]) -> Answer {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let head = std::str::from_utf8(&answer[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.map(|line| {
        let (name, value) = line.split_once(": ").unwrap();
        (name.parse().unwrap(), value.parse().unwrap())
    });
    let headers = headers.collect::<Vec<(reqwest::header::HeaderName, _)>>();
    Answer { status, headers: headers.into_iter().collect(), body: answer[end + 4..].to_vec() }
}

/// Waits for something to become true.
pub(super) async fn until(truth: impl Fn() -> bool) {
    let waiting = async {
        while !truth() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), waiting).await.unwrap();
}
