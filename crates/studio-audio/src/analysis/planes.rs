//! Samples sorted by channel, in pieces of a fixed length.

use super::peaks::FRAMES_PER_PAIR;
use crate::decode::{coarse_float, coarse_int};

/// The frames of a piece: those of one pair of peaks.
pub(super) const PIECE: usize = FRAMES_PER_PAIR as usize;

/// A sample of either kind, as the measures see it.
pub(super) trait Sample: Copy + Default + PartialEq + PartialOrd {
    /// To 16 bits, the lower ones dropped.
    fn coarse(self) -> i16;
    /// With full scale at 1.0.
    fn unit(self) -> f32;
    /// Not beyond full scale.
    fn limited(self) -> Self;
    /// Bits of which none is set in digital silence; of whole numbers, those that stand for
    /// something.
    fn pattern(self) -> u32;
    /// The sum of a piece, with full scale at 1.0.
    fn sum(samples: &[Self]) -> f64;
}

impl Sample for i32 {
    fn coarse(self) -> i16 {
        coarse_int(self)
    }

    fn unit(self) -> f32 {
        self as f32 * (1.0 / 2_147_483_648.0)
    }

    fn limited(self) -> Self {
        self
    }

    fn pattern(self) -> u32 {
        self as u32
    }

    fn sum(samples: &[Self]) -> f64 {
        let sum: i64 = samples.iter().map(|sample| i64::from(*sample)).sum();
        sum as f64 / 2_147_483_648.0
    }
}

impl Sample for f32 {
    fn coarse(self) -> i16 {
        coarse_float(self)
    }

    fn unit(self) -> f32 {
        // 600 dB above full scale: beyond, a filter's sums could be infinite.
        self.clamp(-1e30, 1e30)
    }

    fn limited(self) -> Self {
        self.clamp(-1.0, 1.0)
    }

    fn pattern(self) -> u32 {
        // Without the sign: there are two zeros.
        self.to_bits() << 1
    }

    fn sum(samples: &[Self]) -> f64 {
        samples.iter().map(|sample| f64::from(*sample)).sum()
    }
}

/// Sorts interleaved samples by channel and hands them on by pieces of [`PIECE`] frames.
#[derive(Debug)]
pub(super) struct Planes<T> {
    channels: usize,
    /// Frames that are in.
    filled: usize,
    /// [`PIECE`] samples for each channel.
    samples: Vec<T>,
}

impl<T: Sample> Planes<T> {
    /// `channels` is at least 1.
    pub(super) fn new(channels: usize) -> Self {
        Self { channels, filled: 0, samples: vec![T::default(); channels * PIECE] }
    }

    /// Takes whole frames, and gives each piece that they complete to `each`.
    pub(super) fn add(&mut self, mut interleaved: &[T], mut each: impl FnMut(Piece<'_, T>)) {
        while !interleaved.is_empty() {
            let frames = (interleaved.len() / self.channels).min(PIECE - self.filled);
            if frames == 0 {
                return;
            }
            let (now, later) = interleaved.split_at(frames * self.channels);
            self.sort(now, frames);
            self.filled += frames;
            interleaved = later;
            if self.filled == PIECE {
                each(self.piece());
                self.filled = 0;
            }
        }
    }

    /// The piece that is not complete, with at least one frame, if there is one.
    pub(super) fn rest(&self) -> Option<Piece<'_, T>> {
        (self.filled > 0).then(|| self.piece())
    }

    fn piece(&self) -> Piece<'_, T> {
        Piece { samples: &self.samples, frames: self.filled }
    }

    fn sort(&mut self, interleaved: &[T], frames: usize) {
        let place = self.filled..self.filled + frames;
        match self.channels {
            1 => self.samples[place].copy_from_slice(interleaved),
            // With the width known, the compiler makes it as fast as a copy, nearly.
            2 => {
                let (left, right) = self.samples.split_at_mut(PIECE);
                let pairs = interleaved.as_chunks::<2>().0;
                let places = left[place.clone()].iter_mut().zip(&mut right[place]);
                for ((left, right), pair) in places.zip(pairs) {
                    [*left, *right] = *pair;
                }
            }
            channels => {
                for (channel, plane) in self.samples.chunks_exact_mut(PIECE).enumerate() {
                    let samples = interleaved.iter().skip(channel).step_by(channels);
                    for (slot, sample) in plane[place.clone()].iter_mut().zip(samples) {
                        *slot = *sample;
                    }
                }
            }
        }
    }
}

/// Some frames, sorted by channel.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'a, T> {
    samples: &'a [T],
    frames: usize,
}

impl<'a, T> Piece<'a, T> {
    /// How many frames: 1 to [`PIECE`].
    pub(super) fn frames(&self) -> usize {
        self.frames
    }

    /// The samples of each channel.
    pub(super) fn channels(&self) -> impl Iterator<Item = &'a [T]> {
        let frames = self.frames;
        self.samples.chunks_exact(PIECE).map(move |plane| &plane[..frames])
    }
}
