//! What is in the samples: silence, clipping, an offset, bits that are never used.

use studio_domain::Decibels;

use super::planes::{Piece, Sample};
use crate::Sound;
use crate::gate::CLIPPED_RUN;

/// What is in the samples.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// Frames of digital silence (every sample 0) before the first other one; all frames if
    /// there is no other.
    pub leading_silence: u64,
    /// Frames of digital silence behind the last other one; all frames if there is no other.
    pub trailing_silence: u64,
    /// Whether every sample is 0, or there is none.
    pub silent: bool,
    /// What is in each channel.
    pub channels: Vec<ChannelContent>,
    /// How many of the highest bits of a sample are ever used: 16 in 16-bit sound that was
    /// padded to 24. `None` for floats and for silence.
    pub significant_bits: Option<u16>,
    /// Samples that are no number or infinite. They count as 0 in every measure but the
    /// audio digest.
    pub not_finite: u64,
}

/// What is in one channel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChannelContent {
    /// How often three or more equal samples at full scale follow each other. Full scale is
    /// that of 16 bits (of the bit depth, if that is less), or beyond.
    pub clipped_runs: u64,
    /// The mean of all samples; full scale is 1.0.
    pub dc_offset: f64,
}

impl Content {
    /// Clipped runs of all channels.
    pub fn clipped_runs(&self) -> u64 {
        self.channels.iter().map(|channel| channel.clipped_runs).sum()
    }

    /// The largest offset of any channel (dBFS); `None` if there is none.
    pub fn dc_offset(&self) -> Option<Decibels> {
        let offsets = self.channels.iter().map(|channel| channel.dc_offset.abs());
        Decibels::from_f64(20.0 * libm::log10(offsets.fold(0.0, f64::max)))
    }
}

/// Finds out [`Content`], piece by piece.
#[derive(Debug)]
pub(super) struct Meter<T> {
    frames: u64,
    /// Where the first and the last frame are that are not silent.
    sounding: Option<(u64, u64)>,
    pattern: u32,
    /// The lowest sample above 0 that can be clipped, and the highest below.
    full: (T, T),
    channels: Vec<Channel<T>>,
}

#[derive(Debug, Clone)]
struct Channel<T> {
    sum: f64,
    clipped_runs: u64,
    /// The last samples, as far as they are equal and at full scale.
    run: Option<(T, u64)>,
}

impl Meter<i32> {
    pub(super) fn of_int(sound: Sound) -> Self {
        let bits = u32::from(sound.bits.unwrap_or(32)).clamp(2, 16);
        let full = ((1 << (bits - 1)) - 1) << (32 - bits);
        Self::new(sound, (full, -full))
    }

    pub(super) fn finish(self, not_finite: u64) -> Content {
        let bits = 32 - self.pattern.trailing_zeros();
        let bits = u16::try_from(bits).ok().filter(|_| self.pattern != 0);
        self.content(bits, not_finite)
    }
}

impl Meter<f32> {
    pub(super) fn of_float(sound: Sound) -> Self {
        let full = 32767.0 / 32768.0;
        Self::new(sound, (full, -full))
    }

    pub(super) fn finish(self, not_finite: u64) -> Content {
        self.content(None, not_finite)
    }
}

impl<T: Sample> Meter<T> {
    fn new(sound: Sound, full: (T, T)) -> Self {
        let channel = Channel { sum: 0.0, clipped_runs: 0, run: None };
        let channels = vec![channel; usize::from(sound.channels)];
        Self { frames: 0, sounding: None, pattern: 0, full, channels }
    }

    pub(super) fn add(&mut self, piece: Piece<'_, T>) {
        let sounds = |sample: &T| sample.pattern() != 0;
        for (samples, channel) in piece.channels().zip(&mut self.channels) {
            let pattern = samples.iter().fold(0, |bits, sample| bits | sample.pattern());
            if pattern == 0 {
                channel.run = None;
                continue;
            }
            self.pattern |= pattern;
            channel.add(samples, self.full);
            let last = samples.iter().rposition(sounds).unwrap_or(0) as u64;
            let first = || samples.iter().position(sounds).unwrap_or(0) as u64;
            self.sounding = Some(match self.sounding {
                None => (self.frames + first(), self.frames + last),
                // Only within this piece can another channel begin earlier.
                Some((begin, end)) if begin >= self.frames => {
                    (begin.min(self.frames + first()), end.max(self.frames + last))
                }
                Some((begin, end)) => (begin, end.max(self.frames + last)),
            });
        }
        self.frames += piece.frames() as u64;
    }

    fn content(self, significant_bits: Option<u16>, not_finite: u64) -> Content {
        let frames = self.frames;
        let channels = self.channels.into_iter().map(|channel| ChannelContent {
            clipped_runs: channel.clipped_runs,
            dc_offset: channel.sum / frames.max(1) as f64,
        });
        Content {
            leading_silence: self.sounding.map_or(frames, |(first, _)| first),
            trailing_silence: self.sounding.map_or(frames, |(_, last)| frames - 1 - last),
            silent: self.sounding.is_none(),
            channels: channels.collect(),
            significant_bits,
            not_finite,
        }
    }
}

impl<T: Sample> Channel<T> {
    fn add(&mut self, samples: &[T], (highest, lowest): (T, T)) {
        self.sum += T::sum(samples);
        let at_full = |sample: T| sample >= highest || sample <= lowest;
        if !samples.iter().fold(false, |any, sample| any | at_full(*sample)) {
            self.run = None;
            return;
        }
        for sample in samples.iter().map(|sample| sample.limited()) {
            self.run = match self.run {
                _ if !at_full(sample) => None,
                Some((value, length)) if value == sample => {
                    self.clipped_runs += u64::from(length + 1 == CLIPPED_RUN);
                    Some((value, (length + 1).min(CLIPPED_RUN)))
                }
                _ => Some((sample, 1)),
            };
        }
    }
}
