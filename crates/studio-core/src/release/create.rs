//! Freezing the picks of a song.

use studio_audio::write::Discard;
use studio_domain::{
    Note, ObjectKey, PersonName, Release, ReleaseId, ReleaseName, Said, SongPath, Stem,
};
use studio_repo::Error as CatalogError;
use uuid::Uuid;

use super::gather::{Completeness, Gathered};
use super::mixdown::MixPlan;
use super::{MixSettings, Obstacle};
use crate::sound::{error, measure};
use crate::{Error, Job, Result, Studio, manifest};

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
        obstacles.extend(self.name_obstacle(request).await?);
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
        let (chosen, mut obstacles) =
            self.choose_stems(song, settings, Completeness::Whole, job).await?;
        obstacles.extend(self.name_obstacle(request).await?);
        refuse(request, obstacles)?;
        let spool = self.spool()?;
        let (stems, obstacles) = self.gather(chosen, settings, &spool, job).await?;
        refuse(request, obstacles)?;
        let plan = MixPlan::new(&stems, settings);
        let (mixed, own) = (plan.clone(), job.clone());
        let mix = measure::aside(move || {
            let mut nowhere =
                Discard::new(mixed.format).map_err(|error| error::of("the mix", error))?;
            mixed.run(&mut nowhere, &own)
        });
        let mix = mix.await?;
        let release = Release {
            id: ReleaseId::from_uuid(Uuid::now_v7()),
            // As they were first typed.
            song: stems.first().map_or_else(|| song.clone(), |s| s.chosen.version.path.song_path()),
            name: request.name.clone(),
            said: Said { by: request.by.clone(), at: self.now(), note: request.note.clone() },
            made_with: MADE_WITH.to_owned(),
            store: self.store.url().clone(),
            stems: stems.into_iter().map(frozen).collect(),
            mix,
        };
        self.expect_store_to_send_to().await?;
        manifest::write_release(&*self.store, &release).await?;
        match self.releases.add_release(&release).await {
            Ok(()) => Ok(release),
            Err(CatalogError::ReleaseExists { existing }) => {
                // Somebody was quicker; ours never was one.
                self.store.delete(&ObjectKey::of_release(release.id)).await?;
                refuse(request, vec![Obstacle::NameTaken { name: existing.name }])?;
                Ok(release)
            }
            Err(CatalogError::NotFound { path, .. }) => {
                // Thrown away while it was being mixed.
                self.store.delete(&ObjectKey::of_release(release.id)).await?;
                let (track, tag) = (path.track, path.tag);
                refuse(request, vec![Obstacle::Trashed { track, tag }])?;
                Ok(release)
            }
            Err(error) => Err(error.into()),
        }
    }

    async fn name_obstacle(&self, request: &ReleaseRequest) -> Result<Option<Obstacle>> {
        match self.releases.release_named(&request.song, &request.name).await {
            Ok(there) => Ok(Some(Obstacle::NameTaken { name: there.name })),
            Err(CatalogError::NoRelease { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
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
