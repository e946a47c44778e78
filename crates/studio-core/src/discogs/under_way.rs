//! What is being found out now, so that nothing is found out twice at once.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use studio_domain::SubjectId;

/// How much is found out behind pages at once: who makes up names by the thousand does not
/// fill the memory with them. Pages that come later begin what did not fit.
const MOST: usize = 64;

#[derive(Debug, Clone, Default)]
pub(super) struct UnderWay(Arc<Mutex<HashSet<SubjectId>>>);

/// That something is found out. Dropping it says that this has ended.
pub(super) struct Place {
    all: UnderWay,
    subject: SubjectId,
}

impl UnderWay {
    /// `None` if somebody is at it, or too many are at others.
    pub(super) fn begin(&self, subject: SubjectId) -> Option<Place> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST || !all.insert(subject) {
            return None;
        }
        Some(Place { all: self.clone(), subject })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.subject);
    }
}
