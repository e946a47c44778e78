//! The picks of a song on their way into a mix.

use std::path::PathBuf;

use studio_audio::Error as SoundError;
use studio_audio::analysis::Measures;
use studio_blob::Error as StoreError;
use studio_domain::{
    AudioFormat, Damage, Measured, Pick, SongPath, SoundFacts, StemLevel, TrackName, Version,
    VersionPath,
};

use super::{MixSettings, Obstacle};
use crate::choose::{PickSheet, PickedTrack, Standing};
use crate::sound::spool::Spool;
use crate::sound::{measure, probe};
use crate::{Error, Job, Result, Studio};

/// A pick with its version.
#[derive(Debug)]
pub(super) struct Chosen {
    pub(super) pick: Pick,
    pub(super) version: Version,
    pub(super) level: StemLevel,
}

/// One with its bytes in a local file, found right, and measured.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) chosen: Chosen,
    pub(super) file: PathBuf,
    pub(super) format: AudioFormat,
    pub(super) measured: Measured,
}

impl Gathered {
    pub(super) fn track(&self) -> &TrackName {
        &self.chosen.version.path.track
    }
}

/// What is asked of the picks of a song.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Completeness {
    /// Every track must have one.
    Whole,
    /// Tracks without one are left out.
    AsFar,
}

impl Studio {
    /// The picks of a song, and what is against their use as far as it shows without reading
    /// all of them.
    pub(super) async fn choose_stems(
        &self,
        song: &SongPath,
        settings: &MixSettings,
        completeness: Completeness,
        job: &Job,
    ) -> Result<(Vec<Chosen>, Vec<Obstacle>)> {
        let sheet = self.picks(song).await?;
        let mut obstacles = settings_without_track(settings, &sheet);
        let PickSheet { picked, without } = sheet;
        if completeness == Completeness::Whole {
            obstacles.extend(without.iter().cloned().map(|track| Obstacle::NoPick { track }));
        }
        let mut chosen = Vec::new();
        let mut heard = picked.is_empty();
        for PickedTrack { pick, standing } in picked {
            let track = pick.track.track.clone();
            heard |= !settings.level_of(&track).mute;
            let Some(tag) = pick.version.as_ref().map(|version| version.tag.clone()) else {
                continue;
            };
            match standing {
                Standing::There(version, _) if version.store != *self.store.url() => {
                    let store = Box::new(version.store.clone());
                    obstacles.push(Obstacle::Elsewhere { track, tag, store });
                }
                Standing::There(version, _) => {
                    let level = settings.level_of(&track);
                    match self.damage_of(&version, job).await? {
                        Some(damage) => obstacles.push(Obstacle::Damaged { track, tag, damage }),
                        None => chosen.push(Chosen { pick, version: *version, level }),
                    }
                }
                Standing::Trashed(_) => obstacles.push(Obstacle::Trashed { track, tag }),
                Standing::Gone => obstacles.push(Obstacle::Gone { track, tag }),
            }
        }
        if chosen.is_empty() && obstacles.is_empty() {
            // Not even one of the tracks that may be without a pick has one.
            obstacles.extend(without.into_iter().map(|track| Obstacle::NoPick { track }));
            if obstacles.is_empty() {
                obstacles.push(Obstacle::NoTracks);
            }
        }
        if !heard {
            obstacles.push(Obstacle::AllMuted);
        }
        let facts = self.facts_of(&chosen).await?;
        for (chosen, facts) in chosen.iter().zip(&facts) {
            let VersionPath { track, tag, .. } = chosen.version.path.clone();
            if let Some(why) = facts.and_then(|facts| unmixable(&facts.format)) {
                obstacles.push(Obstacle::NotSound { track, tag, reason: why.to_string() });
            }
        }
        let known = chosen.iter().zip(facts).filter_map(|(chosen, facts)| {
            let facts = facts?;
            let track = chosen.version.path.track.clone();
            let frames = known_frames(&facts)?;
            (!chosen.level.mute).then_some((track, facts.format.sample_rate, frames))
        });
        obstacles.extend(differences(&known.collect::<Vec<_>>(), settings));
        Ok((chosen, obstacles))
    }

