//! The level between the samples (ITU-R BS.1770-5, annex 2).
//!
//! The sound is sampled four times as often by an interpolating filter, and the largest
//! absolute value taken. The filter has 32 coefficients for each place between two samples, a
//! sinc under a Kaiser window (beta 9), as swresample's, which is what ffmpeg measures with;
//! with the 12 coefficients of the Recommendation's example, noise near half the sample rate
//! reads up to 1 dB less.

use super::planes::{PIECE, Piece, Sample};

/// Samples on either side of a place that count for it.
const HALF: usize = 16;
const TAPS: usize = 2 * HALF;
/// How many places are worked out at once, for the processor's wide registers.
const LANES: usize = 16;
const BETA: f64 = 9.0;

/// Measures the largest sample and the true peak of each channel.
#[derive(Debug)]
pub(super) struct Meter {
    filter: Option<Filter>,
    channels: Vec<Channel>,
}

#[derive(Debug, Clone)]
struct Channel {
    /// The last [`TAPS`] samples of the piece before, then a piece.
    samples: Box<[f32; TAPS + PIECE]>,
    /// The largest absolute sample of the piece before.
    before: f32,
    sample_peak: f32,
    true_peak: f32,
}

impl Meter {
    pub(super) fn new(channels: usize, sample_rate: u32) -> Self {
        let channel = Channel {
            samples: Box::new([0.0; TAPS + PIECE]),
            before: 0.0,
            sample_peak: 0.0,
            true_peak: 0.0,
        };
        Self { filter: Filter::new(sample_rate), channels: vec![channel; channels] }
    }

    pub(super) fn add<T: Sample>(&mut self, piece: Piece<'_, T>) {
        for (samples, channel) in piece.channels().zip(&mut self.channels) {
            channel.add(samples.iter().map(|sample| sample.unit()), self.filter.as_ref());
        }
    }

    /// The largest absolute sample and the true peak of all channels; full scale is 1.0.
    pub(super) fn finish(mut self) -> (f64, f64) {
        let (mut sample_peak, mut true_peak) = (0.0, 0.0);
        for channel in &mut self.channels {
            // Behind the end there is silence, and the last peak may lie before it.
            channel.add(std::iter::empty(), self.filter.as_ref());
            sample_peak = f64::max(sample_peak, channel.sample_peak.into());
            true_peak = f64::max(true_peak, channel.true_peak.into());
        }
        (sample_peak, f64::max(sample_peak, true_peak))
    }
}

impl Channel {
    /// Takes a piece; one that is shorter than the others is followed by silence.
    fn add(&mut self, samples: impl Iterator<Item = f32>, filter: Option<&Filter>) {
        self.samples.copy_within(PIECE.., 0);
        let new = &mut self.samples[TAPS..];
        new.fill(0.0);
        for (slot, sample) in new.iter_mut().zip(samples) {
            *slot = sample;
        }
        let mut largest = [0.0_f32; LANES];
        for group in new.as_chunks::<LANES>().0 {
            for (largest, sample) in largest.iter_mut().zip(group) {
                *largest = larger(*largest, sample.abs());
            }
        }
        let now = largest.into_iter().fold(0.0, larger);
        self.sample_peak = larger(self.sample_peak, now);
        if let Some(filter) = filter {
            // Where nothing can come above the peak so far, nothing is worked out.
            let bound = filter.gain * larger(self.before, now);
            if bound > self.true_peak {
                self.true_peak = larger(self.true_peak, filter.peak(&self.samples));
            }
        }
        self.before = now;
    }
}

/// As `f32::max`, for numbers alone: one instruction.
fn larger(left: f32, right: f32) -> f32 {
    if left > right { left } else { right }
}

/// The filter for the places between two samples.
///
/// The samples on both sides of the middle are added and subtracted first: the place in the
/// middle needs the sums alone, and the places a quarter before and behind it are a part `e`
/// from the sums, plus and minus a part `o` from the differences. The larger of `|e + o|` and
/// `|e - o|` is `|e| + |o|`.
#[derive(Debug)]
struct Filter {
    middle: [f32; HALF],
    /// For the sums and the differences; `None` at a rate where twice as often is enough.
    quarter: Option<([f32; HALF], [f32; HALF])>,
    /// By how much a true peak can lie above the largest sample, and a bit more.
    gain: f32,
}

