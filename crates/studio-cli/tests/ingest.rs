//! The ingest from the command line, in folders: no server is needed.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod common;

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use studio_testkit::wav::Wav;
use studio_testkit::wav::signal::sine;

use self::common::Desk;
use self::common::service::Service;

fn wav(rate: u32, bits: u16) -> Vec<u8> {
    Wav::pcm(rate, 2, bits).ints(&sine(4800, 2, rate, 440.0, 0.5)).build()
}

/// A desk with a folder that has two good files and two bad ones.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.file("in/Khruangbin/Evan/Drums/one.wav", &wav(48_000, 24));
    desk.file("in/solo.wav", &wav(48_000, 24));
    desk.file("in/phone.wav", &wav(44_100, 16));
    desk.file("in/notes.txt", b"bars 1 to 8: rest");
    desk
}

fn statuses(desk: &Desk) -> Vec<(String, String)> {
    let listed = desk.run(&["ingest", "list", "--json"]).json();
    let text = |item: &Value, name: &str| item[name].as_str().unwrap().to_owned();
    let items = listed["items"].as_array().unwrap().iter();
    items.map(|item| (text(item, "key"), text(item, "status"))).collect()
}

fn quarantined(desk: &Desk) -> Vec<Value> {
    let listed = desk.run(&["ingest", "quarantine", "list", "--json"]).json();
    listed["quarantine"].as_array().unwrap().clone()
}

#[test]
fn a_folder_is_taken_in_and_a_dry_run_tells_what_would_be() {
    let desk = desk();
    let before = desk.tree();
    let dry = desk.run(&["ingest", "watch", "in", "--dry-run"]).out();
    assert!(dry.ends_with("4 objects, 0 known: 4 differences; nothing was changed\n"), "{dry}");
    assert_eq!(desk.tree(), before);

    let pattern = "{artist}/{song}/{track}/{version}.wav";
    let done = desk.run(&["ingest", "watch", "in", "--once", "--file-as", pattern]).out();
    assert!(done.contains("unknown     filed        file://"), "{done}");
    let pairs = [
        ("Khruangbin/Evan/Drums/one.wav", "valid"),
        ("notes.txt", "quarantined"),
        ("phone.wav", "quarantined"),
        ("solo.wav", "valid"),
    ];
    assert_eq!(statuses(&desk), pairs.map(|(key, status)| (key.to_owned(), status.to_owned())));
    // What is filed is a version; why the other one is none is told.
    let versions = desk.run(&["list", "--all-artists", "--json"]).json();
    assert_eq!(versions["versions"][0]["version"], "one");
    let table = desk.run(&["ingest", "list", "--status", "valid"]).out();
    assert!(table.contains("the key does not fit the pattern"), "{table}");
    // Nothing is left to be done.
    let again = desk.run(&["ingest", "reconcile", "--bucket", "./in"]).out();
    assert_eq!(again, "2 objects, 4 known: 0 differences\n");
}

#[test]
fn what_lies_aside_is_let_in_or_removed_for_good() {
    let desk = desk();
    desk.run(&["ingest", "watch", "in", "--once"]).out();
    let listed = desk.run(&["ingest", "quarantine", "list"]).out();
    assert!(listed.contains("    sample-rate: the sample rate is 44,100 Hz"), "{listed}");
    let id = |key: &str| {
        let all = quarantined(&desk);
        let one = all.iter().find(|one| one["key"] == key).unwrap();
        one["id"].as_str().unwrap().to_owned()
    };
    let phone = id("phone.wav");
    let dry = desk.run(&["ingest", "quarantine", "release", &phone, "--dry-run"]).out();
    assert!(dry.starts_with("would let in file://"), "{dry}");
    assert_eq!(quarantined(&desk).len(), 2);
    // Something else came to its place: that one stays, and so does this.
    desk.file("in/phone.wav", b"newer");
    let refused = desk.run(&["ingest", "quarantine", "release", &phone]);
    assert_eq!(refused.code, Some(4), "{refused:?}");
    assert!(refused.stderr.contains("something else lies at"), "{refused:?}");
    assert_eq!(desk.read("in/phone.wav"), b"newer");
    std::fs::remove_file(desk.path("in/phone.wav")).unwrap();
    desk.run(&["ingest", "quarantine", "release", &phone]).out();
    assert_eq!(desk.read("in/phone.wav"), wav(44_100, 16));
    // And it stays in.
    desk.run(&["ingest", "watch", "in", "--once"]).out();
    assert!(statuses(&desk).contains(&("phone.wav".to_owned(), "valid".to_owned())));

    let notes = id("notes.txt");
    let asked = desk.run(&["ingest", "quarantine", "purge", &notes]);
    assert_eq!(asked.code, Some(2), "{asked:?}");
    let young = ["ingest", "quarantine", "purge", "--all", "--older-than", "30d", "--yes"];
    assert_eq!(desk.run(&young).out(), "");
    assert_eq!(quarantined(&desk).len(), 1);
    desk.run(&["ingest", "quarantine", "purge", &notes, "--yes"]).out();
    assert_eq!(quarantined(&desk).len(), 0);
    let gone = desk.run(&["ingest", "quarantine", "purge", &notes, "--yes"]);
    assert_eq!(gone.code, Some(3), "{gone:?}");
}

