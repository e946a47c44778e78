//! `cargo xtask bench-audio`: what studio takes for a file of sound, and what others take.
//!
//! Every figure is that of a whole process, start and reading included, with the files in
//! the page cache. All programs of a case run in turns, so that a busy moment hits all of
//! them, and the medians of CPU seconds are compared: wall time says more about the machine.

mod compare;
mod loudness;
mod peaks;
mod peers;
mod probe;
mod signals;
pub(crate) mod work;

use std::path::{Path, PathBuf};
use std::process::Command;

use super::meter::{self, Usage};
use super::{Verdict, judge};
use crate::Result;
use crate::cargo::{cargo, print, run as run_command, say, target_directory};

/// What is measured.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How often each program runs; the median counts
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
}

/// Measures every case, and fails if a bound does not hold.
pub(crate) fn run(options: &Options) -> Result {
    let bench = Bench::new(options)?;
    let mut verdicts = Vec::new();
    print("| case | program | CPU s (user + system) | wall s | peak RSS MiB |");
    print("|---|---|---|---|---|");
    verdicts.extend(probe::run(&bench)?);
    verdicts.extend(peaks::run(&bench)?);
    verdicts.extend(loudness::run(&bench)?);
    verdicts.extend(compare::run(&bench)?);
    judge(&verdicts)
}

/// Where it is measured, and with what.
struct Bench {
    place: tempfile::TempDir,
    /// This program, built for release.
    worker: PathBuf,
    rounds: u32,
}

/// A program that does what is measured.
struct Program {
    name: &'static str,
    command: Command,
}

/// What a program took, as medians.
struct Taken {
    name: &'static str,
    cpu: f64,
    wall: f64,
}

impl Bench {
    fn new(options: &Options) -> Result<Self> {
        run_command(&mut cargo(&["build", "--release", "--package", "xtask"])?)?;
        let target = target_directory()?;
        let worker = target.join("release/xtask");
        Ok(Self { place: tempfile::tempdir_in(target)?, worker, rounds: options.rounds })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.place.path().join(name)
    }

    /// studio's library at work in a process of its own.
    fn studio(&self, task: &str, files: &[&Path]) -> Program {
        let mut command = Command::new(&self.worker);
        command.arg("bench-audio-work").arg(task).args(files);
        Program { name: "studio", command }
    }

    /// Runs programs in turns, prints what they took, and gives it in their order. The first
    /// round is not counted.
    fn measure(&self, case: &str, programs: &[Program]) -> Result<Vec<Taken>> {
        let mut usages = vec![Vec::new(); programs.len()];
        for round in 0..=self.rounds {
            for (program, usages) in programs.iter().zip(&mut usages) {
                let usage = meter::measure(&program.command, self.place.path())?;
                if round > 0 {
                    usages.push(usage);
                }
            }
        }
        let taken = programs.iter().zip(&usages).map(|(program, usages)| {
            let median = |of: fn(&Usage) -> f64| median(usages, of);
            let (cpu, wall) = (median(Usage::cpu), median(|usage| usage.wall));
            print(&format!(
                "| {case} | {} | {cpu:.3} ({:.3} + {:.3}) | {wall:.3} | {:.0} |",
                program.name,
                median(|usage| usage.user),
                median(|usage| usage.system),
                median(|usage| usage.peak_mib),
            ));
            Taken { name: program.name, cpu, wall }
        });
        Ok(taken.collect())
    }
}

fn median(usages: &[Usage], of: fn(&Usage) -> f64) -> f64 {
    let mut values: Vec<f64> = usages.iter().map(of).collect();
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// studio's CPU seconds, the first, against those of each peer.
fn against_peers(case: &str, taken: &[Taken], most: f64) -> Vec<Verdict> {
    let Some((studio, peers)) = taken.split_first() else { return Vec::new() };
    let verdict = |peer: &Taken| Verdict {
        what: format!("{case}: CPU against {}", peer.name),
        found: studio.cpu / peer.cpu,
        unit: "times",
        most,
    };
    peers.iter().map(verdict).collect()
}

/// Those of some peers that are installed; of the others it says that they are left out.
fn installed(programs: Vec<Program>) -> Vec<Program> {
    let runs = |program: &Program| {
        let found = peers::is_installed(&program.command);
        if !found {
            say(&format!("{} is left out: it is not installed", program.name));
        }
        found
    };
    programs.into_iter().filter(runs).collect()
}

/// One that holds or not: nothing may be wrong.
fn must(what: impl Into<String>, is_right: bool) -> Verdict {
    let found = f64::from(u8::from(!is_right));
    Verdict { what: what.into(), found, unit: "wrong", most: 0.0 }
}
