//! Real servers for live tests: installed when missing, started on free
//! ports, and gone when this process is gone, whatever ended it.

mod command;
mod credentials;
mod error;
mod garage;
mod install;
mod ministack;
mod moto;
mod node;
mod ports;
mod process;
mod seaweedfs;
mod tools;

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicU32, Ordering};

use tempfile::TempDir;

pub(crate) use command::run_until_interrupted;
pub(crate) use error::{Error, Result};
pub(crate) use install::Installed;
pub(crate) use node::{oidc_provider, playwright, subsonic_api};
pub(crate) use tools::{boto3, ingest, opensonic, peers, schemathesis};

use credentials::Credentials;
use error::Context as _;
use process::Process;

const REGION: &str = "us-east-1";

/// A server that the live tests know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Checks signatures and checksums; sends no events.
    SeaweedFs,
    /// Delivers S3 events to SQS; does not check a header's signature.
    MiniStack,
    /// Has no conditional writes, no storage classes and no tags.
    Garage,
    /// Delivers S3 events to SQS, otherwise worded; is no store to rely on.
    Moto,
}

impl Kind {
    /// All of them, in the order in which they are started.
    pub(crate) const ALL: [Self; 4] = [Self::SeaweedFs, Self::MiniStack, Self::Garage, Self::Moto];

    /// The name on the command line and in `STUDIO_TEST_S3`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::SeaweedFs => "seaweedfs",
            Self::MiniStack => "ministack",
            Self::Garage => "garage",
            Self::Moto => "moto",
        }
    }

    /// The test targets that work on it.
    pub(crate) fn live_tests(self) -> &'static [&'static str] {
        match self {
            // Neither has queues.
            Self::SeaweedFs | Self::Garage => &["s3_live", "cli_live"],
            Self::MiniStack => &["s3_live", "cli_live", "sqs_live", "notify_live", "ingest_live"],
            // It compares no checksums and forgets parts: its S3 is there for the events.
            Self::Moto => &["sqs_live", "notify_live", "ingest_live"],
        }
    }

    fn install(self, services: &Path) -> Result<Installed> {
        match self {
            Self::SeaweedFs => seaweedfs::install(services),
            Self::MiniStack => ministack::install(services),
            Self::Garage => Ok(garage::install(services)),
            Self::Moto => moto::install(services),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            let known = Self::ALL.map(Self::name).join(", ");
            Error::new(format!("no server is called {name:?}; known are {known}"))
        })
    }
}

/// What became of a start.
#[derive(Debug)]
pub(crate) enum Started {
    /// It answers.
    Running(Server),
    /// It can't be had on this machine: the reason, one line for a person.
    Unavailable(String),
}

/// A server that answers S3 requests. Dropping it ends it and removes its data.
#[derive(Debug)]
pub(crate) struct Server {
    /// Which one it is.
    pub(crate) kind: Kind,
    /// `http://127.0.0.1:PORT`
    pub(crate) endpoint: String,
    /// Made for this start.
    pub(crate) access_key: String,
    /// Made for this start.
    pub(crate) secret_key: String,
    /// The region to sign for.
    pub(crate) region: String,
    // Before the data: fields are dropped in this order.
    process: Process,
    _data: TempDir,
}

impl Server {
    /// The variables with which a test or a tool finds this server.
    pub(crate) fn env(&self) -> Vec<(String, String)> {
        [
            ("AWS_ENDPOINT_URL", self.endpoint.as_str()),
            ("AWS_REGION", &self.region),
            ("AWS_ACCESS_KEY_ID", &self.access_key),
            ("AWS_SECRET_ACCESS_KEY", &self.secret_key),
            ("STUDIO_TEST_S3", self.kind.name()),
        ]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into()
    }

    /// Whether the server is still there.
    pub(crate) fn is_running(&mut self) -> bool {
        self.process.is_running()
    }

    /// The file with everything the server wrote.
    pub(crate) fn log(&self) -> &Path {
        self.process.log()
    }

    /// The numbers of its processes.
    pub(crate) fn processes(&self) -> Result<Vec<u32>> {
        self.process.all()
    }

