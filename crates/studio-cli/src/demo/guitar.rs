//! The guitarist: strums, scratches and finger-picks chords on six plucked
//! strings.

use super::pluck::{Pluck, note_frames};
use super::prng::Prng;
use super::room::in_stereo_room;
use super::synth::{Biquad, frames_in, midi_to_hz, mix_at, soft_clip};
use super::tune::{Chord, Feel, Step, Tempo, steps};

/// Time from one string to the next when strumming, in seconds.
const STRUM_SECONDS: f64 = 0.009;
/// Length of a short, damped stroke in steps of its pattern.
const SHORT_STEPS: f64 = 0.8;
const SCRATCH_SECONDS: f64 = 0.035;
/// How far apart the two sides are: gain of a side in the other channel.
const BLEED: f64 = 0.35;

/// An instrument and its sound.
#[derive(Clone, Copy)]
pub(crate) struct Guitar {
    /// Treble of the attack, from 0 (thumb) to 1 (plectrum).
    pub(crate) brightness: f64,
    /// Time in which a string decays by 60 dB, in seconds.
    pub(crate) sustain: f64,
    /// Gain into the saturating amplifier, which evens out the attacks.
    pub(crate) drive: f64,
    /// Highest frequency of cabinet or top, in Hz.
    pub(crate) treble_hz: f64,
    /// Reverberation of the room to -60 dB, in seconds.
    pub(crate) room_seconds: f64,
}

/// One bar of a guitar part: a chord and a step pattern. `D` and `U` are
/// strums down and up that ring, `d` and `u` short ones, `x` is a scratch over
/// muted strings, and a digit picks that string of the chord (0 the lowest).
pub(crate) type GuitarBar = (&'static Chord, &'static str);

/// Plays a guitar part; interleaved stereo. Each side is a performance of its
/// own, as if the part had been recorded twice.
pub(crate) fn play(guitar: Guitar, bars: &[GuitarBar], tempo: Tempo, feel: Feel) -> Vec<f64> {
    let [first, second] = [0, 1].map(|side| {
        let mut prng = Prng::new(feel.seed + side);
        let strings = perform(guitar, bars, tempo, feel, &mut prng);
        amplify(guitar, &strings)
    });
    let blend = |near: &[f64], far: &[f64]| -> Vec<f64> {
        near.iter().zip(far).map(|(n, f)| n + BLEED * f).collect()
    };
    let (left, right) = (blend(&first, &second), blend(&second, &first));
    in_stereo_room(&left, &right, guitar.room_seconds, 0.12)
}

fn perform(
    guitar: Guitar,
    bars: &[GuitarBar],
    tempo: Tempo,
    feel: Feel,
    prng: &mut Prng,
) -> Vec<f64> {
    let mut track = vec![0.0; tempo.frames()];
    for (bar, (chord, pattern)) in bars.iter().enumerate() {
        let bar_end = ((bar + 1) * tempo.beats_per_bar) as f64;
        let step_beats = tempo.beats_per_bar as f64 / pattern.len() as f64;
        let strokes = steps(pattern, tempo, bar);
        for (index, stroke) in strokes.iter().enumerate() {
            let onset = feel.onset(tempo, stroke.beat, prng);
            let accent = if stroke.beat.fract() == 0.0 { 1.0 } else { 0.8 };
            for (order, string) in strings_hit(stroke.symbol, chord).enumerate() {
                let until = next_hit(&strokes[index + 1..], string, chord).unwrap_or(bar_end);
                let beats = stroke_beats(*stroke, until - stroke.beat, step_beats);
                let seconds = beats * tempo.beat_seconds();
                let key = f64::from(chord.voicing[string]);
                let sound = pluck(guitar, stroke.symbol, key, seconds).sound(prng);
                let start = onset + order * frames_in(STRUM_SECONDS * (1.0 + 0.3 * prng.noise()));
                let gain = accent * stroke_gain(stroke.symbol) * (1.0 + 0.12 * prng.noise());
                mix_at(&mut track, start, &sound, gain);
            }
        }
    }
    track
}

/// The strings a stroke hits, in the order it hits them.
fn strings_hit(symbol: char, chord: &Chord) -> impl Iterator<Item = usize> {
    let count = chord.voicing.len();
    let picked = symbol.to_digit(10).map(|digit| digit as usize % count);
    let upward = matches!(symbol, 'U' | 'u');
    let strummed = if picked.is_some() { 0 } else { count };
    let strum = (0..strummed).map(move |s| if upward { count - 1 - s } else { s });
    picked.into_iter().chain(strum)
}

/// The beat at which one of the `later` strokes hits `string` again.
fn next_hit(later: &[Step], string: usize, chord: &Chord) -> Option<f64> {
    let hits = |step: &&Step| strings_hit(step.symbol, chord).any(|hit| hit == string);
    later.iter().find(hits).map(|step| step.beat)
}

/// How long a stroke sounds if the string would be free for `ring` beats.
fn stroke_beats(stroke: Step, ring: f64, step_beats: f64) -> f64 {
    match stroke.symbol {
        'd' | 'u' => ring.min(SHORT_STEPS * stroke.beats.max(step_beats)),
        _ => ring,
    }
}

fn stroke_gain(symbol: char) -> f64 {
    match symbol {
        'D' | 'd' => 0.5,
        'U' | 'u' => 0.4,
        'x' => 0.3,
        _ => 0.8,
    }
}

fn pluck(guitar: Guitar, symbol: char, key: f64, seconds: f64) -> Pluck {
    let muted = symbol == 'x';
    Pluck {
        hz: midi_to_hz(key),
        sustain: if muted { 0.09 } else { guitar.sustain },
        brightness: guitar.brightness,
        frames: note_frames(if muted { SCRATCH_SECONDS } else { seconds }),
    }
}

/// Body resonances, saturation and cabinet.
fn amplify(guitar: Guitar, strings: &[f64]) -> Vec<f64> {
    let mut rumble = Biquad::highpass(75.0, 0.7);
    let mut air = Biquad::bandpass(115.0, 2.0);
    let mut top = Biquad::bandpass(230.0, 2.5);
    let mut pick = Biquad::bandpass(2_400.0, 0.8);
    let mut cabinet = Biquad::lowpass(guitar.treble_hz, 0.8);
    strings
        .iter()
        .map(|sample| {
            let dry = rumble.run(*sample);
            let body = dry + 0.5 * air.run(dry) + 0.4 * top.run(dry) + 0.25 * pick.run(dry);
            cabinet.run(soft_clip(guitar.drive * body))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHORD: Chord = Chord { root: 43, third: 4, seventh: 9, voicing: &[43, 55, 59] };

    #[test]
    fn strums_hit_all_strings_and_digits_one() {
        let hit = |symbol| strings_hit(symbol, &CHORD).collect::<Vec<_>>();
        assert_eq!(hit('D'), [0, 1, 2]);
        assert_eq!(hit('u'), [2, 1, 0]);
        assert_eq!(hit('x'), [0, 1, 2]);
        assert_eq!(hit('1'), [1]);
        assert_eq!(hit('4'), [1]);
    }

    #[test]
    fn a_string_rings_until_it_is_hit_again() {
        let tempo = Tempo { frames_per_beat: 24_000, beats_per_bar: 4, bars: 1 };
        let strokes = steps("01D.", tempo, 0);
        assert_eq!(next_hit(&strokes[1..], 0, &CHORD), Some(2.0));
        assert_eq!(next_hit(&strokes[1..], 1, &CHORD), Some(1.0));
        assert_eq!(next_hit(&strokes[3..], 1, &CHORD), None);
    }
}
