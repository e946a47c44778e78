//! A studio with a release, on whatever store.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use studio_core::audio::artwork::PictureKind;
use studio_core::{
    Added, AlbumTitle, ArtistName, BlobStore, Clearing, Depth, Diagnosis, Examination, FileStore,
    Job, MemoryStore, MixSettings, NewAlbum, NewRecording, OfAlbum, Recording, Release,
    ReleaseRequest, SongPath, SoundSource, SqliteCatalog, Studio, Timestamp, Upload, VersionPath,
    WhichRecording,
};
use studio_testkit::catalog_suite::path;

use crate::common::{person, tone};

pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// A studio, its parts, and the time there.
pub(crate) struct Stage {
    pub(crate) directory: tempfile::TempDir,
    pub(crate) store: Arc<dyn BlobStore>,
    pub(crate) studio: Studio,
    days: Arc<AtomicU64>,
}

impl Stage {
    /// One on each kind of store.
    pub(crate) fn each() -> [Self; 2] {
        [Self::in_memory(), Self::in_a_directory()]
    }

    pub(crate) fn in_memory() -> Self {
        let days: Arc<AtomicU64> = Arc::default();
        let told = Arc::clone(&days);
        Self::on(|_| Arc::new(MemoryStore::with_clock(move || now(&told))), days)
    }

    pub(crate) fn in_a_directory() -> Self {
        Self::on(|directory| Arc::new(FileStore::new(&directory.join("store"))), Arc::default())
    }

    fn on(
        store: impl FnOnce(&std::path::Path) -> Arc<dyn BlobStore>,
        days: Arc<AtomicU64>,
    ) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let store = store(directory.path());
        let catalog = Arc::new(SqliteCatalog::open(&directory.path().join("studio.db")).unwrap());
        let studio = with_time(Studio::new(catalog, store.clone()), &days);
        Self { directory, store, studio, days }
    }

    /// Another catalogue on the same store, which knows nothing yet.
    pub(crate) fn anew(&self) -> Studio {
        let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
        with_time(Studio::new(catalog, self.store.clone()), &self.days)
    }

    pub(crate) fn pass(&self, days: u64) {
        self.days.fetch_add(days, Ordering::SeqCst);
    }

    pub(crate) fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let file = self.directory.path().join(name);
        std::fs::write(&file, bytes).unwrap();
        file
    }

    pub(crate) async fn upload(&self, tag: &str, hertz: f64) -> VersionPath {
        let path = path("Khruangbin", "White Gloves", "Bass", tag);
        let file = self.file(&format!("{tag}.wav"), &tone(hertz));
        let request = Upload { path: path.clone(), file };
        self.studio.upload(&request, &Job::default()).await.unwrap();
        path
    }

    /// A release of the song, with one stem.
    pub(crate) async fn release(&self) -> Release {
        let path = self.upload("one", 110.0).await;
        self.studio.pick(&path, &person("Laura Lee"), None).await.unwrap();
        let request = ReleaseRequest {
            song: path.song_path(),
            name: "1.0".parse().unwrap(),
            by: person("Steve"),
            note: None,
            settings: MixSettings::default(),
        };
        self.studio.create_release(&request, &Job::default()).await.unwrap()
    }

    pub(crate) async fn album(&self, title: &str) -> studio_core::Album {
        self.studio.create_album(&album(title), false).await.unwrap().album
    }

    pub(crate) async fn add(&self, wanted: &NewRecording) -> Added {
        self.studio.add_recording(wanted, false, &Job::default()).await.unwrap()
    }

    /// A recording from a file of its own.
    pub(crate) async fn add_file(&self, title: &str, on: Option<&str>, hertz: f64) -> Recording {
        let file = self.file(&format!("{title}.wav"), &tone(hertz));
        let added = self.add(&recording(title, on, SoundSource::File(file))).await;
        assert!(added.changed);
        added.recording.unwrap()
    }

    pub(crate) fn cover(&self) -> PathBuf {
        let png = picture();
        self.file("cover.png", &png)
    }

    pub(crate) async fn gc(&self, studio: &Studio) -> usize {
        let clearing = Clearing { grace: Duration::ZERO, ..Clearing::default() };
        let cleared = studio.collect_garbage(&clearing, &Job::default()).await.unwrap();
        assert_eq!(cleared.unreadable, Vec::<String>::new());
        cleared.orphans.len()
    }

    pub(crate) async fn examine(&self, studio: &Studio) -> Diagnosis {
        let (depth, grace) = (Depth::Full, DAY);
        let examination = Examination { depth, grace, downloads: Vec::new() };
        studio.examine(&examination, &Job::default()).await.unwrap()
    }

    pub(crate) async fn keys(&self, prefix: &str) -> Vec<studio_core::ObjectKey> {
        let listed = self.store.list(prefix, None).await.unwrap();
        listed.into_iter().map(|info| info.key).collect()
    }
}

fn now(days: &AtomicU64) -> Timestamp {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let ahead = DAY * u32::try_from(days.load(Ordering::SeqCst)).unwrap();
    Timestamp::from_micros(0).after(since_epoch.unwrap() + ahead)
}

fn with_time(studio: Studio, days: &Arc<AtomicU64>) -> Studio {
    let days = Arc::clone(days);
    studio.with_clock(move || now(&days))
}

pub(crate) fn artist() -> ArtistName {
    "Khruangbin".parse().unwrap()
}

pub(crate) fn title(text: &str) -> AlbumTitle {
    text.parse().unwrap()
}

pub(crate) fn album(text: &str) -> NewAlbum {
    NewAlbum {
        artist: artist(),
        title: title(text),
        released: Some("2018-01-26".parse().unwrap()),
        licence: Some("cc-by-nc-nd-4.0".parse().unwrap()),
        published: false,
    }
}

pub(crate) fn recording(text: &str, on: Option<&str>, source: SoundSource) -> NewRecording {
    NewRecording {
        artist: artist(),
        title: text.parse().unwrap(),
        source,
        album: on.map(|album| OfAlbum { artist: artist(), title: title(album) }),
        disc: None,
        number: None,
        released: None,
        genre: Some("Soul".parse().unwrap()),
        licence: None,
        published: false,
    }
}

pub(crate) fn of_release() -> SoundSource {
    let song = SongPath { artist: artist(), song: "White Gloves".parse().unwrap() };
    SoundSource::Release { song, name: "1.0".parse().unwrap() }
}

pub(crate) fn titled(text: &str) -> WhichRecording {
    WhichRecording::Titled { artist: artist(), title: text.parse().unwrap(), album: None }
}

/// A little picture, made by what draws waveforms.
pub(crate) fn picture() -> Vec<u8> {
    // The smallest PNG there is: one transparent pixel.
    const PIXEL: &[u8] = &[
        0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D, b'I', b'H', b'D', b'R', 0,
        0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1F, 0x15, 0xC4, 0x89, 0, 0, 0, 0x0A, b'I', b'D',
        b'A', b'T', 0x78, 0x9C, 0x63, 0, 1, 0, 0, 5, 0, 1, 0x0D, 0x0A, 0x2D, 0xB4, 0, 0, 0, 0,
        b'I', b'E', b'N', b'D', 0xAE, 0x42, 0x60, 0x82,
    ];
    studio_core::audio::artwork::picture(PIXEL, 8, Some(PictureKind::Png)).unwrap().bytes
}
