//! One stem on its way into the sum: decoded, converted, put in its place.

use studio_domain::Pan;

use super::law::Route;
use super::{MixOptions, Stem, StemReport};
use crate::resample::Resampler;
use crate::write::PcmFormat;
use crate::{Decode, Error, Result, Samples};

/// Full scale of [`Samples::Int`].
const FULL: f64 = 2_147_483_648.0;
/// The most hours that a stem may begin before or after the mix does.
const MOST_HOURS: u64 = 24;

/// A stem that is being mixed.
pub(super) struct Feed {
    decoder: Box<dyn Decode>,
    route: Route,
    channels: usize,
    /// Frames of silence before it still.
    lead: u64,
    /// Frames of its own to leave out still.
    skip: u64,
    ended: bool,
    carry: Carry,
    conversion: Option<Conversion>,
    report: StemReport,
}

/// What was decoded and belongs to the next block of the mix.
enum Carry {
    Int(Vec<i32>, usize),
    Float(Vec<f32>, usize),
}

/// Another sample rate on its way to that of the mix.
struct Conversion {
    resampler: Resampler,
    input: Vec<f64>,
    output: Vec<f64>,
    /// Whether the converter knows that there is no more input.
    told: bool,
}

impl Feed {
    /// Takes a stem whose rate is that of the mix, or is converted to it.
    pub(super) fn new(
        stem: Stem,
        mix: PcmFormat,
        options: &MixOptions,
        known: &mut Vec<(u32, Resampler)>,
    ) -> Result<Self> {
        let sound = stem.sound.sound();
        let refused = |why: &str| Error::Mismatch { what: format!("stem `{}` {why}", stem.name) };
        let route = Route::new(sound.channels, mix.channels, stem.gain, stem.pan);
        let route = route.ok_or_else(|| {
            let place = if stem.pan == Pan::CENTRE { "" } else { ", and a place" };
            refused(&format!(
                "does not go into a mix of {} channels: it has {}{place}",
                mix.channels, sound.channels
            ))
        })?;
        if stem.offset.unsigned_abs() > u64::from(mix.sample_rate) * 3600 * MOST_HOURS {
            return Err(refused("begins more than a day before or after the mix"));
        }
        let conversion = match sound.sample_rate == mix.sample_rate {
            true => None,
            false if options.convert => Some(Conversion {
                resampler: converter(known, sound.sample_rate, mix.sample_rate, sound.channels)?,
                input: Vec::new(),
                output: Vec::new(),
                told: false,
            }),
            false => return Err(refused("is at another sample rate")),
        };
        Ok(Self {
            report: StemReport { name: stem.name, sound, frames: 0, invalid: 0 },
            decoder: stem.sound,
            route,
            channels: usize::from(sound.channels),
            lead: stem.offset.max(0).unsigned_abs(),
            skip: stem.offset.min(0).unsigned_abs(),
            ended: false,
            carry: Carry::Int(Vec::new(), 0),
            conversion,
        })
    }

    /// Whether what it adds are said to be whole numbers of at most so many bits.
    pub(super) fn is_exact(&self, bits: u16) -> bool {
        self.conversion.is_none()
            && self.route.is_exact()
            && self.report.sound.bits.is_some_and(|own| own <= bits)
    }

    /// What it costs compared with other stems.
    pub(super) fn weight(&self) -> usize {
        self.channels * if self.conversion.is_some() { 40 } else { 1 }
    }

    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    pub(super) fn into_report(self) -> StemReport {
        self.report
    }

    /// Adds its next frames to a block of the mix: how far into the block it reaches.
    pub(super) fn add(&mut self, sum: &mut [f64], mix_channels: usize) -> Result<usize> {
        let room = sum.len() / mix_channels;
        let silent = usize::try_from(self.lead).unwrap_or(usize::MAX).min(room);
        self.lead -= silent as u64;
        let mut at = silent;
        while at < room && !self.ended {
            let place = &mut sum[at * mix_channels..];
            at += match self.conversion {
                None => self.add_decoded(place, room - at)?,
                Some(_) => self.add_converted(place, room - at)?,
            };
        }
        Ok(at)
    }

    /// Adds what is left of the last block, or the next one, as far as there is room.
    fn add_decoded(&mut self, sum: &mut [f64], room: usize) -> Result<usize> {
        let (channels, route) = (self.channels, self.route);
        if let Some(samples) = self.carry.rest() {
            let (skipped, taken) = split(samples.len() / channels, &mut self.skip, room);
            add(route, sum, part(samples, skipped * channels, taken * channels));
            self.carry.take((skipped + taken) * channels);
            return Ok(taken);
        }
        let Some(samples) = self.decoder.next_block()? else {
            self.ended = true;
            return self.report.check_length().map(|()| 0);
        };
        let samples = checked(samples, channels, &mut self.report, &mut self.carry)?;
        let Some(samples) = samples else { return Ok(0) };
        let frames = samples.len() / channels;
        let (skipped, taken) = split(frames, &mut self.skip, room);
        add(route, sum, part(samples, skipped * channels, taken * channels));
        let used = skipped + taken;
        if used < frames {
            self.carry.keep(part(samples, used * channels, (frames - used) * channels));
        }
        Ok(taken)
    }

