//! What a studio should have, told from what was done to it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use studio_core::{Timestamp, TrashedVersion, Version, VersionId};

use crate::history::{Deed, PLACES, place};
use crate::takes::TAKES;

const RETENTION: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Fails the case with a text.
macro_rules! ensure {
    ($holds:expr, $($text:tt)+) => {
        if !$holds {
            return Err(format!($($text)+));
        }
    };
}
pub(crate) use ensure;

/// Why a history is not as it should be.
pub(crate) type Verdict<T = ()> = Result<T, String>;

/// What bytes stand, or stood, where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Take {
    pub(crate) place: usize,
    pub(crate) take: usize,
}

/// What a catalogue and a store have at one moment.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub(crate) live: BTreeMap<VersionId, Take>,
    pub(crate) trash: BTreeMap<VersionId, (Take, Timestamp)>,
    pub(crate) manifests: BTreeSet<VersionId>,
    pub(crate) tombstones: BTreeSet<VersionId>,
    /// The takes whose bytes are in the store, whole.
    pub(crate) objects: BTreeSet<usize>,
}

impl Seen {
    pub(crate) fn add_live(&mut self, version: &Version) -> Verdict {
        let take = take_of(&version.record)?;
        ensure!(self.live.insert(version.id, take).is_none(), "{take:?} is there twice");
        Ok(())
    }

    pub(crate) fn add_trashed(&mut self, version: &TrashedVersion) -> Verdict {
        let take = take_of(&version.record)?;
        let before = self.trash.insert(version.id, (take, version.trashed_at));
        ensure!(before.is_none(), "{take:?} is in the trash twice");
        Ok(())
    }
}

fn take_of(record: &studio_core::NewVersion) -> Verdict<Take> {
    let place = (0..PLACES).find(|&index| place(index, false).is_same_place(&record.path));
    let take = TAKES.iter().position(|take| take.digest == record.digest);
    match (place, take) {
        (Some(place), Some(take)) => Ok(Take { place, take }),
        _ => Err(format!("nobody uploaded {record:?}")),
    }
}

/// What there should be.
#[derive(Debug, Default)]
pub(crate) struct Reference {
    pub(crate) live: BTreeMap<VersionId, Take>,
    /// With the time since when each is there.
    pub(crate) trash: BTreeMap<VersionId, (Take, Timestamp)>,
    /// Uploads that broke off between manifest and catalogue: nobody was told that they
    /// are there, and nobody minds if they come to be.
    pub(crate) halves: BTreeMap<VersionId, Take>,
    /// What was purged, or given up: never to be seen again.
    pub(crate) gone: BTreeSet<VersionId>,
    /// Versions whose removal broke off between tombstone and catalogue: a recovery may
    /// complete it.
    pub(crate) doomed: BTreeSet<VersionId>,
    /// Halves whose bytes were gone before they came into the catalogue.
    pub(crate) hollow: BTreeSet<VersionId>,
}

impl Reference {
    pub(crate) fn at(&self, place: usize) -> Option<(VersionId, usize)> {
        let found = self.live.iter().find(|(_, take)| take.place == place);
        found.map(|(&id, take)| (id, take.take))
    }

    /// The n-th of what is in the trash, oldest first.
    pub(crate) fn in_trash(&self, n: usize) -> Option<VersionId> {
        let mut ids: Vec<_> = self.trash.iter().collect();
        ids.sort_by_key(|(_, (take, since))| (*since, take.place, take.take));
        ids.get(n % ids.len().max(1)).map(|(id, _)| **id)
    }

    /// Takes over what a deed may have changed, and nothing else.
    pub(crate) fn follow(
        &mut self,
        deed: Option<Deed>,
        restored_or_purged: Option<VersionId>,
        now: Timestamp,
        before: &Seen,
        after: &Seen,
    ) -> Verdict {
        let change = Change { deed, which: restored_or_purged, now, before, after };
        self.follow_live(&change)?;
        self.follow_doomed(&change);
        self.follow_trash(&change)?;
        self.follow_new(&change)?;
        self.follow_halves(&change)?;
        self.see_bytes(after)
    }

    fn follow_live(&mut self, change: &Change<'_>) -> Verdict {
        for (id, take) in self.live.clone() {
            if let Some(there) = change.after.live.get(&id) {
                ensure!(*there == take, "{take:?} became {there:?}");
                continue;
            }
            let Some((there, since)) = change.after.trash.get(&id) else {
                return Err(format!("{take:?} ({id}) was there and is lost"));
            };
            let may_go = match change.deed {
                Some(Deed::Remove { place }) => place == take.place,
                Some(Deed::Recover) => self.doomed.contains(&id),
                _ => false,
            };
            ensure!(*there == take && may_go, "{take:?} went to the trash by itself");
            ensure!(*since == change.now, "{take:?} has not its whole time in the trash");
            self.live.remove(&id);
            self.trash.insert(id, (take, *since));
        }
        Ok(())
    }

