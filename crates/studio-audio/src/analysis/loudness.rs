//! Loudness (ITU-R BS.1770, EBU R 128, EBU Tech 3341 and 3342).

use std::collections::VecDeque;

use ebur128::{Channel, EbuR128, Mode};
use studio_domain::{Decibels, Loudness};

use crate::{Samples, Sound};

/// Below this rate (Hz) there is no K-weighting: its shelf lies at 1.7 kHz.
const LEAST_RATE: u32 = 4_000;
/// Samples of all channels in a second: 64 channels at 48 kHz, 8 at 384 kHz. Three seconds
/// of them are held in memory (74 MB).
const MOST_SAMPLES_PER_SECOND: u64 = 64 * 48_000;
/// How far the momentary and the short-term window move at once (ms): ten times as often as
/// is asked for, so that the loudest window is not missed by the time of a step.
const STEP: u32 = 10;
/// The steps in the momentary and the short-term window.
const MOMENTARY: usize = 40;
const SHORT_TERM: usize = 300;
/// The steps between the short-term values that the loudness range is made of: windows of 3 s
/// must have at least 2.9 s in common (EBU Tech 3342, 2016 and later).
const RANGE_STEP: u64 = 10;
/// The fewest of these values that say anything: those of four seconds.
const FEWEST_RANGED: usize = 11;
/// The gate of the loudness range, below the mean (LU), and the part of the values below its
/// ends.
const RANGE_GATE: f64 = -20.0;
const RANGE_ENDS: (f64, f64) = (0.10, 0.95);
/// Loudness (LUFS) of an energy of 1.
const OFFSET: f64 = -0.691;
/// The absolute gate (LUFS).
const GATE: f64 = -70.0;

/// Measures everything of [`Loudness`] but the peaks.
#[derive(Debug)]
pub(super) struct Meter {
    meter: EbuR128,
    channels: usize,
    /// Samples of all channels in a step, and how many of them are missing.
    step: usize,
    missing: usize,
    /// The energies of the last steps.
    energies: VecDeque<f64>,
    /// How many steps there were.
    steps: u64,
    /// The energies of the short-term windows that the loudness range is made of.
    ranged: Vec<f64>,
    max_momentary: f64,
    max_short_term: f64,
}

impl Meter {
    /// `None` where loudness is not defined or not measured: below 4 kHz, above 64 channels,
    /// and above 3,072,000 samples in a second.
    pub(super) fn new(sound: Sound) -> Option<Self> {
        let channels = u32::from(sound.channels);
        let per_second = u64::from(sound.sample_rate) * u64::from(channels);
        if sound.sample_rate < LEAST_RATE || per_second > MOST_SAMPLES_PER_SECOND {
            return None;
        }
        let mut meter = EbuR128::new(channels, sound.sample_rate, Mode::I).ok()?;
        meter.set_channel_map(&places(sound)).ok()?;
        // As the crate rounds a window.
        let step = (sound.sample_rate * STEP / 1000) as usize * usize::from(sound.channels);
        Some(Self {
            meter,
            channels: usize::from(sound.channels),
            step,
            missing: step,
            energies: VecDeque::with_capacity(SHORT_TERM),
            steps: 0,
            ranged: Vec::new(),
            max_momentary: f64::NEG_INFINITY,
            max_short_term: f64::NEG_INFINITY,
        })
    }

    /// Takes whole frames of finite samples.
    pub(super) fn add(&mut self, samples: Samples<'_>) {
        match samples {
            Samples::Int(samples) => self.add_all(samples, EbuR128::add_frames_i32),
            Samples::Float(samples) => self.add_all(samples, EbuR128::add_frames_f32),
        }
    }

    fn add_all<T>(
        &mut self,
        mut samples: &[T],
        add: impl Fn(&mut EbuR128, &[T]) -> Result<(), ebur128::Error>,
    ) {
        debug_assert!(samples.len().is_multiple_of(self.channels));
        while !samples.is_empty() {
            let (now, later) = samples.split_at(samples.len().min(self.missing));
            // It refuses only what is no whole number of frames.
            let added = add(&mut self.meter, now);
            debug_assert_eq!(added, Ok(()));
            self.missing -= now.len();
            samples = later;
            if self.missing == 0 {
                self.missing = self.step;
                self.end_step();
            }
        }
    }

    fn end_step(&mut self) {
        // The crate would sum up the whole windows anew for each step.
        let level = self.meter.loudness_window(STEP).unwrap_or(f64::NEG_INFINITY);
        if self.energies.len() == SHORT_TERM {
            self.energies.pop_front();
        }
        self.energies.push_back(libm::pow(10.0, (level - OFFSET) / 10.0));
        self.steps += 1;
        let window = |steps: usize| {
            let energies = self.energies.iter().rev().take(steps);
            (self.energies.len() >= steps).then(|| energies.sum::<f64>() / steps as f64)
        };
        if let Some(momentary) = window(MOMENTARY) {
            self.max_momentary = self.max_momentary.max(loudness(momentary));
        }
        if let Some(energy) = window(SHORT_TERM) {
            let short_term = loudness(energy);
            self.max_short_term = self.max_short_term.max(short_term);
            let counts = (self.steps - SHORT_TERM as u64).is_multiple_of(RANGE_STEP);
            if counts && short_term >= GATE {
                self.ranged.push(energy);
            }
        }
    }

