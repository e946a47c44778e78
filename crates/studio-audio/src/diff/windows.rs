//! Two sounds side by side, in windows of 100 ms.

use std::ops::Range;

use super::MOST_REGIONS;

/// The fewest frames of a window, so that what is kept of each is little beside them.
const LEAST_FRAMES: u64 = 400;
/// How far below the sound a residue counts for nothing, as a ratio of energies (-80 dB).
const RELATIVE: f64 = 1e-8;
/// How far above its own mean a sample of such a residue may lie (18 dB, as a ratio of
/// energies): noise hardly ever comes there, and a click does.
const CREST: f64 = 64.0;
/// How many steps rounding may make of one sample: one and a half with the usual dither, of
/// both sounds.
const ROUNDING_PEAK: f64 = 4.0;
/// How far above rounding the energy of a window must lie to speak for or against a shift or
/// a gain (12 dB): dither alone fits any small gain.
const SPEAKING: f64 = 16.0;
/// By how much the energy of a few samples' rounding may lie above its mean, in steps for
/// the root of their number: one sample of two dithered sounds has at most 9.
const FEW: f64 = 8.0;
/// How far from 1 a gain is none (0.0005 dB).
const NO_GAIN: f64 = 5.8e-5;
/// The samples that are multiplied side by side.
const LANES: usize = 4;

/// How two windows go together.
#[derive(Debug, Clone, Copy, Default)]
struct Window {
    /// Sums over all samples of `a * a`, `a * b` and `b * b`.
    aa: f64,
    ab: f64,
    bb: f64,
    differs: bool,
    /// Whether a sample is finite in one of them alone, or stands out of the residue.
    spoiled: bool,
    /// Whether there is any sound in it.
    sounds: bool,
}

impl Window {
    /// The energy that is left of the second when the first with that gain is taken away.
    fn residue(&self, gain: f64) -> f64 {
        self.bb - 2.0 * gain * self.ab + gain * gain * self.aa
    }
}

/// All windows, at one shift.
#[derive(Debug)]
pub(super) struct Windows {
    /// Frames of a window.
    length: u64,
    channels: usize,
    /// Whether each bit of a sample counts.
    bitwise: bool,
    /// Frames in all.
    frames: u64,
    done: Vec<Window>,
}

/// What the windows of a sound have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Explained {
    /// By how much the second is larger than the first; `None` where samples are equal.
    pub(super) gain: Option<f64>,
    /// Windows with sound in them that are explained, and all with sound in them.
    pub(super) alike: u64,
    pub(super) sounding: u64,
}

/// What is not explained.
#[derive(Debug, Default)]
pub(super) struct Unexplained {
    pub(super) regions: Vec<Range<u64>>,
    pub(super) count: u64,
    pub(super) frames: u64,
}

impl Windows {
    pub(super) fn new(sample_rate: u32, channels: usize, bitwise: bool) -> Self {
        let length = u64::from(sample_rate / 10).max(LEAST_FRAMES);
        Self { length, channels, bitwise, frames: 0, done: Vec::new() }
    }

    /// How many frames are missing to a whole window.
    pub(super) fn missing(&self) -> usize {
        self.missing_at(self.frames)
    }

    /// How many frames are missing to a whole window behind so many frames.
    pub(super) fn missing_at(&self, frames: u64) -> usize {
        (self.length - frames % self.length) as usize
    }

    /// Takes as many frames of both, at most those that are missing.
    pub(super) fn add(&mut self, a: &[f64], b: &[f64]) {
        if self.frames.is_multiple_of(self.length) {
            self.done.push(Window::default());
        }
        self.frames += (a.len() / self.channels) as u64;
        let Some(window) = self.done.last_mut() else { return };
        window.differs |= match self.bitwise {
            true => a.iter().zip(b).any(|(a, b)| a.to_bits() != b.to_bits()),
            false => a != b,
        };
        window.sounds |= a.iter().chain(b).any(|sample| *sample != 0.0);
        let mut found = sums(a, b);
        if found.iter().any(|sum| !sum.is_finite()) {
            let finite = |sample: &f64| if sample.is_finite() { *sample } else { 0.0 };
            let clean = |samples: &[f64]| samples.iter().map(finite).collect::<Vec<f64>>();
            found = sums(&clean(a), &clean(b));
            window.spoiled |= a.iter().zip(b).any(|(a, b)| a.is_finite() != b.is_finite());
        }
        let [aa, ab, bb] = found;
        (window.aa, window.ab, window.bb) = (window.aa + aa, window.ab + ab, window.bb + bb);
    }

    /// Takes the same frames again, from the first on, and marks each window in which a sample
    /// stands out of what the gain leaves: a click of a few samples has little energy.
    /// `from` is the first of the frames, whole windows or less at a time.
    pub(super) fn mark_peaks(&mut self, from: u64, a: &[f64], b: &[f64], gain: f64, step: f64) {
        let n = (from / self.length) as usize;
        let samples = self.samples(n);
        let Some(window) = self.done.get_mut(n) else { return };
        let residue = (CREST * RELATIVE * window.bb / samples).sqrt();
        let most = residue.max(ROUNDING_PEAK * step * gain.abs().max(1.0));
        window.spoiled |= peak(a, b, gain) > most;
    }

