//! Watches an upload, cancels it when the sending begins, and uploads once more.
//!
//! Run it with `cargo run --example progress_and_cancel`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;

use studio_core::{CancellationToken, ErrorKind, Event, FileStore, Job, Phase, Progress};
use studio_core::{SqliteCatalog, Studio, Upload, VersionPath};

/// Prints each step. Cancels when the sending begins, if it has a token.
struct Meter(Option<CancellationToken>);

impl Progress for Meter {
    fn on(&self, event: Event) {
        println!("  {event:?}");
        if let (Event::Begin { phase: Phase::Sending, .. }, Some(cancel)) = (event, &self.0) {
            cancel.cancel();
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let session = tempfile::tempdir()?;
    let catalog = SqliteCatalog::in_memory()?;
    let store = FileStore::new(&session.path().join("store"));
    let studio = Studio::new(Arc::new(catalog), Arc::new(store));
    let file = session.path().join("choir.wav");
    fs::write(&file, vec![7; 3_000_000])?;
    let path = VersionPath {
        artist: "Björk".parse()?,
        song: "Jóga".parse()?,
        track: "Choir".parse()?,
        tag: "v1".parse()?,
    };
    let request = Upload { path, file };

    println!("cancelled:");
    let cancel = CancellationToken::new();
    let job = Job::new(Arc::new(Meter(Some(cancel.clone()))), cancel);
    match studio.upload(&request, &job).await {
        Err(error) if error.kind() == ErrorKind::Cancelled => println!("  {error}"),
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("the upload went on".into()),
    }
    println!("  in the catalogue: {}", studio.version(&request.path).await.is_ok());

    println!("once more:");
    let job = Job::new(Arc::new(Meter(None)), CancellationToken::new());
    let uploaded = studio.upload(&request, &job).await?;
    println!("  {:?}, {} bytes", uploaded.outcome, uploaded.version.size);
    Ok(())
}