#[test]
fn bad_files_are_removed_at_once_where_that_is_asked_for() {
    let desk = desk();
    desk.run(&["ingest", "watch", "in", "--once", "--on-invalid", "delete"]).out();
    assert!(!desk.path("in/phone.wav").exists() && !desk.path("in/quarantine").exists());
    assert!(desk.path("in/solo.wav").exists());
    assert!(statuses(&desk).contains(&("phone.wav".to_owned(), "rejected".to_owned())));
}

/// What a killed program had taken away comes back when work begins, not when one looks.
#[test]
fn a_file_that_was_left_on_its_way_comes_back() {
    let desk = desk();
    let place = desk.path("in/.studio-intake/taken-1-1");
    std::fs::create_dir_all(&place).unwrap();
    std::fs::rename(desk.path("in/solo.wav"), place.join("solo.wav")).unwrap();
    desk.run(&["ingest", "watch", "in", "--dry-run"]);
    assert!(place.join("solo.wav").exists() && !desk.path("in/solo.wav").exists());
    desk.run(&["ingest", "watch", "in", "--once"]).out();
    assert!(desk.path("in/solo.wav").exists() && !place.exists());
    assert!(statuses(&desk).contains(&("solo.wav".to_owned(), "valid".to_owned())));
}

/// Waits until something is so.
fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The answer to a request, head and body.
fn ask(address: &str, request: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    let head = format!("{request} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(head.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn a_watched_folder_and_the_service_work_together() {
    let desk = desk();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let begin = |arguments: &[&str]| {
        let mut command = desk.command(arguments);
        Service(command.stderr(Stdio::null()).spawn().unwrap())
    };
    let watch = begin(&["ingest", "watch", "in"]);
    let serve = begin(&["serve", "--listen", &address]);
    wait_for("judged", || statuses(&desk).len() == 4);
    desk.file("in/later.wav", &wav(48_000, 24));
    wait_for("judged later", || statuses(&desk).len() == 5);
    wait_for("served", || ask(&address, "GET /health/live").is_ok());
    let found = ask(&address, "GET /asset/later.wav").unwrap();
    assert!(found.contains("\"sample_rate\":48000"), "{found}");
    let page = ask(&address, "GET /api/docs/").unwrap();
    assert!(page.starts_with("HTTP/1.1 200"), "{page}");
    ask(&address, "DELETE /asset/later.wav").unwrap();
    wait_for("deleted", || !desk.path("in/later.wav").exists());
    wait_for("told", || statuses(&desk).contains(&("later.wav".to_owned(), "deleted".to_owned())));
    // The address is taken.
    let second = desk.run(&["serve", "--listen", &address]);
    assert_eq!(second.code, Some(6), "{second:?}");
    assert!(second.stderr.contains("hint: another address"), "{second:?}");
    serve.stop();
    watch.stop();
}

#[test]
fn what_makes_no_sense_is_told_with_what_to_do() {
    let desk = desk();
    let cases: [(&[&str], i32, &str); 9] = [
        (&["worker", "all"], 2, "no bucket was given"),
        (&["worker", "all", "--bucket", "./in"], 2, "is a folder, and has no queues"),
        (&["ingest", "setup", "--bucket", "./in"], 2, "needs no setting up"),
        (&["ingest", "setup", "--bucket", "In_gest"], 2, "a bucket's name has"),
        (&["ingest", "watch", "nowhere", "--once"], 3, "no directory"),
        (&["ingest", "watch", "in", "--file-as", "{title}"], 2, "is no pattern"),
        (&["ingest", "watch", "in", "--profile", "x"], 2, "there is no profile `x`"),
        (&["ingest", "watch", "in", "--asset-url", "ftp://x"], 2, "only http and https"),
        (&["serve", "--bucket", "s3://ingest/prefix"], 2, "the whole bucket is taken in"),
    ];
    for (arguments, code, message) in cases {
        let ran = desk.run(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains(message), "{arguments:?}: {ran:?}");
        assert!(ran.stderr.contains("hint: "), "{arguments:?}: {ran:?}");
    }
    let odd = [("STUDIO_ON_INVALID", "burn"), ("STUDIO_LISTEN", "here"), ("STUDIO_FILE_AS", "x")];
    for (name, value) in odd {
        let ran = Desk::new().with(name, value).run(&["ingest", "list"]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(name), "{ran:?}");
    }
    // A queue that cannot be reached: said after a few tries, not waited for.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let desk = desk
        .with("AWS_ENDPOINT_URL", format!("http://{nobody}"))
        .with("AWS_ACCESS_KEY_ID", "id")
        .with("AWS_SECRET_ACCESS_KEY", "secret")
        .with("STUDIO_S3_ATTEMPTS", "1");
    for arguments in [&["queue", "list"][..], &["worker", "all", "--bucket", "bucket", "--dry-run"]]
    {
        let ran = desk.run(arguments);
        assert_eq!(ran.code, Some(6), "{ran:?}");
        assert!(ran.stderr.contains("cannot reach") && ran.stderr.contains("hint: "), "{ran:?}");
    }
}

#[test]
fn what_would_be_served_and_worked_on_is_told() {
    let desk = desk();
    let told = desk.run(&["serve", "--dry-run", "--bucket", "ingest"]).out();
    assert!(told.contains("deletions  go to the queue s3-delete-messages"), "{told}");
    let told = desk.run(&["serve", "--dry-run", "--bucket", "./in"]).out();
    assert!(told.contains("deletions  are carried out in "), "{told}");
    let told = desk.run(&["serve", "--dry-run"]).out();
    assert!(told.contains("deletions  wait"), "{told}");
}
