//! Loudness and true peak of signals made after EBU Tech 3341 and 3342, against what these
//! ask for and against ffmpeg.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use studio_audio::analysis::{Measures, analyse};
use studio_audio::decode::{self, Memory};
use studio_domain::{Decibels, Loudness};
use studio_testkit::say_skipped;
use studio_testkit::wav::{Wav, signal};

const RATE: u32 = 48_000;

/// Some sound, 24 bits.
struct Signal {
    name: String,
    channels: u16,
    rate: u32,
    samples: Vec<i32>,
}

impl Signal {
    fn new(name: impl Into<String>, channels: u16, samples: Vec<i32>) -> Self {
        Self { name: name.into(), channels, rate: RATE, samples: signal::quantized(&samples, 24) }
    }

    fn loudness(&self) -> Loudness {
        let (channels, rate) = (self.channels, self.rate);
        let mut decoder = Memory::int(channels, rate, 24, self.samples.clone()).unwrap();
        let progress = &mut |_| ControlFlow::Continue(());
        let analysis = analyse(&mut decoder, Measures::LOUDNESS, progress).unwrap();
        analysis.loudness.unwrap()
    }
}

fn amplitude(dbfs: f64) -> f64 {
    10.0_f64.powf(dbfs / 20.0)
}

/// A tone of 1 kHz in both channels that goes on through parts of other levels (dBFS of its
/// peak) and lengths (s).
fn tone(parts: &[(f64, f64)]) -> Vec<i32> {
    let mut samples = Vec::new();
    let step = std::f64::consts::TAU * 1000.0 / f64::from(RATE);
    let mut phase = 0.0_f64;
    for (dbfs, seconds) in parts {
        for _ in 0..(seconds * f64::from(RATE)).round() as usize {
            let sample = (phase.sin() * amplitude(*dbfs) * 2_147_483_648.0) as i32;
            samples.extend([sample, sample]);
            phase += step;
        }
    }
    samples
}

const SILENT: f64 = f64::NEG_INFINITY;

/// Of Tech 3341, cases 1 to 5: what to make, and its integrated loudness.
fn programmes() -> Vec<(Signal, f64)> {
    let case = |n, parts: &[(f64, f64)], integrated| {
        (Signal::new(format!("3341 case {n}"), 2, tone(parts)), integrated)
    };
    vec![
        case(1, &[(-23.0, 20.0)], -23.0),
        case(2, &[(-33.0, 20.0)], -33.0),
        case(3, &[(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)], -23.0),
        case(
            4,
            &[(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)],
            -23.0,
        ),
        case(5, &[(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)], -23.0),
    ]
}

/// Case 6: five channels.
fn surround() -> Signal {
    let levels = [-28.0, -28.0, -24.0, -30.0, -30.0].map(amplitude);
    let step = std::f64::consts::TAU * 1000.0 / f64::from(RATE);
    let samples = signal::from_fn(20 * 48_000, 5, |frame, channel| {
        levels[usize::from(channel)] * (step * frame as f64).sin()
    });
    Signal::new("3341 case 6", 5, samples)
}

/// Cases 15 to 19: tones whose peaks lie between samples, and their true peak (dBTP).
fn between_samples() -> Vec<(Signal, f64)> {
    // The fraction of the sample rate, the phase (degrees), the level.
    let cases = [
        (15, 4.0, 0.0, 0.5, -6.0),
        (16, 4.0, 45.0, 0.5, -6.0),
        (17, 6.0, 60.0, 0.5, -6.0),
        (18, 8.0, 67.5, 0.5, -6.0),
        (19, 4.0, 45.0, 1.41, 3.0),
    ];
    let make = |(n, fraction, degrees, level, peak): (u32, f64, f64, f64, f64)| {
        let samples = signal::from_fn(48_000, 2, |frame, _| {
            let angle = std::f64::consts::TAU * frame as f64 / fraction + degrees.to_radians();
            // It begins and ends slowly: a sudden end has peaks of its own.
            let edge = (frame.min(47_999 - frame) as f64 / 4_800.0).min(1.0);
            level * edge * angle.sin()
        });
        (Signal::new(format!("3341 case {n}"), 2, samples), peak)
    };
    cases.map(make).into()
}

