//! The bass player: turns chords and step patterns into a bass line, on an
//! electric bass (filtered sawtooth) or an upright one (plucked string).

use super::pluck::{Pluck, note_frames};
use super::prng::Prng;
use super::room::add_room;
use super::synth::{
    Biquad, Decay, SAMPLE_RATE, Saw, Sine, frames_in, midi_to_hz, mix_at, soft_clip,
};
use super::tune::{Chord, Feel, Tempo, steps};

/// Frames between two movements of the electric bass's filter.
const FILTER_FRAMES: usize = 32;
const RELEASE_SECONDS: f64 = 0.02;
const ATTACK_SECONDS: f64 = 0.004;
/// A note ends a little before the next begins, as fingers do.
const ARTICULATION: f64 = 0.92;

/// The kind of bass.
#[derive(Clone, Copy)]
pub(crate) enum Bass {
    /// Electric bass through a small tube amplifier.
    Electric,
    /// Plucked double bass.
    Upright,
}

/// One bar of a bass part: a chord and a step pattern. `R` is the root, `3`,
/// `5` and `7` are chord notes, `8` is the octave, `a` leads to the next bar's
/// root from a semitone below, `b` from a tone above and `x` is a dead note.
pub(crate) type BassBar = (&'static Chord, &'static str);

/// Plays a bass part; mono.
pub(crate) fn play(bass: Bass, bars: &[BassBar], tempo: Tempo, feel: Feel) -> Vec<f64> {
    let mut prng = Prng::new(feel.seed);
    let mut track = vec![0.0; tempo.frames()];
    for (bar, (chord, pattern)) in bars.iter().enumerate() {
        // After the last bar the song could start again.
        let (next, _) = bars[(bar + 1) % bars.len()];
        for step in steps(pattern, tempo, bar) {
            let start = feel.onset(tempo, step.beat, &mut prng);
            let accent = if step.beat.fract() == 0.0 { 1.0 } else { 0.82 };
            let gain = accent * (1.0 + 0.07 * prng.noise());
            let dead = step.symbol == 'x';
            let beats = if dead { 0.1 } else { step.beats * ARTICULATION };
            let hz = midi_to_hz(f64::from(key(step.symbol, chord, next)));
            let frames = note_frames(beats * tempo.beat_seconds());
            let sound = match bass {
                Bass::Electric => electric(hz, gain, frames),
                Bass::Upright => upright(hz, frames, &mut prng),
            };
            mix_at(&mut track, start, &sound, if dead { 0.5 * gain } else { gain });
        }
    }
    finish(bass, &mut track);
    track
}

fn key(symbol: char, chord: &Chord, next: &Chord) -> u8 {
    match symbol {
        '3' => chord.root + chord.third,
        '5' => chord.root + 7,
        '7' => chord.root + chord.seventh,
        '8' => chord.root + 12,
        'a' => next.root - 1,
        'b' => next.root + 2,
        _ => chord.root,
    }
}

fn electric(hz: f64, velocity: f64, frames: usize) -> Vec<f64> {
    let (mut saw, mut deep) = (Saw::default(), Sine::default());
    let (mut bite, mut fade) = (Decay::new(0.11), Decay::new(1.4));
    let mut release = Decay::new(RELEASE_SECONDS);
    let mut filter = Biquad::lowpass(800.0, 1.1);
    let attack = ATTACK_SECONDS * SAMPLE_RATE;
    (0..frames + frames_in(6.0 * RELEASE_SECONDS))
        .map(|frame| {
            let bite = bite.next();
            if frame % FILTER_FRAMES == 0 {
                filter.tune_lowpass(260.0 + 2.0 * hz + 1_900.0 * velocity * bite, 1.1);
            }
            let tone = filter.run(0.7 * saw.next(hz)) + 0.6 * deep.next(hz);
            let rise = (frame as f64 / attack).min(1.0);
            let fall = if frame < frames { 1.0 } else { release.next() };
            tone * rise * fall * fade.next()
        })
        .collect()
}

fn upright(hz: f64, frames: usize, prng: &mut Prng) -> Vec<f64> {
    let pluck = Pluck { hz, sustain: 2.0, brightness: 0.06, frames };
    pluck.sound(prng)
}

/// Amplifier or body, and a little room.
fn finish(bass: Bass, track: &mut [f64]) {
    let mut wood = Biquad::bandpass(105.0, 1.2);
    let mut top = Biquad::lowpass(1_800.0, 0.7);
    for sample in track.iter_mut() {
        *sample = match bass {
            Bass::Electric => soft_clip(1.1 * *sample),
            Bass::Upright => top.run(soft_clip(*sample + 0.8 * wood.run(*sample))),
        };
    }
    if matches!(bass, Bass::Upright) {
        add_room(track, 0.35, 0.04);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_follows_the_chords() {
        let minor = Chord { root: 38, third: 3, seventh: 10, voicing: &[] };
        let major = Chord { root: 34, third: 4, seventh: 11, voicing: &[] };
        let keys = |chord, next| ['R', '3', '5', '7', '8', 'a', 'b'].map(|s| key(s, chord, next));
        assert_eq!(keys(&minor, &major), [38, 41, 45, 48, 50, 33, 36]);
        assert_eq!(keys(&major, &minor), [34, 38, 41, 45, 46, 37, 40]);
    }
}
