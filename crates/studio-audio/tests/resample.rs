//! Conversion between sample rates: nothing is added, nothing is late, nothing depends on how
//! the input was cut.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::f64::consts::TAU;

use proptest::prelude::*;
use studio_audio::resample::RATES;
use studio_audio::{Error, Resampler};

/// What comes of one channel, pushed in blocks and pulled in others.
fn convert_in(resampler: Resampler, input: &[f64], push: usize, pull: usize) -> Vec<f64> {
    let (mut resampler, mut output) = (resampler, Vec::new());
    let mut block = vec![0.0; pull];
    let mut drain = |resampler: &mut Resampler| {
        loop {
            let frames = resampler.pull(&mut block);
            output.extend(&block[..frames]);
            if frames == 0 {
                break;
            }
        }
    };
    for part in input.chunks(push) {
        resampler.push(part);
        drain(&mut resampler);
    }
    resampler.end();
    drain(&mut resampler);
    output
}

fn convert(from: u32, to: u32, input: &[f64]) -> Vec<f64> {
    convert_in(Resampler::new(from, to, 1).unwrap(), input, 4096, 1000)
}

fn sine(rate: u32, frequency: f64, frames: usize) -> Vec<f64> {
    let step = TAU * frequency / f64::from(rate);
    (0..frames).map(|n| 0.9 * (step * n as f64).sin()).collect()
}

fn rms(samples: impl Iterator<Item = f64>) -> f64 {
    let (mut sum, mut count) = (0.0, 0.0);
    samples.for_each(|sample| {
        sum += sample * sample;
        count += 1.0;
    });
    f64::sqrt(sum / count)
}

fn decibels(ratio: f64) -> f64 {
    20.0 * ratio.log10()
}

/// What lies far enough from the ends that they are not heard.
fn middle(samples: &[f64]) -> &[f64] {
    &samples[samples.len() / 4..samples.len() * 3 / 4]
}

/// How much of a sine of 0.9 came through, and what else there is, both against the sine (dB).
fn split(output: &[f64], rate: u32, frequency: f64) -> (f64, f64) {
    let step = TAU * frequency / f64::from(rate);
    let start = output.len() / 4;
    let inner = middle(output);
    let wave = |n: usize| (step * (start + n) as f64).sin_cos();
    // The least squares of a sine and a cosine.
    let (mut ss, mut sc, mut cc, mut ys, mut yc) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (n, y) in inner.iter().enumerate() {
        let (s, c) = wave(n);
        ss += s * s;
        sc += s * c;
        cc += c * c;
        ys += y * s;
        yc += y * c;
    }
    let determinant = ss * cc - sc * sc;
    let (a, b) = ((ys * cc - yc * sc) / determinant, (yc * ss - ys * sc) / determinant);
    let rest = inner.iter().enumerate().map(|(n, y)| {
        let (s, c) = wave(n);
        y - a * s - b * c
    });
    (decibels(a.hypot(b) / 0.9), decibels(rms(rest) / (0.9 / f64::sqrt(2.0))))
}

/// Rates that are converted in practice, and some whose table has steps.
const PAIRS: [(u32, u32); 9] = [
    (44_100, 48_000),
    (48_000, 44_100),
    (48_000, 96_000),
    (96_000, 48_000),
    (44_100, 192_000),
    (192_000, 44_100),
    (32_000, 48_000),
    (44_101, 48_000),
    (48_000, 44_099),
];

#[test]
fn sines_come_out_as_the_sines_that_they_are() {
    for (from, to) in PAIRS {
        let nyquist = f64::from(from.min(to)) / 2.0;
        for part in [0.01, 0.045_3, 0.3, 0.7, 0.9] {
            let frequency = (nyquist * part).round();
            let frames = from as usize / 4;
            let output = convert(from, to, &sine(from, frequency, frames));
            let ideal = sine(to, frequency, output.len());
            let errors = middle(&output).iter().zip(middle(&ideal)).map(|(a, b)| a - b);
            let snr = -decibels(rms(errors) / rms(middle(&ideal).iter().copied()));
            assert!(snr >= 130.0, "{from} to {to} Hz, {frequency} Hz: {snr:.1} dB");
        }
    }
}

#[test]
fn the_band_is_flat_to_20_khz() {
    for (from, to) in [(44_100, 48_000), (48_000, 44_100)] {
        for frequency in (1..=100).map(|n| f64::from(n) * 200.0).chain([20_050.0]) {
            let (gain, rest) =
                split(&convert(from, to, &sine(from, frequency, 6000)), to, frequency);
            assert!(gain.abs() < 0.001, "{from} to {to} Hz, {frequency} Hz: {gain} dB");
            assert!(rest < -130.0, "{from} to {to} Hz, {frequency} Hz: {rest} dB beside it");
        }
    }
}

#[test]
fn what_the_lower_rate_cannot_hold_is_gone() {
    for (from, to) in [(48_000, 44_100), (96_000, 44_100), (96_000, 48_000), (48_000, 44_099)] {
        let nyquist = f64::from(to) / 2.0;
        let highest = f64::from(from) / 2.0;
        for part in [0.0, 0.1, 0.35, 0.6, 0.9] {
            let frequency = nyquist + (highest - nyquist) * part;
            let output = convert(from, to, &sine(from, frequency, 12_000));
            let left = decibels(rms(middle(&output).iter().copied()));
            assert!(left < -120.0, "{from} to {to} Hz, {frequency} Hz: {left:.1} dB");
        }
    }
}

