//! A folder that is watched as if it were a bucket: what happens in it becomes messages of
//! the same form.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use notify::{Event, RecursiveMode, Watcher as _};
use studio_blob::Error as StoreError;
use studio_blob::intake::{FolderIntake, FoundObject, Intake as _};
use studio_domain::{Asset, AssetEvent, AssetKey, AssetStatus, EventKind, Moment, ObjectState};
use studio_queue::{Outgoing, Queue, event};
use studio_repo::AssetFilter;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::Ingest;
use super::reconcile::{PAGE, drift_of};
use crate::{Error, Job, Result};

/// How long nobody must have written to a file before it is judged.
const SETTLED: Duration = Duration::from_secs(2);
/// How often files that are being written are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How often the whole folder is gone through, for what the system did not tell of.
const ROUND: Duration = Duration::from_secs(15 * 60);

/// Watches a folder.
pub struct FolderWatch {
    ingest: Ingest,
    intake: FolderIntake,
    queue: Arc<dyn Queue>,
    settled: Duration,
}

/// A file that was written to, as it was when it was last looked at.
#[derive(Debug)]
struct Candidate {
    state: Option<ObjectState>,
    since: Instant,
}

/// Files that were written to, by their keys: those that are done at once are told of in that
/// order.
type Candidates = BTreeMap<AssetKey, Candidate>;

impl FolderWatch {
    /// A watch over the folder of `intake`, one of those of `ingest`, that sends to `queue`.
    pub fn new(ingest: Ingest, intake: FolderIntake, queue: Arc<dyn Queue>) -> Self {
        Self { ingest, intake, queue, settled: SETTLED }
    }

    /// Judges files from now on when nobody has written to them for this long.
    pub fn settling(self, settled: Duration) -> Self {
        Self { settled, ..self }
    }

    /// Watches until `shutdown` is cancelled; what differs from what is known when it begins is
    /// told first.
    ///
    /// # Errors
    /// [`Watch`](Error::Watch) when the folder cannot be watched; what the folder or the
    /// catalogue say of the first going through, and the queue of the first message.
    pub async fn run(&self, shutdown: CancellationToken) -> Result<()> {
        let (sender, mut changes) = mpsc::unbounded_channel();
        let directory = self.intake.directory().to_owned();
        // Begins before the folder is gone through: nothing falls between.
        let _watcher = watch(&directory, sender)?;
        let mut candidates = Candidates::new();
        self.go_through(&mut candidates).await?;
        let mut looks =
            tokio::time::interval(LOOK.min(self.settled.max(Duration::from_millis(10))));
        let mut rounds = tokio::time::interval(ROUND);
        rounds.reset();
        loop {
            tokio::select! {
                () = shutdown.cancelled() => return Ok(()),
                _ = looks.tick(), if !candidates.is_empty() => {
                    self.look(&mut candidates).await?;
                }
                _ = rounds.tick() => self.go_through(&mut candidates).await?,
                change = changes.recv() => match change {
                    Some(Change::Paths(paths)) => self.note(paths, &mut candidates).await,
                    Some(Change::All) => self.go_through(&mut candidates).await?,
                    None => return Ok(()),
                },
            }
        }
    }

    /// Takes whatever differs from what is known for a candidate.
    async fn go_through(&self, candidates: &mut Candidates) -> Result<()> {
        let bucket = self.intake.bucket().clone();
        let assets = &self.ingest.repositories().assets;
        let mut after = None;
        loop {
            let page = self.intake.list("", after.clone()).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            for found in &page {
                let asset = assets.asset_at(Some(&bucket), &found.key).await?;
                if drift_of(asset.as_ref(), found).is_some() {
                    self.begin(found.key.clone(), candidates);
                }
            }
        }
        // Files that went while nobody watched.
        let known = self.ingest.reconcile(&bucket, true, &Job::default()).await?;
        for difference in known.differences {
            self.begin(difference.place.key, candidates);
        }
        Ok(())
    }

    fn begin(&self, key: AssetKey, candidates: &mut Candidates) {
        if self.ingest.is_aside(&key) {
            return;
        }
        let since = Instant::now();
        candidates.entry(key).or_insert(Candidate { state: None, since });
    }

    /// Takes files that something happened to for candidates; of a directory, all in it.
    async fn note(&self, paths: Vec<PathBuf>, candidates: &mut Candidates) {
        for path in paths {
            let Some(key) = self.intake.key_of(&path) else { continue };
            if path.is_dir() {
                self.note_directory(&key, candidates).await;
            } else {
                let state = candidates.remove(&key).and_then(|candidate| candidate.state);
                self.begin(key.clone(), candidates);
                if let Some(candidate) = candidates.get_mut(&key) {
                    candidate.state = state;
                }
            }
        }
    }

