//! Uploads a file as a version of a track, into a studio on this machine.
//!
//! Run it with `cargo run --example upload_a_take`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;

use studio_core::{FileStore, Job, SqliteCatalog, Studio, Upload, VersionPath};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let session = tempfile::tempdir()?;
    let take = session.path().join("drums_take_3.wav");
    fs::write(&take, b"tchk tchk boom")?;

    // A studio is a catalogue (who, what, when) and a store (the bytes).
    let catalog = SqliteCatalog::open(&session.path().join("studio.db"))?;
    let store = FileStore::new(&session.path().join("store"));
    let studio = Studio::new(Arc::new(catalog), Arc::new(store));

    // Four names lead to a version. Parsing checks them.
    let path = VersionPath {
        artist: "Khruangbin".parse()?,
        song: "Evan Enters the Third Room".parse()?,
        track: "DJ's Drums".parse()?,
        tag: "take_three".parse()?,
    };
    let request = Upload { path, file: take };
    let uploaded = studio.upload(&request, &Job::default()).await?;

    let version = uploaded.version;
    println!("stored {}", version.path);
    println!("  id       {}", version.id);
    println!("  sent     {} bytes", uploaded.sent_bytes);
    println!("  SHA-256  {}", version.digest);
    println!("  object   {}", version.store.locate(&version.object_key));
    Ok(())
}
