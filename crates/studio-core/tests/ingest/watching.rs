//! A folder that is watched as if it were a bucket.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use studio_core::blob::intake::{FolderIntake, Intake as _};
use studio_core::ingest::{FolderWatch, Ingest, IngestRules, Outcome};
use studio_core::queue::event::{self, Parsed};
use studio_core::queue::{MemoryQueue, Queue as _, Receive};
use studio_core::{CancellationToken, Result, SqliteCatalog};
use studio_domain::AssetStatus;
use studio_repo::AssetRepo as _;
use tokio::task::JoinHandle;

use super::scene::{bad, good};

/// How long nobody must have written here.
const SETTLED: Duration = Duration::from_millis(200);
/// What is long enough for a message that is to come.
const PATIENCE: Duration = Duration::from_secs(20);

struct Watched {
    directory: tempfile::TempDir,
    catalog: Arc<SqliteCatalog>,
    queue: Arc<MemoryQueue>,
    shutdown: CancellationToken,
    running: Option<JoinHandle<Result<()>>>,
    /// What was told and nobody has asked for yet: nothing says in what order files are told of.
    told: Mutex<Vec<(String, Outcome)>>,
}

impl Watched {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        std::fs::create_dir(directory.path().join("drop")).unwrap();
        let catalog = SqliteCatalog::open(&directory.path().join("studio.db")).unwrap();
        Self {
            directory,
            catalog: Arc::new(catalog),
            queue: Arc::new(MemoryQueue::new("events")),
            shutdown: CancellationToken::new(),
            running: None,
            told: Mutex::default(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join("drop").join(name)
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let file = self.path(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }

    fn intake(&self) -> FolderIntake {
        FolderIntake::new(&self.path("")).unwrap()
    }

    fn ingest(&self) -> Ingest {
        let intake = Arc::new(self.intake());
        Ingest::new(vec![intake], self.catalog.clone(), IngestRules::default())
    }

    fn start(&mut self) {
        self.shutdown = CancellationToken::new();
        let (shutdown, queue) = (self.shutdown.clone(), self.queue.clone());
        let watch = FolderWatch::new(self.ingest(), self.intake(), queue).settling(SETTLED);
        self.running = Some(tokio::spawn(async move { watch.run(shutdown).await }));
    }

    async fn stop(&mut self) {
        self.shutdown.cancel();
        self.running.take().unwrap().await.unwrap().unwrap();
    }

    /// What the first message on this file led to, of those not asked for yet.
    async fn outcome(&self, name: &str) -> Outcome {
        let begun = Instant::now();
        loop {
            if let Some(outcome) = self.remembered(name) {
                return outcome;
            }
            assert!(begun.elapsed() < PATIENCE, "nothing is told of {name}");
            let taken = self.take_one(Duration::from_millis(500)).await;
            self.told.lock().unwrap().extend(taken);
        }
    }

    fn remembered(&self, name: &str) -> Option<Outcome> {
        let mut told = self.told.lock().unwrap();
        let place = told.iter().position(|(told, _)| told == name)?;
        Some(told.remove(place).1)
    }

    async fn take_one(&self, wait: Duration) -> Option<(String, Outcome)> {
        let visibility = Duration::from_secs(60);
        let delivery = self.queue.receive(Receive { max: 1, wait, visibility }).await.unwrap();
        let delivery = delivery.into_iter().next()?;
        let Parsed::Events(events) = event::parse(&delivery.body) else { panic!("{delivery:?}") };
        let [event] = &events[..] else { panic!("{events:?}") };
        let taken = self.ingest().take(event).await.unwrap();
        self.queue.ack(&[delivery.receipt]).await.unwrap();
        Some((event.place.key.as_str().to_owned(), taken.outcome))
    }

    /// Takes so many messages.
    async fn told(&self, count: usize) -> Vec<(String, Outcome)> {
        let begun = Instant::now();
        let mut told = std::mem::take(&mut *self.told.lock().unwrap());
        while told.len() < count {
            assert!(begun.elapsed() < PATIENCE, "{told:?}");
            told.extend(self.take_one(Duration::from_millis(500)).await);
        }
        told
    }

    /// Expects to be told that these are gone, and nothing else.
    async fn gone(&self, names: &[&str]) {
        let mut told = self.told(names.len()).await;
        told.sort_by(|one, other| one.0.cmp(&other.0));
        let expected: Vec<_> =
            names.iter().map(|name| ((*name).to_owned(), Outcome::Gone)).collect();
        assert_eq!(told, expected);
        for name in names {
            assert_eq!(self.status(name).await, Some(AssetStatus::Deleted), "{name}");
        }
    }

    /// Expects that nothing more is told for a while.
    async fn nothing_more(&self) {
        let mut told = std::mem::take(&mut *self.told.lock().unwrap());
        told.extend(self.take_one(SETTLED * 6).await);
        assert_eq!(told, []);
    }

    async fn status(&self, name: &str) -> Option<AssetStatus> {
        let bucket = self.intake().bucket().clone();
        let asset = self.catalog.asset_at(Some(&bucket), &name.parse().unwrap()).await;
        asset.unwrap().map(|asset| asset.status)
    }
}

/// What lay there before, and what happens from then on.
#[tokio::test(flavor = "multi_thread")]
async fn files_are_told_as_they_come() {
    let mut watched = Watched::new();
    watched.put("before.wav", &good(1));
    watched.put("deep/down/bad.wav", &bad(1));
    watched.start();
    assert_eq!(watched.outcome("before.wav").await, Outcome::Valid);
    let outcome = watched.outcome("deep/down/bad.wav").await;
    assert!(matches!(outcome, Outcome::Quarantined(_)), "{outcome:?}");
    assert!(!watched.path("deep/down/bad.wav").exists());
    // That it was moved aside is no news, nor what lies there.
    watched.put("quarantine/somebody's.wav", &bad(2));
    watched.nothing_more().await;
    watched.put("new.wav", &good(2));
    assert_eq!(watched.outcome("new.wav").await, Outcome::Valid);
    watched.put("new directory/new.wav", &good(2));
    assert_eq!(watched.outcome("new directory/new.wav").await, Outcome::Valid);
    watched.put("new.wav", &good(3));
    assert_eq!(watched.outcome("new.wav").await, Outcome::Valid);
    // Touched, and the same.
    let file = std::fs::File::open(watched.path("before.wav")).unwrap();
    let was = file.metadata().unwrap().modified().unwrap();
    file.set_modified(was).unwrap();
    watched.nothing_more().await;
    watched.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_go_are_told() {
    let mut watched = Watched::new();
    for name in ["a.wav", "d/b.wav", "d/e/c.wav", "moved/f.wav", "moved/g/h.wav"] {
        watched.put(name, &good(1));
    }
    watched.start();
    watched.told(5).await;
    std::fs::remove_file(watched.path("a.wav")).unwrap();
    assert_eq!(watched.outcome("a.wav").await, Outcome::Gone);
    std::fs::remove_dir_all(watched.path("d")).unwrap();
    watched.gone(&["d/b.wav", "d/e/c.wav"]).await;
    // With its directory, away from the folder.
    std::fs::rename(watched.path("moved"), watched.directory.path().join("elsewhere")).unwrap();
    watched.gone(&["moved/f.wav", "moved/g/h.wav"]).await;
    watched.stop().await;
}

/// Whoever writes to it still is waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_being_written_is_let_be() {
    let mut watched = Watched::new();
    watched.start();
    let mut names = (1..).map(|attempt| format!("slow {attempt}.wav"));
    let written = loop {
        let name = names.next().unwrap();
        if written_in_time(&watched, &name).await {
            break name;
        }
        // A machine with other things to do made pauses that may be taken for the end.
        watched.told(1).await;
    };
    assert_eq!(watched.outcome(&written).await, Outcome::Valid);
    watched.nothing_more().await;
    watched.stop().await;
}

/// Writes a file in small pieces, and expects that nothing is told meanwhile; whether no pause
/// was as long as those that mean that nobody writes any more.
async fn written_in_time(watched: &Watched, name: &str) -> bool {
    use std::io::Write as _;
    let bytes = good(20_000);
    let mut file = std::fs::File::create(watched.path(name)).unwrap();
    for piece in bytes.chunks(bytes.len() / 12) {
        let pause = Instant::now();
        file.write_all(piece).unwrap();
        tokio::time::sleep(SETTLED / 4).await;
        let told = watched.take_one(Duration::ZERO).await;
        if pause.elapsed() >= SETTLED {
            watched.told.lock().unwrap().extend(told);
            return false;
        }
        assert_eq!(told, None);
    }
    true
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_is_moved_in_with_all_that_is_in_it() {
    let mut watched = Watched::new();
    let prepared = watched.directory.path().join("prepared");
    std::fs::create_dir_all(prepared.join("x/y")).unwrap();
    std::fs::write(prepared.join("x/y/a.wav"), good(1)).unwrap();
    watched.start();
    watched.put("first.wav", &good(2));
    watched.outcome("first.wav").await;
    std::fs::rename(&prepared, watched.path("moved in")).unwrap();
    assert_eq!(watched.outcome("moved in/x/y/a.wav").await, Outcome::Valid);
    // And it is watched from then on.
    watched.put("moved in/x/y/b.wav", &good(3));
    assert_eq!(watched.outcome("moved in/x/y/b.wav").await, Outcome::Valid);
    watched.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_meanwhile_is_found() {
    let mut watched = Watched::new();
    for name in ["same.wav", "changed.wav", "removed.wav"] {
        watched.put(name, &good(1));
    }
    watched.start();
    watched.told(3).await;
    watched.stop().await;
    watched.put("changed.wav", &bad(2));
    watched.put("new.wav", &good(4));
    std::fs::remove_file(watched.path("removed.wav")).unwrap();
    watched.start();
    watched.told(3).await;
    assert_eq!(watched.status("same.wav").await, Some(AssetStatus::Valid));
    assert_eq!(watched.status("changed.wav").await, Some(AssetStatus::Quarantined));
    assert_eq!(watched.status("new.wav").await, Some(AssetStatus::Valid));
    assert_eq!(watched.status("removed.wav").await, Some(AssetStatus::Deleted));
    watched.nothing_more().await;
    watched.stop().await;
}

/// A folder that is not there cannot be watched, and nothing is taken for gone.
#[tokio::test(flavor = "multi_thread")]
async fn a_missing_folder_is_an_error() {
    let mut watched = Watched::new();
    watched.put("a.wav", &good(1));
    watched.start();
    watched.outcome("a.wav").await;
    watched.stop().await;
    std::fs::rename(watched.path(""), watched.directory.path().join("away")).unwrap();
    watched.start();
    let ended = watched.running.take().unwrap().await.unwrap();
    assert!(ended.is_err(), "{ended:?}");
    watched.nothing_more().await;
    assert_eq!(watched.status("a.wav").await, Some(AssetStatus::Valid));
}
