//! Freezing the picks of a song.

use studio_audio::write::Discard;
use studio_blob::Error as StoreError;
use studio_domain::{
    Loudness, Mix, Note, ObjectKey, PersonName, Release, ReleaseId, ReleaseName, Said, SongPath,
    Stem,
};
use studio_repo::Error as CatalogError;

use super::gather::{Chosen, Completeness, Gathered};
use super::mixdown::MixPlan;
use super::{MixSettings, Obstacle};
use crate::sound::{error, measure};
use crate::{Error, Job, Result, Studio, identity, manifest};

/// The program that writes manifests.
const MADE_WITH: &str = concat!("studio ", env!("CARGO_PKG_VERSION"));

/// A release to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReleaseRequest {
    /// The song whose picks are frozen.
    pub song: SongPath,
    /// What it will be called.
    pub name: ReleaseName,
    /// Who makes it.
    pub by: PersonName,
    /// Why, in their words.
    pub note: Option<Note>,
    /// How it is mixed.
    pub settings: MixSettings,
}

/// What is against a release, as far as it shows without reading all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReleasePlan {
    /// What keeps it from being made.
    pub obstacles: Vec<Obstacle>,
    /// The versions that would go into it: track and version tag.
    pub stems: Vec<(studio_domain::TrackName, studio_domain::VersionTag)>,
    /// How many bytes would be read.
    pub bytes: u64,
}

impl Studio {
    /// Tells what is against a release, as far as it shows without reading all of it, and
    /// changes nothing.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog), with `NotFound` when there is no such song; what the
    /// store says; [`Cancelled`](Error::Cancelled).
    pub async fn plan_release(&self, request: &ReleaseRequest, job: &Job) -> Result<ReleasePlan> {
        let ReleaseRequest { song, settings, .. } = request;
        let (chosen, mut obstacles) =
            self.choose_stems(song, settings, Completeness::Whole, job).await?;
        obstacles.extend(self.name_obstacle(request, &chosen).await?);
        let stems = chosen
            .iter()
            .map(|chosen| (chosen.version.path.track.clone(), chosen.version.path.tag.clone()));
        let bytes = chosen.iter().map(|chosen| chosen.version.size).sum();
        Ok(ReleasePlan { stems: stems.collect(), bytes, obstacles })
    }

    /// Freezes the picks of a song: reads and verifies every byte of them, makes their mix
    /// once, and writes down what went into it and what came of it. Nothing of it changes
    /// any more, and none of its versions can be purged.
    ///
    /// # Errors
    /// [`NotReleasable`](Error::NotReleasable) with all that is against it; otherwise those
    /// of [`plan_release`](Self::plan_release).
    pub async fn create_release(&self, request: &ReleaseRequest, job: &Job) -> Result<Release> {
        let ReleaseRequest { song, settings, .. } = request;
        settings.check()?;
        let (chosen, mut obstacles) =
            self.choose_stems(song, settings, Completeness::Whole, job).await?;
        obstacles.extend(self.name_obstacle(request, &chosen).await?);
        refuse(request, obstacles)?;
        let spool = self.spool()?;
        let (stems, obstacles) = self.gather(chosen, settings, &spool, job).await?;
        refuse(request, obstacles)?;
        let plan = MixPlan::new(&stems, settings);
        let own = job.clone();
        let mix = measure::aside(move || {
            let mut nowhere =
                Discard::new(plan.format).map_err(|error| error::of("the mix", error))?;
            plan.run(&mut nowhere, &own)
        });
        let mix = mix.await?;
        let last = self.releases(Some(song)).await?.last().map(|release| release.said.at);
        let at = self.time_after(last);
        let release = Release {
            id: id_of(song, &request.name),
            // As they were first typed.
            song: stems.first().map_or_else(|| song.clone(), |s| s.chosen.version.path.song_path()),
            name: request.name.clone(),
            said: Said { by: request.by.clone(), at, note: request.note.clone() },
            made_with: MADE_WITH.to_owned(),
            store: self.store.url().clone(),
            stems: stems.into_iter().map(frozen).collect(),
            mix,
        };
        self.expect_store_to_send_to().await?;
        self.write_down(release).await
    }

