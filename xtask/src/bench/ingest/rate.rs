//! How many events a worker judges in a second.

use std::io::Read as _;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::driver::{self, Driver};
use super::{BUCKET, Bench, Options, start_beside, start_tuned};
use crate::Result;
use crate::bench::Verdict;
use crate::bench::site::Site;
use crate::cargo::{print, say};
use crate::services::{Kind, Server};
use crate::wire::Wire;

/// Bytes of sound in a file: 60 s in stereo, 48 kHz and 24 bits.
const SOUND: u64 = 60 * 48_000 * 6;
/// Bytes of a file, and what a server needs besides.
const ROOM: u64 = SOUND + (256 << 10);
/// What is left free on the disk.
const LEFT: u64 = 3 << 30;
/// How many files are judged with an eye on the wire.
const WATCHED: u64 = 20;
const PEER_QUEUE: &str = "peer-messages";
/// SeaweedFS reads a whole chunk for any range in it. With chunks of 4 MB, its default, that
/// takes most of the time of an event, and its own CPU is what is measured.
const SMALL_CHUNKS: &str = "-filer.maxMB=1";
/// The time that an event takes, of that in the documents' design: a 20th.
const MOST_TIME: f64 = 1.0 / 20.0;
const MOST_KIB: f64 = 256.0;
/// How long a worker may take for all of it.
const PATIENCE: Duration = Duration::from_secs(1200);

/// What judging some events took.
struct Taken {
    events: u64,
    wall: f64,
    cpu: f64,
    peak_mib: f64,
}

impl Taken {
    fn rate(&self) -> f64 {
        self.events as f64 / self.wall
    }

    fn row(&self, name: &str, bytes: &str) {
        print(&format!(
            "| {name} | {} | {:.2} | {:.1} | {:.2} | {bytes} | {:.0} |",
            self.events,
            self.wall,
            self.rate(),
            self.cpu * 1000.0 / self.events as f64,
            self.peak_mib,
        ));
    }
}

/// Fills a bucket, has a sample judged by the peer and all by a worker.
pub(super) fn measure(bench: &Bench<'_>, options: &Options) -> Result<Vec<Verdict>> {
    let buckets = start_tuned(Kind::SeaweedFs, &[SMALL_CHUNKS])?;
    let queues = start_beside(&buckets, Kind::MiniStack)?;
    let environment = environment(&buckets, &queues.endpoint);
    let mut driver = Driver::start(&bench.python, &environment, 0)?;
    let files = fitting(&mut driver, bench, options.files)?;
    driver.make_queues(&[PEER_QUEUE])?;
    driver.ask(&json!({ "do": "bucket", "name": BUCKET }))?;
    say(&format!("storing {files} files of 17 MB"));
    let fill = json!({ "do": "fill", "bucket": BUCKET, "files": files, "length": SOUND });
    let answer = driver.ask(&fill)?;
    let etags: Vec<String> = serde_json::from_value(answer["etags"].clone())?;
    // Those that were stored last, which are most likely in memory still.
    let sample = files - options.sample.min(files)..files;
    say("the peer judges a sample");
    let peer = peer(bench, &environment, &mut driver, &messages(sample, &etags, 1))?;
    say("the worker judges all");
    let messages_of_all = messages(0..files, &etags, 1);
    let own = own(bench, &environment, &mut driver, &messages_of_all, options, "rate")?;
    let wire = Wire::to(&buckets.endpoint)?;
    let watched = watched_environment(&environment, &wire);
    let some = messages(0..WATCHED, &etags, 2);
    self::own(bench, &watched, &mut driver, &some, options, "watched")?;
    let kib = wire.received() as f64 / 1024.0 / WATCHED as f64;
    drop(driver);
    buckets.stop()?;
    queues.stop()?;
    print(&format!(
        "| WAVs of 17 MB, {files} stored | events | wall s | events/s | CPU ms/event | KiB read/file | peak MiB |"
    ));
    print("|---|---|---|---|---|---|---|");
    own.row(&format!("studio worker probe --parallel {}", options.parallel), &format!("{kib:.1}"));
    peer.row("boto3 + wavinfo, whole files", &format!("{:.0}", SOUND as f64 / 1024.0));
    print(&format!(
        "{:.1} times as many events in a second, {:.1} times less CPU",
        own.rate() / peer.rate(),
        (peer.cpu / peer.events as f64) / (own.cpu / own.events as f64),
    ));
    Ok(vec![
        Verdict {
            what: "the time for an event, of that in the documents' design".to_owned(),
            found: peer.rate() / own.rate(),
            unit: "times",
            most: MOST_TIME,
        },
        Verdict {
            what: "bytes read of a file, with all that HTTP adds".to_owned(),
            found: kib,
            unit: "KiB",
            most: MOST_KIB,
        },
    ])
}

/// Leads to the buckets of one server and the queues of another.
fn environment(buckets: &Server, queues: &str) -> Vec<(String, String)> {
    let mut environment = buckets.env();
    environment.retain(|(name, _)| name != "AWS_ENDPOINT_URL");
    environment.push(("AWS_ENDPOINT_URL_S3".to_owned(), buckets.endpoint.clone()));
    environment.push(("AWS_ENDPOINT_URL_SQS".to_owned(), queues.to_owned()));
    environment
}

