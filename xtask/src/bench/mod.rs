//! Measures. Each prints a table and fails when a bound does not hold. Times are compared
//! within one run, as ratios: seconds alone say more about the machine.

pub(crate) mod audio;
pub(crate) mod auth;
pub(crate) mod catalog;
pub(crate) mod clone;
pub(crate) mod ingest;
pub(crate) mod memory;
mod meter;
pub(crate) mod pages;
pub(crate) mod race;
pub(crate) mod recover;
pub(crate) mod serve;
mod site;
pub(crate) mod transfer;
mod wrk;

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::cargo::print;

/// The median wall time of several runs of each of some commands, taken in turns so that
/// a busy moment hits all of them. The first round is not counted.
fn medians(rounds: usize, commands: &mut [Command]) -> Result<Vec<Duration>> {
    let mut times = vec![Vec::new(); commands.len()];
    for round in 0..=rounds {
        for (command, times) in commands.iter_mut().zip(&mut times) {
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
            let start = Instant::now();
            let done = command.spawn()?.wait_with_output()?;
            let time = start.elapsed();
            if !done.status.success() {
                let text = String::from_utf8_lossy(&done.stderr);
                return Err(format!("{command:?} failed: {text}").into());
            }
            if round > 0 {
                times.push(time);
            }
        }
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2]
    };
    Ok(times.iter_mut().map(median).collect())
}

/// The one in the middle.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// One line of a result: what, how much, and whether that is within the bound.
struct Verdict {
    what: String,
    found: f64,
    unit: &'static str,
    most: f64,
}

impl Verdict {
    fn ratio(what: impl Into<String>, found: Duration, reference: Duration, most: f64) -> Self {
        let ratio = found.as_secs_f64() / reference.as_secs_f64();
        Self { what: what.into(), found: ratio, unit: "times", most }
    }
}

/// Prints the verdicts and fails if one is not within its bound.
fn judge(verdicts: &[Verdict]) -> Result {
    print("");
    let mut failed = 0;
    for Verdict { what, found, unit, most } in verdicts {
        let holds = found <= most;
        failed += usize::from(!holds);
        let word = if holds { "holds" } else { "FAILS" };
        // Small bounds are of a few hundredths.
        let digits = if *most < 1.0 { 4 } else { 2 };
        print(&format!("{word}  {found:8.digits$} {unit} (at most {most}): {what}"));
    }
    match failed {
        0 => Ok(()),
        _ => Err(format!("{failed} of {} measures do not hold", verdicts.len()).into()),
    }
}
