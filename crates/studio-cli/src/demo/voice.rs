//! The singer: a sawtooth glottis and a little breath through five moving
//! formants, with portamento, vibrato and simple consonants.

use super::prng::Prng;
use super::room::add_room;
use super::synth::{Biquad, Glide, SAMPLE_RATE, Saw, Sine, db_to_gain, frames_in, midi_to_hz};
use super::tune::{Feel, Tempo};

/// Frames between two movements of the mouth (pitch and formants).
const BLOCK: usize = 32;
const BLOCKS_PER_SECOND: f64 = SAMPLE_RATE / BLOCK as f64;
const ROOM_SECONDS: f64 = 0.9;
const ROOM_AMOUNT: f64 = 0.03;
/// Seconds it takes the mouth to change from one vowel to the next.
const MOUTH_SECONDS: f64 = 0.028;
/// Seconds it takes the voice to rise and to fall silent.
const LOUDNESS_SECONDS: f64 = 0.022;
/// Vibrato sets in this many seconds into a note.
const VIBRATO_DELAY: f64 = 0.22;
/// Seconds over which the singer notices that a vowel comes out loud or soft.
const LEVELLING_SECONDS: f64 = 0.04;
/// How much of that the singer evens out: 0 nothing, 0.5 all of it.
const LEVELLING: f64 = 0.36;
/// Width of each formant in Hz.
const BANDWIDTHS: [f64; 5] = [115.0, 105.0, 125.0, 140.0, 160.0];

/// A vowel, named by how it sounds.
#[derive(Clone, Copy)]
pub(crate) enum Vowel {
    /// As in "father".
    Ah,
    /// As in "bed".
    Eh,
    /// As in "see".
    Ee,
    /// As in "more".
    Oh,
    /// As in "room".
    Oo,
}

/// How a syllable begins.
#[derive(Clone, Copy)]
pub(crate) enum Onset {
    /// With the vowel itself.
    Open,
    /// With a voiced consonant such as m, n, l or v.
    Soft,
    /// With a stop such as t or k.
    Stop,
    /// With a hiss such as s or h.
    Hiss,
}

/// One sung syllable.
#[derive(Clone, Copy)]
pub(crate) struct Syllable {
    /// Start in beats from the start of the song.
    pub(crate) beat: f64,
    /// Length in beats.
    pub(crate) beats: f64,
    /// MIDI note; a fraction is sung out of tune.
    pub(crate) note: f64,
    /// The vowel held.
    pub(crate) vowel: Vowel,
    /// The consonant before it.
    pub(crate) onset: Onset,
}

/// Shorthand for scores.
pub(crate) const fn sing(beat: f64, beats: f64, note: f64, vowel: Vowel, onset: Onset) -> Syllable {
    Syllable { beat, beats, note, vowel, onset }
}

/// A singer and the way of singing.
#[derive(Clone, Copy)]
pub(crate) struct Singer {
    /// Size of the head: 1 for a tenor, more for higher formants.
    pub(crate) formants: f64,
    /// Vibrato rate in Hz.
    pub(crate) vibrato_hz: f64,
    /// Vibrato depth in semitones to either side.
    pub(crate) vibrato_depth: f64,
    /// Portamento time constant in seconds.
    pub(crate) portamento: f64,
    /// Gain of the breath noise in the voice.
    pub(crate) breath: f64,
}

/// Sings a part; mono. The syllables must be in order.
pub(crate) fn sing_part(
    singer: Singer,
    syllables: &[Syllable],
    tempo: Tempo,
    feel: Feel,
) -> Vec<f64> {
    let mut throat = Throat::new(singer, syllables, feel.seed);
    let notes = timed(syllables, tempo, feel);
    let mut current = 0;
    let mut track = Vec::with_capacity(tempo.frames());
    while track.len() < tempo.frames() {
        while notes.get(current + 1).is_some_and(|next| track.len() >= next.start) {
            current += 1;
        }
        if let Some(note) = notes.get(current) {
            let moment = note.moment(track.len());
            throat.sing_block(&moment, &mut track);
        } else {
            track.resize(tempo.frames(), 0.0);
        }
    }
    track.truncate(tempo.frames());
    add_room(&mut track, ROOM_SECONDS, ROOM_AMOUNT);
    track
}

