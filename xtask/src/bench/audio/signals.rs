//! Sound to measure with: the same on every machine, and lively enough that nothing is
//! skipped. 48 kHz, 24 bits, stereo.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use crate::Result;

/// Frames in a second (Hz).
pub(super) const RATE: u32 = 48_000;
pub(super) const CHANNELS: u16 = 2;
const FRAME_BYTES: u32 = 6;
/// The bytes before the samples.
pub(super) const HEADER: usize = 44;

/// A take and what was done to it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Take {
    pub(super) seconds: u32,
    /// Other takes sound otherwise.
    pub(super) seed: u32,
    /// Silent frames before it.
    pub(super) delay: u32,
    /// 0 for none.
    pub(super) gain: f64,
    /// The second that is silenced.
    pub(super) muted_second: Option<u32>,
}

impl Take {
    pub(super) fn write(&self, path: &Path) -> Result {
        let frames = self.seconds * RATE;
        let bytes = (frames + self.delay) * FRAME_BYTES;
        let mut file = BufWriter::new(File::create(path)?);
        let rate_bytes = RATE * FRAME_BYTES;
        file.write_all(b"RIFF")?;
        file.write_all(&(bytes + 36).to_le_bytes())?;
        file.write_all(b"WAVEfmt \x10\0\0\0\x01\0\x02\0")?;
        file.write_all(&RATE.to_le_bytes())?;
        file.write_all(&rate_bytes.to_le_bytes())?;
        file.write_all(b"\x06\0\x18\0data")?;
        file.write_all(&bytes.to_le_bytes())?;
        for _ in 0..self.delay {
            file.write_all(&[0; FRAME_BYTES as usize])?;
        }
        let gain = if self.gain == 0.0 { 1.0 } else { self.gain };
        let mut band = Band::new(self.seed);
        for frame in 0..frames {
            let muted = self.muted_second == Some(frame / RATE);
            for sample in band.next(frame) {
                let sample = if muted { 0 } else { (sample * gain * 8_388_607.0).round() as i32 };
                file.write_all(&sample.to_le_bytes()[..3])?;
            }
        }
        Ok(file.flush()?)
    }
}

/// A bass, a chord and a hi-hat, at 120 beats a minute.
struct Band {
    state: u32,
    /// How loud the last strokes still are.
    hat: f64,
    chord: f64,
    phases: [f64; 3],
}

impl Band {
    fn new(seed: u32) -> Self {
        Self { state: seed ^ 0x9E37_79B9, hat: 0.0, chord: 0.0, phases: [0.0; 3] }
    }

    /// White noise from -1 to 1 (a linear congruential generator's upper bits).
    fn noise(&mut self) -> f64 {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.state >> 8) / f64::from(1 << 23) - 1.0
    }

    fn next(&mut self, frame: u32) -> [f64; 2] {
        if frame.is_multiple_of(RATE / 4) {
            self.hat = 0.12 + 0.06 * self.noise();
        }
        if frame.is_multiple_of(RATE / 2) {
            self.chord = 0.35 + 0.1 * self.noise();
        }
        let root = [55.0, 65.41, 73.42, 82.41][(frame / (2 * RATE)) as usize % 4];
        let mut waves = [0.0; 3];
        for ((phase, wave), times) in self.phases.iter_mut().zip(&mut waves).zip([1.0, 4.0, 6.0]) {
            *phase = (*phase + root * times / f64::from(RATE)).fract();
            // A triangle.
            *wave = 4.0 * (*phase - 0.5).abs() - 1.0;
        }
        let hat = self.noise() * self.hat;
        (self.hat, self.chord) = (self.hat * 0.9992, self.chord * 0.99995);
        let [bass, low, high] = waves;
        let bass = 0.25 * bass;
        [
            bass + self.chord * (0.6 * low + 0.4 * high) + hat,
            bass + self.chord * (0.4 * low + 0.6 * high) - 0.7 * hat,
        ]
    }
}
