//! `cargo xtask schema`: what diesel knows of the database is generated, never written.

use std::path::PathBuf;
use std::process::Command;

use studio_repo::SqliteCatalog;

use crate::Result;
use crate::cargo::{self, cargo, root, say, target_directory};

/// The generator's version: that of diesel.
const DIESEL_CLI: &str = "2.3.14";

/// Writes the schema, or compares it with what is there.
pub(crate) fn run(check: bool) -> Result {
    let file = root()?.join("crates/studio-repo/src/sqlite/schema.rs");
    let generated = generate()?;
    if !check {
        std::fs::write(&file, generated)?;
        say(&format!("wrote {}", file.display()));
        return Ok(());
    }
    match std::fs::read_to_string(&file)? == generated {
        true => {
            say("the schema is what the migrations make");
            Ok(())
        }
        false => Err(format!(
            "{} is not what the migrations make; run `cargo xtask schema`",
            file.display()
        )
        .into()),
    }
}

/// Makes a database by the embedded migrations and lets diesel describe it.
fn generate() -> Result<String> {
    let diesel = diesel_cli()?;
    let directory = tempfile::tempdir()?;
    let database = directory.path().join("empty.db");
    drop(SqliteCatalog::open(&database)?);
    let described = Command::new(diesel)
        .current_dir(root()?)
        .args(["print-schema", "--database-url"])
        .arg(&database)
        .output()?;
    match described.status.success() {
        true => Ok(String::from_utf8(described.stdout)?),
        false => Err(String::from_utf8_lossy(&described.stderr).into()),
    }
}

/// Diesel's command line, built once into the target directory.
fn diesel_cli() -> Result<PathBuf> {
    let tools = target_directory()?.join("tools");
    let diesel = tools.join("bin/diesel");
    let version = Command::new(&diesel).arg("--version").output();
    if version.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains(DIESEL_CLI)) {
        return Ok(diesel);
    }
    say("building diesel's command line, once");
    cargo::run(
        cargo(&["install", "diesel_cli", "--version", DIESEL_CLI, "--locked", "--quiet"])?
            .args(["--no-default-features", "--features", "sqlite-bundled", "--debug", "--root"])
            .arg(&tools)
            .env("CARGO_TARGET_DIR", tools.join("build")),
    )?;
    Ok(diesel)
}
