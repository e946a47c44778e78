//! What is killed: an upload of one file, an import of a folder, or a recording that is taken
//! in.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::cargo::line;
use crate::s3::alone;
use crate::{Result, files};

/// The parts of one file that are in flight at once (`TransferOptions::default` in
/// studio-core): three of 8 MiB.
const IN_FLIGHT_OF_FILE: u64 = 3 * (8 << 20);
/// The most that is in flight of all files together (`MOST_IN_FLIGHT` in studio-core).
const IN_FLIGHT_OF_ALL: u64 = 48 << 20;
/// The sizes of an import's files, in hundredths of the whole: some have many parts, some
/// few, some one.
const SHARES: [u64; 8] = [36, 22, 14, 10, 8, 5, 4, 1];

/// The steps of the storage protocol, as the program tells them in its log.
pub(super) const STEPS: [&str; 12] = [
    "fingerprinted",
    "reserved",
    "inspected",
    "begun",
    "resumed",
    "part_sent",
    "completing",
    "completed",
    "confirmed",
    "renewed",
    "manifest_written",
    "committed",
];
/// Those that only a file of several parts goes through.
const STEPS_OF_PARTS: [&str; 5] = ["begun", "resumed", "part_sent", "completing", "completed"];

/// A command of studio that sends files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Subject {
    /// `studio upload` of one file.
    Upload,
    /// `studio import` of a folder.
    Import,
    /// `studio recording add` of one file.
    Publish,
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Upload => "upload",
            Self::Import => "import",
            Self::Publish => "publish",
        })
    }
}

impl Subject {
    /// How often a run tells of a step, at least, if it is the first one and not a small one.
    pub(super) fn tellings(self, step: &str) -> u64 {
        match (self, step) {
            (_, "part_sent") => 4,
            (Self::Upload | Self::Publish, _) => 1,
            (Self::Import, step) if STEPS_OF_PARTS.contains(&step) => 2,
            (Self::Import, _) => SHARES.len() as u64,
        }
    }

    /// The most bytes that are on their way at any moment.
    pub(super) fn in_flight(self) -> u64 {
        match self {
            Self::Upload | Self::Publish => IN_FLIGHT_OF_FILE,
            Self::Import => IN_FLIGHT_OF_ALL,
        }
    }

    /// Where the manifests are, in the bucket.
    pub(super) fn manifests(self) -> &'static str {
        match self {
            Self::Upload | Self::Import => "versions/",
            Self::Publish => "published/recordings/",
        }
    }

    /// Makes the files, of about `size` bytes together.
    pub(super) fn make(self, directory: &Path, size: u64, seed: u64) -> Result<Vec<PathBuf>> {
        fs::create_dir(directory)?;
        let shares: &[u64] = if self == Self::Import { &SHARES } else { &[100] };
        let mut made = Vec::new();
        for (number, share) in shares.iter().enumerate() {
            let file = directory.join(format!("t{number}_v.bin"));
            let (size, seed) = (size * share / 100, seed.wrapping_add(number as u64));
            match self {
                // What is published must be sound.
                Self::Publish => files::fill_wav(&file, size, seed)?,
                Self::Upload | Self::Import => files::fill(&file, size, seed)?,
            }
            made.push(file);
        }
        Ok(made)
    }
}

/// How studio is run in one history: its store, its catalogue, its files.
#[derive(Debug)]
pub(super) struct Setup<'a> {
    pub(super) studio: &'a Path,
    pub(super) subject: Subject,
    pub(super) bucket: &'a str,
    pub(super) database: PathBuf,
    pub(super) files: Vec<PathBuf>,
    pub(super) directory: PathBuf,
    /// Leads to the server.
    pub(super) environment: &'a [(String, String)],
}

impl Setup<'_> {
    /// The command that is killed.
    pub(super) fn command(&self) -> Command {
        let mut command = self.studio();
        match self.subject {
            Subject::Upload => command
                .args(["upload", "--artist=a", "--song=s", "--track=t0", "--version=v"])
                .arg("--file-path")
                .args(&self.files),
            Subject::Import => command
                .args(["import", "--artist=a", "--song=s", "--yes"])
                .args(["--pattern", "{track}_{version}.bin"])
                .arg(&self.directory),
            Subject::Publish => command
                .args(["recording", "add", "--artist=a", "--title=t0_v", "--file"])
                .args(&self.files),
        };
        command
    }

    /// The names and digests of all versions or recordings in the catalogue, in order.
    pub(super) fn rows(&self) -> Result<Vec<(String, String)>> {
        let mut command = self.studio();
        command.args(match self.subject {
            Subject::Upload | Subject::Import => ["list", "--all-artists", "--json"].as_slice(),
            Subject::Publish => &["recording", "list", "--json"],
        });
        let done = command.output()?;
        if !done.status.success() {
            let text = String::from_utf8_lossy(&done.stderr);
            return Err(format!("`{}` failed: {}", line(&command), text.trim_end()).into());
        }
        let answer: Value = serde_json::from_slice(&done.stdout)?;
        let text = |row: &Value, name: &str| Some(row.get(name)?.as_str()?.to_owned());
        let row = |row: &Value| match self.subject {
            Subject::Upload | Subject::Import => {
                let name = format!("{}_{}", text(row, "track")?, text(row, "version")?);
                Some((name, text(row, "sha256")?))
            }
            Subject::Publish => Some((text(row, "title")?, text(row.get("sound")?, "sha256")?)),
        };
        let list = if self.subject == Subject::Publish { "recordings" } else { "versions" };
        let rows = answer.get(list).and_then(Value::as_array);
        let rows = rows.and_then(|rows| rows.iter().map(row).collect::<Option<Vec<_>>>());
        let mut rows = rows.ok_or("the listing is not as expected")?;
        rows.sort_unstable();
        Ok(rows)
    }

    /// The names and digests that the catalogue must have, as another program computes them.
    pub(super) fn expected(&self) -> Result<Vec<(String, String)>> {
        let mut command = Command::new("sha256sum");
        let done = command.args(&self.files).output()?;
        if !done.status.success() {
            return Err(format!("`{}` failed", line(&command)).into());
        }
        let text = String::from_utf8(done.stdout)?;
        let digests = text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned);
        let names = self.files.iter().filter_map(|file| file.file_stem());
        Ok(names.map(|name| name.to_string_lossy().into_owned()).zip(digests).collect())
    }

    fn studio(&self) -> Command {
        let mut command = Command::new(self.studio);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("STUDIO_") {
                command.env_remove(name);
            }
        }
        command.envs(self.environment.iter().cloned());
        alone(&mut command);
        command.env("STUDIO_STORE", format!("s3://{}", self.bucket));
        command.env("STUDIO_DATABASE", &self.database).env("STUDIO_LOG", "studio_core=debug");
        command.stdin(Stdio::null());
        command
    }
}
