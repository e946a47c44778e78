//! Asks what an upload and a download would do, without doing it.
//!
//! Run it with `cargo run --example dry_run`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;

use studio_core::{
    Download, Job, MemoryStore, PageRequest, SqliteCatalog, Studio, Upload, VersionFilter,
    VersionPath,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let catalog = SqliteCatalog::in_memory()?;
    let studio = Studio::new(Arc::new(catalog), Arc::new(MemoryStore::new()));
    let job = Job::default();
    let session = tempfile::tempdir()?;
    let file = session.path().join("voice.wav");
    fs::write(&file, b"la la la")?;
    let path = VersionPath {
        artist: "Björk".parse()?,
        song: "Jóga".parse()?,
        track: "Voice".parse()?,
        tag: "v1".parse()?,
    };

    // A plan reads the file and asks the catalogue and the store; it writes nothing.
    let upload = Upload { path: path.clone(), file };
    let plan = studio.plan_upload(&upload, &job).await?;
    println!("before: would be {:?}, {} bytes to send", plan.outcome, plan.bytes_to_send);

    let page = PageRequest { after: None, limit: 100 };
    let all = studio.versions(&VersionFilter::All, page).await?;
    println!("versions in the studio: {}", all.items.len());

    studio.upload(&upload, &job).await?;
    let plan = studio.plan_upload(&upload, &job).await?;
    println!("after:  would be {:?}, {} bytes to send", plan.outcome, plan.bytes_to_send);

    let target = session.path().join("copy.wav");
    let download = Download { path, target, overwrite: false };
    let plan = studio.plan_download(&download, &job).await?;
    println!("would download {} bytes", plan.version.size);
    println!("copy.wav was made: {}", download.target.exists());
    Ok(())
}