/// Of Tech 3342, cases 1 to 4: what to make, and its loudness range (LU).
fn ranges() -> Vec<(Signal, f64)> {
    let case = |n, levels: &[f64], range| {
        let parts: Vec<(f64, f64)> = levels.iter().map(|level| (*level, 20.0)).collect();
        (Signal::new(format!("3342 case {n}"), 2, tone(&parts)), range)
    };
    vec![
        case(1, &[-20.0, -30.0], 10.0),
        case(2, &[-20.0, -15.0], 5.0),
        case(3, &[-40.0, -20.0], 20.0),
        case(4, &[-50.0, -35.0, -20.0, -35.0, -50.0], 15.0),
    ]
}

fn close(name: &str, found: Option<Decibels>, wanted: f64, by: f64) {
    let found = found.map(Decibels::as_f64);
    assert!(
        found.is_some_and(|found| (found - wanted).abs() <= by),
        "{name}: {found:?}, not {wanted} +- {by}"
    );
}

#[test]
fn integrated_loudness_is_as_tech_3341_asks() {
    for (signal, wanted) in programmes() {
        close(&signal.name, signal.loudness().integrated, wanted, 0.1);
    }
    close("3341 case 6", surround().loudness().integrated, -23.0, 0.1);
}

#[test]
fn a_steady_tone_is_as_loud_in_every_window() {
    for (signal, wanted) in programmes().into_iter().take(2) {
        let found = signal.loudness();
        close(&signal.name, found.max_momentary, wanted, 0.1);
        close(&signal.name, found.max_short_term, wanted, 0.1);
    }
}

#[test]
fn the_loudest_windows_are_as_tech_3341_asks() {
    // Cases 9 and 12: every window has as much of both levels.
    let nine = Signal::new("3341 case 9", 2, tone(&[(-20.0, 1.34), (-30.0, 1.66)].repeat(5)));
    close(&nine.name, nine.loudness().max_short_term, -23.0, 0.1);
    let twelve = Signal::new("3341 case 12", 2, tone(&[(-20.0, 0.18), (-30.0, 0.22)].repeat(25)));
    close(&twelve.name, twelve.loudness().max_momentary, -23.0, 0.1);
    // Cases 10 and 13: a tone of the window's length that begins at any time.
    for n in 0..20 {
        let late = 0.15 * f64::from(n);
        let parts = [(SILENT, late), (-23.0, 3.0), (SILENT, 1.0)];
        let ten = Signal::new(format!("3341 case 10, {late:.2} s late"), 2, tone(&parts));
        close(&ten.name, ten.loudness().max_short_term, -23.0, 0.1);
        let late = 0.02 * f64::from(n);
        let parts = [(SILENT, late), (-23.0, 0.4), (SILENT, 1.0)];
        let thirteen = Signal::new(format!("3341 case 13, {late:.2} s late"), 2, tone(&parts));
        close(&thirteen.name, thirteen.loudness().max_momentary, -23.0, 0.1);
    }
}

#[test]
fn true_peaks_are_as_tech_3341_asks() {
    for (signal, wanted) in between_samples() {
        let found = signal.loudness().true_peak.unwrap().as_f64();
        let fine = (wanted - 0.4..=wanted + 0.2).contains(&found);
        assert!(fine, "{}: {found} dBTP, not {wanted}", signal.name);
    }
}

#[test]
fn loudness_ranges_are_as_tech_3342_asks() {
    for (signal, wanted) in ranges() {
        close(&signal.name, signal.loudness().range, wanted, 0.1);
    }
}

#[test]
fn what_is_silent_or_short_has_no_loudness() {
    let silence = Signal::new("silence", 2, signal::silence(5 * 48_000, 2));
    assert_eq!(silence.loudness(), Loudness::default());
    let empty = Signal::new("nothing", 2, Vec::new());
    assert_eq!(empty.loudness(), Loudness::default());
    let short = Signal::new("300 ms", 2, tone(&[(-20.0, 0.3)])).loudness();
    assert_eq!((short.integrated, short.max_momentary, short.range), (None, None, None));
    close("300 ms", short.sample_peak, -20.0, 0.01);
    let second = Signal::new("1 s", 2, tone(&[(-20.0, 1.0)])).loudness();
    assert!(second.integrated.is_some() && second.max_momentary.is_some());
    assert_eq!((second.max_short_term, second.range), (None, None));
}

