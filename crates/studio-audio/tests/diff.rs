//! Two takes that differ in a known way.
#![expect(clippy::unwrap_used, reason = "a test's way to fail")]

use std::ops::{ControlFlow, Range};

use proptest::prelude::*;
use studio_audio::decode::Memory;
use studio_audio::diff::{Comparison, Excess, Verdict, compare};
use studio_audio::{Decode, Error};
use studio_domain::Decibels;
use studio_testkit::wav::signal;

const RATE: u32 = 48_000;
/// 100 ms.
const WINDOW: u64 = 4_800;

/// Noise that swells and ebbs, so that it has loud and quiet parts, at 24 bits.
fn take(seed: u64, frames: usize, channels: u16) -> Vec<i32> {
    let mut samples = signal::noise(seed, frames, channels, 0.5);
    for (n, frame) in samples.chunks_exact_mut(usize::from(channels)).enumerate() {
        let swell = 0.55 + 0.45 * (n as f64 / 7_000.0).sin();
        for sample in frame {
            *sample = round(f64::from(*sample) * swell, 24);
        }
    }
    samples
}

fn round(sample: f64, bits: u32) -> i32 {
    let step = f64::from(1_u32 << (32 - bits));
    ((sample / step).round() * step).clamp(-2_147_483_648.0, 2_147_483_648.0 - step) as i32
}

fn amplified(samples: &[i32], gain: f64) -> Vec<i32> {
    samples.iter().map(|sample| round(f64::from(*sample) * gain, 24)).collect()
}

/// With so many silent frames before and behind.
fn padded(samples: &[i32], channels: u16, before: usize, behind: usize) -> Vec<i32> {
    let silence = |frames| signal::silence(frames, channels);
    [silence(before), samples.to_vec(), silence(behind)].concat()
}

fn compared(channels: u16, a: Vec<i32>, b: Vec<i32>) -> Comparison {
    // Blocks of different lengths: nothing may depend on them.
    let a = Memory::int(channels, RATE, 24, a).unwrap().in_blocks_of(1000);
    let b = Memory::int(channels, RATE, 24, b).unwrap().in_blocks_of(4096);
    of(&a, &b)
}

fn of(a: &Memory, b: &Memory) -> Comparison {
    let open = |take: &Memory| -> Box<dyn Decode> { Box::new(take.clone()) };
    compare(&|| Ok(open(a)), &|| Ok(open(b)), &mut |_| ControlFlow::Continue(())).unwrap()
}

#[test]
fn the_same_samples_are_identical_in_whatever_numbers() {
    let samples = take(1, 100_000, 2);
    let found = compared(2, samples.clone(), samples.clone());
    assert_eq!(found.verdict, Verdict::Identical);
    assert_eq!((found.shift, found.gain, found.region_count), (0, None, 0));
    assert_eq!(found.frames, Some([100_000, 100_000]));
    let floats = samples.iter().map(|sample| *sample as f32 / 2_147_483_648.0).collect();
    let ints = Memory::int(2, RATE, 24, samples).unwrap();
    let floats = Memory::float(2, RATE, floats).unwrap();
    assert_eq!(of(&ints, &floats).verdict, Verdict::Identical);
}

#[test]
fn silence_before_and_behind_is_a_shift() {
    let samples = take(2, 150_000, 2);
    let later = padded(&samples, 2, 4_711, 99);
    let found = compared(2, samples.clone(), later.clone());
    assert_eq!((found.verdict, found.shift), (Verdict::Shifted, 4_711));
    let excess = |in_second, frames| Some(Excess { in_second, frames, silent: true });
    assert_eq!((found.before, found.behind), (excess(true, 4_711), excess(true, 99)));
    let back = compared(2, later, samples);
    assert_eq!((back.verdict, back.shift), (Verdict::Shifted, -4_711));
    assert_eq!((back.before, back.behind), (excess(false, 4_711), excess(false, 99)));
}

