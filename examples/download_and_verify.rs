//! Downloads a version; then its stored bytes rot, and the download refuses them.
//!
//! Run it with `cargo run --example download_and_verify`.
#![expect(clippy::print_stdout, reason = "an example talks to its reader")]

use std::error::Error;
use std::fs;
use std::sync::Arc;

use studio_core::{
    Download, ErrorKind, FileStore, Job, SqliteCatalog, Studio, Upload, VersionPath,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let session = tempfile::tempdir()?;
    let directory = session.path().join("store");
    let studio =
        Studio::new(Arc::new(SqliteCatalog::in_memory()?), Arc::new(FileStore::new(&directory)));
    let job = Job::default();

    let take = session.path().join("guitar.wav");
    fs::write(&take, b"twang twang")?;
    let path = VersionPath {
        artist: "Khruangbin".parse()?,
        song: "Cómo Me Quieres".parse()?,
        track: "Mark's Guitar".parse()?,
        tag: "clean".parse()?,
    };
    let uploaded = studio.upload(&Upload { path: path.clone(), file: take.clone() }, &job).await?;

    // The bytes are checked before the file gets its name.
    let target = session.path().join("mix_this.wav");
    let mut request = Download { path, target, overwrite: false };
    let downloaded = studio.download(&request, &job).await?;
    println!("downloaded {}", downloaded.version.path);
    println!("identical: {}", fs::read(&request.target)? == fs::read(&take)?);

    // A disk goes bad: one letter changes, the size does not.
    fs::write(directory.join(uploaded.version.object_key.as_str()), b"twang twing")?;
    request.target = session.path().join("mix_that.wav");
    match studio.download(&request, &job).await {
        Err(error) if error.kind() == ErrorKind::Integrity => println!("refused: {error}"),
        Err(error) => return Err(error.into()),
        Ok(_) => return Err("damaged bytes were let through".into()),
    }
    println!("mix_that.wav was made: {}", request.target.exists());
    Ok(())
}
