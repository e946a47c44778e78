//! Tells what is different between two takes, and how to hear them equally loud.
//!
//! Run it with `cargo run --example compare_takes`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use studio_core::audio::write::{WavChunks, WavWriter};
use studio_core::audio::{AudioWriter as _, PcmFormat, SampleFormat, Samples};
use studio_core::{Job, MemoryStore, SqliteCatalog, Studio, Subject};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let catalog = SqliteCatalog::in_memory()?;
    let studio = Studio::new(Arc::new(catalog), Arc::new(MemoryStore::new()));
    let session = tempfile::tempdir()?;
    let file = |name: &str| session.path().join(name);

    // Three seconds of noise; the same 10 ms later and half as high; and with a new second.
    let take = noise(1, 3 * 48_000);
    let later = [vec![0; 480], take.iter().map(|sample| sample / 2).collect()].concat();
    let patched = [&take[..48_000], &noise(2, 48_000), &take[96_000..]].concat();
    write(&file("take.wav"), &take)?;
    write(&file("later.wav"), &later)?;
    write(&file("patched.wav"), &patched)?;

    for name in ["take.wav", "later.wav", "patched.wav"] {
        // Files here; `Subject::Version` is a version in the studio.
        let subjects = [Subject::File(file("take.wav")), Subject::File(file(name))];
        let compared = studio.compare_sound(subjects, &Job::default()).await?;
        let comparison = &compared.comparison;
        println!("{name}: {:?}", comparison.verdict);
        println!("  begins {} frames later", comparison.shift);
        println!("  plays as loud with {:+.1} dB", compared.matching_gain().ok_or("silence")?);
        for region in &comparison.regions {
            println!("  differs from frame {} to {}", region.start, region.end);
        }
    }
    Ok(())
}

/// Noise of 23 bits that is the same on every run.
fn noise(seed: u32, frames: usize) -> Vec<i32> {
    let next = |state: &u32| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
    let states = std::iter::successors(Some(seed), next).skip(1);
    states.map(|state| (state as i32 >> 9) << 8).take(frames).collect()
}

fn write(file: &Path, samples: &[i32]) -> Result<(), Box<dyn Error>> {
    let format = PcmFormat { channels: 1, sample_rate: 48_000, samples: SampleFormat::Int24 };
    let mut wav = WavWriter::new(File::create(file)?, format, &WavChunks::default())?;
    wav.write(Samples::Int(&samples.iter().map(|s| s & !0xFF).collect::<Vec<_>>()))?;
    Ok(wav.finish()?)
}
