//! Many who open the page of one artist at once whom nobody has looked up at Discogs yet.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::albums::{fill, first_artist};
use super::{Bench, Verdict, ask, print};
use crate::Result;
use crate::cargo::say;

/// How many open the page at once.
const VIEWS: usize = 500;
/// How long Discogs thinks: a page that waits for it is seen.
const THINKS: Duration = Duration::from_secs(2);
/// How long it may take until it is known that Discogs does not know the artist.
const PATIENCE: Duration = Duration::from_secs(30);
/// Nobody by that name.
const NOTHING: &str =
    r#"{"pagination":{"page":1,"pages":1,"per_page":50,"items":0,"urls":{}},"results":[]}"#;

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Verdict>> {
    say(&format!("{VIEWS} page views of an artist whom nobody has looked up"));
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let asked = Arc::new(AtomicUsize::new(0));
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"))?;
    let url = format!("http://{}/", listener.local_addr()?);
    runtime.spawn(discogs(listener, Arc::clone(&asked)));
    let environment = [("DISCOGS_TOKEN", "measure"), ("STUDIO_DISCOGS_URL", &url)];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let site = bench.site("discogs", environment.to_vec())?;
    fill(&bench.place.join("discogs/studio.db"), 10)?;
    let (service, server) = site.serve(&[])?;
    let path = format!("/artists/{}/discogs", first_artist());
    let at_once = runtime.block_on(views(&server, &path))?;
    let start = Instant::now();
    while ask(&server, &path)?["link"]["state"] != "none" {
        if start.elapsed() > PATIENCE {
            return Err("it is never known that Discogs has no such artist".into());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let later = runtime.block_on(views(&server, &path))?;
    service.stop()?;
    let asked = asked.load(Ordering::SeqCst);
    print("");
    print("| page views of one unknown artist | Discogs asked | slowest page ms |");
    print("|---|---|---|");
    let millis = |time: Duration| time.as_secs_f64() * 1e3;
    print(&format!("| {VIEWS} at once | {asked} in all | {:.0} |", millis(at_once)));
    print(&format!("| {VIEWS} more, once it is known | | {:.0} |", millis(later)));
    Ok(vec![
        Verdict {
            what: format!("requests to Discogs for {} page views", 2 * VIEWS),
            found: asked as f64,
            unit: "requests",
            most: 1.0,
        },
        Verdict {
            what: "the slowest page while Discogs thinks, of the time that it thinks".to_owned(),
            found: at_once.as_secs_f64() / THINKS.as_secs_f64(),
            unit: "times",
            most: 0.99,
        },
    ])
}

/// Opens the page so often at once; how long the slowest took. All must be good.
async fn views(server: &str, path: &str) -> Result<Duration> {
    let host = server.strip_prefix("http://").ok_or("not a URL of http")?.to_owned();
    let request: Arc<str> =
        format!("GET /api/v1{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").into();
    let mut connections = Vec::new();
    for _ in 0..VIEWS {
        connections.push(TcpStream::connect(&host).await?);
    }
    let mut under_way = JoinSet::new();
    for mut connection in connections {
        let request = Arc::clone(&request);
        under_way.spawn(async move {
            let start = Instant::now();
            connection.write_all(request.as_bytes()).await?;
            let mut answer = Vec::new();
            connection.read_to_end(&mut answer).await?;
            Ok::<_, std::io::Error>((answer.starts_with(b"HTTP/1.1 200 "), start.elapsed()))
        });
    }
    let mut slowest = Duration::ZERO;
    while let Some(view) = under_way.join_next().await {
        let (is_good, time) = view??;
        if !is_good {
            return Err(format!("a view of {path} was refused").into());
        }
        slowest = slowest.max(time);
    }
    Ok(slowest)
}

/// Stands for Discogs: thinks, knows nobody, and counts.
async fn discogs(listener: TcpListener, asked: Arc<AtomicUsize>) {
    while let Ok((connection, _)) = listener.accept().await {
        let asked = Arc::clone(&asked);
        tokio::spawn(async move {
            let mut connection = BufReader::new(connection);
            let mut line = String::new();
            // Requests have no body: an empty line ends each.
            while connection.read_line(&mut line).await.is_ok_and(|count| count > 0) {
                if line == "\r\n" {
                    asked.fetch_add(1, Ordering::SeqCst);
                    sleep(THINKS).await;
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
                         Content-Length: {}\r\nX-Discogs-Ratelimit: 60\r\n\
                         X-Discogs-Ratelimit-Used: 1\r\nX-Discogs-Ratelimit-Remaining: 59\r\n\r\n\
                         {NOTHING}",
                        NOTHING.len()
                    );
                    if connection.get_mut().write_all(answer.as_bytes()).await.is_err() {
                        return;
                    }
                }
                line.clear();
            }
        });
    }
}
