//! Whether a release is still what it was.

use studio_audio::write::Discard;
use studio_blob::Error as StoreError;
use studio_domain::{AudioDigest, Damage, ObjectKey, Release, TrackName, VersionTag};

use super::gather::Unfit;
use crate::sound::{error, measure};
use crate::{Error, Job, Result, Studio, manifest};

/// Something that is not as a release promises.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flaw {
    /// Its manifest is not in the store.
    NoManifest,
    /// Its manifest does not say what the catalogue says, or cannot be read.
    WrongManifest,
    /// The bytes of a version are not those that were frozen.
    Damaged {
        /// The track.
        track: TrackName,
        /// The version.
        tag: VersionTag,
        /// What is wrong with them.
        damage: Damage,
    },
    /// The bytes of a version cannot be read now.
    Unread {
        /// The track.
        track: TrackName,
        /// The version.
        tag: VersionTag,
        /// Why not.
        reason: String,
    },
    /// Its mix, made again, has other samples.
    OtherMix {
        /// The audio digest of what came.
        found: AudioDigest,
    },
}

/// What verifying a release found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VerifiedRelease {
    /// What is not as it promises.
    pub flaws: Vec<Flaw>,
    /// How many bytes were read.
    pub bytes: u64,
    /// Whether its mix was made again; not where a version is damaged.
    pub mixed: bool,
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoManifest => f.write_str("its manifest is not in the store"),
            Self::WrongManifest => f.write_str("its manifest is not what was written"),
            Self::Damaged { track, tag, damage } => {
                write!(f, "`{tag}` of {track} is damaged: its bytes are {damage}")
            }
            Self::Unread { track, tag, reason } => {
                write!(f, "`{tag}` of {track} could not be read: {reason}")
            }
            Self::OtherMix { found } => {
                write!(f, "its mix, made again, has other samples (audio digest {found})")
            }
        }
    }
}

impl Studio {
    /// Reads every byte of a release's versions, compares its manifest with the catalogue,
    /// and makes its mix again to see whether that has the same samples.
    ///
    /// # Errors
    /// [`Catalog`](Error::Catalog), what the store says, [`Cancelled`](Error::Cancelled).
    /// What is wrong with the release is no error: it is told.
    pub async fn verify_release(&self, release: &Release, job: &Job) -> Result<VerifiedRelease> {
        self.expect_store().await?;
        self.expect_ours(release).await?;
        let mut verified = VerifiedRelease::default();
        verified.flaws.extend(self.flaw_of_manifest(release).await?);
        let spool = self.spool()?;
        let mut whole = true;
        for stem in &release.stems {
            let (track, tag) = (stem.track.clone(), stem.tag.clone());
            match self.unfit_stem(release, stem, &spool, job).await? {
                None => verified.bytes += stem.size,
                Some(unfit) => {
                    whole = false;
                    verified.flaws.push(match unfit {
                        Unfit::Damaged(damage) => Flaw::Damaged { track, tag, damage },
                        Unfit::Unread(reason) => Flaw::Unread { track, tag, reason },
                    });
                }
            }
        }
        if whole {
            let plan = self.plan_of_release(release, None, &spool, job).await?;
            let own = job.clone();
            let mix = measure::aside(move || {
                let nowhere = Discard::new(plan.format);
                let mut nowhere = nowhere.map_err(|error| error::of("the mix", error))?;
                plan.run(&mut nowhere, &own)
            });
            let found = mix.await?.audio_digest;
            verified.mixed = true;
            if found != release.mix.audio_digest {
                verified.flaws.push(Flaw::OtherMix { found });
            }
        }
        Ok(verified)
    }

    /// What is wrong with the manifest of a release.
    pub(crate) async fn flaw_of_manifest(&self, release: &Release) -> Result<Option<Flaw>> {
        match manifest::read_release(&*self.store, &ObjectKey::of_release(release.id)).await {
            // A bucket may have been copied: where it stands is not what it says.
            Ok(mut found) => {
                found.store = release.store.clone();
                Ok((found != *release).then_some(Flaw::WrongManifest))
            }
            Err(Error::ForeignManifest { .. }) => Ok(Some(Flaw::WrongManifest)),
            Err(Error::Store(StoreError::NotFound { .. })) => Ok(Some(Flaw::NoManifest)),
            Err(error) => Err(error),
        }
    }
}
