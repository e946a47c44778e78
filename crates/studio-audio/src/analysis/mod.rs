//! Measures of sound, made in one decode pass: peaks, loudness, what the samples hold, and
//! the audio digest.
//!
//! Each block is looked at once, while it is in the processor's cache, for all that is asked
//! for. What is held does not grow with the length, but for the peaks (4 bytes for each 256
//! frames and channel) and the energies of loudness blocks (8 bytes for each 100 ms).

mod content;
mod digest;
mod loudness;
mod peaks;
mod planes;
mod true_peak;

use std::ops::ControlFlow;

use studio_domain::{AudioDigest, Loudness, Measured};

pub use content::{ChannelContent, Content};
pub use peaks::{FRAMES_PER_PAIR, Peaks};

use planes::{Piece, Planes};

use crate::gate::ContentFacts;
use crate::{Decode, Error, Result, Samples, Sound};

/// The most channels that are measured.
pub const MOST_CHANNELS: u16 = 64;

/// What to measure. What is not asked for is not worked out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Measures {
    /// [`Analysis::peaks`].
    pub peaks: bool,
    /// [`Analysis::loudness`].
    pub loudness: bool,
    /// [`Analysis::content`].
    pub content: bool,
    /// [`Analysis::audio_digest`].
    pub audio_digest: bool,
}

impl Measures {
    /// Everything.
    pub const ALL: Self = Self { peaks: true, loudness: true, content: true, audio_digest: true };
    /// The peaks alone.
    pub const PEAKS: Self = Self { peaks: true, ..Self::NONE };
    /// The loudness alone.
    pub const LOUDNESS: Self = Self { loudness: true, ..Self::NONE };
    /// The audio digest alone.
    pub const AUDIO_DIGEST: Self = Self { audio_digest: true, ..Self::NONE };
    /// Nothing: only that it can be decoded, and how many frames there are.
    pub const NONE: Self =
        Self { peaks: false, loudness: false, content: false, audio_digest: false };
}

/// What measuring some sound gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Analysis {
    /// What was decoded.
    pub sound: Sound,
    /// How many frames were decoded.
    pub frames: u64,
    /// Why the rest could not be decoded, if so. All else is of what comes before.
    pub undecodable: Option<String>,
    /// The lowest and highest samples.
    pub peaks: Option<Peaks>,
    /// How loud it is. There is no loudness, only peaks, below 4 kHz and above 3,072,000
    /// samples in a second.
    pub loudness: Option<Loudness>,
    /// What the samples hold.
    pub content: Option<Content>,
    /// SHA-256 of the samples; `None` too if not all could be decoded.
    ///
    /// It is taken over 31 bytes and all samples. The 31 bytes are the 22 of
    /// `studio audio digest 1` and a line feed, the number of channels and the sample rate as
    /// 32-bit numbers, and `i` for whole numbers or `f` for floats. Each sample then is 4
    /// bytes, interleaved: whole numbers left-justified in 32 bits, so that neither the
    /// container nor padding makes a difference; floats as IEEE 754 has them. Every number's
    /// least significant byte comes first. Floats of 64 bits count as the nearest of 32, so that
    /// two files may share a digest that differ only beyond those.
    pub audio_digest: Option<AudioDigest>,
}

impl Analysis {
    /// What the catalogue keeps; `None` if loudness or audio digest are missing.
    pub fn measured(&self) -> Option<Measured> {
        let (audio_digest, loudness) = (self.audio_digest?, self.loudness?);
        Some(Measured { frames: self.frames, audio_digest, loudness })
    }

    /// What the gate judges; `None` if the content was not looked at.
    pub fn content_facts(&self) -> Option<ContentFacts> {
        let content = self.content.as_ref()?;
        Some(ContentFacts {
            decoded_frames: self.frames,
            declared_frames: self.sound.declared_frames,
            silent: content.silent,
            clipped_runs: content.clipped_runs(),
            dc_offset: content.dc_offset(),
            significant_bits: content.significant_bits,
            valid_bits: self.sound.bits,
            not_finite: content.not_finite,
            undecodable: self.undecodable.clone(),
        })
    }
}

