//! The drum kit: one synthesised sound per drum, and the drummer who plays
//! step patterns on it.

use super::prng::Prng;
use super::room::in_stereo_room;
use super::synth::{Biquad, Decay, SAMPLE_RATE, Sine, frames_in, midi_to_hz, mix_at, soft_clip};
use super::tune::{Feel, Tempo, steps};

const ROOM_SECONDS: f64 = 0.45;
const ROOM_AMOUNT: f64 = 0.22;
/// A sound is cut when its slowest part has decayed by e^7 (about -60 dB).
const DECAYS_PER_SOUND: f64 = 7.0;
/// Square waves with no common period: what a cymbal is made of.
const CYMBAL_HZ: [f64; 6] = [411.0, 609.0, 739.0, 1_045.0, 1_361.0, 1_733.0];

/// A drum or cymbal of the kit.
#[derive(Clone, Copy)]
pub(crate) enum Drum {
    /// Bass drum.
    Kick,
    /// Snare drum, hit with a stick.
    Snare,
    /// Snare drum, stroked with a brush.
    Brush,
    /// Stick laid across the snare drum, hitting the rim.
    Rim,
    /// Closed hi-hat.
    Hat,
    /// Open hi-hat.
    OpenHat,
    /// Ride cymbal.
    Ride,
    /// Crash cymbal.
    Crash,
    /// Tom-tom tuned to a MIDI note.
    Tom(u8),
}

/// One bar of a drum part: a step pattern for each drum that plays. `X`, `x`
/// and `o` are accents, normal and ghost notes.
pub(crate) type DrumBar = &'static [(Drum, &'static str)];

/// Plays a drum part; interleaved stereo.
pub(crate) fn play(bars: &[DrumBar], tempo: Tempo, feel: Feel) -> Vec<f64> {
    let mut prng = Prng::new(feel.seed);
    let mut left = vec![0.0; tempo.frames()];
    let mut right = left.clone();
    for (bar, lanes) in bars.iter().enumerate() {
        for (drum, pattern) in *lanes {
            let (level, pan) = drum.place();
            for step in steps(pattern, tempo, bar) {
                let start = feel.onset(tempo, step.beat, &mut prng);
                let velocity = velocity(step.symbol) * (1.0 + 0.08 * prng.noise());
                let sound = drum.strike(velocity, &mut prng);
                mix_at(&mut left, start, &sound, level * velocity * (1.0 - pan));
                mix_at(&mut right, start, &sound, level * velocity * (1.0 + pan));
            }
        }
    }
    in_stereo_room(&left, &right, ROOM_SECONDS, ROOM_AMOUNT)
}

fn velocity(symbol: char) -> f64 {
    match symbol {
        'X' => 1.0,
        'x' => 0.72,
        _ => 0.3,
    }
}

impl Drum {
    /// Level in the kit and position from -1 (left) to 1 (right).
    fn place(self) -> (f64, f64) {
        match self {
            Self::Kick => (0.80, 0.0),
            Self::Snare => (0.62, -0.08),
            Self::Brush => (0.50, -0.15),
            Self::Rim => (0.45, -0.15),
            Self::Hat => (0.34, 0.38),
            Self::OpenHat => (0.30, 0.38),
            Self::Ride => (0.17, -0.45),
            Self::Crash => (0.30, -0.35),
            Self::Tom(key) => (0.62, (f64::from(key) - 45.0) / -18.0),
        }
    }

    /// One stroke; harder strokes (velocity up to about 1) are brighter.
    fn strike(self, velocity: f64, prng: &mut Prng) -> Vec<f64> {
        match self {
            Self::Kick => kick(velocity, prng),
            Self::Snare => snare(velocity, prng),
            Self::Brush => brush(prng),
            Self::Rim => rim(prng),
            Self::Hat => cymbal(7_500.0, 0.022 + 0.018 * velocity, prng),
            Self::OpenHat => cymbal(6_800.0, 0.16, prng),
            Self::Ride => ride(prng),
            Self::Crash => cymbal(3_800.0, 0.5, prng),
            Self::Tom(key) => tom(midi_to_hz(f64::from(key)), prng),
        }
    }
}

/// A sound of the given length, computed frame by frame.
fn sound(longest_decay: f64, next: impl FnMut() -> f64) -> Vec<f64> {
    let frames = frames_in(longest_decay * DECAYS_PER_SOUND);
    std::iter::repeat_with(next).take(frames).collect()
}

