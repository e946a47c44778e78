//! "Evan Enters the Third Room": a dark, syncopated groove in D minor,
//! four bars of 4/4 at 100 beats per minute (9.6 seconds).

use super::bass::{Bass, BassBar};
use super::drums::{Drum, DrumBar};
use super::guitar::{Guitar, GuitarBar};
use super::songs::{Part, Session, Take};
use super::tune::{Chord, Feel, Tempo};
use super::voice::Onset::{Hiss, Open, Soft, Stop};
use super::voice::Vowel::{Ah, Ee, Eh, Oh, Oo};
use super::voice::{Singer, Syllable, sing};

const SESSION: Session = Session {
    song: "Evan Enters the Third Room",
    tempo: Tempo { frames_per_beat: 28_800, beats_per_bar: 4, bars: 4 },
};

const D_MINOR: Chord = Chord { root: 38, third: 3, seventh: 10, voicing: &[53, 57, 60, 64] };
const B_FLAT: Chord = Chord { root: 34, third: 4, seventh: 11, voicing: &[53, 57, 62, 65] };
const G_MINOR: Chord = Chord { root: 31, third: 3, seventh: 10, voicing: &[53, 58, 62, 67] };
const A_SEVEN: Chord = Chord { root: 33, third: 4, seventh: 10, voicing: &[55, 61, 64, 69] };
/// A seven with one finger a fret too low: the mistake of guitar take two.
const A_SEVEN_FLUFFED: Chord = Chord { voicing: &[55, 60, 64, 69], ..A_SEVEN };

/// The takes of this song, by track and version.
pub(super) fn takes() -> Vec<Take> {
    let mut takes = drums();
    takes.extend(bass());
    takes.extend(guitar());
    takes.extend(vocals());
    takes
}

const fn feel(seed: u64, late: f64, jitter: f64, peak_dbfs: f64) -> Feel {
    Feel { seed, late, jitter, swing: 0.018, peak_dbfs }
}

const DRUMS_DEMO: [DrumBar; 4] = [
    STRAIGHT,
    STRAIGHT,
    STRAIGHT,
    &[
        (Drum::Kick, "X.....x.x......."),
        (Drum::Snare, "....X.......X.xX"),
        (Drum::Hat, "X.x.x.x.X.x....."),
    ],
];
const STRAIGHT: DrumBar = &[
    (Drum::Kick, "X.....x.x......."),
    (Drum::Snare, "....X.......X..."),
    (Drum::Hat, "X.x.x.x.X.x.x.x."),
];

const DRUMS_TAKE_TWO: [DrumBar; 4] = [
    GHOSTED,
    &[
        (Drum::Kick, "X..x..x...x..x.."),
        (Drum::Snare, "....X..o.o..X.o."),
        (Drum::Hat, "X.x.x.x.X.x.x..."),
        (Drum::OpenHat, "..............x."),
    ],
    GHOSTED,
    &[
        (Drum::Kick, "X..x..x........."),
        (Drum::Snare, "....X..oxxX....X"),
        (Drum::Hat, "X.x.x.x........."),
        (Drum::Tom(50), "...........xx..."),
        (Drum::Tom(45), ".............xx."),
    ],
];
const GHOSTED: DrumBar = &[
    (Drum::Kick, "X..x..x...x....."),
    (Drum::Snare, "....X..o.o..X..o"),
    (Drum::Hat, "X.xox.x.X.xox.x."),
];

const DRUMS_TAKE_THREE: [DrumBar; 4] = [
    &[
        (Drum::Crash, "X..............."),
        (Drum::Kick, "X..x..x..x.x...."),
        (Drum::Snare, "....X..o....X..o"),
        (Drum::Hat, "....XoxoXoxoXoxo"),
    ],
    BUSY,
    &[
        (Drum::Kick, "X..x..x..x.x..x."),
        (Drum::Snare, "....X..o....X..."),
        (Drum::Hat, "XoxoXoxoXoxoXo.."),
        (Drum::OpenHat, "..............X."),
    ],
    &[
        (Drum::Kick, "X..x..x.x...x..."),
        (Drum::Snare, "....X...X.xx...."),
        (Drum::Hat, "XoxoXoxo........"),
        (Drum::Tom(52), "............Xx.."),
        (Drum::Tom(43), "..............XX"),
    ],
];
const BUSY: DrumBar = &[
    (Drum::Kick, "X..x..x..x.x...."),
    (Drum::Snare, "....X..o....X..o"),
    (Drum::Hat, "XoxoXoxoXoxoXoxo"),
];

