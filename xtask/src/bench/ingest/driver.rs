//! What happens to buckets and queues, done by another program than studio.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::Result;
use crate::s3::alone;

const SCRIPT: &str = include_str!("driver.py");

/// AWS's own library at work in a process of its own, which ends with this one.
pub(super) struct Driver {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Driver {
    /// `python` has boto3; the environment leads to the servers. All random choices follow
    /// from the seed.
    pub(super) fn start(
        python: &Path,
        environment: &[(String, String)],
        seed: u64,
    ) -> Result<Self> {
        let mut command = Command::new(python);
        command.args(["-c", SCRIPT]);
        settle(&mut command, environment);
        command.env("DRIVER_SEED", seed.to_string());
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let output = BufReader::new(output.ok_or("the driver has no stdout")?);
        Ok(Self { child, input, output })
    }

    /// Asks for something; its answer.
    pub(super) fn ask(&mut self, asked: &Value) -> Result<Value> {
        let input = self.input.as_mut().ok_or("the driver has no stdin")?;
        let mut line = String::new();
        let sent = writeln!(input, "{asked}").and_then(|()| self.output.read_line(&mut line));
        match sent {
            Ok(length) if length > 0 => Ok(serde_json::from_str(&line)?),
            // What it was, it said on stderr.
            _ => Err(format!("the driver failed to do `{}`", asked["do"]).into()),
        }
    }

    /// Makes queues.
    pub(super) fn make_queues(&mut self, names: &[&str]) -> Result {
        for name in names {
            self.ask(&json!({ "do": "queue", "name": name }))?;
        }
        Ok(())
    }

    /// Sends messages.
    pub(super) fn send(&mut self, queue: &str, bodies: &[String]) -> Result {
        self.ask(&json!({ "do": "send", "queue": queue, "bodies": bodies })).map(drop)
    }

    /// How many messages there are in some queues together, those in hand included.
    pub(super) fn messages(&mut self, queues: &[&str]) -> Result<u64> {
        let answer = self.ask(&json!({ "do": "counts", "queues": queues }))?;
        let counts = answer["messages"].as_array().ok_or("the driver counts no messages")?;
        Ok(counts.iter().filter_map(Value::as_u64).sum())
    }
}

/// Gives a command with boto3 the environment that leads to the servers, and no other.
pub(super) fn settle(command: &mut Command, environment: &[(String, String)]) {
    alone(command);
    command.envs(environment.iter().cloned());
    // Not every version of it knows the newer name.
    let region = environment.iter().find(|(name, _)| name == "AWS_REGION");
    command.envs(region.map(|(_, region)| ("AWS_DEFAULT_REGION", region)));
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The end of its input is the end of it.
        drop(self.input.take());
        let _ = self.child.wait();
    }
}