    /// What is known of the sound of each.
    pub(super) async fn facts_of(&self, chosen: &[Chosen]) -> Result<Vec<Option<SoundFacts>>> {
        let ids: Vec<_> =
            chosen.iter().map(|chosen| (chosen.version.id, chosen.version.digest)).collect();
        let details = self.choices.details(&ids).await?;
        Ok(details.into_iter().map(|details| details.sound).collect())
    }

    /// What is known to be wrong with the bytes of a version, or shows by asking its store.
    async fn damage_of(&self, version: &Version, job: &Job) -> Result<Option<Damage>> {
        if let Some(damage) = version.check.and_then(|check| check.damage) {
            return Ok(Some(damage));
        }
        match self.object_of(version, job).await {
            Ok(_) => Ok(None),
            Err(Error::Damaged { damage, .. }) => Ok(Some(damage)),
            Err(Error::ObjectMissing { .. }) => Ok(Some(Damage::Missing)),
            Err(error) => Err(error),
        }
    }

    /// Fetches, verifies and measures each of them, and tells what is against it.
    pub(super) async fn gather(
        &self,
        chosen: Vec<Chosen>,
        settings: &MixSettings,
        spool: &Spool,
        job: &Job,
    ) -> Result<(Vec<Gathered>, Vec<Obstacle>)> {
        let facts = self.facts_of(&chosen).await?;
        let (mut gathered, mut obstacles) = (Vec::new(), Vec::new());
        for (chosen, known) in chosen.into_iter().zip(facts) {
            let (track, tag) = (chosen.version.path.track.clone(), chosen.version.path.tag.clone());
            let file = match self.fetch(&chosen.version, spool, job).await {
                Ok(file) => file,
                Err(error) => {
                    let obstacle = match why_unfit(&error) {
                        Some(Unfit::Damaged(damage)) => Obstacle::Damaged { track, tag, damage },
                        Some(Unfit::Unread(reason)) => Obstacle::Unverified { track, tag, reason },
                        None => return Err(error),
                    };
                    obstacles.push(obstacle);
                    continue;
                }
            };
            match self.sound_in(&chosen.version, file.clone(), known, job).await {
                Ok((format, measured)) => {
                    gathered.push(Gathered { chosen, file, format, measured });
                }
                Err(Error::Sound { source, .. })
                    if !matches!(source, studio_audio::Error::Io(_)) =>
                {
                    let reason = source.to_string();
                    obstacles.push(Obstacle::NotSound { track, tag, reason });
                }
                Err(error) => return Err(error),
            }
        }
        let heard = gathered.iter().filter(|gathered| !gathered.chosen.level.mute);
        let found: Vec<_> = heard
            .map(|gathered| {
                let frames = gathered.measured.frames;
                (gathered.track().clone(), gathered.format.sample_rate, frames)
            })
            .collect();
        obstacles.extend(differences(&found, settings));
        Ok((gathered, obstacles))
    }

    /// What the sound in a file is, measured now unless it has been.
    async fn sound_in(
        &self,
        version: &Version,
        file: PathBuf,
        known: Option<SoundFacts>,
        job: &Job,
    ) -> Result<(AudioFormat, Measured)> {
        let what = version.path.to_string();
        // Of the bytes that were just found right, whatever was known before.
        let header = probe::header_of_file(file.clone(), what.clone()).await?;
        let refused = |source| Err(Error::Sound { what: what.clone(), source });
        let Some(format) = header.format else {
            let detail = "its header does not say what it is".to_owned();
            return refused(SoundError::Malformed { detail });
        };
        if let Some(source) = unmixable(&format) {
            return refused(source);
        }
        let measured = match known.and_then(|known| known.measured) {
            Some(measured) => measured,
            None => self.measure_stem(version, format, file, what.clone(), job).await?,
        };
        match header.declared_frames {
            Some(declared) if declared != measured.frames => {
                let detail = format!("it has {} of {declared} frames", measured.frames);
                refused(SoundError::Malformed { detail })
            }
            _ => Ok((format, measured)),
        }
    }