#[test]
fn sound_that_was_cut_off_is_no_mere_shift() {
    let samples = take(3, 150_000, 1);
    let found = compared(1, samples.clone(), samples[20_000..140_000].to_vec());
    assert_eq!((found.verdict, found.shift), (Verdict::Changed, -20_000));
    let excess = |frames| Some(Excess { in_second: false, frames, silent: false });
    assert_eq!((found.before, found.behind), (excess(20_000), excess(10_000)));
    assert_eq!(found.region_count, 0);
}

#[test]
fn a_gain_is_found_and_so_is_an_inverted_polarity() {
    let samples = take(4, 150_000, 2);
    for (decibels, sign) in [(-6.0, 1.0), (3.5, 1.0), (-0.1, 1.0), (-12.25, -1.0), (0.0, -1.0)] {
        let gain = sign * 10.0_f64.powf(decibels / 20.0);
        let found = compared(2, samples.clone(), amplified(&samples, gain));
        assert_eq!(found.verdict, Verdict::Gain, "{decibels} dB: {found:?}");
        assert_eq!(found.gain, Decibels::from_f64(decibels));
        assert_eq!(found.inverted, sign < 0.0);
        assert_eq!((found.shift, found.region_count), (0, 0));
    }
}

#[test]
fn a_last_window_that_is_not_whole_is_measured_by_what_it_holds() {
    let frames = 20 * WINDOW as usize + 12;
    let samples = take(40, frames, 2);
    // What lies 85 dB below the sound is nothing, to the end.
    let residue = take(41, frames, 2);
    let mixed = |(a, b): (&i32, &i32)| round(f64::from(*a) * 0.5 + f64::from(*b) * 2.8e-5, 24);
    let copy: Vec<i32> = samples.iter().zip(&residue).map(mixed).collect();
    let found = compared(2, samples.clone(), copy.clone());
    assert_eq!((found.verdict, &found.regions[..]), (Verdict::Gain, &[][..]));
    assert_eq!(found.gain, Decibels::from_f64(20.0 * 0.5_f64.log10()));
    // 0.1 % of the sound is something, however short.
    let mut edited = copy;
    for sample in &mut edited[40 * WINDOW as usize..] {
        *sample += 1 << 20;
    }
    let found = compared(2, samples, edited);
    assert_eq!((found.verdict, found.changed_frames), (Verdict::Changed, 12));
}

#[test]
fn a_shift_is_found_under_a_gain() {
    let samples = take(5, 200_000, 2);
    let other = padded(&amplified(&samples, 0.25), 2, 31_337, 0);
    let found = compared(2, samples, other);
    assert_eq!((found.verdict, found.shift), (Verdict::Gain, 31_337));
    assert_eq!(found.gain, Decibels::from_f64(-12.0412));
}

#[test]
fn fewer_bits_with_dither_are_rounding() {
    let samples = take(6, 150_000, 2);
    let noise = signal::noise(60, 150_000, 2, 1.0);
    let step = f64::from(1 << 16);
    let dithered = samples.iter().zip(&noise).map(|(sample, noise)| {
        round(f64::from(*sample) + f64::from(*noise) / 2_147_483_648.0 * step, 16)
    });
    let b = Memory::int(2, RATE, 16, dithered.collect()).unwrap();
    let found = of(&Memory::int(2, RATE, 24, samples).unwrap(), &b);
    assert_eq!((found.verdict, found.gain), (Verdict::Rounded, Some(Decibels::ZERO)));
}

#[test]
fn dither_of_the_last_few_samples_is_rounding() {
    let step = f64::from(1 << 16);
    for tail in [1, 2, 3, 5, 8, 13, 40] {
        let frames = 3 * WINDOW as usize + tail;
        for seed in 0..24 {
            let samples = take(100 + seed, frames, 1);
            // Both with a triangle of two steps: up to three steps between them.
            let dithered = |seed: u64| -> Vec<i32> {
                let noise = [seed, seed + 1].map(|seed| signal::noise(seed, frames, 1, 0.5));
                let noise = noise[0].iter().zip(&noise[1]);
                let noise = noise.map(|(a, b)| (f64::from(*a) + f64::from(*b)) / 2_147_483_648.0);
                let sums = samples.iter().zip(noise).map(|(s, noise)| f64::from(*s) + noise * step);
                sums.map(|sum| round(sum, 16)).collect()
            };
            let [a, b] = [4 * seed + 1_000, 4 * seed + 1_002].map(dithered);
            let of_16 = |samples| Memory::int(1, RATE, 16, samples).unwrap();
            let found = of(&of_16(a), &of_16(b));
            assert_eq!(found.verdict, Verdict::Rounded, "{tail}, {seed}: {found:?}");
        }
    }
}

