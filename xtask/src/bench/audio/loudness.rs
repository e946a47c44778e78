//! Loudness and true peak of a file, and all measures at once.

use super::signals::Take;
use super::{Bench, Verdict, installed, peers};
use crate::Result;

const MINUTES: u32 = 5;
/// The part of a peer's CPU time that it may take.
const MOST_OF_PEER: f64 = 0.5;

pub(super) fn rows(bench: &Bench) -> Result<Vec<Verdict>> {
    let file = bench.path("loudness.wav");
    Take { seconds: MINUTES * 60, seed: 2, ..Take::default() }.write(&file)?;
    let mut verdicts = Vec::new();
    for (task, case) in [
        ("loudness", format!("loudness with true peak, {MINUTES} minutes")),
        ("analyse", format!("all measures in one pass, {MINUTES} minutes")),
    ] {
        let mut programs = vec![bench.studio(task, &[&file])];
        programs.extend(installed([peers::ffmpeg_ebur128(&file)]));
        let (_, against_peers) = bench.race(&case, programs, &file, MOST_OF_PEER)?;
        verdicts.extend(against_peers);
    }
    std::fs::remove_file(&file)?;
    Ok(verdicts)
}
