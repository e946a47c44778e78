//! A body on its way through the proxy.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::task::AbortHandle;

use super::operation::Operation;
use super::wire::{End, Fate};
use super::{Direction, Shared};

/// Where the bytes come from.
#[derive(Debug)]
pub(super) enum Content {
    /// The other side, as they arrive.
    Stream(Incoming),
    /// The proxy itself.
    Ready(Option<Bytes>),
}

impl Content {
    /// How many bytes there are, where that is known.
    pub(super) fn length(&self) -> Option<u64> {
        self.size_hint().exact()
    }
}

impl Body for Content {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut *self {
            Self::Stream(body) => Pin::new(body).poll_frame(context),
            Self::Ready(bytes) => Poll::Ready(bytes.take().map(|bytes| Ok(Frame::data(bytes)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Stream(body) => body.is_end_stream(),
            Self::Ready(bytes) => bytes.is_none(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Stream(body) => body.size_hint(),
            Self::Ready(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
        }
    }
}

/// What happens to a body.
#[derive(Debug, Clone, Copy)]
pub(super) enum Harm {
    None,
    /// A bit is turned over.
    Flip {
        byte: u64,
        bit: u8,
    },
    /// No more than that many bytes come through.
    Stop {
        at: u64,
        end: End,
    },
    /// No more come through.
    Stopped,
}

/// A body that is counted, and perhaps harmed.
pub(super) struct Relay {
    pub(super) content: Content,
    pub(super) harm: Harm,
    pub(super) passed: u64,
    pub(super) operation: Operation,
    pub(super) direction: Direction,
    pub(super) shared: Arc<Shared>,
    pub(super) fate: Arc<Fate>,
    /// The connection to the server that must not end before this body.
    pub(super) upstream: Option<Upstream>,
}

/// A connection to the server; closed when dropped.
#[derive(Debug)]
pub(super) struct Upstream(pub(super) AbortHandle);

impl Drop for Upstream {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Relay {
    /// The next bytes, for who reads the body here.
    pub(super) async fn next(&mut self) -> Option<Result<Bytes, hyper::Error>> {
        match poll_fn(|context| Pin::new(&mut *self).poll_frame(context)).await? {
            Ok(frame) => Some(Ok(frame.into_data().unwrap_or_default())),
            Err(error) => Some(Err(error)),
        }
    }

    fn strike(&mut self, end: End) {
        self.harm = Harm::Stopped;
        match self.direction {
            Direction::Up | Direction::Inside => self.fate.now(end),
            Direction::Down => self.fate.when_flushed(end),
        }
        // Last, for whoever waits for it.
        self.shared.struck();
    }

    /// The bytes that go on.
    fn pass(&mut self, mut bytes: Bytes) -> Bytes {
        match self.harm {
            Harm::Flip { byte, bit } if byte - self.passed < bytes.len() as u64 => {
                let mut changed = BytesMut::from(&bytes[..]);
                changed[(byte - self.passed) as usize] ^= 1 << bit;
                bytes = changed.freeze();
                self.harm = Harm::None;
                self.shared.struck();
            }
            Harm::Stop { at, .. } => {
                bytes.truncate(usize::try_from(at - self.passed).unwrap_or(usize::MAX));
            }
            _ => {}
        }
        self.passed += bytes.len() as u64;
        self.shared.count_bytes(self.operation, self.direction, bytes.len() as u64);
        bytes
    }
}

impl Body for Relay {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match self.harm {
            Harm::Stopped => return Poll::Pending,
            Harm::Stop { at, end } if self.passed >= at => {
                self.strike(end);
                return Poll::Pending;
            }
            _ => {}
        }
        match (ready!(Pin::new(&mut self.content).poll_frame(context)), self.harm) {
            (Some(Ok(frame)), _) => match frame.into_data() {
                Ok(bytes) => Poll::Ready(Some(Ok(Frame::data(self.pass(bytes))))),
                Err(trailers) => Poll::Ready(Some(Ok(trailers))),
            },
            // Of unknown length, and shorter than the fault would have it.
            (None, Harm::Stop { end, .. }) => {
                self.strike(end);
                Poll::Pending
            }
            (end, _) => Poll::Ready(end),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.harm, Harm::None) && self.content.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.content.size_hint()
    }
}
