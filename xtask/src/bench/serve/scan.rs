//! Scans of a library that is there already.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Bench, Site, Verdict, print, write_wav};
use crate::Result;
use crate::cargo::say;

/// The bytes of each object: more than may be read of it.
const OBJECT: u64 = 400 << 10;
const MOST_KIB: f64 = 256.0;
/// What a scan that was killed may read once more: what it had in hand, and had not written.
const MOST_AGAIN: f64 = 200.0;

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Verdict>> {
    let objects = bench.options.objects;
    let library = bench.place.join("scan-library");
    say(&format!("making a library of {objects} objects"));
    fill(&library, objects)?;
    let library = library.display().to_string();
    let site = bench.site("scan", Vec::new())?;
    let known_at_kill = kill_in_the_middle(&site, &library, objects)?;
    let first = Report::of(&site, &library)?;
    let again = Report::of(&site, &library)?;
    print("");
    print("| scan | objects read | KiB read of one, at most | wall s |");
    print("|---|---|---|---|");
    print(&format!("| killed when {known_at_kill} of {objects} were known | | | |"));
    for (name, report) in [("the same again", &first), ("once more, nothing changed", &again)] {
        let Report { read, most_kib, seconds, .. } = report;
        print(&format!("| {name} | {read} | {most_kib:.0} | {seconds:.1} |"));
    }
    let left = objects - known_at_kill;
    Ok(vec![
        Verdict {
            what: "read of one object".to_owned(),
            found: first.most_kib,
            unit: "KiB",
            most: MOST_KIB,
        },
        Verdict {
            what: "objects read again after a kill".to_owned(),
            found: (first.read as f64 - left as f64).max(0.0),
            unit: "objects",
            most: MOST_AGAIN,
        },
        Verdict {
            what: "bytes read though nothing had changed".to_owned(),
            found: again.bytes as f64,
            unit: "bytes",
            most: 0.0,
        },
    ])
}

/// Ten on each album, five albums of each artist.
fn fill(library: &Path, objects: u64) -> Result {
    let model = library.with_extension("wav");
    write_wav(&model, OBJECT)?;
    for number in 0..objects {
        let album = number / 10;
        let folder = library.join(format!("Artist {:04}/Album {album:05}", album / 5));
        fs::create_dir_all(&folder)?;
        let place = number % 10 + 1;
        // One file under many names: what is read is counted, not where it lies.
        fs::hard_link(&model, folder.join(format!("{place:02} Recording {number}.wav"))).or_else(
            |_| {
                fs::copy(&model, folder.join(format!("{place:02} Recording {number}.wav")))
                    .map(drop)
            },
        )?;
    }
    Ok(())
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
