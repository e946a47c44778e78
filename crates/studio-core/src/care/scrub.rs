//! Scrub: reads back what was not read for the longest time, a little each day.

use std::collections::HashSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use studio_domain::{Damage, ObjectKey};
use studio_repo::{ObjectPosition, StoredObject};

use super::check::{Depth, Expected, Record};
use crate::{Event, Job, Phase, Result, Studio};

/// How many objects are looked up at once.
const PAGE: u32 = 100;
/// How many are read at once.
const PARALLEL: usize = 2;

/// How much a scrub reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Budget {
    /// So many bytes.
    Bytes(u64),
    /// This part of all bytes, in percent: with 1, everything has been read after a
    /// hundred scrubs.
    Percent(f64),
}

/// What a scrub did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scrubbed {
    /// Objects that were read.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that are in an archive, and were passed over.
    pub archived: u64,
    /// Objects that there are.
    pub of_objects: u64,
    /// Bytes that there are.
    pub of_bytes: u64,
    /// Objects that are not what they should be.
    pub findings: Vec<(ObjectKey, Damage)>,
}

impl Studio {
    /// Reads objects back, those first that were never read since they were stored, then
    /// those that were not for the longest time, until the budget is used up: the object
    /// that uses it up is read to its end. Those of versions in the trash are among them.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog), [`Store`](crate::Error::Store),
    /// [`StoreEmpty`](crate::Error::StoreEmpty),
    /// [`Cancelled`](crate::Error::Cancelled). What was read by then is recorded.
    pub async fn scrub(&self, budget: Budget, job: &Job) -> Result<Scrubbed> {
        self.scrub_and(Record::Checks, budget, job).await
    }

    /// The same, and nothing is recorded: the next one reads the same objects again.
    ///
    /// # Errors
    /// Those of [`scrub`](Self::scrub).
    pub async fn scrub_only(&self, budget: Budget, job: &Job) -> Result<Scrubbed> {
        self.scrub_and(Record::Nothing, budget, job).await
    }

    async fn scrub_and(&self, record: Record, budget: Budget, job: &Job) -> Result<Scrubbed> {
        self.expect_store().await?;
        let volume = self.care.volume(self.store.url()).await?;
        let budget = budget.bytes(volume.bytes);
        let (of_objects, of_bytes) = (volume.objects, volume.bytes);
        let mut scrubbed = Scrubbed { of_objects, of_bytes, ..Scrubbed::default() };
        let (mut left, mut after, mut seen) = (budget, None, HashSet::new());
        job.tell(Event::Begin { phase: Phase::Verifying, total: budget.min(of_bytes) });
        // What could not be read, because it is in an archive, makes room for others.
        while left > 0 {
            let due = self.due(left, after.as_ref(), &seen).await?;
            let Some(last) = due.last() else { break };
            after = Some(last.position());
            seen.extend(due.iter().map(|object| object.object_key.clone()));
            let taken: u64 = due.iter().map(|object| object.size).sum();
            left = left.saturating_sub(taken)
                + self.read_back(record, due, job, &mut scrubbed).await?;
        }
        job.tell(Event::End);
        scrubbed.findings.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(scrubbed)
    }

    /// Reads objects back. Returns the bytes of those that are in an archive.
    async fn read_back(
        &self,
        record: Record,
        due: Vec<StoredObject>,
        job: &Job,
        scrubbed: &mut Scrubbed,
    ) -> Result<u64> {
        let mut compared = stream::iter(due)
            .map(async |object| {
                let expected = Expected::from(&object);
                let compared = self.compare_and(record, &expected, Depth::Full, job).await?;
                Ok::<_, crate::Error>((object, compared))
            })
            .buffer_unordered(PARALLEL);
        let mut archived = 0;
        while let Some((object, compared)) = compared.try_next().await? {
            match compared.archived {
                true => {
                    scrubbed.archived += 1;
                    archived += object.size;
                }
                false => scrubbed.objects += 1,
            }
            scrubbed.bytes += compared.read;
            scrubbed.findings.extend(compared.damage.map(|damage| (object.object_key, damage)));
        }
        Ok(archived)
    }

    /// The objects whose turn it is: those behind `after` until the budget is used up. What
    /// was read in this scrub has moved to the end, and is passed over there.
    async fn due(
        &self,
        budget: u64,
        mut after: Option<&ObjectPosition>,
        seen: &HashSet<ObjectKey>,
    ) -> Result<Vec<StoredObject>> {
        let mut due: Vec<StoredObject> = Vec::new();
        let mut bytes = 0;
        let mut last;
        loop {
            let store = self.store.url();
            let page = self.care.objects_to_check(store, after, PAGE).await?;
            let full = page.len() == PAGE as usize;
            last = page.last().map(StoredObject::position);
            for object in page.into_iter().filter(|object| !seen.contains(&object.object_key)) {
                if bytes >= budget {
                    return Ok(due);
                }
                bytes += object.size;
                due.push(object);
            }
            if !full {
                return Ok(due);
            }
            after = last.as_ref();
        }
    }
}

impl Budget {
    fn bytes(self, of: u64) -> u64 {
        match self {
            Self::Bytes(bytes) => bytes,
            // Rounded up, so that a hundred times one percent is not less than all.
            Self::Percent(percent) => (of as f64 * percent / 100.0).ceil() as u64,
        }
    }
}
