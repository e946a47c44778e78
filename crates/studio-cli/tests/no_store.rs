//! An address where there is a web server and no store: every command says so, and where to
//! look, instead of that there are no objects.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;

use studio_testkit::s3::TestS3;

use self::common::Desk;

/// Starts a web server that has no page of any name; tells its address. It ends with the
/// test's process.
fn web_server(kind: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            thread::spawn(move || answer(connection, kind));
        }
    });
    address
}

fn answer(mut connection: TcpStream, kind: &str) {
    let mut input = BufReader::new(connection.try_clone().unwrap());
    loop {
        let (mut head, mut length) = (String::new(), 0);
        while !head.ends_with("\r\n\r\n") {
            let before = head.len();
            if !input.read_line(&mut head).is_ok_and(|read| read > 0) {
                return;
            }
            let line = head[before..].to_lowercase();
            if let Some(told) = line.strip_prefix("content-length: ") {
                length = told.trim().parse().unwrap();
            }
        }
        std::io::copy(&mut input.by_ref().take(length), &mut std::io::sink()).unwrap();
        let body = if head.starts_with("HEAD") { "" } else { "<html>no such page</html>" };
        let told = write!(
            connection,
            "HTTP/1.1 404 Not Found\r\ncontent-type: {kind}\r\ncontent-length: 25\r\n\r\n{body}"
        );
        if told.is_err() {
            return;
        }
    }
}

#[test]
fn a_web_server_is_not_taken_for_an_empty_store() {
    let server = TestS3::start();
    for kind in ["text/html", "text/plain"] {
        let desk = Desk::new().on_s3(&server, "music");
        desk.store("a", "s", "t", "v", b"take");
        let desk = desk.with("AWS_ENDPOINT_URL", web_server(kind));
        desk.file("new.wav", b"another take");
        let upload = "upload --file-path new.wav --artist a --song s --track t --version new";
        let told = ["answers 404, but not as an S3 server does", "AWS_ENDPOINT_URL"];
        for command in [upload, "verify", "doctor", "recover --no-backup --database new.db"] {
            let words: Vec<_> = command.split(' ').collect();
            desk.run(&words).fails(6, &told);
        }
    }
}
