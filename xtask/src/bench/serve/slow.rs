//! Many who listen at once, none faster than music plays.

use std::fs;

use super::listeners::listen;
use super::s3::Bucket;
use super::{Bench, FILE, Service, Verdict, print, serve_one, write_wav};
use crate::Result;

/// How long they listen.
const SECONDS: u64 = 20;
/// What each takes at least in that time: half of what it could.
const LEAST: usize = (SECONDS as usize) * (64 << 10) / 2;
const MOST_MIB: f64 = 256.0;

pub(super) fn measure(bench: &Bench<'_>) -> Result<Vec<Verdict>> {
    print("");
    print("| 64 KiB/s each | listeners | least taken MiB | peak RSS MiB |");
    print("|---|---|---|---|");
    let place = bench.place.join("slow-library");
    let album = place.join("Khruangbin/The Universe Smiles Upon You");
    fs::create_dir_all(&album)?;
    write_wav(&album.join("01-Mr-White.wav"), FILE)?;
    let site = bench.site("slow", Vec::new())?;
    let mut verdicts = row(bench, "a disk", serve_one(&site, &place.display().to_string())?)?;
    let bucket = Bucket::start(bench)?;
    let site = bench.site("slow-s3", bucket.server.env())?;
    verdicts.extend(row(bench, "S3", bucket.serve(&site)?)?);
    bucket.server.stop()?;
    Ok(verdicts)
}

fn row(
    bench: &Bench<'_>,
    from: &str,
    (mut service, stream): (Service, String),
) -> Result<Vec<Verdict>> {
    let listeners = bench.options.listeners;
    let taken = listen(&stream, listeners, SECONDS, || service.check())?;
    let peak = service.memory("VmHWM")?;
    service.stop()?;
    let least = taken.first().copied().unwrap_or_default();
    let mib = least as f64 / f64::from(1 << 20);
    print(&format!("| from {from} | {listeners} | {mib:.2} | {peak:.0} |"));
    let stuck = taken.iter().filter(|&&taken| taken < LEAST).count();
    Ok(vec![
        Verdict {
            what: format!("listeners from {from} who did not go on"),
            found: stuck as f64,
            unit: "of them",
            most: 0.0,
        },
        Verdict {
            what: format!("memory with {listeners} slow listeners from {from}"),
            found: peak,
            unit: "MiB",
            most: MOST_MIB,
        },
    ])
}
