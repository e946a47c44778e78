//! Verify: are the bytes of these versions still those that were stored?

use std::collections::HashMap;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use studio_domain::{Damage, ObjectKey, Version};
use studio_repo::{PageRequest, VersionFilter};

use super::check::{Compared, Depth, Expected, Record};
use crate::{Event, Job, Phase, Result, Studio};

/// How many versions are looked at in one go.
const PAGE: u32 = 1000;
/// How many objects the store is asked about at once.
const PARALLEL_QUESTIONS: usize = 16;
/// How many objects are read at once.
const PARALLEL_READINGS: usize = 2;

/// A version whose bytes are not what they should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The version.
    pub version: Version,
    /// What is wrong.
    pub damage: Damage,
}

/// What a verification found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Versions that were looked at.
    pub versions: u64,
    /// Objects that their bytes are in; versions with the same bytes share one.
    pub objects: u64,
    /// Bytes that these objects have.
    pub bytes: u64,
    /// Objects of which nothing but the size could be compared, because the store keeps
    /// no checksum and their bytes were not read.
    pub by_size_only: u64,
    /// Versions whose bytes are in an archive, and could not be read.
    pub archived: u64,
    /// Versions whose bytes are in another store than this one, and were not looked at.
    pub elsewhere: u64,
    /// Objects of what is published that no version has, and that were looked at too.
    pub published: u64,
    /// What is wrong, in the order of listings.
    pub findings: Vec<Finding>,
    /// What is wrong with those of what is published.
    pub published_findings: Vec<(ObjectKey, Damage)>,
}

impl Studio {
    /// Compares the bytes of the versions that fit `filter` with the catalogue.
    ///
    /// What is certain is recorded there: each object that was read in full, and each
    /// damage. Cancelled, it has recorded what it had seen by then.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog), with `NotFound` when names lead to no version;
    /// [`Store`](crate::Error::Store) when the store cannot be asked, [`StoreEmpty`](crate::Error::StoreEmpty); damage is no error but a
    /// finding.
    /// [`Cancelled`](crate::Error::Cancelled).
    pub async fn verify(
        &self,
        filter: &VersionFilter,
        depth: Depth,
        job: &Job,
    ) -> Result<Verified> {
        self.verify_and(Record::Checks, filter, depth, job).await
    }

    /// The same, and nothing is recorded.
    ///
    /// # Errors
    /// Those of [`verify`](Self::verify).
    pub async fn verify_only(
        &self,
        filter: &VersionFilter,
        depth: Depth,
        job: &Job,
    ) -> Result<Verified> {
        self.verify_and(Record::Nothing, filter, depth, job).await
    }

    async fn verify_and(
        &self,
        record: Record,
        filter: &VersionFilter,
        depth: Depth,
        job: &Job,
    ) -> Result<Verified> {
        self.expect_versions(filter).await?;
        self.expect_store().await?;
        let mut verified = Verified::default();
        let mut known = HashMap::new();
        let mut after = None;
        loop {
            let page = self.catalog.versions(filter, PageRequest { after, limit: PAGE }).await?;
            let how = (record, depth);
            self.verify_page(&page.items, how, job, &mut known, &mut verified).await?;
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        if *filter == VersionFilter::All {
            self.verify_published((record, depth), job, &mut verified).await?;
        }
        Ok(verified)
    }

    /// Compares the objects of what is published that no version has.
    async fn verify_published(
        &self,
        (record, depth): (Record, Depth),
        job: &Job,
        verified: &mut Verified,
    ) -> Result<()> {
        let mut wanted = Vec::new();
        for object in self.all_objects().await? {
            let keys = [object.object_key.clone()];
            let uses = self.care.uses(self.store.url(), &keys, self.now()).await?;
            let of_versions = uses.iter().any(|used| used.versions > 0 || used.trashed > 0);
            if !of_versions && self.is_needed(&object).await? {
                wanted.push(object);
            }
        }
        let parallel = match depth {
            Depth::Quick => PARALLEL_QUESTIONS,
            Depth::Full => {
                let total = wanted.iter().map(|object| object.size).sum();
                job.tell(Event::Begin { phase: Phase::Verifying, total });
                PARALLEL_READINGS
            }
        };
        let mut compared = stream::iter(wanted)
            .map(async |object| {
                let expected = Expected::from(&object);
                let compared = self.compare_and(record, &expected, depth, job).await?;
                Ok::<_, crate::Error>((object, expected, compared))
            })
            .buffer_unordered(parallel);
        while let Some((object, expected, compared)) = compared.try_next().await? {
            verified.published += 1;
            verified.count(&expected, &compared);
            let read_before = object.check.and_then(|check| check.damage);
            let unread = depth == Depth::Quick || compared.archived;
            let read_before = read_before.filter(|damage| unread && damage.shows_by_reading());
            if let Some(damage) = compared.damage.or(read_before) {
                verified.published_findings.push((object.object_key, damage));
            }
        }
        job.tell(Event::End);
        verified.published_findings.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(())
    }

    async fn verify_page(
        &self,
        page: &[Version],
        (record, depth): (Record, Depth),
        job: &Job,
        known: &mut HashMap<ObjectKey, Compared>,
        verified: &mut Verified,
    ) -> Result<()> {
        let here = |version: &&Version| version.store == *self.store.url();
        let mut wanted = HashMap::new();
        for version in page.iter().filter(here) {
            if !known.contains_key(&version.object_key) {
                wanted.insert(version.object_key.clone(), Expected::from(&version.record));
            }
        }
        let total = wanted.values().map(|expected| expected.size).sum();
        let parallel = match depth {
            Depth::Quick => PARALLEL_QUESTIONS,
            Depth::Full => {
                job.tell(Event::Begin { phase: Phase::Verifying, total });
                PARALLEL_READINGS
            }
        };
        let mut compared = stream::iter(wanted.into_values())
            .map(async |expected| {
                let compared = self.compare_and(record, &expected, depth, job).await?;
                Ok::<_, crate::Error>((expected, compared))
            })
            .buffer_unordered(parallel);
        while let Some((expected, compared)) = compared.try_next().await? {
            verified.count(&expected, &compared);
            known.insert(expected.object_key, compared);
        }
        job.tell(Event::End);
        for version in page {
            verified.versions += 1;
            if !here(&version) {
                verified.elsewhere += 1;
                continue;
            }
            let Some(compared) = known.get(&version.object_key) else { continue };
            // A look from outside does not disprove what was found by reading.
            let unread = depth == Depth::Quick || compared.archived;
            let read_before = version.check.and_then(|check| check.damage);
            let read_before = read_before.filter(|damage| unread && damage.shows_by_reading());
            match compared.damage.or(read_before) {
                Some(damage) => {
                    verified.findings.push(Finding { version: version.clone(), damage });
                }
                None => verified.archived += u64::from(compared.archived),
            }
        }
        Ok(())
    }
}

impl Verified {
    fn count(&mut self, expected: &Expected, compared: &Compared) {
        self.objects += 1;
        self.bytes += if compared.archived { 0 } else { expected.size };
        self.by_size_only += u64::from(!compared.by_content);
    }
}
