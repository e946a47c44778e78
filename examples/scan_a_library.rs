//! Indexes music where it lies, and finds it by its names.
//!
//! Run it with `cargo run --example scan_a_library`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;

use studio_core::library::{Libraries, LibrarySource, ScanOptions};
use studio_core::repo::PublishRepo as _;
use studio_core::{Job, SqliteCatalog};

/// A second of silence: 16 bits, one channel, 8 kHz.
fn silence() -> Vec<u8> {
    let mut wav = b"RIFF\xa4\x3e\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    wav.extend([8_000u32, 16_000].into_iter().flat_map(u32::to_le_bytes));
    wav.extend(b"\x02\0\x10\0data\x80\x3e\0\0");
    wav.extend(vec![0; 16_000]);
    wav
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let music = tempfile::tempdir()?;
    let album = music.path().join("Khruangbin/(2018) Con Todo El Mundo");
    fs::create_dir_all(&album)?;
    for name in ["01 Cómo Me Quieres.wav", "03 Maria También.wav", "04 15_8.wav"] {
        fs::write(album.join(name), silence())?;
    }
    fs::write(album.join("05 broken.flac"), "no music")?;

    let catalog = Arc::new(SqliteCatalog::in_memory()?);
    let libraries = Libraries::new(Arc::clone(&catalog));
    let source = LibrarySource::directory(music.path())?;
    let (options, job) = (ScanOptions::default(), Job::default());
    let scanned = libraries.scan(&source, options, &job).await?;
    println!("new: {}, unreadable: {}", scanned.new, scanned.unreadable);
    let again = libraries.scan(&source, options, &job).await?;
    println!("bytes read the second time: {}", again.bytes);

    let artist = "Khruangbin".parse()?;
    for found in catalog.recordings_titled(&artist, &"15/8".parse()?).await? {
        let album = found.album.map(|album| album.title.to_string()).unwrap_or_default();
        println!("found: {} on {album}", found.recording.title);
    }
    Ok(())
}
