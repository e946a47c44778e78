//! From takes to a release: picks takes, freezes them with their mix, proves them unchanged.
//!
//! Run it with `cargo run --example pick_and_release`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::io::Cursor;
use std::sync::Arc;

use studio_core::audio::write::{WavChunks, WavWriter};
use studio_core::audio::{AudioWriter as _, PcmFormat, SampleFormat, Samples};
use studio_core::{
    FileKind, Job, MemoryStore, MixFile, MixSettings, PersonName, ReleaseRequest, SqliteCatalog,
    Studio, Upload, VersionPath,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let catalog = SqliteCatalog::in_memory()?;
    let studio = Studio::new(Arc::new(catalog), Arc::new(MemoryStore::new()));
    let session = tempfile::tempdir()?;
    let (job, by) = (Job::default(), "Laura Lee".parse::<PersonName>()?);
    let (artist, song) = ("Khruangbin".parse()?, "White Gloves".parse()?);
    let path = VersionPath { artist, song, track: "Drums".parse()?, tag: "one".parse()? };
    for (track, tag, pitch) in
        [("Drums", "one", 90), ("Drums", "two", 95), ("Bass", "one", 41), ("Bass", "two", 55)]
    {
        let file = session.path().join(format!("{track} {tag}.wav"));
        std::fs::write(&file, take(pitch)?)?;
        let path = VersionPath { track: track.parse()?, tag: tag.parse()?, ..path.clone() };
        studio.upload(&Upload { path: path.clone(), file }, &job).await?;
        // A later pick of the same track takes the place of this one; both are remembered.
        let picked = studio.pick(&path, &by, None).await?;
        println!("picked {path}, before: {}", picked.before.is_some());
    }

    // What is against a release is told all at once, as an error; here nothing is.
    let (song, name, settings) = (path.song_path(), "1.0".parse()?, MixSettings::default());
    let request = ReleaseRequest { song, name, by, note: None, settings };
    let release = studio.create_release(&request, &job).await?;
    println!("released {} with {} stems", release.name, release.stems.len());
    let target = session.path().join("White Gloves.wav");
    let file = MixFile { target, overwrite: false, kind: FileKind::Wav };
    let rendered = studio.render_release(&release, None, &file, &job).await?;
    println!("rendered, as frozen: {}", rendered.as_frozen == Some(true));
    let verified = studio.verify_release(&release, &job).await?;
    println!("verified, flaws: {}", verified.flaws.len());
    Ok(())
}

/// A second of a saw as a WAV file: so many steps up, and down at once.
fn take(pitch: i32) -> Result<Vec<u8>, Box<dyn Error>> {
    let format = PcmFormat { channels: 1, sample_rate: 48_000, samples: SampleFormat::Int24 };
    let mut wav = WavWriter::new(Cursor::new(Vec::new()), format, &WavChunks::default())?;
    let saw = (0..48_000).map(|n| (n % (48_000 / pitch)) << 20);
    wav.write(Samples::Int(&saw.collect::<Vec<_>>()))?;
    wav.finish()?;
    Ok(wav.into_inner().into_inner())
}
