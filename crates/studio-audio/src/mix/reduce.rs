//! From the sum in f64 to the samples that are written.

use super::Dither;
use crate::write::{PcmFormat, SampleFormat};
use crate::{AudioWriter, Result, Samples};

/// Adding and taking away this many rounds to the nearest whole number, ties to even, what
/// is far smaller: IEEE 754 alone says how, and every processor does it.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// Reduces blocks of the sum and counts what is lost.
pub(super) struct Reducer {
    factor: f64,
    format: SampleFormat,
    /// The key of each channel's noise.
    noise: Option<Vec<u64>>,
    /// Whether the sum was exact in the output's bits so far, as its stems said.
    exact: bool,
    channels: usize,
    pub(super) frames: u64,
    pub(super) clipped: u64,
    pub(super) peak: f64,
    ints: Vec<i32>,
    floats: Vec<f32>,
}

impl Reducer {
    /// Where the sum is said to be `exact` that is believed as long as it is.
    pub(super) fn new(factor: f64, format: PcmFormat, dither: Dither, exact: bool) -> Self {
        let PcmFormat { channels, samples: format, .. } = format;
        let noise = match (dither, format) {
            (Dither::Tpdf { seed }, SampleFormat::Int16 | SampleFormat::Int24) => {
                Some((0..u64::from(channels)).map(|channel| key(seed, channel)).collect())
            }
            _ => None,
        };
        Self {
            factor,
            format,
            noise,
            exact,
            channels: usize::from(channels),
            frames: 0,
            clipped: 0,
            peak: 0.0,
            ints: Vec::new(),
            floats: Vec::new(),
        }
    }

    /// Whether noise was added.
    pub(super) fn dithers(&self) -> bool {
        self.noise.is_some() && !self.exact
    }

    /// Reduces a block and hands it on.
    pub(super) fn write(&mut self, sum: &[f64], writer: &mut dyn AudioWriter) -> Result<()> {
        let (factor, mut peak) = (self.factor, self.peak);
        for sample in sum {
            let level = (sample * factor).abs();
            peak = if level > peak { level } else { peak };
        }
        self.peak = peak;
        let samples = match self.format {
            SampleFormat::Float32 => self.floats(sum),
            SampleFormat::Int16 | SampleFormat::Int24 => self.ints(sum),
        };
        writer.write(samples)?;
        self.frames += (sum.len() / self.channels) as u64;
        Ok(())
    }

    fn ints(&mut self, sum: &[f64]) -> Samples<'_> {
        let bits = u32::from(self.format.bits());
        let (full, shift) = (f64::from(1_u32 << (bits - 1)), 32 - bits);
        let (least, most) = (-full, full - 1.0);
        // Exact, since full scale is a power of two.
        let factor = self.factor * full;
        let mut clipped = 0;
        let mut finish = |value: f64| {
            let within = value.clamp(-4.0 * full, 4.0 * full);
            let whole = (within + ROUND) - ROUND;
            clipped += u64::from(whole < least) + u64::from(whole > most);
            (whole.clamp(least, most) as i32) << shift
        };
        self.ints.clear();
        match &self.noise {
            None => self.ints.extend(sum.iter().map(|sample| finish(sample * factor))),
            Some(keys) => {
                let lossy = |sample: &f64| is_lossy(sample * factor);
                for (frame, samples) in (self.frames..).zip(sum.chunks_exact(self.channels)) {
                    if self.exact && !samples.iter().any(lossy) {
                        self.ints.extend(samples.iter().map(|sample| finish(sample * factor)));
                        continue;
                    }
                    self.exact = false;
                    let samples = samples.iter().zip(keys);
                    self.ints.extend(
                        samples.map(|(sample, key)| finish(sample * factor + tpdf(*key, frame))),
                    );
                }
            }
        }
        self.clipped += clipped;
        Samples::Int(&self.ints)
    }

    fn floats(&mut self, sum: &[f64]) -> Samples<'_> {
        let (factor, most) = (self.factor, f64::from(f32::MAX));
        let mut clipped = 0;
        self.floats.clear();
        self.floats.extend(sum.iter().map(|sample| {
            let value = sample * factor;
            clipped += u64::from(value.abs() > most);
            value.clamp(-most, most) as f32
        }));
        self.clipped += clipped;
        Samples::Float(&self.floats)
    }
}

/// Whether rounding to a whole number takes something away.
fn is_lossy(value: f64) -> bool {
    let within = value.clamp(-ROUND / 2.0, ROUND / 2.0);
    (within + ROUND) - ROUND != within
}

/// Noise of a triangular distribution between -1 and 1 (in units of the last bit), the same
/// for the same frame of the same channel, wherever a block begins.
fn tpdf(key: u64, frame: u64) -> f64 {
    let bits = scramble(key.wrapping_add(frame.wrapping_mul(GOLDEN)));
    let (first, second) = ((bits >> 32) as u32, bits as u32);
    (f64::from(first) - f64::from(second)) / 4_294_967_296.0
}

/// 2^64 divided by the golden ratio, the step of SplitMix64 (Steele, Lea and Flood, 2014).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// Where a channel's sequence begins.
fn key(seed: u64, channel: u64) -> u64 {
    scramble(scramble(seed).wrapping_add((channel + 1).wrapping_mul(GOLDEN)))
}

/// The output function of SplitMix64.
fn scramble(mut bits: u64) -> u64 {
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // The first outputs for the seed 1234567, published with the reference code.
        let outputs = [6_457_827_717_110_365_317, 3_203_168_211_198_807_973];
        for (n, expected) in (1_u64..).zip(outputs) {
            assert_eq!(scramble(1_234_567_u64.wrapping_add(n.wrapping_mul(GOLDEN))), expected);
        }
    }

    #[test]
    fn noise_is_triangular_and_each_channel_has_its_own() {
        let frames = 200_000_u64;
        let keys = [key(1, 0), key(1, 1)];
        let (mut sum, mut squares, mut product, mut outer) = (0.0, 0.0, 0.0, 0_u32);
        for frame in 0..frames {
            let [left, right] = keys.map(|key| tpdf(key, frame));
            assert!(left.abs() < 1.0);
            sum += left;
            squares += left * left;
            product += left * right;
            outer += u32::from(left.abs() > 0.5);
        }
        let frames = frames as f64;
        assert!((sum / frames).abs() < 0.004);
        assert!((squares / frames - 1.0 / 6.0).abs() < 0.002, "the variance of a triangle");
        assert!((product / frames).abs() < 0.002, "channels do not go together");
        assert!((f64::from(outer) / frames - 0.25).abs() < 0.005, "the tails of a triangle");
    }
}
