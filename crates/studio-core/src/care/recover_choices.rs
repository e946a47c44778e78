//! Picks, marks and releases, from what stands of them in the store.

use std::collections::HashMap;

use studio_domain::{Mark, ObjectKey, Pick, Release, SongPath};
use studio_repo::Error as CatalogError;

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
        let ids: Vec<_> = inventory.picks.iter().copied().collect();
        let picks = self.choices.unknown_picks(&ids).await?;
        let picks = picks.into_iter().map(ObjectKey::of_pick).collect();
        let read = async |key: ObjectKey| manifest::read_pick(&*self.store, &key).await;
        let picks = read_all(picks, read, job, recovered).await?;
        let ids: Vec<_> = inventory.marks.iter().copied().collect();
        let marks = self.choices.unknown_marks(&ids).await?;
        let marks = marks.into_iter().map(ObjectKey::of_mark).collect();
        let read = async |key: ObjectKey| manifest::read_mark(&*self.store, &key).await;
        let marks = read_all(marks, read, job, recovered).await?;
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

    /// Of the releases that the catalogue does not know, leaves those out whose name another
    /// one has, and tells of them.
    pub(super) async fn leave_taken_names(
        &self,
        unknown: &mut UnknownChoices,
        recovered: &mut Recovered,
    ) -> Result<()> {
        let mut first: HashMap<[String; 3], Release> = HashMap::new();
        for release in std::mem::take(&mut unknown.releases) {
            let SongPath { artist, song } = &release.song;
            let name = [artist.key(), song.key(), release.name.key()].map(str::to_owned);
            let there = match self.releases.release_named(&release.song, &release.name).await {
                Ok(known) => Some(known),
                Err(CatalogError::NoRelease { .. }) => first.get(&name).cloned(),
                Err(error) => return Err(error.into()),
            };
            match there {
                Some(there) => recovered.unreadable.push(self.name_taken(&release, &there)),
                None => {
                    first.insert(name, release.clone());
                    unknown.releases.push(release);
                }
            }
        }
        recovered.unreadable.sort();
        Ok(())
    }

    /// Where a release stands that cannot be taken in, and why.
    fn name_taken(&self, release: &Release, there: &Release) -> (String, String) {
        let Release { name, song, said, .. } = there;
        let reason = format!("release {name} of {song} is another one, made by {}", said.by);
        (self.store.url().locate(&ObjectKey::of_release(release.id)), reason)
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
                // Made since it was looked for.
                Err(CatalogError::ReleaseExists { existing }) => {
                    recovered.unreadable.push(self.name_taken(release, &existing));
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}