/// Decodes to the end and measures.
///
/// `progress` is told after each block how many frames are done; when it answers with a
/// break, it ends with [`Error::Cancelled`].
///
/// # Errors
/// [`Error::Io`], [`Error::Cancelled`], and [`Error::Unsupported`] for more than
/// [`MOST_CHANNELS`]. What cannot be decoded is no error, see [`Analysis::undecodable`].
pub fn analyse(
    decoder: &mut dyn Decode,
    measures: Measures,
    progress: &mut dyn FnMut(u64) -> ControlFlow<()>,
) -> Result<Analysis> {
    let sound = decoder.sound();
    let mut analyser = Analyser::new(sound, measures)?;
    // Peaks alone are made of fewer bits, which some decoders have at once.
    let mut coarse = (measures == Measures::PEAKS && sound.bits.is_some()).then(Vec::new);
    loop {
        match analyser.step(decoder, coarse.as_mut()) {
            Ok(false) => return Ok(analyser.finish()),
            Ok(true) => {}
            Err(Error::Malformed { detail }) => return Ok(analyser.finish_early(detail)),
            Err(error @ Error::Unsupported { .. }) => {
                return Ok(analyser.finish_early(error.to_string()));
            }
            Err(error) => return Err(error),
        }
        if progress(analyser.frames).is_break() {
            return Err(Error::Cancelled);
        }
    }
}

/// Measures samples as they come, for those that make them.
#[derive(Debug)]
pub struct Analyser {
    sound: Sound,
    measures: Measures,
    frames: u64,
    not_finite: u64,
    digest: Option<digest::Builder>,
    loudness: Option<loudness::Meter>,
    engine: Engine,
    /// Samples in which every one is finite.
    clean: Vec<f32>,
}

/// What looks at samples of one kind.
#[derive(Debug)]
enum Engine {
    Int(Sorted<i32>),
    Float(Sorted<f32>),
}

/// What looks at samples as they come, and at those that are sorted by channel.
#[derive(Debug)]
struct Sorted<T> {
    peaks: Option<peaks::Builder>,
    planes: Planes<T>,
    measuring: Measuring<T>,
}

#[derive(Debug)]
struct Measuring<T> {
    true_peak: Option<true_peak::Meter>,
    content: Option<content::Meter<T>>,
}

impl Analyser {
    /// Begins with the first frame. The samples will be whole numbers if `sound` has bits,
    /// and floats otherwise.
    ///
    /// # Errors
    /// [`Error::Unsupported`] for no channels or more than [`MOST_CHANNELS`].
    pub fn new(sound: Sound, measures: Measures) -> Result<Self> {
        if !(1..=MOST_CHANNELS).contains(&sound.channels) {
            return Err(Error::Unsupported { what: format!("{} channels", sound.channels) });
        }
        let float = sound.bits.is_none();
        let content = measures.content;
        let engine = match float {
            false => Engine::Int(Sorted::new(
                sound,
                measures,
                content.then(|| content::Meter::of_int(sound)),
            )),
            true => Engine::Float(Sorted::new(
                sound,
                measures,
                content.then(|| content::Meter::of_float(sound)),
            )),
        };
        Ok(Self {
            sound,
            measures,
            frames: 0,
            not_finite: 0,
            digest: measures.audio_digest.then(|| digest::Builder::new(sound, float)),
            loudness: if measures.loudness { loudness::Meter::new(sound) } else { None },
            engine,
            clean: Vec::new(),
        })
    }

    /// Takes the next frames.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when they are of the other kind, or no whole number of frames.
    pub fn add(&mut self, samples: Samples<'_>) -> Result<()> {
        let mismatch = |what: &str| Err(Error::Mismatch { what: what.to_owned() });
        let channels = usize::from(self.sound.channels);
        if !samples.len().is_multiple_of(channels) {
            return mismatch("the samples are no whole number of frames");
        }
        if let Some(digest) = &mut self.digest {
            digest.add(samples);
        }
        match (&mut self.engine, samples) {
            (Engine::Int(engine), Samples::Int(all)) => {
                engine.add(all);
                if let Some(loudness) = &mut self.loudness {
                    loudness.add(samples);
                }
            }
            (Engine::Float(engine), Samples::Float(all)) => {
                let all = finite(all, &mut self.clean, &mut self.not_finite);
                engine.add(all);
                if let Some(loudness) = &mut self.loudness {
                    loudness.add(Samples::Float(all));
                }
            }
            _ => return mismatch("the samples are whole numbers and floats by turns"),
        }
        self.frames += (samples.len() / channels) as u64;
        Ok(())
    }

