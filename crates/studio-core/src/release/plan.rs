//! What would be made of picks and releases: nothing is read for it but the catalogue, and
//! the store is asked only what is there.

use studio_audio::write::SampleFormat;
use studio_domain::{Release, SongPath, TrackName, VersionTag};

use super::deliver::{Delivery, Names, TEXTS, expect_free};
use super::gather::{Chosen, Completeness, known_frames};
use super::mixdown::end_of;
use super::render::samples_of;
use super::{MixSettings, Obstacle};
use crate::{Job, Result, Studio};

/// What mixing the picks of a song would make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditionPlan {
    /// What keeps it from being made.
    pub obstacles: Vec<Obstacle>,
    /// The versions that would be in it, those that are muted included: track and version tag.
    pub stems: Vec<(TrackName, VersionTag)>,
    /// Tracks of the song that have no pick, and would not be in it.
    pub without: Vec<TrackName>,
    /// How many bytes would be read.
    pub bytes: u64,
    /// What would come of it.
    pub mix: PlannedMix,
}

/// What the file of a mix would hold, as far as the catalogue tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedMix {
    /// Channels.
    pub channels: u16,
    /// Frames in a second (Hz); `None` where nothing is known yet of the stems.
    pub sample_rate: Option<u32>,
    /// What its samples would be.
    pub samples: SampleFormat,
    /// Frames, about where stems are converted; `None` where they are not known of a stem.
    pub frames: Option<u64>,
}

/// What a delivery would put where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryPlan {
    /// The files of the stems, in the order of the release.
    pub stems: Vec<String>,
    /// The file of the mix.
    pub mix: String,
    /// The texts beside them.
    pub texts: Vec<&'static str>,
    /// How many bytes would be read.
    pub bytes: u64,
}

impl PlannedMix {
    /// What was frozen.
    pub fn of(release: &Release) -> Self {
        let mix = &release.mix;
        Self {
            channels: mix.channels,
            sample_rate: Some(mix.sample_rate),
            samples: samples_of(mix),
            frames: Some(mix.frames),
        }
    }
}

impl DeliveryPlan {
    /// The names of all files, in their order.
    pub fn files(&self) -> Vec<String> {
        let texts = self.texts.iter().map(ToString::to_string);
        let sound = self.stems.iter().chain([&self.mix]).cloned();
        let mut files: Vec<String> = sound.chain(texts).collect();
        files.sort_unstable();
        files
    }
}

impl Studio {
    /// Tells what [`audition`](Self::audition) would make and what is against it, as far as it
    /// shows without reading any sound.
    ///
    /// # Errors
    /// [`Catalog`](crate::Error::Catalog), with `NotFound` when there is no such song; what the
    /// store says; [`Cancelled`](crate::Error::Cancelled).
    pub async fn plan_audition(
        &self,
        song: &SongPath,
        settings: &MixSettings,
        job: &Job,
    ) -> Result<AuditionPlan> {
        settings.check()?;
        let (chosen, obstacles) =
            self.choose_stems(song, settings, Completeness::AsFar, job).await?;
        let mix = self.planned_mix(&chosen, settings).await?;
        let stems = chosen.iter().map(|chosen| {
            let path = &chosen.version.path;
            (path.track.clone(), path.tag.clone())
        });
        Ok(AuditionPlan {
            stems: stems.collect(),
            without: self.picks(song).await?.without,
            bytes: chosen.iter().map(|chosen| chosen.version.size).sum(),
            mix,
            obstacles,
        })
    }

    /// Tells what [`deliver_release`](Self::deliver_release) would put where.
    ///
    /// # Errors
    /// [`TargetExists`](crate::Error::TargetExists) when something is there;
    /// [`ReleasedElsewhere`](crate::Error::ReleasedElsewhere); [`Catalog`](crate::Error::Catalog).
    pub async fn plan_delivery(
        &self,
        release: &Release,
        delivery: &Delivery,
    ) -> Result<DeliveryPlan> {
        expect_free(&delivery.target)?;
        self.expect_ours(release).await?;
        let Names { stems, mix } = Names::of(release, self.revision(release).await?);
        let bytes = release.stems.iter().map(|stem| stem.size).sum();
        Ok(DeliveryPlan { stems, mix, texts: TEXTS.to_vec(), bytes })
    }

    async fn planned_mix(&self, chosen: &[Chosen], settings: &MixSettings) -> Result<PlannedMix> {
        let facts = self.facts_of(chosen).await?;
        let heard = || chosen.iter().zip(&facts).filter(|(chosen, _)| !chosen.level.mute);
        let known = heard().find_map(|(_, facts)| facts.map(|facts| facts.format.sample_rate));
        let sample_rate = settings.sample_rate.or(known);
        let ends = heard().map(|(chosen, facts)| {
            let facts = (*facts)?;
            let length = (facts.format.sample_rate, known_frames(&facts)?);
            Some(end_of(chosen.level.offset, length, sample_rate?))
        });
        let ends: Option<Vec<u64>> = ends.collect();
        Ok(PlannedMix {
            channels: 2,
            sample_rate,
            samples: settings.samples,
            frames: ends.and_then(|ends| ends.into_iter().max()),
        })
    }
}
