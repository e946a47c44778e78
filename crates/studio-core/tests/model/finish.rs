//! What has to hold when a history is over.

use std::collections::BTreeSet;

use studio_core::repo::CareRepo as _;
use studio_core::{
    BlobStore as _, Depth, Examination, Job, ObjectKey, Timestamp, VersionFilter, VersionId,
};

use crate::history::{Deed, Trouble};
use crate::reference::{Verdict, ensure};
use crate::takes::TAKES;
use crate::world::{DAY, World};

impl World {
    /// Takes back what can be taken back, lets all time run out, clears, and compares.
    pub(crate) async fn finish(&mut self) -> Verdict {
        self.take_all_back().await?;
        self.read_all().await?;
        for _ in 0..2 {
            self.clock.pass(50 * DAY);
            self.deed(Deed::Collect, Trouble::None).await?;
        }
        self.see_store().await?;
        // What is found may come to be found only by a repair, as of what a half brings in.
        for _ in 0..2 {
            self.clock.pass(DAY);
            self.deed(Deed::Heal(Depth::Full), Trouble::None).await?;
        }
        let examination = Examination { depth: Depth::Full, grace: 7 * DAY, downloads: vec![] };
        let diagnosis = self.studio.examine(&examination, &Job::default()).await;
        let problems = diagnosis.map_err(|error| format!("{error:?}"))?.problems;
        ensure!(problems.is_empty(), "not healed: {problems:?}");
        self.read_all().await
    }

    /// Each restore succeeds, or is refused because the place is taken.
    async fn take_all_back(&mut self) -> Verdict {
        // No claim is left by then that could be in the way.
        self.clock.pass(DAY / 24);
        let mut refused = 0;
        while refused < self.model.trash.len() {
            let before = self.model.trash.len();
            self.deed(Deed::Restore(refused), Trouble::None).await?;
            refused += usize::from(self.model.trash.len() == before);
        }
        Ok(())
    }

    /// All that is live is read back by the studio, and is what was uploaded.
    async fn read_all(&self) -> Verdict {
        let verified = self.studio.verify(&VersionFilter::All, Depth::Full, &Job::default()).await;
        let verified = verified.map_err(|error| format!("{error:?}"))?;
        ensure!(verified.versions == self.model.live.len() as u64, "{verified:?}");
        let damaged = verified.findings.iter().map(|finding| finding.version.id);
        let damaged: Vec<_> = damaged.filter(|id| !self.model.hollow.contains(id)).collect();
        ensure!(damaged.is_empty(), "damaged: {damaged:?}");
        Ok(())
    }

    /// The store has what the model names, and nothing else.
    async fn see_store(&self) -> Verdict {
        let model = &self.model;
        ensure!(model.trash.is_empty(), "in the trash for ever: {:?}", model.trash);
        let open = self.store.open_uploads("").await.unwrap();
        ensure!(open.is_empty(), "uploads are open: {open:?}");
        let removals = self.catalog.removals(100).await.unwrap();
        ensure!(removals.is_empty(), "not removed: {removals:?}");
        let claims = self.catalog.ended_claims(Timestamp::from_micros(i64::MAX), 100).await;
        ensure!(claims.unwrap().is_empty(), "claims are left");
        let named = || model.live.iter().chain(&model.halves);
        let ids: BTreeSet<VersionId> = named().map(|(id, _)| *id).collect();
        let mut keys: BTreeSet<ObjectKey> =
            named().map(|(_, take)| TAKES[take.take].object_key.clone()).collect();
        keys.extend(ids.iter().map(|id| ObjectKey::of_version_manifest(*id)));
        for info in self.store.list("", None).await.unwrap() {
            let tombstone = info.key.as_str().starts_with("trash/");
            // The tombstones of what was purged stay.
            ensure!(tombstone || keys.contains(&info.key), "{} is left", info.key);
        }
        Ok(())
    }
}
