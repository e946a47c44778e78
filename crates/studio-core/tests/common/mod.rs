//! A studio on real parts: SQLite in a file, a directory for the objects.
#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use studio_core::{
    BlobStore, Depth, Diagnosis, Download, Event, Examination, FileStore, Job, PageRequest,
    PersonName, Progress, Result, SongPath, SqliteCatalog, Studio, Timestamp, TrackName, Upload,
    Uploaded, Version, VersionFilter, VersionPath,
};
use studio_testkit::catalog_suite::path;
use studio_testkit::wav::{Wav, signal};

pub(crate) struct Place {
    directory: tempfile::TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn store_directory(&self) -> PathBuf {
        self.path("store")
    }

    pub(crate) fn store(&self) -> Arc<dyn BlobStore> {
        Arc::new(FileStore::new(&self.store_directory()))
    }

    pub(crate) fn catalog(&self) -> Arc<SqliteCatalog> {
        Arc::new(SqliteCatalog::open(&self.path("studio.db")).unwrap())
    }

    pub(crate) fn studio(&self) -> Studio {
        Studio::new(self.catalog(), self.store())
    }

    /// Writes a file and tells how to upload it as this version.
    pub(crate) fn take(&self, tag: &str, bytes: &[u8]) -> Upload {
        let file = self.path(&format!("{tag}.wav"));
        std::fs::write(&file, bytes).unwrap();
        Upload { path: version_path(tag), file }
    }

    /// How to download this version, and where it goes.
    pub(crate) fn target(&self, tag: &str) -> Download {
        let target = self.path(&format!("{tag}-back.wav"));
        Download { path: version_path(tag), target, overwrite: false }
    }

    /// The keys of all objects that there are.
    pub(crate) async fn objects(&self, prefix: &str) -> Vec<String> {
        let listed = self.store().list(prefix, None).await.unwrap();
        listed.iter().map(|info| info.key.to_string()).collect()
    }

    /// How many files are being written, or were left behind.
    pub(crate) fn staged(&self) -> usize {
        let staging = self.store_directory().join(".studio-staging");
        std::fs::read_dir(staging).map_or(0, |entries| entries.count())
    }

    /// What stands in a directory.
    pub(crate) fn names_in(directory: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(directory).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

pub(crate) fn version_path(tag: &str) -> VersionPath {
    path("Khruangbin", "White Gloves", "Bass", tag)
}

pub(crate) async fn upload(studio: &Studio, request: &Upload) -> Result<Uploaded> {
    studio.upload(request, &Job::default()).await
}

pub(crate) async fn all(studio: &Studio) -> Vec<Version> {
    let page = PageRequest { after: None, limit: 1000 };
    studio.versions(&VersionFilter::All, page).await.unwrap().items
}

/// The version of a track of the song that the tests choose from.
pub(crate) fn take_of(track: &str, tag: &str) -> VersionPath {
    path("Khruangbin", "White Gloves", track, tag)
}

pub(crate) fn song() -> SongPath {
    version_path("any").song_path()
}

pub(crate) fn track(name: &str) -> TrackName {
    name.parse().unwrap()
}

pub(crate) fn person(name: &str) -> PersonName {
    name.parse().unwrap()
}

/// Uploads bytes as a version of a track of that song.
pub(crate) async fn lay(
    studio: &Studio,
    place: &Place,
    track: &str,
    tag: &str,
    bytes: &[u8],
) -> Version {
    let file = place.path(&format!("{track} {tag}.wav"));
    std::fs::write(&file, bytes).unwrap();
    upload(studio, &Upload { path: take_of(track, tag), file }).await.unwrap().version
}

/// A tenth of a second of a sine, 48 kHz, 24 bits, stereo.
pub(crate) fn tone(hertz: f64) -> Vec<u8> {
    let samples = signal::sine(4800, 2, 48_000, hertz, 0.25);
    Wav::pcm(48_000, 2, 24).ints(&samples).build()
}

/// All that a doctor finds, of whatever age.
pub(crate) async fn examine(studio: &Studio) -> Diagnosis {
    let grace = std::time::Duration::ZERO;
    let examination = Examination { depth: Depth::Full, grace, downloads: Vec::new() };
    studio.examine(&examination, &Job::default()).await.unwrap()
}

/// The same studio at a time (microseconds since 1970).
pub(crate) fn at(studio: &Studio, micros: i64) -> Studio {
    studio.clone().with_clock(move || Timestamp::from_micros(micros))
}

/// Does something at each step of a job.
pub(crate) struct Meddler<F: Fn(Event) + Send + Sync>(pub(crate) F);

impl<F: Fn(Event) + Send + Sync> Progress for Meddler<F> {
    fn on(&self, event: Event) {
        (self.0)(event);
    }
}