#[test]
fn the_least_edit_is_found_where_all_else_is_equal() {
    let samples = take(7, 480_000, 2);
    let mut other = samples.clone();
    other[2 * 100_000 + 1] ^= 1 << 8;
    other[2 * 300_000..2 * 305_000].fill(0);
    let found = compared(2, samples, other);
    assert_eq!(found.verdict, Verdict::Changed);
    let window = |frame: u64| frame / WINDOW * WINDOW;
    assert_eq!(
        found.regions,
        [window(100_000)..window(100_000) + WINDOW, window(300_000)..window(305_000) + WINDOW]
    );
    assert_eq!((found.region_count, found.changed_frames), (2, 3 * WINDOW));
}

#[test]
fn edits_are_found_under_a_gain_and_a_shift() {
    let samples = take(8, 480_000, 2);
    let mut edited = amplified(&samples, 0.7);
    edited[2 * 240_000..2 * 241_000].copy_from_slice(&take(80, 1_000, 2));
    let found = compared(2, samples, padded(&edited, 2, 1_234, 0));
    assert_eq!((found.verdict, found.shift), (Verdict::Changed, 1_234));
    assert_eq!(found.gain, Decibels::from_f64(20.0 * 0.7_f64.log10()));
    assert_eq!(found.regions.as_slice(), std::slice::from_ref(&(240_000..244_800)));
}

#[test]
fn tones_that_repeat_are_aligned_by_their_beginning() {
    let tone = signal::sine(96_000, 1, RATE, 1_000.0, 0.5);
    let found = compared(1, tone.clone(), padded(&tone, 1, 777, 0));
    assert_eq!((found.verdict, found.shift), (Verdict::Shifted, 777));
}

#[test]
fn short_sounds_are_aligned_too() {
    let blip = take(9, 300, 1);
    let found = compared(1, blip.clone(), padded(&blip, 1, 10_000, 5));
    assert_eq!((found.verdict, found.shift), (Verdict::Shifted, 10_000));
}

#[test]
fn different_takes_are_changed_from_end_to_end() {
    let found = compared(2, take(10, 200_000, 2), take(11, 210_000, 2));
    assert_eq!((found.verdict, found.shift, found.gain), (Verdict::Changed, 0, None));
    assert_eq!(found.regions.as_slice(), std::slice::from_ref(&(0..200_000)));
    assert_eq!(found.changed_frames, 200_000);
    let behind = Excess { in_second: true, frames: 10_000, silent: false };
    assert_eq!((found.before, found.behind), (None, Some(behind)));
}

#[test]
fn silence_and_nothing_are_compared() {
    let silence = |frames| signal::silence(frames, 2);
    assert_eq!(compared(2, silence(10), silence(10)).verdict, Verdict::Identical);
    assert_eq!(compared(2, Vec::new(), Vec::new()).verdict, Verdict::Identical);
    let found = compared(2, Vec::new(), silence(10_000));
    assert_eq!(found.verdict, Verdict::Shifted);
    let behind = Excess { in_second: true, frames: 10_000, silent: true };
    assert_eq!(found.behind, Some(behind));
    let sound = take(12, 50_000, 2);
    let found = compared(2, silence(50_000), sound);
    assert_eq!((found.verdict, found.changed_frames), (Verdict::Changed, 50_000));
}

#[test]
fn other_channels_or_rates_are_incomparable() {
    let a = Memory::int(2, RATE, 24, take(13, 1000, 2)).unwrap();
    let mono = Memory::int(1, RATE, 24, take(13, 1000, 1)).unwrap();
    let slow = Memory::int(2, 44_100, 24, take(13, 1000, 2)).unwrap();
    for other in [mono, slow] {
        let found = of(&a, &other);
        assert_eq!((found.verdict, found.frames), (Verdict::Incomparable, None));
        assert_eq!(found.sounds, [a.sound(), other.sound()]);
    }
}

