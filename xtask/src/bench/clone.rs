//! `cargo xtask bench-clone`: the README's commands as a newcomer runs them.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use super::{Verdict, judge};
use crate::Result;
use crate::cargo::{self, print, root, say, target_directory};

/// Clones the last commit into an empty directory, downloads, and measures from there.
pub(crate) fn run(ci: bool) -> Result {
    std::fs::create_dir_all(target_directory()?)?;
    let place = tempfile::tempdir_in(target_directory()?)?;
    let clone = place.path().join("studio");
    cargo::run(Command::new("git").args(["clone", "--quiet"]).arg(root()?).arg(&clone))?;
    cargo::run(in_clone(&clone, "cargo").args(["fetch", "--locked", "--quiet"]))?;
    let commands = readme_commands(&clone)?;
    let [first, second] = commands.as_slice() else {
        return Err("the README does not begin with two commands".into());
    };
    let mut verdicts = vec![measure(&clone, first, 6.0)?, measure(&clone, second, 15.0)?];
    if ci {
        // With nothing built, as on a new machine.
        std::fs::remove_dir_all(clone.join("target"))?;
        verdicts.push(measure(&clone, "bash .ci/run", 30.0)?);
    }
    judge(&verdicts)
}

/// The commands in the README's first block of code.
fn readme_commands(clone: &Path) -> Result<Vec<String>> {
    let readme = std::fs::read_to_string(clone.join("README.md"))?;
    let block = readme.split("```").nth(1).ok_or("the README has no block of code")?;
    let lines = block.lines().skip(1).map(|line| line.split('#').next().unwrap_or("").trim());
    Ok(lines.filter(|line| !line.is_empty()).map(str::to_owned).collect())
}

fn in_clone(clone: &Path, program: &str) -> Command {
    let mut command = Command::new(program);
    // What cargo tells this program is not true for the clone.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO") && name != "CARGO_HOME" {
            command.env_remove(name);
        }
    }
    command.current_dir(clone);
    command
}

fn measure(clone: &Path, line: &str, most_minutes: f64) -> Result<Verdict> {
    say(&format!("$ {line}"));
    let start = Instant::now();
    cargo::run(in_clone(clone, "sh").args(["-c", line]))?;
    let minutes = start.elapsed().as_secs_f64() / 60.0;
    print(&format!("{minutes:.1} minutes: {line}"));
    Ok(Verdict { what: line.to_owned(), found: minutes, unit: "minutes", most: most_minutes })
}
