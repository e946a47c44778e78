//! wrk: how many requests a server answers, and how long they take.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::Result;

/// What is asked for.
pub(super) enum Asked<'a> {
    /// The same URL again and again.
    Whole,
    /// Ranges of `length` bytes anywhere in a file of `of` bytes.
    Ranges { length: u64, of: u64 },
    /// One of these paths, any.
    Paths(&'a [String]),
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    /// Requests answered in a second.
    pub(super) rate: f64,
    /// Bytes in a second, in MB.
    pub(super) megabytes: f64,
    /// Half of them took at most so many milliseconds.
    pub(super) p50: f64,
    /// 99 of 100 took at most so many milliseconds.
    pub(super) p99: f64,
}

/// How wrk is run.
pub(super) struct Wrk<'a> {
    /// For its script.
    pub(super) place: &'a Path,
    /// The cores that it is kept to; otherwise all.
    pub(super) cores: Option<&'a str>,
    /// How many connections it asks on at once.
    pub(super) connections: u32,
    /// What each request carries beside what it asks for, as `Name: value`.
    pub(super) header: Option<&'a str>,
    /// How many milliseconds each connection rests before a request, about; otherwise it asks
    /// again at once.
    pub(super) pause: Option<u64>,
}

impl<'a> Wrk<'a> {
    /// On all cores, without a pause.
    pub(super) fn new(place: &'a Path, connections: u32) -> Self {
        Self { place, cores: None, connections, header: None, pause: None }
    }

    /// Asks `url` for some seconds. Any answer but a good one is an error.
    pub(super) fn run(&self, url: &str, asked: &Asked<'_>, seconds: u64) -> Result<Found> {
        let script = self.place.join("wrk.lua");
        fs::write(&script, lua(asked, self.pause)?)?;
        let threads = self.connections.min(2).to_string();
        let mut wrk = match self.cores {
            None => Command::new("wrk"),
            Some(cores) => {
                let mut kept = Command::new("taskset");
                kept.args(["-c", cores, "wrk"]);
                kept
            }
        };
        wrk.args(["-t", &threads, "-c", &self.connections.to_string()]);
        wrk.args(["-d", &format!("{seconds}s"), "--timeout", "20s"]);
        if let Some(header) = self.header {
            wrk.args(["-H", header]);
        }
        wrk.arg("-s").arg(&script).arg(url);
        found(&mut wrk, url)
    }
}

fn found(wrk: &mut Command, url: &str) -> Result<Found> {
    let done = wrk.output().map_err(|error| format!("cannot run wrk: {error}"))?;
    let text = String::from_utf8_lossy(&done.stdout).into_owned();
    let line = text.lines().find_map(|line| line.strip_prefix("FOUND "));
    let Some(line) = line.filter(|_| done.status.success()) else {
        let errors = String::from_utf8_lossy(&done.stderr);
        return Err(format!("wrk failed: {text}{errors}").into());
    };
    let numbers: Vec<f64> = line
        .split_whitespace()
        .map(str::parse)
        .collect::<std::result::Result<_, std::num::ParseFloatError>>()?;
    let &[requests, bytes, micros, p50, p99, errors] = numbers.as_slice() else {
        return Err(format!("wrk said `{line}`").into());
    };
    if errors > 0.0 || requests < 1.0 {
        return Err(format!("{errors} of {requests} requests to {url} failed").into());
    }
    let seconds = micros / 1e6;
    Ok(Found {
        rate: requests / seconds,
        megabytes: bytes / seconds / 1e6,
        p50: p50 / 1e3,
        p99: p99 / 1e3,
    })
}

/// What wrk does for a request, and prints at its end.
fn lua(asked: &Asked<'_>, pause: Option<u64>) -> Result<String> {
    let mut lua = String::new();
    if let Some(pause) = pause {
        // Not all at the same moment.
        writeln!(
            lua,
            "delay = function() return math.random({}, {}) end",
            pause / 2,
            pause * 3 / 2
        )?;
    }
    match asked {
        Asked::Whole => {}
        Asked::Ranges { length, of } => write!(
            lua,
            "local last = {}\nrequest = function()\n\
             local first = math.random(0, last)\n\
             wrk.headers['Range'] = 'bytes=' .. first .. '-' .. (first + {})\n\
             return wrk.format('GET')\n\
             end\n",
            of - length,
            length - 1
        )?,
        Asked::Paths(paths) => {
            lua.push_str("local paths = {\n");
            for path in *paths {
                writeln!(lua, "'{path}',")?;
            }
            lua.push_str(
                "}\nrequest = function() return wrk.format('GET', paths[math.random(#paths)]) end\n",
            );
        }
    }
    lua.push_str(
        "done = function(summary, latency)\n\
         local e = summary.errors\n\
         io.write(string.format('FOUND %d %d %d %d %d %d\\n', summary.requests, summary.bytes,\n\
         summary.duration, latency:percentile(50), latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))\n\
         end\n",
    );
    Ok(lua)
}
