//! From a file to what the world hears: an album with a recording, published, and rebuilt
//! from the store alone.
//!
//! Run it with `cargo run --example publish_an_album`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::io::Cursor;
use std::sync::Arc;

use studio_core::audio::write::{WavChunks, WavWriter};
use studio_core::audio::{AudioWriter as _, PcmFormat, SampleFormat, Samples};
use studio_core::{
    AlbumChanges, Job, MemoryStore, NewAlbum, NewRecording, OfAlbum, SoundSource, SqliteCatalog,
    Studio,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = Arc::new(MemoryStore::new());
    let studio = Studio::new(Arc::new(SqliteCatalog::in_memory()?), store.clone());
    let (job, session) = (Job::default(), tempfile::tempdir()?);
    let file = session.path().join("master.wav");
    std::fs::write(&file, master()?)?;

    let (artist, title) = ("Khruangbin".parse()?, "Third Rooms".parse()?);
    let of = OfAlbum { artist, title };
    let (artist, title) = (of.artist.clone(), of.title.clone());
    let (released, licence) = (Some("2018-01-26".parse()?), Some("cc-by-nc-nd-4.0".parse()?));
    let album = NewAlbum { artist, title, released, licence, published: false };
    println!("made {}", studio.create_album(&album, false).await?.album.title);
    let (artist, title) = (of.artist.clone(), "White Gloves".parse()?);
    let (album, genre) = (Some(of.clone()), Some("Soul".parse()?));
    let single = NewRecording::new(artist, title, SoundSource::File(file));
    let recording = NewRecording { album, genre, ..single };
    let added = studio.add_recording(&recording, false, &job).await?;
    println!("took it in, sending {} bytes", added.sent);
    let (published, with_recordings) = (Some(true), true);
    let changes = AlbumChanges { published, with_recordings, ..AlbumChanges::default() };
    studio.change_album(&of.artist, &of.title, &changes, false).await?;

    // The catalogue is lost; the store is not.
    let anew = Studio::new(Arc::new(SqliteCatalog::in_memory()?), store);
    let recovered = anew.recover(false, &job).await?;
    println!("recovered {} album, {} recording", recovered.albums, recovered.recordings);
    println!("published: {}", anew.album(&of.artist, &of.title).await?.entry.album.published);
    Ok(())
}

/// A second of a saw as a WAV file.
fn master() -> Result<Vec<u8>, Box<dyn Error>> {
    let format = PcmFormat { channels: 1, sample_rate: 48_000, samples: SampleFormat::Int24 };
    let mut wav = WavWriter::new(Cursor::new(Vec::new()), format, &WavChunks::default())?;
    wav.write(Samples::Int(&(0..48_000).map(|n| (n % 480) << 14).collect::<Vec<_>>()))?;
    wav.finish()?;
    Ok(wav.into_inner().into_inner())
}