    /// Ends the server as dropping it does, and says when that failed.
    pub(crate) fn stop(mut self) -> Result<()> {
        self.process.end()
    }
}

/// Starts a server, after installing it under `target_dir/services` if needed.
/// A start that fails is tried once more with other ports.
pub(crate) fn start(kind: Kind, target_dir: &Path) -> Result<Started> {
    start_with(kind, &Credentials::generate()?, target_dir, &[])
}

/// Starts a server with more arguments than it has here by default.
pub(crate) fn start_tuned(kind: Kind, target_dir: &Path, arguments: &[&str]) -> Result<Started> {
    start_with(kind, &Credentials::generate()?, target_dir, arguments)
}

/// Starts a server that takes the keys of another one: for a program that uses both.
pub(crate) fn start_beside(other: &Server, kind: Kind, target_dir: &Path) -> Result<Started> {
    let (access_key, secret_key) = (other.access_key.clone(), other.secret_key.clone());
    start_with(kind, &Credentials { access_key, secret_key }, target_dir, &[])
}

fn start_with(
    kind: Kind,
    keys: &Credentials,
    target_dir: &Path,
    arguments: &[&str],
) -> Result<Started> {
    let services = services_directory(target_dir)?;
    let logs = services.join("logs");
    fs::create_dir_all(&logs).context(|| format!("can't create {}", logs.display()))?;
    let program = match kind.install(&services)? {
        Installed::Ready(program) => program,
        Installed::Unavailable(reason) => return Ok(Started::Unavailable(reason)),
    };
    let start = || launch(kind, &program, keys, &logs, arguments);
    start().or_else(|_| start()).map(Started::Running).map_err(|error| error.within(kind.name()))
}

/// Where things are installed. Absolute, because a server runs in its data directory.
fn services_directory(target_dir: &Path) -> Result<PathBuf> {
    let directory = std::path::absolute(target_dir)
        .context(|| format!("can't resolve {}", target_dir.display()))?
        .join("services");
    fs::create_dir_all(&directory).context(|| format!("can't create {}", directory.display()))?;
    Ok(directory)
}

fn launch(
    kind: Kind,
    program: &Path,
    keys: &Credentials,
    logs: &Path,
    arguments: &[&str],
) -> Result<Server> {
    let data = tempfile::Builder::new()
        .prefix(&format!("studio-{kind}-"))
        .tempdir()
        .context(|| format!("can't make a directory in {}", std::env::temp_dir().display()))?;
    let mut launch = match kind {
        Kind::SeaweedFs => seaweedfs::launch(program, data.path(), keys)?,
        Kind::MiniStack => ministack::launch(program, data.path(), keys)?,
        Kind::Garage => garage::launch(program, data.path(), keys)?,
        Kind::Moto => moto::launch(program)?,
    };
    launch.command.extend(arguments.iter().map(OsString::from));
    let mut process = Process::spawn(&launch, data.path(), &log_path(kind, logs))?;
    process.wait_until_ready(launch.port)?;
    Ok(Server {
        kind,
        endpoint: format!("http://127.0.0.1:{}", launch.port),
        access_key: keys.access_key.clone(),
        secret_key: keys.secret_key.clone(),
        region: REGION.to_owned(),
        process,
        _data: data,
    })
}

/// `NAME-PID.log`, with a number from this process's second start of it on.
fn log_path(kind: Kind, logs: &Path) -> PathBuf {
    static STARTS: [AtomicU32; Kind::ALL.len()] = [const { AtomicU32::new(0) }; Kind::ALL.len()];
    let process = std::process::id();
    logs.join(match STARTS[kind as usize].fetch_add(1, Ordering::Relaxed) {
        0 => format!("{kind}-{process}.log"),
        number => format!("{kind}-{process}-{number}.log"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() -> Result<()> {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse::<Kind>()?, kind);
        }
        let error = "minio".parse::<Kind>().err().map(|error| error.to_string());
        let expected =
            "no server is called \"minio\"; known are seaweedfs, ministack, garage, moto";
        assert_eq!(error.as_deref(), Some(expected));
        Ok(())
    }
}
