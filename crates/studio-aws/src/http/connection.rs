//! Connections, kept from one request to the next.

use std::error::Error as StdError;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1::{Builder, Connection as Http, SendRequest};
use hyper::{Request, Uri};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};
use tower_service::Service as _;

use super::{LeanAnswer, LeanClient};

/// The most bytes of an answer that are read at once, and so in memory.
const READ_AT_ONCE: usize = 32 << 10;
/// The most connections that are kept.
const MOST_KEPT: usize = 128;
/// How long one is kept: less than servers keep theirs.
const KEPT_FOR: Duration = Duration::from_secs(10);

type Socket = MaybeHttpsStream<TokioIo<TcpStream>>;

/// A connection on which nothing is under way.
pub(super) struct Connection {
    sender: SendRequest<Empty<Bytes>>,
    http: Pin<Box<Http<Socket, Empty<Bytes>>>>,
    is_over: bool,
}

impl Connection {
    pub(super) async fn make(
        connector: &HttpsConnector<HttpConnector>,
        server: &Uri,
    ) -> Result<Self, Box<dyn StdError + Send + Sync>> {
        let mut connector = connector.clone();
        poll_fn(|context| connector.poll_ready(context)).await?;
        let socket = connector.call(server.clone()).await?;
        let mut builder = Builder::new();
        builder.max_buf_size(READ_AT_ONCE);
        let (sender, http) = builder.handshake(socket).await?;
        Ok(Self { sender, http: Box::pin(http), is_over: false })
    }

    /// Sends and receives what there is.
    fn advance(&mut self, context: &mut Context<'_>) {
        if !self.is_over {
            self.is_over = self.http.as_mut().poll(context).is_ready();
        }
    }

    /// Whether another request can go on it: nobody has closed it meanwhile.
    fn is_usable(&mut self) -> bool {
        self.advance(&mut Context::from_waker(Waker::noop()));
        !self.is_over && self.sender.is_ready()
    }

    /// Sends a request; the connection goes back to `home` when its answer has come.
    pub(super) async fn send(
        mut self,
        request: Request<Empty<Bytes>>,
        home: LeanClient,
    ) -> hyper::Result<LeanAnswer> {
        let mut answer = pin!(self.sender.send_request(request));
        let http = &mut self.http;
        let is_over = &mut self.is_over;
        let answer = poll_fn(|context| {
            if let Poll::Ready(answer) = answer.as_mut().poll(context) {
                return Poll::Ready(answer);
            }
            if !*is_over {
                *is_over = http.as_mut().poll(context).is_ready();
            }
            answer.as_mut().poll(context)
        })
        .await?;
        let (head, body) = answer.into_parts();
        let patience = home.0.patience;
        let kept = Some((self, home));
        let body = LeanBody { body, kept, patience, waiting: None, alarm: None };
        Ok(LeanAnswer { status: head.status, headers: head.headers, body })
    }
}

/// The connections that are kept, the latest last.
#[derive(Default)]
pub(super) struct Idle(Vec<(Connection, Instant)>);

impl Idle {
    /// One that can be used.
    pub(super) fn take(&mut self) -> Option<Connection> {
        while let Some((mut connection, since)) = self.0.pop() {
            if since.elapsed() > KEPT_FOR {
                // Those below it are older.
                self.0.clear();
            } else if connection.is_usable() {
                return Some(connection);
            }
        }
        None
    }

    pub(super) fn put(&mut self, connection: Connection) {
        if self.0.len() >= MOST_KEPT {
            self.0.remove(0);
        }
        self.0.push((connection, Instant::now()));
    }
}

/// The body of an answer.
pub struct LeanBody {
    body: Incoming,
    /// The connection, and where it goes when all has come.
    kept: Option<(Connection, LeanClient)>,
    patience: Duration,
    /// Since when the next piece is waited for.
    waiting: Option<Instant>,
    alarm: Option<Pin<Box<Sleep>>>,
}

impl LeanBody {
    /// The next piece, of at most some ten kilobytes.
    ///
    /// # Errors
    /// What broke the transfer off: an end before the length that was told, too.
    pub async fn next(&mut self) -> Option<io::Result<Bytes>> {
        poll_fn(|context| self.poll_next(context)).await
    }

    /// As [`next`](Self::next) does, for streams.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        loop {
            let mut piece = self.poll_body(context);
            if piece.is_pending()
                && let Some((connection, _)) = &mut self.kept
            {
                connection.advance(context);
                piece = self.poll_body(context);
            }
            return match piece {
                Poll::Pending => self.wait(context),
                Poll::Ready(Some(Ok(bytes))) if bytes.is_empty() => continue,
                Poll::Ready(piece) => {
                    self.waiting = None;
                    if matches!(piece, Some(Err(_))) {
                        self.kept = None;
                    } else {
                        self.let_go(context);
                    }
                    Poll::Ready(piece)
                }
            };
        }
    }

    fn poll_body(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        // A trailer is no piece of it.
        frame.map(|frame| {
            frame.map(|frame| {
                frame.map(|frame| frame.into_data().unwrap_or_default()).map_err(io::Error::other)
            })
        })
    }

    /// Nothing is here: there is, if that has been so for too long.
    fn wait(&mut self, context: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let until = *self.waiting.get_or_insert_with(Instant::now) + self.patience;
        let alarm = self.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
        while alarm.as_mut().poll(context).is_ready() {
            // It was set for an earlier piece.
            if Instant::now() < until {
                alarm.as_mut().reset(until);
                continue;
            }
            self.kept = None;
            return Poll::Ready(Some(Err(io::ErrorKind::TimedOut.into())));
        }
        Poll::Pending
    }

    /// Gives the connection back as soon as nothing more comes: nobody may ask again.
    fn let_go(&mut self, context: &mut Context<'_>) {
        let is_at_end = self.body.is_end_stream() || self.body.size_hint().exact() == Some(0);
        let Some((connection, _)) = &mut self.kept else { return };
        if is_at_end {
            connection.advance(context);
            if let Some((mut connection, home)) = self.kept.take()
                && connection.is_usable()
            {
                home.keep(connection);
            }
        }
    }
}

impl fmt::Debug for LeanBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LeanBody").field("body", &self.body).finish_non_exhaustive()
    }
}
