//! Throws a version away, takes it back, and removes another one for good.
//!
//! Run it with `cargo run --example throw_away`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;

use studio_core::{
    BlobStore, Job, MemoryStore, PageRequest, SqliteCatalog, Studio, Upload, VersionFilter,
    VersionPath,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let store = Arc::new(MemoryStore::new());
    let studio = Studio::new(Arc::new(SqliteCatalog::in_memory()?), store.clone());
    let named = |tag: &str| -> Result<VersionPath, Box<dyn Error>> {
        Ok(VersionPath {
            artist: "Khruangbin".parse()?,
            song: "Maria También".parse()?,
            track: "Bass".parse()?,
            tag: tag.parse()?,
        })
    };
    for tag in ["keep", "drop"] {
        let file = place.path().join(tag);
        fs::write(&file, tag)?;
        studio.upload(&Upload { path: named(tag)?, file }, &Job::default()).await?;
    }

    let thrown = studio.throw_away(&named("keep")?).await?;
    println!("in the trash: {}", thrown.path);
    let back = studio.restore_from_trash(&thrown).await?;
    println!("taken back: {}", back.path);

    // Purging is the only way to lose bytes, and only those that no version has.
    let thrown = studio.throw_away(&named("drop")?).await?;
    let purged = studio.purge(&thrown).await?;
    println!("purged: {}, {} object, {} bytes", thrown.path, purged.objects, purged.bytes);
    let page = PageRequest { after: None, limit: 10 };
    let left = studio.versions(&VersionFilter::All, page).await?;
    let objects = store.list("objects/", None).await?;
    println!("left: {} version, {} object", left.items.len(), objects.len());
    Ok(())
}
