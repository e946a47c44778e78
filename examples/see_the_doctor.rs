//! Finds what a crash and a careless hand left in a store, and repairs it.
//!
//! Run it with `cargo run --example see_the_doctor`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;
use std::time::Duration;

use studio_core::{
    Depth, Examination, FileStore, Job, ObjectKey, Problem, SqliteCatalog, Studio, Upload,
    VersionPath,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let store = place.path().join("store");
    let catalog = Arc::new(SqliteCatalog::in_memory()?);
    let studio = Studio::new(catalog, Arc::new(FileStore::new(&store)));
    let job = Job::default();
    let file = place.path().join("take.wav");
    fs::write(&file, "a take")?;
    let path = VersionPath {
        artist: "Khruangbin".parse()?,
        song: "August 10".parse()?,
        track: "Drums".parse()?,
        tag: "first".parse()?,
    };
    let version = studio.upload(&Upload { path: path.clone(), file }, &job).await?.version;
    let other = place.path().join("other.wav");
    fs::write(&other, "another take")?;
    let path = VersionPath { tag: "second".parse()?, ..path };
    studio.upload(&Upload { path, file: other }, &job).await?;

    // Somebody tidies up in the store: the take and its manifest are gone.
    fs::remove_file(store.join(version.object_key.as_str()))?;
    fs::remove_file(store.join(ObjectKey::of_version_manifest(version.id).as_str()))?;

    let grace = Duration::from_secs(7 * 24 * 60 * 60);
    let examination = Examination { depth: Depth::Full, grace, downloads: Vec::new() };
    let diagnosis = studio.examine(&examination, &job).await?;
    println!("problems: {}", diagnosis.problems.len());
    // The original file is still where it was uploaded from.
    for (problem, outcome) in studio.repair(&diagnosis, &job).await?.outcomes {
        let what = match problem {
            Problem::Damaged { damage, .. } => format!("object {damage}"),
            Problem::RowWithoutManifest { .. } => "no manifest".to_owned(),
            other => format!("{other:?}"),
        };
        let outcome = format!("{outcome:?}").replace(&place.path().display().to_string(), "…");
        println!("  {what}: {outcome}");
    }
    println!("left: {}", studio.examine(&examination, &job).await?.problems.len());
    Ok(())
}
