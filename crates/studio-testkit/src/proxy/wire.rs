//! A client's connection, and how it ends.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::Notify;

/// How a connection ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The client gets an RST.
    Reset,
    /// The client gets a FIN.
    Close,
    /// It does not end; nothing moves.
    Stall,
}

/// What becomes of one connection; shared by what reads and writes on it.
#[derive(Debug, Default)]
pub(super) struct Fate {
    /// The end that comes when all that was written has gone out.
    awaited: Mutex<Option<End>>,
    due: Mutex<Option<End>>,
    changed: Notify,
}

impl Fate {
    /// The connection ends at once.
    pub(super) fn now(&self, end: End) {
        if end != End::Stall {
            *self.due.lock().unwrap() = Some(end);
            self.changed.notify_one();
        }
    }

    /// The connection ends when all that was written has gone out.
    pub(super) fn when_flushed(&self, end: End) {
        *self.awaited.lock().unwrap() = Some(end);
    }

    fn flushed(&self) {
        if let Some(end) = self.awaited.lock().unwrap().take() {
            self.now(end);
        }
    }

    /// Comes when the connection is to end.
    pub(super) async fn due(&self) -> End {
        loop {
            self.changed.notified().await;
            if let Some(end) = self.due.lock().unwrap().take() {
                return end;
            }
        }
    }
}

/// The connection, as hyper sees it.
pub(super) struct Wire {
    io: TokioIo<TcpStream>,
    fate: Arc<Fate>,
}

impl Wire {
    pub(super) fn new(socket: TcpStream, fate: Arc<Fate>) -> Self {
        Self { io: TokioIo::new(socket), fate }
    }

    pub(super) async fn end(self, end: End) {
        let mut socket = self.io.into_inner();
        match end {
            // What is dropped with this set is reset.
            End::Reset => socket.set_zero_linger().unwrap(),
            End::Close => drop(socket.shutdown().await),
            End::Stall => {}
        }
    }
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_read(context, buffer)
    }
}

impl Write for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    /// hyper comes here when it has nothing left to write.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(context);
        if flushed.is_ready() {
            self.fate.flushed();
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}
