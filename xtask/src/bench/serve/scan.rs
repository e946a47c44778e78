//! Scans of a library that is there already.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::s3::seaweedfs;
use super::{Bench, Site, Verdict, print, write_wav};
use crate::Result;
use crate::cargo::say;
use crate::s3::alone;
use crate::services::Server;

const SCRIPT: &str = include_str!("scan.py");
const BUCKET: &str = "library";
/// The bytes of each object: more than may be read of it.
const OBJECT: u64 = 300 << 10;
const MOST_KIB: f64 = 256.0;
/// What a scan that was killed may read once more: what it had in hand, and had not written.
const MOST_AGAIN: f64 = 200.0;

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Verdict>> {
    let model = bench.place.join("scan.wav");
    write_wav(&model, OBJECT)?;
    let objects = bench.options.objects;
    let library = bench.place.join("scan-library");
    say(&format!("making a library of {objects} objects in a directory"));
    fill_directory(&model, &library, objects)?;
    let site = bench.site("scan", Vec::new())?;
    let mut verdicts = scan(&site, "a directory", &library.display().to_string(), objects)?;
    let (python, server) = seaweedfs()?;
    say(&format!("making a library of {objects} objects in a bucket"));
    fill_bucket(&python, &server, &model, objects)?;
    let site = bench.site("scan-s3", server.env())?;
    verdicts.extend(scan(&site, "S3", &format!("s3://{BUCKET}"), objects)?);
    server.stop()?;
    Ok(verdicts)
}

/// Scans a library: killed first, then to its end, then once more.
fn scan(site: &Site, of: &str, library: &str, objects: u64) -> Result<Vec<Verdict>> {
    let known_at_kill = kill_in_the_middle(site, library, objects)?;
    let first = Report::of(site, library)?;
    let again = Report::of(site, library)?;
    print("");
    print(&format!("| scan of {of} | objects read | KiB read of one, at most | wall s |"));
    print("|---|---|---|---|");
    print(&format!("| killed when {known_at_kill} of {objects} were known | | | |"));
    for (name, report) in [("the same again", &first), ("once more, nothing changed", &again)] {
        let Report { read, most_kib, seconds, .. } = report;
        print(&format!("| {name} | {read} | {most_kib:.0} | {seconds:.1} |"));
    }
    let left = objects - known_at_kill;
    let (found, most) = (first.most_kib, MOST_KIB);
    let what = format!("read of one object of {of}");
    let one = Verdict { what, found, unit: "KiB", most };
    let (found, most) = ((first.read as f64 - left as f64).max(0.0), MOST_AGAIN);
    let what = format!("objects of {of} read again after a kill");
    let after_kill = Verdict { what, found, unit: "objects", most };
    let what = format!("bytes of {of} read though nothing had changed");
    let unchanged = Verdict { what, found: again.bytes as f64, unit: "bytes", most: 0.0 };
    Ok(vec![one, after_kill, unchanged])
}

/// Where an object of the library lies: ten on each album, five albums of each artist.
fn name(number: u64) -> String {
    let (album, place) = (number / 10, number % 10 + 1);
    format!("Artist {:04}/Album {album:05}/{place:02} Recording {number}.wav", album / 5)
}

fn fill_directory(model: &Path, library: &Path, objects: u64) -> Result {
    for number in 0..objects {
        let file = library.join(name(number));
        fs::create_dir_all(file.parent().ok_or("no folder")?)?;
        // One file under many names: what is read is counted, not where it lies.
        fs::hard_link(model, &file).or_else(|_| fs::copy(model, &file).map(drop))?;
    }
    Ok(())
}

fn fill_bucket(python: &Path, server: &Server, model: &Path, objects: u64) -> Result {
    let mut command = Command::new(python);
    command.args(["-c", SCRIPT, BUCKET]).arg(model).envs(server.env());
    alone(&mut command);
    let mut script = command.stdin(Stdio::piped()).spawn()?;
    let names: String = (0..objects).map(|number| name(number) + "\n").collect();
    script.stdin.take().ok_or("the script has no stdin")?.write_all(names.as_bytes())?;
    match script.wait()?.success() {
        true => Ok(()),
        false => Err("cannot fill the bucket".into()),
    }
}

/// Kills a scan when it knows a third of the library; how many objects it knew then.
fn kill_in_the_middle(site: &Site, library: &str, objects: u64) -> Result<u64> {
    let mut scan = site.start(&["library", "scan", library], "scan.log")?;
    let deadline = Instant::now() + Duration::from_secs(300);
    while known(site).unwrap_or(0) < objects / 3 {
        if Instant::now() > deadline {
            return Err("the scan does not come on".into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    scan.kill()?;
    known(site)
}

fn known(site: &Site) -> Result<u64> {
    let listing: Value = serde_json::from_slice(&site.run(&["library", "list", "--json"])?)?;
    let objects = listing["libraries"][0]["objects"].as_u64();
    Ok(objects.ok_or("the list of libraries is not as expected")?)
}

/// What a scan said of itself.
struct Report {
    read: u64,
    bytes: u64,
    most_kib: f64,
    seconds: f64,
}

impl Report {
    fn of(site: &Site, library: &str) -> Result<Self> {
        let start = Instant::now();
        let said = site.run(&["library", "scan", library, "--json"])?;
        let seconds = start.elapsed().as_secs_f64();
        let said: Value = serde_json::from_slice(&said)?;
        let number = |name: &str| said[name].as_u64().ok_or(format!("a scan tells no {name}"));
        let most_kib = number("most_bytes_read")? as f64 / 1024.0;
        let read = number("new")? + number("changed")? + number("unreadable")?;
        Ok(Self { read, bytes: number("bytes_read")?, most_kib, seconds })
    }
}
