//! `cargo xtask bench-audio`: what is done with sound, against the programs that people do
//! it with. Their CPU time counts, in turns in one run: the times of one machine are not
//! those of another.

mod mix;

use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::meter::{Usage, measure};
use super::{Verdict, judge};
use crate::cargo::{cargo, run as run_command, target_directory};
use crate::{Result, files};

/// What is compared.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How often each program runs; the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

/// Measures everything and fails if a bound does not hold.
pub(crate) fn run(options: &Options) -> Result {
    let place = tempfile::tempdir_in(target_directory()?)?;
    let mut verdicts = Vec::new();
    verdicts.extend(mix::rows(place.path(), options.rounds)?);
    judge(&verdicts)
}

/// An example of studio-audio, built for release.
fn example(name: &str) -> Result<PathBuf> {
    let arguments = ["build", "--release", "--package", "studio-audio", "--example", name];
    run_command(&mut cargo(&arguments)?)?;
    Ok(target_directory()?.join("release/examples").join(name))
}

/// Whether a program is there to compare with.
fn is_there(program: &str, version: &str) -> bool {
    let mut command = Command::new(program);
    command.arg(version).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// What each of some commands took, with the median of the CPU time, run in turns with their
/// sources in memory; the memory is the most of all runs.
fn medians(commands: &[Command], sources: &[PathBuf], rounds: u32) -> Result<Vec<Usage>> {
    let place = tempfile::tempdir()?;
    let mut taken = vec![Vec::new(); commands.len()];
    for _ in 0..rounds {
        for (command, taken) in commands.iter().zip(&mut taken) {
            sources.iter().try_for_each(|source| files::warm(source))?;
            taken.push(measure(command, place.path())?);
        }
    }
    let median = |mut taken: Vec<Usage>| {
        let peak_mib = taken.iter().map(|usage| usage.peak_mib).fold(0.0, f64::max);
        taken.sort_unstable_by(|a, b| a.cpu().total_cmp(&b.cpu()));
        taken.get(taken.len() / 2).map(|usage| Usage { peak_mib, ..*usage })
    };
    taken.into_iter().map(median).collect::<Option<Vec<_>>>().ok_or_else(|| "no run".into())
}
