//! Decoded samples as numbers that can be compared, whatever kind they were.

use std::ops::ControlFlow;

use crate::{Decode, Error, Result, Samples};

/// Gives what a decoder decodes, with full scale at 1.0. No sample loses anything: what is no
/// number keeps its bits.
pub(super) struct Feed {
    decoder: Box<dyn Decode>,
    channels: usize,
    /// Every bit that was set in one of the whole numbers so far.
    used: u32,
    samples: Vec<f64>,
    /// How many of `samples` were taken.
    taken: usize,
}

impl Feed {
    pub(super) fn new(decoder: Box<dyn Decode>) -> Self {
        let channels = usize::from(decoder.sound().channels).max(1);
        Self { decoder, channels, used: 0, samples: Vec::new(), taken: 0 }
    }

    /// The frames that come next, interleaved: none at the end.
    pub(super) fn next(&mut self) -> Result<&[f64]> {
        if self.taken == self.samples.len() {
            self.taken = 0;
            self.samples.clear();
            match self.decoder.next_block()? {
                None => {}
                Some(Samples::Int(samples)) => {
                    self.used |= samples.iter().fold(0, |used, sample| used | *sample as u32);
                    let unit = |sample: &i32| f64::from(*sample) / 2_147_483_648.0;
                    self.samples.extend(samples.iter().map(unit));
                }
                Some(Samples::Float(samples)) => {
                    self.samples.extend(samples.iter().map(|sample| widened(*sample)));
                }
            }
        }
        Ok(&self.samples[self.taken..])
    }

    /// How many bits carry sound so far, counted from the highest; 0 in silence and floats.
    pub(super) fn used_bits(&self) -> u32 {
        u32::BITS - self.used.trailing_zeros()
    }

    /// Takes so many frames of what [`Self::next`] gave.
    pub(super) fn take(&mut self, frames: usize) {
        self.taken = (self.taken + frames * self.channels).min(self.samples.len());
    }

    /// Lets frames pass, as far as there are any.
    pub(super) fn skip(&mut self, mut frames: u64, progress: &mut Progress<'_>) -> Result<()> {
        while frames > 0 {
            let there = self.next()?.len() / self.channels;
            let now = there.min(usize::try_from(frames).unwrap_or(usize::MAX));
            if now == 0 {
                break;
            }
            self.take(now);
            frames -= now as u64;
            progress.add(now)?;
        }
        Ok(())
    }
}

fn widened(sample: f32) -> f64 {
    match sample.is_nan() {
        // A conversion may change the bits of what is no number.
        true => f64::from_bits(f64::NAN.to_bits() | u64::from(sample.to_bits())),
        false => f64::from(sample),
    }
}

/// Tells how far it is, and hears whether to stop.
pub(super) struct Progress<'a> {
    pub(super) done: u64,
    pub(super) tell: &'a mut dyn FnMut(u64) -> ControlFlow<()>,
}

impl Progress<'_> {
    pub(super) fn add(&mut self, frames: usize) -> Result<()> {
        self.done += frames as u64;
        match (self.tell)(self.done) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    }
}
