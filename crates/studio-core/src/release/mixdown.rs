//! The mix of gathered stems.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::thread;

use studio_audio::analysis::{Analyser, Measures};
use studio_audio::write::{PcmFormat, SampleFormat};
use studio_audio::{
    AudioWriter, Dither, Error as SoundError, MixOptions, Samples, Sound, Stem as MixStem, mixdown,
};
use studio_domain::{Decibels, Measured, Mix, StemLevel};

use super::MixSettings;
use super::gather::Gathered;
use crate::sound::{error, measure};
use crate::{Error, Event, Job, Phase, Result};

/// What the dither's noise begins from: the same for every mix, so that the same picks with
/// the same settings give the same samples.
pub(super) const SEED: u64 = 0;

/// One stem of a mix, in a local file.
#[derive(Debug, Clone)]
pub(super) struct MixPart {
    pub(super) name: String,
    pub(super) file: PathBuf,
    pub(super) level: StemLevel,
    /// Its length in frames of the mix, and where it ends.
    pub(super) end: u64,
}

/// A mix to be made.
#[derive(Debug, Clone)]
pub(super) struct MixPlan {
    pub(super) parts: Vec<MixPart>,
    pub(super) format: PcmFormat,
    pub(super) gain: Decibels,
    pub(super) dither: Option<u64>,
    /// Whether stems at other rates may be converted: that was asked for.
    pub(super) convert: bool,
}

impl MixPart {
    pub(super) fn new(
        name: String,
        file: PathBuf,
        level: StemLevel,
        length: (u32, u64),
        rate: u32,
    ) -> Self {
        Self { name, file, level, end: end_of(level.offset, length, rate) }
    }
}

/// Where a stem of a length (its rate, its frames) ends that begins at an offset, in frames of
/// a mix of `rate`.
pub(super) fn end_of(offset: i64, (own_rate, frames): (u32, u64), rate: u32) -> u64 {
    let frames = u128::from(frames) * u128::from(rate) / u128::from(own_rate.max(1));
    let end = i128::try_from(frames).unwrap_or(i128::MAX).saturating_add(offset.into());
    u64::try_from(end.max(0)).unwrap_or(u64::MAX)
}

impl MixPlan {
    /// The mix of stems as the settings ask for it.
    pub(super) fn new(stems: &[Gathered], settings: &MixSettings) -> Self {
        let stems_rate = stems.iter().find(|stem| !stem.chosen.level.mute);
        let stems_rate = stems_rate.map_or(48_000, |stem| stem.format.sample_rate);
        let rate = settings.sample_rate.unwrap_or(stems_rate);
        let part = |stem: &Gathered| {
            let length = (stem.format.sample_rate, stem.measured.frames);
            let name = stem.track().to_string();
            MixPart::new(name, stem.file.clone(), stem.chosen.level, length, rate)
        };
        Self {
            parts: stems.iter().map(part).collect(),
            format: PcmFormat { channels: 2, sample_rate: rate, samples: settings.samples },
            gain: settings.gain,
            convert: settings.sample_rate.is_some(),
            dither: (settings.dither && settings.samples != SampleFormat::Float32).then_some(SEED),
        }
    }

    /// How many frames it will have, about.
    fn frames(&self) -> u64 {
        let heard = self.parts.iter().filter(|part| !part.level.mute);
        heard.map(|part| part.end).max().unwrap_or(0)
    }

    /// Mixes into a writer. Blocks until it is done.
    pub(super) fn run(&self, writer: &mut dyn AudioWriter, job: &Job) -> Result<Mix> {
        let mut stems = Vec::with_capacity(self.parts.len());
        for part in self.parts.iter().filter(|part| !part.level.mute) {
            stems.push(MixStem {
                name: part.name.clone(),
                sound: measure::decoder(&part.file, &part.name)?,
                gain: part.level.gain,
                pan: part.level.pan,
                offset: part.level.offset,
                mute: false,
            });
        }
        let mut options = MixOptions::default();
        options.gain = self.gain;
        options.dither = self.dither.map_or(Dither::Off, |seed| Dither::Tpdf { seed });
        options.convert = self.convert;
        options.threads = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let mut metered = Metered::new(writer).map_err(|error| error::of("the mix", error))?;
        job.tell(Event::Begin { phase: Phase::Mixing, total: self.frames() });
        let report = mixdown(stems, &options, &mut metered, &mut measure::telling(job))
            .map_err(|error| error::of("the mix", error))?;
        if let Some(stem) = report.stems.iter().find(|stem| stem.invalid > 0) {
            let detail = format!("{} samples are infinite or no number", stem.invalid);
            return Err(error::of(&*stem.name, SoundError::Malformed { detail }));
        }
        let measured = metered.finish().map_err(|error| error::of("the mix", error))?;
        job.tell(Event::End);
        let measured = measured
            .ok_or_else(|| Error::Internal("the mix was not measured to its end".into()))?;
        Ok(Mix {
            recipe: Mix::RECIPE,
            sample_rate: self.format.sample_rate,
            channels: self.format.channels,
            bits: (self.format.samples != SampleFormat::Float32)
                .then(|| self.format.samples.bits()),
            gain: self.gain,
            dither: self.dither,
            frames: report.frames,
            clipped: report.clipped,
            audio_digest: measured.audio_digest,
            loudness: measured.loudness,
        })
    }
}

/// A writer whose samples are measured on their way.
struct Metered<'a> {
    inner: &'a mut dyn AudioWriter,
    analyser: Analyser,
}

impl<'a> Metered<'a> {
    fn new(inner: &'a mut dyn AudioWriter) -> studio_audio::Result<Self> {
        let PcmFormat { channels, sample_rate, samples } = inner.format();
        let bits = (samples != SampleFormat::Float32).then(|| samples.bits());
        let sound =
            Sound { channels, sample_rate, bits, declared_frames: None, channel_mask: None };
        let measures = Measures { loudness: true, audio_digest: true, ..Measures::NONE };
        Ok(Self { inner, analyser: Analyser::new(sound, measures)? })
    }

    fn finish(self) -> studio_audio::Result<Option<Measured>> {
        self.inner.finish()?;
        Ok(self.analyser.finish().measured())
    }
}

impl AudioWriter for Metered<'_> {
    fn format(&self) -> PcmFormat {
        self.inner.format()
    }

    fn write(&mut self, samples: Samples<'_>) -> studio_audio::Result<()> {
        self.analyser.add(samples)?;
        self.inner.write(samples)
    }

    fn finish(&mut self) -> studio_audio::Result<()> {
        self.inner.finish()
    }
}