    /// The loudness, with the largest sample and the true peak, where full scale is 1.0.
    pub(super) fn finish(meter: Option<Self>, (sample_peak, true_peak): (f64, f64)) -> Loudness {
        let level = |peak: f64| Decibels::from_f64(20.0 * libm::log10(peak));
        let peaks = Loudness {
            true_peak: level(true_peak),
            sample_peak: level(sample_peak),
            ..Loudness::default()
        };
        let Some(this) = meter else { return peaks };
        let range = range(this.ranged);
        Loudness {
            integrated: this.meter.loudness_global().ok().and_then(Decibels::from_f64),
            range: range.and_then(Decibels::from_f64),
            max_momentary: Decibels::from_f64(this.max_momentary),
            max_short_term: Decibels::from_f64(this.max_short_term),
            ..peaks
        }
    }
}

/// The loudness of an energy (LUFS).
fn loudness(energy: f64) -> f64 {
    10.0 * libm::log10(energy) + OFFSET
}

/// The loudness range of short-term energies that are above the absolute gate (LU), as EBU
/// Tech 3342 works it out.
fn range(mut energies: Vec<f64>) -> Option<f64> {
    if energies.len() < FEWEST_RANGED {
        return None;
    }
    let mean = energies.iter().sum::<f64>() / energies.len() as f64;
    let gate = mean * libm::pow(10.0, RANGE_GATE / 10.0);
    energies.retain(|energy| *energy >= gate);
    energies.sort_unstable_by(f64::total_cmp);
    let last = energies.len().checked_sub(1)?;
    let at = |part: f64| loudness(energies[libm::round(last as f64 * part) as usize]);
    Some(at(RANGE_ENDS.1) - at(RANGE_ENDS.0))
}

/// Bits of a channel mask (WAVEFORMATEXTENSIBLE): a loudspeaker each, in the order in which
/// the channels of a frame stand.
mod speaker {
    pub(super) const LOW_FREQUENCY: u32 = 1 << 3;
    pub(super) const BACK_LEFT: u32 = 1 << 4;
    pub(super) const BACK_RIGHT: u32 = 1 << 5;
    pub(super) const BACK_CENTER: u32 = 1 << 8;
    pub(super) const SIDE_LEFT: u32 = 1 << 9;
    pub(super) const SIDE_RIGHT: u32 = 1 << 10;
}

/// Where the channels stand: by the mask of the file, or the usual ones of so many channels.
/// A channel that no bit is left for stands nowhere, and counts once.
fn places(sound: Sound) -> Vec<Channel> {
    let mask = sound.channel_mask.unwrap_or_else(|| usual_mask(sound.channels));
    let bits = (0..u32::BITS).map(|bit| 1 << bit).filter(|bit| mask & bit != 0);
    let speakers = bits.map(Some).chain(std::iter::repeat(None));
    speakers.take(sound.channels.into()).map(|speaker| place(speaker, mask)).collect()
}

/// How a loudspeaker of a mask counts: ITU-R BS.1770-5 counts what stands at 60 to 120
/// degrees, not far above the ears, 1.41 times, all else once, and low frequency effects not
/// at all.
fn place(speaker: Option<u32>, mask: u32) -> Channel {
    // With loudspeakers at the sides those at the back are behind the listener (135 to 150
    // degrees); without they are the surrounds (110).
    let sides = mask & (speaker::SIDE_LEFT | speaker::SIDE_RIGHT) != 0;
    match speaker {
        Some(speaker::LOW_FREQUENCY) => Channel::Unused,
        Some(speaker::SIDE_LEFT) => Channel::Mp090,
        Some(speaker::SIDE_RIGHT) => Channel::Mm090,
        Some(speaker::BACK_LEFT) if sides => Channel::Mp135,
        Some(speaker::BACK_RIGHT) if sides => Channel::Mm135,
        Some(speaker::BACK_LEFT) => Channel::LeftSurround,
        Some(speaker::BACK_RIGHT) => Channel::RightSurround,
        Some(speaker::BACK_CENTER) => Channel::Mp180,
        // In front, above, or nowhere.
        _ => Channel::Left,
    }
}

/// The loudspeakers of files that name none: 3.0, quadraphonic, 5.0, 5.1, 6.1 and 7.1. None of
/// one or two channels, nor of those for which there is no usual place.
fn usual_mask(channels: u16) -> u32 {
    match channels {
        3 => 0x007,
        4 => 0x033,
        5 => 0x037,
        6 => 0x03F,
        7 => 0x70F,
        8 => 0x63F,
        _ => 0,
    }
}