    fn follow_doomed(&mut self, change: &Change<'_>) {
        if let Some(Deed::Remove { place }) = change.deed {
            self.doomed.extend(self.at(place).map(|(id, _)| id));
        }
        let live = &self.live;
        let tombstones = &change.after.tombstones;
        self.doomed.retain(|id| live.contains_key(id) && tombstones.contains(id));
    }

    fn follow_trash(&mut self, change: &Change<'_>) -> Verdict {
        for (id, (take, since)) in self.trash.clone() {
            // Without a tombstone it was taken back, says the store, and a recovery believes.
            let taken_back = matches!(change.deed, Some(Deed::Recover))
                && change.before.manifests.contains(&id)
                && !change.before.tombstones.contains(&id);
            if let Some(&there) = change.after.trash.get(&id) {
                let whole_time = taken_back && there == (take, change.now);
                let same = there == (take, since) || whole_time;
                ensure!(same, "{take:?} of {since:?} became {there:?}");
                self.trash.insert(id, there);
                continue;
            }
            self.trash.remove(&id);
            let named = change.which == Some(id);
            if let Some(there) = change.after.live.get(&id) {
                let asked = named && matches!(change.deed, Some(Deed::Restore(_)));
                ensure!(
                    *there == take && (asked || taken_back),
                    "{take:?} came back from the trash by itself"
                );
                self.live.insert(id, take);
                continue;
            }
            let may_go = match change.deed {
                Some(Deed::Purge(_)) => named,
                Some(Deed::Collect) => since.after(RETENTION) <= change.now,
                _ => false,
            };
            ensure!(may_go, "{take:?} is lost from the trash");
            self.gone.insert(id);
        }
        Ok(())
    }

    /// What was neither there nor in the trash.
    fn follow_new(&mut self, change: &Change<'_>) -> Verdict {
        let mending = matches!(change.deed, Some(Deed::Heal(_) | Deed::Recover));
        for (&id, &take) in &change.after.live {
            if self.live.contains_key(&id) {
                continue;
            }
            let uploaded = match change.deed {
                Some(Deed::Upload { place, take: bytes, .. }) => {
                    take == Take { place, take: bytes }
                }
                _ => false,
            };
            let half = self.halves.remove(&id);
            ensure!(!self.gone.contains(&id), "{take:?} was purged and came back");
            ensure!(half.is_none_or(|half| half == take), "{half:?} became {take:?}");
            ensure!(uploaded || half.is_some() && mending, "nobody uploaded {take:?} ({id})");
            if !uploaded && !change.before.objects.contains(&take.take) {
                self.hollow.insert(id);
            }
            self.live.insert(id, take);
        }
        for (&id, &(take, since)) in &change.after.trash {
            if self.trash.contains_key(&id) {
                continue;
            }
            let half = self.halves.remove(&id);
            ensure!(!self.gone.contains(&id), "{take:?} was purged and came back to the trash");
            ensure!(half == Some(take) && mending, "nobody threw {take:?} away");
            if !change.before.objects.contains(&take.take) {
                self.hollow.insert(id);
            }
            self.trash.insert(id, (take, since));
        }
        Ok(())
    }

    fn follow_halves(&mut self, change: &Change<'_>) -> Verdict {
        let stands = |id: &VersionId| {
            change.after.manifests.contains(id) || change.after.tombstones.contains(id)
        };
        self.halves.retain(|id, _| stands(id));
        for &id in &change.after.manifests {
            let known = self.live.contains_key(&id)
                || self.trash.contains_key(&id)
                || self.gone.contains(&id)
                || self.halves.contains_key(&id);
            match change.deed {
                _ if known => {}
                Some(Deed::Upload { place, take, .. }) => {
                    self.halves.insert(id, Take { place, take });
                }
                _ => return Err(format!("a manifest of {id} came from nowhere")),
            }
        }
        Ok(())
    }

    /// Whether all bytes are there that should be.
    fn see_bytes(&mut self, seen: &Seen) -> Verdict {
        let live = self.live.iter().map(|(id, take)| (*id, *take));
        let kept: Vec<_> =
            live.chain(self.trash.iter().map(|(id, (take, _))| (*id, *take))).collect();
        for (id, take) in kept {
            match seen.objects.contains(&take.take) {
                true => {
                    self.hollow.remove(&id);
                }
                false => {
                    ensure!(self.hollow.contains(&id), "the bytes of {take:?} are lost");
                }
            }
        }
        Ok(())
    }

    /// Whether the time of something in the trash is over.
    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        self.trash.values().any(|(_, since)| since.after(RETENTION) <= now)
    }
}

/// A deed and what was seen before and after it.
struct Change<'a> {
    deed: Option<Deed>,
    /// The version that was to be restored or purged.
    which: Option<VersionId>,
    now: Timestamp,
    before: &'a Seen,
    after: &'a Seen,
}
