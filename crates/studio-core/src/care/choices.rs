//! What is wrong with picks, marks and releases between catalogue and store.

use futures_util::{StreamExt as _, stream};
use studio_domain::{Mark, Pick, Release, SongPath, VersionDetails};
use studio_repo::MAX_PAGE;

use super::check::Depth;
use super::doctor::{Diagnosis, Problem};
use super::inventory::{Inventory, Known};
use super::recover::Recovered;
use super::repair::Outcome;
use crate::{Error, Flaw, Job, Result, Studio, manifest};

/// How many artists or songs are looked up at once.
const PAGE: u32 = 1000;
/// How many manifests are read at once.
const PARALLEL: usize = 16;

/// Something that was chosen, as it stands in the catalogue and in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// A pick.
    Pick(Box<Pick>),
    /// A mark.
    Mark(Box<Mark>),
    /// A release.
    Release(Box<Release>),
}

impl std::fmt::Display for Choice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pick(pick) => match &pick.version {
                Some(version) => write!(f, "pick of `{}` for {}", version.tag, pick.track),
                None => write!(f, "pick taken back for {}", pick.track),
            },
            Self::Mark(mark) => match mark.status {
                Some(status) => write!(f, "mark {status} by {}", mark.said.by),
                None => write!(f, "mark taken back by {}", mark.said.by),
            },
            Self::Release(release) => write!(f, "release {} of {}", release.name, release.song),
        }
    }
}

impl Studio {
    /// Looks for what only one of catalogue and store has of what was chosen.
    pub(super) async fn find_choices(
        &self,
        inventory: &Inventory,
        known: &Known,
        depth: Depth,
        job: &Job,
        diagnosis: &mut Diagnosis,
    ) -> Result<()> {
        let mut unread = Recovered::default();
        let unknown = self.unknown_choices(inventory, job, &mut unread).await?;
        for (location, reason) in unread.unreadable {
            diagnosis.problems.push(Problem::ForeignManifest { location, reason });
        }
        let picks = unknown.picks.into_iter().map(|pick| Choice::Pick(Box::new(pick)));
        let marks = unknown.marks.into_iter().map(|mark| Choice::Mark(Box::new(mark)));
        let releases = unknown.releases.into_iter().map(|made| Choice::Release(Box::new(made)));
        let unknown = picks.chain(marks).chain(releases);
        diagnosis.problems.extend(unknown.map(|choice| Problem::UnknownChoice { choice }));
        for choice in self.choices_without_manifest(inventory, known, depth, job).await? {
            diagnosis.problems.push(Problem::ChoiceWithoutManifest { choice });
        }
        Ok(())
    }

    /// What the catalogue has of what was chosen in this store, and the store does not, or not
    /// in the same words: of releases always, of all else where everything is read. Where
    /// something was said since the store was listed, it is looked at again.
    async fn choices_without_manifest(
        &self,
        inventory: &Inventory,
        known: &Known,
        depth: Depth,
        job: &Job,
    ) -> Result<Vec<Choice>> {
        let (mut without, mut gone) = self.releases_without_manifest(inventory, job).await?;
        let mut there = Vec::new();
        for song in self.songs_of(known) {
            job.check()?;
            for pick in self.choices.picks_ever(&song, None, MAX_PAGE).await? {
                match inventory.picks.contains(&pick.id) {
                    true => there.push(Choice::Pick(Box::new(pick))),
                    false => without.push(Choice::Pick(Box::new(pick))),
                }
            }
        }
        let live = known.versions.values().map(|version| (version.id, version.digest));
        let trashed = known.trashed.values().map(|version| (version.id, version.digest));
        let mut ids: Vec<_> = live.chain(trashed).collect();
        ids.sort_unstable_by_key(|(id, _)| *id);
        for some in ids.chunks(PAGE as usize) {
            let details = self.choices.details(some).await?;
            let full = depth == Depth::Full;
            let said = |known: &VersionDetails| full || known.mark.is_some();
            for ((id, _), _) in some.iter().zip(details).filter(|(_, known)| said(known)) {
                job.check()?;
                for mark in self.choices.marks_ever(*id).await? {
                    match inventory.marks.contains(&mark.id) {
                        true => there.push(Choice::Mark(Box::new(mark))),
                        false => without.push(Choice::Mark(Box::new(mark))),
                    }
                }
            }
        }
        if depth == Depth::Full {
            gone.extend(self.with_other_words(there, job).await?);
        }
        for choice in without {
            match self.store.head(&manifest::key_of_choice(&choice)).await {
                Ok(_) => {}
                Err(studio_blob::Error::NotFound { .. }) => gone.push(choice),
                Err(error) => return Err(error.into()),
            }
        }
        Ok(gone)
    }