#[test]
fn samples_that_are_no_numbers_are_equal_to_themselves() {
    let mut samples = vec![0.25_f32; 20_000];
    samples[5] = f32::NAN;
    samples[6] = f32::NEG_INFINITY;
    let a = Memory::float(1, RATE, samples.clone()).unwrap();
    assert_eq!(of(&a, &a).verdict, Verdict::Identical);
    samples[6] = f32::INFINITY;
    let found = of(&a, &Memory::float(1, RATE, samples).unwrap());
    assert_eq!((found.verdict, found.changed_frames), (Verdict::Changed, WINDOW));
}

#[test]
fn dither_between_the_sounds_does_not_hide_a_shift() {
    // A quarter sounds; the rest is noise of the last of 24 bits.
    let mut samples = amplified(&signal::noise(20, 480_000, 1, 1.0), 1.0 / 8_388_608.0);
    let sound = take(21, 480_000, 1);
    for start in (0..480_000).step_by(96_000) {
        samples[start..start + 24_000].copy_from_slice(&sound[start..start + 24_000]);
    }
    let found = compared(1, samples.clone(), padded(&samples, 1, 24_000, 0));
    assert_eq!((found.verdict, found.shift, found.gain), (Verdict::Shifted, 24_000, None));
}

#[test]
fn a_header_that_names_too_few_bits_hides_nothing() {
    let claiming = |seed| Memory::int(1, RATE, 1, take(seed, 50_000, 1)).unwrap();
    let found = of(&claiming(22), &claiming(23));
    assert_eq!((found.verdict, found.changed_frames), (Verdict::Changed, 50_000));
}

#[test]
fn one_sample_that_is_no_number_does_not_decide_the_gain() {
    let floats = |gain: f32| -> Vec<f32> {
        let samples = take(24, 100_000, 1);
        samples.iter().map(|sample| *sample as f32 / 2_147_483_648.0 * gain).collect()
    };
    let mut other = floats(0.5);
    other[50_000] = f32::NAN;
    let a = Memory::float(1, RATE, floats(1.0)).unwrap();
    let found = of(&a, &Memory::float(1, RATE, other).unwrap());
    assert_eq!((found.verdict, found.changed_frames), (Verdict::Changed, WINDOW));
    assert_eq!(found.gain, Decibels::from_f64(-6.0206));
}

#[test]
fn the_sign_of_zero_counts_between_floats() {
    let floats = |zero| Memory::float(1, RATE, vec![zero; 10_000]).unwrap();
    assert_eq!(of(&floats(-0.0), &floats(-0.0)).verdict, Verdict::Identical);
    assert_eq!(of(&floats(0.0), &floats(-0.0)).verdict, Verdict::Changed);
    let ints = Memory::int(1, RATE, 24, vec![0; 10_000]).unwrap();
    assert_eq!(of(&ints, &floats(-0.0)).verdict, Verdict::Identical);
}

#[test]
fn regions_are_listed_up_to_a_bound_and_counted_beyond() {
    let samples = take(14, 4_100 * 400, 1);
    let mut other = samples.clone();
    other.chunks_mut(800).for_each(|window| window[0] ^= 1 << 8);
    // At 4 kHz a window is 400 frames.
    let memory = |samples| Memory::int(1, 4_000, 24, samples).unwrap();
    let found = of(&memory(samples), &memory(other));
    assert_eq!((found.regions.len(), found.region_count), (1_000, 2_050));
    assert_eq!(found.changed_frames, 2_050 * 400);
}

#[test]
fn it_stops_when_told_to() {
    let a = Memory::int(1, RATE, 24, take(15, 100_000, 1)).unwrap();
    let open = || -> studio_audio::Result<Box<dyn Decode>> { Ok(Box::new(a.clone())) };
    let stopped = compare(&open, &open, &mut |done| match done {
        0..50_000 => ControlFlow::Continue(()),
        _ => ControlFlow::Break(()),
    });
    assert!(matches!(stopped, Err(Error::Cancelled)));
}

