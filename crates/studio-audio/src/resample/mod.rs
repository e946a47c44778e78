//! Conversion between sample rates, the same to the last bit on every machine.
//!
//! A rational polyphase filter in f64: each output frame is a weighed sum of the input frames
//! around its own place in time, with weights from a sinc under a Kaiser window. It passes up
//! to 0.91 of the lower rate's Nyquist frequency (20.07 kHz between 44.1 and 48 kHz) and
//! stops what lies beyond that frequency by about 150 dB. An FFT would be faster for some
//! ratios, but the known ones pick their code by the processor, and so their last bits.

mod kernel;

use std::sync::Arc;

use kernel::{Kernel, LANES};

use crate::write::MAX_CHANNELS;
use crate::{Error, Result};

/// The rates that are converted (Hz).
pub const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;
/// Consumed frames that are kept before the rest is moved to the front.
const SLACK: usize = 4096;
/// The most samples that are weighed for one output frame.
const MOST_KEPT: usize = 1 << 21;

/// Converts interleaved frames from one sample rate to another, block by block.
///
/// No frame is late: output frame n stands for the instant n / `to` of the input, the first
/// for the first. The output has every instant before the end of the input: `frames * to /
/// from` of them, rounded up, whatever blocks it came in. Beyond its ends the input counts
/// as silence. Samples that are no finite number spoil the output around them.
#[derive(Debug, Clone)]
pub struct Resampler {
    kernel: Arc<Kernel>,
    /// Output frames for `down` input frames.
    up: u64,
    down: u64,
    /// For each channel the input that is needed still.
    history: Vec<Vec<f64>>,
    /// The place in it of the first tap of the next output frame.
    start: usize,
    /// Where the next output frame lies: so many input frames after the start, and so many
    /// parts of `up`.
    position: u64,
    phase: u64,
    /// Input frames so far.
    taken: u64,
    ended: bool,
    row: Vec<f64>,
}

impl Resampler {
    /// Converts `channels` channels at `from` Hz to `to` Hz.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for rates outside [`RATES`], no channel or more than
    /// [`MAX_CHANNELS`], and for so many channels between rates so far apart that what is
    /// kept of the input would take more than some 32 MiB.
    pub fn new(from: u32, to: u32, channels: u16) -> Result<Self> {
        let refused = || Error::Mismatch {
            what: format!("cannot convert {channels} channels from {from} Hz to {to} Hz"),
        };
        if !RATES.contains(&from) || !RATES.contains(&to) {
            return Err(refused());
        }
        let divisor = gcd(from, to);
        let (up, down) = (u64::from(to / divisor), u64::from(from / divisor));
        let kernel = Arc::new(Kernel::new(up, down));
        Self::with(kernel, up, down, channels).ok_or_else(refused)
    }

    /// One for the same rates that has taken nothing yet and shares the filter.
    pub(crate) fn another(&self, channels: u16) -> Result<Self> {
        let (up, down) = (self.up, self.down);
        Self::with(Arc::clone(&self.kernel), up, down, channels).ok_or_else(|| Error::Mismatch {
            what: format!("cannot convert {channels} channels at a ratio of {up} to {down}"),
        })
    }

    fn with(kernel: Arc<Kernel>, up: u64, down: u64, channels: u16) -> Option<Self> {
        let fits = usize::from(channels) * kernel.taps <= MOST_KEPT;
        if !(1..=MAX_CHANNELS).contains(&channels) || !fits {
            return None;
        }
        let before = kernel.taps / 2 - 1;
        Some(Self {
            history: vec![vec![0.0; before]; usize::from(channels)],
            row: Vec::with_capacity(kernel.taps),
            kernel,
            up,
            down,
            start: 0,
            position: 0,
            phase: 0,
            taken: 0,
            ended: false,
        })
    }

    /// How many frames come of so many.
    pub fn output_frames(&self, input: u64) -> u64 {
        let frames = (u128::from(input) * u128::from(self.up)).div_ceil(u128::from(self.down));
        u64::try_from(frames).unwrap_or(u64::MAX)
    }

    /// Takes the next input frames, interleaved; what is no whole frame at the end is left
    /// out. Nothing more is taken after [`Resampler::end`].
    pub fn push(&mut self, input: &[f64]) {
        if self.ended {
            return;
        }
        self.compact();
        let channels = self.history.len();
        for (channel, history) in self.history.iter_mut().enumerate() {
            history.extend(input.chunks_exact(channels).map(|frame| frame[channel]));
        }
        self.taken += (input.len() / channels) as u64;
    }

    /// Says that there is no more input.
    pub fn end(&mut self) {
        if !self.ended {
            let behind = self.kernel.taps / 2;
            self.history.iter_mut().for_each(|history| history.resize(history.len() + behind, 0.0));
            self.ended = true;
        }
    }

    /// Puts the next output frames, interleaved, into `output`: how many there were, as many
    /// as it has room for and the input so far allows.
    pub fn pull(&mut self, output: &mut [f64]) -> usize {
        let (channels, taps) = (self.history.len(), self.kernel.taps);
        let mut frames = 0;
        for frame in output.chunks_exact_mut(channels) {
            let window = self.start..self.start + taps;
            if self.history[0].len() < window.end || self.position >= self.taken {
                break;
            }
            let row = self.kernel.row(self.phase, &mut self.row);
            for (sample, history) in frame.iter_mut().zip(&self.history) {
                *sample = weigh(row, &history[window.clone()]);
            }
            self.phase += self.down;
            let step = self.phase / self.up;
            self.phase %= self.up;
            self.position += step;
            self.start += step as usize;
            frames += 1;
        }
        frames
    }

    /// Gives up the input that is not needed any more, once it is worth the move.
    fn compact(&mut self) {
        // The next output frame may lie beyond the input that there is.
        let gone = self.start.min(self.history[0].len());
        if gone >= SLACK.max(self.kernel.taps) {
            self.history.iter_mut().for_each(|history| drop(history.drain(..gone)));
            self.start -= gone;
        }
    }
}

/// The sum of products, in an order that is the same on every machine and lets the compiler
/// use its vectors: each lane for itself, then the lanes in pairs.
fn weigh(row: &[f64], samples: &[f64]) -> f64 {
    let mut lanes = [0.0; LANES];
    let (row, samples) = (row.as_chunks::<LANES>().0, samples.as_chunks::<LANES>().0);
    for (weights, samples) in row.iter().zip(samples) {
        for lane in 0..LANES {
            lanes[lane] += weights[lane] * samples[lane];
        }
    }
    let [a, b, c, d, e, f, g, h] = lanes;
    ((a + e) + (b + f)) + ((c + g) + (d + h))
}

fn gcd(a: u32, b: u32) -> u32 {
    let (mut a, mut b) = (a, b);
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}
