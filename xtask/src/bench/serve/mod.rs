//! `cargo xtask bench-serve`: the server under many listeners.
//!
//! Each part prints a table of its own. What another program does in the same run, on the same
//! machine, is what studio is compared with: nginx for files of a disk, the S3 server itself
//! for what lies in a bucket.

pub(super) mod albums;
mod cores;
mod discogs;
mod disk;
mod listeners;
mod nginx;
mod s3;
mod scan;
mod slow;

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::site::{Service, Site};
use super::{Verdict, judge, median, wrk};
use crate::cargo::{print, release_studio, say};
use crate::{Result, files};

/// The bytes of the file that is streamed, and of each range of it.
pub(super) const FILE: u64 = 50_000_000;
pub(super) const RANGE: u64 = 256 << 10;

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only these parts; otherwise all
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// How long each program is measured each time
    #[arg(long, value_name = "SECONDS", default_value_t = 5)]
    seconds: u64,
    /// How many recordings the large catalogue has
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(1000..))]
    recordings: u64,
    /// How many objects the library has that is scanned
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(100..))]
    objects: u64,
    /// How many listen slowly at once
    #[arg(long, default_value_t = 1000)]
    listeners: usize,
    /// This program instead of one that is built now
    #[arg(long, value_name = "FILE")]
    studio: Option<PathBuf>,
}

/// A part of the measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// A file and ranges of it from a disk, beside nginx
    Disk,
    /// The same from S3, beside the S3 server itself
    S3,
    /// Many listeners who take 64 KiB in a second
    Slow,
    /// Pages of albums in a small and in a large catalogue
    Albums,
    /// Scans of a large library
    Scan,
    /// Many views of an artist whom Discogs is asked about
    Discogs,
}

/// Measures everything, or the parts that are asked for, and fails if a bound does not hold.
pub(crate) fn run(options: &Options) -> Result {
    let studio = match &options.studio {
        Some(studio) => std::path::absolute(studio)?,
        None => release_studio()?,
    };
    let place = tempfile::Builder::new().prefix("studio-serve-").tempdir()?;
    let bench = Bench { studio, place: place.path().to_owned(), options };
    let wanted = |part| options.only.is_empty() || options.only.contains(&part);
    let mut verdicts = Vec::new();
    if wanted(Part::Disk) {
        verdicts.extend(disk::measure(&bench)?);
    }
    if wanted(Part::S3) {
        verdicts.extend(s3::measure(&bench)?);
    }
    if wanted(Part::Slow) {
        verdicts.extend(slow::measure(&bench)?);
    }
    if wanted(Part::Albums) {
        verdicts.extend(albums::measure(&bench)?);
    }
    if wanted(Part::Scan) {
        verdicts.extend(scan::measure(&bench)?);
    }
    if wanted(Part::Discogs) {
        verdicts.extend(discogs::measure(&bench)?);
    }
    judge(&verdicts)
}

/// With what it is measured, and where.
struct Bench<'a> {
    studio: PathBuf,
    place: PathBuf,
    options: &'a Options,
}

impl Bench<'_> {
    /// A place of its own for a part of the measures.
    fn site(&self, name: &str, environment: Vec<(String, String)>) -> Result<Site> {
        Site::new(&self.studio, &self.place, name, environment)
    }
}

/// A file of sound at `file`: `bytes` long, silent but for a header that is true.
pub(super) fn write_wav(file: &Path, bytes: u64) -> Result {
    let length = u32::try_from(bytes.saturating_sub(files::WAV_HEAD))?;
    let mut to = BufWriter::new(File::create(file)?);
    to.write_all(&files::wav_head(length))?;
    // Real blocks, not a hole: both programs read them from the same pages.
    let zeros = vec![0_u8; 1 << 20];
    let mut left = u64::from(length);
    while left > 0 {
        let now = left.min(zeros.len() as u64);
        to.write_all(&zeros[..usize::try_from(now)?])?;
        left -= now;
    }
    to.flush()?;
    Ok(())
}

/// What the server says of a path below `/api/v1`.
fn ask(server: &str, path: &str) -> Result<Value> {
    let url = format!("{server}/api/v1{path}");
    let done =
        std::process::Command::new("curl").args(["-sS", "--fail-with-body", &url]).output()?;
    if !done.status.success() {
        let text = String::from_utf8_lossy(&done.stdout);
        return Err(format!("{url} was refused: {}", text.trim_end()).into());
    }
    Ok(serde_json::from_slice(&done.stdout)?)
}

/// Scans a library and serves it: the server and the URL of the stream of its one recording.
pub(super) fn serve_one(site: &Site, library: &str) -> Result<(Service, String)> {
    say(&format!("scanning {library}"));
    site.run(&["library", "scan", library])?;
    let (service, server) = site.serve(&[])?;
    let found = ask(&server, "/recordings?limit=1")?;
    let id = found["items"][0]["id"].as_str().ok_or("the server has no recording")?;
    let stream = format!("{server}/api/v1/recordings/{id}/stream");
    Ok((service, stream))
}
