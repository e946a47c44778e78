//! Uploads to a place that is taken: the same bytes are fine, other bytes are a conflict.
//!
//! Run it with `cargo run --example upload_again`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;

use studio_core::{ErrorKind, Job, MemoryStore, SqliteCatalog, Studio, Upload, VersionPath};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let session = tempfile::tempdir()?;
    let take = session.path().join("bass.wav");
    let catalog = SqliteCatalog::in_memory()?;
    let studio = Studio::new(Arc::new(catalog), Arc::new(MemoryStore::new()));
    let job = Job::default();

    let path = VersionPath {
        artist: "Khruangbin".parse()?,
        song: "Maria También".parse()?,
        track: "Laura Lee's Bass".parse()?,
        tag: "demo".parse()?,
    };
    let mut request = Upload { path, file: take.clone() };

    fs::write(&take, b"dum dum")?;
    let first = studio.upload(&request, &job).await?;
    println!("first:  {:?}, {} bytes sent", first.outcome, first.sent_bytes);

    // Nothing happens, and that is success: a command that was cut off can be repeated.
    let second = studio.upload(&request, &job).await?;
    println!("second: {:?}, {} bytes sent", second.outcome, second.sent_bytes);

    // Versions are immutable: other bytes never replace those that are there.
    fs::write(&take, b"dum dum dum")?;
    match studio.upload(&request, &job).await {
        Err(error) if error.kind() == ErrorKind::Conflict => println!("third:  refused, {error}"),
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("a version was replaced".into()),
    }

    request.path.tag = "demo 2".parse()?;
    let other = studio.upload(&request, &job).await?;
    println!("fourth: {:?} as {}", other.outcome, other.version.path);
    Ok(())
}
