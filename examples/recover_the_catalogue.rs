//! Loses the catalogue, and rebuilds it from what stands beside the bytes.
//!
//! Run it with `cargo run --example recover_the_catalogue`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;

use studio_core::{
    FileStore, Job, PageRequest, SqliteCatalog, Studio, Upload, VersionFilter, VersionPath,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let store = Arc::new(FileStore::new(&place.path().join("store")));
    let database = place.path().join("studio.db");
    let job = Job::default();
    let everything = PageRequest { after: None, limit: 100 };

    let studio = Studio::new(Arc::new(SqliteCatalog::open(&database)?), store.clone());
    for (n, tag) in ["demo", "take_two", "take_three"].into_iter().enumerate() {
        let file = place.path().join(tag);
        fs::write(&file, format!("take {n}"))?;
        let path = VersionPath {
            artist: "Khruangbin".parse()?,
            song: "Hymn".parse()?,
            track: "Guitar".parse()?,
            tag: tag.parse()?,
        };
        studio.upload(&Upload { path, file }, &job).await?;
        if n == 1 {
            // A copy in the store, of which the newest are kept.
            let done = studio.back_up(7, &job).await?;
            println!("backed up, {} kept", done.kept);
        }
    }
    let before = studio.versions(&VersionFilter::All, everything).await?;
    drop(studio);

    // The disk with the catalogue is gone. From the manifests alone:
    let anew = Studio::new(Arc::new(SqliteCatalog::in_memory()?), store.clone());
    let recovered = anew.recover(false, &job).await?;
    println!("from manifests: {} versions", recovered.versions);
    let same = anew.versions(&VersionFilter::All, everything).await? == before;
    println!("every field is back: {same}");

    // Or from the backup, and what is younger from manifests:
    let copy = place.path().join("copy.db");
    let newest = anew.backups(&job).await?.remove(0);
    anew.fetch_backup(&newest, &copy, &job).await?;
    let anew = Studio::new(Arc::new(SqliteCatalog::open(&copy)?), store);
    let recovered = anew.recover(false, &job).await?;
    println!("from the backup: {}, younger: {}", recovered.known, recovered.versions);
    Ok(())
}
