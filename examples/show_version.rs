//! Shows one version, and what is there instead of one that is misspelt.
//!
//! Run it with `cargo run --example show_version`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;

use studio_core::{CatalogError, Job, MemoryStore, SqliteCatalog, Studio, Upload, VersionPath};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let catalog = SqliteCatalog::in_memory()?;
    let studio = Studio::new(Arc::new(catalog), Arc::new(MemoryStore::new()));
    let session = tempfile::tempdir()?;
    let file = session.path().join("drums_take_3.wav");
    fs::write(&file, b"tchk tchk boom")?;
    let path = VersionPath {
        artist: "Khruangbin".parse()?,
        song: "Evan Enters the Third Room".parse()?,
        track: "DJ's Drums".parse()?,
        tag: "take_three".parse()?,
    };
    studio.upload(&Upload { path: path.clone(), file }, &Job::default()).await?;

    let version = studio.version(&path).await?;
    println!("{}", version.path);
    println!("  {} bytes of {}", version.size, version.content_type);
    println!("  slug {}, SHA-256 {}", version.slug, version.digest);

    let misspelt = VersionPath { track: "DJs Drum".parse()?, ..path };
    match studio.version(&misspelt).await {
        Err(studio_core::Error::Catalog(CatalogError::NotFound { path, missing })) => {
            println!("no {missing} `{}`", path.track);
            let near = studio.neighbours(&path, missing).await?;
            println!("did you mean `{}`?", near.names.join("` or `"));
            Ok(())
        }
        Err(error) => Err(error.into()),
        Ok(_) => Err("there is no such track".into()),
    }
}
