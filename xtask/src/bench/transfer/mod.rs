//! `cargo xtask bench-transfer`: studio against the tools that people move files to S3 with.
//!
//! All on one server and one disk, in turns. Before each run the files to be read are read
//! once and what is to be written to the disk is written, so that each finds the same.

mod clients;
mod table;

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use serde_json::Value;

use self::clients::{Case, Client, Clients, Task, Way};
use self::table::{Runs, Table};
use super::meter::{self, Usage};
use super::{Verdict, judge};
use crate::cargo::{line, release_studio, run as run_command, say, target_directory};
use crate::s3::Buckets;
use crate::services::{self, Installed, Kind, Server, Started};
use crate::sink::Sink;
use crate::wire::Wire;
use crate::{Result, files};

/// The size of each of the small files.
const SMALL: u64 = 5 << 20;

/// What is compared.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How often each client moves the files; the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// The size of the large file in MiB; 0 leaves it out
    #[arg(long, default_value_t = 1024)]
    size_mib: u64,
    /// How many files of 5 MiB; 0 leaves them out
    #[arg(long, default_value_t = 200)]
    files: u64,
    /// The programs to compare with
    #[arg(long, value_delimiter = ',', default_value = "s5cmd,rclone,aws-cli,boto3")]
    peers: Vec<Client>,
    /// The servers, each for itself; `sink` is one that checks nothing, where the client
    /// is what takes the time
    #[arg(long, value_delimiter = ',', default_value = "seaweedfs,sink")]
    server: Vec<Target>,
}

/// A server to compare on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Real(Kind),
    Sink,
}

/// A running one; it ends when it is dropped.
enum Running {
    Real(Server),
    Sink(Sink),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Real(kind) => kind.fmt(f),
            Self::Sink => f.write_str("sink"),
        }
    }
}

impl FromStr for Target {
    type Err = services::Error;

    fn from_str(name: &str) -> services::Result<Self> {
        match name {
            "sink" => Ok(Self::Sink),
            _ => name.parse().map(Self::Real),
        }
    }
}

impl Target {
    fn start(self) -> Result<Running> {
        let Self::Real(kind) = self else { return Ok(Running::Sink(Sink::start()?)) };
        match services::start(kind, &target_directory()?)? {
            Started::Running(server) => Ok(Running::Real(server)),
            Started::Unavailable(reason) => Err(format!("not measured on {kind}: {reason}").into()),
        }
    }
}

impl Running {
    fn env(&self) -> Vec<(String, String)> {
        match self {
            Self::Real(server) => server.env(),
            Self::Sink(sink) => sink.env(),
        }
    }

    fn endpoint(&self) -> String {
        match self {
            Self::Real(server) => server.endpoint.clone(),
            Self::Sink(sink) => sink.endpoint(),
        }
    }
}

/// Compares on each server in turn, and judges all of it at the end.
pub(crate) fn run(options: &Options) -> Result {
    let studio = release_studio()?;
    let python = match services::peers(&target_directory()?)? {
        Installed::Ready(python) => python,
        Installed::Unavailable(reason) => return Err(format!("no peers: {reason}").into()),
    };
    // Where the servers keep their data, and so on the same disk.
    let place = tempfile::Builder::new().prefix("studio-bench-").tempdir()?;
    let sources = Sources::make(place.path(), options)?;
    let mut verdicts = Vec::new();
    for target in &options.server {
        let server = target.start()?;
        let bench = Bench {
            clients: Clients::new(studio.clone(), &python, server.env())?,
            buckets: Buckets::new(python.clone(), server.env()),
            endpoint: server.endpoint(),
            environment: server.env(),
            place: place.path(),
            sources: &sources,
        };
        let (table, more) = bench.compare(&target.to_string(), options)?;
        table.print();
        verdicts.extend(table.verdicts().into_iter().chain(more));
    }
    judge(&verdicts)
}

/// The files that are moved.
struct Sources {
    one: PathBuf,
    many: PathBuf,
    cases: Vec<Case>,
}

impl Sources {
    fn make(place: &Path, options: &Options) -> Result<Self> {
        let sources = Self {
            one: place.join("one.bin"),
            many: place.join("many"),
            cases: [(Case::One, options.size_mib), (Case::Many, options.files)]
                .into_iter()
                .filter(|(_, amount)| *amount > 0)
                .map(|(case, _)| case)
                .collect(),
        };
        say("making the files");
        files::fill(&sources.one, options.size_mib << 20, 0)?;
        fs::create_dir(&sources.many)?;
        for number in 1..=options.files {
            files::fill(&sources.many.join(format!("t{number:04}_v1.bin")), SMALL, number)?;
        }
        Ok(sources)
    }

    fn of(&self, case: Case) -> &Path {
        if case == Case::One { &self.one } else { &self.many }
    }
}

