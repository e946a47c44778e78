//! Stores the files of a whole session, by what their names tell, and makes files of them
//! again.
//!
//! Run it with `cargo run --example import_a_session`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;

use studio_core::{Export, Import, Job, MemoryStore, SqliteCatalog, Studio, VersionFilter};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    for name in ["bass_take1.wav", "bass_take2.wav", "lead_vocal_take1.wav", "notes.txt"] {
        fs::write(place.path().join(name), format!("the sound of {name}"))?;
    }
    let studio = Studio::new(Arc::new(SqliteCatalog::in_memory()?), Arc::new(MemoryStore::new()));

    // Nothing is guessed: what cannot be read in one way only is told.
    let import = Import {
        directory: place.path().to_owned(),
        pattern: "{track}_take{version}.wav".parse()?,
        artist: Some("Khruangbin".parse()?),
        song: Some("White Gloves".parse()?),
        track: None,
    };
    let plan = studio.plan_import(&import).await?;
    for refused in &plan.refused {
        let name = refused.file.file_name().unwrap_or_default();
        println!("passed over: {} ({:?})", name.display(), refused.refusal);
    }
    let job = Job::default();
    let imported = studio.import(&plan.files, &job).await?;
    println!("stored: {}", imported.files.len());
    let again = studio.import(&plan.files, &job).await?;
    let sent: u64 = again.files.iter().map(|file| file.uploaded.sent_bytes).sum();
    println!("bytes sent the second time: {sent}");

    let export = Export {
        filter: VersionFilter::All,
        directory: place.path().join("mix"),
        pattern: "{song}/{track} ({version})".parse()?,
    };
    for file in studio.plan_export(&export).await?.files {
        studio.export(std::slice::from_ref(&file), &job).await?;
        println!("made: {}", file.target.strip_prefix(place.path())?.display());
    }
    Ok(())
}
