//! Draws what waits for it: a sketch of each recording, for those who look before they listen.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use studio_repo::{RecordingEntry, SketchRepo};
use tokio_util::sync::CancellationToken;

use crate::{Job, Listening, Result};

/// How many are looked up at once.
const PAGE: u32 = 100;
/// How long nothing is looked for when nothing waits.
const PAUSE: Duration = Duration::from_secs(5);
/// The same when what waits cannot be had.
const LONG_PAUSE: Duration = Duration::from_secs(60);

/// Measures recordings that have no sketch yet. Cheap to clone.
#[derive(Clone)]
pub struct Sketches {
    repo: Arc<dyn SketchRepo>,
    listening: Listening,
}

/// What was drawn of all that waited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Drawn {
    /// How many have a sketch now.
    pub drawn: u64,
    /// How many wait still, as their bytes could not be had.
    pub failed: u64,
}

impl fmt::Debug for Sketches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sketches").field("listening", &self.listening).finish_non_exhaustive()
    }
}

impl Sketches {
    /// Those of a catalogue, of what can be listened to.
    pub fn new(repo: Arc<dyn SketchRepo>, listening: Listening) -> Self {
        Self { repo, listening }
    }

    /// Draws all that waits now, one after another.
    ///
    /// # Errors
    /// Those of the catalogue, and [`Cancelled`](crate::Error::Cancelled). Bytes that cannot be
    /// had are no error: what they are of goes on waiting.
    pub async fn draw(&self, job: &Job) -> Result<Drawn> {
        let (mut drawn, mut after) = (Drawn::default(), None);
        loop {
            let waiting = self.repo.without_sketch(after, PAGE).await?;
            for entry in &waiting {
                job.check()?;
                match self.draw_one(entry, job).await? {
                    true => drawn.drawn += 1,
                    false => drawn.failed += 1,
                }
                after = Some(entry.recording.id);
            }
            if waiting.is_empty() {
                return Ok(drawn);
            }
        }
    }

    async fn draw_one(&self, entry: &RecordingEntry, job: &Job) -> Result<bool> {
        let recording = &entry.recording;
        match self.listening.sketch(entry, job).await {
            Ok(sketch) => {
                self.repo.put_sketch(recording.id, &recording.sound.etag(), &sketch).await?;
                Ok(true)
            }
            Err(error @ crate::Error::Cancelled) => Err(error),
            Err(error) => {
                let error: &dyn std::error::Error = &error;
                tracing::debug!(recording = %recording.id, error, "cannot be measured");
                Ok(false)
            }
        }
    }

    /// Draws whatever comes, until it is told to stop.
    pub async fn run(&self, stop: CancellationToken) {
        let job = Job::unwatched(stop.clone());
        let mut told = false;
        while !stop.is_cancelled() {
            let failed = match self.draw(&job).await {
                Ok(drawn) => drawn.failed > 0,
                Err(crate::Error::Cancelled) => return,
                Err(error) => {
                    let error: &dyn std::error::Error = &error;
                    tracing::warn!(error, "cannot measure recordings");
                    true
                }
            };
            if failed && !told {
                tracing::warn!("some recordings cannot be measured: their pages have no waveforms");
            }
            told = failed;
            tokio::select! {
                () = tokio::time::sleep(if failed { LONG_PAUSE } else { PAUSE }) => {}
                () = stop.cancelled() => {}
            }
        }
    }
}
