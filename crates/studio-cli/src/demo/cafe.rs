//! "The Café Beneath the Tide": a slow-swaying waltz in G major, eight bars of
//! 3/4 at 144 beats per minute (10 seconds).

use super::bass::{Bass, BassBar};
use super::drums::{Drum, DrumBar};
use super::guitar::{Guitar, GuitarBar};
use super::songs::{Part, Session, Take};
use super::tune::{Chord, Feel, Tempo};
use super::voice::Onset::{Hiss, Open, Soft, Stop};
use super::voice::Vowel::{Ah, Ee, Eh, Oh, Oo};
use super::voice::{Singer, Syllable, sing};

const SESSION: Session = Session {
    song: "The Café Beneath the Tide",
    tempo: Tempo { frames_per_beat: 20_000, beats_per_bar: 3, bars: 8 },
};

const G_MAJOR: Chord = Chord { root: 43, third: 4, seventh: 9, voicing: &[43, 55, 59, 62, 67] };
const B_MINOR: Chord = Chord { root: 35, third: 3, seventh: 10, voicing: &[47, 54, 59, 62, 66] };
const C_MAJOR: Chord = Chord { root: 36, third: 4, seventh: 11, voicing: &[48, 55, 59, 64, 67] };
const D_MAJOR: Chord = Chord { root: 38, third: 4, seventh: 10, voicing: &[50, 57, 62, 66, 69] };
const E_MINOR: Chord = Chord { root: 40, third: 3, seventh: 10, voicing: &[40, 55, 59, 62, 67] };
const D_SEVEN: Chord = Chord { voicing: &[50, 57, 60, 66, 69], ..D_MAJOR };

/// The takes of this song, by track and version.
pub(super) fn takes() -> Vec<Take> {
    let mut takes = drums();
    takes.extend(bass());
    takes.extend(guitar());
    takes.extend(vocals());
    takes
}

const fn feel(seed: u64, late: f64, jitter: f64, peak_dbfs: f64) -> Feel {
    Feel { seed, late, jitter, swing: 0.0, peak_dbfs }
}

const DRUMS_BRUSHES: [DrumBar; 8] = [
    SWAY,
    SWAY,
    SWAY,
    SWAY,
    SWAY,
    SWAY,
    SWAY,
    &[(Drum::Kick, "x........"), (Drum::Brush, "...x..x.x"), (Drum::Ride, "x........")],
];
const SWAY: DrumBar =
    &[(Drum::Kick, "x........"), (Drum::Brush, "...X..x.."), (Drum::Ride, "x..x..x.o")];

const DRUMS_STICKS: [DrumBar; 8] = [
    &[
        (Drum::Crash, "o........"),
        (Drum::Kick, "X.......o"),
        (Drum::Rim, "...x..x.."),
        (Drum::Ride, "...x.ox.o"),
    ],
    CROSS,
    CROSS,
    TURN,
    CROSS,
    CROSS,
    TURN,
    &[
        (Drum::Kick, "X........"),
        (Drum::Tom(50), "...x.x..."),
        (Drum::Tom(45), "......x.x"),
        (Drum::Ride, "x........"),
    ],
];
const CROSS: DrumBar = &[
    (Drum::Kick, "X.......o"),
    (Drum::Rim, "...X..x.."),
    (Drum::Ride, "x..x.ox.o"),
    (Drum::Hat, "...x....."),
];
const TURN: DrumBar = &[
    (Drum::Kick, "X....o..."),
    (Drum::Rim, "...X..x.."),
    (Drum::Brush, "........x"),
    (Drum::Ride, "X..x.ox.o"),
];

fn drums() -> Vec<Take> {
    let take = |version, file_name, feel, bars| {
        SESSION.take(["Drums", version, file_name], feel, Part::Drums(bars))
    };
    vec![
        take(
            "brushes",
            "cafe_beneath_the_tide_drums_brushes.wav",
            feel(0x1D01, 0.004, 0.006, -6.0),
            &DRUMS_BRUSHES,
        ),
        take(
            "sticks",
            "cafe_beneath_the_tide_drums_sticks.wav",
            feel(0x1D02, 0.0, 0.004, -4.0),
            &DRUMS_STICKS,
        ),
    ]
}

const BASS_IN_ONE: [BassBar; 8] = [
    (&G_MAJOR, "R---5-"),
    (&B_MINOR, "R---5-"),
    (&C_MAJOR, "R---5-"),
    (&D_MAJOR, "R---5-"),
    (&E_MINOR, "R---5-"),
    (&C_MAJOR, "R---5-"),
    (&D_SEVEN, "R---3-"),
    (&G_MAJOR, "R-----"),
];
const BASS_WALKING: [BassBar; 8] = [
    (&G_MAJOR, "R-5-b-"),
    (&B_MINOR, "R-3-5-"),
    (&C_MAJOR, "R-3-b-"),
    (&D_MAJOR, "R-5-b-"),
    (&E_MINOR, "R-7-5-"),
    (&C_MAJOR, "R-3-5a"),
    (&D_SEVEN, "R-3-7a"),
    (&G_MAJOR, "R-5-R-"),
];

fn bass() -> Vec<Take> {
    let take = |version, file_name, feel, bars| {
        let part = Part::Bass(Bass::Upright, bars);
        SESSION.take(["Bass", version, file_name], feel, part)
    };
    vec![
        take(
            "in_one",
            "cafe_beneath_the_tide_bass_in_one.wav",
            feel(0x1B01, 0.006, 0.006, -6.0),
            &BASS_IN_ONE,
        ),
        take(
            "walking",
            "cafe_beneath_the_tide_bass_walking.wav",
            feel(0x1B02, -0.004, 0.005, -6.0),
            &BASS_WALKING,
        ),
    ]
}