fn drums() -> Vec<Take> {
    let take = |version, file_name, feel, bars| {
        SESSION.take(["DJ's Drums", version, file_name], feel, Part::Drums(bars))
    };
    vec![
        take(
            "demo",
            "evan_third_room_dj_drums_demo.wav",
            feel(0x0D01, 0.0, 0.004, -6.0),
            &DRUMS_DEMO,
        ),
        take(
            "take_two",
            "evan_third_room_dj_drums_take_two.wav",
            feel(0x0D02, 0.006, 0.005, -4.0),
            &DRUMS_TAKE_TWO,
        ),
        take(
            "take_three",
            "evan_third_room_dj_drums_third_take.wav",
            feel(0x0D03, 0.0, 0.003, -3.0),
            &DRUMS_TAKE_THREE,
        ),
    ]
}

const BASS_DEMO: [BassBar; 4] = [
    (&D_MINOR, "R--...R.R-....a-"),
    (&B_FLAT, "R--...R.R-....b-"),
    (&G_MINOR, "R--...R.R-....b-"),
    (&A_SEVEN, "R--...R.R-5-3-a-"),
];
const BASS_TAKE_TWO: [BassBar; 4] = [
    (&D_MINOR, "R--x.7R.8-7.5-a."),
    (&B_FLAT, "R--x..R.8.5.3-b-"),
    (&G_MINOR, "R--x.7R.8-7.5-b."),
    (&A_SEVEN, "R--3-.5.7-8-..a-"),
];

fn bass() -> Vec<Take> {
    let take = |version, file_name, feel, bars| {
        let part = Part::Bass(Bass::Electric, bars);
        SESSION.take(["Bass", version, file_name], feel, part)
    };
    vec![
        take("demo", "evan_third_room_bass_demo.wav", feel(0x0B01, 0.004, 0.004, -6.0), &BASS_DEMO),
        take(
            "take_two",
            "evan_third_room_bass_take_two.wav",
            feel(0x0B02, 0.008, 0.004, -5.0),
            &BASS_TAKE_TWO,
        ),
    ]
}

const ELECTRIC: Guitar =
    Guitar { brightness: 0.55, sustain: 3.0, drive: 2.0, treble_hz: 4_200.0, room_seconds: 0.4 };

const GUITAR_DEMO: [GuitarBar; 4] = [
    (&D_MINOR, "D-----..d...d..."),
    (&B_FLAT, "D-----..d...d..."),
    (&G_MINOR, "D-----..d...d..."),
    (&A_SEVEN, "D-----..D-------"),
];
const GUITAR_TAKE_TWO: [GuitarBar; 4] = [
    (&D_MINOR, "..xud.xu..d.xxu."),
    (&B_FLAT, "..xud.xu..d.xxu."),
    (&G_MINOR, "..xud.xu..d.xxu."),
    (&A_SEVEN_FLUFFED, "..xud.xu..D-----"),
];
const GUITAR_TAKE_THREE: [GuitarBar; 4] = [
    (&D_MINOR, "d.xud.xu.xd.xxuu"),
    (&B_FLAT, "d.xud.xu..d.xxu."),
    (&G_MINOR, "d.xud.xu.xd.xxuu"),
    (&A_SEVEN, "d.xu0.1.2.3.2.1."),
];

fn guitar() -> Vec<Take> {
    let take = |version, file_name, feel, bars| {
        let part = Part::Guitar(ELECTRIC, bars);
        SESSION.take(["Guitar", version, file_name], feel, part)
    };
    vec![
        take(
            "demo",
            "evan_third_room_guitar_demo.wav",
            feel(0x0601, 0.002, 0.006, -6.0),
            &GUITAR_DEMO,
        ),
        take(
            "take_two",
            "evan_third_room_guitar_take_two.wav",
            feel(0x0603, 0.01, 0.007, -5.5),
            &GUITAR_TAKE_TWO,
        ),
        take(
            "take_three",
            "evan_third_room_guitar_take_three.wav",
            feel(0x0605, -0.002, 0.004, -5.0),
            &GUITAR_TAKE_THREE,
        ),
    ]
}

