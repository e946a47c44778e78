//! `cargo xtask bench-race`: 64 processes at once on one place, and on 64.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{Verdict, judge};
use crate::Result;
use crate::cargo::{print, release_studio, say, target_directory};
use crate::services::{self, Kind, Started};

const PROCESSES: usize = 64;
/// The exit code of a conflict.
const CONFLICT: i32 = 4;

/// Races uploads on a directory, and on a real S3 server if there is one.
pub(crate) fn run() -> Result {
    let studio = release_studio()?;
    let mut verdicts = Vec::new();
    print("| 64 uploads at once | stored | exit 4 | other |");
    print("|---|---|---|---|");
    verdicts.extend(race(&studio, "directory", |command, place| {
        command.env("STUDIO_STORE", place.join("store"));
    })?);
    match services::start(Kind::SeaweedFs, &target_directory()?)? {
        Started::Unavailable(reason) => return Err(format!("not raced on S3: {reason}").into()),
        Started::Running(server) => {
            let environment = server.env();
            verdicts.extend(race(&studio, "S3 (SeaweedFS)", |command, _| {
                command.env("STUDIO_STORE", "s3://bench-race").envs(environment.clone());
            })?);
            server.stop()?;
        }
    }
    judge(&verdicts)
}

fn race(
    studio: &Path,
    store: &str,
    configure: impl Fn(&mut Command, &Path),
) -> Result<Vec<Verdict>> {
    let place = tempfile::tempdir_in(target_directory()?)?;
    let file = |n: usize| place.path().join(format!("take-{n}.wav"));
    for n in 0..PROCESSES {
        std::fs::write(file(n), format!("take {n} ").repeat(100_000))?;
    }
    let start = |action: &str, version: &str, file: &Path| -> Result<Child> {
        let mut command = Command::new(studio);
        command.arg(action).args(["--artist", "a", "--song", "s", "--track", "t", "--version"]);
        command.arg(version).arg("--file-path").arg(file);
        command.env("STUDIO_DATABASE", place.path().join("studio.db"));
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        configure(&mut command, place.path());
        Ok(command.spawn()?)
    };
    let count = |what: &str, version: &dyn Fn(usize) -> String| -> Result<Tally> {
        let mut running = Vec::new();
        for n in 0..PROCESSES {
            running.push(start("upload", &version(n), &file(n))?);
        }
        let tally = Tally::of(running)?;
        let Tally { winners, conflicts, others } = &tally;
        print(&format!("| {what}, {store} | {} | {conflicts} | {} |", winners.len(), others.len()));
        others.iter().for_each(|other| say(other));
        Ok(tally)
    };
    // First, so that they also race for the making of the bucket.
    let different = count("different versions", &|n| format!("take {n}"))?;
    let same = count("same version, different bytes", &|_| "contested".to_owned())?;
    let back = place.path().join("back.wav");
    let downloaded = start("download", "contested", &back)?.wait_with_output()?;
    let same_bytes = match same.winners.as_slice() {
        [winner] => std::fs::read(&back)? == std::fs::read(file(*winner))?,
        _ => false,
    };
    let wrong = |what: &str, is_right: bool| Verdict {
        what: format!("{what}, {store}"),
        found: f64::from(u8::from(!is_right)),
        unit: "wrong",
        most: 0.0,
    };
    Ok(vec![
        wrong("exactly one of 64 wins", same.winners.len() == 1),
        wrong("63 exit with 4", same.conflicts == PROCESSES - 1),
        wrong("the winner's bytes come back", downloaded.status.success() && same_bytes),
        wrong("64 different versions are all stored", different.winners.len() == PROCESSES),
    ])
}

/// How the processes ended.
struct Tally {
    winners: Vec<usize>,
    conflicts: usize,
    others: Vec<String>,
}

impl Tally {
    fn of(running: Vec<Child>) -> Result<Self> {
        let mut tally = Self { winners: Vec::new(), conflicts: 0, others: Vec::new() };
        for (n, child) in running.into_iter().enumerate() {
            let ended = child.wait_with_output()?;
            match ended.status.code() {
                Some(0) => tally.winners.push(n),
                Some(CONFLICT) => tally.conflicts += 1,
                _ => {
                    let text = String::from_utf8_lossy(&ended.stderr);
                    tally.others.push(format!("process {n}: {}: {text}", ended.status));
                }
            }
        }
        Ok(tally)
    }
}
