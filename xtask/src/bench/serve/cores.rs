//! Which cores programs run on.
//!
//! A server of S3 is another machine than studio's. On the same cores, each byte that studio
//! passes on takes from the server what it needs to give the next one, and from who listens
//! what it needs to take it. With cores of its own studio leaves both alone, and the two have
//! the same whether it is between them or not.

use std::fs;
use std::process::{Command, Stdio};

use crate::Result;
use crate::cargo::line;

/// The cores that this program may use, as two lists of about the same length.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Halves {
    /// For the server that studio reads from, and for those who listen.
    pub(super) server: String,
    /// For studio.
    pub(super) studio: String,
}

impl Halves {
    /// Those of this machine.
    pub(super) fn find() -> Result<Self> {
        let status = fs::read_to_string("/proc/self/status")?;
        let list = status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:"));
        Self::of(list.ok_or("the kernel tells no cores")?.trim())
    }

    fn of(list: &str) -> Result<Self> {
        let mut cores: Vec<u32> = Vec::new();
        for range in list.split(',') {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            cores.extend(first.parse::<u32>()?..=last.parse()?);
        }
        let (server, studio) = cores.split_at(cores.len() / 2);
        if server.is_empty() {
            return Err("two cores are needed, one for studio".into());
        }
        let list = |cores: &[u32]| cores.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        Ok(Self { server: list(server), studio: list(studio) })
    }
}

/// Keeps a running process, with all its threads, to some cores.
pub(super) fn keep(process: u32, cores: &str) -> Result {
    let mut taskset = Command::new("taskset");
    taskset.args(["-a", "-c", "-p", cores, &process.to_string()]).stdout(Stdio::null());
    match taskset.status()?.success() {
        true => Ok(()),
        false => Err(format!("`{}` failed", line(&taskset)).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_halved() -> Result {
        let halves = Halves::of("0-1")?;
        assert_eq!((halves.server.as_str(), halves.studio.as_str()), ("0", "1"));
        let halves = Halves::of("0-2,8,10-11")?;
        assert_eq!((halves.server.as_str(), halves.studio.as_str()), ("0,1,2", "8,10,11"));
        assert!(Halves::of("3").is_err() && Halves::of("x").is_err());
        Ok(())
    }
}
