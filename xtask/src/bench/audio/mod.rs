//! `cargo xtask bench-audio`: what is done with sound, against the programs that people do
//! it with.
//!
//! Every figure is that of a whole process, start and reading included. All programs of a
//! case run in turns in one run, with their sources in memory, and their CPU time counts:
//! the times of one machine are not those of another.

mod compare;
mod loudness;
mod mix;
mod peaks;
mod peers;
mod probe;
mod signals;
pub(crate) mod work;

use std::path::{Path, PathBuf};
use std::process::Command;

use super::meter::{Usage, measure};
use super::{Verdict, judge};
use crate::cargo::{cargo, print, run as run_command, say, target_directory};
use crate::{Result, files};

/// What is compared.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// How often each program runs; the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    rounds: u32,
    /// Only this part; otherwise all
    #[arg(long, value_enum)]
    only: Option<Part>,
}

/// A part of the measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Part {
    Probe,
    Peaks,
    Loudness,
    Compare,
    Mix,
}

/// Measures everything, or the part that is asked for, and fails if a bound does not hold.
pub(crate) fn run(options: &Options) -> Result {
    let bench = Bench::new(options)?;
    let wanted = |part| options.only.is_none_or(|only| only == part);
    let mut verdicts = Vec::new();
    print("| case | program | CPU s (user + system) | wall s | peak MiB |");
    print("|---|---|---|---|---|");
    if wanted(Part::Probe) {
        verdicts.extend(probe::rows(&bench)?);
    }
    if wanted(Part::Peaks) {
        verdicts.extend(peaks::rows(&bench)?);
    }
    if wanted(Part::Loudness) {
        verdicts.extend(loudness::rows(&bench)?);
    }
    if wanted(Part::Compare) {
        verdicts.extend(compare::rows(&bench)?);
    }
    if wanted(Part::Mix) {
        print("");
        verdicts.extend(mix::rows(bench.place.path(), options.rounds)?);
    }
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

    /// Runs studio, the first, and its peers, prints what they took, and gives the first's
    /// with a verdict on its CPU time against each peer's, of which it may take the `most`.
    fn race(
        &self,
        case: &str,
        programs: Vec<Program>,
        source: &Path,
        most: f64,
    ) -> Result<(Usage, Vec<Verdict>)> {
        self.race_of(self.rounds, case, programs, source, most)
    }

    /// The same with another number of rounds.
    fn race_of(
        &self,
        rounds: u32,
        case: &str,
        programs: Vec<Program>,
        source: &Path,
        most: f64,
    ) -> Result<(Usage, Vec<Verdict>)> {
        let (names, commands): (Vec<_>, Vec<_>) =
            programs.into_iter().map(|program| (program.name, program.command)).unzip();
        let usages = medians(&commands, &[source.to_owned()], rounds)?;
        for (name, usage) in names.iter().zip(&usages) {
            let Usage { wall, user, system, peak_mib } = usage;
            print(&format!(
                "| {case} | {name} | {:.4} ({user:.4} + {system:.4}) | {wall:.4} | {peak_mib:.0} |",
                usage.cpu()
            ));
        }
        let own = *usages.first().ok_or("no run")?;
        let verdict = |(name, peer): (&&str, &Usage)| Verdict {
            what: format!("{case}: CPU against {name}"),
            found: own.cpu() / peer.cpu(),
            unit: "times",
            most,
        };
        Ok((own, names.iter().zip(&usages).skip(1).map(verdict).collect()))
    }
}

/// Those of some peers that are installed; of the others it says that they are left out.
fn installed(programs: impl IntoIterator<Item = Program>) -> Vec<Program> {
    let mut programs: Vec<Program> = programs.into_iter().collect();
    programs.retain(|program| {
        let found = is_there(program.command.get_program());
        if !found {
            say(&format!("not compared with {}: it is not installed", program.name));
        }
        found
    });
    programs
}

/// One that holds or not: nothing may be wrong.
fn must(what: String, is_right: bool) -> Verdict {
    Verdict { what, found: f64::from(u8::from(!is_right)), unit: "wrong", most: 0.0 }
}

/// An example of studio-audio, built for release.
fn example(name: &str) -> Result<PathBuf> {
    let arguments = ["build", "--release", "--package", "studio-audio", "--example", name];
    run_command(&mut cargo(&arguments)?)?;
    Ok(target_directory()?.join("release/examples").join(name))
}

/// Whether a program is there to compare with, where a shell would look for it.
fn is_there(program: impl AsRef<Path>) -> bool {
    let places = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&places).any(|place| place.join(program.as_ref()).is_file())
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
