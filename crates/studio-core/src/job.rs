//! What accompanies a use case that takes a while: progress out, cancellation in.

use std::fmt;
use std::future::Future;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use crate::{Error, Result};

/// What a job is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Reading the local file to learn its digest.
    Reading,
    /// Reading an object in the store to see whether it is still whole.
    Comparing,
    /// Sending bytes to the store.
    Sending,
    /// Fetching bytes from the store.
    Fetching,
    /// Reading stored bytes back to compare them with their digests.
    Verifying,
    /// Reading manifests; counted in manifests, not in bytes.
    Recovering,
    /// Decoding sound to measure it; counted in frames, not in bytes.
    Listening,
    /// Mixing; counted in frames of the mix, not in bytes.
    Mixing,
    /// Moving many files, each through all of the above.
    Importing,
    /// Looking through a library; counted in objects, not in bytes, of those that were known
    /// before.
    Scanning,
    /// Asking a store what it can do; counted in checks, not in bytes.
    Testing,
}

/// How far a job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// A phase begins.
    Begin {
        /// Which.
        phase: Phase,
        /// The bytes it will move.
        total: u64,
    },
    /// The present phase moved on.
    Moved {
        /// By so many bytes.
        bytes: u64,
    },
    /// The present phase is over.
    End,
}

/// Somebody who watches.
pub trait Progress: Send + Sync {
    /// Is told of each step, from any thread; must not block.
    fn on(&self, event: Event);
}

/// Watches nothing.
struct Unwatched;

impl Progress for Unwatched {
    fn on(&self, _event: Event) {}
}

/// What accompanies a use case. The default is watched by nobody and never cancelled.
#[derive(Clone)]
pub struct Job {
    progress: Arc<dyn Progress>,
    cancel: CancellationToken,
}

impl Job {
    /// A job that tells `progress` how far it is and stops when `cancel` says so: it then
    /// takes back what is half done and fails with [`Error::Cancelled`].
    pub fn new(progress: Arc<dyn Progress>, cancel: CancellationToken) -> Self {
        Self { progress, cancel }
    }

    /// A job that is watched by nobody.
    pub(crate) fn unwatched(cancel: CancellationToken) -> Self {
        Self::new(Arc::new(Unwatched), cancel)
    }

    /// A job that is cancelled with this one, and watched by somebody else.
    pub(crate) fn watched_by(&self, progress: Arc<dyn Progress>) -> Self {
        Self { progress, cancel: self.cancel.clone() }
    }

    pub(crate) fn tell(&self, event: Event) {
        self.progress.on(event);
    }

    /// Waits until the job is cancelled.
    pub async fn cancelled(&self) {
        self.cancel.cancelled().await;
    }

    /// Fails once the job is cancelled; for loops on blocking threads.
    pub(crate) fn check(&self) -> Result<()> {
        if self.cancel.is_cancelled() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Waits for `work`, or for the cancellation.
    pub(crate) async fn unless_cancelled<T, E: Into<Error>>(
        &self,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Error::Cancelled),
            result = work => result.map_err(Into::into),
        }
    }
}

impl Default for Job {
    fn default() -> Self {
        Self::unwatched(CancellationToken::new())
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("cancel", &self.cancel).finish_non_exhaustive()
    }
}
