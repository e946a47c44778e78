//! `studio serve`: to whom, with what, and how systemd is told.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use studio_testkit::wav::Wav;
use studio_testkit::wav::signal::sine;

use self::common::Desk;
use self::common::service::Service;

/// An address at which nobody listens now.
fn free() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn ask(address: &str, host: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let head = format!("{request} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// What hears from a service that it can be asked, and that it ends.
struct Systemd {
    heard: UnixDatagram,
    socket: PathBuf,
}

impl Systemd {
    fn of(desk: &Desk) -> Self {
        let socket = desk.path("notify");
        let heard = UnixDatagram::bind(&socket).unwrap();
        heard.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        Self { heard, socket }
    }

    fn told(&self) -> String {
        let mut text = [0; 64];
        let length = self.heard.recv(&mut text).unwrap();
        String::from_utf8_lossy(&text[..length]).into_owned()
    }

    /// Starts a service, and waits until it can be asked.
    fn start(&self, command: &mut Command) -> Service {
        command.env("NOTIFY_SOCKET", &self.socket).stderr(Stdio::null());
        let service = Service(command.spawn().unwrap());
        assert_eq!(self.told(), "READY=1");
        service
    }
}

#[test]
fn others_are_served_when_a_manager_can_sign_in() {
    let desk = Desk::new();
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8000"] {
        for more in [&["--dry-run"][..], &[]] {
            let refused = desk.run(&[&["serve", "--listen", listen], more].concat());
            assert_eq!(refused.code, Some(2), "{refused:?}");
            assert!(refused.stderr.contains("can be reached from other machines"), "{refused:?}");
            let hint = "hint: make the first one with `studio user add NAME --role manager`";
            assert!(refused.stderr.contains(hint), "{refused:?}");
        }
    }
    let told = desk.run(&["serve", "--listen", "[::1]:0", "--dry-run"]).out();
    assert!(told.contains("any number of one client"), "{told}");
    assert!(told.contains("entrance   nobody has an account"), "{told}");
    // A listener alone lets nobody look after it.
    desk.run(&["user", "add", "lea", "--role", "listener", "--no-password"]).out();
    let listen = ["serve", "--dry-run", "--listen", "0.0.0.0:0"];
    assert_eq!(desk.run(&listen).code, Some(2));
    desk.run(&["user", "add", "mia", "--role", "manager", "--no-password"]).out();
    let told = desk.run(&listen).out();
    assert!(
        told.contains("128 of one client") && told.contains("entrance   whoever has"),
        "{told}"
    );
}

#[test]
fn who_has_no_account_is_a_guest_when_there_is_one() {
    let desk = Desk::new();
    let (manager, address) = (Systemd::of(&desk), free());
    let mut command = desk.command(&["serve", "--listen", &address]);
    let service = manager.start(&mut command);
    let ask = |request: &str| ask(&address, "localhost", request);
    assert!(ask("GET /api/v1/versions").starts_with("HTTP/1.1 200"));
    let forwarded = "GET /api/v1/versions HTTP/1.1\r\nX-Forwarded-For: 192.0.2.1\r\nX-Rest: x";
    let refused = ask(forwarded);
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    assert!(refused.contains("studio user add NAME --role manager"), "{refused}");
    desk.run(&["user", "add", "mia", "--role", "manager", "--no-password"]).out();
    let token = desk.run(&["token", "create", "mia", "test", "--scope", "read"]).out();
    let token = token.trim_end();
    let with =
        format!("GET /api/v1/versions HTTP/1.1\r\nAuthorization: Bearer {token}\r\nX-Rest: x");
    assert!(ask(&with).starts_with("HTTP/1.1 200"));
    while !ask("GET /api/v1/versions").starts_with("HTTP/1.1 401") {
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(ask("GET /api/v1/albums").starts_with("HTTP/1.1 200"));
    service.stop();
}

#[test]
fn a_plan_tells_all_that_is_set() {
    let desk = Desk::new();
    desk.file(
        "studio.toml",
        b"[serve]\nhosts = [\"a.example\"]\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n\
          forwarded = \"forwarded\"\ncors_origins = [\"https://b.example\"]\nconnections = 9\n\
          redirect = \"1h\"\n",
    );
    let told = desk.run(&["serve", "--dry-run"]).out();
    for line in [
        "address    http://127.0.0.1:8000",
        "hosts      this machine, a.example",
        "proxies    10.0.0.0/8, ::1, by forwarded",
        "origins    https://b.example",
        "sound      from the bucket where one has it, by links for 1h",
        "limits     9 connections, any number of one client",
        "deletions  wait",
        "workers    none",
    ] {
        assert!(told.contains(line), "{line} in {told}");
    }
    let told = desk.run(&["serve", "--dry-run", "--host", "c.example", "--host", "d.example"]);
    assert!(told.out().contains("hosts      this machine, c.example, d.example"));
    let told = desk.run(&["serve", "--dry-run", "--with-workers", "--bucket", "ingest"]).out();
    assert!(told.contains("judge ingest by the queue s3-ingest-messages"), "{told}");
    let desk = Desk::new().with("STUDIO_REDIRECT", "8d");
    let longer = desk.run(&["serve", "--dry-run"]);
    assert_eq!(longer.code, Some(2), "{longer:?}");
    assert!(longer.stderr.contains("links hold no longer than 1w"), "{longer:?}");
    let nothing = Desk::new().run(&["serve", "--dry-run", "--with-workers"]);
    assert_eq!(nothing.code, Some(2), "{nothing:?}");
    assert!(nothing.stderr.contains("no bucket was given"), "{nothing:?}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (name, value) in [
        ("STUDIO_HOSTS", "a b"),
        ("STUDIO_TRUSTED_PROXIES", "proxy"),
        ("STUDIO_FORWARDED", "both"),
        ("STUDIO_CORS_ORIGINS", "player.example"),
        ("STUDIO_SERVE_GRACE", "0s"),
        ("STUDIO_CONNECTIONS", "0"),
        ("STUDIO_LARGEST_BODY", "much"),
    ] {
        let ran = Desk::new().with(name, value).run(&["serve", "--dry-run"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(name), "{ran:?}");
    }
}

#[test]
fn one_process_judges_serves_deletes_and_tells_systemd() {
    let desk = Desk::new();
    let manager = Systemd::of(&desk);
    desk.file(
        "in/good.wav",
        &Wav::pcm(48_000, 2, 24).ints(&sine(4800, 2, 48_000, 440.0, 0.5)).build(),
    );
    let address = free();
    let mut command = desk.command(&[
        "serve",
        "--listen",
        &address,
        "--bucket",
        "./in",
        "--with-workers",
        "--host",
        "a.example",
    ]);
    let service = manager.start(&mut command);
    // Whoever is told so can ask.
    assert!(ask(&address, "localhost", "GET /health/live").starts_with("HTTP/1.1 200"));
    assert!(ask(&address, "a.example", "GET /health/ready").starts_with("HTTP/1.1 200"));
    assert!(ask(&address, "b.example", "GET /health/live").starts_with("HTTP/1.1 421"));
    let mut tries = 0;
    while !ask(&address, "localhost", "GET /asset/good.wav").contains("\"sample_rate\":48000") {
        tries += 1;
        assert!(tries < 600, "the file is not judged");
        std::thread::sleep(Duration::from_millis(100));
    }
    ask(&address, "localhost", "DELETE /asset/good.wav");
    while desk.path("in/good.wav").exists() {
        tries += 1;
        assert!(tries < 1200, "the file is not deleted");
        std::thread::sleep(Duration::from_millis(100));
    }
    service.stop();
    assert_eq!(manager.told(), "STOPPING=1");
}
