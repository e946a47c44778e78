//! What goes to a server and back, counted on its way, and cut off when that is asked for.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use crate::Result;

/// What is done when a wire begins to hold.
type Held = Box<dyn FnOnce() + Send>;

/// A port of this machine that leads to a server. Dropping it closes the port; what is
/// connected goes on to its end.
pub(crate) struct Wire {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    server: SocketAddr,
    closed: AtomicBool,
    sent: AtomicU64,
    received: AtomicU64,
    gate: Mutex<Gate>,
    cut: Condvar,
}

#[derive(Default)]
struct Gate {
    /// How many bytes may still pass, and what to do after the last of them.
    hold: Option<(u64, Option<Held>)>,
    /// Counts the cuts: connections of before are not served any more.
    generation: u64,
}

impl Wire {
    /// Leads to the server at `http://ADDRESS:PORT`.
    pub(crate) fn to(endpoint: &str) -> Result<Self> {
        let server = endpoint.trim_start_matches("http://").trim_end_matches('/').parse()?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let shared = Arc::new(Shared {
            server,
            closed: AtomicBool::new(false),
            sent: AtomicU64::new(0),
            received: AtomicU64::new(0),
            gate: Mutex::default(),
            cut: Condvar::new(),
        });
        let wire = Self { address: listener.local_addr()?, shared: Arc::clone(&shared) };
        thread::spawn(move || {
            for client in listener.incoming() {
                if shared.closed.load(Ordering::Relaxed) {
                    break;
                }
                let shared = Arc::clone(&shared);
                // A connection that fails is the client's to notice.
                thread::spawn(move || client.and_then(|client| shared.serve(client)));
            }
        });
        Ok(wire)
    }

    /// `http://ADDRESS:PORT` of this end.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// How many bytes went to the server so far.
    pub(crate) fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::SeqCst)
    }

    /// How many bytes came from the server so far.
    pub(crate) fn received(&self) -> u64 {
        self.shared.received.load(Ordering::SeqCst)
    }

    /// Lets so many bytes more pass to the server, then none, and calls `held` at that moment.
    pub(crate) fn hold_after(&self, bytes: u64, held: impl FnOnce() + Send + 'static) {
        self.shared.gate().hold = Some((bytes, Some(Box::new(held))));
    }

    /// Ends every connection, with what is held of it, and lets new ones pass.
    pub(crate) fn cut(&self) {
        let mut gate = self.shared.gate();
        gate.generation += 1;
        gate.hold = None;
        self.shared.cut.notify_all();
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Relaxed);
        self.cut();
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn serve(self: Arc<Self>, client: TcpStream) -> io::Result<()> {
        let generation = self.gate().generation;
        let server = TcpStream::connect(self.server)?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let (from, to) = (server.try_clone()?, client.try_clone()?);
        let back = Arc::clone(&self);
        // The other direction; it ends when either end closes.
        thread::spawn(move || {
            let _ = back.bring_back(&from, &to);
            let _ = to.shutdown(Shutdown::Write);
        });
        let passed = self.pass(&client, &server, generation);
        match passed {
            Ok(true) => server.shutdown(Shutdown::Write),
            _ => client.shutdown(Shutdown::Both).and(server.shutdown(Shutdown::Both)),
        }
    }

    /// All that a server answers; it is counted.
    fn bring_back(&self, mut from: impl Read, mut to: impl Write) -> io::Result<()> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let length = from.read(&mut buffer)?;
            if length == 0 {
                return Ok(());
            }
            self.received.fetch_add(length as u64, Ordering::SeqCst);
            to.write_all(&buffer[..length])?;
        }
    }

    /// True at the client's end of its bytes, false after a cut.
    fn pass(&self, mut from: impl Read, mut to: impl Write, generation: u64) -> io::Result<bool> {
        let mut buffer = vec![0; 64 << 10];
        loop {
            let length = from.read(&mut buffer)?;
            if length == 0 {
                return Ok(true);
            }
            let passes = self.admit(length, generation);
            to.write_all(&buffer[..passes])?;
            if passes < length {
                self.wait_for_cut(generation);
                return Ok(false);
            }
        }
    }

    /// How many of so many bytes may pass; they are counted.
    fn admit(&self, length: usize, generation: u64) -> usize {
        let mut gate = self.gate();
        if gate.generation != generation {
            return 0;
        }
        let passes = match &mut gate.hold {
            None => length,
            Some((left, held)) => {
                let passes = usize::try_from(*left).unwrap_or(length).min(length);
                *left -= passes as u64;
                if *left == 0
                    && let Some(held) = held.take()
                {
                    held();
                }
                passes
            }
        };
        self.sent.fetch_add(passes as u64, Ordering::SeqCst);
        passes
    }

    fn wait_for_cut(&self, generation: u64) {
        let gate = self.gate();
        let same = |gate: &mut Gate| gate.generation == generation;
        drop(self.cut.wait_while(gate, same).unwrap_or_else(PoisonError::into_inner));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{self, Receiver};

    use super::*;

    /// A server that tells all that it got when its client has ended.
    fn server() -> Result<(String, Receiver<Vec<u8>>)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut got = Vec::new();
                let _ = stream.and_then(|mut stream| {
                    stream.read_to_end(&mut got)?;
                    stream.write_all(b"thanks")
                });
                if sender.send(got).is_err() {
                    break;
                }
            }
        });
        Ok((endpoint, receiver))
    }

    #[test]
    fn everything_passes_both_ways_and_is_counted() -> Result {
        let (endpoint, got) = server()?;
        let wire = Wire::to(&endpoint)?;
        let mut client = TcpStream::connect(wire.address)?;
        client.write_all(b"hello")?;
        client.shutdown(Shutdown::Write)?;
        let mut answer = String::new();
        client.read_to_string(&mut answer)?;
        assert_eq!((answer.as_str(), got.recv()?.as_slice()), ("thanks", b"hello".as_slice()));
        assert_eq!((wire.sent(), wire.received()), (5, 6));
        Ok(())
    }

    #[test]
    fn what_is_held_never_arrives_and_new_connections_do() -> Result {
        let (endpoint, got) = server()?;
        let wire = Wire::to(&endpoint)?;
        let (sender, held) = mpsc::channel();
        wire.hold_after(3, move || sender.send(()).unwrap_or_default());
        let mut client = TcpStream::connect(wire.address)?;
        client.write_all(b"hello")?;
        held.recv()?;
        wire.cut();
        assert_eq!(got.recv()?, b"hel");
        assert_eq!(wire.sent(), 3);
        let mut client = TcpStream::connect(wire.address)?;
        client.write_all(b"again")?;
        client.shutdown(Shutdown::Write)?;
        assert_eq!(got.recv()?, b"again");
        assert_eq!(wire.sent(), 8);
        Ok(())
    }
}
