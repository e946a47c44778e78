//! The lowest and highest samples of every few frames: what a waveform is drawn from.

use super::planes::{PIECE, Sample};
use crate::waveform::{Pair, Waveform};

/// Frames that one pair of peaks stands for, in the finest waveform.
pub const FRAMES_PER_PAIR: u32 = 256;

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
    pub(super) fn add<T: Sample>(&mut self, mut interleaved: &[T]) {
        let channels = self.channels.len();
        while !interleaved.is_empty() {
            let frames = (interleaved.len() / channels).min(PIECE - self.filled);
            if frames == 0 {
                return;
            }
            let (now, later) = interleaved.split_at(frames * channels);
            match channels {
                1 => self.add_mono(now),
                2 => self.add_stereo(now.as_chunks().0),
                _ => self.add_many(now, frames),
            }
            self.filled = (self.filled + frames) % PIECE;
            interleaved = later;
        }
    }

    fn add_mono<T: Sample>(&mut self, samples: &[T]) {
        let samples = samples.iter().map(|sample| sample.coarse());
        self.push(0, samples.fold(NOTHING, Pair::with));
    }

    /// With 16 bits all the way, so that the processor takes eight samples at once: most
    /// sound is stereo, and its peaks are waited for.
    fn add_stereo<T: Sample>(&mut self, frames: &[[T; 2]]) {
        let (mut left, mut right) = ([0_i16; PIECE], [0_i16; PIECE]);
        for ((left, right), frame) in left.iter_mut().zip(&mut right).zip(frames) {
            [*left, *right] = frame.map(T::coarse);
        }
        let (left, right) = (&left[..frames.len()], &right[..frames.len()]);
        let (mut pairs, mut mixed) = ([NOTHING; 2], NOTHING);
        for (left, right) in left.iter().zip(right) {
            pairs = [pairs[0].with(*left), pairs[1].with(*right)];
            mixed = mixed.with(mean(*left, *right));
        }
        let [left, right] = pairs;
        self.push(0, left);
        self.push(1, right);
        self.push_mixed(mixed);
    }

    fn add_many<T: Sample>(&mut self, samples: &[T], frames: usize) {
        let mut sums = [0_i32; PIECE];
        let sums = &mut sums[..frames];
        let channels = self.channels.len();
        for channel in 0..channels {
            let of_channel = samples.iter().skip(channel).step_by(channels);
            let of_channel = of_channel.map(|sample| sample.coarse());
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
