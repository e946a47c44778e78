//! A server that speaks enough S3 for a transfer and does next to nothing for it: it keeps
//! the bytes, but checks no signature and computes no digest. A real server takes more CPU
//! than its client; with this one a measure shows the client.

mod http;
mod objects;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use tempfile::TempDir;

use self::http::{Answer, Connection, Piece, Request};
use self::objects::{Bucket, Object, Upload, parse_range};
use crate::Result;

/// A running sink. Dropping it closes its port and removes its files.
pub(crate) struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    /// None when it is to end.
    buckets: Mutex<Option<BTreeMap<String, Bucket>>>,
    files: TempDir,
    /// For names of files, ETags and uploads.
    next: AtomicU64,
}

impl Sink {
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            buckets: Mutex::new(Some(BTreeMap::new())),
            files: tempfile::Builder::new().prefix("studio-sink-").tempdir()?,
            next: AtomicU64::new(1),
        });
        let sink = Self { address, shared: Arc::clone(&shared) };
        thread::spawn(move || {
            for stream in listener.incoming() {
                if shared.buckets().is_none() {
                    break;
                }
                let shared = Arc::clone(&shared);
                // A connection that fails is the client's to notice.
                thread::spawn(move || stream.and_then(|stream| shared.serve(stream)));
            }
        });
        Ok(sink)
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The variables with which a tool finds this server; it takes any key.
    pub(crate) fn env(&self) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT_URL", self.endpoint().as_str()),
            ("AWS_REGION", "us-east-1"),
            ("AWS_ACCESS_KEY_ID", "sink"),
            ("AWS_SECRET_ACCESS_KEY", "sink"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        *self.shared.buckets() = None;
        // Wakes the thread that waits for connections.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn buckets(&self) -> MutexGuard<'_, Option<BTreeMap<String, Bucket>>> {
        self.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn number(&self) -> u64 {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    fn serve(&self, stream: TcpStream) -> io::Result<()> {
        let mut connection = Connection::new(stream)?;
        while let Some(request) = connection.request()? {
            let chunked = request.header("content-encoding").is_some_and(|e| e.contains("aws-"));
            let answer = if chunked || request.header("transfer-encoding").is_some() {
                Answer::error(501, "NotImplemented")
            } else {
                // The body first, without the lock.
                let body = match request.method == "PUT" && request.path.contains('/') {
                    true => Some(self.keep(&mut connection, &request)?),
                    false => None,
                };
                self.answer(&request, body)
            };
            connection.answer(&answer, request.method == "HEAD")?;
        }
        Ok(())
    }

    /// Takes a body into a file.
    fn keep(&self, connection: &mut Connection, request: &Request) -> io::Result<Object> {
        let number = self.number();
        let path: PathBuf = self.files.path().join(number.to_string());
        let length = connection.body_to(&mut File::create(&path)?)?;
        Ok(Object {
            pieces: vec![Piece { file: path, start: 0, length }],
            // In the form of an object of several parts: nobody takes it for an MD5.
            etag: format!("\"{number:032x}-1\""),
            crc64nvme: request.header("x-amz-checksum-crc64nvme").map(str::to_owned),
        })
    }

    fn answer(&self, request: &Request, body: Option<Object>) -> Answer {
        let (name, key) = request.path.split_once('/').unwrap_or((&request.path, ""));
        let mut buckets = self.buckets();
        let Some(buckets) = buckets.as_mut() else {
            return Answer::error(503, "ServiceUnavailable");
        };
        if key.is_empty() && request.method == "PUT" {
            buckets.entry(name.to_owned()).or_default();
            return Answer::new(200);
        }
        if key.is_empty() && request.method == "DELETE" {
            let gone = buckets.remove(name).unwrap_or_default();
            gone.objects.values().for_each(remove_files);
            return Answer::new(204);
        }
        let Some(bucket) = buckets.get_mut(name) else {
            return Answer::error(404, "NoSuchBucket");
        };
        match (request.method.as_str(), key, body) {
            ("PUT", _, Some(body)) => put(bucket, key, request, body),
            ("HEAD", "", _) => Answer::new(200),
            ("GET", "", _) => list(bucket, request),
            ("HEAD" | "GET", ..) => get(bucket, key, request),
            ("DELETE", ..) => {
                match request.parameter("uploadId") {
                    Some(id) => drop(bucket.uploads.remove(id)),
                    None => bucket.objects.remove(key).iter().for_each(remove_files),
                }
                Answer::new(204)
            }
            // Nothing goes before its bucket does.
            ("POST", "", _) if request.parameter("delete").is_some() => {
                Answer::xml(200, "<DeleteResult></DeleteResult>".to_owned())
            }
            ("POST", ..) if request.parameter("uploads").is_some() => self.begin(bucket, key),
            ("POST", ..) if request.parameter("uploadId").is_some() => {
                self.complete(bucket, key, request)
            }
            _ => Answer::error(501, "NotImplemented"),
        }
    }

    fn begin(&self, bucket: &mut Bucket, key: &str) -> Answer {
        let id = self.number().to_string();
        let text = format!(
            "<InitiateMultipartUploadResult><UploadId>{id}</UploadId></InitiateMultipartUploadResult>"
        );
        let upload = Upload { key: key.to_owned(), ..Upload::default() };
        bucket.uploads.insert(id, upload);
        Answer::xml(200, text)
    }

    /// All parts that came, whatever the list in the request says.
    fn complete(&self, bucket: &mut Bucket, key: &str, request: &Request) -> Answer {
        let id = request.parameter("uploadId").unwrap_or_default();
        let Some(upload) = bucket.uploads.remove(id) else {
            return Answer::error(404, "NoSuchUpload");
        };
        let etag = format!("\"{:032x}-{}\"", self.number(), upload.parts.len());
        let text = format!(
            "<CompleteMultipartUploadResult><ETag>{etag}</ETag></CompleteMultipartUploadResult>"
        );
        let pieces = upload.parts.into_values().flat_map(|part| part.pieces).collect();
        let crc64nvme = request.header("x-amz-checksum-crc64nvme").map(str::to_owned);
        bucket.objects.insert(key.to_owned(), Object { pieces, etag, crc64nvme });
        Answer::xml(200, text)
    }
}

fn remove_files(object: &Object) {
    for piece in &object.pieces {
        // What stays goes with the directory.
        let _ = std::fs::remove_file(&piece.file);
    }
}

fn put(bucket: &mut Bucket, key: &str, request: &Request, body: Object) -> Answer {
    let etag = body.etag.clone();
    match (request.parameter("uploadId"), request.parameter("partNumber")) {
        (Some(id), Some(number)) => match (bucket.uploads.get_mut(id), number.parse()) {
            (Some(upload), Ok(number)) => drop(upload.parts.insert(number, body)),
            _ => return Answer::error(404, "NoSuchUpload"),
        },
        _ if request.header("if-none-match").is_some() && bucket.objects.contains_key(key) => {
            return Answer::error(412, "PreconditionFailed");
        }
        _ => drop(bucket.objects.insert(key.to_owned(), body)),
    }
    Answer::new(200).with("etag", etag)
}

fn get(bucket: &Bucket, key: &str, request: &Request) -> Answer {
    let Some(object) = bucket.objects.get(key) else {
        return Answer::error(404, "NoSuchKey");
    };
    let size = object.size();
    let mut answer = Answer::new(200)
        .with("etag", &object.etag)
        .with("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT")
        .with("accept-ranges", "bytes");
    if let Some(crc) = &object.crc64nvme
        && request.header("x-amz-checksum-mode").is_some()
    {
        answer = answer.with("x-amz-checksum-crc64nvme", crc);
    }
    let range = request.header("range").map(|header| parse_range(header, size));
    match range {
        None => answer.pieces = object.pieces.clone(),
        Some(None) => return Answer::error(416, "InvalidRange"),
        Some(Some((start, length))) => {
            answer.status = 206;
            let last = start + length - 1;
            answer = answer.with("content-range", format!("bytes {start}-{last}/{size}"));
            answer.pieces = object.range(start, length);
        }
    }
    answer
}

/// All objects, or all open uploads, on one page.
fn list(bucket: &Bucket, request: &Request) -> Answer {
    let prefix = request.parameter("prefix").unwrap_or_default();
    let mut text = String::new();
    // Writing to a String can't fail.
    if request.parameter("uploads").is_some() {
        for (id, upload) in bucket.uploads.iter().filter(|(_, u)| u.key.starts_with(prefix)) {
            let key = escape(&upload.key);
            let _ = write!(text, "<Upload><Key>{key}</Key><UploadId>{id}</UploadId></Upload>");
        }
        let name = "ListMultipartUploadsResult";
        return Answer::xml(
            200,
            format!("<{name}><IsTruncated>false</IsTruncated>{text}</{name}>"),
        );
    }
    for (key, object) in bucket.objects.iter().filter(|(key, _)| key.starts_with(prefix)) {
        let (key, etag, size) = (escape(key), escape(&object.etag), object.size());
        let _ = write!(
            text,
            "<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified>\
             <ETag>{etag}</ETag><Size>{size}</Size></Contents>"
        );
    }
    let name = "ListBucketResult";
    Answer::xml(200, format!("<{name}><IsTruncated>false</IsTruncated>{text}</{name}>"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;

    /// The status and all that follows the head.
    fn ask(sink: &Sink, request: &str) -> Result<(String, String)> {
        let mut stream = TcpStream::connect(sink.address)?;
        let (head, body) = request.split_once('\n').unwrap_or((request, ""));
        let length = body.len();
        write!(stream, "{head} HTTP/1.1\r\nrange: bytes=3-6\r\nContent-Length: {length}\r\n\r\n")?;
        stream.write_all(body.as_bytes())?;
        stream.shutdown(std::net::Shutdown::Write)?;
        let mut text = String::new();
        stream.read_to_string(&mut text)?;
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).unwrap_or_default();
        Ok((status.to_owned(), body.to_owned()))
    }

    #[test]
    fn parts_become_an_object_of_which_ranges_come_back() -> Result {
        let sink = Sink::start()?;
        assert_eq!(ask(&sink, "GET /music/a/b")?.0, "404");
        assert_eq!(ask(&sink, "PUT /music")?.0, "200");
        let begun = ask(&sink, "POST /music/a/b?uploads")?.1;
        let id = begun.split(['<', '>']).nth(4).unwrap_or_default();
        for (number, body) in [(2, "fghij"), (1, "abcde")] {
            let put = format!("PUT /music/a/b?partNumber={number}&uploadId={id}\n{body}");
            assert_eq!(ask(&sink, &put)?.0, "200");
        }
        assert!(ask(&sink, "GET /music?uploads")?.1.contains("<Key>a/b</Key>"));
        assert_eq!(ask(&sink, &format!("POST /music/a/b?uploadId={id}"))?.0, "200");
        let got = ask(&sink, "GET /music/a/b")?;
        assert_eq!((got.0.as_str(), got.1.as_str()), ("206", "defg"));
        assert!(ask(&sink, "GET /music?prefix=a/")?.1.contains("<Size>10</Size>"));
        assert_eq!(ask(&sink, "DELETE /music/a/b")?.0, "204");
        assert_eq!(ask(&sink, "HEAD /music/a/b")?.0, "404");
        Ok(())
    }
}
