//! What the scores are written in: tempo, feel, chords and step patterns.

use super::prng::Prng;
use super::synth::{SAMPLE_RATE, frames_in};

/// Tempo, meter and length of a song; a whole number of frames per beat keeps
/// all its tracks at exactly the same length.
#[derive(Clone, Copy)]
pub(crate) struct Tempo {
    /// Frames per beat (quarter note) at 48 kHz.
    pub(crate) frames_per_beat: usize,
    /// Beats per bar.
    pub(crate) beats_per_bar: usize,
    /// Length of the song in bars.
    pub(crate) bars: usize,
}

impl Tempo {
    /// The length of the song in frames.
    pub(crate) const fn frames(&self) -> usize {
        self.frames_per_beat * self.beats_per_bar * self.bars
    }

    /// The duration of a beat in seconds.
    pub(crate) fn beat_seconds(&self) -> f64 {
        self.frames_per_beat as f64 / SAMPLE_RATE
    }
}

/// How a take was played: its timing and level.
#[derive(Clone, Copy)]
pub(crate) struct Feel {
    /// Seed of everything random in the take.
    pub(crate) seed: u64,
    /// Seconds behind the beat (negative: ahead of it).
    pub(crate) late: f64,
    /// Largest random deviation of an onset, in seconds.
    pub(crate) jitter: f64,
    /// Delay of every second sixteenth, in seconds.
    pub(crate) swing: f64,
    /// Highest peak of the take, in dBFS.
    pub(crate) peak_dbfs: f64,
}

impl Feel {
    /// The frame at which a player with this feel hits `beat`.
    pub(crate) fn onset(&self, tempo: Tempo, beat: f64, prng: &mut Prng) -> usize {
        let sixteenth = beat * 4.0;
        let swung = sixteenth % 2.0 == 1.0;
        let swing = if swung { self.swing } else { 0.0 };
        let deviation = self.late + swing + self.jitter * prng.noise();
        // A negative time (early on the first beat) saturates at frame 0.
        frames_in(beat * tempo.beat_seconds() + deviation)
    }
}

/// A chord as the bass and the guitar need it; notes are MIDI notes.
pub(crate) struct Chord {
    /// The root in the register of the bass.
    pub(crate) root: u8,
    /// Semitones from the root to the third.
    pub(crate) third: u8,
    /// Semitones from the root to the seventh (or what the bass plays for it).
    pub(crate) seventh: u8,
    /// The notes on the guitar, lowest string first.
    pub(crate) voicing: &'static [u8],
}

/// A step of a bar's pattern that is played.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Step {
    /// What the pattern says there.
    pub(crate) symbol: char,
    /// Start in beats from the start of the song.
    pub(crate) beat: f64,
    /// Length in beats, including the `-` steps that hold it.
    pub(crate) beats: f64,
}

/// Reads a bar's pattern: one character per step, the steps dividing the bar
/// evenly, `.` for a rest, `-` to hold the step before.
pub(crate) fn steps(pattern: &str, tempo: Tempo, bar: usize) -> Vec<Step> {
    let beats = tempo.beats_per_bar as f64 / pattern.len() as f64;
    let bar_start = (bar * tempo.beats_per_bar) as f64;
    let mut steps: Vec<Step> = Vec::new();
    for (position, symbol) in pattern.chars().enumerate() {
        match symbol {
            '.' => {}
            '-' => {
                if let Some(held) = steps.last_mut() {
                    held.beats += beats;
                }
            }
            _ => steps.push(Step { symbol, beat: bar_start + position as f64 * beats, beats }),
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPO: Tempo = Tempo { frames_per_beat: 24_000, beats_per_bar: 4, bars: 2 };

    #[test]
    fn a_pattern_becomes_steps() {
        let step = |symbol, beat, beats| Step { symbol, beat, beats };
        let expected = [step('X', 4.0, 1.0), step('o', 6.5, 0.5)];
        assert_eq!(steps("X-...o..", TEMPO, 1), expected);
    }

    #[test]
    fn onsets_follow_the_grid_and_the_feel() {
        let feel = Feel { seed: 1, late: 0.01, jitter: 0.0, swing: 0.02, peak_dbfs: -3.0 };
        let onset = |beat| feel.onset(TEMPO, beat, &mut Prng::new(feel.seed));
        assert_eq!(onset(1.0), 24_480);
        assert_eq!(onset(0.25), 6_000 + 480 + 960);
        assert_eq!(TEMPO.frames(), 192_000);
    }
}
