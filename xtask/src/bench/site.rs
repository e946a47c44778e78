//! studio's programs at work behind a measure, in a place of their own.

use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::cargo::line;
use crate::s3::alone;

/// How long a service may take to its first answer, or to its end.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the kernel counts CPU time in, on every Linux (`USER_HZ`).
const TICKS: f64 = 100.0;

/// Where studio runs, and what it is told of servers.
pub(super) struct Site {
    studio: PathBuf,
    place: PathBuf,
    environment: Vec<(String, String)>,
}

impl Site {
    /// A new place below `parent`.
    pub(super) fn new(
        studio: &Path,
        parent: &Path,
        name: &str,
        environment: Vec<(String, String)>,
    ) -> Result<Self> {
        let place = parent.join(name);
        fs::create_dir(&place)?;
        Ok(Self { studio: studio.to_owned(), place, environment })
    }

    /// studio with nothing of the person's own settings.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        // It goes when this program goes, whatever ended that.
        let mut command = match Path::new("/usr/bin/setpriv").exists() {
            true => {
                let mut tied = Command::new("/usr/bin/setpriv");
                tied.args(["--pdeathsig", "KILL"]).arg(&self.studio);
                tied
            }
            false => Command::new(&self.studio),
        };
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("STUDIO_") || text.starts_with("AWS_") {
                command.env_remove(name);
            }
        }
        command.args(arguments).current_dir(&self.place).envs(self.environment.iter().cloned());
        alone(&mut command);
        for name in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"] {
            command.env(name, &self.place);
        }
        command.env("STUDIO_DATABASE", self.place.join("studio.db"));
        command.env("NO_COLOR", "1").stdin(Stdio::null());
        command
    }

    /// Runs studio to its end, and gives what it printed.
    pub(super) fn run(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        self.run_with(arguments, &[])
    }

    /// The same with some variables more.
    pub(super) fn run_with(&self, arguments: &[&str], more: &[(&str, &str)]) -> Result<Vec<u8>> {
        let mut command = self.command(arguments);
        command.envs(more.iter().copied());
        let done = command.output()?;
        match done.status.success() {
            true => Ok(done.stdout),
            false => {
                let text = String::from_utf8_lossy(&done.stderr);
                Err(format!("`{}` failed: {}", line(&command), text.trim_end()).into())
            }
        }
    }

    /// Runs studio until it is stopped. What it writes is added to a file.
    pub(super) fn start(&self, arguments: &[&str], log: &str) -> Result<Service> {
        let log = self.place.join(log);
        let errors = File::options().create(true).append(true).open(&log)?;
        let child = self.command(arguments).stdout(Stdio::null()).stderr(errors).spawn()?;
        Ok(Service { child, log })
    }

    /// Starts the asset service, and gives its URL when it answers.
    pub(super) fn serve(&self, arguments: &[&str]) -> Result<(Service, String)> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let listen = address.to_string();
        let mut service =
            self.start(&[&["serve", "--listen", &listen], arguments].concat(), "serve.log")?;
        let deadline = Instant::now() + PATIENCE;
        while TcpStream::connect(address).is_err() {
            if service.child.try_wait()?.is_some() || Instant::now() > deadline {
                return Err(format!("the service did not start: {}", service.end_of_log()).into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok((service, format!("http://{address}")))
    }
}

/// A process of studio. Dropping it kills it.
pub(super) struct Service {
    child: Child,
    log: PathBuf,
}

impl Service {
    /// The number of its process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// What it writes, from the beginning.
    pub(super) fn open_log(&self) -> Result<File> {
        Ok(File::open(&self.log)?)
    }

    fn end_of_log(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(8)..].join("\n")
    }

    /// Fails with the end of its log if it has ended.
    pub(super) fn check(&mut self) -> Result {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(format!("studio ended ({status}): {}", self.end_of_log()).into()),
        }
    }

    /// Ends it at once, by the signal that no program can handle.
    pub(super) fn kill(&mut self) -> Result<ExitStatus> {
        self.child.kill()?;
        Ok(self.child.wait()?)
    }

    /// Ends it as a service is ended; the CPU seconds that it took to its end.
    pub(super) fn stop(mut self) -> Result<f64> {
        let id = self.child.id();
        let status = Command::new("kill").arg(id.to_string()).status()?;
        let deadline = Instant::now() + PATIENCE;
        // One that has ended and is not waited for still tells what it took.
        while state(id)? != 'Z' {
            if Instant::now() > deadline {
                return Err(format!("studio does not end: {}", self.end_of_log()).into());
            }
            thread::sleep(Duration::from_millis(5));
        }
        let cpu = self.cpu()?;
        let ended = self.child.wait()?;
        match status.success() && ended.success() {
            true => Ok(cpu),
            false => Err(format!("studio ended with {ended}: {}", self.end_of_log()).into()),
        }
    }

    /// The CPU seconds that it took so far.
    pub(super) fn cpu(&self) -> Result<f64> {
        let text = stat(self.child.id())?;
        let mut fields = text.split_whitespace().skip(11);
        let mut ticks = || fields.next()?.parse::<f64>().ok();
        let both = ticks().zip(ticks()).map(|(user, system)| user + system);
        Ok(both.ok_or("the kernel tells no CPU time")? / TICKS)
    }

    /// Something of its memory, in MiB: `VmRSS` or `VmHWM`.
    pub(super) fn memory(&self, what: &str) -> Result<f64> {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix(what)?.strip_prefix(':'));
        let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<f64>().ok());
        Ok(kib.ok_or_else(|| format!("the kernel tells no {what}"))? / 1024.0)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // One that has ended is nothing to be ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the kernel tells of a process behind its name, which may hold anything.
fn stat(id: u32) -> Result<String> {
    let text = fs::read_to_string(format!("/proc/{id}/stat"))?;
    let (_, rest) = text.rsplit_once(')').ok_or("the kernel tells nothing of a process")?;
    Ok(rest.to_owned())
}

fn state(id: u32) -> Result<char> {
    Ok(stat(id)?.trim_start().chars().next().unwrap_or('?'))
}
