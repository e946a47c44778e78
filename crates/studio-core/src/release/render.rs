//! Mixes in files.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;

use studio_audio::AudioWriter;
use studio_audio::write::{FlacWriter, PcmFormat, SampleFormat, WavWriter};
use studio_domain::{
    AudioDigest, Mix, NewVersion, ObjectKey, Release, SongPath, Stem, Version, VersionPath,
};

use super::about::About;
use super::gather::{Completeness, Unfit, why_unfit};
use super::mixdown::{MixPart, MixPlan, SEED};
use super::place::{beside, in_target, put_in_place};
use super::{FileKind, MixSettings};
use crate::download::check_target;
use crate::sound::spool::Spool;
use crate::sound::{error, measure};
use crate::transfer::receive::target_error;
use crate::{Error, Job, Result, Studio};

/// The space of the buffer before the file.
const BUFFER: usize = 1 << 18;

/// A file that a mix shall go into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MixFile {
    /// The file.
    pub target: PathBuf,
    /// Whether a file that is there may be replaced.
    pub overwrite: bool,
    /// What kind of file.
    pub kind: FileKind,
}

/// What a rendering made.
#[derive(Debug, Clone, PartialEq)]
pub struct Rendered {
    /// What came of the mix.
    pub mix: Mix,
    /// Whether it has the very samples that the release promises; `None` where other bits
    /// were asked for than those that were frozen.
    pub as_frozen: Option<bool>,
}

/// What mixing the picks of a song without freezing them made.
#[derive(Debug, Clone, PartialEq)]
pub struct Audition {
    /// What came of the mix.
    pub mix: Mix,
    /// The versions in it, by track.
    pub stems: Vec<VersionPath>,
    /// Tracks of the song that have no pick, and are not in it.
    pub without: Vec<studio_domain::TrackName>,
}

impl Studio {
    /// Mixes the picks of a song into a file, or only to measure them, without freezing
    /// anything. Tracks without a pick are left out.
    ///
    /// # Errors
    /// [`NotReleasable`](Error::NotReleasable) with what is against it; those of
    /// [`render_release`](Self::render_release).
    pub async fn audition(
        &self,
        song: &SongPath,
        settings: &MixSettings,
        file: Option<&MixFile>,
        job: &Job,
    ) -> Result<Audition> {
        if let Some(file) = file {
            check_target(&file.target, file.overwrite)?;
            check_kind(file.kind, settings.samples)?;
        }
        settings.check()?;
        let refuse = |obstacles: Vec<_>| match obstacles.is_empty() {
            true => Ok(()),
            false => Err(Error::NotReleasable { song: Box::new(song.clone()), obstacles }),
        };
        let (chosen, obstacles) =
            self.choose_stems(song, settings, Completeness::AsFar, job).await?;
        refuse(obstacles)?;
        let spool = self.spool()?;
        let (stems, obstacles) = self.gather(chosen, settings, &spool, job).await?;
        refuse(obstacles)?;
        let plan = MixPlan::new(&stems, settings);
        let mix = render_expecting(plan, file.cloned(), About::audition(song), None, job).await?;
        Ok(Audition {
            mix,
            stems: stems.iter().map(|stem| stem.chosen.version.path.clone()).collect(),
            without: self.picks(song).await?.without,
        })
    }

    /// Makes the mix of a release again, into a file: every byte of its versions is read and
    /// verified, and the samples are compared with those that were frozen.
    ///
    /// # Errors
    /// Of the target those of [`download`](Self::download), of the versions
    /// [`Damaged`](Error::Damaged) and [`ObjectMissing`](Error::ObjectMissing);
    /// [`NotAsFrozen`](Error::NotAsFrozen) when the mix has other samples than the release
    /// promises, and the file is not made then; what the store says;
    /// [`Cancelled`](Error::Cancelled).
    pub async fn render_release(
        &self,
        release: &Release,
        samples: Option<SampleFormat>,
        file: &MixFile,
        job: &Job,
    ) -> Result<Rendered> {
        check_target(&file.target, file.overwrite)?;
        self.expect_ours(release).await?;
        check_kind(file.kind, samples.unwrap_or_else(|| samples_of(&release.mix)))?;
        let spool = self.spool()?;
        let plan = self.plan_of_release(release, samples, &spool, job).await?;
        let frozen = samples.is_none_or(|samples| samples == samples_of(&release.mix));
        let expected = frozen.then_some(release.mix.audio_digest);
        let about = About::of_release(release, frozen);
        let mix = render_expecting(plan, Some(file.clone()), about, expected, job).await?;
        Ok(Rendered { mix, as_frozen: expected.map(|digest| digest == mix.audio_digest) })
    }

    /// The mix of a release as it was frozen, beginning so many frames after midnight, with
    /// what is in the spool already.
    pub(super) async fn render_frozen(
        &self,
        release: &Release,
        time_reference: u64,
        file: MixFile,
        spool: &Spool,
        job: &Job,
    ) -> Result<Mix> {
        let plan = self.plan_of_release(release, None, spool, job).await?;
        let about = About::of_release(release, true).beginning_at(time_reference);
        render_expecting(plan, Some(file), about, Some(release.mix.audio_digest), job).await
    }

