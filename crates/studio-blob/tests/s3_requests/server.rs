//! A server that answers as a test tells it to, and remembers what it was asked.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use studio_blob::{S3Settings, S3Store};

/// One request, without its body.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    /// By their names in lower case.
    pub(crate) headers: HashMap<String, String>,
}

impl Asked {
    /// The value of a header, or nothing.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What the server does about a request.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A status, headers (each with its line's end) and a body.
    Whole(u16, &'static str, &'static str),
    /// The beginning of a body of 1000 bytes; then it stands still.
    Stall(&'static str),
    /// Nothing, ever.
    Silence,
    /// The end of the connection.
    HangUp,
}

impl Answer {
    /// An error as S3 gives them.
    pub(crate) fn refusal(status: u16, code: &str) -> Self {
        let body = format!("<Error><Code>{code}</Code><Message>by the test</Message></Error>");
        Self::Whole(status, "content-type: application/xml\r\n", body.leak())
    }
}

/// The server. Its threads end with the test's process.
pub(crate) struct Scripted {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Scripted {
    /// Starts a server; `answer` gets each request with the number of those before it.
    pub(crate) fn start(answer: impl Fn(&Asked, usize) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (answer, seen) = (Arc::new(answer), Arc::clone(&asked));
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                thread::spawn(move || serve(connection, &*answer, &seen));
            }
        });
        Self { address, asked }
    }

    /// A store on it that tries once, with settings of the test's own.
    pub(crate) fn store(&self, change: impl FnOnce(&mut S3Settings)) -> S3Store {
        let mut settings = S3Settings {
            endpoint: Some(format!("http://{}", self.address)),
            region: Some("us-east-1".to_owned()),
            credentials: Some(("id".to_owned(), "secret".to_owned())),
            attempts: Some(1),
            ..S3Settings::default()
        };
        change(&mut settings);
        S3Store::new("bucket", Some("vault"), settings)
    }

    /// What it was asked so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

fn serve(
    mut connection: TcpStream,
    answer: &(impl Fn(&Asked, usize) -> Answer + ?Sized),
    seen: &Mutex<Vec<Asked>>,
) {
    let mut input = BufReader::new(connection.try_clone().unwrap());
    while let Some(request) = read_request(&mut input) {
        let before = {
            let mut seen = seen.lock().unwrap();
            seen.push(request.clone());
            seen.len() - 1
        };
        // Whoever has gone does not get an answer.
        let written = match answer(&request, before) {
            Answer::Whole(status, headers, body) => {
                let length = body.len();
                let body = if request.method == "HEAD" { "" } else { body };
                write!(
                    connection,
                    "HTTP/1.1 {status} X\r\n{headers}content-length: {length}\r\n\r\n{body}"
                )
            }
            Answer::Stall(body) => {
                let begun =
                    write!(connection, "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{body}");
                begun.and_then(|()| input.read(&mut [0]).map(drop))
            }
            Answer::Silence => input.read(&mut [0]).map(drop),
            Answer::HangUp => return,
        };
        if written.is_err() {
            return;
        }
    }
}

fn read_request(input: &mut BufReader<TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    input.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split(' ').map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        input.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
    std::io::copy(&mut input.take(length), &mut std::io::sink()).ok()?;
    Some(Asked { method, target, headers })
}