/// A syllable with its place in frames.
struct Note {
    start: usize,
    end: usize,
    syllable: Syllable,
}

fn timed(syllables: &[Syllable], tempo: Tempo, feel: Feel) -> Vec<Note> {
    let mut prng = Prng::new(feel.seed);
    let place = |syllable: &Syllable| {
        let start = feel.onset(tempo, syllable.beat, &mut prng);
        let end = start + frames_in(syllable.beats * tempo.beat_seconds());
        Note { start, end, syllable: *syllable }
    };
    syllables.iter().map(place).collect()
}

/// What the singer aims at in one block.
struct Moment {
    note: f64,
    formants: [f64; 5],
    gains: [f64; 5],
    loudness: f64,
    hiss: f64,
    /// Seconds since the syllable began.
    age: f64,
}

impl Note {
    fn moment(&self, frame: usize) -> Moment {
        let age = (frame as f64 - self.start as f64) / SAMPLE_RATE;
        let sounding = (self.start..self.end).contains(&frame);
        let (loudness, hiss) = match self.syllable.onset {
            _ if !sounding => (0.0, 0.0),
            Onset::Soft if age < 0.055 => (0.35, 0.0),
            Onset::Stop if age < 0.03 => (0.0, 0.0),
            Onset::Stop if age < 0.042 => (0.0, 0.25),
            Onset::Hiss if age < 0.085 => (0.0, 0.1),
            _ => (1.0, 0.0),
        };
        let consonant = matches!(self.syllable.onset, Onset::Soft) && age < 0.05;
        let (formants, decibels) = if consonant { HUM } else { mouth(self.syllable.vowel) };
        Moment {
            note: self.syllable.note,
            formants,
            gains: decibels.map(db_to_gain),
            loudness,
            hiss,
            age,
        }
    }
}

/// Formant frequencies in Hz and their levels in dB.
type Mouth = ([f64; 5], [f64; 5]);

/// The nearly closed mouth of a voiced consonant.
const HUM: Mouth = ([280.0, 1_150.0, 2_250.0, 2_900.0, 3_500.0], [0.0, -14.0, -18.0, -22.0, -30.0]);

fn mouth(vowel: Vowel) -> Mouth {
    match vowel {
        Vowel::Ah => ([650.0, 1_080.0, 2_650.0, 2_900.0, 3_250.0], [0.0, -3.0, -3.0, -3.0, -14.0]),
        Vowel::Eh => ([480.0, 1_700.0, 2_600.0, 3_150.0, 3_580.0], [0.0, -6.0, -4.0, -6.0, -12.0]),
        Vowel::Ee => ([310.0, 1_970.0, 2_800.0, 3_250.0, 3_600.0], [0.0, -7.0, -6.0, -8.0, -16.0]),
        Vowel::Oh => ([430.0, 820.0, 2_600.0, 2_850.0, 3_100.0], [0.0, -5.0, -9.0, -9.0, -18.0]),
        Vowel::Oo => ([350.0, 680.0, 2_550.0, 2_850.0, 3_200.0], [0.0, -8.0, -12.0, -12.0, -20.0]),
    }
}

/// The sound source and everything that moves.
struct Throat {
    singer: Singer,
    prng: Prng,
    glottis: Saw,
    vibrato: Sine,
    note: Glide,
    centres: Vec<Glide>,
    gains: Vec<Glide>,
    resonators: [Biquad; 5],
    /// Mean square of the voice before it is given its loudness.
    power: Glide,
    levelling: f64,
    loudness: Glide,
    hiss: Glide,
    teeth: Biquad,
    drift: Glide,
}