    /// Takes the next block of a decoder, if there is one.
    fn step(&mut self, decoder: &mut dyn Decode, coarse: Option<&mut Vec<i16>>) -> Result<bool> {
        let Some(block) = coarse else {
            let Some(samples) = decoder.next_block()? else { return Ok(false) };
            return self.add(samples).map(|()| true);
        };
        let more = decoder.next_coarse(block)?;
        if more && let Engine::Int(Sorted { peaks: Some(peaks), .. }) = &mut self.engine {
            peaks.add_coarse(block);
            self.frames += (block.len() / usize::from(self.sound.channels)) as u64;
        }
        Ok(more)
    }

    /// Ends after the last frame.
    pub fn finish(self) -> Analysis {
        self.end(None)
    }

    /// Ends where the rest cannot be decoded.
    fn finish_early(self, why: String) -> Analysis {
        self.end(Some(why))
    }

    fn end(self, undecodable: Option<String>) -> Analysis {
        let not_finite = self.not_finite;
        let (peaks, true_peak, content) = match self.engine {
            Engine::Int(engine) => {
                let (peaks, Measuring { true_peak, content }) = engine.finish();
                (peaks, true_peak, content.map(|content| content.finish(not_finite)))
            }
            Engine::Float(engine) => {
                let (peaks, Measuring { true_peak, content }) = engine.finish();
                (peaks, true_peak, content.map(|content| content.finish(not_finite)))
            }
        };
        let levels = true_peak.map(true_peak::Meter::finish);
        let loudness = levels.filter(|_| self.measures.loudness);
        let digest = self.digest.filter(|_| undecodable.is_none());
        Analysis {
            sound: self.sound,
            frames: self.frames,
            undecodable,
            peaks: peaks.map(peaks::Builder::finish),
            loudness: loudness.map(|levels| loudness::Meter::finish(self.loudness, levels)),
            content,
            audio_digest: digest.map(digest::Builder::finish),
        }
    }
}

impl<T: planes::Sample> Sorted<T> {
    fn new(sound: Sound, measures: Measures, content: Option<content::Meter<T>>) -> Self {
        let channels = usize::from(sound.channels);
        let peaks = measures.peaks.then(|| peaks::Builder::new(channels, sound.sample_rate));
        let measuring = Measuring {
            true_peak: measures
                .loudness
                .then(|| true_peak::Meter::new(channels, sound.sample_rate)),
            content,
        };
        Self { peaks, planes: Planes::new(channels), measuring }
    }

    fn add(&mut self, samples: &[T]) {
        if let Some(peaks) = &mut self.peaks {
            peaks.add(samples);
        }
        if self.measuring.is_idle() {
            return;
        }
        self.planes.add(samples, |piece| self.measuring.add(piece));
    }

    fn finish(mut self) -> (Option<peaks::Builder>, Measuring<T>) {
        if let Some(piece) = self.planes.rest() {
            self.measuring.add(piece);
        }
        (self.peaks, self.measuring)
    }
}

impl<T: planes::Sample> Measuring<T> {
    fn is_idle(&self) -> bool {
        self.true_peak.is_none() && self.content.is_none()
    }

    fn add(&mut self, piece: Piece<'_, T>) {
        if let Some(true_peak) = &mut self.true_peak {
            true_peak.add(piece);
        }
        if let Some(content) = &mut self.content {
            content.add(piece);
        }
    }
}

/// The samples with 0 for each that is not finite, which are counted.
fn finite<'a>(samples: &'a [f32], clean: &'a mut Vec<f32>, not_finite: &mut u64) -> &'a [f32] {
    let wrong = samples.iter().filter(|sample| !sample.is_finite()).count();
    if wrong == 0 {
        return samples;
    }
    *not_finite += wrong as u64;
    clean.clear();
    clean.extend(samples.iter().map(|sample| if sample.is_finite() { *sample } else { 0.0 }));
    clean
}
