//! `cargo xtask services`: servers for a person's own shell.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::error::{Context as _, Error, Result};
use super::{Kind, Server, Started, start};

/// Starts the servers, prints how to reach each as a block for a shell, and
/// stops them when stdin closes. Ctrl-C and every other end of this process
/// stop them too, through their supervisors.
pub(crate) fn run_until_interrupted(kinds: &[Kind], target_dir: &Path) -> Result<()> {
    let mut servers = Vec::new();
    for &kind in kinds {
        match start(kind, target_dir)? {
            Started::Running(server) => {
                print(&block(kind, &server.env()))?;
                servers.push(server);
            }
            Started::Unavailable(reason) => print(&format!("# {kind}: unavailable: {reason}\n"))?,
        }
    }
    if servers.is_empty() {
        return Err(Error::new("no server is running"));
    }
    print("# running until Ctrl-C or the end of input\n")?;
    watch(&mut servers, &end_of_input())?;
    servers.into_iter().try_for_each(Server::stop)
}

/// Returns at the end of input; an error when no server is left to wait for.
fn watch(servers: &mut Vec<Server>, end: &Receiver<()>) -> Result<()> {
    while let Err(RecvTimeoutError::Timeout) = end.recv_timeout(Duration::from_millis(500)) {
        let mut index = 0;
        while let Some(server) = servers.get_mut(index) {
            if server.is_running() {
                index += 1;
                continue;
            }
            print(&format!(
                "# {}: ended by itself, see {}\n",
                server.kind,
                server.log().display()
            ))?;
            servers.remove(index);
        }
        if servers.is_empty() {
            return Err(Error::new("every server ended by itself"));
        }
    }
    Ok(())
}

/// Disconnected at the end of input. The thread may stay blocked in its read:
/// it ends with the process.
fn end_of_input() -> Receiver<()> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let _until_the_end = sender;
        let mut ignored = [0; 1024];
        loop {
            match io::stdin().lock().read(&mut ignored) {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
    });
    receiver
}

/// A comment with the name, then one `export` a line. No value needs quotes.
fn block(kind: Kind, env: &[(String, String)]) -> String {
    let mut text = format!("# {kind}\n");
    for (key, value) in env {
        // Writing to a String can't fail.
        let _ = writeln!(text, "export {key}={value}");
    }
    text
}

/// To stdout at once; unlike `println!` without a panic when nobody reads.
fn print(text: &str) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .context(|| "can't write to stdout".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_is_a_comment_and_exports() {
        let env = [("AWS_REGION", "us-east-1"), ("STUDIO_TEST_S3", "garage")]
            .map(|(key, value)| (key.to_owned(), value.to_owned()));
        let expected = "# garage\nexport AWS_REGION=us-east-1\nexport STUDIO_TEST_S3=garage\n";
        assert_eq!(block(Kind::Garage, &env), expected);
    }
}