#[test]
fn a_loop_is_aligned_by_all_of_its_repetitions() {
    let bar = 30_000;
    let looped = take(30, bar, 2).repeat(8);
    for late in [10_000, bar, 45_000, 52_500, 3 * bar] {
        let found = compared(2, looped.clone(), padded(&looped, 2, late, 0));
        assert_eq!((found.verdict, found.shift), (Verdict::Shifted, late as i64));
        assert_eq!((found.region_count, found.behind), (0, None));
        let back = compared(2, padded(&looped, 2, late, 0), looped.clone());
        assert_eq!((back.verdict, back.shift), (Verdict::Shifted, -(late as i64)));
    }
    // Both ends were cut, within a bar.
    let cut = looped[2 * 11_000..2 * (8 * bar - 7_000)].to_vec();
    let found = compared(2, looped.clone(), cut);
    assert_eq!((found.shift, found.region_count), (-11_000, 0));
    // One bar was sung anew, and all comes a bar later.
    let mut other = looped.clone();
    other[2 * 2 * bar..2 * 3 * bar].copy_from_slice(&take(31, bar, 2));
    let found = compared(2, looped, padded(&other, 2, bar, 0));
    assert_eq!((found.verdict, found.shift), (Verdict::Changed, bar as i64));
    assert_eq!(found.regions, [windows(2 * bar as u64..3 * bar as u64)]);
}

#[test]
fn of_shifts_that_leave_as_much_the_smallest_is_told() {
    let bar = 48_000;
    let looped = take(32, bar, 1).repeat(4);
    let excess = Some(Excess { in_second: false, frames: bar as u64, silent: false });
    // Whether the first or the last bar was cut off, nobody can tell.
    let found = compared(1, looped.clone(), looped[bar..].to_vec());
    assert_eq!((found.shift, found.before, found.behind), (0, None, excess));
    assert_eq!((found.verdict, found.region_count), (Verdict::Changed, 0));
    let level = amplified(&looped, 0.5);
    let found = compared(1, looped, level[bar..].to_vec());
    assert_eq!((found.shift, found.behind), (0, excess));
    assert_eq!(found.gain, Decibels::from_f64(-6.0206));
}

#[test]
fn clicks_that_are_all_the_same_are_aligned() {
    let mut clicks = signal::silence(40 * 24_000, 1);
    clicks.chunks_mut(24_000).for_each(|beat| beat[6_000..6_030].copy_from_slice(&take(33, 30, 1)));
    for late in [5_000, 24_000, 60_000] {
        let found = compared(1, clicks.clone(), padded(&clicks, 1, late, 0));
        assert_eq!((found.verdict, found.shift), (Verdict::Shifted, late as i64));
    }
    // Two beats and a half were cut off: the ends tell.
    let found = compared(1, clicks.clone(), clicks[60_000..].to_vec());
    assert_eq!((found.shift, found.region_count, found.behind), (-60_000, 0, None));
}

#[test]
fn takes_that_are_mostly_at_full_scale_are_aligned() {
    let loud: Vec<i32> = take(34, 300_000, 2)
        .iter()
        .map(|sample| round((f64::from(*sample) * 40.0).clamp(-2e9, 2e9), 24))
        .collect();
    for (cut, rest) in [(20_000, 290_000), (1_001, 299_000), (77_777, 180_000)] {
        let found = compared(2, loud.clone(), loud[2 * cut..2 * rest].to_vec());
        assert_eq!((found.shift, found.region_count), (-(cut as i64), 0));
    }
}

#[test]
fn a_changed_region_moves_nothing() {
    let samples = take(35, 480_000, 2);
    for (start, length) in [(0, 200_000), (0, 300_000), (100_000, 260_000), (300_000, 180_000)] {
        let mut other = samples.clone();
        other[2 * start..2 * (start + length)].copy_from_slice(&take(36, length, 2));
        let found = compared(2, samples.clone(), other);
        assert_eq!((found.verdict, found.shift), (Verdict::Changed, 0));
        assert_eq!(found.regions, [windows(start as u64..(start + length) as u64)]);
    }
}