const NYLON: Guitar =
    Guitar { brightness: 0.22, sustain: 3.2, drive: 1.3, treble_hz: 6_000.0, room_seconds: 0.8 };

const GUITAR_PICKED: [GuitarBar; 8] = [
    (&G_MAJOR, "023432"),
    (&B_MINOR, "023432"),
    (&C_MAJOR, "023432"),
    (&D_MAJOR, "023432"),
    (&E_MINOR, "023432"),
    (&C_MAJOR, "023432"),
    (&D_SEVEN, "023432"),
    (&G_MAJOR, "01234-"),
];
const GUITAR_LATE_NIGHT: [GuitarBar; 8] = [
    (&G_MAJOR, "0-d-d-"),
    (&B_MINOR, "0-d-d4"),
    (&C_MAJOR, "0-d-d-"),
    (&D_MAJOR, "0-d-43"),
    (&E_MINOR, "0-d-d-"),
    (&C_MAJOR, "0-d-d4"),
    (&D_SEVEN, "012341"),
    (&G_MAJOR, "D-----"),
];

fn guitar() -> Vec<Take> {
    let take = |version, file_name, feel, bars| {
        let part = Part::Guitar(NYLON, bars);
        SESSION.take(["Guitar", version, file_name], feel, part)
    };
    vec![
        take(
            "picked",
            "cafe_beneath_the_tide_guitar_picked.wav",
            feel(0x1601, 0.0, 0.007, -7.0),
            &GUITAR_PICKED,
        ),
        take(
            "late_night",
            "cafe_beneath_the_tide_guitar_late_night.wav",
            feel(0x1603, 0.012, 0.012, -6.5),
            &GUITAR_LATE_NIGHT,
        ),
    ]
}

const ALTO: Singer = Singer {
    formants: 1.16,
    vibrato_hz: 5.1,
    vibrato_depth: 0.35,
    portamento: 0.045,
    breath: 0.05,
};
/// The same singer, closer to the microphone and half asleep.
const ALTO_WHISPERING: Singer =
    Singer { vibrato_depth: 0.15, portamento: 0.07, breath: 0.16, ..ALTO };

/// "Under the café the tide comes in, slow as a waltz, home by the sea."
const VOCALS_FIRST: [Syllable; 17] = [
    sing(0.0, 0.95, 62.0, Ah, Open),
    sing(1.0, 0.95, 64.0, Eh, Soft),
    sing(2.0, 0.9, 62.0, Oh, Soft),
    sing(3.0, 1.4, 66.0, Ah, Stop),
    sing(4.5, 1.4, 62.0, Eh, Hiss),
    sing(6.0, 0.95, 64.0, Oh, Soft),
    sing(7.0, 1.95, 67.0, Ah, Stop),
    sing(9.0, 0.95, 69.0, Ah, Stop),
    sing(10.0, 1.7, 66.0, Ee, Soft),
    sing(12.0, 1.4, 67.0, Oh, Hiss),
    sing(13.5, 0.5, 66.0, Ah, Open),
    sing(14.0, 0.95, 64.0, Ah, Open),
    sing(15.0, 2.4, 64.0, Oh, Soft),
    sing(18.0, 0.95, 66.0, Oh, Hiss),
    sing(19.0, 0.95, 69.0, Ah, Stop),
    sing(20.0, 0.9, 66.0, Oo, Soft),
    sing(21.0, 2.5, 67.0, Ee, Hiss),
];
/// With a higher last phrase.
const VOCALS_SECOND: [Syllable; 17] = [
    sing(0.25, 0.75, 62.0, Ah, Open),
    sing(1.0, 0.95, 64.0, Eh, Soft),
    sing(2.0, 0.9, 66.0, Oh, Soft),
    sing(3.0, 1.9, 66.0, Ah, Stop),
    sing(5.0, 0.9, 62.0, Eh, Hiss),
    sing(6.0, 0.95, 64.0, Oh, Soft),
    sing(7.0, 1.95, 71.0, Ah, Stop),
    sing(9.0, 1.45, 69.0, Ah, Stop),
    sing(10.5, 1.2, 66.0, Ee, Soft),
    sing(12.0, 1.4, 67.0, Oh, Hiss),
    sing(13.5, 0.5, 66.0, Ah, Open),
    sing(14.0, 0.95, 67.0, Ah, Open),
    sing(15.0, 2.4, 72.0, Oh, Soft),
    sing(18.0, 0.95, 69.0, Oh, Hiss),
    sing(19.0, 0.95, 72.0, Ah, Stop),
    sing(20.0, 0.9, 69.0, Oo, Soft),
    sing(21.0, 2.6, 71.0, Ee, Hiss),
];

fn vocals() -> Vec<Take> {
    let take =
        |version, file_name, feel, part| SESSION.take(["Vocals", version, file_name], feel, part);
    vec![
        take(
            "first",
            "cafe_beneath_the_tide_vocals_first.wav",
            feel(0x1501, 0.01, 0.01, -6.0),
            Part::Vocals(ALTO, &VOCALS_FIRST),
        ),
        take(
            "second",
            "cafe_beneath_the_tide_vocals_second.wav",
            feel(0x1502, 0.0, 0.008, -5.0),
            Part::Vocals(ALTO, &VOCALS_SECOND),
        ),
        take(
            "whispered",
            "cafe_beneath_the_tide_vocals_whispered.wav",
            feel(0x1503, 0.025, 0.012, -6.0),
            Part::Vocals(ALTO_WHISPERING, &VOCALS_FIRST),
        ),
    ]
}