impl Throat {
    fn new(singer: Singer, syllables: &[Syllable], seed: u64) -> Self {
        let first = syllables.first().map_or(60.0, |syllable| syllable.note);
        let (formants, _) = HUM;
        let follow = |start| Glide::new(start, MOUTH_SECONDS, BLOCKS_PER_SECOND);
        Self {
            singer,
            prng: Prng::new(seed ^ 0x00B2_EA74),
            glottis: Saw::default(),
            vibrato: Sine::default(),
            // The first note is approached from below, as singers do.
            note: Glide::new(first - 1.5, singer.portamento, BLOCKS_PER_SECOND),
            centres: formants.map(follow).into(),
            gains: [0.0; 5].map(follow).into(),
            resonators: std::array::from_fn(|_| Biquad::default()),
            power: Glide::new(0.05, LEVELLING_SECONDS, SAMPLE_RATE),
            levelling: 1.0,
            loudness: Glide::new(0.0, LOUDNESS_SECONDS, SAMPLE_RATE),
            hiss: Glide::new(0.0, 0.004, SAMPLE_RATE),
            teeth: Biquad::highpass(4_200.0, 0.8),
            drift: Glide::new(0.0, 0.08, BLOCKS_PER_SECOND),
        }
    }

    /// Sings one block of frames onto the end of `track`.
    fn sing_block(&mut self, moment: &Moment, track: &mut Vec<f64>) {
        let hz = self.pitch(moment);
        let gains = self.move_mouth(moment, hz);
        // A held note swells a little.
        let swell = 0.75 + 0.25 * (moment.age / 0.4).clamp(0.0, 1.0);
        let aim = self.levelling * swell * moment.loudness;
        let mut power = 0.0;
        for _ in 0..BLOCK {
            let noise = self.prng.noise();
            let source = self.glottis.next(hz) + self.singer.breath * noise;
            let mut voice = 0.0;
            for (resonator, gain) in self.resonators.iter_mut().zip(gains) {
                voice += gain * resonator.run(source);
            }
            power = self.power.toward(voice * voice);
            let loudness = self.loudness.toward(aim);
            let hiss = self.hiss.toward(moment.hiss);
            track.push(loudness * voice + hiss * self.teeth.run(noise));
        }
        self.levelling = 0.4 * libm::pow(power.max(1e-4), -LEVELLING);
    }

    /// Pitch in Hz: portamento, vibrato that sets in late, and slow drift.
    fn pitch(&mut self, moment: &Moment) -> f64 {
        let onset = ((moment.age - VIBRATO_DELAY) / 0.3).clamp(0.0, 1.0);
        let rate = self.singer.vibrato_hz * BLOCK as f64;
        let vibrato = onset * self.singer.vibrato_depth * self.vibrato.next(rate);
        let drift = self.drift.toward(1.2 * self.prng.noise());
        midi_to_hz(self.note.toward(moment.note) + vibrato + drift)
    }

    /// Moves the formants; gives their gains, with alternating signs so that
    /// neighbours do not cancel each other between their peaks.
    fn move_mouth(&mut self, moment: &Moment, pitch: f64) -> [f64; 5] {
        let mut gains = [0.0; 5];
        for (index, gain) in gains.iter_mut().enumerate() {
            let centre = self.centres[index].toward(moment.formants[index]);
            let hz = centre * self.singer.formants;
            // On high notes singers open the mouth: no formant lies below the pitch.
            let hz = hz.max(pitch);
            self.resonators[index].tune_bandpass(hz, hz / BANDWIDTHS[index]);
            let sign = if index % 2 == 0 { 1.0 } else { -1.0 };
            *gain = sign * self.gains[index].toward(moment.gains[index]);
        }
        gains
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_voice_sounds_during_its_syllables_only() {
        let tempo = Tempo { frames_per_beat: 24_000, beats_per_bar: 4, bars: 1 };
        let feel = Feel { seed: 1, late: 0.0, jitter: 0.0, swing: 0.0, peak_dbfs: -3.0 };
        let singer = Singer {
            formants: 1.0,
            vibrato_hz: 5.0,
            vibrato_depth: 0.3,
            portamento: 0.04,
            breath: 0.02,
        };
        let syllables = [sing(1.0, 1.0, 60.0, Vowel::Ah, Onset::Open)];
        let track = sing_part(singer, &syllables, tempo, feel);
        assert_eq!(track.len(), tempo.frames());
        let energy = |range: std::ops::Range<usize>| -> f64 {
            track[range].iter().map(|sample| sample * sample).sum()
        };
        assert!(energy(0..23_000) < 1e-9);
        assert!(energy(25_000..47_000) > 10.0);
        assert!(energy(90_000..96_000) < 1e-3 * energy(25_000..47_000));
    }
}