    /// Releases of this store that were not found in it, and those that it has in other words.
    async fn releases_without_manifest(
        &self,
        inventory: &Inventory,
        job: &Job,
    ) -> Result<(Vec<Choice>, Vec<Choice>)> {
        let (mut without, mut wrong) = (Vec::new(), Vec::new());
        for id in self.releases.releases(None).await? {
            job.check()?;
            let release = self.releases.release_by_id(id).await?;
            let Some(release) = release.filter(|made| made.store == *self.store.url()) else {
                continue;
            };
            match inventory.releases.contains(&id) {
                false => without.push(Choice::Release(Box::new(release))),
                // There are few of them, and each is the word of its makers.
                true if self.has_wrong_manifest(&release).await? => {
                    wrong.push(Choice::Release(Box::new(release)));
                }
                true => {}
            }
        }
        Ok((without, wrong))
    }

    /// Whether the manifest of a release says something else than the catalogue.
    async fn has_wrong_manifest(&self, release: &Release) -> Result<bool> {
        let flaw = self.flaw_of_manifest(release).await?;
        Ok(flaw == Some(Flaw::WrongManifest))
    }

    /// Of picks and marks that both have, those that the store has in other words.
    async fn with_other_words(&self, choices: Vec<Choice>, job: &Job) -> Result<Vec<Choice>> {
        let store = &*self.store;
        let mut read = stream::iter(choices)
            .map(async |choice| {
                let key = manifest::key_of_choice(&choice);
                let same = match &choice {
                    Choice::Pick(pick) => {
                        manifest::read_pick(store, &key).await.map(|found| found == **pick)
                    }
                    Choice::Mark(mark) => {
                        manifest::read_mark(store, &key).await.map(|found| found == **mark)
                    }
                    // Looked at elsewhere.
                    Choice::Release(_) => Ok(true),
                };
                (choice, same)
            })
            .buffered(PARALLEL);
        let mut wrong = Vec::new();
        while let Some((choice, same)) = read.next().await {
            job.check()?;
            match same {
                Ok(true) => {}
                Ok(false) | Err(Error::ForeignManifest { .. }) => wrong.push(choice),
                // Removed since it was listed.
                Err(Error::Store(studio_blob::Error::NotFound { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(wrong)
    }

    /// The songs that have versions in this store, be it in the trash.
    fn songs_of(&self, known: &Known) -> Vec<SongPath> {
        let live = known.versions.values().map(|version| version.path.song_path());
        let trashed = known.trashed.values().map(|version| version.path.song_path());
        let mut songs: Vec<SongPath> = live.chain(trashed).collect();
        songs.sort_unstable();
        songs.dedup();
        songs
    }

    /// Takes into the catalogue what only the store has.
    pub(super) async fn take_in_choice(&self, choice: &Choice) -> Result<Outcome> {
        match choice {
            Choice::Pick(pick) => {
                self.choices.add_picks(std::slice::from_ref(pick)).await?;
            }
            Choice::Mark(mark) => {
                self.choices.add_marks(std::slice::from_ref(mark)).await?;
            }
            Choice::Release(release) => match self.releases.restore_release(release).await {
                Ok(()) => {}
                Err(studio_repo::Error::ReleaseExists { .. }) => {
                    let why = "the song has another release of that name";
                    return Ok(Outcome::Left(why.to_owned()));
                }
                Err(error) => return Err(Error::from(error)),
            },
        }
        Ok(Outcome::Repaired("taken into the catalogue".to_owned()))
    }

    /// Writes into the store what only the catalogue has.
    pub(super) async fn write_choice(&self, choice: &Choice) -> Result<Outcome> {
        let store = &*self.store;
        match choice {
            Choice::Pick(pick) => manifest::write_pick(store, pick).await?,
            Choice::Mark(mark) => manifest::write_mark(store, mark).await?,
            Choice::Release(release) => manifest::write_release(store, release).await?,
        }
        Ok(Outcome::Repaired("manifest written from the catalogue".to_owned()))
    }
}
