//! People who listen: each takes 64 KiB in a second and no more.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::time::{MissedTickBehavior, interval};

use crate::Result;

/// What each takes in a second.
const SIP: usize = 64 << 10;
/// What the system keeps for each of them beyond what it reads: as little as it goes.
const RECEIVE_BUFFER: u32 = 32 << 10;

/// Lets so many listen for some seconds. Gives the bytes that each took, the least first.
/// `look` is called once in a second.
pub(super) fn listen(
    url: &str,
    listeners: usize,
    seconds: u64,
    mut look: impl FnMut() -> Result,
) -> Result<Vec<usize>> {
    let rest = url.strip_prefix("http://").ok_or("not a URL of http")?;
    let (host, path) = rest.split_once('/').ok_or("a URL without a path")?;
    let address: SocketAddr = host.parse()?;
    let request: Arc<str> = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").into();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let taken: Vec<Arc<AtomicUsize>> = (0..listeners).map(|_| Arc::default()).collect();
        let tasks: Vec<_> = taken
            .iter()
            .map(|taken| tokio::spawn(one(address, Arc::clone(&request), Arc::clone(taken))))
            .collect();
        let mut second = interval(Duration::from_secs(1));
        second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        for _ in 0..=seconds {
            second.tick().await;
            look()?;
            if let Some(ended) = tasks.iter().position(tokio::task::JoinHandle::is_finished) {
                return Err(format!("listener {ended} was cut off").into());
            }
        }
        for task in &tasks {
            task.abort();
        }
        let mut taken: Vec<usize> =
            taken.iter().map(|taken| taken.load(Ordering::Relaxed)).collect();
        taken.sort_unstable();
        Ok(taken)
    })
}

async fn one(
    address: SocketAddr,
    request: Arc<str>,
    taken: Arc<AtomicUsize>,
) -> std::io::Result<()> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
    let mut stream = socket.connect(address).await?;
    stream.write_all(request.as_bytes()).await?;
    let mut second = interval(Duration::from_secs(1));
    second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut buffer = vec![0; SIP];
    loop {
        second.tick().await;
        let mut had = 0;
        while had < SIP {
            match stream.read(&mut buffer[had..]).await? {
                0 => return Ok(()),
                count => {
                    had += count;
                    taken.fetch_add(count, Ordering::Relaxed);
                }
            }
        }
    }
}
