//! The lowest and highest samples of every few frames: what a waveform is drawn from.

use super::planes::{PIECE, Piece, Sample};
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

/// Makes [`Peaks`], piece by piece.
#[derive(Debug)]
pub(super) struct Builder {
    sample_rate: u32,
    channels: Vec<Vec<Pair>>,
    mixed: Vec<Pair>,
}

impl Builder {
    pub(super) fn new(channels: usize, sample_rate: u32) -> Self {
        Self { sample_rate, channels: vec![Vec::new(); channels], mixed: Vec::new() }
    }

    pub(super) fn add<T: Sample>(&mut self, piece: Piece<'_, T>) {
        let mut coarse = [0_i16; PIECE];
        let mut sums = [0_i32; PIECE];
        let frames = piece.frames();
        let (coarse, sums) = (&mut coarse[..frames], &mut sums[..frames]);
        for (samples, pairs) in piece.channels().zip(&mut self.channels) {
            for ((coarse, sum), sample) in coarse.iter_mut().zip(sums.iter_mut()).zip(samples) {
                *coarse = sample.coarse();
                *sum += i32::from(*coarse);
            }
            let min = coarse.iter().copied().fold(i16::MAX, i16::min);
            let max = coarse.iter().copied().fold(i16::MIN, i16::max);
            pairs.push(Pair { min, max });
        }
        if self.channels.len() > 1 {
            let min = sums.iter().copied().fold(i32::MAX, i32::min);
            let max = sums.iter().copied().fold(i32::MIN, i32::max);
            // Division cuts towards zero and keeps the order, so that it can come last.
            let mean = |sum: i32| (sum / self.channels.len() as i32) as i16;
            self.mixed.push(Pair { min: mean(min), max: mean(max) });
        }
    }

    pub(super) fn finish(self) -> Peaks {
        let waveform = |lanes| Waveform::from_lanes(self.sample_rate, FRAMES_PER_PAIR, lanes);
        let mixed = (self.channels.len() > 1).then(|| waveform(vec![self.mixed]));
        Peaks { channels: waveform(self.channels), mixed }
    }
}
