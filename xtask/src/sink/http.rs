//! Just enough of HTTP/1.1 to move bytes with little work: requests with a length, answers
//! with a length.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;

/// The most bytes of a request's head.
const MOST_HEAD: u64 = 64 << 10;
const CHUNK: usize = 256 << 10;

/// The head of a request. Its body is still to be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) method: String,
    /// Decoded, without the slash at its beginning.
    pub(super) path: String,
    /// Decoded.
    pub(super) query: Vec<(String, String)>,
    /// With names in lower case.
    headers: Vec<(String, String)>,
}

impl Request {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// The value of a parameter; empty if it has none.
    pub(super) fn parameter(&self, name: &str) -> Option<&str> {
        find(&self.query, name)
    }

    fn length(&self) -> u64 {
        self.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)
    }

    fn parse(head: &str) -> Option<Self> {
        let mut lines = head.split("\r\n");
        let mut words = lines.next()?.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        };
        let header = |line: &str| {
            let (name, value) = line.split_once(':')?;
            Some((name.to_ascii_lowercase(), value.trim().to_owned()))
        };
        Some(Self {
            method,
            path: decode(path.strip_prefix('/')?),
            query: query.split('&').filter(|text| !text.is_empty()).map(pair).collect(),
            headers: lines.filter(|line| !line.is_empty()).map_while(header).collect(),
        })
    }
}

fn find<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(given, _)| given == name).map(|(_, value)| value.as_str())
}

/// Undoes percent-encoding.
fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        let byte = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match byte {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = &after[2..];
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Bytes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) file: PathBuf,
    pub(super) start: u64,
    pub(super) length: u64,
}

/// An answer.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) text: String,
    /// Sent after the text.
    pub(super) pieces: Vec<Piece>,
}

impl Answer {
    pub(super) fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    /// With an XML document.
    pub(super) fn xml(status: u16, text: String) -> Self {
        let headers = vec![("content-type", "application/xml".to_owned())];
        Self { status, headers, text, pieces: Vec::new() }
    }

    /// An error as S3 tells it.
    pub(super) fn error(status: u16, code: &str) -> Self {
        Self::xml(status, format!("<Error><Code>{code}</Code><Message>{code}</Message></Error>"))
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

/// One connection, one request after the other.
pub(super) struct Connection {
    reader: BufReader<TcpStream>,
    /// Of the body that was not read yet.
    left: u64,
    chunk: Vec<u8>,
}

impl Connection {
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        let reader = BufReader::with_capacity(CHUNK, stream);
        Ok(Self { reader, left: 0, chunk: vec![0; CHUNK] })
    }

    /// The next request; none at the end of the connection.
    pub(super) fn request(&mut self) -> io::Result<Option<Request>> {
        let mut head = String::new();
        let mut limited = (&mut self.reader).take(MOST_HEAD);
        while !head.ends_with("\r\n\r\n") {
            if limited.read_line(&mut head)? == 0 {
                return Ok(None);
            }
        }
        let request = Request::parse(&head).ok_or(io::ErrorKind::InvalidData)?;
        self.left = request.length();
        if request.header("expect").is_some() {
            self.reader.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
        }
        Ok(Some(request))
    }

    /// Moves the body of the request to a file.
    pub(super) fn body_to(&mut self, file: &mut File) -> io::Result<u64> {
        let length = self.left;
        while self.left > 0 {
            let most = usize::try_from(self.left).unwrap_or(CHUNK).min(CHUNK);
            let read = self.reader.read(&mut self.chunk[..most])?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            file.write_all(&self.chunk[..read])?;
            self.left -= read as u64;
        }
        Ok(length)
    }

    /// Reads what is left of the body, and answers.
    pub(super) fn answer(&mut self, answer: &Answer, is_head: bool) -> io::Result<()> {
        let left = std::mem::take(&mut self.left);
        io::copy(&mut (&mut self.reader).take(left), &mut io::sink())?;
        let stream = self.reader.get_mut();
        let pieces: u64 = answer.pieces.iter().map(|piece| piece.length).sum();
        let length = answer.text.len() as u64 + pieces;
        let mut head = format!("HTTP/1.1 {} -\r\n", answer.status);
        // Writing to a String can't fail.
        for (name, value) in &answer.headers {
            let _ = write!(head, "{name}: {value}\r\n");
        }
        let _ = write!(head, "content-length: {length}\r\n\r\n");
        if is_head {
            return stream.write_all(head.as_bytes());
        }
        head.push_str(&answer.text);
        stream.write_all(head.as_bytes())?;
        for Piece { file, start, length } in &answer.pieces {
            let mut file = File::open(file)?;
            file.seek(SeekFrom::Start(*start))?;
            // Not by `io::copy`, which is sendfile: it spares the server a copy, and sends
            // single pages, which costs the client more than what other servers send.
            let mut file = file.take(*length);
            loop {
                let read = file.read(&mut self.chunk)?;
                if read == 0 {
                    break;
                }
                stream.write_all(&self.chunk[..read])?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read() {
        let head = "PUT /music/a%20b/c?partNumber=2&uploadId=x%2By&uploads HTTP/1.1\r\n\
                    Host: h\r\nContent-Length: 12\r\n\r\n";
        let request = Request::parse(head).unwrap_or_default();
        assert_eq!((request.method.as_str(), request.path.as_str()), ("PUT", "music/a b/c"));
        assert_eq!(request.parameter("partNumber"), Some("2"));
        assert_eq!(request.parameter("uploadId"), Some("x+y"));
        assert_eq!(request.parameter("uploads"), Some(""));
        assert_eq!((request.header("host"), request.length()), (Some("h"), 12));
        assert_eq!(Request::parse("nonsense"), None);
    }

    #[test]
    fn a_percent_sign_that_encodes_nothing_stays() {
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz%41"), "%zzA");
    }
}