fn kick(velocity: f64, prng: &mut Prng) -> Vec<f64> {
    let mut skin = Sine::default();
    let (mut sweep, mut body) = (Decay::new(0.022), Decay::new(0.13));
    let mut beater = Decay::new(0.003);
    let mut felt = Biquad::lowpass(4_500.0, 0.7);
    sound(0.13, || {
        let tone = skin.next(48.0 + 170.0 * velocity * sweep.next()) * body.next();
        let click = felt.run(prng.noise()) * beater.next();
        soft_clip(1.8 * tone) + 0.35 * velocity * click
    })
}

fn snare(velocity: f64, prng: &mut Prng) -> Vec<f64> {
    let (mut low, mut high) = (Sine::default(), Sine::default());
    let (mut bend, mut shell) = (Decay::new(0.015), Decay::new(0.06));
    let mut wires = Decay::new(0.05 + 0.05 * velocity);
    let mut rattle = Biquad::highpass(1_400.0, 0.7);
    let mut dark = Biquad::lowpass(5_000.0 + 6_000.0 * velocity, 0.6);
    sound(0.1, || {
        let bend = 1.0 + 0.25 * bend.next();
        let shell = shell.next();
        let tone = 0.55 * low.next(188.0 * bend) + 0.3 * high.next(334.0 * bend);
        let noise = dark.run(rattle.run(prng.noise()));
        soft_clip(1.2 * (tone * shell + 0.75 * noise * wires.next()))
    })
}

fn brush(prng: &mut Prng) -> Vec<f64> {
    let (mut touch, mut sweep) = (Decay::new(0.012), Decay::new(0.09));
    let mut wires = Biquad::bandpass(3_200.0, 0.5);
    let mut shell = Sine::default();
    let mut thud = Decay::new(0.03);
    sound(0.09, || {
        // The difference of two decays swells before it falls, as a stroke does.
        let stroke = sweep.next() - touch.next();
        wires.run(prng.noise()) * stroke + 0.25 * shell.next(195.0) * thud.next()
    })
}

fn rim(prng: &mut Prng) -> Vec<f64> {
    let (mut low, mut high) = (Sine::default(), Sine::default());
    let (mut wood, mut click) = (Decay::new(0.018), Decay::new(0.002));
    sound(0.018, || {
        let tone = 0.5 * low.next(480.0) + 0.5 * high.next(1_690.0);
        tone * wood.next() + 0.3 * prng.noise() * click.next()
    })
}

fn tom(hz: f64, prng: &mut Prng) -> Vec<f64> {
    let mut skin = Sine::default();
    let (mut bend, mut body) = (Decay::new(0.04), Decay::new(0.14));
    let mut stick = Decay::new(0.008);
    let mut dull = Biquad::lowpass(3_000.0, 0.7);
    sound(0.14, || {
        let tone = skin.next(hz * (1.0 + 0.5 * bend.next())) * body.next();
        soft_clip(1.3 * tone) + 0.4 * dull.run(prng.noise()) * stick.next()
    })
}

/// A cymbal without anything below `floor_hz`, decaying by e in `decay` seconds.
fn cymbal(floor_hz: f64, decay: f64, prng: &mut Prng) -> Vec<f64> {
    let mut phases = [0.0; 6];
    let mut ring = Decay::new(decay);
    let mut floors = [1.0, 1.0].map(|q| Biquad::highpass(floor_hz, q));
    sound(decay, || {
        let mut metal = 0.0;
        for (phase, hz) in phases.iter_mut().zip(CYMBAL_HZ) {
            *phase += 1.7 * hz / SAMPLE_RATE;
            *phase -= phase.floor();
            metal += if *phase < 0.5 { 0.12 } else { -0.12 };
        }
        let source = metal + 0.7 * prng.noise();
        floors.iter_mut().fold(source, |s, floor| floor.run(s)) * ring.next()
    })
}

fn ride(prng: &mut Prng) -> Vec<f64> {
    let mut wash = cymbal(5_200.0, 0.22, prng);
    let (mut tip, mut bell) = (Decay::new(0.05), Sine::default());
    let ping = sound(0.05, || bell.next(3_870.0) * tip.next());
    mix_at(&mut wash, 0, &ping, 0.35);
    wash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_drum_starts_loud_and_dies_away() {
        let kit = [
            Drum::Kick,
            Drum::Snare,
            Drum::Brush,
            Drum::Rim,
            Drum::Hat,
            Drum::OpenHat,
            Drum::Ride,
            Drum::Crash,
            Drum::Tom(45),
        ];
        let peak = |part: &[f64]| part.iter().fold(0.0_f64, |peak, s| peak.max(s.abs()));
        for drum in kit {
            let sound = drum.strike(1.0, &mut Prng::new(3));
            let (head, tail) = sound.split_at(sound.len() * 9 / 10);
            assert!(peak(head) > 0.2 && peak(head) < 3.0);
            assert!(peak(tail) < 0.02 * peak(head));
        }
    }
}