fn watched_environment(environment: &[(String, String)], wire: &Wire) -> Vec<(String, String)> {
    let mut watched = environment.to_vec();
    watched.retain(|(name, _)| name != "AWS_ENDPOINT_URL_S3");
    watched.push(("AWS_ENDPOINT_URL_S3".to_owned(), wire.endpoint()));
    watched
}

/// As many files as were asked for, or as the disk has room for.
fn fitting(driver: &mut Driver, bench: &Bench<'_>, asked: u64) -> Result<u64> {
    let answer = driver.ask(&json!({ "do": "space", "path": bench.place }))?;
    let free = answer["free"].as_u64().ok_or("the driver tells no free space")?;
    let room = free.saturating_sub(LEFT) / ROOM;
    if room < asked {
        say(&format!("the disk has room for {room} files of 17 MB, not for {asked}"));
    }
    match room.min(asked) {
        some if some >= WATCHED => Ok(some),
        _ => Err(format!("{free} bytes free are too few").into()),
    }
}

/// The messages in which S3 tells of some files.
fn messages(files: std::ops::Range<u64>, etags: &[String], order: u64) -> Vec<String> {
    let named = |number: u64| Some((number, etags.get(usize::try_from(number).ok()?)?));
    let message = |(number, etag): (u64, &String)| {
        json!({ "Records": [{
            "eventVersion": "2.1",
            "eventSource": "aws:s3",
            "eventTime": "2026-01-02T03:04:05.678Z",
            "eventName": "ObjectCreated:Put",
            "s3": {
                "s3SchemaVersion": "1.0",
                "bucket": { "name": BUCKET },
                "object": {
                    "key": format!("take_{number:05}.wav"),
                    "size": SOUND + 44,
                    "eTag": etag,
                    "sequencer": format!("{order:016X}"),
                },
            },
        }] })
        .to_string()
    };
    files.filter_map(named).map(message).collect()
}

fn peer(
    bench: &Bench<'_>,
    environment: &[(String, String)],
    queue: &mut Driver,
    messages: &[String],
) -> Result<Taken> {
    let site = Site::new(&bench.studio, bench.place, "peer", environment.to_vec())?;
    let (service, url) = site.serve(&[])?;
    queue.send(PEER_QUEUE, messages)?;
    let script = include_str!("peer.py");
    let mut command = Command::new(&bench.python);
    command.args(["-c", script, PEER_QUEUE, &url, &messages.len().to_string()]);
    driver::settle(&mut command, environment);
    command.env("TMPDIR", bench.place);
    let done = command.output()?;
    if !done.status.success() {
        let text = String::from_utf8_lossy(&done.stderr);
        return Err(format!("the peer failed: {}", text.trim_end()).into());
    }
    service.stop()?;
    expect_valid(&site, messages.len())?;
    let answer: Value = serde_json::from_slice(&done.stdout)?;
    let number = |name: &str| {
        answer[name].as_f64().ok_or_else(|| format!("the peer does not tell its {name}"))
    };
    let (wall, cpu, peak_mib) = (number("wall")?, number("cpu")?, number("peak_mib")?);
    Ok(Taken { events: messages.len() as u64, wall, cpu, peak_mib })
}

/// A worker from when it listens to its end, which comes when all is judged.
fn own(
    bench: &Bench<'_>,
    environment: &[(String, String)],
    driver: &mut Driver,
    messages: &[String],
    options: &Options,
    name: &str,
) -> Result<Taken> {
    let site = Site::new(&bench.studio, bench.place, name, environment.to_vec())?;
    // One of its own: an earlier worker's last request for messages may still be answered.
    let queue = format!("{name}-messages");
    driver.make_queues(&[&queue])?;
    driver.send(&queue, messages)?;
    let parallel = options.parallel.to_string();
    let arguments =
        ["worker", "probe", "--bucket", BUCKET, "--queue", &queue, "--parallel", &parallel];
    let mut worker = site.start(&arguments, "worker.log")?;
    let mut log = String::new();
    let mut file = worker.open_log()?;
    // As with the peer, the start of the program is not counted.
    while !log.contains(" listening ") {
        worker.check()?;
        thread::sleep(Duration::from_millis(1));
        file.read_to_string(&mut log)?;
    }
    let start = Instant::now();
    while log.matches(" judged ").count() < messages.len() {
        worker.check()?;
        if start.elapsed() > PATIENCE {
            return Err("a worker does not come to an end".into());
        }
        thread::sleep(Duration::from_millis(20));
        // What has come since.
        file.read_to_string(&mut log)?;
    }
    let peak_mib = worker.memory("VmHWM")?;
    let cpu = worker.stop()?;
    let wall = start.elapsed().as_secs_f64();
    expect_valid(&site, messages.len())?;
    match driver.messages(&[&queue])? {
        0 => Ok(Taken { events: messages.len() as u64, wall, cpu, peak_mib }),
        some => Err(format!("{some} messages are left").into()),
    }
}

fn expect_valid(site: &Site, wanted: usize) -> Result {
    let listed = site.run(&["ingest", "list", "--status", "valid", "--json"])?;
    let listed: Value = serde_json::from_slice(&listed)?;
    match listed["items"].as_array().map(Vec::len) {
        Some(found) if found == wanted => Ok(()),
        found => Err(format!("{found:?} assets are valid, and not {wanted}").into()),
    }
}
