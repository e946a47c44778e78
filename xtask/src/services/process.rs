//! One server process under a supervising shell that outlives nothing.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::error::{Context as _, Error, Result};
use super::ports;

/// How long a server may take to its first answer, on a loaded machine.
const START_LIMIT: Duration = Duration::from_secs(60);
/// How long the end may take after the grace, which includes removing the data.
const END_LIMIT: Duration = Duration::from_secs(20);
/// Variables of the caller that a server sees; all others (AWS_*, WEED_*,
/// GARAGE_*, ...) could change what it does.
const KEPT_VARIABLES: [&str; 4] = ["PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL"];
const SUPERVISOR: &str = include_str!("supervise.sh");

/// How one server is run.
pub(super) struct Launch {
    /// The binary and its arguments.
    pub(super) command: Vec<OsString>,
    /// Its variables, added to the few that are kept.
    pub(super) env: Vec<(&'static str, OsString)>,
    /// The port where S3 answers.
    pub(super) port: u16,
    /// Seconds between TERM and KILL.
    pub(super) grace: u8,
    /// Sockets outside the data directory that a killed server leaves; their
    /// paths have no spaces.
    pub(super) sockets: Vec<String>,
}

/// A running server. Dropping it ends the server and all its children.
#[derive(Debug)]
pub(super) struct Process {
    supervisor: Child,
    grace: Duration,
    sockets: Vec<String>,
    log: PathBuf,
}

impl Process {
    /// Starts the server in `data` and returns at once.
    pub(super) fn spawn(launch: &Launch, data: &Path, log: &Path) -> Result<Self> {
        let output = File::options()
            .create(true)
            .append(true)
            .open(log)
            .context(|| format!("can't open {}", log.display()))?;
        let errors = output
            .try_clone()
            .context(|| format!("can't share the handle of {}", log.display()))?;
        let mut command = Command::new("sh");
        command
            .args(["-c", SUPERVISOR, "supervise.sh", &launch.grace.to_string()])
            .arg(data)
            .arg(launch.sockets.join(" "))
            .args(&launch.command)
            .current_dir(data)
            .env_clear()
            .envs(KEPT_VARIABLES.iter().filter_map(|key| Some((key, std::env::var_os(key)?))))
            // No configuration of the person's home, no files in the shared temporary directory.
            .env("HOME", data)
            .env("TMPDIR", data)
            .envs(launch.env.iter().map(|(key, value)| (key, value)))
            .stdin(Stdio::piped())
            .stdout(output)
            .stderr(errors)
            .process_group(0);
        let supervisor = command.spawn().context(|| "can't start sh".to_owned())?;
        Ok(Self {
            supervisor,
            grace: Duration::from_secs(launch.grace.into()),
            sockets: launch.sockets.clone(),
            log: log.to_owned(),
        })
    }

    /// Waits until the port answers. An error carries the end of the log.
    pub(super) fn wait_until_ready(&mut self, port: u16) -> Result<()> {
        let deadline = Instant::now() + START_LIMIT;
        let problem = loop {
            // Asked in this order: an answer counts only if ours is still there
            // to have given it, and not another process on the same port.
            let answered = ports::answers_http(port);
            if !self.is_running() {
                break "ended while starting".to_owned();
            }
            if answered {
                return Ok(());
            }
            if Instant::now() >= deadline {
                let seconds = START_LIMIT.as_secs();
                break format!("gave no answer on 127.0.0.1:{port} in {seconds} s");
            }
            thread::sleep(Duration::from_millis(50));
        };
        self.end()?;
        let log = self.log.display();
        Err(Error::new(format!("{problem}; the end of {log}:\n{}", tail(&self.log, 20))))
    }

    /// Whether the server is still there.
    pub(super) fn is_running(&mut self) -> bool {
        matches!(self.supervisor.try_wait(), Ok(None))
    }

    /// The numbers of its processes: all of the group that the supervisor leads.
    pub(super) fn all(&self) -> Result<Vec<u32>> {
        let group = self.supervisor.id().to_string();
        let entries = fs::read_dir("/proc").context(|| "can't list processes".to_owned())?;
        let numbers = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
        let in_group = |number: &u32| {
            // One that has ended meanwhile is none of them.
            let stat = fs::read_to_string(format!("/proc/{number}/stat")).unwrap_or_default();
            // Behind the name, which may hold anything: state, parent, group.
            let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
            rest.split_whitespace().nth(2) == Some(&group)
        };
        Ok(numbers.filter(in_group).collect())
    }

