//! Takes in what others put into a folder: good files become versions of the catalogue, bad
//! ones are moved aside with the reasons.
//!
//! Run it with `cargo run --example take_in_a_folder`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use studio_core::audio::write::{WavChunks, WavWriter};
use studio_core::audio::{AudioWriter as _, PcmFormat, SampleFormat, Samples};
use studio_core::blob::intake::{FolderIntake, Intake as _};
use studio_core::ingest::{Filing, Ingest, IngestRules};
use studio_core::{Job, MemoryStore, SqliteCatalog, Studio};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let incoming = tempfile::tempdir()?;
    let song = incoming.path().join("Khruangbin/White Gloves");
    std::fs::create_dir_all(&song)?;
    silence(&song.join("Bass_take1.wav"), 48_000, SampleFormat::Int24)?;
    silence(&song.join("Drums_take1.wav"), 44_100, SampleFormat::Int16)?;

    // One database for the catalogue and for what is known of the files.
    let catalog = Arc::new(SqliteCatalog::in_memory()?);
    let studio = Studio::new(Arc::clone(&catalog), Arc::new(MemoryStore::new()));
    let intake = FolderIntake::new(incoming.path())?;
    let bucket = intake.bucket().clone();
    let pattern = Some("{artist}/{song}/{track}_{version}.wav".parse()?);
    let filing = Filing { studio, pattern, ixml: false, artist: None };
    // 48 kHz and 24 bits; what is bad is moved aside. Both can be changed.
    let rules = IngestRules::default();
    let ingest = Ingest::new(vec![Arc::new(intake)], catalog, rules).with_filing(filing);

    // Whatever differs from what is known is dealt with: at first, that is all.
    let done = ingest.reconcile(&bucket, false, &Job::default()).await?;
    for difference in done.differences {
        let Some(taken) = difference.taken else { continue };
        println!("{}: {}", difference.place.key, taken.outcome.as_str());
        for reason in taken.asset.iter().flat_map(|asset| &asset.reasons) {
            println!("  {}: {}", reason.code, reason.detail);
        }
    }
    Ok(())
}

/// Writes a second of silence.
fn silence(file: &Path, sample_rate: u32, samples: SampleFormat) -> Result<(), Box<dyn Error>> {
    let format = PcmFormat { channels: 1, sample_rate, samples };
    let mut wav = WavWriter::new(File::create(file)?, format, &WavChunks::default())?;
    wav.write(Samples::Int(&vec![0; sample_rate as usize]))?;
    wav.finish()?;
    Ok(())
}