#[test]
fn channels_count_as_they_stand() {
    let alone = |channels: u16, alone: u16| {
        let step = std::f64::consts::TAU * 1000.0 / f64::from(RATE);
        let samples = signal::from_fn(48_000, channels, |frame, channel| {
            if channel == alone { 0.1 * (step * frame as f64).sin() } else { 0.0 }
        });
        Signal::new("one channel", channels, samples).loudness().integrated
    };
    let front = alone(1, 0).map(Decibels::as_f64);
    let side = front.map(|front| front + 10.0 * 1.41_f64.log10());
    let low = None;
    let expected = [
        vec![front],
        vec![front; 2],
        vec![front; 3],
        vec![front, front, side, side],
        vec![front, front, front, side, side],
        vec![front, front, front, low, side, side],
        vec![front, front, front, low, front, side, side],
        vec![front, front, front, low, front, front, side, side],
        vec![front; 9],
    ];
    for (channels, expected) in (1..).zip(expected) {
        for (channel, expected) in (0..channels).zip(expected) {
            let name = format!("channel {channel} of {channels}");
            match (alone(channels, channel), expected) {
                (found, Some(expected)) => close(&name, found, expected, 0.002),
                (found, None) => assert_eq!(found, None, "{name}"),
            }
        }
    }
}

/// The integrated loudness of a file with a tone in one of its channels.
fn of_one(channels: u16, mask: u32, alone: u16) -> Option<Decibels> {
    let step = std::f64::consts::TAU * 1000.0 / f64::from(RATE);
    let wav = Wav::pcm(RATE, channels, 24).frames(48_000, |frame, channel| {
        if channel == alone { 0.1 * (step * frame as f64).sin() } else { 0.0 }
    });
    let file = wav.extensible(24, mask).build();
    let mut decoder = decode::open(Arc::new(file)).unwrap();
    let progress = &mut |_| ControlFlow::Continue(());
    let analysis = analyse(&mut *decoder, Measures::LOUDNESS, progress).unwrap();
    analysis.loudness.unwrap().integrated
}

#[test]
fn channels_count_as_the_mask_has_them() {
    // F front or above, S surround, L low frequencies: in the order of the channels.
    let layouts = [
        ("none", 0x000, "FFFLSS"),
        ("2.1", 0x00B, "FFL"),
        ("3.0", 0x007, "FFF"),
        ("3.0 with a back", 0x103, "FFF"),
        ("3.1", 0x00F, "FFFL"),
        ("4.0", 0x107, "FFFF"),
        ("quadraphonic", 0x033, "FFSS"),
        ("quadraphonic, at the sides", 0x603, "FFSS"),
        ("4.1", 0x10F, "FFFLF"),
        ("4.1 of five", 0x03B, "FFLSS"),
        ("5.0", 0x037, "FFFSS"),
        ("5.0 at the sides", 0x607, "FFFSS"),
        ("5.1", 0x03F, "FFFLSS"),
        ("5.1 at the sides", 0x60F, "FFFLSS"),
        ("6.0", 0x707, "FFFFSS"),
        ("hexagonal", 0x137, "FFFSSF"),
        ("6.1", 0x70F, "FFFLFSS"),
        ("6.1 at the back", 0x13F, "FFFLSSF"),
        ("7.0", 0x637, "FFFFFSS"),
        ("7.1", 0x63F, "FFFLFFSS"),
        ("7.1 wide", 0x0FF, "FFFLSSFF"),
        ("5.1 with two above", 0x503F, "FFFLSSFF"),
        ("fewer loudspeakers than channels", 0x00B, "FFLF"),
        ("more loudspeakers than channels", 0x03F, "FFF"),
    ];
    let front = Signal::new("front", 1, signal::sine(48_000, 1, RATE, 1_000.0, 0.1));
    let front = front.loudness().integrated.unwrap().as_f64();
    for (name, mask, expected) in layouts {
        let channels = expected.len() as u16;
        for (channel, expected) in (0..).zip(expected.chars()) {
            let case = format!("{name}, channel {channel}");
            let found = of_one(channels, mask, channel);
            match expected {
                'F' => close(&case, found, front, 0.002),
                'S' => close(&case, found, front + 10.0 * 1.41_f64.log10(), 0.002),
                _ => assert_eq!(found, None, "{case}"),
            }
        }
    }
}