impl Filter {
    /// `None` where the sample rate itself is 192 kHz or more.
    fn new(sample_rate: u32) -> Option<Self> {
        let factor = match sample_rate {
            0..96_000 => 4,
            96_000..192_000 => 2,
            _ => return None,
        };
        let middle = coefficients(0.5);
        let quarter = coefficients(0.25);
        let mut gain = absolute_sum(&middle);
        let split = (factor == 4).then(|| {
            gain = f64::max(gain, absolute_sum(&quarter));
            let pair = |n: usize| (quarter[HALF - 1 - n], quarter[HALF + n]);
            let sums = |n| (pair(n).0 + pair(n).1) as f32 / 2.0;
            let differences = |n| (pair(n).0 - pair(n).1) as f32 / 2.0;
            (std::array::from_fn(sums), std::array::from_fn(differences))
        });
        let middle = std::array::from_fn(|n| middle[HALF + n] as f32);
        Some(Self { middle, quarter: split, gain: gain as f32 * 1.001 })
    }

    /// The largest absolute value at the places between the samples, from the middle of the
    /// first [`TAPS`] samples on.
    fn peak(&self, samples: &[f32; TAPS + PIECE]) -> f32 {
        let mut peak = [0.0_f32; LANES];
        for start in (0..PIECE).step_by(LANES) {
            let window = &samples[start..start + TAPS + LANES];
            let mut middle = [0.0_f32; LANES];
            match &self.quarter {
                None => {
                    for (n, factor) in self.middle.iter().enumerate() {
                        let (sums, _) = sums_and_differences(window, n);
                        add_scaled(&mut middle, &sums, *factor);
                    }
                }
                Some((for_sums, for_differences)) => {
                    let (mut e, mut o) = ([0.0_f32; LANES], [0.0_f32; LANES]);
                    for n in 0..HALF {
                        let (sums, differences) = sums_and_differences(window, n);
                        add_scaled(&mut middle, &sums, self.middle[n]);
                        add_scaled(&mut e, &sums, for_sums[n]);
                        add_scaled(&mut o, &differences, for_differences[n]);
                    }
                    for (peak, (e, o)) in peak.iter_mut().zip(e.iter().zip(&o)) {
                        *peak = larger(*peak, e.abs() + o.abs());
                    }
                }
            }
            for (peak, middle) in peak.iter_mut().zip(&middle) {
                *peak = larger(*peak, middle.abs());
            }
        }
        peak.into_iter().fold(0.0, larger)
    }
}

#[inline(always)]
fn sums_and_differences(window: &[f32], n: usize) -> ([f32; LANES], [f32; LANES]) {
    let left = &window[HALF - 1 - n..][..LANES];
    let right = &window[HALF + n..][..LANES];
    let (mut sums, mut differences) = ([0.0; LANES], [0.0; LANES]);
    for lane in 0..LANES {
        sums[lane] = left[lane] + right[lane];
        differences[lane] = left[lane] - right[lane];
    }
    (sums, differences)
}

#[inline(always)]
fn add_scaled(to: &mut [f32; LANES], values: &[f32; LANES], factor: f32) {
    for (to, value) in to.iter_mut().zip(values) {
        *to += value * factor;
    }
}

/// The filter for a place that lies `fraction` of the way from the sample in the middle to
/// the next. Sums to 1.
fn coefficients(fraction: f64) -> [f64; TAPS] {
    let half = HALF as f64;
    let mut taps: [f64; TAPS] = std::array::from_fn(|n| {
        let distance = n as f64 - (half - 1.0) - fraction;
        let inside = (1.0 - (distance / half).powi(2)).max(0.0);
        let angle = std::f64::consts::PI * distance;
        libm::sin(angle) / angle * bessel(BETA * inside.sqrt())
    });
    let sum: f64 = taps.iter().sum();
    taps.iter_mut().for_each(|tap| *tap /= sum);
    taps
}

/// The modified Bessel function of the first kind and order zero, by its series.
fn bessel(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for n in 1..40 {
        term *= (x / 2.0 / f64::from(n)).powi(2);
        sum += term;
    }
    sum
}

fn absolute_sum(taps: &[f64]) -> f64 {
    taps.iter().map(|tap| tap.abs()).sum()
}
