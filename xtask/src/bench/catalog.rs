//! `cargo xtask bench-catalog`: whole processes on catalogues of different sizes.

use std::path::Path;
use std::process::Command;

use super::{Verdict, judge, medians};
use crate::Result;
use crate::cargo::{print, release_studio, target_directory};
use crate::seed;

const SMALL: u64 = 1_000;
const LARGE: u64 = 1_000_000;
const ROUNDS: usize = 30;

/// Measures listings against catalogue size, and the program's start against others'.
pub(crate) fn run() -> Result {
    let studio = release_studio()?;
    let directory = target_directory()?.join("bench");
    std::fs::create_dir_all(&directory)?;
    let database = |size: u64| directory.join(format!("catalog-{size}.db"));
    for size in [0, SMALL, LARGE] {
        let ready = directory.join(format!("catalog-{size}.ready"));
        if !ready.exists() {
            seed::run(size, &database(size))?;
            std::fs::write(ready, "")?;
        }
    }
    let mut verdicts = listings(&studio, database)?;
    verdicts.extend(starts(&studio, &database(0))?);
    judge(&verdicts)
}

fn list(studio: &Path, database: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(studio);
    command.arg("--database").arg(database).arg("list").args(arguments);
    command.env_remove("STUDIO_ARTIST").env_remove("ARTIST_NAME");
    command
}

fn listings(studio: &Path, database: impl Fn(u64) -> std::path::PathBuf) -> Result<Vec<Verdict>> {
    let track = |size: u64| {
        let (artist, song, track) = seed::names(size / 2);
        let arguments = ["--artist", &artist, "--song", &song, "--track", &track];
        list(studio, &database(size), &arguments)
    };
    let page = |size: u64| {
        let after = seed::id(size / 2).to_string();
        list(studio, &database(size), &["--all-artists", "--limit", "100", "--after", &after])
    };
    let mut commands = [track(SMALL), track(LARGE), page(SMALL), page(LARGE)];
    let times = medians(ROUNDS, &mut commands)?;
    print("| whole process, median | 1,000 versions | 1,000,000 versions |");
    print("|---|---|---|");
    print(&format!("| one track (10 versions) | {:.2?} | {:.2?} |", times[0], times[1]));
    print(&format!("| page of 100 in the middle | {:.2?} | {:.2?} |", times[2], times[3]));
    print("");
    Ok(vec![
        Verdict::ratio("list one track, 1,000,000 against 1,000 versions", times[1], times[0], 1.5),
        Verdict::ratio("page in the middle, 1,000,000 against 1,000", times[3], times[2], 1.5),
    ])
}

fn starts(studio: &Path, empty: &Path) -> Result<Vec<Verdict>> {
    let mut sqlite = Command::new("sqlite3");
    sqlite.arg(empty).arg("select 1");
    let mut python = Command::new("python3");
    python.args(["-c", "import boto3"]);
    let mut commands = vec![list(studio, empty, &["--all-artists"])];
    let mut names = vec!["studio list, empty catalogue"];
    for (name, mut peer) in
        [("sqlite3 FILE 'select 1'", sqlite), ("python3 -c 'import boto3'", python)]
    {
        let runs =
            peer.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status();
        match runs.is_ok_and(|status| status.success()) {
            true => {
                names.push(name);
                commands.push(peer);
            }
            false => {
                return Err(format!("`{name}` does not run here, so nothing can be said").into());
            }
        }
    }
    let times = medians(ROUNDS, &mut commands)?;
    print("| whole process, median | time |");
    print("|---|---|");
    for (name, time) in names.iter().zip(&times) {
        print(&format!("| `{name}` | {time:.2?} |"));
    }
    let peers = names.iter().zip(&times).skip(1);
    Ok(peers
        .map(|(name, time)| {
            let most = if name.starts_with("sqlite3") { 3.0 } else { 1.0 };
            Verdict::ratio(format!("start of studio list against {name}"), times[0], *time, most)
        })
        .collect())
}
