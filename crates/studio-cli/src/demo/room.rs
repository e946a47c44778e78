//! A small reverberating room (Schroeder: parallel combs, then all-passes),
//! so that the dry synthesizers sound as if they stood somewhere.

use super::synth::{SAMPLE_RATE, frames_in, interleave};

const COMB_SECONDS: [f64; 4] = [0.0297, 0.0371, 0.0411, 0.0437];
const ALLPASS_SECONDS: [f64; 2] = [0.0050, 0.0017];
const ALLPASS_GAIN: f64 = 0.6;
/// How much of each echo's treble the walls swallow.
const DAMPING: f64 = 0.35;
/// The right wall is a little farther away: that makes the room stereo.
const RIGHT_SCALE: f64 = 1.071;

/// Adds a mono room of `reverb_seconds` (to -60 dB) at gain `amount`.
pub(crate) fn add_room(track: &mut [f64], reverb_seconds: f64, amount: f64) {
    let mut room = Room::new(1.0, reverb_seconds);
    for sample in track {
        *sample += amount * room.run(*sample);
    }
}

/// Interleaves two dry channels standing in a stereo room of `reverb_seconds`
/// (to -60 dB) heard at gain `amount`.
pub(crate) fn in_stereo_room(
    left: &[f64],
    right: &[f64],
    reverb_seconds: f64,
    amount: f64,
) -> Vec<f64> {
    let mut rooms = [1.0, RIGHT_SCALE].map(|scale| Room::new(scale, reverb_seconds));
    let mut frames = interleave(left, right);
    for frame in frames.chunks_exact_mut(2) {
        let send = amount * frame.iter().sum::<f64>() / 2.0;
        for (sample, room) in frame.iter_mut().zip(&mut rooms) {
            *sample += room.run(send);
        }
    }
    frames
}

struct Room {
    combs: [Comb; 4],
    allpasses: [Delay; 2],
}

impl Room {
    fn new(scale: f64, reverb_seconds: f64) -> Self {
        Self {
            combs: COMB_SECONDS.map(|seconds| Comb::new(seconds * scale, reverb_seconds)),
            allpasses: ALLPASS_SECONDS.map(|seconds| Delay::new(seconds * scale)),
        }
    }

    fn run(&mut self, input: f64) -> f64 {
        let mut sample = 0.0;
        for comb in &mut self.combs {
            sample += comb.run(input);
        }
        for delay in &mut self.allpasses {
            let delayed = delay.read();
            let fed = sample + ALLPASS_GAIN * delayed;
            delay.write(fed);
            sample = delayed - ALLPASS_GAIN * fed;
        }
        sample
    }
}

/// An echo that repeats itself, duller and quieter each time.
struct Comb {
    delay: Delay,
    feedback: f64,
    dull: f64,
}

impl Comb {
    fn new(seconds: f64, reverb_seconds: f64) -> Self {
        Self {
            delay: Delay::new(seconds),
            feedback: libm::pow(10.0, -3.0 * seconds / reverb_seconds),
            dull: 0.0,
        }
    }

    fn run(&mut self, input: f64) -> f64 {
        let output = self.delay.read();
        self.dull = output + DAMPING * (self.dull - output);
        self.delay.write(input + self.feedback * self.dull);
        output
    }
}

struct Delay {
    line: Vec<f64>,
    position: usize,
}

impl Delay {
    fn new(seconds: f64) -> Self {
        // At least one frame, so that there is always something to read.
        let seconds = seconds.max(1.0 / SAMPLE_RATE);
        Self { line: vec![0.0; frames_in(seconds)], position: 0 }
    }

    fn read(&self) -> f64 {
        self.line[self.position]
    }

    fn write(&mut self, sample: f64) {
        self.line[self.position] = sample;
        self.position += 1;
        if self.position == self.line.len() {
            self.position = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impulse_rings_and_dies_away() {
        let mut track = vec![0.0; 48_000];
        track[0] = 1.0;
        add_room(&mut track, 0.4, 0.5);
        let energy = |range: std::ops::Range<usize>| -> f64 {
            track[range].iter().map(|sample| sample * sample).sum()
        };
        assert!(energy(1_000..10_000) > 1e-3);
        assert!(energy(38_000..48_000) < 1e-6);
    }
}
