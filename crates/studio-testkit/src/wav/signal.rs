//! Signals, as interleaved whole numbers whose full scale is 2^31.

use crate::noise;

/// So many frames; `sample` gives one of each frame and channel, from -1 to 1.
pub fn from_fn(frames: usize, channels: u16, sample: impl Fn(usize, u16) -> f64) -> Vec<i32> {
    let sample = &sample;
    let of = |frame| (0..channels).map(move |channel| to_int(sample(frame, channel)));
    (0..frames).flat_map(of).collect()
}

/// A sine wave, the same in all channels, of a level from 0 to 1.
pub fn sine(frames: usize, channels: u16, sample_rate: u32, hertz: f64, level: f64) -> Vec<i32> {
    let step = std::f64::consts::TAU * hertz / f64::from(sample_rate);
    from_fn(frames, channels, |frame, _| level * (step * frame as f64).sin())
}

/// White noise, other in each channel and determined by `seed`, of a level from 0 to 1.
pub fn noise(seed: u64, frames: usize, channels: u16, level: f64) -> Vec<i32> {
    let bytes = noise::bytes(seed, frames * usize::from(channels) * 4);
    let words = bytes.as_chunks::<4>().0.iter().map(|word| i32::from_le_bytes(*word));
    words.map(|word| (f64::from(word) * level) as i32).collect()
}

/// Digital silence.
pub fn silence(frames: usize, channels: u16) -> Vec<i32> {
    vec![0; frames * usize::from(channels)]
}

/// The same, with nothing but zeros below the upper `bits`.
pub fn quantized(samples: &[i32], bits: u32) -> Vec<i32> {
    let shift = 32_u32.saturating_sub(bits);
    samples.iter().map(|sample| sample >> shift << shift).collect()
}

/// From -1 to 1, clipped beyond.
fn to_int(sample: f64) -> i32 {
    // The conversion itself goes no further than full scale.
    (sample * 2_147_483_648.0) as i32
}
