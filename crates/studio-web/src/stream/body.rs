//! Bodies that are read as fast as clients take them.
//!
//! The server would queue far more of a body than a slow client takes in a minute. So every
//! chunk is counted until it was written to the socket, and while too much is not, no more is
//! read.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::Bytes;
use futures_util::Stream;
use futures_util::stream::StreamExt as _;
use futures_util::task::AtomicWaker;
use studio_core::playback::Playing;
use tokio::time::Sleep;

use crate::failure::chain;

/// While so many bytes were given to the connection and not yet written, it gets no more.
pub(super) const WINDOW: usize = 64 << 10;

/// How many bytes of a body are on their way.
#[derive(Default)]
struct Gauge {
    held: AtomicUsize,
    waiting: AtomicWaker,
}

/// Bytes that are counted until nobody has them any more.
struct Held {
    bytes: Bytes,
    gauge: Arc<Gauge>,
}

impl AsRef<[u8]> for Held {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.gauge.held.fetch_sub(self.bytes.len(), Ordering::AcqRel);
        self.gauge.waiting.wake();
    }
}

/// A body of which little is on its way at a time.
pub(super) struct Window<S> {
    source: S,
    gauge: Arc<Gauge>,
    patience: Duration,
    /// Set while the client takes nothing.
    alarm: Option<Pin<Box<Sleep>>>,
    /// What ended the source, while what came before is still on its way: the connection is
    /// dropped with all that it holds when it is told of an error.
    failure: Option<BoxError>,
}

impl<S> Window<S> {
    /// Gives what `source` gives to a client, who may take nothing for as long as `patience`.
    pub(super) fn new(source: S, patience: Duration) -> Self {
        Self { source, gauge: Arc::default(), patience, alarm: None, failure: None }
    }

    /// Whether the connection gets no more for now.
    fn is_full(&self) -> bool {
        let held = self.gauge.held.load(Ordering::Acquire);
        held >= WINDOW || held > 0 && self.failure.is_some()
    }
}

impl<S> Stream for Window<S>
where
    S: Stream<Item = studio_core::Result<Bytes>> + Unpin,
{
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        // Before the look, so that what is written just after it is noticed.
        this.gauge.waiting.register(context.waker());
        if this.is_full() {
            let patience = this.patience;
            let alarm = this.alarm.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
            ready!(alarm.as_mut().poll(context));
            tracing::debug!("a client takes nothing, and is given up");
            return Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::TimedOut).into())));
        }
        this.alarm = None;
        if let Some(failure) = this.failure.take() {
            return Poll::Ready(Some(Err(failure)));
        }
        match ready!(this.source.poll_next_unpin(context)) {
            Some(Ok(bytes)) => {
                this.gauge.held.fetch_add(bytes.len(), Ordering::AcqRel);
                let held = Held { bytes, gauge: Arc::clone(&this.gauge) };
                Poll::Ready(Some(Ok(Bytes::from_owner(held))))
            }
            Some(Err(error)) => {
                tracing::warn!(error = chain(&error), "a stream ends before its end");
                this.failure = Some(error.into());
                self.poll_next(context)
            }
            None => Poll::Ready(None),
        }
    }
}

/// A part of a `multipart/byteranges` (RFC 9110, 14.6).
pub(super) struct Part {
    /// All that stands before its bytes.
    pub(super) head: Bytes,
    /// How many bytes it has.
    pub(super) length: u64,
}

/// Several ranges in one body.
pub(super) struct Multipart {
    playing: Playing,
    parts: VecDeque<Part>,
    left: u64,
    tail: Option<Bytes>,
}

impl Multipart {
    /// `playing` brings the bytes of the parts, in their order; `tail` stands behind the last.
    pub(super) fn new(playing: Playing, parts: VecDeque<Part>, tail: Bytes) -> Self {
        Self { playing, parts, left: 0, tail: Some(tail) }
    }
}

impl Stream for Multipart {
    type Item = studio_core::Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            let next = match self.parts.pop_front() {
                Some(part) => {
                    self.left = part.length;
                    Some(part.head)
                }
                None => self.tail.take(),
            };
            return Poll::Ready(next.map(Ok));
        }
        let chunk = ready!(self.playing.poll_next_unpin(context));
        if let Some(Ok(chunk)) = &chunk {
            // A chunk never goes beyond its range.
            self.left = self.left.saturating_sub(chunk.len() as u64);
        }
        Poll::Ready(chunk)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::poll_immediate;
    use futures_util::stream;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_more_is_read_than_is_taken() {
        let pulled = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&pulled);
        let source = stream::repeat_with(move || {
            counter.fetch_add(1, Ordering::SeqCst);
            Ok(Bytes::from_static(&[0; 16 << 10]))
        });
        let mut body = Window::new(source, Duration::from_secs(60));
        let mut queue = Vec::new();
        while let Some(chunk) = poll_immediate(body.next()).await {
            queue.push(chunk.expect("a chunk").expect("bytes"));
        }
        assert_eq!((queue.len(), pulled.load(Ordering::SeqCst)), (4, 4));
        let clone = queue[0].clone();
        queue.remove(0);
        assert!(poll_immediate(body.next()).await.is_none(), "somebody has it still");
        drop(clone);
        queue.push(body.next().await.expect("a chunk").expect("bytes"));
        assert_eq!(pulled.load(Ordering::SeqCst), 5);
        // Nobody takes anything for a minute.
        let error = body.next().await.expect("an end");
        assert!(error.is_err());
        assert_eq!(pulled.load(Ordering::SeqCst), 5);
    }
}
