//! A plucked string after Karplus and Strong: a burst of noise going round in
//! a delay line that loses a little treble on every round.

use super::prng::Prng;
use super::synth::{Decay, SAMPLE_RATE, frames_in};

/// Where the string is plucked, as a part of its length from the bridge.
const PLUCK_POSITION: f64 = 0.18;
/// Gain of the noise of finger or plectrum in the attack.
const ROUGHNESS: f64 = 0.35;
/// How fast a finger stops the string at the end of a note, in seconds.
const RELEASE_SECONDS: f64 = 0.02;
/// Frames a note needs after its end to fall silent.
const RELEASE_FRAMES: usize = 6_000;

/// One pluck of a string.
pub(crate) struct Pluck {
    /// Pitch in Hz.
    pub(crate) hz: f64,
    /// Time in which the ringing string decays by 60 dB, in seconds.
    pub(crate) sustain: f64,
    /// Treble of the attack, from 0 (thumb) to 1 (plectrum).
    pub(crate) brightness: f64,
    /// How long the note lasts until it is stopped, in frames.
    pub(crate) frames: usize,
}

impl Pluck {
    /// The sound of the string, about 1 at its loudest, with a short release
    /// after its end.
    pub(crate) fn sound(&self, prng: &mut Prng) -> Vec<f64> {
        let period = SAMPLE_RATE / self.hz;
        // The averaging below delays by half a frame; an all-pass filter adds
        // the fraction of a frame that is missing for the exact pitch.
        let whole = (period - 0.6).floor();
        let fraction = period - 0.5 - whole;
        let allpass = (1.0 - fraction) / (1.0 + fraction);
        let loss = libm::pow(10.0, -3.0 * period / (SAMPLE_RATE * self.sustain));
        let mut line = self.attack(whole as usize, prng);
        let mut release = Decay::new(RELEASE_SECONDS);
        let (mut position, mut last, mut last_in, mut last_out) = (0, 0.0, 0.0, 0.0);
        let mut sound = Vec::with_capacity(self.frames + RELEASE_FRAMES);
        for frame in 0..self.frames + RELEASE_FRAMES {
            let sample = line[position];
            let averaged = loss * 0.5 * (sample + last);
            last = sample;
            last_out = allpass * (averaged - last_out) + last_in;
            last_in = averaged;
            line[position] = last_out;
            position = if position + 1 < line.len() { position + 1 } else { 0 };
            let gain = if frame < self.frames { 1.0 } else { release.next() };
            sound.push(gain * sample);
        }
        sound
    }

    /// The displaced string: one period of a pulse as wide as the pluck is far
    /// from the bridge, so that the harmonics with a node there are missing,
    /// roughened by noise, as dull as the attack, and without DC.
    fn attack(&self, length: usize, prng: &mut Prng) -> Vec<f64> {
        let width = (length as f64 * PLUCK_POSITION) as usize;
        let mut line: Vec<f64> = (0..length)
            .map(|at| if at < width { 1.0 } else { 0.0 } + ROUGHNESS * prng.noise())
            .collect();
        let follow = 0.08 + 0.9 * self.brightness;
        let mut dull = 0.0;
        // Twice round, so that the filter does not notice where the line begins.
        for at in (0..length).chain(0..length) {
            dull += follow * (line[at] - dull);
            line[at] = dull;
        }
        let mean = line.iter().sum::<f64>() / length as f64;
        line.iter_mut().for_each(|sample| *sample -= mean);
        let peak = line.iter().fold(f64::MIN_POSITIVE, |peak, s| peak.max(s.abs()));
        line.iter_mut().for_each(|sample| *sample /= peak);
        line
    }
}

/// The length of a note in frames.
pub(crate) fn note_frames(seconds: f64) -> usize {
    frames_in(seconds.max(0.02))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_string_is_in_tune() {
        let hz = 196.0;
        let pluck = Pluck { hz, sustain: 4.0, brightness: 0.3, frames: 48_000 };
        let sound = pluck.sound(&mut Prng::new(5));
        // How well the sound matches itself, `lag` frames later.
        let likeness =
            |lag: usize| -> f64 { (20_000..40_000).map(|at| sound[at] * sound[at + lag]).sum() };
        // Ten periods make the peak sharp enough for two cents.
        let best = (2_400..2_500).max_by(|a, b| likeness(*a).total_cmp(&likeness(*b)));
        let expected = 10.0 * SAMPLE_RATE / hz;
        assert!(best.is_some_and(|lag| (lag as f64 - expected).abs() <= 3.0));
    }

    #[test]
    fn a_stopped_string_falls_silent() {
        let pluck = Pluck { hz: 110.0, sustain: 3.0, brightness: 0.8, frames: 4_800 };
        let sound = pluck.sound(&mut Prng::new(5));
        assert!(sound[..4_800].iter().any(|s| s.abs() > 0.5));
        assert!(sound[10_700..].iter().all(|s| s.abs() < 0.01));
    }
}
