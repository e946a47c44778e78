//! The lowest and highest samples of every few frames: what a waveform is drawn from.

use super::planes::{PIECE, Sample};
use crate::waveform::{Pair, Waveform};

/// Frames that one pair of peaks stands for, in the finest waveform.
pub const FRAMES_PER_PAIR: u32 = 256;

/// Samples that are taken to 16 bits at once; more than any frame has.
const BLOCK: usize = 2048;
/// Samples that are looked at side by side: an even number.
const LANES: usize = 16;

/// The waveforms of some sound, for each 256 frames.
///
/// Samples are taken to 16 bits by dropping the lower bits, so that the values are those
/// that `audiowaveform` finds in the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peaks {
    channels: Waveform,
    /// None where it would be the same.
    mixed: Option<Waveform>,
}

impl Peaks {
    /// One lane for each channel.
    pub fn channels(&self) -> &Waveform {
        &self.channels
    }

    /// One lane: the sum of the channels, divided by their number and cut to a whole number.
    pub fn mixed(&self) -> &Waveform {
        self.mixed.as_ref().unwrap_or(&self.channels)
    }
}

/// Makes [`Peaks`] of interleaved samples.
#[derive(Debug)]
pub(super) struct Builder {
    sample_rate: u32,
    /// Frames that are in the last pairs; none at the start.
    filled: usize,
    channels: Vec<Vec<Pair>>,
    mixed: Vec<Pair>,
}

impl Builder {
    /// `channels` is at least 1.
    pub(super) fn new(channels: usize, sample_rate: u32) -> Self {
        Self { sample_rate, filled: 0, channels: vec![Vec::new(); channels], mixed: Vec::new() }
    }

    /// Takes whole frames.
    pub(super) fn add<T: Sample>(&mut self, interleaved: &[T]) {
        let channels = self.channels.len();
        let mut coarse = [0; BLOCK];
        // As many as whole frames fill: more channels than there is room for are not measured.
        for samples in interleaved.chunks((BLOCK / channels).max(1) * channels) {
            coarse.iter_mut().zip(samples).for_each(|(to, sample)| *to = sample.coarse());
            self.add_coarse(&coarse[..samples.len()]);
        }
    }

    /// Takes whole frames of 16 bits.
    pub(super) fn add_coarse(&mut self, mut interleaved: &[i16]) {
        let channels = self.channels.len();
        while !interleaved.is_empty() {
            let frames = (interleaved.len() / channels).min(PIECE - self.filled);
            if frames == 0 {
                return;
            }
            let (now, later) = interleaved.split_at(frames * channels);
            match channels {
                1 => self.add_mono(now),
                2 => self.add_stereo(now),
                _ => self.add_many(now, frames),
            }
            self.filled = (self.filled + frames) % PIECE;
            interleaved = later;
        }
    }

    fn add_mono(&mut self, samples: &[i16]) {
        self.push(0, samples.iter().copied().fold(NOTHING, Pair::with));
    }

    /// As many samples at once as the processor takes, both channels side by side: most sound
    /// is stereo, and its peaks are waited for.
    fn add_stereo(&mut self, samples: &[i16]) {
        let (all, rest) = samples.as_chunks::<LANES>();
        let (mut low, mut high) = ([i16::MAX; LANES], [i16::MIN; LANES]);
        let (mut low_mixed, mut high_mixed) = (low, high);
        for some in all {
            for lane in 0..LANES {
                let sample = some[lane];
                low[lane] = low[lane].min(sample);
                high[lane] = high[lane].max(sample);
                // Of each pair twice the same.
                let mixed = mean(sample, some[lane ^ 1]);
                low_mixed[lane] = low_mixed[lane].min(mixed);
                high_mixed[lane] = high_mixed[lane].max(mixed);
            }
        }
        let (mut pairs, mut mixed) = ([NOTHING; 2], NOTHING);
        for lane in 0..LANES {
            pairs[lane % 2] = pairs[lane % 2].merged(Pair { min: low[lane], max: high[lane] });
            mixed = mixed.merged(Pair { min: low_mixed[lane], max: high_mixed[lane] });
        }
        for [left, right] in rest.as_chunks().0 {
            pairs = [pairs[0].with(*left), pairs[1].with(*right)];
            mixed = mixed.with(mean(*left, *right));
        }
        let [left, right] = pairs;
        self.push(0, left);
        self.push(1, right);
        self.push_mixed(mixed);
    }

    fn add_many(&mut self, samples: &[i16], frames: usize) {
        let mut sums = [0_i32; PIECE];
        let sums = &mut sums[..frames];
        let channels = self.channels.len();
        for channel in 0..channels {
            let of_channel = samples.iter().skip(channel).step_by(channels).copied();
            let pair = of_channel.clone().fold(NOTHING, Pair::with);
            sums.iter_mut().zip(of_channel).for_each(|(sum, sample)| *sum += i32::from(sample));
            self.push(channel, pair);
        }
        let means = sums.iter().map(|sum| (sum / channels as i32) as i16);
        self.push_mixed(means.fold(NOTHING, Pair::with));
    }

    fn push(&mut self, channel: usize, pair: Pair) {
        push(&mut self.channels[channel], pair, self.filled);
    }

    fn push_mixed(&mut self, pair: Pair) {
        push(&mut self.mixed, pair, self.filled);
    }

    pub(super) fn finish(self) -> Peaks {
        let waveform = |lanes| Waveform::from_lanes(self.sample_rate, FRAMES_PER_PAIR, lanes);
        let mixed = (self.channels.len() > 1).then(|| waveform(vec![self.mixed]));
        Peaks { channels: waveform(self.channels), mixed }
    }
}

/// Of no samples.
const NOTHING: Pair = Pair { min: i16::MAX, max: i16::MIN };

impl Pair {
    fn with(self, sample: i16) -> Self {
        self.merged(Self { min: sample, max: sample })
    }
}

/// Half of the sum, cut towards zero.
fn mean(left: i16, right: i16) -> i16 {
    // Half of what only one of them has, and all that both have: the sum itself has 17 bits.
    let floor = (left & right) + ((left ^ right) >> 1);
    // Below zero, cutting is upwards where a half is left.
    floor + ((left ^ right) & (floor >> 15) & 1)
}

/// A pair for the frames behind those `filled` that are in the last one already.
fn push(pairs: &mut Vec<Pair>, pair: Pair, filled: usize) {
    match pairs.last_mut().filter(|_| filled > 0) {
        Some(last) => *last = last.merged(pair),
        None => pairs.push(pair),
    }
}
