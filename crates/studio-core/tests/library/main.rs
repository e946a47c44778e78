//! Libraries are scanned where they lie, whatever lies there.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

mod directory;
mod remote;
mod sounds;

use std::sync::Arc;

use studio_core::library::{Libraries, LibrarySource, ScanOptions, Scanned};
use studio_core::repo::{PublishRepo as _, RecordingEntry};
use studio_core::{Job, SqliteCatalog, Timestamp};

/// A catalogue in memory, and what scans bring into it.
pub(crate) struct Scene {
    pub(crate) catalog: Arc<SqliteCatalog>,
    pub(crate) libraries: Libraries,
}

impl Scene {
    pub(crate) fn new() -> Self {
        let catalog = Arc::new(SqliteCatalog::in_memory().unwrap());
        let libraries = Libraries::new(Arc::clone(&catalog))
            .with_clock(|| Timestamp::from_micros(1_700_000_000_000_000));
        Self { catalog, libraries }
    }

    pub(crate) async fn scan(&self, source: &LibrarySource) -> Scanned {
        let options = ScanOptions::default();
        self.libraries.scan(source, options, &Job::default()).await.unwrap()
    }

    /// The one recording of an artist with a title.
    pub(crate) async fn one(&self, artist: &str, title: &str) -> RecordingEntry {
        let mut all = self.all(artist, title).await;
        assert_eq!(all.len(), 1, "{all:#?}");
        all.remove(0)
    }

    pub(crate) async fn all(&self, artist: &str, title: &str) -> Vec<RecordingEntry> {
        let (artist, title) = (artist.parse_name(), title.parse().unwrap());
        self.catalog.recordings_titled(&artist, &title).await.unwrap()
    }

    pub(crate) async fn album(&self, artist: &str, title: &str) -> Option<studio_domain::Album> {
        let (artist, title) = (artist.parse_name(), title.parse().unwrap());
        let found = self.catalog.album_titled(&artist, &title).await.unwrap();
        found.map(|entry| entry.album)
    }

    /// How many recordings the libraries have.
    pub(crate) async fn count(&self) -> u64 {
        let all = self.libraries.list().await.unwrap();
        all.iter().map(|(_, counts)| counts.recordings).sum()
    }
}

pub(crate) trait ParseName {
    fn parse_name(&self) -> studio_core::ArtistName;
}

impl ParseName for str {
    fn parse_name(&self) -> studio_core::ArtistName {
        self.parse().unwrap()
    }
}

/// New, changed, unchanged, gone, unreadable.
pub(crate) fn counted(scanned: &Scanned) -> [u64; 5] {
    let Scanned { new, changed, unchanged, gone, unreadable, .. } = *scanned;
    [new, changed, unchanged, gone, unreadable]
}
