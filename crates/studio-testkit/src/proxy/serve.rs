//! One connection of a client, request by request.

use std::convert::Infallible;
use std::future::pending;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1 as client;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE};
use hyper::http::request::Parts;
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::operation::Operation;
use super::relay::{Content, Harm, Relay, Upstream};
use super::rule::{Answered, Fault};
use super::wire::{End, Fate, Wire};
use super::{Direction, Shared};

/// Serves a client until it or a fault ends the connection.
pub(super) async fn serve(socket: TcpStream, shared: Arc<Shared>) {
    let fate = Arc::new(Fate::default());
    let wire = Wire::new(socket, Arc::clone(&fate));
    let handler = service_fn(|request| {
        let (operation, fault) = shared.judge(&request);
        let passage = Passage { operation, shared: Arc::clone(&shared), fate: Arc::clone(&fate) };
        async move { Ok::<_, Infallible>(passage.answer(request, fault).await) }
    });
    let mut connection = server::Builder::new().serve_connection(wire, handler);
    let end = tokio::select! {
        biased;
        // The client has gone, or broke off.
        _ = &mut connection => return,
        end = fate.due() => end,
    };
    connection.into_parts().io.end(end).await;
}

/// A request's way through the proxy.
struct Passage {
    operation: Operation,
    shared: Arc<Shared>,
    fate: Arc<Fate>,
}

impl Passage {
    async fn answer(self, request: Request<Incoming>, fault: Option<Fault>) -> Response<Relay> {
        match fault {
            Some(Fault::Refuse { status, code }) => self.refuse(request, status, code).await,
            Some(Fault::ErrorInOk) => self.refuse(request, 200, "InternalError").await,
            Some(Fault::Duplicate { answer }) => self.twice(request, answer).await,
            fault => self.once(request, fault).await,
        }
    }

