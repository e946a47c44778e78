//! Building blocks of the demo synthesizers: units, envelopes, oscillators,
//! filters and the last steps of a track.
//!
//! Everything here gives the same bits on every machine: transcendental
//! functions come from the pure-Rust `libm`, never from the platform.

use std::f64::consts::TAU;

/// Sample rate of all demo audio in frames per second.
pub(crate) const FRAMES_PER_SECOND: u32 = 48_000;

/// Sample rate of all demo audio in Hz.
pub(crate) const SAMPLE_RATE: f64 = FRAMES_PER_SECOND as f64;

const FADE_IN_SECONDS: f64 = 0.001; // Short enough to leave a kick on beat one its attack.
const FADE_OUT_SECONDS: f64 = 0.05;
const DC_CORNER_HZ: f64 = 15.0;

/// The number of frames nearest to a duration in seconds.
pub(crate) fn frames_in(seconds: f64) -> usize {
    (seconds * SAMPLE_RATE).round() as usize
}

/// The frequency in Hz of a (fractional) MIDI note, 69 being 440 Hz.
pub(crate) fn midi_to_hz(note: f64) -> f64 {
    440.0 * libm::exp2((note - 69.0) / 12.0)
}

/// The gain factor of a level in dB.
pub(crate) fn db_to_gain(db: f64) -> f64 {
    libm::pow(10.0, db / 20.0)
}

/// Gentle saturation: unity gain for quiet samples, never beyond -1..1.
pub(crate) fn soft_clip(sample: f64) -> f64 {
    sample / (1.0 + sample * sample).sqrt()
}

/// Adds `sound` times `gain` to `track` from frame `start` on; what reaches
/// beyond the end of the track is dropped.
pub(crate) fn mix_at(track: &mut [f64], start: usize, sound: &[f64], gain: f64) {
    for (out, sample) in track.iter_mut().skip(start).zip(sound) {
        *out += gain * sample;
    }
}

/// Joins two channels of equal length to interleaved stereo frames.
pub(crate) fn interleave(left: &[f64], right: &[f64]) -> Vec<f64> {
    left.iter().zip(right).flat_map(|(l, r)| [*l, *r]).collect()
}

/// An exponential decay that starts at 1.
pub(crate) struct Decay {
    level: f64,
    factor: f64,
}

impl Decay {
    /// A decay by the factor e every `seconds`.
    pub(crate) fn new(seconds: f64) -> Self {
        let factor = libm::exp(-1.0 / (seconds * SAMPLE_RATE));
        Self { level: 1.0, factor }
    }

    /// The level at this frame.
    pub(crate) fn next(&mut self) -> f64 {
        let level = self.level;
        self.level *= self.factor;
        level
    }
}

/// A value that follows its target exponentially.
pub(crate) struct Glide {
    value: f64,
    rate: f64,
}

impl Glide {
    /// Starts at `value` and closes the distance to its target by the factor e
    /// every `seconds`, if moved `per_second` times a second.
    pub(crate) fn new(value: f64, seconds: f64, per_second: f64) -> Self {
        let rate = 1.0 - libm::exp(-1.0 / (seconds * per_second));
        Self { value, rate }
    }

    /// Moves one step towards `target` and gives the new value.
    pub(crate) fn toward(&mut self, target: f64) -> f64 {
        self.value += self.rate * (target - self.value);
        self.value
    }
}

/// A sine oscillator whose frequency may change from frame to frame.
#[derive(Default)]
pub(crate) struct Sine(f64);

impl Sine {
    /// The next sample at `hz`.
    pub(crate) fn next(&mut self, hz: f64) -> f64 {
        let sample = libm::sin(TAU * self.0);
        self.0 = advance(self.0, hz);
        sample
    }
}

/// A band-limited (PolyBLEP) sawtooth oscillator.
#[derive(Default)]
pub(crate) struct Saw(f64);

impl Saw {
    /// The next sample at `hz`.
    pub(crate) fn next(&mut self, hz: f64) -> f64 {
        let step = hz / SAMPLE_RATE;
        let phase = self.0;
        self.0 = advance(phase, hz);
        // The jump is rounded off over one frame on either side.
        let correction = if phase < step {
            let t = phase / step;
            t + t - t * t - 1.0
        } else if phase > 1.0 - step {
            let t = (phase - 1.0) / step;
            t * t + t + t + 1.0
        } else {
            0.0
        };
        2.0 * phase - 1.0 - correction
    }
}

fn advance(phase: f64, hz: f64) -> f64 {
    let next = phase + hz / SAMPLE_RATE;
    if next >= 1.0 { next - 1.0 } else { next }
}

/// A second-order filter (RBJ cookbook shapes, transposed direct form II).
#[derive(Default)]
pub(crate) struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    z: [f64; 2],
}

