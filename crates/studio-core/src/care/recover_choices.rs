//! Picks, marks and releases, from what stands of them in the store.

use std::collections::{BTreeMap, HashSet};

use studio_domain::{Mark, ObjectKey, Pick, Release, SongPath, VersionId};
use studio_repo::{Error as CatalogError, MAX_PAGE};

use super::inventory::Inventory;
use super::recover::{Recovered, read_all};
use crate::{Job, Result, Studio, manifest};

/// What the catalogue does not know of what was chosen.
#[derive(Debug, Default)]
pub(super) struct UnknownChoices {
    pub(super) picks: Vec<Pick>,
    pub(super) marks: Vec<Mark>,
    pub(super) releases: Vec<Release>,
}

impl Studio {
    /// Reads what stands in the store of picks, marks and releases that the catalogue does
    /// not know.
    pub(super) async fn unknown_choices(
        &self,
        inventory: &Inventory,
        job: &Job,
        recovered: &mut Recovered,
    ) -> Result<UnknownChoices> {
        let picks = inventory.picks.iter().map(|id| ObjectKey::of_pick(*id)).collect();
        let read = async |key: ObjectKey| manifest::read_pick(&*self.store, &key).await;
        let picks = self.unknown_picks(read_all(picks, read, job, recovered).await?).await?;
        let marks = inventory.marks.iter().map(|id| ObjectKey::of_mark(*id)).collect();
        let read = async |key: ObjectKey| manifest::read_mark(&*self.store, &key).await;
        let marks = self.unknown_marks(read_all(marks, read, job, recovered).await?).await?;
        let mut unknown = Vec::new();
        for &id in &inventory.releases {
            if self.releases.release_by_id(id).await?.is_none() {
                unknown.push(ObjectKey::of_release(id));
            }
        }
        let read = async |key: ObjectKey| {
            let mut release = manifest::read_release(&*self.store, &key).await?;
            // As with versions: a bucket may have been copied.
            release.store = self.store.url().clone();
            Ok(release)
        };
        let mut releases = read_all(unknown, read, job, recovered).await?;
        // Of two with one name the first stays.
        releases.sort_unstable_by_key(|release: &Release| (release.said.at, release.id));
        Ok(UnknownChoices { picks, marks, releases })
    }

    async fn unknown_picks(&self, picks: Vec<Pick>) -> Result<Vec<Pick>> {
        let mut by_song: BTreeMap<SongPath, Vec<Pick>> = BTreeMap::new();
        for pick in picks {
            let (artist, song) = (pick.track.artist.clone(), pick.track.song.clone());
            by_song.entry(SongPath { artist, song }).or_default().push(pick);
        }
        let mut unknown = Vec::new();
        for (song, picks) in by_song {
            let known = self.choices.picks_ever(&song, None, MAX_PAGE).await?;
            let known: HashSet<_> = known.into_iter().map(|pick| pick.id).collect();
            unknown.extend(picks.into_iter().filter(|pick| !known.contains(&pick.id)));
        }
        Ok(unknown)
    }

    async fn unknown_marks(&self, marks: Vec<Mark>) -> Result<Vec<Mark>> {
        let mut by_version: BTreeMap<VersionId, Vec<Mark>> = BTreeMap::new();
        for mark in marks {
            by_version.entry(mark.version).or_default().push(mark);
        }
        let mut unknown = Vec::new();
        for (version, marks) in by_version {
            let known = self.choices.marks_ever(version).await?;
            let known: HashSet<_> = known.into_iter().map(|mark| mark.id).collect();
            unknown.extend(marks.into_iter().filter(|mark| !known.contains(&mark.id)));
        }
        Ok(unknown)
    }

    /// Takes in what the catalogue does not know of what was chosen.
    pub(super) async fn adopt_choices(
        &self,
        unknown: &UnknownChoices,
        recovered: &mut Recovered,
    ) -> Result<()> {
        recovered.picks = self.choices.add_picks(&unknown.picks).await? as u64;
        recovered.marks = self.choices.add_marks(&unknown.marks).await? as u64;
        for release in &unknown.releases {
            match self.releases.restore_release(release).await {
                Ok(()) => recovered.releases += 1,
                Err(CatalogError::ReleaseExists { existing }) => {
                    let key = ObjectKey::of_release(release.id);
                    let reason = format!(
                        "release {} of {} is another one, made by {}",
                        existing.name, existing.song, existing.said.by
                    );
                    recovered.unreadable.push((self.store.url().locate(&key), reason));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