const TENOR: Singer =
    Singer { formants: 1.0, vibrato_hz: 5.4, vibrato_depth: 0.28, portamento: 0.035, breath: 0.03 };

/// "Evan enters the third room, and the lights are turning low; don't look back."
const VOCALS_TAKE_TWO: [Syllable; 16] = [
    sing(0.5, 0.5, 57.0, Ee, Open),
    sing(1.0, 0.9, 60.0, Ah, Soft),
    sing(2.0, 0.5, 62.0, Eh, Open),
    sing(2.5, 0.5, 60.0, Eh, Stop),
    sing(3.5, 0.5, 62.0, Oh, Soft),
    sing(4.0, 1.0, 65.0, Eh, Hiss),
    sing(5.0, 1.9, 62.0, Oo, Soft),
    sing(7.5, 0.5, 62.0, Ah, Open),
    sing(8.0, 0.95, 65.0, Ah, Soft),
    sing(9.0, 0.45, 62.0, Ah, Open),
    sing(9.5, 0.5, 60.0, Eh, Stop),
    sing(10.0, 0.5, 58.0, Ee, Soft),
    sing(10.5, 1.0, 62.0, Oh, Soft),
    sing(12.0, 0.95, 64.0, Oh, Stop),
    sing(13.0, 0.95, 61.0, Oo, Soft),
    sing(14.0, 1.6, 57.0, Ah, Stop),
];
/// More drive: higher at the end of both phrases, later entries.
const VOCALS_TAKE_THREE: [Syllable; 16] = [
    sing(0.5, 0.45, 57.0, Ee, Open),
    sing(1.0, 0.7, 60.0, Ah, Soft),
    sing(1.75, 0.6, 62.0, Eh, Open),
    sing(2.5, 0.75, 64.0, Eh, Stop),
    sing(3.5, 0.5, 62.0, Oh, Soft),
    sing(4.0, 1.25, 65.0, Eh, Hiss),
    sing(5.25, 1.75, 69.0, Oo, Soft),
    sing(7.25, 0.6, 65.0, Ah, Open),
    sing(8.0, 0.95, 67.0, Ah, Soft),
    sing(9.0, 0.45, 65.0, Ah, Open),
    sing(9.5, 0.5, 62.0, Eh, Stop),
    sing(10.0, 0.5, 60.0, Ee, Soft),
    sing(10.5, 1.3, 62.0, Oh, Soft),
    sing(12.0, 0.95, 64.0, Oh, Stop),
    sing(13.0, 0.95, 67.0, Oo, Soft),
    sing(14.0, 1.7, 69.0, Ah, Stop),
];
/// A guide track: hummed on one vowel, and the third note comes out flat.
const VOCALS_DEMO: [Syllable; 9] = [
    sing(0.5, 0.5, 57.0, Oo, Open),
    sing(1.0, 0.9, 60.0, Oo, Soft),
    sing(2.0, 1.4, 61.6, Oo, Open),
    sing(4.0, 1.0, 65.0, Oo, Soft),
    sing(5.0, 1.6, 62.0, Oo, Soft),
    sing(8.0, 0.95, 65.0, Oo, Soft),
    sing(9.0, 1.9, 62.0, Oo, Open),
    sing(12.0, 1.9, 64.0, Oo, Soft),
    sing(14.0, 1.4, 57.0, Oo, Soft),
];

fn vocals() -> Vec<Take> {
    let take =
        |version, file_name, feel, part| SESSION.take(["Vocals", version, file_name], feel, part);
    vec![
        take(
            "demo",
            "evan_third_room_vocals_demo.wav",
            feel(0x0501, 0.015, 0.012, -8.0),
            Part::Vocals(TENOR, &VOCALS_DEMO),
        ),
        take(
            "take_two",
            "evan_third_room_vocals_take_two.wav",
            feel(0x0502, 0.01, 0.008, -6.0),
            Part::Vocals(TENOR, &VOCALS_TAKE_TWO),
        ),
        take(
            "take_three",
            "evan_third_room_vocals_take_three.wav",
            feel(0x0503, 0.0, 0.008, -5.5),
            Part::Vocals(TENOR, &VOCALS_TAKE_THREE),
        ),
    ]
}