    /// Writes the manifest of a release, then takes it into the catalogue.
    async fn write_down(&self, release: Release) -> Result<Release> {
        let song = Box::new(release.song.clone());
        let refused = |obstacle| Error::NotReleasable { song, obstacles: vec![obstacle] };
        let (release, ours) = match manifest::write_new_release(&*self.store, &release).await? {
            None => (release, true),
            // That of an attempt that was cut off, and of the same: it is completed.
            Some(there) if is_same(&there, &release) => {
                // Our own, if the answer was lost.
                let ours = there.said == release.said;
                (Release { store: release.store, ..there }, ours)
            }
            Some(there) => return Err(refused(Obstacle::InStore { name: there.name })),
        };
        let added = self.releases.add_release(&release).await;
        if ours && added.is_err() {
            self.take_back_manifest(&release).await;
        }
        match added {
            Ok(()) => Ok(release),
            // Somebody was quicker.
            Err(CatalogError::ReleaseExists { existing }) => {
                Err(refused(Obstacle::NameTaken { name: existing.name }))
            }
            // Thrown away while it was being mixed.
            Err(CatalogError::NotFound { path, .. }) => {
                Err(refused(Obstacle::Trashed { track: path.track, tag: path.tag }))
            }
            Err(CatalogError::PickChanged { track }) => {
                Err(refused(Obstacle::PickChanged { track }))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Removes the manifest of a release that did not come to be. What cannot be put right
    /// here, the doctor finds.
    async fn take_back_manifest(&self, made: &Release) {
        let taken_back: Result<()> = async {
            match self.releases.release_by_id(made.id).await? {
                Some(_) => Ok(()),
                None => Ok(self.store.delete(&ObjectKey::of_release(made.id)).await?),
            }
        }
        .await;
        if let Err(error) = taken_back {
            tracing::warn!(%error, "the manifest of a release that was not made may be left");
        }
    }

    /// What is against the name: a release in the catalogue, or one in the store that the
    /// catalogue does not know and that is made of other versions.
    async fn name_obstacle(
        &self,
        request: &ReleaseRequest,
        chosen: &[Chosen],
    ) -> Result<Option<Obstacle>> {
        match self.releases.release_named(&request.song, &request.name).await {
            Ok(there) => Ok(Some(Obstacle::NameTaken { name: there.name })),
            Err(CatalogError::NoRelease { .. }) => self.stored_obstacle(request, chosen).await,
            Err(error) => Err(error.into()),
        }
    }

    async fn stored_obstacle(
        &self,
        request: &ReleaseRequest,
        chosen: &[Chosen],
    ) -> Result<Option<Obstacle>> {
        let key = ObjectKey::of_release(id_of(&request.song, &request.name));
        let there = match manifest::read_release(&*self.store, &key).await {
            Ok(there) => there,
            Err(Error::ForeignManifest { .. }) => {
                return Ok(Some(Obstacle::InStore { name: request.name.clone() }));
            }
            // Some buckets permit to write but not to ask; then the write decides.
            Err(Error::Store(
                StoreError::NotFound { .. }
                | StoreError::NoSuchStore { .. }
                | StoreError::Denied { .. },
            )) => return Ok(None),
            Err(error) => return Err(error),
        };
        let same = there.stems.len() == chosen.len()
            && there.stems.iter().zip(chosen).all(|(stem, chosen)| {
                stem.version == chosen.version.id && stem.level == chosen.level
            });
        Ok((!same).then_some(Obstacle::InStore { name: there.name }))
    }
}

/// The identity of a release: made of its song and name, so that all who make a release of
/// one name, on whatever catalogue, come to one manifest: the first to write it stays.
fn id_of(song: &SongPath, name: &ReleaseName) -> ReleaseId {
    let parts = ["studio release", song.artist.key(), song.song.key(), name.key()];
    ReleaseId::from_uuid(identity::made_of(&parts))
}

/// Whether two releases have the same samples, made of the same versions in the same way. How
/// loud they are found to be may have been measured by an older program.
fn is_same(one: &Release, other: &Release) -> bool {
    let unmeasured = |release: &Release| {
        let loudness = Loudness::default();
        let stems = release.stems.iter().map(|stem| Stem { loudness, ..stem.clone() });
        (stems.collect::<Vec<_>>(), Mix { loudness, ..release.mix })
    };
    unmeasured(one) == unmeasured(other)
}

fn refuse(request: &ReleaseRequest, obstacles: Vec<Obstacle>) -> Result<()> {
    match obstacles.is_empty() {
        true => Ok(()),
        false => Err(Error::NotReleasable { song: Box::new(request.song.clone()), obstacles }),
    }
}

fn frozen(stem: Gathered) -> Stem {
    let Gathered { chosen, format, measured, .. } = stem;
    let (version, pick) = (chosen.version.record, chosen.pick);
    Stem {
        track: version.path.track,
        tag: version.path.tag,
        version: version.id,
        pick: pick.id,
        picked_by: pick.said.by,
        size: version.size,
        digest: version.digest,
        object_key: version.object_key,
        format,
        audio_digest: measured.audio_digest,
        loudness: measured.loudness,
        level: chosen.level,
    }
}
