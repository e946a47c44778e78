//! A studio with two artists, what is theirs, and some who listen.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use studio_core::access::StudioSecret;
use studio_core::listener::{ListenerError, Listeners};
use studio_core::repo::{AccountRepo as _, PublishRepo as _, RecordingEntry, Sight};
use studio_core::{Album, ArtistId, Recording, RecordingId, SqliteCatalog, Timestamp};
use studio_domain::{Account, Role};
use studio_testkit::account_suite::{account, at, noted};
use studio_testkit::publish_suite::{album, on, single};

/// Sade has an album with a song, and a hidden one on it and a hidden album; Eno has a single.
pub(crate) struct Stage {
    pub(crate) catalog: Arc<SqliteCatalog>,
    pub(crate) listeners: Listeners,
    pub(crate) shown: Album,
    pub(crate) hidden: Album,
    /// On the album that is shown, on it and hidden, on the hidden album, and the single.
    pub(crate) songs: [Recording; 4],
    pub(crate) sade: ArtistId,
    seconds: Arc<AtomicI64>,
}

impl Stage {
    pub(crate) async fn new() -> Self {
        let seconds = Arc::new(AtomicI64::new(1_000_000));
        let catalog = Arc::new(SqliteCatalog::in_memory().expect("a catalogue"));
        let listeners = Self::at_clock(&catalog, &seconds, 7);
        let (shown, mut hidden) = (album("Sade", "Promise"), album("Sade", "Attic"));
        hidden.published = false;
        let mut songs = [
            on(&shown, 1, 1, "Jezebel", 48_000 * 60),
            on(&shown, 1, 2, "Demo", 2),
            on(&hidden, 1, 1, "Sketch", 3),
            single("Eno", "Drone", 4),
        ];
        (songs[1].published, songs[2].published) = (false, false);
        songs[0].genre = Some("Soul".parse().expect("a genre"));
        for album in [&shown, &hidden] {
            catalog.put_album(album).await.expect("an album");
        }
        let kept = catalog.put_recordings(&songs).await.expect("songs");
        let sade = kept[0].artist.id;
        Self { catalog, listeners, shown, hidden, songs, sade, seconds }
    }

    fn at_clock(catalog: &Arc<SqliteCatalog>, seconds: &Arc<AtomicI64>, seed: u8) -> Listeners {
        let clock = Arc::clone(seconds);
        Listeners::new(Arc::clone(catalog), StudioSecret::new([seed; 32]))
            .with_clock(move || at(clock.load(Ordering::Relaxed)))
    }

    /// The same catalogue with another secret.
    pub(crate) fn elsewhere(&self) -> Listeners {
        Self::at_clock(&self.catalog, &self.seconds, 8)
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::Relaxed);
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.later(0)
    }

    pub(crate) fn later(&self, seconds: i64) -> Timestamp {
        at(self.seconds.load(Ordering::Relaxed) + seconds)
    }

    pub(crate) async fn add(&self, name: &str, role: Role, artists: &[&str]) -> Account {
        let mut one = account(name, role);
        one.artists = artists.iter().map(|name| name.parse().expect("a name")).collect();
        self.put(&one).await;
        one
    }

    pub(crate) async fn put(&self, account: &Account) {
        self.catalog.put_account(account, &noted("user.add", 1)).await.expect("an account");
    }

    pub(crate) async fn listener(&self, name: &str) -> Account {
        self.add(name, Role::Listener, &[]).await
    }

    pub(crate) async fn manager(&self) -> Account {
        self.add("boss", Role::Manager, &[]).await
    }

    /// The account that makes Sade's music.
    pub(crate) async fn artist(&self) -> Account {
        self.add("helen", Role::Artist, &["SADE", "Nobody Yet"]).await
    }

    pub(crate) async fn sight(&self, account: &Account) -> Sight {
        self.listeners.sight_of(Some(account)).await.expect("a sight")
    }

    pub(crate) fn ids(&self) -> [RecordingId; 4] {
        self.songs.each_ref().map(|song| song.id)
    }
}

pub(crate) fn titles(entries: &[RecordingEntry]) -> Vec<&str> {
    entries.iter().map(|entry| entry.recording.title.as_str()).collect()
}

pub(crate) fn refused<T>(result: Result<T, ListenerError>) -> ListenerError {
    match result {
        Ok(_) => panic!("it was done"),
        Err(error) => error,
    }
}

pub(crate) fn is_missing<T>(result: Result<T, ListenerError>) -> bool {
    matches!(refused(result), ListenerError::Missing { .. })
}

pub(crate) fn is_not_yours<T>(result: Result<T, ListenerError>) -> bool {
    matches!(refused(result), ListenerError::NotYours { .. })
}

pub(crate) fn is_invalid<T>(result: Result<T, ListenerError>) -> bool {
    matches!(refused(result), ListenerError::Invalid { .. })
}
