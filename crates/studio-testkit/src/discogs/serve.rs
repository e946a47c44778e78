//! One connection: HTTP/1.1 as far as a client without bodies needs it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::future::pending;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::{Asked, Shared, TOKEN, Trouble, WINDOW, catalog};

/// No request has a longer head.
const MAX_HEAD: usize = 64 * 1024;

type Headers = Vec<(String, String)>;

pub(super) async fn serve(mut socket: TcpStream, shared: Arc<Shared>) {
    let mut bytes = Vec::new();
    loop {
        let Some(asked) = read_head(&mut socket, &mut bytes).await else { return };
        let authorised =
            asked.headers.get("authorization") == Some(&format!("Discogs token={TOKEN}"));
        let (limits, allowed) = shared.count(&asked, authorised);
        while shared.state.lock().unwrap().held {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let trouble = shared.state.lock().unwrap().trouble.clone();
        let sent = match trouble {
            Some(trouble) => strike(&mut socket, trouble, limits).await,
            None => {
                let (status, body) = match allowed {
                    true => catalog::answer(&asked.target, authorised),
                    false => (429, catalog::message("You are making requests too quickly.")),
                };
                let mut headers = limits;
                headers.push(("content-type".to_owned(), "application/json".to_owned()));
                write(&mut socket, status, &headers, body.as_bytes(), body.len()).await
            }
        };
        if !sent {
            return;
        }
    }
}

async fn read_head(socket: &mut TcpStream, bytes: &mut Vec<u8>) -> Option<Asked> {
    let end = loop {
        if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break at + 4;
        }
        if bytes.len() > MAX_HEAD || socket.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head: Vec<u8> = bytes.drain(..end).collect();
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.lines();
    let target = lines.next()?.split(' ').nth(1)?.to_owned();
    let headers: BTreeMap<String, String> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Some(Asked { target, headers, at: Instant::now() })
}

impl Shared {
    /// Counts a request; the headers that tell of the limits, and whether it is within them.
    fn count(&self, asked: &Asked, authorised: bool) -> (Headers, bool) {
        let mut state = self.state.lock().unwrap();
        state.asked.push(asked.clone());
        self.came.notify_all();
        while state.window.front().is_some_and(|time| time.elapsed() >= WINDOW) {
            state.window.pop_front();
        }
        let limit = if authorised { 60 } else { 25 };
        let allowed = state.window.len() < limit;
        if allowed {
            state.window.push_back(asked.at);
        } else {
            state.refused += 1;
        }
        let used = state.window.len();
        let mut headers = vec![
            ("x-discogs-ratelimit".to_owned(), limit.to_string()),
            ("x-discogs-ratelimit-used".to_owned(), used.to_string()),
            ("x-discogs-ratelimit-remaining".to_owned(), limit.saturating_sub(used).to_string()),
        ];
        if let Some(seconds) = state.retry_after.filter(|_| !allowed) {
            headers.push(("retry-after".to_owned(), seconds.to_string()));
        }
        (headers, allowed)
    }
}

/// Answers as it should not; whether the connection goes on.
async fn strike(socket: &mut TcpStream, trouble: Trouble, limits: Headers) -> bool {
    match trouble {
        Trouble::Answer { status, mut headers, body } => {
            headers.extend(limits);
            write(socket, status, &headers, &body, body.len()).await
        }
        Trouble::BreakOff => {
            let json = ("content-type".to_owned(), "application/json".to_owned());
            write(socket, 200, &[json], b"{\"id\": 101, ", 1000).await;
            false
        }
        Trouble::Noise => {
            let _ = socket.write_all(b"\x16\x03\x01 this is no HTTP\r\n\r\n").await;
            false
        }
        Trouble::Endless(bytes) => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\
                        connection: close\r\n\r\n{\"profile\": \"";
            let mut sent = socket.write_all(head.as_bytes()).await.is_ok();
            for _ in 0..bytes / 4096 {
                sent = sent && socket.write_all(&[b'x'; 4096]).await.is_ok();
            }
            false
        }
        Trouble::Silence => pending().await,
    }
}

async fn write(
    socket: &mut TcpStream,
    status: u16,
    headers: &[(String, String)],
    body: &[u8],
    length: usize,
) -> bool {
    let mut head = format!("HTTP/1.1 {status} Test\r\ncontent-length: {length}\r\n");
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    head.push_str("\r\n");
    let mut answer = head.into_bytes();
    answer.extend_from_slice(body);
    socket.write_all(&answer).await.is_ok()
}
