//! Lists versions: all of them page by page, then those of one artist, song or track.
//!
//! Run it with `cargo run --example list_versions`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;

use studio_core::{
    Job, MemoryStore, PageRequest, SqliteCatalog, Studio, Upload, VersionFilter, VersionPath,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let catalog = SqliteCatalog::in_memory()?;
    let studio = Studio::new(Arc::new(catalog), Arc::new(MemoryStore::new()));
    let session = tempfile::tempdir()?;
    for (artist, song, track, tag) in [
        ("Björk", "Jóga", "Strings", "v1"),
        ("Björk", "Jóga", "Strings", "v2"),
        ("Björk", "Jóga", "Voice", "v1"),
        ("Björk", "Hunter", "Drums", "v1"),
        ("Khruangbin", "Maria También", "Bass", "demo"),
    ] {
        let file = session.path().join("take.wav");
        fs::write(&file, format!("{artist} {song} {track} {tag}"))?;
        let path = VersionPath {
            artist: artist.parse()?,
            song: song.parse()?,
            track: track.parse()?,
            tag: tag.parse()?,
        };
        studio.upload(&Upload { path, file }, &Job::default()).await?;
    }

    // Each page names the one after it; the last one names none.
    let mut request = PageRequest { after: None, limit: 2 };
    for number in 1.. {
        let page = studio.versions(&VersionFilter::All, request).await?;
        println!("page {number}");
        page.items.iter().for_each(|version| println!("  {}", version.path));
        request.after = page.next;
        if page.next.is_none() {
            break;
        }
    }

    // Names are compared without regard to case.
    let filter = VersionFilter::Track("BJÖRK".parse()?, "jóga".parse()?, "strings".parse()?);
    let page = studio.versions(&filter, PageRequest { after: None, limit: 100 }).await?;
    println!("{} takes of the strings", page.items.len());
    Ok(())
}