    /// Where the server writes.
    pub(super) fn log(&self) -> &Path {
        &self.log
    }

    /// Ends the server and its children, and waits for that.
    pub(super) fn end(&mut self) -> Result<()> {
        // The end of its stdin tells the supervisor to end the server.
        drop(self.supervisor.stdin.take());
        let deadline = Instant::now() + self.grace + END_LIMIT;
        while self.is_running() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
        if self.is_running() {
            self.kill_group()?;
        }
        let id = self.supervisor.id();
        self.supervisor.wait().context(|| format!("can't wait for process {id}"))?;
        // Only for a supervisor that was killed: it has removed them otherwise.
        for socket in &self.sockets {
            let _ = std::fs::remove_file(socket);
        }
        Ok(())
    }

    /// The last resort. The group can't be another's: the supervisor leads it
    /// and is not yet waited for.
    fn kill_group(&self) -> Result<()> {
        let group = self.supervisor.id().to_string();
        let status = Command::new("sh")
            .args(["-c", r#"kill -s KILL -- "-$1""#, "sh", &group])
            .stdin(Stdio::null())
            .status()
            .context(|| "can't start sh".to_owned())?;
        if status.success() {
            return Ok(());
        }
        Err(Error::new(format!("can't end the process group {group}: kill: {status}")))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Nothing can be done about it here; `end` reports it where it matters.
        let _ = self.end();
    }
}

/// The last lines of a text file, read from its end.
fn tail(path: &Path, lines: usize) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(64 * 1024)))?;
        let mut bytes = Vec::new();
        file.take(64 * 1024).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    match read() {
        Ok(bytes) => last_lines(&String::from_utf8_lossy(&bytes), lines),
        Err(error) => format!("(can't be read: {error})"),
    }
}

/// The last `count` lines of a text.
fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_a_log_is_its_last_lines() {
        assert_eq!(last_lines("a\nb\nc\n", 2), "b\nc");
        assert_eq!(last_lines("a\n", 20), "a");
        assert_eq!(last_lines("", 20), "");
    }

    fn shell(script: &str, grace: u8) -> Launch {
        Launch {
            command: ["sh", "-c", script].map(OsString::from).into(),
            env: Vec::new(),
            port: 0,
            grace,
            sockets: Vec::new(),
        }
    }

    #[test]
    fn a_server_that_ignores_term_is_killed_and_its_data_is_removed() -> Result<()> {
        let directory = tempfile::tempdir().context(|| "tempdir".to_owned())?;
        let data = directory.path().join("data");
        std::fs::create_dir(&data).context(|| "create".to_owned())?;
        let launch = shell("trap '' TERM; touch deaf; while :; do sleep 0.1; done", 1);
        let mut process = Process::spawn(&launch, &data, &directory.path().join("log"))?;
        let deadline = Instant::now() + Duration::from_secs(10);
        while !data.join("deaf").exists() && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(10));
        }
        assert!(process.is_running());
        let begin = Instant::now();
        process.end()?;
        assert!(begin.elapsed() >= Duration::from_secs(1));
        assert!(!process.is_running());
        assert!(!data.exists());
        Ok(())
    }

    #[test]
    fn a_server_that_ends_while_starting_is_an_error_with_its_log() -> Result<()> {
        let directory = tempfile::tempdir().context(|| "tempdir".to_owned())?;
        let data = directory.path().join("data");
        std::fs::create_dir(&data).context(|| "create".to_owned())?;
        let launch = shell("echo no such option >&2; exit 3", 1);
        let mut process = Process::spawn(&launch, &data, &directory.path().join("log"))?;
        let [port] = ports::free_ports()?;
        let error = process.wait_until_ready(port).err().map(|error| error.to_string());
        let error = error.unwrap_or_default();
        assert!(error.contains("ended while starting"), "{error}");
        assert!(error.contains("no such option\nthe server ended with status 3"), "{error}");
        Ok(())
    }
}
