//! The access log: a line for each answer, when it has gone out or was broken off.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use axum::BoxError;
use axum::body::{Body, HttpBody};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, USER_AGENT};
use axum::response::Response;
use hyper::body::{Bytes, Frame, SizeHint};
use tracing::Span;

use crate::metrics::{Answered, Metrics};
use crate::wire::{Connection, Ending};

/// How much of what a client says is written down.
const LONGEST: usize = 200;

/// The same of a path.
const LONGEST_PATH: usize = 1024;

/// Below this stands what opens a link.
const LINKS: &str = "/s/";

/// All of a request and its answer that the log tells.
#[derive(Debug)]
pub(crate) struct Line {
    span: Span,
    started: Instant,
    client: IpAddr,
    method: &'static str,
    path: String,
    agent: String,
    is_head: bool,
    /// Whether there was an answer; whoever goes away before is told of all the same.
    is_answered: bool,
    /// How much had gone out on the connection before.
    before: u64,
    connection: Option<Arc<Connection>>,
    metrics: Arc<Metrics>,
}

impl Line {
    /// What a request tells; what is asked for behind the path is nobody's affair.
    pub(crate) fn of(
        request: &Request,
        method: &'static str,
        span: Span,
        client: IpAddr,
        metrics: Arc<Metrics>,
    ) -> Self {
        let connection = request.extensions().get::<Arc<Connection>>().cloned();
        metrics.in_flight.inc();
        Self {
            span,
            started: Instant::now(),
            client,
            method,
            path: shown(request.uri().path()),
            agent: agent(request.headers()),
            is_head: request.method() == axum::http::Method::HEAD,
            is_answered: false,
            before: connection.as_ref().map_or(0, |connection| connection.sent()),
            connection,
            metrics,
        }
    }

    /// The answer, watched until its end.
    pub(crate) fn follow(mut self, response: Response, answered: Answered) -> Response {
        self.is_answered = true;
        let length = response.headers().get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse().ok());
        response.map(|body| {
            let told = Told { line: self, answered, length, bytes: 0 };
            Body::new(Watched { body, told: Some(told), is_ended: false, is_broken: false })
        })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.metrics.in_flight.dec();
        if self.is_answered {
            return;
        }
        let duration_ms = self.started.elapsed().as_micros() as f64 / 1000.0;
        let Self { method, client, path, agent, .. } = &*self;
        self.span.in_scope(|| {
            tracing::info!(
                target: "studio::access",
                method, path, duration_ms, %client, agent, aborted = true, "gone before an answer"
            );
        });
    }
}

/// The path as it is told: of a link only that it is one, for whoever reads it could follow it.
fn shown(path: &str) -> String {
    if let Some(rest) = path.strip_prefix(LINKS) {
        let below = rest.split_once('/').map_or(String::new(), |(_, below)| format!("/{below}"));
        return format!("{LINKS}…{below}").chars().take(LONGEST_PATH).collect();
    }
    path.chars().take(LONGEST_PATH).collect()
}

/// What the client calls itself: on one line, and not all of it if it is long.
fn agent(headers: &HeaderMap) -> String {
    let Some(agent) = headers.get(USER_AGENT) else { return String::new() };
    let agent = String::from_utf8_lossy(agent.as_bytes());
    agent.chars().flat_map(char::escape_debug).take(LONGEST).collect()
}

/// A line, and the answer that it is about.
#[derive(Debug)]
struct Told {
    line: Line,
    answered: Answered,
    /// How much the body has, if that was told.
    length: Option<u64>,
    /// How much of the body was handed over.
    bytes: u64,
}

impl Ending for Told {
    fn end(self: Box<Self>, is_whole: bool, sent: u64) {
        let Self { line, answered, bytes, .. } = *self;
        // Of what was broken off, at most what went out counts.
        let bytes = match is_whole {
            true => bytes,
            false => bytes.min(sent.saturating_sub(line.before)),
        };
        line.metrics.note_sent(&answered, bytes, !is_whole);
        let Answered { route, method, status } = answered;
        let duration_ms = line.started.elapsed().as_micros() as f64 / 1000.0;
        let (client, path, agent) = (line.client, &line.path, &line.agent);
        let aborted = !is_whole;
        line.span.in_scope(|| match route.starts_with("/health") || route == "/metrics" {
            // They come every few seconds, and would drown the others.
            true => tracing::debug!(
                target: "studio::access",
                method, path, route, status, bytes, duration_ms, %client, agent, aborted, "answered"
            ),
            false => tracing::info!(
                target: "studio::access",
                method, path, route, status, bytes, duration_ms, %client, agent, aborted, "answered"
            ),
        });
    }
}

/// The body of an answer, counted as it is handed over.
struct Watched {
    body: Body,
    told: Option<Told>,
    is_ended: bool,
    is_broken: bool,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len) as u64;
                if let Some(told) = &mut self.told {
                    told.bytes += bytes;
                }
            }
            Poll::Ready(Some(Err(_))) => self.is_broken = true,
            Poll::Ready(None) => self.is_ended = true,
            Poll::Pending => {}
        }
        polled.map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let Some(told) = self.told.take() else { return };
        // The answer to HEAD has the body of the one to GET, which nobody takes. Where all of a
        // length was handed over, nobody asks whether there is more.
        let has_all = told.length == Some(told.bytes);
        let is_ended = self.is_ended || has_all || told.line.is_head || self.body.is_end_stream();
        let is_whole = is_ended && !self.is_broken;
        let told = Box::new(told);
        match told.line.connection.clone() {
            // What was handed over is still to go.
            Some(connection) if is_whole => connection.when_sent(told),
            Some(connection) => told.end(false, connection.sent()),
            None => {
                let sent = told.bytes;
                told.end(is_whole, sent);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_link_cannot_be_followed_by_who_reads_the_log() {
        assert_eq!(shown("/s/AaIJHaeTd-eTwJp"), "/s/…");
        assert_eq!(shown("/s/AaIJHaeTd/recordings/7/stream"), "/s/…/recordings/7/stream");
        assert_eq!(shown("/s/"), "/s/…");
        assert_eq!(shown("/songs"), "/songs");
        assert_eq!(shown(&"/x".repeat(9999)).len(), LONGEST_PATH);
    }

    #[test]
    fn what_a_client_calls_itself_stays_on_a_line_and_is_cut() {
        let said = |bytes: &[u8]| {
            let value = HeaderValue::from_bytes(bytes).expect("a value");
            agent(&HeaderMap::from_iter([(USER_AGENT, value)]))
        };
        assert_eq!(said(b"curl/8.5"), "curl/8.5");
        assert_eq!(said(b"a\"b\tc\xff"), "a\\\"b\\tc\u{fffd}");
        assert_eq!(said(&[b'x'; 999]).len(), LONGEST);
        assert_eq!(agent(&HeaderMap::new()), "");
    }
}