    /// Takes the whole request, so that the client hears the answer, and does nothing.
    async fn refuse(&self, request: Request<Incoming>, status: u16, code: &str) -> Response<Relay> {
        self.drain(request.into_body(), Direction::Up).await;
        self.shared.struck();
        let body = format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
             <Error><Code>{code}</Code><Message>a fault of the test</Message></Error>"
        );
        let content = Content::Ready(Some(Bytes::from(body)));
        let answer = Response::builder().status(status).header(CONTENT_TYPE, "application/xml");
        answer.body(self.relay(content, Direction::Down, Harm::None)).unwrap()
    }

    /// Delivers the request once, and harms it or the answer.
    async fn once(&self, request: Request<Incoming>, fault: Option<Fault>) -> Response<Relay> {
        let (head, body) = request.into_parts();
        let content = Content::Stream(body);
        let length = content.length();
        let harm = match fault {
            Some(Fault::ResetUp { after }) => stop(after, length, End::Reset),
            Some(Fault::StallUp { after }) => stop(after, length, End::Stall),
            Some(Fault::FlipUp { byte, bit }) => flip(byte, bit, length),
            _ => Harm::None,
        };
        if let Harm::Stop { at: 0, end } = harm {
            // Nothing of it comes through.
            return self.break_off(end).await;
        }
        let is_head = head.method == Method::HEAD;
        let content = self.relay(content, Direction::Up, harm);
        let Ok((answer, upstream)) = self.deliver(head, content).await else {
            return self.bad_gateway();
        };
        let (head, body) = answer.into_parts();
        let length = match is_head {
            true => Some(0),
            false => body.size_hint().exact(),
        };
        let harm = match fault {
            Some(Fault::ResetDown { after }) => stop(after, length, End::Reset),
            Some(Fault::StallDown { after }) => stop(after, length, End::Stall),
            Some(Fault::TruncateDown { after }) => stop(after, length, End::Close),
            Some(Fault::FlipDown { byte, bit }) => flip(byte, bit, length),
            Some(Fault::LostAnswer) => {
                // The last byte of the answer says that it is done.
                self.drain(body, Direction::Down).await;
                return self.break_off(End::Reset).await;
            }
            _ => Harm::None,
        };
        if let (Harm::Stop { end, .. }, Some(0)) = (harm, length) {
            return self.break_off(end).await;
        }
        let mut body = self.relay(Content::Stream(body), Direction::Down, harm);
        body.upstream = Some(upstream);
        Response::from_parts(head, body)
    }

    async fn twice(&self, request: Request<Incoming>, answered: Answered) -> Response<Relay> {
        let (head, body) = request.into_parts();
        let Ok(bytes) = self.collect(body).await else {
            return self.break_off(End::Reset).await;
        };
        let copy = || {
            let content = Content::Ready((!bytes.is_empty()).then(|| bytes.clone()));
            // Counted once, when it came.
            let relay = self.relay(content, Direction::Up, Harm::None);
            (head.clone(), Relay { direction: Direction::Inside, ..relay })
        };
        let mut answers = Vec::new();
        for (head, content) in [copy(), copy()] {
            let Ok((answer, upstream)) = self.deliver(head, content).await else {
                return self.bad_gateway();
            };
            answers.push((answer, upstream));
        }
        self.shared.struck();
        let index = match answered {
            Answered::First => 0,
            Answered::Second => 1,
        };
        let (answer, upstream) = answers.swap_remove(index);
        let (head, body) = answer.into_parts();
        let mut body = self.relay(Content::Stream(body), Direction::Down, Harm::None);
        body.upstream = Some(upstream);
        Response::from_parts(head, body)
    }

    /// Sends a request to the server, as it came. The head of the answer comes back when
    /// the server has done what was asked; the connection stays for the rest.
    async fn deliver(
        &self,
        head: Parts,
        content: Relay,
    ) -> Result<(Response<Incoming>, Upstream), Box<dyn std::error::Error + Send + Sync>> {
        let socket = TcpStream::connect(&self.shared.upstream).await?;
        socket.set_nodelay(true)?;
        let (mut sender, connection) = client::handshake(TokioIo::new(socket)).await?;
        let upstream = Upstream(tokio::spawn(connection).abort_handle());
        let answer = sender.send_request(Request::from_parts(head, content)).await?;
        Ok((answer, upstream))
    }

    /// Ends the connection with nothing more being said.
    async fn break_off(&self, end: End) -> Response<Relay> {
        self.fate.now(end);
        self.shared.struck();
        pending().await
    }

    fn bad_gateway(&self) -> Response<Relay> {
        let mut answer =
            Response::new(self.relay(Content::Ready(None), Direction::Down, Harm::None));
        *answer.status_mut() = StatusCode::BAD_GATEWAY;
        answer.headers_mut().insert(CONTENT_LENGTH, 0.into());
        answer
    }

    fn relay(&self, content: Content, direction: Direction, harm: Harm) -> Relay {
        Relay {
            content,
            harm,
            passed: 0,
            operation: self.operation,
            direction,
            shared: Arc::clone(&self.shared),
            fate: Arc::clone(&self.fate),
            upstream: None,
        }
    }

    /// Reads a body to its end, whatever that is.
    async fn drain(&self, body: Incoming, direction: Direction) {
        let mut body = self.relay(Content::Stream(body), direction, Harm::None);
        while let Some(Ok(_)) = body.next().await {}
    }

    /// Keeps a whole body.
    async fn collect(&self, body: Incoming) -> Result<Bytes, hyper::Error> {
        let mut body = self.relay(Content::Stream(body), Direction::Up, Harm::None);
        let mut all = BytesMut::new();
        while let Some(bytes) = body.next().await {
            all.extend_from_slice(&bytes?);
        }
        Ok(all.freeze())
    }
}

/// Stops a body before its end; the length is that of the body, if it is known.
fn stop(after: u64, length: Option<u64>, end: End) -> Harm {
    let last = length.map_or(u64::MAX, |length| length.saturating_sub(1));
    Harm::Stop { at: after.min(last), end }
}

/// Turns over a bit of a body; of one without bytes, none.
fn flip(byte: u64, bit: u8, length: Option<u64>) -> Harm {
    match length {
        Some(0) => Harm::None,
        Some(length) => Harm::Flip { byte: byte.min(length - 1), bit },
        None => Harm::Flip { byte, bit },
    }
}
