//! Comparing a bucket with what is known of it, after events were lost.

use std::collections::HashSet;

use studio_blob::Error as StoreError;
use studio_blob::intake::{FoundObject, Intake};
use studio_domain::{
    Asset, AssetEvent, AssetId, AssetPlace, AssetStatus, BucketName, EventKind, Moment, ObjectState,
};
use studio_repo::AssetFilter;

use super::{Ingest, Taken};
use crate::{Job, Result};

/// How many assets are asked for at once.
pub(super) const PAGE: u32 = 1000;

/// How a bucket differs from what is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Drift {
    /// An object of which nothing is known.
    Unknown,
    /// An object that has other bytes than those that are known.
    Changed,
    /// An object that was received, or found bad, and is still to be dealt with.
    Unfinished,
    /// A valid asset whose object is gone.
    Missing,
}

impl Drift {
    /// Its stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Changed => "changed",
            Self::Unfinished => "unfinished",
            Self::Missing => "missing",
        }
    }
}

/// One place at which they differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The place.
    pub place: AssetPlace,
    /// How.
    pub drift: Drift,
    /// What was done about it; nothing in a dry run.
    pub taken: Option<Taken>,
    /// Why nothing could be done about it.
    pub problem: Option<String>,
}

/// What comparing a bucket gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Objects that were looked at.
    pub objects: u64,
    /// Assets that were looked at.
    pub assets: u64,
    /// Where they differ.
    pub differences: Vec<Difference>,
}

impl Ingest {
    /// Compares a bucket with what is known of it, and unless it is a dry run deals with each
    /// difference as if its event had come now.
    ///
    /// # Errors
    /// [`OtherBucket`](crate::Error::OtherBucket); whatever the bucket or the catalogue say of the
    /// comparison itself. That one object cannot be dealt with is told of it, and the others
    /// are.
    pub async fn reconcile(
        &self,
        bucket: &BucketName,
        dry_run: bool,
        job: &Job,
    ) -> Result<Reconciled> {
        let intake = self.intake(bucket)?;
        let mut report = Reconciled::default();
        let mut there = HashSet::new();
        let mut after = None;
        loop {
            let page = job.unless_cancelled(intake.list("", after.clone())).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            for found in &page {
                job.check()?;
                if self.is_aside(&found.key) {
                    continue;
                }
                report.objects += 1;
                there.insert(found.key.clone());
                let place = self.place(&**intake, &found.key);
                let asset = self.known.assets.asset_at(Some(bucket), &found.key).await?;
                if let Some(drift) = drift_of(asset.as_ref(), found) {
                    let mut event = event_of(&place, EventKind::Created, found);
                    // What is there now is not older than what is known, whatever the clock
                    // says that counts whole seconds.
                    event.moment.at = event.moment.at.max(asset.and_then(|a| a.moment.at));
                    report.differences.push(self.deal_with(drift, event, dry_run).await);
                }
            }
        }
        let missing = self.missing(&**intake, &there, &mut report.assets, job).await?;
        for asset in missing {
            job.check()?;
            let state = asset.state.clone();
            let moment = asset.moment.clone();
            let (place, kind) = (asset.place, EventKind::Removed);
            let event = AssetEvent { place, kind, state, size: None, moment };
            report.differences.push(self.deal_with(Drift::Missing, event, dry_run).await);
        }
        Ok(report)
    }

    /// Assets that should have an object, and have none. Each was looked for once more: it may
    /// have come behind the listing.
    async fn missing(
        &self,
        intake: &dyn Intake,
        there: &HashSet<studio_domain::AssetKey>,
        looked_at: &mut u64,
        job: &Job,
    ) -> Result<Vec<Asset>> {
        let bucket = Some(intake.bucket().clone());
        let filter = AssetFilter { bucket, ..AssetFilter::default() };
        let mut after: Option<AssetId> = None;
        let mut missing = Vec::new();
        loop {
            job.check()?;
            let page = self.known.assets.assets(&filter, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(missing) };
            after = Some(last.id);
            for asset in page {
                *looked_at += 1;
                let expected = [AssetStatus::Valid, AssetStatus::Received].contains(&asset.status);
                if !expected || there.contains(&asset.place.key) {
                    continue;
                }
                match intake.head(&asset.place.key).await {
                    Ok(_) => {}
                    Err(StoreError::NotFound { .. }) => missing.push(asset),
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }

    async fn deal_with(&self, drift: Drift, event: AssetEvent, dry_run: bool) -> Difference {
        let place = event.place.clone();
        if dry_run {
            return Difference { place, drift, taken: None, problem: None };
        }
        match self.take(&event).await {
            Ok(taken) => Difference { place, drift, taken: Some(taken), problem: None },
            Err(error) => {
                let problem = Some(super::filing::whole_text(&error));
                Difference { place, drift, taken: None, problem }
            }
        }
    }
}

/// How an object differs from what is known of it.
pub(super) fn drift_of(asset: Option<&Asset>, found: &FoundObject) -> Option<Drift> {
    let Some(asset) = asset else { return Some(Drift::Unknown) };
    match asset.status {
        AssetStatus::Received => Some(Drift::Unfinished),
        status if has_same_bytes(&asset.state, &found.state) => match status {
            AssetStatus::Rejected => Some(Drift::Unfinished),
            // Moved or removed once, and there again.
            AssetStatus::Quarantined | AssetStatus::Deleted => Some(Drift::Changed),
            _ => None,
        },
        // Taken on the word of somebody who did not say which bytes.
        AssetStatus::Valid if asset.state == ObjectState::default() => None,
        AssetStatus::Deleted => Some(Drift::Unknown),
        _ => Some(Drift::Changed),
    }
}

/// The event that an object would have had. It has no sequencer, so its time is what orders
/// it among others.
fn event_of(place: &AssetPlace, kind: EventKind, found: &FoundObject) -> AssetEvent {
    AssetEvent {
        place: place.clone(),
        kind,
        state: found.state.clone(),
        size: Some(found.size),
        moment: Moment { sequencer: None, at: found.modified },
    }
}

/// Whether a listing, which names no versions, shows the bytes that are known.
fn has_same_bytes(known: &ObjectState, listed: &ObjectState) -> bool {
    let etags = known.etag.as_ref().zip(listed.etag.as_ref());
    etags.is_some_and(|(known, listed)| known == listed)
}