#[test]
fn no_images_appear_above_the_lower_rate() {
    for (from, to) in [(44_100, 48_000), (44_100, 96_000), (48_000, 96_000), (44_101, 48_000)] {
        let nyquist = f64::from(from) / 2.0;
        // The nearer the sine is to its own limit, the nearer is its image.
        for part in [0.5, 0.9, 0.95, 0.99] {
            let frequency = nyquist * part;
            let output = convert(from, to, &sine(from, frequency, 12_000));
            let (_, rest) = split(&output, to, frequency);
            assert!(rest < -120.0, "{from} to {to} Hz, {frequency} Hz: {rest:.1} dB");
        }
    }
}

#[test]
fn nothing_is_late() {
    // An impulse is the filter itself: symmetric about the place of the impulse.
    for (from, to, at) in
        [(44_100, 48_000, 147 * 4), (48_000, 44_100, 160 * 4), (48_000, 96_000, 600)]
    {
        let mut input = vec![0.0; 1500];
        input[at] = 1.0;
        let output = convert(from, to, &input);
        let place = at * to as usize / from as usize;
        let highest = output.iter().cloned().fold(f64::MIN, f64::max);
        assert_eq!(output[place], highest, "{from} to {to} Hz");
        for n in 1..300 {
            let (before, behind) = (output[place - n], output[place + n]);
            assert!((before - behind).abs() < 1e-12, "{from} to {to} Hz, {n} frames away");
        }
    }
}

#[test]
fn a_constant_stays_one() {
    for (from, to) in PAIRS {
        let output = convert(from, to, &vec![0.5; 8000]);
        let off = middle(&output).iter().map(|sample| (sample - 0.5).abs()).fold(0.0, f64::max);
        assert!(off < 1e-7, "{from} to {to} Hz: {off}");
    }
}

#[test]
fn the_length_is_that_of_the_input_rounded_up() {
    for (from, to, input, expected) in [
        (44_100, 48_000, 220_500, 240_000),
        (48_000, 44_100, 240_000, 220_500),
        (44_100, 48_000, 0, 0),
        (44_100, 48_000, 1, 2),
        (48_000, 44_100, 1, 1),
        (48_000, 44_100, 2, 2),
        (768_000, 1_000, 1, 1),
        (768_000, 1_000, 768, 1),
        (768_000, 1_000, 769, 2),
        (48_000, 48_000, 1234, 1234),
    ] {
        let resampler = Resampler::new(from, to, 1).unwrap();
        assert_eq!(resampler.output_frames(input), expected, "{from} to {to} Hz, {input}");
        let output = convert_in(resampler, &vec![0.0; input as usize], 4096, 1000);
        assert_eq!(output.len() as u64, expected, "{from} to {to} Hz, {input}");
    }
    // No number of frames is too large to be told.
    assert_eq!(Resampler::new(1_000, 768_000, 1).unwrap().output_frames(u64::MAX), u64::MAX);
}

#[test]
fn channels_do_not_touch() {
    let (left, right) = (sine(44_100, 1000.0, 3000), sine(44_100, 3000.0, 3000));
    let both: Vec<f64> = left.iter().zip(&right).flat_map(|(l, r)| [*l, *r]).collect();
    let mut resampler = Resampler::new(44_100, 48_000, 2).unwrap();
    resampler.push(&both);
    resampler.end();
    let mut output = vec![0.0; 2 * 4000];
    let frames = resampler.pull(&mut output);
    let (alone_left, alone_right) =
        (convert(44_100, 48_000, &left), convert(44_100, 48_000, &right));
    assert_eq!(frames, alone_left.len());
    for (n, frame) in output.chunks_exact(2).take(frames).enumerate() {
        assert_eq!(frame, [alone_left[n], alone_right[n]]);
    }
    resampler.push(&both);
    assert_eq!(resampler.pull(&mut output), 0, "nothing is taken after the end");
}

#[test]
fn rates_out_of_reason_are_refused() {
    let (lowest, highest) = (*RATES.start(), *RATES.end());
    for (from, to, channels) in [
        (0, 48_000, 2),
        (1, 48_000, 2),
        (lowest - 1, 48_000, 2),
        (48_000, highest + 1, 2),
        (4_000_000_000, 48_000, 2),
        (u32::MAX, u32::MAX, 2),
        (44_100, 48_000, 0),
        (44_100, 48_000, u16::MAX),
        (highest, lowest, 64),
    ] {
        let refused = Resampler::new(from, to, channels).unwrap_err();
        assert!(matches!(refused, Error::Mismatch { .. }), "{from} to {to} Hz: {refused}");
    }
    for (from, to) in [(lowest, highest), (highest, lowest), (768_000, 1_001), (44_101, 48_000)] {
        assert!(Resampler::new(from, to, 2).is_ok(), "{from} to {to} Hz");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn blocks_make_no_difference(
        (from, to) in prop::sample::select(PAIRS.to_vec()),
        input in prop::collection::vec(-1.0..1.0, 0..3000),
        push in 1_usize..2000,
        pull in 1_usize..2000,
    ) {
        let resampler = Resampler::new(from, to, 1).unwrap();
        let whole = convert_in(resampler.clone(), &input, 10_000, 10_000);
        prop_assert_eq!(whole.len() as u64, resampler.output_frames(input.len() as u64));
        prop_assert!(whole == convert_in(resampler, &input, push, pull));
    }

    #[test]
    fn any_rates_give_the_promised_length(
        from in RATES,
        to in RATES,
        frames in 0_usize..500,
    ) {
        // What takes long is bounded: at most some thousand frames.
        let frames = frames.min(20_000 * from as usize / to as usize);
        let resampler = Resampler::new(from, to, 1).unwrap();
        let expected = resampler.output_frames(frames as u64);
        let output = convert_in(resampler, &vec![1.0; frames], 100, 100);
        prop_assert_eq!(output.len() as u64, expected);
        prop_assert!(output.iter().all(|sample| sample.abs() < 2.0));
    }
}