    /// A directory may have been moved in with all that is in it.
    async fn note_directory(&self, directory: &AssetKey, candidates: &mut Candidates) {
        let prefix = format!("{}/", directory.as_str());
        let mut after = None;
        while let Ok(page) = self.intake.list(&prefix, after.clone()).await
            && let Some(last) = page.last()
        {
            after = Some(last.key.clone());
            page.iter().for_each(|found| self.begin(found.key.clone(), candidates));
        }
    }

    /// Looks at the candidates, and tells of those that nobody writes to any more.
    async fn look(&self, candidates: &mut Candidates) -> Result<()> {
        let keys: Vec<AssetKey> = candidates.keys().cloned().collect();
        for key in keys {
            let found = match self.intake.head(&key).await {
                Ok(found) => Some(found),
                Err(StoreError::NotFound { .. }) => None,
                Err(error) => return Err(error.into()),
            };
            let Some(candidate) = candidates.get_mut(&key) else { continue };
            let Some(found) = found else {
                candidates.remove(&key);
                self.tell_removed(&key, candidates).await?;
                continue;
            };
            if candidate.state.as_ref() != Some(&found.state) {
                *candidate = Candidate { state: Some(found.state), since: Instant::now() };
            } else if candidate.since.elapsed() >= self.settled {
                candidates.remove(&key);
                self.tell_created(&found).await?;
            }
        }
        Ok(())
    }

    async fn tell_created(&self, found: &FoundObject) -> Result<()> {
        let assets = &self.ingest.repositories().assets;
        let asset = assets.asset_at(Some(self.intake.bucket()), &found.key).await?;
        // Touched, and the same as before.
        if drift_of(asset.as_ref(), found).is_none() {
            return Ok(());
        }
        let event = self.event(&found.key, EventKind::Created, found.state.clone());
        self.send(&AssetEvent { size: Some(found.size), ..event }).await
    }

    async fn tell_removed(&self, key: &AssetKey, candidates: &mut Candidates) -> Result<()> {
        let assets = &self.ingest.repositories().assets;
        match assets.asset_at(Some(self.intake.bucket()), key).await? {
            Some(asset) if is_live(&asset) => {
                self.send(&self.event(key, EventKind::Removed, asset.state)).await
            }
            Some(_) => Ok(()),
            None => self.note_gone_directory(key, candidates).await,
        }
    }

    /// A directory may have been moved away with all that was in it, of which nothing is told.
    async fn note_gone_directory(
        &self,
        directory: &AssetKey,
        candidates: &mut Candidates,
    ) -> Result<()> {
        let filter = AssetFilter {
            bucket: Some(self.intake.bucket().clone()),
            prefix: Some(format!("{}/", directory.as_str())),
            status: None,
        };
        let mut after = None;
        loop {
            let page = self.ingest.repositories().assets.assets(&filter, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.id);
            for asset in page.into_iter().filter(is_live) {
                self.begin(asset.place.key, candidates);
            }
        }
    }

    /// The time is that of the look: a file that is moved in keeps the time of its last change,
    /// which may be years ago.
    fn event(&self, key: &AssetKey, kind: EventKind, state: ObjectState) -> AssetEvent {
        let place = self.ingest.place(&self.intake, key);
        let moment = Moment { sequencer: None, at: Some(self.ingest.now()) };
        AssetEvent { place, kind, state, size: None, moment }
    }

    async fn send(&self, event: &AssetEvent) -> Result<()> {
        let message = Outgoing::new(event::encode(std::slice::from_ref(event)));
        Ok(self.queue.send(&[message]).await?)
    }
}

/// Whether a file is expected where an asset lies.
fn is_live(asset: &Asset) -> bool {
    matches!(asset.status, AssetStatus::Valid | AssetStatus::Received | AssetStatus::Deleting)
}

enum Change {
    /// Something happened to these.
    Paths(Vec<PathBuf>),
    /// Something happened, and nobody knows to what.
    All,
}

fn watch(directory: &Path, sender: mpsc::UnboundedSender<Change>) -> Result<impl notify::Watcher> {
    let failed =
        |source| Error::Watch { directory: directory.to_owned(), source: Box::new(source) };
    let tell = move |change: notify::Result<Event>| {
        let change = match change {
            Ok(change) if change.need_rescan() => Change::All,
            Ok(change) if change.kind.is_access() => return,
            Ok(change) => Change::Paths(change.paths),
            Err(error) => {
                tracing::warn!(%error, "the folder is gone through, for what was not told");
                Change::All
            }
        };
        // Nobody watches any more; then nobody needs to know.
        let _ = sender.send(change);
    };
    let mut watcher = notify::recommended_watcher(tell).map_err(failed)?;
    watcher.watch(directory, RecursiveMode::Recursive).map_err(failed)?;
    Ok(watcher)
}
