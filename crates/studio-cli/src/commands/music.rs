//! The music that a server shows and plays.

use std::sync::Arc;

use studio_core::blob::intake::FolderIntake;
use studio_core::blob::reader::RangeReader;
use studio_core::playback::Playback;
use studio_core::{
    FileStore, Listening, S3Settings, S3Store, Shelf, Sketches, SqliteCatalog, StoreUrl,
};
use studio_web::Music;

use super::{store, studio_on};
use crate::config::Config;

/// All of it, of a catalogue: what is worked on, what is released, and the sound of that.
pub(super) fn music(config: &Config, catalog: &Arc<SqliteCatalog>) -> Music {
    let studio = studio_on(config, Arc::clone(catalog)).with_libraries(Arc::clone(catalog) as _);
    let shelf = Shelf::from_parts(
        Arc::clone(catalog) as _,
        Arc::clone(catalog) as _,
        // The store is told of them, too, so that it alone can rebuild the catalogue.
        studio.told_playlists(),
        Arc::clone(catalog) as _,
        Arc::clone(catalog) as _,
    );
    let settings = config.s3.settings();
    let playback = Playback::opening(move |place| library(place, &settings));
    if let Some(own) = own(config) {
        playback.add(config.store.value.clone(), own);
    }
    let listening = Listening::new(store(config), playback, studio.renditions());
    Music::new(shelf, studio).with_listening(listening)
}

/// The studio's own store, read by what spends least on it.
fn own(config: &Config) -> Option<Arc<dyn RangeReader>> {
    match &config.store.value {
        StoreUrl::S3 { bucket, prefix } => {
            let settings = config.s3.settings();
            Some(Arc::new(S3Store::new(bucket, prefix.as_deref(), settings)))
        }
        StoreUrl::File(directory) => Some(Arc::new(FileStore::new(directory))),
        StoreUrl::Memory => None,
    }
}

/// A library that the catalogue names.
fn library(place: &StoreUrl, settings: &S3Settings) -> Option<Arc<dyn RangeReader>> {
    match place {
        StoreUrl::S3 { bucket, prefix } => {
            Some(Arc::new(S3Store::new(bucket, prefix.as_deref(), settings.clone())))
        }
        StoreUrl::File(directory) => Some(Arc::new(FolderIntake::new(directory).ok()?)),
        StoreUrl::Memory => None,
    }
}

/// What draws the waveforms of its pages.
pub(super) fn sketches(music: &Music, catalog: &Arc<SqliteCatalog>) -> Option<Sketches> {
    Some(Sketches::new(Arc::clone(catalog) as _, music.listening()?.clone()))
}
