//! The programs that are compared, each with its own defaults.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;
use crate::s3::alone;

const BOTO3: &str = include_str!("boto3_client.py");
/// How the name of a file says which version it is.
const PATTERN: &str = "{track}_{version}.bin";

/// A program that moves files to and from S3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Client {
    /// Ours.
    #[value(skip)]
    Studio,
    /// In Go, made for speed.
    S5cmd,
    /// In Go, for many kinds of storage.
    Rclone,
    /// Amazon's own, version 1 as PyPI has it.
    AwsCli,
    /// A short script on Amazon's library.
    Boto3,
}

impl fmt::Display for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Studio => "studio",
            Self::S5cmd => "s5cmd",
            Self::Rclone => "rclone",
            Self::AwsCli => "aws-cli",
            Self::Boto3 => "boto3",
        })
    }
}

/// What is moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    /// One large file.
    One,
    /// A directory of small ones.
    Many,
}

/// Which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Up,
    Down,
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if *self == Self::Up { "up" } else { "down" })
    }
}

/// One transfer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Task<'a> {
    pub(super) case: Case,
    pub(super) way: Way,
    /// Empty before an upload, and no other client's.
    pub(super) bucket: &'a str,
    /// The file or directory to read or to make.
    pub(super) local: &'a Path,
    /// studio's catalogue; new before an upload.
    pub(super) database: &'a Path,
}

/// Where the programs are, and what leads them to the server.
#[derive(Debug)]
pub(super) struct Clients {
    studio: PathBuf,
    python: PathBuf,
    /// The program itself: its package starts it through Python.
    s5cmd: PathBuf,
    environment: Vec<(String, String)>,
}

impl Clients {
    /// `python` is that of an environment with all peers.
    pub(super) fn new(
        studio: PathBuf,
        python: &Path,
        environment: Vec<(String, String)>,
    ) -> Result<Self> {
        let ask = "import os, s5cmd; print(os.path.dirname(s5cmd.__file__))";
        let answer = Command::new(python).args(["-I", "-c", ask]).output()?;
        let package = PathBuf::from(String::from_utf8(answer.stdout)?.trim_end());
        let s5cmd = package.join("bin/s5cmd");
        match s5cmd.is_file() {
            true => Ok(Self { studio, python: python.to_owned(), s5cmd, environment }),
            false => Err(format!("there is no s5cmd at {}", s5cmd.display()).into()),
        }
    }

    /// The command that does a task.
    pub(super) fn command(&self, client: Client, task: Task<'_>) -> Command {
        let mut command = match client {
            Client::Studio => self.studio(task),
            Client::S5cmd => self.s5cmd(task),
            Client::Rclone => self.rclone(task),
            Client::AwsCli => self.aws_cli(task),
            Client::Boto3 => self.boto3(task),
        };
        command.envs(self.environment.iter().cloned());
        alone(&mut command);
        command
    }

    fn studio(&self, Task { case, way, bucket, local, database }: Task<'_>) -> Command {
        let mut command = Command::new(&self.studio);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("STUDIO_") {
                command.env_remove(name);
            }
        }
        command.env("STUDIO_STORE", format!("s3://{bucket}")).env("STUDIO_DATABASE", database);
        command.args(match (case, way) {
            (Case::One, Way::Up) => ["upload", "--artist=a", "--song=s"].as_slice(),
            (Case::One, Way::Down) => &["download", "--artist=a", "--song=s"],
            (Case::Many, Way::Up) => &["import", "--artist=a", "--song=s", "--yes"],
            (Case::Many, Way::Down) => &["export", "--artist=a"],
        });
        match case {
            Case::One => command.args(["--track=t", "--version=v", "--file-path"]).arg(local),
            Case::Many => command.args(["--pattern", PATTERN]).arg(local),
        };
        command
    }

    fn s5cmd(&self, Task { case, way, bucket, local, .. }: Task<'_>) -> Command {
        let mut command = Command::new(&self.s5cmd);
        command.arg("cp");
        let (local, remote) = match (case, way) {
            (Case::One, _) => (local.to_owned(), format!("s3://{bucket}/one.bin")),
            (Case::Many, Way::Up) => (local.join("*"), format!("s3://{bucket}/many/")),
            // The slash at the end makes it a directory.
            (Case::Many, Way::Down) => (local.join(""), format!("s3://{bucket}/many/*")),
        };
        in_order(&mut command, way, &local, &remote);
        command.env("S3_ENDPOINT_URL", self.endpoint());
        command
    }

    fn rclone(&self, Task { case, way, bucket, local, .. }: Task<'_>) -> Command {
        let mut command = Command::new(self.python.with_file_name("rclone"));
        command.arg(if case == Case::One { "copyto" } else { "copy" });
        let name = if case == Case::One { "one.bin" } else { "many" };
        in_order(&mut command, way, local, &format!("bench:{bucket}/{name}"));
        command.env("RCLONE_CONFIG", "/dev/null").env("RCLONE_CONFIG_BENCH_TYPE", "s3");
        command.env("RCLONE_CONFIG_BENCH_PROVIDER", "Other");
        command.env("RCLONE_CONFIG_BENCH_ENV_AUTH", "true");
        command.env("RCLONE_CONFIG_BENCH_ENDPOINT", self.endpoint());
        command
    }

    fn aws_cli(&self, Task { case, way, bucket, local, .. }: Task<'_>) -> Command {
        let mut command = Command::new(&self.python);
        command.arg(self.python.with_file_name("aws"));
        command.args(["s3", "cp", "--only-show-errors"]);
        match case {
            Case::One => in_order(&mut command, way, local, &format!("s3://{bucket}/one.bin")),
            Case::Many => {
                command.arg("--recursive");
                in_order(&mut command, way, local, &format!("s3://{bucket}/many/"));
            }
        }
        command
    }

    fn boto3(&self, Task { case, way, bucket, local, .. }: Task<'_>) -> Command {
        let mut command = Command::new(&self.python);
        let name = if case == Case::One { "one.bin" } else { "many/" };
        command.args(["-c", BOTO3, &way.to_string(), bucket, name]).arg(local);
        command
    }

    fn endpoint(&self) -> &str {
        let named = self.environment.iter().find(|(name, _)| name == "AWS_ENDPOINT_URL");
        named.map_or("", |(_, endpoint)| endpoint)
    }
}

/// From first, then to.
fn in_order(command: &mut Command, way: Way, local: &Path, remote: &str) {
    match way {
        Way::Up => command.arg(local).arg(remote),
        Way::Down => command.arg(remote).arg(local),
    };
}