    /// Adds converted frames, or decodes some for the converter.
    fn add_converted(&mut self, sum: &mut [f64], room: usize) -> Result<usize> {
        let channels = self.channels;
        let Some(Conversion { resampler, input, output, told }) = &mut self.conversion else {
            return Ok(0);
        };
        output.resize(room * channels, 0.0);
        let frames = resampler.pull(output);
        if frames > 0 {
            let (skipped, taken) = split(frames, &mut self.skip, room);
            let samples = &output[skipped * channels..][..taken * channels];
            self.route.add(sum, samples, 1.0);
            return Ok(taken);
        }
        if *told {
            self.ended = true;
            return Ok(0);
        }
        let Some(samples) = self.decoder.next_block()? else {
            // What the filter holds still comes out now.
            resampler.end();
            *told = true;
            return self.report.check_length().map(|()| 0);
        };
        // What is not finite was put into the carry, clean.
        let clean = checked(samples, channels, &mut self.report, &mut self.carry)?;
        input.clear();
        match clean.or(self.carry.rest()) {
            Some(Samples::Int(samples)) => {
                input.extend(samples.iter().map(|sample| f64::from(*sample) / FULL));
            }
            Some(Samples::Float(samples)) => input.extend(samples.iter().map(|s| f64::from(*s))),
            None => {}
        }
        self.carry.clear();
        resampler.push(input);
        Ok(0)
    }
}

impl StemReport {
    /// Refuses a stem that ended before or behind where it says: a mix of a damaged file would
    /// look whole.
    fn check_length(&self) -> Result<()> {
        match self.sound.declared_frames {
            Some(declared) if declared != self.frames => {
                let (name, frames) = (&self.name, self.frames);
                let detail = format!("stem `{name}` has {frames} frames and says {declared}");
                Err(Error::malformed(detail))
            }
            _ => Ok(()),
        }
    }
}

/// A converter between two rates that shares its filter with those before it.
fn converter(
    known: &mut Vec<(u32, Resampler)>,
    from: u32,
    to: u32,
    channels: u16,
) -> Result<Resampler> {
    if let Some((_, resampler)) = known.iter().find(|(rate, _)| *rate == from) {
        return resampler.another(channels);
    }
    let resampler = Resampler::new(from, to, channels)?;
    known.push((from, resampler.another(channels)?));
    Ok(resampler)
}

/// How many of some frames are left out, and how many of the rest there is room for.
fn split(frames: usize, skip: &mut u64, room: usize) -> (usize, usize) {
    let skipped = usize::try_from(*skip).unwrap_or(usize::MAX).min(frames);
    *skip -= skipped as u64;
    (skipped, room.min(frames - skipped))
}

fn part(samples: Samples<'_>, start: usize, length: usize) -> Samples<'_> {
    match samples {
        Samples::Int(samples) => Samples::Int(&samples[start..start + length]),
        Samples::Float(samples) => Samples::Float(&samples[start..start + length]),
    }
}

fn add(route: Route, sum: &mut [f64], samples: Samples<'_>) {
    match samples {
        Samples::Int(samples) => route.add(sum, samples, FULL),
        Samples::Float(samples) => route.add(sum, samples, 1.0),
    }
}

/// Counts the frames of a decoded block. One with samples that are no finite number goes,
/// with silence in their place, into the carry; `None` then.
fn checked<'a>(
    samples: Samples<'a>,
    channels: usize,
    report: &mut StemReport,
    carry: &mut Carry,
) -> Result<Option<Samples<'a>>> {
    if !samples.len().is_multiple_of(channels) || samples.is_empty() {
        return Err(Error::malformed("a decoded block is no whole number of frames"));
    }
    report.frames += (samples.len() / channels) as u64;
    let Samples::Float(floats) = samples else { return Ok(Some(samples)) };
    let invalid = floats.iter().filter(|sample| !sample.is_finite()).count() as u64;
    if invalid == 0 {
        return Ok(Some(samples));
    }
    report.invalid += invalid;
    let clean = floats.iter().map(|sample| if sample.is_finite() { *sample } else { 0.0 });
    *carry = Carry::Float(clean.collect(), 0);
    Ok(None)
}

impl Carry {
    fn rest(&self) -> Option<Samples<'_>> {
        match self {
            Self::Int(samples, at) if *at < samples.len() => Some(Samples::Int(&samples[*at..])),
            Self::Float(samples, at) if *at < samples.len() => {
                Some(Samples::Float(&samples[*at..]))
            }
            _ => None,
        }
    }

    fn take(&mut self, samples: usize) {
        match self {
            Self::Int(_, at) | Self::Float(_, at) => *at += samples,
        }
    }

    fn clear(&mut self) {
        match self {
            Self::Int(samples, _) => samples.clear(),
            Self::Float(samples, _) => samples.clear(),
        }
    }

    /// Keeps samples, in the room of those before where that is of the same kind.
    fn keep(&mut self, samples: Samples<'_>) {
        match (self, samples) {
            (Self::Int(kept, at), Samples::Int(samples)) => {
                kept.clear();
                kept.extend_from_slice(samples);
                *at = 0;
            }
            (Self::Float(kept, at), Samples::Float(samples)) => {
                kept.clear();
                kept.extend_from_slice(samples);
                *at = 0;
            }
            (carry, Samples::Int(samples)) => *carry = Self::Int(samples.to_vec(), 0),
            (carry, Samples::Float(samples)) => *carry = Self::Float(samples.to_vec(), 0),
        }
    }
}