struct Bench<'a> {
    clients: Clients,
    buckets: Buckets,
    endpoint: String,
    environment: Vec<(String, String)>,
    place: &'a Path,
    sources: &'a Sources,
}

impl Bench<'_> {
    fn compare(&self, server: &str, options: &Options) -> Result<(Table, Vec<Verdict>)> {
        let clients: Vec<Client> =
            std::iter::once(Client::Studio).chain(options.peers.iter().copied()).collect();
        let mut runs = Vec::new();
        for case in &self.sources.cases {
            for way in [Way::Up, Way::Down] {
                let of =
                    |client: &Client| Runs { client: *client, case: *case, way, taken: Vec::new() };
                runs.extend(clients.iter().map(of));
            }
        }
        let mut verdicts = Vec::new();
        for round in 1..=options.rounds {
            for case in &self.sources.cases {
                // Not always after the same one.
                let first = round as usize % clients.len();
                for client in clients.iter().cycle().skip(first).take(clients.len()) {
                    say(&format!("{server}: round {round}, {client}, {case:?}"));
                    let name = format!("{client}-{round}-{case:?}").to_lowercase();
                    let (up, down) = self.there_and_back(*client, *case, &name, &mut verdicts)?;
                    for taken in &mut runs {
                        if (taken.client, taken.case) == (*client, *case) {
                            taken.taken.push(if taken.way == Way::Up { up } else { down });
                        }
                    }
                }
            }
        }
        let one = (options.size_mib << 20, format!("{} MiB", options.size_mib));
        let many = (options.files * SMALL, format!("{} x 5 MiB", options.files));
        // Every round says it; once is enough if it always holds.
        verdicts.sort_by(|left: &Verdict, right| {
            left.what.cmp(&right.what).then(right.found.total_cmp(&left.found))
        });
        verdicts.dedup_by(|next, kept| next.what == kept.what);
        Ok((Table { server: server.to_owned(), runs, one, many }, verdicts))
    }

    /// Moves the files to a new bucket and back, compares them, and leaves nothing.
    fn there_and_back(
        &self,
        client: Client,
        case: Case,
        name: &str,
        verdicts: &mut Vec<Verdict>,
    ) -> Result<(Usage, Usage)> {
        let bucket = format!("bench-{name}");
        let scratch = self.place.join("scratch");
        fs::create_dir(&scratch)?;
        let (source, back) = (self.sources.of(case), scratch.join("back"));
        let database = scratch.join("studio.db");
        let task = |way: Way| Task {
            case,
            way,
            bucket: &bucket,
            local: if way == Way::Up { source } else { &back },
            database: &database,
        };
        self.buckets.create(&bucket)?;
        files::warm(source)?;
        settle()?;
        let up = meter::measure(&self.clients.command(client, task(Way::Up)), &scratch)?;
        if case == Case::Many {
            fs::create_dir(&back)?;
        }
        settle()?;
        let down = meter::measure(&self.clients.command(client, task(Way::Down)), &scratch)?;
        files::compare(source, &back).map_err(|error| format!("{client}: {error}"))?;
        if client == Client::Studio {
            verdicts.extend(self.send_again(task(Way::Up))?);
        }
        self.buckets.drop(&bucket)?;
        fs::remove_dir_all(&scratch)?;
        Ok((up, down))
    }

    /// Uploads what is stored once more, with an eye on the wire.
    fn send_again(&self, task: Task<'_>) -> Result<Vec<Verdict>> {
        let wire = Wire::to(&self.endpoint)?;
        let mut command = self.clients.command(Client::Studio, task);
        command.envs(self.environment.iter().cloned()).env("AWS_ENDPOINT_URL", wire.endpoint());
        let done = command.arg("--json").output()?;
        if !done.status.success() {
            let text = String::from_utf8_lossy(&done.stderr);
            return Err(format!("`{}` failed: {}", line(&command), text.trim_end()).into());
        }
        let answer: Value = serde_json::from_slice(&done.stdout)?;
        let sent = answer.get("sent_bytes").and_then(Value::as_u64);
        let sent = sent.ok_or("the answer does not say how many bytes were sent")?;
        let case = if task.case == Case::One { "the large file" } else { "the small files" };
        Ok(vec![
            Verdict {
                what: format!("{case} again: bytes of audio sent"),
                found: sent as f64,
                unit: "bytes",
                most: 0.0,
            },
            Verdict {
                what: format!("{case} again: everything on the wire"),
                found: wire.sent() as f64 / f64::from(1 << 20),
                unit: "MiB",
                most: 1.0,
            },
        ])
    }
}

/// Writes out what earlier runs left to be written.
fn settle() -> Result {
    run_command(&mut Command::new("sync"))
}