    /// Finds what explains most windows: equal samples, or one gain.
    pub(super) fn explain(&self, step: f64) -> Explained {
        let speaks = |(n, window): (usize, &Window)| {
            window.aa.max(window.bb) > SPEAKING * self.rounding(n, 1.0, step)
        };
        // Where all is as quiet as dither there is nothing else to go by.
        let loud = self.done.iter().enumerate().any(speaks);
        let heard = |&(n, window): &(usize, &Window)| match loud {
            true => speaks((n, window)),
            false => window.sounds,
        };
        let sounding = self.done.iter().enumerate().filter(heard);
        let count = |gain: Option<f64>| {
            let alike = sounding.clone().filter(|&(n, window)| {
                self.is_alike(n, window, gain, step)
                    && gain.is_none_or(|gain| window.residue(gain) * 2.0 < window.bb)
            });
            alike.count() as u64
        };
        let all = sounding.clone().count() as u64;
        let equal = Explained { gain: None, alike: count(None), sounding: all };
        let gain = if equal.alike < all { self.gain(step) } else { None };
        let Some(gain) = gain else { return equal };
        let scaled = Explained { gain: Some(gain), alike: count(Some(gain)), sounding: all };
        // Quiet parts can be equal in spite of a gain. But where most is equal and the gain is
        // none, small differences are not to be taken for rounding.
        let likely = match equal.alike * 2 >= all {
            true => scaled.alike == all && (gain - 1.0).abs() > NO_GAIN,
            false => scaled.alike > equal.alike,
        };
        if likely { scaled } else { equal }
    }

    /// What remains when that is taken away, on the first sound's clock from `start` on.
    pub(super) fn unexplained(&self, gain: Option<f64>, step: f64, start: u64) -> Unexplained {
        let mut found = Unexplained::default();
        let mut last_end = None;
        for (n, window) in self.done.iter().enumerate() {
            if self.is_alike(n, window, gain, step) {
                continue;
            }
            let begin = n as u64 * self.length;
            let end = (begin + self.length).min(self.frames);
            found.frames += end - begin;
            if last_end != Some(begin) {
                found.count += 1;
                if found.regions.len() < MOST_REGIONS {
                    found.regions.push(start + begin..start + end);
                }
            } else if let Some(region) = found.regions.last_mut()
                && region.end == start + begin
            {
                region.end = start + end;
            }
            last_end = Some(end);
        }
        found
    }

    /// Whether in the window `n` the second is the first with that gain, but for rounding to
    /// steps of `step` and what lies 80 dB below the sound.
    fn is_alike(&self, n: usize, window: &Window, gain: Option<f64>, step: f64) -> bool {
        let Some(gain) = gain else { return !window.differs };
        let most = f64::max(RELATIVE * window.bb, self.rounding(n, gain, step));
        !window.spoiled && window.residue(gain) <= most
    }

    /// The samples of the window `n`, of all channels: the last may not be whole.
    fn samples(&self, n: usize) -> f64 {
        let rest = self.frames.saturating_sub(n as u64 * self.length);
        (rest.min(self.length) as usize * self.channels) as f64
    }

    /// The energy in the window `n` that rounding, with dither or without, may leave.
    fn rounding(&self, n: usize, gain: f64, step: f64) -> f64 {
        let samples = self.samples(n);
        // Of a few samples at the end the mean may lie far above that of many.
        let squares = samples.max(FEW * samples.sqrt());
        squares * (step * gain.abs().max(1.0)).powi(2)
    }

    /// The gain that half of the sound's energy lies above and half below: what was changed
    /// otherwise does not draw it away.
    fn gain(&self, step: f64) -> Option<f64> {
        // Windows that are mostly rounding tell little of the gain.
        let tells = |n, window: &Window| window.aa > 1e4 * self.rounding(n, 1.0, step);
        let mut gains: Vec<(f64, f64)> = self
            .done
            .iter()
            .enumerate()
            .filter(|&(n, window)| tells(n, window) && window.ab != 0.0)
            .map(|(_, window)| (window.ab / window.aa, window.aa))
            .collect();
        if gains.is_empty() {
            let loud = self.done.iter().filter(|window| window.aa > 0.0 && window.ab != 0.0);
            gains.extend(loud.map(|window| (window.ab / window.aa, window.aa)));
        }
        gains.sort_unstable_by(|left, right| left.0.total_cmp(&right.0));
        let half = gains.iter().map(|(_, weight)| weight).sum::<f64>() / 2.0;
        let mut below = 0.0;
        let middle = gains.iter().find(|(_, weight)| {
            below += weight;
            below >= half
        });
        middle.map(|(gain, _)| *gain)
    }
}

/// The largest of `b - gain * a`, but for what is no number.
fn peak(a: &[f64], b: &[f64], gain: f64) -> f64 {
    let mut peaks = [0.0; LANES];
    // Unlike `f64::max` this is one instruction.
    let larger = |peak: f64, a: f64, b: f64| {
        let residue = (b - gain * a).abs();
        if residue > peak { residue } else { peak }
    };
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            peaks[lane] = larger(peaks[lane], a[lane], b[lane]);
        }
    }
    for (a, b) in a_rest.iter().zip(b_rest) {
        peaks[0] = larger(peaks[0], *a, *b);
    }
    peaks.into_iter().fold(0.0, f64::max)
}

/// The sums over all samples of `a * a`, `a * b` and `b * b`.
fn sums(a: &[f64], b: &[f64]) -> [f64; 3] {
    let mut sums = [[0.0; LANES]; 3];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    for (a, b) in a.iter().zip(b) {
        for lane in 0..LANES {
            sums[0][lane] += a[lane] * a[lane];
            sums[1][lane] += a[lane] * b[lane];
            sums[2][lane] += b[lane] * b[lane];
        }
    }
    for (a, b) in a_rest.iter().zip(b_rest) {
        sums[0][0] += a * a;
        sums[1][0] += a * b;
        sums[2][0] += b * b;
    }
    sums.map(|lanes| lanes.iter().sum::<f64>())
}
