//! A connection as the service sees it: how much went out on it, when that has gone, and
//! whether the client still takes any.

use std::io::{self, IoSlice};
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::Sleep;

/// What is known of a connection. It is in the extensions of its requests.
#[derive(Debug)]
pub(crate) struct Connection {
    /// Who is at the other end; a proxy, perhaps.
    pub(crate) peer: IpAddr,
    /// At which address it came in.
    pub(crate) here: Option<IpAddr>,
    sent: AtomicU64,
    waiting: Mutex<Vec<Box<dyn Ending>>>,
}

/// What is to be told when an answer has gone out, or will not.
pub(crate) trait Ending: std::fmt::Debug + Send {
    /// `is_whole` is whether all of it has gone; `sent` is how much went out on the
    /// connection in its time.
    fn end(self: Box<Self>, is_whole: bool, sent: u64);
}

impl Connection {
    pub(crate) fn new(peer: SocketAddr, here: Option<SocketAddr>) -> Self {
        let canonical = |address: SocketAddr| address.ip().to_canonical();
        Self {
            peer: canonical(peer),
            here: here.map(canonical),
            sent: AtomicU64::new(0),
            waiting: Mutex::default(),
        }
    }

    /// How many bytes the system has taken so far.
    pub(crate) fn sent(&self) -> u64 {
        self.sent.load(Ordering::Relaxed)
    }

    /// Lets something be told as soon as what was written so far has gone out.
    pub(crate) fn when_sent(&self, ending: Box<dyn Ending>) {
        self.lock().push(ending);
    }

    fn end(&self, is_whole: bool) {
        let waiting = std::mem::take(&mut *self.lock());
        for ending in waiting {
            ending.end(is_whole, self.sent());
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Box<dyn Ending>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream that gives up a peer who takes nothing for too long.
#[derive(Debug)]
pub(crate) struct Wire<S> {
    stream: S,
    patience: Duration,
    /// Runs while the peer takes nothing.
    waiting: Option<Pin<Box<Sleep>>>,
    connection: Arc<Connection>,
}

impl<S> Wire<S> {
    pub(crate) fn new(stream: S, patience: Duration, connection: Arc<Connection>) -> Self {
        Self { stream, patience, waiting: None, connection }
    }

    fn noted(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = written {
            self.waiting = None;
            if let Ok(bytes) = written {
                self.connection.sent.fetch_add(bytes as u64, Ordering::Relaxed);
            }
            return Poll::Ready(written);
        }
        let patience = self.patience;
        let waiting = self.waiting.get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        match waiting.as_mut().poll(context) {
            Poll::Ready(()) => {
                let error = io::Error::new(io::ErrorKind::TimedOut, "the client takes nothing");
                Poll::Ready(Err(error))
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl<S> Drop for Wire<S> {
    fn drop(&mut self) {
        self.connection.end(false);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Wire<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.noted(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, bytes);
        self.noted(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        if let Poll::Ready(Ok(())) = flushed {
            self.connection.end(true);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    fn connection() -> Arc<Connection> {
        Arc::new(Connection::new(SocketAddr::from(([127, 0, 0, 1], 9)), None))
    }

    #[derive(Debug)]
    struct Noted(Arc<Mutex<Vec<(bool, u64)>>>);

    impl Ending for Noted {
        fn end(self: Box<Self>, is_whole: bool, sent: u64) {
            self.0.lock().expect("no panic").push((is_whole, sent));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_nothing_is_given_up() {
        let (here, _there) = tokio::io::duplex(10);
        let mut wire = Wire::new(here, Duration::from_secs(60), connection());
        wire.write_all(&[0; 10]).await.expect("room");
        let began = tokio::time::Instant::now();
        let error = wire.write_all(&[0; 10]).await.expect_err("no room");
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
        assert_eq!(began.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_takes_a_little_now_and_then_is_not() {
        let (here, mut there) = tokio::io::duplex(10);
        let connection = connection();
        let mut wire = Wire::new(here, Duration::from_secs(60), connection.clone());
        let taking = tokio::spawn(async move {
            let mut taken = 0;
            while taken < 100 {
                tokio::time::sleep(Duration::from_secs(59)).await;
                taken += there.read(&mut [0; 5]).await.expect("bytes");
            }
        });
        wire.write_all(&[0; 100]).await.expect("taken");
        taking.await.expect("no panic");
        assert_eq!(connection.sent(), 100);
    }

    #[tokio::test]
    async fn what_waits_is_told_when_all_has_gone_or_nothing_more_will() {
        let (here, _there) = tokio::io::duplex(100);
        let connection = connection();
        let mut wire = Wire::new(here, Duration::from_secs(60), connection.clone());
        let told = Arc::new(Mutex::new(Vec::new()));
        wire.write_all(&[0; 7]).await.expect("room");
        connection.when_sent(Box::new(Noted(told.clone())));
        assert!(told.lock().expect("no panic").is_empty());
        wire.flush().await.expect("open");
        wire.write_all(&[0; 2]).await.expect("room");
        connection.when_sent(Box::new(Noted(told.clone())));
        drop(wire);
        assert_eq!(*told.lock().expect("no panic"), [(true, 7), (false, 9)]);
    }
}
