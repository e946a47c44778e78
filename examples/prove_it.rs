//! Proves that stored takes are still what they were, and finds the one that is not.
//!
//! Run it with `cargo run --example prove_it`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;

use studio_core::{
    Budget, Depth, FileStore, Job, SqliteCatalog, Studio, Upload, VersionFilter, VersionPath,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let store = place.path().join("store");
    let catalog = Arc::new(SqliteCatalog::in_memory()?);
    let studio = Studio::new(catalog, Arc::new(FileStore::new(&store)));
    let job = Job::default();
    let mut last = None;
    for tag in ["one", "two", "three"] {
        let file = place.path().join(tag);
        fs::write(&file, format!("take {tag}"))?;
        let path = VersionPath {
            artist: "Björk".parse()?,
            song: "Jóga".parse()?,
            track: "Strings".parse()?,
            tag: tag.parse()?,
        };
        last = Some(studio.upload(&Upload { path, file }, &job).await?.version);
    }

    // A little each day: what was not read for the longest time comes first.
    let scrubbed = studio.scrub(Budget::Percent(34.0), &job).await?;
    println!("scrub: {} of {} objects read", scrubbed.objects, scrubbed.of_objects);
    let verified = studio.verify(&VersionFilter::All, Depth::Full, &job).await?;
    println!("verify: {} versions, {} damaged", verified.versions, verified.findings.len());

    // One bit of one take turns over on the disk; its size stays.
    let version = last.ok_or("nothing was uploaded")?;
    let object = store.join(version.object_key.as_str());
    let mut bytes = fs::read(&object)?;
    bytes[3] ^= 1;
    fs::write(&object, bytes)?;
    for depth in [Depth::Quick, Depth::Full] {
        let verified = studio.verify(&VersionFilter::All, depth, &job).await?;
        println!("{depth:?}: {} damaged", verified.findings.len());
        for finding in verified.findings {
            println!("  {}: its bytes are {}", finding.version.path, finding.damage);
        }
    }
    Ok(())
}