#[test]
fn a_click_is_found_under_a_gain() {
    let samples = take(37, 480_000, 2);
    // The sound has -11 to -31 dBFS in the mean.
    for (length, level, gain) in
        [(1, -62.0, 0.5), (1, -70.0, -1.4), (7, -72.0, 0.9), (50, -75.0, 0.3)]
    {
        let click = (10.0_f64.powf(level / 20.0) * 2_147_483_648.0) as i32;
        let mut other = amplified(&samples, gain);
        for sample in &mut other[2 * 200_000..2 * (200_000 + length)] {
            *sample = round(f64::from(sample.saturating_add(click)), 24);
        }
        for late in [0, 12_345] {
            let found = compared(2, samples.clone(), padded(&other, 2, late, 0));
            let case = format!("{length} at {level} dB: {found:?}");
            assert_eq!((found.verdict, found.shift), (Verdict::Changed, late as i64), "{case}");
            assert_eq!(found.regions, [windows(200_000..200_001)], "{case}");
            assert_eq!(found.gain, Decibels::from_f64(20.0 * gain.abs().log10()), "{case}");
            assert_eq!(found.inverted, gain < 0.0);
        }
    }
}

#[test]
fn more_channels_than_anything_has_are_refused() {
    let memory =
        |channels: u16| Memory::int(channels, RATE, 24, vec![0; usize::from(channels)]).unwrap();
    for (a, b) in [(65, 65), (2, 65), (65, 2)] {
        let (a, b) = (memory(a), memory(b));
        let open = |take: &Memory| -> Box<dyn Decode> { Box::new(take.clone()) };
        let refused =
            compare(&|| Ok(open(&a)), &|| Ok(open(&b)), &mut |_| ControlFlow::Continue(()));
        assert!(matches!(refused, Err(Error::Unsupported { .. })), "{refused:?}");
    }
    assert_eq!(of(&memory(64), &memory(64)).verdict, Verdict::Identical);
}

/// The windows that a range of frames touches.
fn windows(range: Range<u64>) -> Range<u64> {
    range.start / WINDOW * WINDOW..range.end.div_ceil(WINDOW) * WINDOW
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn shift_gain_and_edit_are_found_as_they_were_made(
        seed in any::<u64>(),
        shift in -40_000_i64..40_000,
        gain in prop_oneof![Just(None), (-20.0..-0.01_f64).prop_map(Some)],
        inverted in any::<bool>(),
        edit in proptest::option::of((50_000_u64..150_000, 50_u64..20_000)),
    ) {
        let samples = take(seed, 192_000, 1);
        let sign = if inverted { -1.0 } else { 1.0 };
        let linear = sign * gain.map_or(1.0, |gain| 10.0_f64.powf(gain / 20.0));
        let mut other = amplified(&samples, linear);
        if let Some((start, length)) = edit {
            let place = start as usize..(start + length) as usize;
            other[place].copy_from_slice(&take(!seed, length as usize, 1));
        }
        let by = shift.unsigned_abs() as usize;
        let (a, b) = match shift > 0 {
            true => (samples, padded(&other, 1, by, 0)),
            false => (padded(&samples, 1, by, 0), other),
        };
        let found = compared(1, a, b);
        prop_assert_eq!(found.shift, shift);
        prop_assert_eq!(found.inverted, inverted);
        if gain.is_some() || inverted {
            // To a thousandth, but for the last digit: an edit draws it a little.
            let wrong = found.gain.unwrap().as_f64() - gain.unwrap_or(0.0);
            prop_assert!(wrong.abs() < 0.002, "{} dB off", wrong);
        } else {
            prop_assert_eq!(found.gain, None);
        }
        match edit {
            Some((start, length)) => {
                prop_assert_eq!(found.verdict, Verdict::Changed);
                let start_of_a = if shift < 0 { shift.unsigned_abs() } else { 0 };
                let touched = windows(start..start + length);
                let expected = touched.start + start_of_a..touched.end + start_of_a;
                prop_assert_eq!(found.regions, [expected]);
            }
            None => {
                let expected = match (shift, gain.is_some() || inverted) {
                    (_, true) => Verdict::Gain,
                    (0, false) => Verdict::Identical,
                    (_, false) => Verdict::Shifted,
                };
                prop_assert_eq!(found.verdict, expected);
            }
        }
    }
}