    async fn measure_stem(
        &self,
        version: &Version,
        format: AudioFormat,
        file: PathBuf,
        what: String,
        job: &Job,
    ) -> Result<Measured> {
        let measures = Measures { peaks: false, content: false, ..Measures::ALL };
        let analysis = measure::measure_aside(file, what.clone(), measures, job).await?;
        let measured = analysis.measured().ok_or_else(|| {
            let detail = analysis.undecodable.unwrap_or_else(|| "it cannot be measured".to_owned());
            Error::Sound { what, source: SoundError::Malformed { detail } }
        })?;
        let facts = SoundFacts { format, measured: Some(measured) };
        self.choices.record_sounds(&[(version.digest, facts)]).await?;
        Ok(measured)
    }
}

/// Why sound of a format cannot be mixed, if it cannot.
fn unmixable(format: &AudioFormat) -> Option<SoundError> {
    (format.channels > 2).then(|| SoundError::Unsupported {
        what: format!("{} channels in a stereo mix", format.channels),
    })
}

/// How long some sound is, as far as that is known (frames).
pub(super) fn known_frames(facts: &SoundFacts) -> Option<u64> {
    facts.measured.map(|measured| measured.frames).or(facts.format.frames)
}

/// Settings for tracks that the song does not have.
fn settings_without_track(settings: &MixSettings, sheet: &PickSheet) -> Vec<Obstacle> {
    let picked = sheet.picked.iter().map(|picked| &picked.pick.track.track);
    let tracks: Vec<&TrackName> = picked.chain(&sheet.without).collect();
    let unknown = settings
        .levels
        .iter()
        .filter(|(name, _)| !tracks.iter().any(|track| track.key() == name.key()));
    unknown.map(|(track, _)| Obstacle::UnknownTrack { track: track.clone() }).collect()
}

/// Rates and lengths that differ without being asked for: track, Hz, frames.
fn differences(stems: &[(TrackName, u32, u64)], settings: &MixSettings) -> Vec<Obstacle> {
    let mut obstacles = Vec::new();
    let Some((_, rate, frames)) = stems.first() else { return obstacles };
    if settings.sample_rate.is_none() && stems.iter().any(|(_, other, _)| other != rate) {
        let rates = stems.iter().map(|(track, rate, _)| (track.clone(), *rate)).collect();
        obstacles.push(Obstacle::MixedRates { rates });
    }
    // In one rate exactly, in several as near as whole frames go.
    let same = |(_, other_rate, other): &(TrackName, u32, u64)| {
        let (one, other) =
            (u128::from(*frames) * u128::from(*other_rate), u128::from(*other) * u128::from(*rate));
        match other_rate == rate {
            true => one == other,
            false => one.abs_diff(other) <= u128::from((*rate).max(*other_rate)),
        }
    };
    if !settings.mixed_lengths && !stems.iter().all(same) {
        let micros = |rate: u32, frames: u64| {
            u64::try_from(u128::from(frames) * 1_000_000 / u128::from(rate.max(1)))
                .unwrap_or(u64::MAX)
        };
        let lengths = stems.iter().map(|(track, rate, n)| (track.clone(), micros(*rate, *n)));
        obstacles.push(Obstacle::MixedLengths { lengths: lengths.collect() });
    }
    obstacles
}

/// Why bytes are of no use.
pub(super) enum Unfit {
    Damaged(Damage),
    Unread(String),
}

/// Whether an error is about the bytes of one version, and not about the store or this
/// machine.
pub(super) fn why_unfit(error: &Error) -> Option<Unfit> {
    match error {
        Error::Damaged { damage, .. } => Some(Unfit::Damaged(*damage)),
        Error::ObjectMissing { .. } => Some(Unfit::Damaged(Damage::Missing)),
        Error::Store(error @ StoreError::Archived { .. }) => Some(Unfit::Unread(error.to_string())),
        _ => None,
    }
}
