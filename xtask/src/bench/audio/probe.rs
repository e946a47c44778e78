//! What a file's header takes: in a process, and as a process of its own.

use super::signals::Take;
use super::{Bench, Program, Verdict, installed, peers, work};
use crate::Result;

/// The most that one file may take in a process (microseconds).
const MOST_MICROS: f64 = 50.0;

pub(super) fn rows(bench: &Bench) -> Result<Vec<Verdict>> {
    let file = bench.path("probe.wav");
    Take { seconds: 10, seed: 5, ..Take::default() }.write(&file)?;
    let mut programs =
        vec![Program { name: "studio, 10,000 times", ..bench.studio("probe", &[&file]) }];
    programs.extend(installed([peers::ffprobe(&file)]));
    // Of one process for 10,000 files and one for each file nothing is said but what they took.
    let (own, _) = bench.race("probe, WAV", programs, &file, f64::INFINITY)?;
    std::fs::remove_file(&file)?;
    Ok(vec![Verdict {
        what: "probe of a WAV in a process, its opening included".to_owned(),
        found: own.cpu() / f64::from(work::PROBES) * 1e6,
        unit: "us",
        most: MOST_MICROS,
    }])
}
