//! One run of a command, killed or not.

use std::io::{BufRead as _, BufReader};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;
use crate::wire::Wire;

const KILL: i32 = 9;
/// How long a run may take that is not killed by time. One that hangs is a failure.
const LIMIT: Duration = Duration::from_secs(300);

/// When a run is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trigger {
    /// Not at all.
    Never,
    /// When it tells for the nth time that it reached this step.
    Step(&'static str, u64),
    /// When so many bytes have gone to the server; later ones do not get there.
    Bytes(u64),
    /// So long after its start.
    Time(Duration),
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// From start to end.
    pub(super) wall: Duration,
    /// The steps that it told of.
    pub(super) steps: Vec<String>,
    /// The last lines that it wrote to stderr.
    pub(super) errors: String,
}

impl Ended {
    /// Whether it was killed, and had not ended already when it was to be.
    pub(super) fn was_killed(&self) -> bool {
        self.status.signal() == Some(KILL)
    }
}

/// What is heard of a run.
enum News {
    /// A line on stderr.
    Line(String),
    /// The wire lets nothing pass any more.
    Held,
    /// Its stderr is at its end.
    End,
}

/// Runs a command and kills it at the trigger, by the signal that no program can handle.
pub(super) fn attempt(mut command: Command, trigger: Trigger, wire: &Wire) -> Result<Ended> {
    let (sender, news) = mpsc::channel();
    if let Trigger::Bytes(bytes) = trigger {
        let sender = sender.clone();
        // Nobody listens any more if the run has ended by itself.
        wire.hold_after(bytes, move || sender.send(News::Held).unwrap_or_default());
    }
    let start = Instant::now();
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    let stderr = child.stderr.take().ok_or("the run has no stderr")?;
    let reader = thread::spawn(move || read_lines(stderr, &sender));
    let mut lines = Vec::new();
    let in_time = listen(&news, trigger, start, &mut lines);
    // At the trigger, or at the end of its stderr: it may just be ending.
    if trigger != Trigger::Never && in_time != Heard::End || in_time == Heard::TooLong {
        child.kill()?;
    }
    let status = child.wait()?;
    let wall = start.elapsed();
    if matches!(trigger, Trigger::Bytes(_)) {
        wire.cut();
    }
    reader.join().map_err(|_| "the reader of a run's stderr has failed")?;
    lines.extend(news.try_iter().filter_map(|news| match news {
        News::Line(line) => Some(line),
        News::Held | News::End => None,
    }));
    if in_time == Heard::TooLong {
        return Err(format!("a run was not finished in {} s", LIMIT.as_secs()).into());
    }
    let steps = lines.iter().filter_map(|line| step(line)).map(str::to_owned).collect();
    let errors = lines[lines.len().saturating_sub(12)..].join("\n");
    Ok(Ended { status, wall, steps, errors })
}

/// Why listening came to an end.
#[derive(PartialEq, Eq)]
enum Heard {
    Trigger,
    End,
    TooLong,
}

fn listen(
    news: &Receiver<News>,
    trigger: Trigger,
    start: Instant,
    lines: &mut Vec<String>,
) -> Heard {
    let mut to_come = if let Trigger::Step(_, nth) = trigger { nth } else { 0 };
    let deadline = start + if let Trigger::Time(time) = trigger { time } else { LIMIT };
    loop {
        match news.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
            Ok(News::Held) => return Heard::Trigger,
            Ok(News::Line(line)) => {
                let is_it = matches!(trigger, Trigger::Step(name, _) if step(&line) == Some(name));
                lines.push(line);
                to_come -= u64::from(is_it);
                if is_it && to_come == 0 {
                    return Heard::Trigger;
                }
            }
            Ok(News::End) | Err(RecvTimeoutError::Disconnected) => return Heard::End,
            Err(RecvTimeoutError::Timeout) if matches!(trigger, Trigger::Time(_)) => {
                return Heard::Trigger;
            }
            Err(RecvTimeoutError::Timeout) => return Heard::TooLong,
        }
    }
}

fn read_lines(stderr: ChildStderr, news: &Sender<News>) {
    for line in BufReader::new(stderr).lines().map_while(|line| line.ok()) {
        if news.send(News::Line(line)).is_err() {
            return;
        }
    }
    // Said, because another sender may wait for the wire.
    let _ = news.send(News::End);
}

/// The step of the protocol that a line of the log tells of.
fn step(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("studio_core::step:")?;
    rest.split_whitespace().find_map(|word| word.strip_prefix("step="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_log_tells_its_step() {
        let told = "DEBUG studio_core::step: step=part_sent number=3";
        assert_eq!(step(told), Some("part_sent"));
        assert_eq!(step("DEBUG studio_core::lease: step=part_sent"), None);
        assert_eq!(step("error: no such file"), None);
    }

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    fn wire() -> Result<Wire> {
        // Nothing of these tests goes over it.
        Wire::to("http://127.0.0.1:9")
    }

    #[test]
    fn a_run_is_killed_at_the_step_and_not_before() -> Result {
        let script = "tell() { echo \"DEBUG studio_core::step: step=$1\" >&2; }
            tell begun; tell sent; tell sent; exec sleep 60";
        let ended = attempt(shell(script), Trigger::Step("sent", 2), &wire()?)?;
        assert!(ended.was_killed());
        assert_eq!(ended.steps, ["begun", "sent", "sent"]);
        Ok(())
    }

    #[test]
    fn a_run_that_has_ended_was_not_killed() -> Result {
        let ended = attempt(shell("echo why >&2; exit 3"), Trigger::Step("sent", 1), &wire()?)?;
        assert!(!ended.was_killed());
        assert_eq!((ended.status.code(), ended.errors.as_str()), (Some(3), "why"));
        let ended = attempt(shell("exit 0"), Trigger::Never, &wire()?)?;
        assert!(ended.status.success());
        Ok(())
    }

    #[test]
    fn a_run_is_killed_after_its_time() -> Result {
        let time = Duration::from_millis(50);
        let ended = attempt(shell("exec sleep 60"), Trigger::Time(time), &wire()?)?;
        assert!(ended.was_killed() && ended.wall >= time);
        Ok(())
    }
}
