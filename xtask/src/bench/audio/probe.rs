//! What a file's header takes: in a process, and as a process of its own.

use std::path::Path;
use std::process::Command;

use super::signals::Take;
use super::{Bench, Program, Verdict, installed, peers, work};
use crate::Result;
use crate::cargo::release_studio;

/// The most that one file may take in a process (microseconds).
const MOST_MICROS: f64 = 50.0;
/// The most that the whole process of `studio probe FILE` may take (milliseconds).
const MOST_MILLIS: f64 = 5.0;
/// How many processes of each program are started, so that the median is not chance.
const PROCESSES: u32 = 50;

pub(super) fn rows(bench: &Bench) -> Result<Vec<Verdict>> {
    let file = bench.path("probe.wav");
    Take { seconds: 10, seed: 5, ..Take::default() }.write(&file)?;
    let many = Program { name: "studio, 10,000 times", ..bench.studio("probe", &[&file]) };
    // One process for 10,000 files has no peer.
    let (own, _) = bench.race("probe, WAV", vec![many], &file, f64::INFINITY)?;
    let mut verdicts = vec![Verdict {
        what: "probe of a WAV in a process, its opening included".to_owned(),
        found: own.cpu() / f64::from(work::PROBES) * 1e6,
        unit: "us",
        most: MOST_MICROS,
    }];
    verdicts.extend(whole_process(bench, &file)?);
    std::fs::remove_file(&file)?;
    Ok(verdicts)
}

/// What `studio probe FILE` takes from start to end.
fn whole_process(bench: &Bench, file: &Path) -> Result<Vec<Verdict>> {
    let mut command = Command::new(release_studio()?);
    // No settings of whoever runs this count.
    command.env("XDG_CONFIG_HOME", bench.place.path()).arg("probe").arg(file);
    let mut programs = vec![Program { name: "studio probe", command }];
    programs.extend(installed([peers::ffprobe(file)]));
    let case = "probe, WAV, one process";
    let (own, against_peers) = bench.race_of(PROCESSES, case, programs, file, 1.0)?;
    let verdict = Verdict {
        what: format!("{case}: CPU from start to end, median of {PROCESSES}"),
        found: own.cpu() * 1e3,
        unit: "ms",
        most: MOST_MILLIS,
    };
    Ok(std::iter::once(verdict).chain(against_peers).collect())
}
