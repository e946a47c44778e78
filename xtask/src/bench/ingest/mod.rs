//! `cargo xtask bench-ingest`: files that come into a bucket and are judged.
//!
//! How many events a worker judges in a second, against the design of the media-ingest
//! workflow; whether the assets are as they must be after all that queues and buckets do, with
//! workers killed at random; and what a worker takes that has nothing to do.

mod driver;
mod events;
mod model;
mod poison;
mod rate;
mod rest;
mod script;
mod workers;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::judge;
use crate::Result;
use crate::cargo::{print, release_studio, target_directory};
use crate::services::{self, Installed, Kind, Server, Started};

/// The queue with the bucket's events.
const EVENTS: &str = "s3-ingest-messages";
/// The queue with the orders to delete.
const ORDERS: &str = "s3-delete-messages";
const BUCKET: &str = "ingest";

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Only this part; otherwise all
    #[arg(long, value_enum)]
    only: Option<Part>,
    /// How many large files are judged; fewer where the disk has no room for them
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(20..))]
    files: u64,
    /// How many of them the peer judges
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    sample: u64,
    /// Messages that the worker has in hand at once when its speed is measured
    #[arg(long, default_value_t = 32)]
    parallel: u16,
    /// How many events the bucket tells of while workers are killed
    #[arg(long, default_value_t = 10_000)]
    events: u64,
    /// How often a worker is killed meanwhile, at least
    #[arg(long, default_value_t = 50)]
    kills: u64,
    /// The number that all random choices follow from; another each time if not given
    #[arg(long)]
    seed: Option<u64>,
}

/// A part of the measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    /// Events judged in a second
    Rate,
    /// The assets after many events and kills
    Events,
    /// A worker that has nothing to do
    Rest,
}

/// Measures everything, or the part that is asked for, and fails if a bound does not hold.
pub(crate) fn run(options: &Options) -> Result {
    let target = target_directory()?;
    let python = match services::ingest(&target)? {
        Installed::Ready(python) => python,
        Installed::Unavailable(reason) => return Err(format!("no peer: {reason}").into()),
    };
    let studio = release_studio()?;
    // Where the servers keep their data, and so on the same disk.
    let place = tempfile::Builder::new().prefix("studio-ingest-").tempdir()?;
    let bench = Bench { studio, python, place: place.path() };
    let wanted = |part| options.only.is_none_or(|only| only == part);
    let mut verdicts = Vec::new();
    if wanted(Part::Rate) {
        verdicts.extend(rate::measure(&bench, options)?);
    }
    if wanted(Part::Events) {
        let seed = options.seed.unwrap_or_else(any_seed);
        print("");
        print(&format!("seed {seed} (again: --only events --seed {seed})"));
        verdicts.extend(events::measure(&bench, options, seed)?);
    }
    if wanted(Part::Rest) {
        verdicts.extend(rest::measure(&bench)?);
    }
    judge(&verdicts)
}

/// With what it is measured, and where.
struct Bench<'a> {
    studio: PathBuf,
    python: PathBuf,
    place: &'a Path,
}

fn start(kind: Kind) -> Result<Server> {
    running(kind, services::start(kind, &target_directory()?)?)
}

fn start_tuned(kind: Kind, arguments: &[&str]) -> Result<Server> {
    running(kind, services::start_tuned(kind, &target_directory()?, arguments)?)
}

fn start_beside(other: &Server, kind: Kind) -> Result<Server> {
    running(kind, services::start_beside(other, kind, &target_directory()?)?)
}

fn running(kind: Kind, started: Started) -> Result<Server> {
    match started {
        Started::Running(server) => Ok(server),
        Started::Unavailable(reason) => Err(format!("not measured on {kind}: {reason}").into()),
    }
}

fn any_seed() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    // Short enough to be typed.
    now.as_micros() as u64 % 1_000_000
}
