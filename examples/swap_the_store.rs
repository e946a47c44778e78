//! Runs one function on two stores, memory and a directory: it cannot tell them apart.
//!
//! A bucket is a third (`S3Store`), in programs that have the feature `s3`.
//!
//! Run it with `cargo run --example swap_the_store`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use studio_core::{BlobStore, Download, FileStore, Job, MemoryStore, SqliteCatalog, Studio};
use studio_core::{Upload, VersionPath};

/// Stores a take, fetches it again, and gives what came back.
async fn there_and_back(studio: &Studio, directory: &Path) -> Result<String, Box<dyn Error>> {
    let file = directory.join("organ.wav");
    fs::write(&file, "whoom")?;
    let path = VersionPath {
        artist: "Khruangbin".parse()?,
        song: "Shades of Man".parse()?,
        track: "Organ".parse()?,
        tag: "v1".parse()?,
    };
    let job = Job::default();
    studio.upload(&Upload { path: path.clone(), file }, &job).await?;
    let target = directory.join("copy.wav");
    studio.download(&Download { path, target: target.clone(), overwrite: true }, &job).await?;
    Ok(fs::read_to_string(target)?)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let session = tempfile::tempdir()?;
    let stores: [Arc<dyn BlobStore>; 2] =
        [Arc::new(MemoryStore::new()), Arc::new(FileStore::new(&session.path().join("the store")))];
    for store in stores {
        let studio = Studio::new(Arc::new(SqliteCatalog::in_memory()?), store);
        let bytes = there_and_back(&studio, session.path()).await?;
        println!("{bytes} came back from {}", studio.store_url());
    }
    Ok(())
}