/// Signals that are hard to measure between the samples, besides.
fn others() -> Vec<Signal> {
    let noise = |seed, level| signal::noise(seed, 4 * 48_000, 2, level);
    let bright: Vec<i32> = {
        // Differences of noise: most of it near half the sample rate.
        let noise = noise(2, 0.4);
        let before = [vec![0, 0], noise[..noise.len() - 2].to_vec()].concat();
        noise.iter().zip(&before).map(|(now, before)| now.saturating_sub(*before)).collect()
    };
    let clipped = tone(&[(6.0, 4.0)]);
    let square =
        signal::from_fn(4 * 48_000, 2, |frame, _| if frame / 37 % 2 == 0 { 0.7 } else { -0.7 });
    let bursts = signal::noise(3, 4 * 48_000, 2, 0.9);
    let bursts = bursts.iter().enumerate().map(|(n, sample)| {
        let decay = (-((n / 2 % 12_000) as f64) / 600.0).exp();
        (f64::from(*sample) * decay) as i32
    });
    let mut signals = vec![
        Signal::new("white noise", 2, noise(1, 0.5)),
        Signal::new("bright noise", 2, bright),
        Signal::new("clipped tone", 2, clipped),
        Signal::new("square", 2, square),
        Signal::new("bursts", 2, bursts.collect()),
    ];
    for rate in [44_100, 88_200, 96_000, 192_000] {
        let samples = signal::noise(u64::from(rate), 4 * rate as usize, 2, 0.5);
        let name = format!("white noise, {rate} Hz");
        signals.push(Signal { rate, ..Signal::new(name, 2, samples) });
    }
    signals
}

#[test]
fn ffmpeg_measures_the_same() {
    let what = "loudness compared with ffmpeg";
    if Command::new("ffmpeg").arg("-version").output().is_err() {
        return say_skipped(what, "there is no ffmpeg here");
    }
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut signals: Vec<Signal> = programmes().into_iter().map(|(signal, _)| signal).collect();
    signals.push(surround());
    signals.extend(between_samples().into_iter().map(|(signal, _)| signal));
    signals.extend(ranges().into_iter().map(|(signal, _)| signal));
    signals.extend(others());
    signals.push(swelling());
    for signal in signals {
        let name = format!("loudness {}.wav", signal.name);
        let file = directory.join(name);
        let wav = Wav::pcm(signal.rate, signal.channels, 24).ints(&signal.samples);
        std::fs::write(&file, wav.build()).unwrap();
        let (integrated, range, true_peak) = ffmpeg(&file);
        std::fs::remove_file(&file).unwrap();
        let found = signal.loudness();
        close(&signal.name, found.integrated, integrated, 0.1);
        // Of a few seconds ffmpeg tells one too.
        if let Some(found) = found.range {
            close(&signal.name, Some(found), range, 0.1);
        }
        // ffmpeg samples at 192 kHz, which is little more than twice as often here; what is
        // sampled four times as often can be higher.
        let higher = if signal.rate == 88_200 { 0.15 } else { 0.0 };
        close(&signal.name, found.true_peak, true_peak + higher, 0.2);
    }
}

/// Noise that swells and fades, by turns of no whole number of seconds: its loudness range
/// depends on how often the short-term loudness is taken.
fn swelling() -> Signal {
    let noise = signal::noise(9, 40 * 48_000, 2, 0.5);
    let samples = noise.iter().enumerate().map(|(n, sample)| {
        let seconds = n as f64 / 2.0 / 48_000.0;
        let level = (seconds * std::f64::consts::TAU / 11.3).sin() * 0.49 + 0.5;
        (f64::from(*sample) * level * level) as i32
    });
    Signal::new("swelling noise", 2, samples.collect())
}

/// Integrated loudness (LUFS), loudness range (LU) and true peak (dBTP).
fn ffmpeg(file: &Path) -> (f64, f64, f64) {
    let filter = "ebur128=metadata=1:peak=true,ametadata=mode=print:file=-";
    let done = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-i"])
        .arg(file)
        .args(["-af", filter, "-f", "null", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8(done.stdout).unwrap();
    let values = |name: &str| -> Vec<f64> {
        let lines = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        lines.map(|value| value.parse().unwrap()).collect()
    };
    let peaks = values("lavfi.r128.true_peak").into_iter().fold(0.0, f64::max);
    let last = |name| *values(name).last().expect("ffmpeg measured something");
    (last("lavfi.r128.I"), last("lavfi.r128.LRA"), 20.0 * peaks.log10())
}