    /// Refuses a release of another store, which this one has nothing of, and one whose mix
    /// is made by rules that are not known here.
    pub(super) async fn expect_ours(&self, release: &Release) -> Result<()> {
        if release.mix.recipe != Mix::RECIPE {
            let what =
                format!("a mix by rules {}, made with {}", release.mix.recipe, release.made_with);
            let source = studio_audio::Error::Unsupported { what };
            return Err(Error::Sound { what: format!("release {}", release.name), source });
        }
        if release.store == *self.store.url() {
            return Ok(());
        }
        // The same store may have another name now, or this one be a copy of it.
        match self.store.head(&ObjectKey::of_release(release.id)).await {
            Ok(_) => Ok(()),
            Err(studio_blob::Error::NotFound { .. }) => Err(Error::ReleasedElsewhere {
                name: release.name.clone(),
                store: Box::new(release.store.clone()),
                configured: Box::new(self.store.url().clone()),
            }),
            Err(error) => Err(error.into()),
        }
    }

    /// The mix of a release, its stems fetched and found right.
    pub(super) async fn plan_of_release(
        &self,
        release: &Release,
        samples: Option<SampleFormat>,
        spool: &Spool,
        job: &Job,
    ) -> Result<MixPlan> {
        let mut parts = Vec::with_capacity(release.stems.len());
        for stem in &release.stems {
            let version = self.version_of_stem(release, stem);
            let file = self.fetch(&version, spool, job).await?;
            let frames = stem.format.frames.unwrap_or(0);
            let length = (stem.format.sample_rate, frames);
            let name = stem.track.to_string();
            parts.push(MixPart::new(name, file, stem.level, length, release.mix.sample_rate));
        }
        let samples = samples.unwrap_or_else(|| samples_of(&release.mix));
        let Mix { channels, sample_rate, gain, dither, .. } = release.mix;
        let format = PcmFormat { channels, sample_rate, samples };
        // Fewer bits than were frozen lose some, though nothing was lost then.
        let reduced = release.mix.bits.is_none() && samples != SampleFormat::Float32;
        let dither = if reduced { Some(SEED) } else { dither };
        let convert = release.stems.iter().any(|stem| stem.format.sample_rate != sample_rate);
        Ok(MixPlan { parts, format, gain, dither, convert })
    }

    /// What a stem says of its version, for reading its bytes.
    pub(super) fn version_of_stem(&self, release: &Release, stem: &Stem) -> Version {
        let SongPath { artist, song } = release.song.clone();
        let (track, tag) = (stem.track.clone(), stem.tag.clone());
        let record = NewVersion {
            id: stem.version,
            path: VersionPath { artist, song, track, tag },
            original_path: String::new(),
            uploaded_at: release.said.at,
            size: stem.size,
            digest: stem.digest,
            crc64nvme: studio_domain::Crc64Nvme::from_u64(0),
            content_type: String::new(),
            store: release.store.clone(),
            object_key: stem.object_key.clone(),
        };
        Version { record, slug: studio_domain::Slug::from_name(stem.tag.as_str()), check: None }
    }

    /// What keeps the bytes of a stem from being used; `None` when they are right, and then
    /// they are in the spool.
    pub(super) async fn unfit_stem(
        &self,
        release: &Release,
        stem: &Stem,
        spool: &Spool,
        job: &Job,
    ) -> Result<Option<Unfit>> {
        match self.fetch(&self.version_of_stem(release, stem), spool, job).await {
            Ok(_) => Ok(None),
            Err(error) => match why_unfit(&error) {
                Some(unfit) => Ok(Some(unfit)),
                None => Err(error),
            },
        }
    }
}

/// Refuses samples that a kind of file does not hold, before anything is fetched.
fn check_kind(kind: FileKind, samples: SampleFormat) -> Result<()> {
    match (kind, samples) {
        (FileKind::Flac, SampleFormat::Float32) => Err(Error::Sound {
            what: "the mix".to_owned(),
            source: studio_audio::Error::Mismatch {
                what: "FLAC holds whole numbers, and the mix is of 32-bit floats".to_owned(),
            },
        }),
        _ => Ok(()),
    }
}

pub(super) fn samples_of(mix: &Mix) -> SampleFormat {
    match mix.bits {
        Some(16) => SampleFormat::Int16,
        Some(_) => SampleFormat::Int24,
        None => SampleFormat::Float32,
    }
}

/// Mixes on a thread of its own. What was expected and does not come is not put under the
/// file's name.
async fn render_expecting(
    plan: MixPlan,
    file: Option<MixFile>,
    about: About,
    expected: Option<AudioDigest>,
    job: &Job,
) -> Result<Mix> {
    let job = job.clone();
    measure::aside(move || {
        let Some(file) = file else {
            let nowhere = studio_audio::write::Discard::new(plan.format);
            let mut nowhere = nowhere.map_err(|error| error::of("the mix", error))?;
            return plan.run(&mut nowhere, &job);
        };
        let temporary = beside(&file.target)?;
        let mix = {
            let copy = temporary.reopen().map_err(|error| target_error(&file.target, error))?;
            let mut writer = writer(copy, plan.format, file.kind, &about)
                .map_err(|error| error::of("the mix", error))?;
            plan.run(&mut *writer, &job).map_err(|error| in_target(&file.target, error))?
        };
        if expected.is_some_and(|digest| digest != mix.audio_digest) {
            let what = "the mix".to_owned();
            return Err(Error::NotAsFrozen { what, found: mix.audio_digest });
        }
        put_in_place(temporary, &file.target, file.overwrite)?;
        Ok(mix)
    })
    .await
}

fn writer(
    file: File,
    format: PcmFormat,
    kind: FileKind,
    about: &About,
) -> studio_audio::Result<Box<dyn AudioWriter>> {
    let file = BufWriter::with_capacity(BUFFER, file);
    Ok(match kind {
        FileKind::Wav => Box::new(WavWriter::new(file, format, &about.chunks(format))?),
        FileKind::Flac => Box::new(FlacWriter::new(file, format, &about.tags())?),
    })
}
