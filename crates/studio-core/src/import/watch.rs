//! The progress of many files as that of one job.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::{Event, Job, Phase, Progress};

/// Tells the whole job how far one of its files is: once for each byte, however often it
/// is read on its way.
pub(super) struct OneOfMany {
    whole: Job,
    size: u64,
    told: AtomicU64,
    moving: AtomicBool,
}

impl OneOfMany {
    /// A job for one file of `size` bytes, cancelled with the whole.
    pub(super) fn job(whole: &Job, size: u64) -> (Arc<Self>, Job) {
        let (told, moving) = (AtomicU64::new(0), AtomicBool::new(false));
        let one = Arc::new(Self { whole: whole.clone(), size, told, moving });
        let job = whole.watched_by(Arc::clone(&one) as Arc<dyn Progress>);
        (one, job)
    }

    /// The file is done, with whatever was not moved.
    pub(super) fn done(&self) {
        self.tell(self.size);
    }

    fn tell(&self, bytes: u64) {
        let before = self.told.fetch_add(bytes, Ordering::Relaxed);
        let rest = self.size.saturating_sub(before);
        self.whole.tell(Event::Moved { bytes: bytes.min(rest) });
    }
}

impl Progress for OneOfMany {
    fn on(&self, event: Event) {
        match event {
            Event::Begin { phase, .. } => {
                let moving = matches!(phase, Phase::Sending | Phase::Fetching);
                self.moving.store(moving, Ordering::Relaxed);
            }
            Event::Moved { bytes } if self.moving.load(Ordering::Relaxed) => self.tell(bytes),
            Event::Moved { .. } | Event::End => {}
        }
    }
}
