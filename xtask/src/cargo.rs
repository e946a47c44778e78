//! Running cargo and what it builds.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// Tells the person at the terminal something, on stderr.
pub(crate) fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints a line of a result, on stdout.
pub(crate) fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// The workspace's root.
pub(crate) fn root() -> Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    Ok(here.parent().ok_or("the workspace has no root")?.to_owned())
}

/// Where cargo builds.
pub(crate) fn target_directory() -> Result<PathBuf> {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(directory) => Ok(std::path::absolute(directory)?),
        None => Ok(root()?.join("target")),
    }
}

/// A cargo command in the workspace.
pub(crate) fn cargo(arguments: &[&str]) -> Result<Command> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        // What cargo tells this program of itself; a build script that looks at such a
        // variable would run again, and all that depends on its crate be built again.
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).current_dir(root()?);
    Ok(command)
}

/// Runs a command and fails if it does.
pub(crate) fn run(command: &mut Command) -> Result {
    let status = command.status().map_err(|error| {
        format!("cannot run {}: {error}", command.get_program().to_string_lossy())
    })?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("`{}` failed ({status})", line(command)).into()),
    }
}

/// A command as a person would type it, without its variables.
pub(crate) fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// Builds the program for release and gives its path.
pub(crate) fn release_studio() -> Result<PathBuf> {
    run(&mut cargo(&["build", "--release", "--bin", "studio"])?)?;
    Ok(target_directory()?.join("release/studio"))
}
