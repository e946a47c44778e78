//! Stems to be mixed, and mixes that are kept.

use std::ops::ControlFlow;

use studio_audio::{Dither, MixOptions, MixReport, Result, SampleFormat, Stem};
use studio_domain::{Decibels, Pan};

use crate::sounds::{Keep, Memory, noise_float, noise_int};

/// As it is.
pub(crate) fn stem(sound: &Memory) -> Stem {
    Stem {
        name: "stem".to_owned(),
        sound: Box::new(sound.clone()),
        gain: Decibels::ZERO,
        pan: Pan::CENTRE,
        offset: 0,
        mute: false,
    }
}

pub(crate) fn gain(thousandths: i32) -> Decibels {
    Decibels::from_thousandths(thousandths).unwrap()
}

pub(crate) fn pan(percent: i8) -> Pan {
    Pan::from_percent(percent).unwrap()
}

pub(crate) fn undithered() -> MixOptions {
    let mut options = MixOptions::default();
    options.dither = Dither::Off;
    options
}

pub(crate) fn try_mix(
    stems: Vec<Stem>,
    options: &MixOptions,
    keep: &mut Keep,
) -> Result<MixReport> {
    studio_audio::mixdown(stems, options, keep, &mut |_| ControlFlow::Continue(()))
}

pub(crate) fn mix(
    stems: Vec<Stem>,
    options: &MixOptions,
    samples: SampleFormat,
) -> (Keep, MixReport) {
    let mut keep = Keep::new(2, 48_000, samples);
    let report = try_mix(stems, options, &mut keep).unwrap();
    (keep, report)
}

/// A stem of a test, and what it is to be.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) sound: Memory,
    pub(crate) gain: i32,
    pub(crate) pan: i8,
    pub(crate) offset: i64,
}

impl Part {
    pub(crate) fn stem(&self) -> Stem {
        Stem { gain: gain(self.gain), pan: pan(self.pan), offset: self.offset, ..stem(&self.sound) }
    }
}

/// Eight stems of every kind, some ahead, some late, whose sum stays below full scale.
pub(crate) fn parts(frames: usize) -> Vec<Part> {
    let int = |seed, channels: u16, bits: u32| {
        let samples = noise_int(seed, bits, 0.5, frames * usize::from(channels));
        Memory::int(channels, 48_000, bits as u16, samples).in_blocks(1000 + 37 * seed as usize)
    };
    let float = |seed, channels: u16| {
        let samples = noise_float(seed, 0.5, frames * usize::from(channels));
        Memory::float(channels, 48_000, samples).in_blocks(999)
    };
    let part = |sound, gain, pan, offset| Part { sound, gain, pan, offset };
    vec![
        part(int(1, 2, 24), -12_041, 0, 0),
        part(int(2, 1, 24), -9_000, -37, 0),
        part(int(3, 2, 16), -18_500, 64, 1234),
        part(float(4, 2), -14_000, 0, -777),
        part(float(5, 1), -15_250, 100, 4096),
        part(int(6, 1, 16), -13_700, 0, -1),
        part(int(7, 2, 24), -20_000, -100, 8192),
        part(float(8, 2), -16_000, 5, 9999),
    ]
}