impl Biquad {
    /// A low-pass with its corner at `hz`.
    pub(crate) fn lowpass(hz: f64, q: f64) -> Self {
        let mut filter = Self::default();
        filter.tune_lowpass(hz, q);
        filter
    }

    /// A high-pass with its corner at `hz`.
    pub(crate) fn highpass(hz: f64, q: f64) -> Self {
        let (cosine, alpha) = angle(hz, q);
        let edge = (1.0 + cosine) / 2.0;
        let mut filter = Self::default();
        filter.tune([edge, -2.0 * edge, edge], cosine, alpha);
        filter
    }

    /// A band-pass with unity gain at its centre `hz`.
    pub(crate) fn bandpass(hz: f64, q: f64) -> Self {
        let mut filter = Self::default();
        filter.tune_bandpass(hz, q);
        filter
    }

    /// Moves a low-pass to another corner without losing its state.
    pub(crate) fn tune_lowpass(&mut self, hz: f64, q: f64) {
        let (cosine, alpha) = angle(hz, q);
        let edge = (1.0 - cosine) / 2.0;
        self.tune([edge, 2.0 * edge, edge], cosine, alpha);
    }

    /// Moves a band-pass to another centre without losing its state.
    pub(crate) fn tune_bandpass(&mut self, hz: f64, q: f64) {
        let (cosine, alpha) = angle(hz, q);
        self.tune([alpha, 0.0, -alpha], cosine, alpha);
    }

    /// The filtered sample.
    pub(crate) fn run(&mut self, input: f64) -> f64 {
        let output = self.b[0] * input + self.z[0];
        self.z[0] = self.b[1] * input - self.a[0] * output + self.z[1];
        self.z[1] = self.b[2] * input - self.a[1] * output;
        output
    }

    fn tune(&mut self, b: [f64; 3], cosine: f64, alpha: f64) {
        let scale = 1.0 / (1.0 + alpha);
        self.b = b.map(|b| b * scale);
        self.a = [-2.0 * cosine * scale, (1.0 - alpha) * scale];
    }
}

/// Cosine and bandwidth term of the cookbook formulas.
fn angle(hz: f64, q: f64) -> (f64, f64) {
    let omega = TAU * hz / SAMPLE_RATE;
    (libm::cos(omega), libm::sin(omega) / (2.0 * q))
}

/// Makes interleaved audio ready to be written: removes DC, fades the ends and
/// brings the highest peak to `peak_dbfs`.
pub(crate) fn master(interleaved: &mut [f64], channels: usize, peak_dbfs: f64) {
    for channel in 0..channels {
        remove_dc(interleaved.iter_mut().skip(channel).step_by(channels));
    }
    fade(interleaved.chunks_exact_mut(channels), FADE_IN_SECONDS);
    fade(interleaved.chunks_exact_mut(channels).rev(), FADE_OUT_SECONDS);
    let peak = interleaved.iter().fold(0.0_f64, |peak, s| peak.max(s.abs()));
    if peak > 0.0 {
        let gain = db_to_gain(peak_dbfs) / peak;
        interleaved.iter_mut().for_each(|sample| *sample *= gain);
    }
}

fn remove_dc<'a>(channel: impl Iterator<Item = &'a mut f64>) {
    let feedback = 1.0 - TAU * DC_CORNER_HZ / SAMPLE_RATE;
    let (mut last_in, mut last_out) = (0.0, 0.0);
    for sample in channel {
        last_out = *sample - last_in + feedback * last_out;
        last_in = *sample;
        *sample = last_out;
    }
}

/// Raises the level from silence over the first `seconds` of `frames`.
fn fade<'a>(frames: impl Iterator<Item = &'a mut [f64]>, seconds: f64) {
    let length = frames_in(seconds);
    for (position, frame) in frames.take(length).enumerate() {
        let gain = position as f64 / length as f64;
        frame.iter_mut().for_each(|sample| *sample *= gain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn concert_pitch_and_levels() {
        assert!((midi_to_hz(69.0) - 440.0).abs() < 1e-9);
        assert!((midi_to_hz(57.0) - 220.0).abs() < 1e-9);
        assert!((db_to_gain(-20.0) - 0.1).abs() < 1e-12);
    }

    #[test]
    fn mastering_sets_the_peak_and_silences_the_ends() {
        let mut saw = Saw::default();
        let mut track: Vec<f64> = (0..9_600).map(|_| saw.next(441.0) + 0.3).collect();
        master(&mut track, 2, -6.0);
        let peak = track.iter().fold(0.0_f64, |peak, s| peak.max(s.abs()));
        assert!((peak - db_to_gain(-6.0)).abs() < 1e-12);
        let ends = [track.first(), track.last()];
        assert_eq!(ends, [Some(&0.0), Some(&0.0)]);
    }
}
