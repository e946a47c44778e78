//! What a process took, as the kernel counts it: wall time, CPU time and peak memory.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::Result;
use crate::cargo::line;

const SCRIPT: &str = include_str!("meter.py");

/// What one run of a command took, its children included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Usage {
    /// Seconds from start to end.
    pub(super) wall: f64,
    /// Seconds of CPU in the program.
    pub(super) user: f64,
    /// Seconds of CPU in the kernel on its behalf.
    pub(super) system: f64,
    /// The largest resident set, in MiB. About 10 is the least that can be seen: the
    /// process that started it counts too, up to the moment of the start.
    pub(super) peak_mib: f64,
}

impl Usage {
    /// CPU seconds in all.
    pub(super) fn cpu(&self) -> f64 {
        self.user + self.system
    }
}

/// Runs a command to its end; it must succeed. What it writes goes to files in `place`.
pub(super) fn measure(command: &Command, place: &Path) -> Result<Usage> {
    let (report, errors) = (place.join("usage.json"), place.join("errors.txt"));
    // The kernel tells a process's CPU time to the end only to its parent, by wait4, which
    // Python has and safe Rust has not.
    let mut meter = Command::new("python3");
    meter.args(["-I", "-c", SCRIPT]).arg(&report);
    meter.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => meter.env(name, value),
            None => meter.env_remove(name),
        };
    }
    meter.current_dir(place).stdin(Stdio::null()).stdout(Stdio::null());
    let status = meter.stderr(File::create(&errors)?).status()?;
    if !status.success() {
        let text = std::fs::read_to_string(&errors)?;
        return Err(format!("`{}` failed: {}", line(command), text.trim_end()).into());
    }
    let json = serde_json::from_str(&std::fs::read_to_string(&report)?)?;
    usage(&json).ok_or_else(|| "the report of a run is not as expected".into())
}

fn usage(json: &Value) -> Option<Usage> {
    let number = |name: &str| json.get(name)?.as_f64();
    Some(Usage {
        wall: number("wall")?,
        user: number("user")?,
        system: number("system")?,
        peak_mib: number("peak_kib")? / 1024.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_children_took_is_counted_and_a_failure_is_told() -> Result {
        let place = tempfile::tempdir()?;
        let busy = "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done";
        let mut command = Command::new("sh");
        command.args(["-c", &format!("sh -c '{busy}'; true")]);
        let usage = measure(&command, place.path())?;
        assert!(usage.cpu() > 0.0 && usage.wall > 0.0 && usage.peak_mib > 0.5, "{usage:?}");
        let mut fails = Command::new("sh");
        fails.args(["-c", "echo why >&2; exit 3"]);
        let error = measure(&fails, place.path()).err().map(|error| error.to_string());
        let error = error.unwrap_or_default();
        assert!(error.contains("why") && error.contains("ended with 3"), "{error}");
        Ok(())
    }
}
