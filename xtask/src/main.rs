//! Automation: `cargo xtask --help`.

mod bench;
mod cargo;
mod files;
mod kill;
mod reliability;
mod s3;
mod schema;
mod seed;
mod services;
mod sink;
mod test;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::services::Kind;

/// What a step of the automation returns.
type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// Automation for those who work on studio.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run every test, those on real S3 servers included
    Test {
        /// Only the hermetic tests, as `cargo test --workspace` runs them
        #[arg(long)]
        hermetic: bool,
        /// Only those on real servers
        #[arg(long, conflicts_with = "hermetic")]
        live: bool,
    },
    /// Start real S3 servers, print their environment, and end them with this command
    Services {
        /// Which; all by default
        names: Vec<Kind>,
    },
    /// Generate the database schema for diesel from the migrations
    Schema {
        /// Compare instead of writing
        #[arg(long)]
        check: bool,
    },
    /// Run every operation under every fault, and write what comes of it into the document
    Reliability {
        /// Compare instead of writing
        #[arg(long)]
        check: bool,
    },
    /// Make a catalogue of many versions
    SeedCatalog {
        /// How many
        versions: u64,
        /// The database file to make
        #[arg(long, default_value = "target/seeded.db")]
        database: PathBuf,
    },
    /// Measure listings of 1,000 and of 1,000,000 versions, and the start of the program
    BenchCatalog,
    /// Measure the memory that a large upload and download take
    BenchMemory {
        /// The size of the file in GiB
        #[arg(long, default_value_t = 4)]
        gib: u64,
    },
    /// Probe, measure, compare and mix sound, against the programs that people do it with
    BenchAudio(bench::audio::Options),
    /// Do what `bench-audio` measures
    #[command(hide = true, subcommand)]
    BenchAudioWork(bench::audio::work::Task),
    /// Judge what comes into a bucket: how fast, under what happens to queues, and at rest
    BenchIngest(bench::ingest::Options),
    /// Stream, show albums and scan libraries, with many listeners at once
    BenchServe(bench::serve::Options),
    /// Let people in: what it costs to know who asks, to sign in, and to list for players
    BenchAuth(bench::auth::Options),
    /// Show pages of a large catalogue, listen in a browser, make pictures smaller
    BenchSite(bench::pages::Options),
    /// Let 64 processes upload at once
    BenchRace,
    /// Rebuild the catalogue of a bucket from the bucket alone, and compare every field
    BenchRecover {
        /// How many versions the bucket has
        #[arg(long, default_value_t = 10_000)]
        versions: u64,
    },
    /// Move files to S3 and back, with studio and with the tools that people use for it
    BenchTransfer(bench::transfer::Options),
    /// Kill uploads and imports at any moment, and see that nothing is lost or sent twice
    KillTest(kill::Options),
    /// Measure the README's commands in a fresh clone with nothing built
    BenchClone {
        /// Measure .ci/run too
        #[arg(long)]
        ci: bool,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Test { hermetic, live } => test::run(hermetic, live),
        Command::Services { names } => run_services(&names),
        Command::Schema { check } => schema::run(check),
        Command::Reliability { check } => reliability::run(check),
        Command::SeedCatalog { versions, database } => seed::run(versions, &database),
        Command::BenchCatalog => bench::catalog::run(),
        Command::BenchMemory { gib } => bench::memory::run(gib),
        Command::BenchAudio(options) => bench::audio::run(&options),
        Command::BenchAudioWork(task) => bench::audio::work::run(&task),
        Command::BenchIngest(options) => bench::ingest::run(&options),
        Command::BenchServe(options) => bench::serve::run(&options),
        Command::BenchAuth(options) => bench::auth::run(&options),
        Command::BenchSite(options) => bench::pages::run(&options),
        Command::BenchRace => bench::race::run(),
        Command::BenchRecover { versions } => bench::recover::run(versions),
        Command::BenchTransfer(options) => bench::transfer::run(&options),
        Command::KillTest(options) => kill::run(&options),
        Command::BenchClone { ci } => bench::clone::run(ci),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            cargo::say(&format!("error: {error}"));
            let mut next = error.source();
            while let Some(cause) = next {
                cargo::say(&format!("  because: {cause}"));
                next = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

fn run_services(names: &[Kind]) -> Result {
    let kinds = if names.is_empty() { &Kind::ALL } else { names };
    Ok(services::run_until_interrupted(kinds, &cargo::target_directory()?)?)
}
